"""Augmentations ("views") of drawings: one tensor operation for a whole batch at once.

A drawing is (N, 4, H, W) uint8 with alpha; a picture is (N, 3, H, W) float in [0, 1].
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def on_paper(drawings: Tensor) -> Tensor:
    """Lay drawings (N, 4, H, W) uint8 on white paper -> pictures (N, 3, H, W) float in [0, 1]."""
    colour, alpha = drawings[:, :3].float() / 255, drawings[:, 3:].float() / 255
    return colour * alpha + 1 - alpha


def gradients(count: int, size: int) -> Tensor:
    """Backgrounds (count, 3, size, size) in [0, 1]: each fades between two random colours."""
    angle = 2 * math.pi * torch.rand(count, 1, 1)
    line = torch.linspace(-1, 1, size)
    slope = angle.cos() * line[None, None, :] + angle.sin() * line[None, :, None]
    blend = (slope / math.sqrt(2) + 1)[:, None] / 2
    first, second = torch.rand(2, count, 3, 1, 1)
    return first * blend + second * (1 - blend)


def place(drawings: Tensor, size: int, centre: Tensor, scale: Tensor, angle: Tensor) -> Tensor:
    """Put each drawing somewhere on an empty canvas.

    Args:
        drawings: (N, 4, H, W) uint8.
        size: height and width of the canvas in pixels.
        centre: (N, 2), x and y of the middle of the drawing, 0 to 1 across the canvas.
        scale: (N,), width of the drawing as a share of the canvas.
        angle: (N,), tilt in radians.

    Returns:
        (N, 4, size, size) float in [0, 1]; the colours are multiplied by their alpha.
    """
    layer = drawings.float() / 255
    layer = torch.cat([layer[:, :3] * layer[:, 3:], layer[:, 3:]], dim=1)
    cos, sin = angle.cos() / scale, angle.sin() / scale
    turn = torch.stack([torch.stack([cos, sin], 1), torch.stack([-sin, cos], 1)], 1)
    shift = -(turn @ (2 * centre - 1)[:, :, None])
    grid = F.affine_grid(torch.cat([turn, shift], dim=2), [len(layer), 4, size, size],
                         align_corners=False)
    return F.grid_sample(layer, grid, align_corners=False).clamp(0, 1)


def tint(pictures: Tensor, strength: float = 0.3) -> Tensor:
    """Multiply the red, green and blue of each picture by random factors in 1 ± strength."""
    factors = 1 + strength * (2 * torch.rand(len(pictures), 3, 1, 1) - 1)
    return (pictures * factors).clamp(0, 1)
