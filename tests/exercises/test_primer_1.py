"""Typical right and wrong answers to the exercises of primer 1, and the word that tells why."""

import pytest
import torch
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


@pytest.mark.parametrize(("answer", "word"), [
    (mixed(right_colour), "Right."),
    (mixed(lambda colour: colour.view(1, 3, 1, 1)), "Right."),
    (by_channels, "Right."),
    (lambda d, c: torch.lerp(c[:, None, None], d[:, :3] / 255, d[:, 3:] / 255), "Right."),
    (lambda d, c: d[:, :3] * d[:, 3:] + c[:, None, None] * (1 - d[:, 3:]), "between 0 and 1"),
    (lambda d, c: d[:, :3], "between 0 and 1"),
    (lambda d, c: d / 255, "should give pictures of (5, 3, 2, 3)"),
    (lambda d, c: d[:, :3] / 255, "Alpha plays no part"),
    (mixed(lambda colour: 1), "The paper is white"),
    (mixed(lambda colour: colour), "met the columns"),
    (mixed(right_colour, other=lambda share: 1), "shines through"),
    (mixed(right_colour, alpha=lambda layer: 1 - layer[:, 3:]), "times alpha plus the paper"),
    (mixed(lambda colour: colour[:, None]), "stopped with RuntimeError"),
])
def test_on_colour(answer, word, verdict):
    assert word in verdict(primer_1.check_on_colour, answer)


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


@pytest.mark.parametrize(("answer", "word"), [
    (lambda q, s: share(nearest(q, s)), "Right."),
    (lambda q, s: share(nearest(q, s)).item(), "Right."),
    (lambda q, s: share(torch.cdist(q, means(s)).argmin(dim=1)).item(), "Right."),
    (lambda q, s: share((q @ F.normalize(s.sum(dim=1), dim=1).T).argmax(dim=1)), "Right."),
    (by_loop, "Right."),
    (lambda q, s: share(nearest(q, s[:, :1])), "Only the first drawing"),
    (lambda q, s: share((q @ s.mean(dim=1).T).argmax(dim=1)), "Stretch each mean"),
    (lambda q, s: share((q @ s.transpose(1, 2)).amax(dim=2).argmax(dim=0)), "single most alike"),
    (lambda q, s: 150 * share(nearest(q, s)), "how many are right"),
    (lambda q, s: nearest(q, s), "Return one number"),
    (lambda q, s: share((q @ means(s).T).argmin(dim=1)), "argmax over the concepts"),
    (lambda q, s: share((q @ s.mean(dim=0).T).argmax(dim=1)), "goes over the drawings"),
    (lambda q, s: share((q @ s.mean(dim=(0, 1))).argmax(dim=0)[None]), "goes over the drawings"),
])
def test_share_right(answer, word, verdict):
    assert word in verdict(primer_1.check_share_right, answer)
