"""Checkers of lesson 06."""

import torch

from exercises import checker, choices
from exercises.concluding import concluding, with_value
from exercises.trying import call, compare, slopes


def _divided(sharp, bins, dim=1):
    return sharp / sharp.sum(dim=dim, keepdim=True) @ bins


@checker("06.1")
def check_annealed(annealed):
    """The mean of the colours, after the probabilities were sharpened. A cold one picks."""
    p = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    bins = torch.tensor([[1.0, 0.0], [60.0, 2.0], [0.0, 60.0]])
    more = torch.randn(5, 4).softmax(dim=1), torch.randn(4, 2)
    yield from compare(
        annealed,
        {"temperature 1": (p, bins, 1.0), "temperature 0.05": (p, bins, 0.05),
         "five pixels at temperature 0.5": (*more, 0.5),
         "five pixels at temperature 2": (*more, 2)},
        lambda p, bins, t: _divided(p.pow(1 / t), bins),
        {"The temperature changes nothing: raise p to the power 1 / temperature first.":
            lambda p, bins, t: p @ bins,
         "After p is raised to a power its sum is no longer 1: divide by the sum.":
            lambda p, bins, t: p.pow(1 / t) @ bins,
         "p holds probabilities, and you use it like scores: raise it to a power, or take the "
         "softmax of its logarithm.": lambda p, bins, t: (p / t).softmax(dim=1) @ bins,
         "A low temperature should sharpen, and here a high one does: the power is 1 / "
         "temperature.": lambda p, bins, t: _divided(p.pow(t), bins),
         "This is the most probable colour at any temperature; take the mean of the colours.":
            lambda p, bins, t: bins[p.argmax(dim=1)],
         "The sum is taken over the pixels. Each pixel's probabilities should add up to 1: dim=1.":
            lambda p, bins, t: _divided(p.pow(1 / t), bins, 0),
         "All is divided by one sum. Each pixel's probabilities should add up to 1: dim=1, "
         "keepdim=True.": lambda p, bins, t: p.pow(1 / t) / p.pow(1 / t).sum() @ bins,
         "This divides by the temperature. Raise p to the power 1 / temperature.": (
            lambda p, bins, t: p / t @ bins, lambda p, bins, t: p @ bins / t)},
        form="One colour (a, b) for each pixel.")


def _square(guess, patches, hidden):
    return (guess - patches).square()


@checker("06.2")
def check_mended(loss):
    """Only what was hidden is asked for: copying what one sees is no achievement."""
    patches, guess = torch.rand(2, 4, 64, 48)
    hidden = torch.rand(4, 64) < torch.tensor([0.2, 0.4, 0.6, 0.8])[:, None]
    guess = patches + (guess - 0.4) * torch.linspace(0.2, 2, 64)[:, None]
    yield from compare(
        loss, {"guesses that are off by 0.5": (patches + 0.5 + ~hidden[..., None], patches, hidden),
               "random guesses": (guess, patches, hidden)},
        lambda *facts: _square(*facts)[facts[2]].mean(),
        {"Still the old loss: patches that were seen count.": lambda *facts: _square(*facts).mean(),
         "You ask for the patches that were seen: hidden is True where one was not.":
            lambda *facts: _square(*facts)[~facts[2]].mean(),
         "Divide by the number of hidden values, not by the number of all.":
            lambda *facts: (_square(*facts) * facts[2][..., None]).mean(),
         "Divide by the number of hidden values, 48 in each hidden patch, not by that of the "
         "patches.": lambda *facts: 48 * _square(*facts)[facts[2]].mean(),
         "This is the sum: divide by the number of hidden values.":
            lambda *facts: _square(*facts)[facts[2]].sum(),
         "This is the mean of |error|; the loss takes squares.":
            lambda *facts: _square(*facts).sqrt()[facts[2]].mean(),
         "This is the root of the loss: leave the root out.":
            lambda *facts: _square(*facts)[facts[2]].mean().sqrt(),
         "The errors are averaged with their signs: square them first.": (
            lambda guess, patches, hidden: (guess - patches)[hidden].mean(),
            lambda guess, patches, hidden: (guess - patches)[hidden].mean().square())},
        form="Take the mean.", near=1e-4)
    guess.requires_grad_()
    slopes(call(loss, guess, patches, hidden), guess=guess)


check_wishes = choices("06.3", {
    "the lowest squared error, summed over all pictures":
        ("mean", "no other single answer has a lower expected squared error"),
    "strong colours, the same ones each time":
        ("mode", "the most probable answer is bold, and always the same"),
    "another picture each time, as probable as in the data":
        ("sample", "only drawing at random shows all answers, as often as they occur"),
}, "Each wish has its answer, and none has them all.")


check_conclusion = concluding(
    "06.4", "more", "less", with_value({"bridges": True, "dropout": 0.0}),
    "The control is missing: the network as it was, with bridges and without dropout.")
