"""Right and wrong answers to the exercises of primer 3, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import primer_3

SPOT = torch.tensor([[0.25, -0.5, 0.25], [-0.5, 1, -0.5], [0.25, -0.5, 0.25]])
AROUND = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])


def alone(picture, kernel, stride):
    """F.conv2d of one picture and one kernel."""
    return F.conv2d(picture[None, None], kernel[None, None], stride=stride)[0, 0]


def by_numpy(picture, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(picture.numpy(), kernel.shape)
    return (windows[::stride, ::stride] * kernel.numpy()).sum((2, 3))


def walked(move=lambda stride: stride, kept=lambda kernel: kernel, grow=0, form=None):
    """A loop with a stride of its own"""
    def answer(picture, kernel, stride):
        size, kernel = len(kernel), kept(kernel)
        height, width = ((side - size) // stride + 1 + grow for side in picture.shape)
        result = torch.zeros(*(form(picture, size) if form else (height, width)))
        for row in range(height):
            for column in range(width):
                top, left = move(stride) * row, move(stride) * column
                result[row, column] = (picture[top:top + size, left:left + size] * kernel).sum()
        return result
    return answer


TRIED = {
    "check_spot": tried.Tried(
        [SPOT, torch.tensor([[1, -1, 0], [-1, 1, 0], [0, 0, 0]]), SPOT.numpy(), SPOT.tolist(),
         SPOT.double(), torch.outer(torch.tensor([-0.5, 1, -0.5]), torch.tensor([-0.5, 1, -0.5]))],
        [(torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]), "nine weights should add up"),
         (AROUND, "meets the middle weight"), (AROUND / 8, "middle row"),
         (torch.tensor([[0, -0.5, 0], [0, 1, 0], [0, -0.5, 0]]), "middle row"),
         (torch.zeros(3, 3), "A single pixel gives 0, not 1"), (-SPOT, "gives -1, not 1"),
         (SPOT + 0.1, "On plain paper it gives 0.9"), (torch.zeros(3), "not (3,)"),
         (SPOT[None, None], "not (1, 1, 3, 3)"), (lambda: SPOT, "gives a function where numbers"),
         ([[1, 2], [3]], "lists of different lengths"), ("spot", "gives a str"),
         (SPOT / 0, "nan or inf")]),
    "check_strided": tried.Tried(
        [walked(), alone, by_numpy, lambda p, k, s: torch.einsum(
            "hwij,ij->hw", p.unfold(0, len(k), s).unfold(1, len(k), s), k),
         lambda p, k, s: alone(p, k, 1)[::s, ::s].tolist(),
         lambda p, k, s: alone(p.double(), k.double(), s),
         lambda p, k, s: (k.flatten() @ F.unfold(p[None, None], len(k), stride=s)[0]).view(
             *alone(p, k, s).shape)],
        [(walked(kept=lambda kernel: kernel.flip(0, 1)), "turned round"),
         (walked(kept=lambda kernel: kernel.flip(0)), "mirrored"),
         (walked(kept=lambda kernel: kernel.T), "changed places"),
         (walked(move=lambda stride: 1), "still move on by one pixel"),
         (walked(form=lambda p, size: (p.shape[0] - size + 1, p.shape[1] - size + 1)),
          "has the shape (8, 5); it should have (4, 3)"),
         (walked(kept=lambda kernel: kernel / kernel.numel()), "the mean of the products"),
         (walked(kept=torch.ones_like), "kernel plays no part"),
         (walked(kept=lambda kernel: kernel**2), "and stride 1, place [0, 0] should be"),
         (lambda p, k, s: alone(p.roll((-1, -1), (0, 1)), k, s), "one pixel too far"),
         (lambda p, k, s: alone(F.pad(p, (1, 1, 1, 1)), k, s), "Without padding"),
         (lambda p, k, s: alone(p, k, s)[None, None], "it should have (8, 5)"),
         (lambda p, k, s: alone(p, k, 1), "and stride 2 your answer has the shape"),
         (tried.in_place(walked()), "changes first"),
         (lambda p, k, s: p @ k, "stopped with RuntimeError")]),
}
test_answer = tried.a_test(primer_3, TRIED)
