"""Typical wrong answers to the exercises of lesson 08, and the word that tells why."""

import pytest
import torch
from torch.nn import functional as F

from exercises import lesson_08


def move(motion, places):
    moved = F.pad(places, (0, 1), value=1.0) @ motion.T
    return moved[:, :2] / moved[:, 2:]


def by_loop(motion, places):
    moved = [motion @ torch.tensor([*place, 1.0]) for place in places.tolist()]
    return torch.stack([one[:2] / one[2] for one in moved])


def turned_over(motion, places):
    moved = F.pad(places, (0, 1), value=1.0) @ motion
    return moved[:, :2] / moved[:, 2:]


@pytest.mark.parametrize(("answer", "word"), [
    (move, "Right."),
    (by_loop, "Right."),
    (lambda motion, places: move(motion / motion[2, 2], places), "Right."),
    (turned_over, "turn the matrix over"),
    (lambda motion, places: (F.pad(places, (0, 1), value=1.0) @ motion.T)[:, :2], "left out"),
    (lambda motion, places: F.pad(places, (0, 1), value=1.0) @ motion.T, "shape (4, 2)"),
    (lambda motion, places: places, "Nothing moves"),
    (lambda motion, places: move(motion.inverse(), places), "5 to the right"),
    (lambda motion, places: places @ motion[:2, :2].T, "Nothing moves"),
    (lambda motion, places: places @ motion[:2, :2].T + motion[:2, 2], "left out"),
])
def test_move(answer, word, verdict):
    assert word in verdict(lesson_08.check_move, answer)


def decided(a, b, ratio=0.8):
    nearest, second = torch.cdist(a, b).topk(2, dim=1, largest=False).values.T
    return nearest < ratio * second


def squared(a, b, ratio=0.8):
    nearest, second = torch.cdist(a, b).square().topk(2, dim=1, largest=False).values.T
    return nearest < ratio * second


def of_likeness(a, b, ratio=0.8):
    nearest, second = (a @ b.T).topk(2, dim=1).values.T
    return second < ratio * nearest


@pytest.mark.parametrize(("answer", "word"), [
    (decided, "Right."),
    (lambda a, b, ratio: (2 - 2 * a @ b.T).clamp(min=0).sqrt().sort(dim=1).values.T[:2].unbind()[0]
     < ratio * (2 - 2 * a @ b.T).clamp(min=0).sqrt().sort(dim=1).values[:, 1], "Right."),
    (lambda a, b, ratio: decided(a, b, 0.8), "changes nothing"),
    (lambda a, b, ratio: ~decided(a, b, ratio), "other way round"),
    (squared, "squared"),
    (of_likeness, "likenesses"),
    (lambda a, b, ratio: torch.cdist(a, b).amin(dim=1), "True or False"),
    (lambda a, b, ratio: decided(b, a, ratio), "40 lists"),
    (lambda a, b, ratio: torch.cdist(a, b).amin(dim=1) < ratio, "are wrong"),
])
def test_decided(answer, word, verdict):
    assert word in verdict(lesson_08.check_decided, answer)


STILL = {"push": 0, "tilt": (0, 0)}


def experiment(*ways, seeds=(0, 1)):
    return lambda learn: {str(way): [learn(seed, **way) for seed in seeds] for way in ways}


def unequal(learn):
    return {"still": [learn(0, **STILL), learn(1, **STILL)], "tilted": [learn(0, push=0)]}


def without_the_worst(learn):
    shares = experiment(STILL, {"push": 0})(learn)
    return {name: [max(some)] for name, some in shares.items()}


@pytest.mark.parametrize(("answer", "word"), [
    (experiment(STILL, {"push": 0}), "Right."),
    (experiment(STILL, {"push": 0}, {"tilt": [0, 0]}, {}, seeds=(3, 4, 5)), "Right."),
    (experiment(STILL, {**STILL, "light": torch.sin}), "Right."),
    (lambda learn: {}, "Nothing was trained"),
    (experiment(STILL), "One way alone"),
    (experiment(STILL, {"push": 0}, seeds=(0,)), "may be luck"),
    (unequal, "may be luck"),
    (experiment({}, {"push": 0}), "control is missing"),
    (experiment(STILL, {}), "Two things change"),
    (lambda learn: [*experiment(STILL, {"push": 0})(learn).values()], "dictionary"),
    (without_the_worst, "disappointing"),
])
def test_experiment(answer, word, verdict):
    assert word in verdict(lesson_08.check_experiment, answer)
