"""Checkers of lesson 00."""

import torch

from exercises import checker
from exercises.concluding import concluding, with_value
from exercises.trying import a_type, compare


@checker("00.q1")
def quiz_source(choice):
    """A part of each drawing was hidden, then asked for: the data are their own label."""
    yield choice == "a person", "Look at batch(): there is no name in it, and no label."
    yield choice != "the drawings", "Its guess is compared with something. See loss(): with what?"


@checker("00.q2")
def quiz_low(choice):
    """What belongs together gets a low energy, and what does not gets a high one."""
    yield choice == "both", "An energy that is low for all tells nothing apart."
    yield choice != "its own colours", "These don't belong to the cow: their energy should be high."


def _of_difference(energy):
    """The energy of guess - colour."""
    return lambda guess, colour: energy(guess - colour)


@checker("00.1")
def check_energy(energy):
    """One energy per picture, zero where the colours agree, and a length at each pixel."""
    apart, colour = torch.zeros(3, 2, 4, 6), torch.rand(4, 2, 4, 6)
    apart[1, 0], apart[1, 1], apart[2, 0, :2] = 3, 4, -6
    yield from compare(
        energy,
        {"pictures that differ by 0, by (3, 4), and by 6 in their upper half":
            (colour[:3] + apart, colour[:3]),
         "a single picture": (4 * torch.rand(1, 2, 4, 6), colour[3:])},
        _of_difference(lambda d: d.norm(dim=1).mean(dim=(1, 2))),
        {"This is the squared distance. A difference of (3, 4) has length 5: take the root.":
            _of_difference(lambda d: d.square().sum(dim=1).mean(dim=(1, 2))),
         "This adds up |a| and |b|. The straight distance of a difference of (3, 4) is 5: use norm "
         "over the channels.": (
            _of_difference(lambda d: d.abs().sum(dim=1).mean(dim=(1, 2))),
            _of_difference(lambda d: d.abs().mean(dim=(1, 2, 3)))),
         "This adds up differences with their signs. A distance is never negative: take a length.":
            (_of_difference(lambda d: d.sum(dim=1).mean(dim=(1, 2))),
             _of_difference(lambda d: d.mean(dim=(1, 2, 3)))),
         "This is the sum over the pixels: take their mean.":
            _of_difference(lambda d: d.norm(dim=1).sum(dim=(1, 2))),
         "This is one length for a whole picture. Take a length at each pixel, then the mean.": (
            _of_difference(lambda d: d.flatten(1).norm(dim=1)),
            _of_difference(lambda d: d.square().sum(dim=1).mean(dim=(1, 2)).sqrt())),
         "The true colour plays no part: an energy compares two things.":
            lambda guess, colour: guess.norm(dim=1).mean(dim=(1, 2)),
         "The two squares are averaged; for a length they are added up.":
            _of_difference(lambda d: d.square().mean(dim=1).sqrt().mean(dim=(1, 2)))},
        form="One energy for each picture: average over height and width, not over the pictures.",
        near=5e-3)


@checker("00.2")
def check_worst(worst, error, unseen):
    """Look at its drawings with show_concept: could a person have known these colours from grey?"""
    mean = {concept: float(error[unseen.find(concept)].mean()) for concept in unseen.concepts}
    yield not isinstance(worst, str), (
        f"worst should be the name of a concept, such as 'cow', not {a_type(worst)}.")
    yield worst not in mean, (
        f"There is no unseen concept {worst!r}; the names stand in unseen.concepts.")
    yield worst == min(mean, key=mean.get), (
        f"{worst} has the lowest error of all, {mean[worst]:.1f}: it is the best coloured.")
    more = sum(value > mean[worst] for value in mean.values())
    yield more and worst == unseen.concepts[unseen.concept[error.argmax()]], (
        f"The single worst drawing shows {worst}, but the question is about the mean over a "
        "concept's drawings.")
    yield more, f"{worst} has a mean error of {mean[worst]:.1f}; higher than that: {more}."


check_conclusion = concluding(
    "00.3", "coarse", "fine", with_value(32),
    "The control is missing: 32, the pictures as they are.")
