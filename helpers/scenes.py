"""Scenes: drawings at random places on random backgrounds, with exact labels."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from helpers import views


@dataclass(frozen=True)
class Scenes:
    """N scenes with up to K objects each; a later object lies on top of an earlier one."""

    pictures: Tensor
    """(N, 3, size, size) float in [0, 1]"""
    masks: Tensor
    """(N, K, size, size) bool: the pixels at which the object is what one sees"""
    boxes: Tensor
    """(N, K, 4) float, left, top, right, bottom of the mask, 0 to 1 across the picture"""
    present: Tensor
    """(N, K) bool: False where a scene has fewer objects, or this one is hidden by the others"""


def compose(drawings: Tensor, size: int = 64, scale: tuple[float, float] = (0.4, 0.8),
            least: int = 1) -> Scenes:
    """Make one scene of each row of drawings.

    Args:
        drawings: (N, K, 4, H, W) uint8. One object stands anywhere within; of two to four, each
            gets a quarter of the picture to start from and may reach over its edge.
        size: height and width in pixels.
        scale: smallest and largest width of a drawing, as a share of the picture.
        least: the smallest number of objects; each scene has `least` to K of them.
    """
    count, slots = drawings.shape[:2]
    sizes = scale[0] + (scale[1] - scale[0]) * torch.rand(count, slots)
    centres = _centres(count, slots, sizes)
    angles = math.radians(15) * (2 * torch.rand(count, slots) - 1)
    present = torch.arange(slots) < torch.randint(least, slots + 1, (count, 1))

    pictures = views.gradients(count, size)
    masks = torch.zeros(count, slots, size, size, dtype=torch.bool)
    for k in range(slots):
        layer = views.place(drawings[:, k], size, centres[:, k], sizes[:, k], angles[:, k])
        layer = layer * present[:, k, None, None, None]
        colour, alpha = layer[:, :3], layer[:, 3:]
        pictures = views.tint(colour) + (1 - alpha) * pictures
        visible = alpha > 0.5
        masks = masks & ~visible
        masks[:, k] = visible[:, 0]
    return Scenes(pictures.clamp(0, 1), masks, _boxes(masks), masks.flatten(2).any(dim=2))


def _centres(count: int, slots: int, sizes: Tensor) -> Tensor:
    if slots == 1:
        return 0.5 + (1 - sizes[..., None]) * (torch.rand(count, slots, 2) - 0.5)
    quarter = torch.rand(count, 4).argsort(dim=1)[:, :slots]
    middle = 0.28 + 0.44 * torch.stack([quarter % 2, quarter // 2], dim=2)
    return middle + 0.12 * (2 * torch.rand(count, slots, 2) - 1)


def _boxes(masks: Tensor) -> Tensor:
    """(N, K, S, S) bool -> (N, K, 4): the smallest box around each mask; zeros around nothing."""
    size = masks.shape[-1]
    sides = []
    for across in (masks.any(dim=2), masks.any(dim=3)):
        first = across.int().argmax(dim=2)
        last = size - across.flip(2).int().argmax(dim=2)
        sides.append((first, torch.where(across.any(dim=2), last, 0)))
    (left, right), (top, bottom) = sides
    return torch.stack([left, top, right, bottom], dim=2) / size
