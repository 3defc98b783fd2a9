"""Typical wrong answers to the exercises of lesson 00, and the word that tells why."""

import pytest
import torch

from exercises import lesson_00
from helpers.data import Drawings

CONCEPT = torch.tensor([0, 0, 1, 1, 2, 2])
UNSEEN = Drawings(torch.zeros(6, 4, 8, 8), CONCEPT, 0 * CONCEPT, torch.tensor([0, 1] * 3),
                  ["cow", "sun", "teapot"], ["group"], ["one", "other"])
ERROR = torch.tensor([1.0, 9, 2, 2, 6, 7])  # the single worst is a cow, the worst mean a teapot


@pytest.mark.parametrize(
    ("energy", "reason"),
    [
        (lambda d: d.norm(dim=1).mean(), "three energies"),
        (lambda d: d.norm(dim=1), "three energies"),
        (lambda d: 1 + d.norm(dim=1).mean(dim=(1, 2)), "should be 0"),
        (lambda d: d.sum(dim=1).mean(dim=(1, 2)), "never negative"),
        (lambda d: d.pow(2).sum(dim=1).mean(dim=(1, 2)), "squared distance"),
        (lambda d: d.abs().sum(dim=1).mean(dim=(1, 2)), "adds up"),
        (lambda d: d.abs().mean(dim=(1, 2, 3)), "adds up"),
        (lambda d: d.norm(dim=1).sum(dim=(1, 2)), "should give 5"),
        (lambda d: d.flatten(1).norm(dim=1), "should give 5"),
        (lambda d: (d * d.abs()).sum(dim=1).sqrt().mean(dim=(1, 2)), "nan"),
    ],
)
def test_energies(energy, reason, verdict):
    assert reason in verdict(lesson_00.check_energy, lambda guess, colour: energy(guess - colour))


@pytest.mark.parametrize(
    ("worst", "reason"),
    [(0, "name of a concept"), ("Teapot", "no unseen concept"), ("sun", "lowest error"),
     ("cow", "single worst drawing"), ("teapot", "Right.")],
)
def test_worst(worst, reason, verdict):
    assert reason in verdict(lesson_00.check_worst, worst, ERROR, UNSEEN)


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
