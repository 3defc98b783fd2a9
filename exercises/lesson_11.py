"""Checkers of lesson 11."""

import math
from numbers import Real

import numpy as np
import torch
from torch import Tensor

from exercises import TODO, checker
from exercises.trying import a_type, call, compare, like, shape, tensor

MOST = {"crop": 0.9, "turn": 180, "colour": 1.0}
LOSS = 0.03


@checker("11.1", seconds=300)
def check_bad_view(bad_view, try_view, view):
    """It hurts here. Write down the sentence that it says about clothes, and why it is false."""
    yield not isinstance(bad_view, dict), (
        f"Write settings of see, in a dictionary; yours is {a_type(bad_view)}.")
    yield any(value is ... for value in bad_view.values()), TODO
    missing = [name for name in view if name not in bad_view]
    yield missing, f"{', '.join(missing)} of see is missing."
    other = [name for name in bad_view if name not in view]
    yield other, f"see knows no {', '.join(map(str, other))}."
    for name, most in MOST.items():
        value = bad_view[name]
        yield not isinstance(value, Real) or isinstance(value, bool), (
            f"{name} has to be a number; yours is {a_type(value)}.")
        yield not 0 <= value <= most, (
            f"{name} has to be from 0 to {most}, not {value}: beyond it there is hardly a "
            "picture left.")
    yield not isinstance(bad_view["mirror"], bool), "mirror is True or False."
    yield bad_view == view, "That is VIEW itself. What would be false to say about clothes?"
    usual, yours = try_view(view), try_view(bad_view)
    yield yours > usual, (f"{yours:.3f} named rightly, {usual:.3f} with VIEW: yours is *better*. "
                          "Keep it for later, and look for one that hurts.")
    yield yours > usual - LOSS, (
        f"{yours:.3f} named rightly, {usual:.3f} with VIEW: that is a loss of less than {LOSS}. "
        "Which statement is further from the truth?")


LEAKS = {2, 3, 7, 9, 10}
UPSIDE_DOWN = 4


def _split() -> tuple[Tensor, Tensor]:
    """Forty pictures shown and twelve asked, of which LEAKS stand in both; one is upside down."""
    shown, asked = torch.rand(40, 3, 8, 8), torch.rand(12, 3, 8, 8)
    asked[2], asked[7], asked[9] = shown[5], shown[30].flip(2), shown[11]
    asked[[3, 10]] = shown[[5, 0]].flip(3)
    asked[UPSIDE_DOWN] = shown[20].flip(1)
    return shown, asked


def _rows(leaks, shown, asked):
    """What is wrong with the form of an answer; returns its rows."""
    found = tensor(call(leaks, shown, asked))
    yield found.dtype == torch.bool, "These are yes and no for each row: nonzero() gives the rows."
    yield found.dim() != 1, f"The rows should be a plain list, not of the shape {shape(found)}."
    yield found.numel() and found.is_floating_point(), "Rows are whole numbers."
    return {*map(int, found)}


@checker("11.2")
def check_leaks(leaks):
    """Copies and mirrored copies are found, and nothing else is thrown out."""
    shown, asked = _split()
    rows = yield from _rows(leaks, shown, asked)
    for sentence, suspects in {
        "Nothing was found, and some pictures stand in both.": [set()],
        "The exact copies are there. The mirrored ones are not.": [{2, 9}],
        "The mirrored copies are there. Those as they are, are not.": [{3, 7, 10}],
        "Every picture is thrown out: only copies should be.": [{*range(len(asked))}],
        "That is what may stay: give the rows to throw out.": [{*range(len(asked))} - LEAKS],
        "An upside-down picture is another one here: flip the width, dim 3.": [
            LEAKS | {UPSIDE_DOWN}, {2, 9, UPSIDE_DOWN}],
        "These are the rows of the pictures shown. Throw out those that are *asked*.": [
            {0, 5, 11, 30}, {5, 11}],
    }.items():
        yield rows in suspects, sentence
    missing, other = LEAKS - rows, rows - LEAKS
    yield missing, f"Row {min(missing, default=0)} stands in both, and is not in your answer."
    yield other, f"Row {min(other, default=0)} stands in one of the two only."
    rows = yield from _rows(leaks, torch.rand(9, 3, 4, 4), torch.rand(5, 3, 4, 4))
    yield rows, "Where no picture stands in both, your answer has rows all the same."


CURVE = {1: 0.30, 4: 0.50, 16: 0.60, 64: 0.70}


def _needed(ours, curve):
    return math.exp(np.interp(ours, list(curve.values()), np.log(list(curve))))


def _next_point(ours, curve):
    return next(labels for labels, share in curve.items() if share >= ours)


def _straight_on(ours, labels, curve):
    """The line of the first two points, also below the first"""
    (few, low), (many, high) = [*curve.items()][:2]
    on = few * (many / few) ** ((ours - low) / (high - low))
    return (on if ours < low else _needed(ours, curve)) / labels


@checker("11.3")
def check_worth(worth):
    """A number for whoever pays for the labels."""
    yield from compare(
        worth, {"0.60 with 4 labels, where the rival has 0.60 with 16,": (0.6, 4, CURVE),
                "0.40 with one label, halfway between the rival's with 1 and 4,": (0.4, 1, CURVE),
                "0.20 with 4 labels, below the rival's first number,": (0.2, 4, CURVE),
                "0.35 with 5 labels and another curve": (0.35, 5, {2: 0.1, 10: 0.3, 20: 0.4})},
        lambda ours, labels, curve: _needed(ours, curve) / labels,
        {"That is how many labels the rival needs. Divide by those of ours.":
            lambda ours, labels, curve: _needed(ours, curve),
         "Upside down: the rival's labels over ours.":
            lambda ours, labels, curve: labels / _needed(ours, curve),
         "Between two points you go straight in the number of labels: take its logarithm.":
            lambda ours, labels, curve: np.interp(ours, list(curve.values()), list(curve)) / labels,
         "You take the next point of the curve. Go straight between two points.":
            lambda ours, labels, curve: _next_point(ours, curve) / labels,
         "The labels are still a logarithm: take exp of it.": (
            lambda ours, labels, curve: math.log(_needed(ours, curve)) / labels,
            lambda ours, labels, curve: math.log(_needed(ours, curve) / labels)),
         "Where the rival is better from the beginning, take the first number of its curve.": (
            _straight_on,
            *(lambda ours, labels, curve, first=first: first if ours < min(curve.values())
              else _needed(ours, curve) / labels for first in (0.0, 1.0)))})
    beyond = call(worth, 0.9, 4, CURVE)
    never = np.array_equal(np.squeeze(beyond), math.inf)
    yield not never and like(tensor(beyond).reshape(()), torch.tensor(16.0)), (
        "The rival never gets there, not with 64 labels either: that is math.inf.")
    at_last = call(worth, 0.7, 2, CURVE)
    yield np.array_equal(np.squeeze(at_last), math.inf), (
        "With 64 labels the rival is as good: at its last point it is there.")
    yield not like(tensor(at_last).reshape(()), torch.tensor(32.0)), (
        f"At the rival's last point, 64 labels, it should be 32 for 2 labels; yours is {at_last}.")
    yield not never, f"Where the rival never gets there it is math.inf; yours gives {beyond}."
