"""Typical wrong answers to the exercises of lesson 04, and the word that tells why."""

import pytest
import torch
from torch.nn import functional as F

from exercises import lesson_04


def off_diagonal(z):
    different = ~torch.eye(len(z), dtype=torch.bool)
    return torch.cdist(z, z).square()[different]


@pytest.mark.parametrize(
    ("uniformity", "reason"),
    [
        (lambda z: (-2 * torch.cdist(z, z).square()).exp().mean().log(), "with itself"),
        (lambda z: (-2 * off_diagonal(z)).exp().mean(), "logarithm is missing"),
        (lambda z: (-2 * off_diagonal(z)).exp().log().mean(), "mean of the logarithms"),
        (lambda z: (-2 * off_diagonal(z)).exp().sum().log(), "sum over the pairs"),
        (lambda z: torch.pdist(z).square().mul(-2).exp().sum().log(), "sum over the pairs"),
        (lambda z: torch.pdist(z).mul(-2).exp().mean().log(), "squared"),
        (lambda z: torch.pdist(z).square().neg().exp().mean().log(), "factor 2"),
        (lambda z: torch.pdist(z).square().mul(2).exp().mean().log(), "sign in the exponent"),
        (lambda z: -torch.pdist(z).square().mul(-2).exp().mean().log(), "sign is turned around"),
        (lambda z: z.std(), "it should be"),
        (lambda z: torch.pdist(z).square().mul(-2).exp().log(), "one number in a tensor"),
        (lambda z: 1.0, "one number in a tensor, not float"),
    ],
)
def test_uniformity(uniformity, reason, verdict):
    assert reason in verdict(lesson_04.check_uniformity, uniformity)


def loss(a, b, temperature=0.1, hide=True, divide=True, twin=None):
    z = F.normalize(torch.cat([a, b]))
    likeness = z @ z.T / (temperature if divide else 0.5)
    if hide:
        likeness.fill_diagonal_(-torch.inf)
    return F.cross_entropy(likeness, torch.arange(len(z)).roll(len(a) if twin is None else twin))


@pytest.mark.parametrize(
    ("mended", "reason"),
    [
        (lambda a, b, t=0.1: loss(a, b, t, hide=False), "Still the old loss"),
        (lambda a, b, t=0.1: loss(a, b, t, divide=False), "divide by the temperature"),
        (lambda a, b, t=0.1: loss(a, b, t, twin=1), "nothing but the one thing"),
        (lambda a, b, t=0.1: loss(a, b, t)[None].expand(2), "not (2,)"),
    ],
)
def test_mended(mended, reason, verdict):
    assert reason in verdict(lesson_04.check_mended, mended)
