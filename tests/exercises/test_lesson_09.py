"""Typical wrong answers to the exercises of lesson 09, and the word that tells why."""

import pytest
import torch
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


@pytest.mark.parametrize(("answer", "word"), [
    (both_ways, "Right."), (by_hand, "Right."), (with_norms, "Right."),
    (lambda a, b, scale: both_ways(a, b, scale).item(), "Right."),
    (lambda a, b, scale: ask(scale * a @ b.T), "Still the broken one"),
    (lambda a, b, scale: ask(scale * b @ a.T), "Still the broken one"),
    (raw, "longer embedding"),
    (lambda a, b, scale: ask(likeness(a, b, scale)), "only the pictures ask"),
    (lambda a, b, scale: ask(likeness(a, b, scale).T), "only the texts ask"),
    (lambda a, b, scale: 2 * both_ways(a, b, scale), "not their sum"),
    (over_the_batch, "dim=1"), (one_unit, "Only one of the two"),
    (lambda a, b, scale: both_ways(a, b, 1), "Multiply the likeness by scale"),
    (lambda a, b, scale: both_ways(a, b, 1 / scale), "Multiply the likeness by scale"),
    (lambda a, b, scale: -both_ways(a, b, scale), "sign is turned"),
    (lambda a, b, scale: both_ways(a, b, 2 * scale), "it should be"),
    (lambda a, b, scale: likeness(a, b, scale), "one number; yours has the shape (12, 12)"),
    (lambda a, b, scale: (1, 2), "one real number"),
    (in_place, "changes the embeddings"),
    (lambda a, b, scale: both_ways(a, b, scale) / 0, "nan or inf"),
])
@pytest.mark.parametrize("seed", range(3))
def test_two_way(answer, word, seed, verdict):
    torch.manual_seed(seed)
    assert word in verdict(lesson_09.check_two_way, answer)


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


@pytest.mark.parametrize(("answer", "word"), [
    (by_lot, "Right."), (in_a_loop, "Right."),
    (lambda fit, truth: by_lot(fit, truth).double(), "Right."),
    (lambda fit, truth: (fit.max(dim=1, keepdim=True).values == own(fit, truth)).float().mean(),
     "lenient"),
    (lambda fit, truth: ((fit >= own(fit, truth)).sum(1) == 1).float().mean(), "strict"),
    (lambda fit, truth: (fit.argmax(1) == truth).float().mean(), "argmax"),
    (lambda fit, truth: (1 / (fit == own(fit, truth)).sum(1)).mean(), "even where others fit"),
    (lambda fit, truth: (1 / best(fit).sum(1)).mean(), "whether the right one is among them"),
    (lambda fit, truth: (1 / (fit >= own(fit, truth)).sum(1)).mean(), "Only the best take part"),
    (lambda fit, truth: by_lot(fit, truth) * len(fit), "mean over the rows"),
    (lambda fit, truth: by_lot(fit, truth).expand(3), "one number, the mean"),
    (lambda fit, truth: [by_lot(fit, truth)], "one real number"),
    (lambda fit, truth: by_lot(fit, truth) / 2, "it should be"),
    (zeroed, "changes what it is given"),
])
@pytest.mark.parametrize("seed", range(3))
def test_by_lot(answer, word, seed, verdict):
    torch.manual_seed(seed)
    assert word in verdict(lesson_09.check_by_lot, answer)


# Prompts


@pytest.mark.parametrize(("answer", "word"), [
    (lambda name: [name, f"{name}: a large animal of the farm"], "Right."),
    (lambda name: (f"the animal that is called {name}",), "Right."),
    (lambda name: [name], "bare name"),
    (lambda name: [name, name], "bare name"),
    (lambda name: name, "list of sentences"),
    (lambda name: {name}, "list of sentences"),
    (lambda name: [], "is empty"),
    (lambda name: [name, ""], "One text"),
    (lambda name: [name, 3], "no text"),
    (lambda name: ["a thing"], "same for each name"),
    (lambda name: [f"photo of {name}"], "does harm"),
    (lambda name: [name.upper()], "no gain"),
    (lambda name: {"cow": ["a cow that moos"]}[name], "KeyError"),
])
def test_prompts(answer, word, verdict):
    assert word in verdict(lesson_09.check_prompts, answer, more_words)


def test_what_stops_the_measure_is_said(verdict):
    def stops(prompts):
        raise ValueError("no such drawing")

    assert "no such drawing" in verdict(lesson_09.check_prompts, lambda name: [name, "x"], stops)
