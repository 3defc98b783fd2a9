"""Drawings that tests make up, and whether random numbers are spread as they should be."""

from dataclasses import replace

import torch

from helpers import data


def random_drawings(*shape, size=16):
    return torch.randint(0, 256, (*shape, 4, size, size), dtype=torch.uint8)


def solid_drawings(*shape, size=16):
    return torch.full((*shape, 4, size, size), 255, dtype=torch.uint8)


def discs(*shape, size=32):
    """Round drawings, redder from left to right."""
    line = (2 * torch.arange(size) + 1) / size - 1
    drawings = solid_drawings(*shape, size=size)
    drawings[..., 0, :, :] = torch.arange(size) * 4
    drawings[..., 3, :, :] = 255 * (line**2 + line[:, None] ** 2 < 1)
    return drawings


def evenly_spread(numbers, low, high, slack=0.01):
    """Are random numbers uniform from low to high? Slack: the share by which the ends may err."""
    shares = ((numbers.flatten() - low) / (high - low)).sort().values
    even = (torch.arange(len(shares)) + 0.5) / len(shares)
    ends = all(-slack <= end <= slack + 0.02 for end in (shares[0], 1 - shares[-1]))
    return ends and (shares - even).abs().max() < 2 / len(shares) ** 0.5


def unrelated(numbers):
    """Are the columns of a table of random numbers uncorrelated?"""
    related = torch.corrcoef(numbers.T) - torch.eye(numbers.shape[1])
    return related.abs().max() < 4 / len(numbers) ** 0.5


def some_drawings(concepts, artists=None):
    """The first drawings of the test split under other concepts (N,), and by other artists."""
    drawings = data.drawings("test")
    artists = torch.zeros(len(concepts), dtype=torch.int64) if artists is None else artists
    return replace(drawings, images=drawings.images[:len(concepts)], concept=concepts,
                   artist=artists, group=torch.zeros_like(concepts),
                   concepts=[f"thing-{i}" for i in range(int(concepts.max()) + 1)])
