"""Checkers of lesson 04."""

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.concluding import concluding
from exercises.trying import call, compare, slopes


def _kernel(z, factor=-2.0, power=2):
    """exp(factor |difference|^power) of each pair of different rows, once."""
    return (factor * torch.pdist(z).pow(power)).exp()


@checker("04.1")
def check_uniformity(uniformity):
    """Low for embeddings all around the sphere, 0 for a collapse: a third meter."""
    yield from compare(
        uniformity,
        {f"{rows} random embeddings": (F.normalize(torch.randn(rows, dim)),)
         for rows, dim in ((50, 8), (7, 3))} | {"a collapse": (torch.ones(5, 4) / 2,)},
        lambda z: _kernel(z).mean().log(),
        {"You pair each embedding with itself too, at distance 0. Leave the diagonal out.":
            lambda z: ((2 * _kernel(z).sum() + len(z)) / len(z)**2).log(),
         "The diagonal is 0, and still it counts in the mean: divide by the number of pairs of "
         "different rows.": lambda z: (2 * _kernel(z).sum() / len(z)**2).log(),
         "The logarithm is missing.": lambda z: _kernel(z).mean(),
         "You take the mean of the logarithms. Take the mean first, then its logarithm.":
            lambda z: _kernel(z).log().mean(),
         "You take the sum over the pairs: take their mean.": (
            lambda z: _kernel(z).sum().log(), lambda z: (2 * _kernel(z).sum()).log()),
         "The distance has to be squared.": lambda z: _kernel(z, power=1).mean().log(),
         "The distance is squared twice.": lambda z: _kernel(z, power=4).mean().log(),
         "The factor 2 in the exponent is missing.": lambda z: _kernel(z, -1.0).mean().log(),
         "It rises as the embeddings part: the sign in the exponent is turned.":
            lambda z: _kernel(z, 2.0).mean().log(),
         "The sign is turned around: the logarithm of a mean below 1 is negative.":
            lambda z: -_kernel(z).mean().log(),
         "This is the logarithm to another base: take the natural one.": (
            lambda z: _kernel(z).mean().log2(), lambda z: _kernel(z).mean().log10())})


def _asked(a, b, temperature, itself=-torch.inf, normalise=F.normalize, twin=None):
    z = normalise(torch.cat([a, b]))
    likeness = (z @ z.T).fill_diagonal_(itself) / temperature
    return F.cross_entropy(likeness, torch.arange(len(z)).roll(twin or len(a)))


def _across(a, b, temperature):
    return F.cross_entropy(F.normalize(a) @ F.normalize(b).T / temperature, torch.arange(len(a)))


@checker("04.2")
def check_mended(mended_nt_xent):
    """Nobody is their own twin: with the diagonal gone, the strangers count."""
    yield from compare(
        mended_nt_xent,
        {f"{2 * pairs} random embeddings at temperature {temperature}":
            (torch.randn(pairs, 4), torch.randn(pairs, 4), temperature)
         for pairs, temperature in ((6, 0.5), (5, 0.1), (3, 1.0))},
        _asked,
        {"Still the old loss: each picture stands in its own list of answers, and nothing is more "
         "like it than itself.": (lambda a, b, t: _asked(a, b, t, 1),
                                  lambda a, b, t: _asked(a, b, t, 1, twin=2 * len(a))),
         "The diagonal is set to 0, and a likeness of 0 still is an answer: set it to -inf.":
            lambda a, b, t: _asked(a, b, t, 0),
         "The temperature plays no part: divide by it.": (
            lambda a, b, t: _asked(a, b, 1), lambda a, b, t: _asked(a, b, 0.1),
            lambda a, b, t: _asked(a, b, 0.5)),
         "You multiply by the temperature: divide by it.": lambda a, b, t: _asked(a, b, 1 / t),
         "The embeddings keep their lengths: bring each to length 1.":
            lambda a, b, t: _asked(a, b, t, normalise=lambda z: z),
         "You normalise over the batch. Each row should have length 1, so dim=1.":
            lambda a, b, t: _asked(a, b, t, normalise=lambda z: F.normalize(z, dim=0)),
         "The twin is another one: that of row i stands len(a) rows further on.": (
            lambda a, b, t: _asked(a, b, t, twin=1), lambda a, b, t: _asked(a, b, t, twin=-1)),
         "Only the other view is asked. Strangers of the same view are answers as well.": (
            _across, lambda a, b, t: (_across(a, b, t) + _across(b, a, t)) / 2),
         "The sum over the pictures: take the mean.":
            lambda a, b, t: 2 * len(a) * _asked(a, b, t),
         "The sign is turned: this grows as the twins agree.": lambda a, b, t: -_asked(a, b, t)})
    a, b = torch.randn(4, 3, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    slopes(call(mended_nt_xent, a, b, 0.5), a=a, b=b)


check_views = choices("04.3", {
    "is the traffic light red or green?":
        ("colour", "the answer is a colour; a network that ignores colours can't tell"),
    "is this handwritten digit a 6 or a 9?": ("turn", "half a turn makes a 9 of a 6"),
    "is this the X-ray picture of a left or a right hand?":
        ("mirror", "in the mirror a left hand is a right hand"),
    "how many birds are in the flock?": ("crop", "a crop cuts birds away"),
    "is this texture wood or stone?":
        ("none", "wood is wood in any light, turned, mirrored, and in each small piece"),
}, "A view may change anything but what the label says.")


def _theirs(views: dict) -> str | None:
    return next((name for name, see in views.items()
                 if getattr(see, "__name__", "") == "view"), None)


check_conclusion = concluding(
    "04.4", "mine", "theirs", _theirs, "The control is missing: the lesson's own view.")
