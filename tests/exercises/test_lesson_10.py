"""Right and wrong answers to the exercises of lesson 10, and the words that tell why."""

import math

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_10


def half_life(momentum):
    return np.log(0.5) / np.log(momentum)


def by_counting(momentum):
    """Whole steps as long as more than a half is left, then a part of one."""
    steps, left = 0, 1.0
    while left * momentum > 0.5:
        steps, left = steps + 1, left * momentum
    return steps + math.log(0.5 / left) / math.log(momentum)


def by_halving(momentum):
    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if momentum**middle > 0.5 else (low, middle)
    return [low]


def target_of(features):
    return F.layer_norm(features.detach(), features.shape[-1:])


def mended(guess, features, hidden):
    return (guess - target_of(features))[hidden].pow(2).mean()


def by_hand(guess, features, hidden):
    with torch.no_grad():
        middle = features.mean(-1, keepdim=True)
        spread = features.var(-1, correction=0, keepdim=True)
        target = (features - middle) / (spread + 1e-5).sqrt()
    return ((guess - target).pow(2).mean(dim=2) * hidden).sum() / hidden.sum()


def by_loss(guess, features, hidden):
    return F.mse_loss(guess[hidden], target_of(features)[hidden])


def drawing_by_drawing(guess, features, hidden):
    missed = [(one - two)[inside].square().sum()
              for one, two, inside in zip(guess, target_of(features), hidden)]
    return sum(missed) / (hidden.sum() * guess.shape[2])


def by_where(guess, features, hidden):
    with torch.no_grad():
        target = F.layer_norm(features, features.shape[-1:])
    miss = torch.where(hidden[..., None], guess - target, 0).square()
    return miss.sum() / (hidden.sum() * guess.shape[-1])


def moving(guess, features, hidden):
    return (guess - F.layer_norm(features, features.shape[-1:]))[hidden].pow(2).mean()


TRIED = {
    "check_half_life": tried.Tried(
        [half_life, by_counting, by_halving, lambda m: math.log(2) / -math.log(m),
         lambda m: math.log2(0.5) / math.log2(m), lambda m: np.emath.logn(m, 0.5),
         lambda m: torch.tensor(0.5).log() / torch.tensor(m).log()],
        [(lambda m: math.ceil(half_life(m)), "Rounded"), (lambda m: round(half_life(m)), "Rounded"),
         (lambda m: int(half_life(m)), "Rounded"),
         (lambda m: 1 / (1 - m), "mean age"),
         (lambda m: 0.5 / (1 - m), "as if nothing of it went out"),
         (lambda m: math.log(m) / math.log(0.5), "Turned round"),
         (lambda m: math.log(2) / math.log(m), "sign"),
         (lambda m: math.log(0.1) / math.log(m), "a tenth"),
         (lambda m: -1 / math.log(m), "1 / e"),
         (lambda m: math.log(0.5) / math.log(1 - m), "1 - m to the power k"),
         (lambda m: m, "after one step"),
         (lambda m: m**2, "For a momentum of 0.9 it should be 6.579; yours is 0.81."),
         (lambda m: 69, "it should be 6.579; yours is 69"),
         (lambda m: math.log(0.5) / 0, "ZeroDivisionError"),
         (lambda m: [half_life(m), m], "should be one number"),
         (lambda m: "69 steps", "a str where numbers")]),
    "check_mended": tried.Tried(
        [mended, by_hand, by_loss, drawing_by_drawing, by_where,
         lambda g, f, h: mended(g.double(), f.double(), h)],
        [(lambda g, f, h: (g - F.layer_norm(f, f.shape[-1:])).pow(2).mean(), "still counts"),
         (lambda g, f, h: (g - target_of(f)).pow(2).mean(), "still counts"),
         (moving, "detach is missing"),
         (lambda g, f, h: moving(g.detach(), f, h), "No slope gets through to guess"),
         (lambda g, f, h: (g - target_of(f))[~h].pow(2).mean(), "the visible ones"),
         (lambda g, f, h: ((g - target_of(f)).pow(2) * h[..., None]).mean(), "number of hidden"),
         (lambda g, f, h: (g - target_of(f))[h].pow(2).sum(), "This is a sum"),
         (lambda g, f, h: (g - target_of(f))[h].pow(2).sum(dim=1).mean(), "This is a sum"),
         (lambda g, f, h: (g - f.detach())[h].pow(2).mean(), "layer norm is gone"),
         (lambda g, f, h: (target_of(g) - target_of(f))[h].pow(2).mean(), "needs no layer norm"),
         (lambda g, f, h: (g - F.layer_norm(f.detach(), f.shape[1:]))[h].pow(2).mean(),
          "last dimension only"),
         (lambda g, f, h: (g - target_of(f))[h].abs().mean(), "squared"),
         (lambda g, f, h: mended(g, f, h) + 1, "For random numbers it should be"),
         (lambda g, f, h: (g - target_of(f))[h].pow(2), "it should be one number"),
         (lambda g, f, h: mended(g, f, h).item(), "a float, which is cut off"),
         (tried.detached(mended), "no slope gets through"),
         (tried.in_place(mended), "changes first"),
         (lambda g, f, h: (g - f)[h[0]].mean(), "stopped with")]),
}
test_answer = tried.a_test(lesson_10, TRIED)
