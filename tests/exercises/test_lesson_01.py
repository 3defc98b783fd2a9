"""Typical wrong answers to the exercises of lesson 01, and the word that tells why."""

import pytest
import torch

from exercises import lesson_01

LABELS = torch.arange(10).repeat(3)


def area(box):
    return (box[2:] - box[:2]).prod()


def overlap(first, second, least=0):
    """The common area, with each side cut off at `least`."""
    low, high = torch.maximum(first[:2], second[:2]), torch.minimum(first[2:], second[2:])
    return torch.maximum(high - low, torch.as_tensor(least)).prod()


def divided(common, first, second):
    return common / (area(first) + area(second) - common)


@pytest.mark.parametrize(
    ("box_iou", "reason"),
    [
        (overlap, "Divide the overlap by the union"),
        (lambda a, b: overlap(a, b) / (area(a) + area(b)), "Divide the overlap by the union"),
        (lambda a, b: divided(overlap(a, b, -9), a, b), "Cut each side off at 0"),
        (lambda a, b: divided(overlap(a, b, torch.tensor([0, -9])), a, b), "be negative"),
        (lambda a, b: divided(overlap(a, b, torch.tensor([-9, 0])), a, b), "be negative"),
        (lambda a, b: overlap(a, b) / area(a), "area of one box"),
        (lambda a, b: overlap(a, b) / area(b), "area of one box"),
        (lambda a, b: overlap(a, b) / torch.minimum(area(a), area(b)), "area of one box"),
        (lambda a, b: divided(overlap(a, b), a, b) ** 0.5, "should give 0.5"),
        (lambda a, b: divided(overlap(a, b), a, b).item(), "Right."),
    ],
)
def test_box_iou(box_iou, reason, verdict):
    assert reason in verdict(lesson_01.check_box_iou, box_iou)


@pytest.mark.parametrize(
    ("cheat", "reason"),
    [
        (lambda count: torch.zeros(count), "Purity 0.10 with 1 cluster"),
        (lambda count: torch.arange(count) // 2, "Purity 0.50 with 15 clusters"),
        (lambda count: list(range(count)), "Return a tensor"),
        (lambda count: torch.arange(count - 1), "shape (30,)"),
        (lambda count: torch.arange(count) % 10, "Right."),
    ],
)
def test_cheat(cheat, reason, verdict):
    assert reason in verdict(lesson_01.check_cheat, cheat, LABELS)
