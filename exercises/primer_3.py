"""Checkers of primer 3."""

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.trying import compare, shape, tensor

check_door = choices("P3.0", {
    "weights of a 3 × 3 convolution, 3 to 16 channels, no bias": ("432", "it is 3 · 3 · 3 · 16"),
    "height of 32 after 3 × 3, padding 1, stride 2": ("16", "stride 2 leaves every second row out"),
    "pixels across that two 3 × 3 convolutions see": ("5", "the second adds one on each side"),
    "the shoe moves; the maps (move, stay)": ("move", "the same filter meets it elsewhere"),
    "more weights, picture to map (dense, convolution)": ("dense", "it shares none"),
}, "All five. You may go on to primer 4.")


@checker("P3.1")
def check_spot(spot):
    """Spots, and neither paper nor lines: your filter has an opinion on shape."""
    spot = tensor(spot).detach().double()
    yield spot.shape != (3, 3), f"A kernel has the shape (3, 3), not {shape(spot)}."
    middle, paper, across, down = (round(part.sum().item(), 3) for part in (
        spot[1, 1], spot, spot[1], spot[:, 1]))
    yield paper != 0, f"On plain paper it gives {paper:.3g}: the nine weights should add up to 0."
    yield middle != 1, f"A single pixel gives {middle:.3g}, not 1: it meets the middle weight."
    yield across or down, (f"Lines across and down give {across:.3g} and {down:.3g}, not 0: what "
                           "do the weights of the middle row and of the middle column add up to?")


def _strided(picture, kernel, stride, down=None):
    return F.conv2d(picture[None, None], kernel[None, None],
                    stride=(down or stride, stride))[0, 0]


def _windows_by_one(picture, kernel, stride):
    """As many as there should be, but each one pixel on."""
    rows, columns = _strided(picture, kernel, stride).shape
    return _strided(picture, kernel, 1)[:rows, :columns]


@checker("P3.2")
def check_strided(strided_by_loop):
    """The same map as F.conv2d, for strides of 1 to 3 and kernels of two sizes."""
    yield from compare(
        strided_by_loop,
        {f"a picture of (10, 7), a kernel of {size} × {size} and stride {stride}":
            (torch.rand(10, 7), torch.rand(size, size), stride)
         for size, stride in ((3, 1), (3, 2), (2, 2), (3, 3))},
        _strided,
        {"The kernel is turned round. Leave it as it is.":
            lambda picture, kernel, stride: _strided(picture, kernel.flip(0, 1), stride),
         "The kernel is mirrored. Leave it as it is.": (
            lambda picture, kernel, stride: _strided(picture, kernel.flip(0), stride),
            lambda picture, kernel, stride: _strided(picture, kernel.flip(1), stride)),
         "Rows and columns of the kernel have changed places.":
            lambda picture, kernel, stride: _strided(picture, kernel.T, stride),
         "The windows still move on by one pixel: begin them at stride * row.": _windows_by_one,
         "The windows begin one pixel too far down or right.":
            lambda picture, *others: _strided(picture.roll((-1, -1), (0, 1)), *others),
         "This is the mean of the products: add them up.":
            lambda picture, kernel, stride: (
                _strided(picture, kernel, stride) / kernel.numel()),
         "The kernel plays no part: multiply the window by it.":
            lambda picture, kernel, stride: _strided(picture, torch.ones_like(kernel), stride),
         "The largest product is taken: add the products up.":
            lambda picture, kernel, stride: (
                picture.unfold(0, len(kernel), stride).unfold(1, len(kernel), stride) * kernel
            ).amax(dim=(2, 3))},
        form="Without padding; // divides and rounds down.")
