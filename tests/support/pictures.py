"""Drawings that tests make up."""

import torch


def random_drawings(*shape, size=16):
    return torch.randint(0, 256, (*shape, 4, size, size), dtype=torch.uint8)


def solid_drawings(*shape, size=16):
    return torch.full((*shape, 4, size, size), 255, dtype=torch.uint8)
