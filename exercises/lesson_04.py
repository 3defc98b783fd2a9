"""Checkers of lesson 04."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from exercises import call, checker, wrong_choice


def _number(function, *arguments) -> float:
    """What the student's function gives, which has to be a single number in a tensor."""
    value = call(function, *arguments)
    if not isinstance(value, Tensor) or value.numel() != 1:
        shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise TypeError(f"the answer is one number in a tensor, not {shape}.")
    return float(value)


@checker
def check_uniformity(uniformity) -> str | None:
    """Low for embeddings all around the sphere, 0 for a collapse: a third meter."""
    z = F.normalize(torch.randn(50, 8))
    square = torch.cdist(z, z).square()
    different = ~torch.eye(50, dtype=torch.bool)
    kernel = (-2 * square[different]).exp()
    right, given = kernel.mean().log().item(), _number(uniformity, z)
    wrong = {
        (-2 * square).exp().mean().log().item():
            "You pair each embedding with itself too, at distance 0. Leave the diagonal out.",
        kernel.mean().item(): "The logarithm is missing.",
        kernel.log().mean().item():
            "You take the mean of the logarithms. Take the mean first, then its logarithm.",
        kernel.sum().log().item(): "You take the sum over the pairs: take their mean.",
        (kernel.sum() / 2).log().item(): "You take the sum over the pairs: take their mean.",
        (-2 * square[different].sqrt()).exp().mean().log().item():
            "The distance has to be squared.",
        (-square[different]).exp().mean().log().item(): "The factor 2 in the exponent is missing.",
        (2 * square[different]).exp().mean().log().item():
            "It rises as the embeddings part: is the sign in the exponent right?",
        -right: "The sign is turned around: the logarithm of a mean below 1 is negative.",
    }
    for value, reason in wrong.items():
        if math.isclose(given, value, rel_tol=1e-3):
            return reason
    if not math.isclose(given, right, rel_tol=1e-3):
        return f"For 50 random embeddings it should be {right:.3f}; yours says {given:.3f}."
    return None


@checker
def check_mended(mended_nt_xent) -> str | None:
    """Nobody is their own twin: with the diagonal gone, the strangers count."""
    a, b = torch.randn(6, 4), torch.randn(6, 4)

    def slow(itself: bool, temperature: float) -> float:
        """Word by word from the formula, one picture at a time."""
        z = F.normalize(torch.cat([a, b]))
        losses = []
        for i in range(12):
            likeness = [float(z[i] @ z[k]) / temperature for k in range(12) if itself or k != i]
            twin = float(z[i] @ z[(i + 6) % 12]) / temperature
            losses.append(math.log(sum(map(math.exp, likeness))) - twin)
        return sum(losses) / 12

    given = _number(mended_nt_xent, a, b, 0.5)
    if math.isclose(given, slow(True, 0.5), rel_tol=1e-3):
        return ("Still the old loss: each picture stands in its own list of answers, and nothing "
                "is more like it than itself.")
    if not math.isclose(given, slow(False, 0.5), rel_tol=1e-3):
        return (f"For twelve random embeddings it should be {slow(False, 0.5):.3f}; yours says "
                f"{given:.3f}. Change nothing but the one thing that is wrong.")
    if not math.isclose(_number(mended_nt_xent, a, b, 0.1), slow(False, 0.1), rel_tol=1e-3):
        return "At another temperature it is wrong: does your loss divide by the temperature?"
    return None


@checker
def check_views(answers) -> str | None:
    """A view may change anything but what the label says."""
    right = {
        "is the traffic light red or green?":
            ("colour", "the answer is a colour; a network that ignores colours can't tell"),
        "is this handwritten digit a 6 or a 9?":
            ("turn", "half a turn makes a 9 of a 6"),
        "is this the X-ray picture of a left or a right hand?":
            ("mirror", "in the mirror a left hand is a right hand"),
        "how many birds are in the flock?":
            ("crop", "a crop cuts birds away"),
        "is this texture wood or stone?":
            ("none", "wood is wood in any light, turned, mirrored, and in each small piece"),
    }
    return wrong_choice(answers, right)
