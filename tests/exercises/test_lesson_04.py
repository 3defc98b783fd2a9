"""Right and wrong answers to the exercises of lesson 04, and the words that tell why."""

import math

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_04


def off_diagonal(z):
    different = ~torch.eye(len(z), dtype=torch.bool)
    return torch.cdist(z, z).square()[different]


def by_loop(z):
    values = [math.exp(-2 * float((one - other).square().sum()))
              for i, one in enumerate(z) for other in z[:i]]
    return math.log(sum(values) / len(values))


def by_numpy(z):
    z = z.numpy()
    square = ((z[:, None] - z[None]) ** 2).sum(-1)
    return np.log(np.exp(-2 * square)[np.triu_indices(len(z), 1)].mean())


def by_likeness(z):
    square = 2 - 2 * torch.einsum("id,jd->ij", z.double(), z.double())
    square.fill_diagonal_(torch.inf)
    return ((-2 * square).exp().sum() / (len(z) * (len(z) - 1))).log()


def loss(a, b, temperature=0.1, hide=-torch.inf, divide=True, twin=None, norm=F.normalize):
    z = norm(torch.cat([a, b]))
    likeness = z @ z.T / (temperature if divide else 0.5)
    if hide is not None:
        likeness.fill_diagonal_(hide)
    return F.cross_entropy(likeness, torch.arange(len(z)).roll(len(a) if twin is None else twin))


def without_diagonal(a, b, temperature=0.1):
    """Each row's own column is cut out; the twin moves on by one where it stood behind it."""
    z, count = F.normalize(torch.cat([a, b])), 2 * len(a)
    likeness = (z @ z.T / temperature)[~torch.eye(count, dtype=torch.bool)].view(count, count - 1)
    twin = torch.cat([torch.arange(len(a)) + len(a) - 1, torch.arange(len(a))])
    return F.cross_entropy(likeness, twin)


def by_logsumexp(a, b, temperature=0.1):
    z = F.normalize(torch.cat([a, b]).double())
    likeness = torch.einsum("id,jd->ij", z, z) / temperature - 1e9 * torch.eye(len(z))
    return (likeness.logsumexp(dim=1) - likeness.diagonal(len(a)).repeat(2)).mean()


def row_by_row(a, b, temperature=0.1):
    z = [one / one.norm() for one in (*a, *b)]
    total = 0
    for i, one in enumerate(z):
        others = torch.stack([one @ other / temperature for j, other in enumerate(z) if j != i])
        total = total + others.logsumexp(0) - one @ z[(i + len(a)) % len(z)] / temperature
    return total / len(z)


def masked(a, b, temperature=0.1):
    z = F.normalize(torch.cat([a, b]))
    likeness = (z @ z.T).masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    return F.nll_loss((likeness / temperature).log_softmax(1), torch.arange(len(z)).roll(len(a)))


def one_sided(a, b, temperature=0.1):
    return F.cross_entropy(F.normalize(a) @ F.normalize(b).T / temperature, torch.arange(len(a)))


TRIED = {
    "check_uniformity": tried.Tried(
        [lambda z: torch.pdist(z).pow(2).mul(-2).exp().mean().log(), by_loop, by_numpy, by_likeness,
         lambda z: (-2 * off_diagonal(z)).exp().mean().log(),
         lambda z: off_diagonal(z).mul(-2).logsumexp(0) - math.log(len(z) * (len(z) - 1))],
        [(lambda z: (-2 * torch.cdist(z, z).square()).exp().mean().log(), "with itself"),
         (lambda z: (-2 * off_diagonal(z)).exp().sum().div(len(z)**2).log(), "still it counts"),
         (lambda z: (-2 * off_diagonal(z)).exp().mean(), "logarithm is missing"),
         (lambda z: (-2 * off_diagonal(z)).exp().log().mean(), "mean of the logarithms"),
         (lambda z: (-2 * off_diagonal(z)).exp().sum().log(), "sum over the pairs"),
         (lambda z: torch.pdist(z).square().mul(-2).exp().sum().log(), "sum over the pairs"),
         (lambda z: torch.pdist(z).mul(-2).exp().mean().log(), "has to be squared"),
         (lambda z: torch.pdist(z).square().neg().exp().mean().log(), "factor 2"),
         (lambda z: torch.pdist(z).square().mul(2).exp().mean().log(), "sign in the exponent"),
         (lambda z: -torch.pdist(z).square().mul(-2).exp().mean().log(), "sign is turned around"),
         (lambda z: torch.pdist(z).square().mul(-2).exp().mean().log10(), "another base"),
         (lambda z: z.std(), "For 50 random embeddings it should be"),
         (lambda z: torch.pdist(z).square().mul(-2).exp().log(), "it should be one number"),
         (lambda z: torch.tensor(0.0).log(), "nan or inf"),
         (tried.in_place(lambda z: torch.pdist(z).pow(2).mul(-2).exp().mean().log()), "changes"),
         (lambda z: 1.0, "it should be")]),
    "check_mended": tried.Tried(
        [loss, without_diagonal, by_logsumexp, row_by_row, masked],
        [(lambda a, b, t=0.1: loss(a, b, t, hide=None), "Still the old loss"),
         (lambda a, b, t=0.1: loss(a, b, t, hide=0), "still is an answer"),
         (lambda a, b, t=0.1: loss(a, b, t, divide=False), "divide by it"),
         (lambda a, b, t=0.1: loss(a, b, 1 / t), "You multiply by the temperature"),
         (lambda a, b, t=0.1: loss(a, b, t, twin=1), "twin is another one"),
         (lambda a, b, t=0.1: loss(a, b, t, norm=lambda z: z), "keep their lengths"),
         (lambda a, b, t=0.1: loss(a, b, t, norm=lambda z: F.normalize(z, dim=0)), "the batch"),
         (lambda a, b, t=0.1: -loss(a, b, t), "sign is turned"), (one_sided, "Only the other view"),
         (lambda a, b, t=0.1: loss(a, b, t) / 2, "it should be"),
         (lambda a, b, t=0.1: loss(a, b, t)[None].expand(2), "it should be one number"),
         (lambda a, b, t=0.1: loss(a, b, t).item(), "gives a float"),
         (tried.detached(loss), "cut off from what went in"),
         (lambda a, b, t=0.1: loss(a, b.detach(), t), "to b"),
         (tried.in_place(loss), "changes first"),
         (lambda a, b: loss(a, b), "stopped with TypeError")]),
}
test_answer = tried.a_test(lesson_04, TRIED)
