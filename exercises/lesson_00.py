"""Checkers of lesson 00."""

import torch

from exercises import call, checker, shape


@checker
def quiz_source(choice):
    """A part of each drawing was hidden, then asked for: the data are their own label."""
    yield choice == "a person", "Look at batch(): there is no name in it, and no label."
    yield choice != "the drawings", "Its guess is compared with something. See loss(): with what?"


@checker
def quiz_low(choice):
    """What belongs together gets a low energy, and what does not gets a high one."""
    yield choice == "both", "An energy that is low for all tells nothing apart."
    yield choice != "its own colours", "These don't belong to the cow: their energy should be high."


@checker
def check_energy(energy):
    """One energy per picture, zero where the colours agree, and a length at each pixel."""
    guess = torch.zeros(3, 2, 4, 4)
    guess[1, 0], guess[1, 1], guess[2, 0, :2] = 3, 4, -6
    given = call(energy, guess, torch.zeros_like(guess))
    yield shape(given) != (3,), (
        f"Three pictures should give three energies, shape (3,), not {shape(given)}: average over "
        "height and width only, not over the pictures.")
    same, length, half = (round(value, 3) for value in given.tolist())
    yield same != 0, f"Where guess and colour agree, the energy should be 0, not {same:.3g}."
    yield half < 0, f"An energy of {half:.3g}? A distance is never negative: take a length."
    yield length == 25, (
        "This is the squared distance. A difference of (3, 4) has length 5: take the root.")
    yield length in (7, 3.5), ("This adds up |a| and |b|. The straight distance of a difference of "
                               "(3, 4) is 5: use norm over the channels.")
    yield length != 5 or half != 3, (
        "A difference of (3, 4) at every pixel should give 5, and a difference of 6 at half of the "
        f"pixels 3; yours are {length:.3g} and {half:.3g}.")


@checker
def check_worst(worst, error, unseen):
    """Look at its drawings with show_concept: could a person have known these colours from grey?"""
    mean = {concept: float(error[unseen.find(concept)].mean()) for concept in unseen.concepts}
    yield not isinstance(worst, str), (
        f"worst should be the name of a concept, such as 'cow', not a {type(worst).__name__}.")
    yield worst not in mean, (
        f"There is no unseen concept {worst!r}; the names stand in unseen.concepts.")
    yield worst == min(mean, key=mean.get), (
        f"{worst} has the lowest error of all, {mean[worst]:.1f}: it is the best coloured.")
    more = sum(value > mean[worst] for value in mean.values())
    yield more and worst == unseen.concepts[unseen.concept[error.argmax()]], (
        f"The single worst drawing shows {worst}, but the question is about the mean over a "
        "concept's drawings.")
    yield more, f"{worst} has a mean error of {mean[worst]:.1f}; higher than that: {more}."
