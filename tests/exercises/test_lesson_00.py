"""Right and wrong answers to the exercises of lesson 00, and the words that tell why."""

import numpy as np
import pytest
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_00
from helpers.data import Drawings

CONCEPT = torch.tensor([0, 0, 1, 1, 2, 2])
UNSEEN = Drawings(torch.zeros(6, 4, 8, 8), CONCEPT, 0 * CONCEPT, torch.tensor([0, 1] * 3),
                  ["cow", "sun", "teapot"], ["group"], ["one", "other"])
ERROR = torch.tensor([1.0, 9, 2, 2, 6, 7])  # the single worst is a cow, the worst mean a teapot


def of(energy):
    """An energy of the difference."""
    return lambda guess, colour: energy(guess - colour)


def in_a_loop(guess, colour):
    energies = []
    for one, other in zip(guess, colour):
        pixels = [(a**2 + b**2) ** 0.5 for a, b in (one - other).flatten(1).T.tolist()]
        energies.append(sum(pixels) / len(pixels))
    return energies


def subtracted_in_place(guess, colour):
    guess -= colour
    return guess.norm(dim=1).mean(dim=(1, 2))


TRIED = {
    "check_energy": tried.Tried(
        [of(lambda d: d.norm(dim=1).mean(dim=(1, 2))),
         of(lambda d: (d.square().sum(dim=1) + 1e-8).sqrt().flatten(1).mean(dim=1)),
         of(lambda d: torch.hypot(d[:, 0], d[:, 1]).mean(dim=[1, 2])),
         of(lambda d: np.sqrt((d.numpy() ** 2).sum(1)).mean((1, 2))),
         of(lambda d: torch.einsum("nchw,nchw->nhw", d, d).sqrt().mean((-1, -2)).double()),
         lambda guess, colour: F.pairwise_distance(
             guess.movedim(1, 3), colour.movedim(1, 3)).mean((1, 2)),
         of(lambda d: d.norm(dim=1).mean(dim=(1, 2)).tolist()), in_a_loop],
        [(of(lambda d: d.norm(dim=1).mean()), "it should have (3,). One energy for each picture"),
         (of(lambda d: d.norm(dim=1)), "has the shape (3, 4, 6); it should have (3,)"),
         (of(lambda d: d.norm(dim=1).mean(dim=(1, 2)).squeeze()), "For a single picture"),
         (of(lambda d: 1 + d.norm(dim=1).mean(dim=(1, 2))), "place [0] should be 0; yours is 1."),
         (of(lambda d: d.sum(dim=1).mean(dim=(1, 2))), "never negative"),
         (of(lambda d: d.pow(2).sum(dim=1).mean(dim=(1, 2))), "squared distance"),
         (of(lambda d: d.abs().sum(dim=1).mean(dim=(1, 2))), "adds up |a| and |b|"),
         (of(lambda d: d.abs().mean(dim=(1, 2, 3))), "adds up |a| and |b|"),
         (of(lambda d: d.norm(dim=1).sum(dim=(1, 2))), "sum over the pixels"),
         (of(lambda d: d.flatten(1).norm(dim=1)), "one length for a whole picture"),
         (of(lambda d: (d * d.abs()).sum(dim=1).sqrt().mean(dim=(1, 2))), "nan"),
         (lambda guess, colour: guess.norm(dim=1).mean(dim=(1, 2)), "true colour plays no part"),
         (lambda guess, colour: F.l1_loss(guess, colour), "it should have (3,)"),
         (subtracted_in_place, "changes guess, which it is given"),
         (of(lambda d: d.norm(dim=1).max(dim=1)[0].mean(dim=1)), "place [2] should be 3; yours is"),
         (of(lambda d: str(d)), "gives a str where numbers"),
         (of(lambda d: print("energy")), "gives nothing back"),
         (lambda guess: guess, "stopped with TypeError")]),
    "check_worst": tried.Tried(
        ["teapot", np.str_("teapot"), UNSEEN.concepts[2],
         max(UNSEEN.concepts, key=lambda concept: ERROR[UNSEEN.find(concept)].mean()),
         UNSEEN.concepts[torch.stack([ERROR[CONCEPT == c].mean() for c in range(3)]).argmax()],
         sorted((ERROR[UNSEEN.find(name)].mean(), name) for name in UNSEEN.concepts)[-1][1]],
        [(2, "not an int"), (torch.tensor(2), "not a Tensor"), (["teapot"], "not a list"),
         (None, "not a NoneType"), (lambda: "teapot", "not a function"), ("Teapot", "no unseen"),
         ("", "no unseen"), ("horse", "no unseen concept 'horse'"), ("sun", "lowest error of all"),
         ("cow", "single worst drawing shows cow"), (max, "name of a concept")],
        facts=(ERROR, UNSEEN)),
}
test_answer = tried.a_test(lesson_00, TRIED)


def test_worst_counts_the_concepts_with_higher_errors(verdict):
    error = torch.tensor([1.0, 1, 3, 3, 2, 9])
    told = verdict(lesson_00.check_worst, "sun", error, UNSEEN)
    assert "sun has a mean error of 3.0; higher than that: 1." in told


@pytest.mark.parametrize(("quiz", "choice", "reason"), [
    (lesson_00.quiz_source, "a person", "no label"),
    (lesson_00.quiz_source, "the network", "See loss()"),
    (lesson_00.quiz_source, "the drawings", "Right."),
    (lesson_00.quiz_low, "both", "low for all"),
    (lesson_00.quiz_low, "opposite colours", "should be high"),
    (lesson_00.quiz_low, "its own colours", "Right."),
    (lesson_00.quiz_low, None, "Not yet."),
])
def test_quizzes(quiz, choice, reason, verdict):
    assert reason in verdict(quiz, choice)
