"""Typical right and wrong answers to the exercises of primer 3, and the word that tells why."""

import pytest
import torch
from torch.nn import functional as F

from exercises import primer_3


@pytest.mark.parametrize(("answer", "word"), [
    (torch.tensor([[0.25, -0.5, 0.25], [-0.5, 1, -0.5], [0.25, -0.5, 0.25]]), "Right."),
    (torch.tensor([[1, -1, 0], [-1, 1, 0], [0, 0, 0]]), "Right."),
    (torch.tensor([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]), "nine weights should add up"),
    (torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]), "meets the middle weight"),
    (torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 8, "middle row"),
    (torch.tensor([[0, -0.5, 0], [0, 1, 0], [0, -0.5, 0]]), "middle row"),
    (torch.zeros(3), "shape (3, 3)"),
    ([[0, 0, 0]] * 3, "not list"),
])
def test_spot(answer, word, verdict):
    assert word in verdict(primer_3.check_spot, answer)


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


@pytest.mark.parametrize(("answer", "word"), [
    (walked(), "Right."),
    (lambda p, k, s: F.conv2d(p[None, None], k[None, None], stride=s)[0, 0], "Right."),
    (lambda p, k, s: torch.einsum("hwij,ij->hw", p.unfold(0, len(k), s).unfold(1, len(k), s), k),
     "Right."),
    (walked(kept=lambda kernel: kernel.flip(0, 1)), "turned round"),
    (walked(move=lambda stride: 1), "still move on by one pixel"),
    (walked(form=lambda p, size: (p.shape[0] - size + 1, p.shape[1] - size + 1)),
     "should give a map of (4, 3)"),
    (walked(kept=lambda kernel: kernel / kernel.numel()), "other numbers"),
    (lambda p, k, s: F.conv2d(p[None, None], k[None, None], stride=s), "should give a map"),
])
def test_strided(answer, word, verdict):
    assert word in verdict(primer_3.check_strided, answer)
