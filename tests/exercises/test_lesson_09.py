"""Right and wrong answers to the exercises of lesson 09, and the words that tell why."""

import numpy as np
import torch
import tried
from texts import more_words
from torch.nn import functional as F

from exercises import lesson_09

# The loss that asks both ways


def likeness(a, b, scale):
    return scale * F.normalize(a) @ F.normalize(b).T


def ask(fit):
    return F.cross_entropy(fit, torch.arange(len(fit)))


def both_ways(a, b, scale):
    fit = likeness(a, b, scale)
    return (ask(fit) + ask(fit.T)) / 2


def by_hand(a, b, scale):
    fit = likeness(a, b, scale)
    return -(fit.log_softmax(0).diag() + fit.log_softmax(1).diag()).mean() / 2


def with_norms(a, b, scale):
    a, b = (x / x.norm(dim=1, keepdim=True) for x in (a, b))
    return 0.5 * (ask(scale * a @ b.T) + ask(scale * b @ a.T))


def in_place(a, b, scale):
    a.div_(a.norm(dim=1, keepdim=True))
    return both_ways(a, b, scale)


def raw(a, b, scale):
    fit = scale * a @ b.T
    return (ask(fit) + ask(fit.T)) / 2


def over_the_batch(a, b, scale):
    fit = scale * F.normalize(a, dim=0) @ F.normalize(b, dim=0).T
    return (ask(fit) + ask(fit.T)) / 2


def one_unit(a, b, scale):
    fit = scale * F.normalize(a) @ b.T
    return (ask(fit) + ask(fit.T)) / 2


def row_by_row(a, b, scale):
    total = 0
    for x, y in ((a, b), (b, a)):
        for i, one in enumerate(x):
            likeness = scale * torch.cosine_similarity(one[None], y)
            total = total + likeness.logsumexp(0) - likeness[i]
    return total / (2 * len(a))


# Lots


def by_lot(fit, truth):
    best = fit == fit.max(dim=1, keepdim=True).values
    right = best.gather(1, truth[:, None])[:, 0]
    return (right / best.sum(dim=1)).mean()


def in_a_loop(fit, truth):
    share = 0
    for row, name in zip(fit, truth):
        best = (row == row.max()).nonzero()[:, 0].tolist()
        share += (int(name) in best) / len(best)
    return share / len(fit)


def own(fit, truth):
    return fit.gather(1, truth[:, None])


def best(fit):
    return fit == fit.max(dim=1, keepdim=True).values


def zeroed(fit, truth):
    share = by_lot(fit, truth)
    fit.zero_()
    return share


def by_numpy(fit, truth):
    fit, truth = fit.numpy(), truth.numpy()
    best = fit == fit.max(1, keepdims=True)
    return (best[np.arange(len(fit)), truth] / best.sum(1)).mean()


def by_drawing(fit, truth):
    """The lot is drawn, so the share is right in the mean only."""
    drawn = (best(fit) * torch.rand(fit.shape)).argmax(dim=1)
    return (drawn == truth).float().mean()


