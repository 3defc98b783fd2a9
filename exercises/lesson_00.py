"""Checkers of lesson 00."""

import torch

from exercises import call, checker
from helpers.data import Drawings


@checker
def quiz_source(choice: str) -> str | None:
    """A part of each drawing was hidden, then asked for: the data are their own label."""
    wrong = {"a person": "Look at batch(): there is no name in it, and no label.",
             "the network": "Its guess is compared with something. See loss(): with what?"}
    return None if choice == "the drawings" else wrong[choice]


@checker
def quiz_low(choice: str) -> str | None:
    """What belongs together gets a low energy, and what does not gets a high one."""
    wrong = {"opposite colours": "These don't belong to the cow: their energy should be high.",
             "both": "An energy that is low for all tells nothing apart."}
    return None if choice == "its own colours" else wrong[choice]


@checker
def check_energy(energy) -> str | None:
    """One energy per picture, zero where the colours agree, and a length at each pixel."""
    colour = torch.zeros(3, 2, 4, 4)
    guess = colour.clone()
    guess[1, 0], guess[1, 1] = 3, 4
    guess[2, 0, :2] = -6
    result = call(energy, guess, colour)
    if not isinstance(result, torch.Tensor) or result.shape != (3,):
        shape = tuple(result.shape) if isinstance(result, torch.Tensor) else type(result).__name__
        return (f"Three pictures should give three energies, shape (3,), not {shape}: average "
                "over height and width only, not over the pictures.")
    same, length, half = result.tolist()
    if same != 0:
        return f"Where guess and colour agree, the energy should be 0, not {same:.3g}."
    if half < 0:
        return f"An energy of {half:.3g}? A distance is never negative: take a length."
    if abs(length - 25) < 1e-3:
        return "This is the squared distance. A difference of (3, 4) has length 5: take the root."
    if abs(length - 7) < 1e-3 or abs(length - 3.5) < 1e-3:
        return ("This adds up |a| and |b|. The straight distance of a difference of (3, 4) is 5: "
                "use norm over the channels.")
    if abs(length - 5) > 1e-3 or abs(half - 3) > 1e-3:
        return ("A difference of (3, 4) at every pixel should give 5, and a difference of 6 at "
                f"half of the pixels 3; yours are {length:.3g} and {half:.3g}.")
    return None


@checker
def check_worst(worst, error: torch.Tensor, unseen: Drawings) -> str | None:
    """Look at its drawings with show_concept: could a person have known these colours from grey?"""
    mean = {concept: float(error[unseen.find(concept)].mean()) for concept in unseen.concepts}
    if not isinstance(worst, str):
        return (f"worst should be the name of a concept, such as 'cow', not a "
                f"{type(worst).__name__}.")
    if worst not in mean:
        return f"There is no unseen concept {worst!r}; the names stand in unseen.concepts."
    if worst == min(mean, key=mean.get):
        return f"{worst} has the lowest error of all, {mean[worst]:.1f}: it is the best coloured."
    if mean[worst] < max(mean.values()):
        single = unseen.concepts[unseen.concept[error.argmax()]]
        if worst == single:
            return (f"The single worst drawing shows {worst}, but the question is about the mean "
                    "over a concept's drawings.")
        higher = sum(value > mean[worst] for value in mean.values())
        return f"{worst} has a mean error of {mean[worst]:.1f}; {higher} concepts have higher ones."
    return None
