"""Typical wrong answers to the exercises of lesson 10, and the word that tells why."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from toy import likes_spread, what_is_left

from exercises import lesson_10

# The half-life


def half_life(momentum):
    return np.log(0.5) / np.log(momentum)


@pytest.mark.parametrize(("answer", "word"), [
    (half_life, "Right."),
    (lambda m: math.log(2) / -math.log(m), "Right."),
    (lambda m: torch.tensor(0.5).log() / torch.tensor(m).log(), "Right."),
    (lambda m: math.ceil(half_life(m)), "Rounded"),
    (lambda m: 1 / (1 - m), "mean age"),
    (lambda m: 0.5 / (1 - m), "as if nothing of it went out"),
    (lambda m: math.log(m) / math.log(0.5), "Turned round"),
    (lambda m: math.log(2) / math.log(m), "sign"),
    (lambda m: m**2, "yours says"),
    (lambda m: math.log(0.5) / 0, "ZeroDivisionError"),
])
def test_half_life(answer, word, verdict):
    assert word in verdict(lesson_10.check_half_life, answer)


# The loss with two bugs


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


@pytest.mark.parametrize(("answer", "word"), [
    (mended, "Right."), (by_hand, "Right."),
    (lambda g, f, h: (g - F.layer_norm(f, f.shape[-1:])).pow(2).mean(), "still counts"),
    (lambda g, f, h: (g - target_of(f)).pow(2).mean(), "still counts"),
    (lambda g, f, h: (g - F.layer_norm(f, f.shape[-1:]))[h].pow(2).mean(), "detach is missing"),
    (lambda g, f, h: (g.detach() - F.layer_norm(f, f.shape[-1:]))[h].pow(2).mean(),
     "detach is missing"),
    (lambda g, f, h: (g - target_of(f))[~h].pow(2).mean(), "the visible ones"),
    (lambda g, f, h: ((g - target_of(f)).pow(2) * h[..., None]).mean(), "number of hidden"),
    (lambda g, f, h: (g - f.detach())[h].pow(2).mean(), "layer norm is gone"),
    (lambda g, f, h: (g - target_of(f))[h].abs().mean(), "squared"),
    (lambda g, f, h: mended(g, f, h).detach(), "No gradient at all"),
    (lambda g, f, h: mended(g, f, h) + 1, "yours says"),
    (lambda g, f, h: (g - target_of(f))[h].pow(2), "one number"),
    (lambda g, f, h: mended(g, f, h).item(), "float"),
])
@pytest.mark.parametrize("seed", range(3))
def test_mended(answer, word, seed, verdict):
    torch.manual_seed(seed)
    assert word in verdict(lesson_10.check_mended, answer)


# The cure


def differs(z):
    return F.relu(1 - what_is_left(z).std(dim=(0, 1))).mean()


@pytest.mark.parametrize(("answer", "word"), [
    (differs, "Right."),
    (lambda z: 1 - what_is_left(z).std(dim=(0, 1)).clamp(max=1).mean(), "Right."),
    (lambda z: F.relu(1 - z.std(dim=0)).mean(), "which drawing it is"),
    (lambda z: 0.01 * differs(z), "No gain"),
    (lambda z: 100 * differs(z), "does harm"),
    (lambda z: z.std(dim=0).mean(), "should be larger"),
    (lambda z: 0 * z.sum(), "should be larger"),
    (lambda z: F.relu(1 - what_is_left(z).std(dim=0)), "one number"),
    (lambda z: differs(z).item(), "float"),
    (lambda z: differs(z.detach()), "No gradient"),
    (lambda z: z / 0, "nan or inf"),
])
def test_cure(answer, word, verdict):
    assert word in verdict(lesson_10.check_cure, answer, likes_spread)
