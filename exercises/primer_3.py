"""Checkers of primer 3."""

import torch
from torch.nn import functional as F

from exercises import call, checker, choices, shape

check_door = choices({
    "weights of a 3 × 3 convolution, 3 to 16 channels, no bias": ("432", "it is 3 · 3 · 3 · 16"),
    "height of 32 after 3 × 3, padding 1, stride 2": ("16", "stride 2 leaves every second row out"),
    "pixels across that two 3 × 3 convolutions see": ("5", "the second adds one on each side"),
    "the shoe moves; the maps (move, stay)": ("move", "the same filter meets it elsewhere"),
    "more weights, picture to map (dense, convolution)": ("dense", "it shares none"),
}, "All five. You may go on to primer 4.")


@checker
def check_spot(spot):
    """Spots, and neither paper nor lines: your filter has an opinion on shape."""
    yield shape(spot) != (3, 3), f"A kernel is a tensor of shape (3, 3), not {shape(spot)}."
    middle, paper, across, down = (round(part.sum().item(), 3) for part in (
        spot[1, 1], spot, spot[1], spot[:, 1]))
    yield paper != 0, f"On plain paper it gives {paper:.3g}: the nine weights should add up to 0."
    yield middle != 1, f"A single pixel gives {middle:.3g}, not 1: it meets the middle weight."
    yield across or down, (f"Lines across and down give {across:.3g} and {down:.3g}, not 0: what "
                           "do the weights of the middle row and of the middle column add up to?")


@checker
def check_strided(strided_by_loop):
    """The same map as F.conv2d, for strides of 1 to 3 and kernels of two sizes."""
    picture = torch.rand(10, 7)
    for size, stride in ((3, 1), (3, 2), (2, 2), (3, 3)):
        kernel = torch.rand(size, size)
        every = F.conv2d(picture[None, None], kernel[None, None])[0, 0]
        turned = F.conv2d(picture[None, None], kernel.flip(0, 1)[None, None])[0, 0]
        right = every[::stride, ::stride]
        here = f"With a kernel of {size} × {size} and stride {stride}"
        given = call(strided_by_loop, picture.clone(), kernel.clone(), stride)
        yield shape(given) != shape(right), (
            f"{here} a picture of (10, 7) should give a map of {shape(right)}, not {shape(given)}.")
        for wrong, why in (
                (turned[::stride, ::stride], "The kernel is turned round. Leave it as it is."),
                (every[:len(right), :right.shape[1]] if stride > 1 else -right,
                 "The windows still move on by one pixel: begin them at stride * row.")):
            yield torch.allclose(given, wrong, atol=1e-4), why
        yield not torch.allclose(given, right, atol=1e-4), f"{here} F.conv2d gives other numbers."
