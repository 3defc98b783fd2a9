"""Typical wrong answers to the exercises of lesson 11, and the word that tells why."""

import math

import numpy as np
import pytest
import torch

from exercises import TODO, lesson_11

VIEW = {"crop": 0.5, "turn": 10, "colour": 0.5, "mirror": True}


def try_view(view):
    """A measure that dislikes turns, and likes a mild crop."""
    return 0.7 - 0.2 * view["turn"] / 180 + 0.1 * (view["crop"] == 0.3)


@pytest.mark.parametrize(("changes", "word"), [
    ({"turn": 180}, "Right."), ({"turn": 90, "mirror": False}, "Right."),
    ({"turn": 20}, "loss of less than"), ({"crop": 0.3}, "*better*"), ({}, "VIEW itself"),
    ({"crop": 0.95}, "crop has to be from 0 to 0.9"), ({"turn": -5}, "turn has to be"),
    ({"colour": 2}, "colour has to be"), ({"mirror": 1}, "True or False"),
    ({"tilt": 3}, "knows no tilt"), ({"crop": ...}, TODO), ({"crop": "much"}, "TypeError"),
])
def test_bad_view(changes, word, verdict):
    assert word in verdict(lesson_11.check_bad_view, VIEW | changes, try_view, VIEW)


def test_a_view_that_lacks_a_setting(verdict):
    assert "mirror of see is missing" in verdict(
        lesson_11.check_bad_view, {"crop": 0.5, "turn": 180, "colour": 0.5}, try_view, VIEW)


# Leaks


def leaks(shown, asked):
    both = torch.cat([shown, shown.flip(3)]).flatten(1)
    return (torch.cdist(asked.flatten(1), both).min(dim=1).values < 0.1).nonzero()[:, 0]


def in_a_loop(shown, asked):
    return [row for row, one in enumerate(asked)
            if any(one.equal(other) or one.flip(2).equal(other) for other in shown)]


def exact(shown, asked):
    far = torch.cdist(asked.flatten(1), shown.flatten(1))
    return (far.min(dim=1).values < 0.1).nonzero()[:, 0]


def any_flip(shown, asked):
    return torch.cat([leaks(shown, asked), exact(shown.flip(2), asked)])


def emptied(shown, asked):
    found = leaks(shown, asked)
    asked.zero_()
    return found


@pytest.mark.parametrize(("answer", "word"), [
    (leaks, "Right."), (in_a_loop, "Right."),
    (lambda shown, asked: leaks(shown, asked).flip(0), "Right."),
    (exact, "mirrored ones are not"),
    (lambda shown, asked: exact(shown.flip(3), asked), "Those as they are"),
    (any_flip, "upside-down"), (emptied, "changes the pictures"),
    (lambda shown, asked: leaks(asked, shown), "that are *asked*"),
    (lambda shown, asked: torch.arange(12), "Every picture"),
    (lambda shown, asked: torch.isin(torch.arange(12), leaks(shown, asked)), "yes and no"),
    (lambda shown, asked: leaks(shown, asked)[:, None], "shape"),
    (lambda shown, asked: leaks(shown, asked).float(), "whole numbers"),
    (lambda shown, asked: [], "Nothing was found"),
    (lambda shown, asked: leaks(shown, asked)[:4], "Row 10 stands in both"),
    (lambda shown, asked: [0, *leaks(shown, asked)], "Row 0 stands in one"),
    (lambda shown, asked: 5, "not int"),
])
@pytest.mark.parametrize("seed", range(3))
def test_leaks(answer, word, seed, verdict):
    torch.manual_seed(seed)
    assert word in verdict(lesson_11.check_leaks, answer)


# Labels


def needed(ours, curve):
    return math.exp(np.interp(ours, list(curve.values()), np.log(list(curve))))


def worth(ours, labels, curve):
    return math.inf if ours > max(curve.values()) else needed(ours, curve) / labels


def by_hand(ours, labels, curve):
    points = list(curve.items())
    if ours <= points[0][1]:
        return points[0][0] / labels
    for (few, low), (many, high) in zip(points, points[1:]):
        if ours <= high:
            return few * (many / few) ** ((ours - low) / (high - low)) / labels
    return math.inf


@pytest.mark.parametrize(("answer", "word"), [
    (worth, "Right."), (by_hand, "Right."),
    (lambda ours, labels, curve: torch.tensor(worth(ours, labels, curve)), "Right."),
    (lambda ours, labels, curve: needed(ours, curve), "Divide by those of ours"),
    (lambda ours, labels, curve: labels / needed(ours, curve), "Upside down"),
    (lambda ours, labels, curve: np.interp(ours, list(curve.values()), list(curve)) / labels,
     "take its logarithm"),
    (lambda ours, labels, curve: needed(ours, curve) / labels, "never gets there, not with 64"),
    (lambda ours, labels, curve: -1.0 if ours > 0.7 else worth(ours, labels, curve), "not -1"),
    (lambda ours, labels, curve: 0.0 if ours < 0.3 else worth(ours, labels, curve),
     "from the beginning"),
    (lambda ours, labels, curve: 1.0, "the ratio is 4, not 1"),
    (lambda ours, labels, curve: worth(ours, labels, curve) + (ours == 0.4), "yours says 3"),
    (lambda ours, labels, curve: None, TODO),
    (lambda ours, labels, curve: "four", "stopped with"),
])
def test_worth(answer, word, verdict):
    assert word in verdict(lesson_11.check_worth, answer)
