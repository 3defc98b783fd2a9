"""Checkers of lesson 04."""

import functools
import math

import torch
from torch.nn import functional as F

from exercises import call, checker, choices, shape

near = functools.partial(math.isclose, rel_tol=1e-3)


def _number(function, *arguments) -> float:
    """What the student's function gives, which has to be a single number in a tensor."""
    value = call(function, *arguments)
    if not isinstance(value, torch.Tensor) or value.numel() != 1:
        raise TypeError(f"the answer is one number in a tensor, not {shape(value)}.")
    return float(value)


@checker
def check_uniformity(uniformity):
    """Low for embeddings all around the sphere, 0 for a collapse: a third meter."""
    z = F.normalize(torch.randn(50, 8))
    square = torch.pdist(z).square()
    kernel = (-2 * square).exp()
    right, given = kernel.mean().log(), _number(uniformity, z)
    yield near(given, ((2 * kernel.sum() + 50) / 50**2).log()), (
        "You pair each embedding with itself too, at distance 0. Leave the diagonal out.")
    yield near(given, kernel.mean()), "The logarithm is missing."
    yield near(given, kernel.log().mean()), (
        "You take the mean of the logarithms. Take the mean first, then its logarithm.")
    yield near(given, kernel.sum().log()) or near(given, (2 * kernel.sum()).log()), (
        "You take the sum over the pairs: take their mean.")
    yield near(given, (-2 * square.sqrt()).exp().mean().log()), "The distance has to be squared."
    yield near(given, (-square).exp().mean().log()), "The factor 2 in the exponent is missing."
    yield near(given, (2 * square).exp().mean().log()), (
        "It rises as the embeddings part: is the sign in the exponent right?")
    yield near(given, -right), (
        "The sign is turned around: the logarithm of a mean below 1 is negative.")
    yield not near(given, right), (
        f"For 50 random embeddings it should be {right:.3f}; yours says {given:.3f}.")


@checker
def check_mended(mended_nt_xent):
    """Nobody is their own twin: with the diagonal gone, the strangers count."""
    a, b = torch.randn(6, 4), torch.randn(6, 4)
    z = F.normalize(torch.cat([a, b]))

    def loss(temperature: float, itself: float = -torch.inf) -> float:
        likeness = (z @ z.T).fill_diagonal_(itself) / temperature
        return F.cross_entropy(likeness, torch.arange(12).roll(6)).item()

    right, given = loss(0.5), _number(mended_nt_xent, a.clone(), b.clone(), 0.5)
    yield near(given, loss(0.5, 1)), ("Still the old loss: each picture stands in its own list of "
                                      "answers, and nothing is more like it than itself.")
    yield not near(given, right), (
        f"For twelve random embeddings it should be {right:.3f}; yours says {given:.3f}. Change "
        "nothing but the one thing that is wrong.")
    yield not near(_number(mended_nt_xent, a, b, 0.1), loss(0.1)), (
        "At another temperature it is wrong: does your loss divide by the temperature?")


check_views = choices({
    "is the traffic light red or green?":
        ("colour", "the answer is a colour; a network that ignores colours can't tell"),
    "is this handwritten digit a 6 or a 9?": ("turn", "half a turn makes a 9 of a 6"),
    "is this the X-ray picture of a left or a right hand?":
        ("mirror", "in the mirror a left hand is a right hand"),
    "how many birds are in the flock?": ("crop", "a crop cuts birds away"),
    "is this texture wood or stone?":
        ("none", "wood is wood in any light, turned, mirrored, and in each small piece"),
}, "A view may change anything but what the label says.")
