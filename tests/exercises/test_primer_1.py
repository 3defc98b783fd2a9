"""Right and wrong answers to the exercises of primer 1, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import primer_1


def by_channels(drawings, colour):
    drawings = drawings / 255
    return torch.stack([drawings[:, i] * drawings[:, 3] + colour[i] * (1 - drawings[:, 3])
                        for i in range(3)], dim=1)


def mixed(paper, alpha=None, other=None):
    """An answer that mixes drawing and paper by its own rules"""
    def answer(drawings, colour):
        layer = drawings.float() / 255
        share = layer[:, 3:] if alpha is None else alpha(layer)
        rest = 1 - share if other is None else other(share)
        return layer[:, :3] * share + paper(colour) * rest
    return answer


def right_colour(colour):
    return colour[:, None, None]


def by_numpy(drawings, colour):
    layer = drawings.numpy().transpose(0, 2, 3, 1) / 255
    mixed = layer[..., :3] * layer[..., 3:] + colour.numpy() * (1 - layer[..., 3:])
    return mixed.transpose(0, 3, 1, 2)


def means(shown):
    return F.normalize(shown.mean(dim=1), dim=1)


def share(guess):
    return (guess == torch.arange(len(guess))).float().mean()


def nearest(question, shown):
    return (question @ means(shown).T).argmax(dim=1)


def by_loop(question, shown):
    right = 0
    for concept, one in enumerate(question):
        right += int(F.cosine_similarity(one[None], shown.mean(dim=1)).argmax()) == concept
    return right / len(question)


TRIED = {
    "check_on_colour": tried.Tried(
        [mixed(right_colour), mixed(lambda colour: colour.view(1, 3, 1, 1)), by_channels, by_numpy,
         lambda d, c: torch.lerp(c[:, None, None], d[:, :3] / 255, d[:, 3:] / 255),
         lambda d, c: mixed(right_colour)(d.double(), c.double()).tolist()],
        [(lambda d, c: d[:, :3] * d[:, 3:] + c[:, None, None] * (1 - d[:, 3:]), "between 0 and 1"),
         (lambda d, c: d[:, :3], "between 0 and 1, alpha too"),
         (lambda d, c: d / 255, "it should have (5, 3, 2, 3)"),
         (lambda d, c: d[:, :3] / 255, "Alpha plays no part"),
         (mixed(lambda colour: 1), "The paper is white"),
         (mixed(lambda colour: 0), "The paper is black"),
         (mixed(lambda colour: colour), "met the columns"),
         (mixed(right_colour, other=lambda share: 1), "The paper shines through"),
         (mixed(right_colour, alpha=lambda layer: 1 - layer[:, 3:]), "changed places"),
         (mixed(right_colour, alpha=lambda layer: (layer[:, 3:] > 0.5).float()), "no mixture"),
         (mixed(right_colour, alpha=lambda layer: layer[:, 3:] ** 2), "yours is"),
         (mixed(lambda colour: colour[:, None]), "stopped with RuntimeError"),
         (tried.in_place(mixed(right_colour)), "changes first"),
         (lambda d, c: print("paper"), "gives nothing back")]),
    "check_share_right": tried.Tried(
        [lambda q, s: share(nearest(q, s)), lambda q, s: share(nearest(q, s)).item(), by_loop,
         lambda q, s: share(torch.cdist(q, means(s)).argmin(dim=1)).double(),
         lambda q, s: share((q @ F.normalize(s.sum(dim=1), dim=1).T).argmax(dim=1)),
         lambda q, s: np.mean((q.numpy() @ means(s).numpy().T).argmax(1) == np.arange(len(q)))],
        [(lambda q, s: share(nearest(q, s[:, :1])), "Only the first drawing"),
         (lambda q, s: share((q @ s.mean(dim=1).T).argmax(dim=1)), "Stretch each mean"),
         (lambda q, s: share((q @ s.transpose(1, 2)).amax(dim=2).argmax(dim=0)), "most alike"),
         (lambda q, s: len(q) * share(nearest(q, s)), "how many are right"),
         (lambda q, s: 100 * share(nearest(q, s)), "in percent"),
         (lambda q, s: 1 - share(nearest(q, s)), "share of wrong answers"),
         (lambda q, s: share((q @ means(s).T).argmax(dim=0)), "Each concept looks for"),
         (lambda q, s: share((q @ F.normalize(s.mean(1), dim=0).T).argmax(1)), "over the concepts"),
         (nearest, "it should be one number. Return the share"),
         (lambda q, s: share((q @ means(s).T).argmin(dim=1)), "it should be"),
         (lambda q, s: share((q @ s.mean(dim=0).T).argmax(dim=1)), "it should be"),
         (lambda q, s: share((q @ s.mean(dim=(0, 1))).argmax(dim=0)[None]), "it should be"),
         (tried.in_place(lambda q, s: share(nearest(q, s))), "changes first"),
         (lambda q, s: f"{share(nearest(q, s)):.0%}", "gives a str")]),
}
test_answer = tried.a_test(primer_1, TRIED)
