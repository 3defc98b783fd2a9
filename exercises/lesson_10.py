"""Checkers of lesson 10."""

import math

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.concluding import concluding, with_value
from exercises.trying import call, compare, slopes


def _half_life(momentum):
    return math.log(0.5) / math.log(momentum)


@checker("10.1")
def check_half_life(half_life):
    """The nearer to 1, the older the teacher: at 0.9 it forgets in seven steps, at 0.996 in 173."""
    yield from compare(
        half_life, {f"a momentum of {momentum}": (momentum,)
                    for momentum in (0.9, 0.3, 0.5, 0.99, 0.996)},
        _half_life,
        {"Rounded: leave it as it is, it need not be a whole number of steps.": (
            lambda momentum: math.ceil(_half_life(momentum)),
            lambda momentum: math.floor(_half_life(momentum)),
            lambda momentum: round(_half_life(momentum))),
         "That is the mean age of what it is made of, 1 / (1 - m). Asked for is when half of it is "
         "newer.": lambda momentum: 1 / (1 - momentum),
         "You add up what comes in, step by step, as if nothing of it went out again: what is left "
         "after k steps is m to the power k.": lambda momentum: 0.5 / (1 - momentum),
         "Turned round: is it the log of m over that of 0.5?":
            lambda momentum: 1 / _half_life(momentum),
         "Both logarithms are negative: does a sign get lost?":
            lambda momentum: -_half_life(momentum),
         "That is when a tenth is left: asked for is a half.":
            lambda momentum: math.log(0.1) / math.log(momentum),
         "That is when 1 / e is left: asked for is a half.":
            lambda momentum: -1 / math.log(momentum),
         "You take 1 - m to the power k: what stays is m.":
            lambda momentum: math.log(0.5) / math.log(1 - momentum),
         "That is what is left after one step: how many steps does it take to come to a half?":
            lambda momentum: momentum},
        form="Give one number of steps.")


def _target(features):
    return F.layer_norm(features, features.shape[-1:])


def _hidden(miss):
    """Of what is missed at each number: its mean over the hidden patches"""
    return lambda guess, features, hidden: miss(guess, features)[hidden].mean()


@checker("10.2")
def check_mended(loss):
    """The features hold still, and only what was hidden is asked for."""
    cases = {}
    for name, rows, share in (("random numbers", 6, 0.6), ("one drawing", 1, 0.75)):
        hidden = torch.rand(rows, 8) < share
        hidden[0, :2] = torch.tensor([True, False])
        cases[name] = torch.randn(rows, 8, 12), 2 * torch.randn(rows, 8, 12) + 1, hidden

    def square(guess, features):
        return (guess - _target(features)).square()

    yield from compare(
        loss, cases, _hidden(square),
        {"What was visible still counts: choose the rows where hidden is True.":
            lambda guess, features, hidden: square(guess, features).mean(),
         "Those are the visible ones.":
            lambda guess, features, hidden: square(guess, features)[~hidden].mean(),
         "Divide by the number of hidden values, not by the number of all.":
            lambda guess, features, hidden: (square(guess, features) * hidden[..., None]).mean(),
         "This is a sum: take the mean over the hidden values.": (
            lambda guess, features, hidden: square(guess, features)[hidden].sum(),
            lambda guess, features, hidden: square(guess, features)[hidden].sum(dim=1).mean()),
         "The layer norm is gone: it was right as it was.":
            _hidden(lambda guess, features: (guess - features).square()),
         "The guess needs no layer norm: only the features have one.": (
            _hidden(lambda guess, features: (_target(guess) - _target(features)).square()),
            _hidden(lambda guess, features: (_target(guess) - features).square())),
         "The layer norm goes over the last dimension only, as it did.":
            _hidden(lambda guess, features: (
                guess - F.layer_norm(features, features.shape[1:])).square()),
         "The distance is squared.":
            _hidden(lambda guess, features: (guess - _target(features)).abs())},
        form="A loss is one number.")
    guess, features, hidden = cases["random numbers"]
    guess, features = (one.clone().requires_grad_() for one in (guess, features))
    slopes(call(loss, guess, features, hidden), guess=guess)
    value = call(loss, guess, features, hidden)
    slope = torch.autograd.grad(value, features, allow_unused=True)[0]
    yield slope is not None and slope.any(), (
        "The features still move towards the guess: a detach is missing.")


check_conclusion = concluding("10.3", "helps", "harms", with_value(0),
                              "The control is missing: a weight of 0, the rule alone.")


check_map = choices("10.4", {
    "a picture has to find its caption among 32,768 captions":
        ("strangers", "the same answer for all finds no caption"),
    "guess the word that was hidden":
        ("data", "words are what they are, the network can't make them equal"),
    "the mean answer of the slow twin is taken away, then its answers are sharpened":
        ("asymmetry", "only the slow twin's answers are treated so, and the fast one learns them"),
    "all correlations between two numbers of the embedding shall be 0":
        ("numbers", "it speaks of the numbers of the embedding, not of pairs of pictures"),
    "k-means names the pictures, the network learns the names, no cluster may be empty":
        ("shares", "one name for all would leave the other clusters empty"),
    "guess what a slow twin makes of the hidden part of a film":
        ("asymmetry", "features can become equal; a predictor and a slow twin stand against it"),
}, "Two questions, and every paper has its place.")