TRIED = {
    "check_two_way": tried.Tried(
        [both_ways, by_hand, with_norms, row_by_row,
         lambda a, b, scale: both_ways(a.double(), b.double(), scale)[None],
         lambda a, b, scale: (ask(likeness(a, b, scale)) + ask(likeness(b, a, scale))).mean() / 2],
        [(lambda a, b, scale: ask(scale * a @ b.T), "Still the broken one"),
         (lambda a, b, scale: ask(scale * b @ a.T), "Still the broken one"),
         (raw, "bring each to length 1"),
         (lambda a, b, scale: ask(likeness(a, b, scale)), "only the pictures ask"),
         (lambda a, b, scale: ask(likeness(a, b, scale).T), "only the texts ask"),
         (lambda a, b, scale: 2 * both_ways(a, b, scale), "not their sum"),
         (over_the_batch, "over the batch"), (one_unit, "Only one of the two"),
         (lambda a, b, scale: both_ways(a, b, 1), "Multiply the likeness by scale"),
         (lambda a, b, scale: both_ways(a, b, 1 / scale), "Multiply the likeness by scale"),
         (lambda a, b, scale: -both_ways(a, b, scale), "sign is turned"),
         (lambda a, b, scale: both_ways(a, b, 2 * scale), "it should be"),
         (likeness, "has the shape (12, 12); it should be one number"),
         (lambda a, b, scale: (1, 2), "it should be one number"),
         (lambda a, b, scale: both_ways(a, b, scale).item(), "gives a float"),
         (tried.detached(both_ways), "cut off from what went in"),
         (lambda a, b, scale: both_ways(a, b.detach(), scale), "No slope gets through to b"),
         (lambda a, b, scale: both_ways(a, b, scale) * 1j, "complex"),
         (in_place, "changes a, which"), (lambda *facts: both_ways(*facts) / 0, "nan or inf")]),
    "check_by_lot": tried.Tried(
        [by_lot, in_a_loop, by_numpy, lambda fit, truth: by_lot(fit, truth).double(),
         lambda fit, truth: (torch.softmax(1e4 * fit, dim=1)).gather(1, truth[:, None]).mean(),
         lambda fit, truth: torch.einsum(
             "nk,nk->", F.normalize(best(fit).float(), p=1), F.one_hot(truth, fit.shape[1]).float())
         / len(fit)],
        [(lambda fit, truth: (fit.amax(dim=1) == own(fit, truth)[:, 0]).float().mean(), "lenient"),
         (lambda fit, truth: ((fit >= own(fit, truth)).sum(1) == 1).float().mean(), "strict"),
         (lambda fit, truth: (fit.argmax(1) == truth).float().mean(), "argmax"),
         (lambda fit, truth: (1 / (fit == own(fit, truth)).sum(1)).mean(), "even where others fit"),
         (lambda fit, truth: (1 / best(fit).sum(1)).mean(), "whether the right one is among them"),
         (lambda fit, truth: (1 / (fit >= own(fit, truth)).sum(1)).mean(), "Only the best take"),
         (lambda fit, truth: torch.tensor(1 / fit.shape[1]), "among all names. Only the best"),
         (lambda fit, truth: by_lot(fit, truth) * len(fit), "mean over the rows"),
         (lambda fit, truth: by_lot(fit, truth).expand(3), "Take the mean over the rows"),
         (lambda fit, truth: 1 - by_lot(fit, truth), "share of wrong answers"),
         (by_drawing, "it should be"),
         (lambda fit, truth: by_lot(fit, truth) / 2, "it should be 0.3333; yours is 0.1667"),
         (lambda fit, truth: str(by_lot(fit, truth)), "gives a str"), (zeroed, "changes fit")]),
    "check_prompts": tried.Tried(
        [lambda name: [name, f"{name}: a large animal of the farm"],
         lambda name: (f"the animal that is called {name}",),
         lambda name: f"a thing of some size named {name}\n{name}, a large thing".split("\n"),
         lambda name: [" ".join(["a", "large", kind, "named", name]) for kind in ("thing", "one")],
         lambda name: [name.capitalize() + ", as a child would draw it"] * 3],
        [(lambda name: [name], "bare name"), (lambda name: [name, name], "bare name"),
         (lambda name: name, "list of sentences; for “cow” it is a str"),
         (lambda name: {name}, "list of sentences; for “cow” it is a set"),
         (lambda name: [], "is empty"), (lambda name: [name, " "], "One text"),
         (lambda name: [name, 3], "no text"), (lambda name: ["a thing"], "same for each name"),
         (lambda name: [f"photo of {name}"], "does harm"), (lambda name: [name.upper()], "no gain"),
         (lambda name: print(name), "gives nothing back"),
         (lambda name: {"cow": ["a cow that moos"]}[name], "stopped with KeyError")],
        facts=(more_words,)),
}
test_answer = tried.a_test(lesson_09, TRIED)


def test_what_stops_the_measure_is_said(verdict):
    def stops(prompts):
        raise ValueError("no such drawing")

    assert "no such drawing" in verdict(lesson_09.check_prompts, lambda name: [name, "x"], stops)
