"""Right and wrong answers to the exercises of lesson 01, and the words that tell why."""

import numpy as np
import torch
import tried

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


def by_hand(first, second):
    left, top, right, bottom = first.tolist()
    x, y, x2, y2 = second.tolist()
    common = max(0, min(right, x2) - max(left, x)) * max(0, min(bottom, y2) - max(top, y))
    return common / ((right - left) * (bottom - top) + (x2 - x) * (y2 - y) - common)


def by_numpy(first, second):
    a, b = first.numpy(), second.numpy()
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    return sides.prod() / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - sides.prod())


def by_early_return(first, second):
    if (first[2:] <= second[:2]).any() or (second[2:] <= first[:2]).any():
        return 0
    return divided(overlap(first, second, -9), first, second).double()


def by_counting(first, second):
    """All corners are whole numbers, so squares of side 1 can be counted."""
    y, x = torch.meshgrid(torch.arange(10), torch.arange(10), indexing="ij")
    inside = [(x >= b[0]) & (x < b[2]) & (y >= b[1]) & (y < b[3]) for b in (first, second)]
    return (inside[0] & inside[1]).sum() / (inside[0] | inside[1]).sum()


def moved_in_place(first, second):
    second[2:] -= second[:2]
    return torch.tensor(0.0)


TRIED = {
    "check_box_iou": tried.Tried(
        [lambda a, b: divided(overlap(a, b), a, b),
         lambda a, b: divided(overlap(a, b), a, b)[None], by_hand,
         lambda a, b: by_hand(b, a), by_numpy, by_early_return, by_counting],
        [(overlap, "This is the overlap"),
         (lambda a, b: overlap(a, b) / (area(a) + area(b)), "counts twice: take it off"),
         (lambda a, b: 2 * overlap(a, b) / (area(a) + area(b)), "Dice"),
         (lambda a, b: divided(overlap(a, b, -9), a, b), "Two negative sides"),
         (lambda a, b: divided(overlap(a, b, torch.tensor([0, -9])), a, b), "only one side"),
         (lambda a, b: divided(overlap(a, b, torch.tensor([-9, 0])), a, b), "only one side"),
         (lambda a, b: overlap(a, b) / area(a), "area of one box"),
         (lambda a, b: overlap(a, b) / area(b), "area of one box"),
         (lambda a, b: overlap(a, b) / torch.minimum(area(a), area(b)), "area of one box"),
         (lambda a, b: divided(overlap(a, b), a, b) ** 0.5,
          "For a box and its right half it should be 0.5; yours is 0.7071."),
         (lambda a, b: 1 - divided(overlap(a, b), a, b), "1 less the IoU"),
         (lambda a, b: torch.tensor(1.0), "it should be 0.5; yours is 1"),
         (lambda a, b: overlap(a, b) / (area(a) - area(a)), "nan or inf"),
         (lambda a, b: (a, b), "it should be one number"), (moved_in_place, "changes second"),
         (lambda a, b: f"{by_hand(a, b)}", "gives a str")]),
    "check_cheat": tried.Tried(
        [torch.arange, lambda count: torch.arange(count).float(), lambda count: list(range(count)),
         range, np.arange, torch.randperm, lambda count: [picture * 7 for picture in range(count)],
         lambda count: (picture for picture in range(count)),
         lambda count: torch.ones(count).cumsum(0)],
        [(torch.zeros, "Purity 0.10 with 1 cluster"),
         (lambda count: torch.arange(count) // 2, "Purity 0.50 with 15 clusters"),
         (lambda count: torch.arange(count - 1), "For 30 pictures return"),
         (lambda count: torch.arange(30), "For 7 pictures return"),
         (lambda count: torch.arange(count) % 10, "with the same in another order"),
         (lambda count: LABELS[:count], "with the same in another order"),
         (lambda count: torch.arange(count) % 7, "Purity 0."), (torch.rand, "whole numbers"),
         (lambda count: torch.randint(5, (count,)), "Purity 0."),
         (lambda count: count, "not ()"), (torch.eye, "not (30, 30)"),
         (lambda count: [str(picture) for picture in range(count)], "gives a str"),
         (lambda count: {}, "gives a dict")], facts=(LABELS,)),
}
test_answer = tried.a_test(lesson_01, TRIED)
