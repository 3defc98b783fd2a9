"""Checkers of lesson 01."""

import torch

from exercises import checker, choices
from exercises.concluding import concluding
from exercises.trying import Mistakes, call, compare, shape, tensor


def _box(left, top, right, bottom):
    return torch.tensor([left, top, right, bottom], dtype=torch.float32)


def _area(box):
    return (box[2:] - box[:2]).prod()


def _sides(a, b):
    return torch.minimum(a[2:], b[2:]) - torch.maximum(a[:2], b[:2])


def _overlap(a, b):
    return _sides(a, b).clamp(min=0).prod()


def _iou(a, b, overlap=None):
    overlap = _overlap(a, b) if overlap is None else overlap
    return overlap / (_area(a) + _area(b) - overlap)


@checker("01.1")
def check_box_iou(box_iou):
    """1 for equal boxes, 0 for boxes apart, and the right share in between."""
    first = _box(0, 0, 4, 2)
    yield from compare(
        box_iou,
        {"equal boxes": (first, first),
         "a box and its right half": (first, _box(2, 0, 4, 2)),
         "two boxes of area 8 with an overlap of 2": (first, _box(2, 1, 6, 3)),
         "boxes of area 8 and 6 with an overlap of 2": (_box(3, 1, 7, 3), _box(2, 0, 5, 2)),
         "a box in another": (_box(1, 1, 9, 7), _box(2, 3, 4, 6)),
         "boxes side by side": (first, _box(5, 0, 6, 2)),
         "boxes one above the other": (first, _box(0, 3, 4, 4)),
         "boxes apart in both directions": (first, _box(5, 3, 6, 4)),
         "boxes that touch": (first, _box(4, 0, 6, 2))},
        _iou,
        {"This is the overlap. Divide it by the union.": _overlap,
         "Two negative sides make a positive product, so boxes apart have an overlap. Cut each "
         "side off at 0 first.": (
             lambda a, b: _iou(a, b, _sides(a, b).prod()),
             lambda a, b: _iou(a, b, _sides(a, b).prod().clamp(min=0)),
             lambda a, b: _iou(a, b, _sides(a, b).abs().prod())),
         "Of the overlap only one side is cut off at 0; both can be negative.": (
             lambda a, b: _iou(a, b, _sides(a, b)[0].clamp(min=0) * _sides(a, b)[1]),
             lambda a, b: _iou(a, b, _sides(a, b)[1].clamp(min=0) * _sides(a, b)[0])),
         "This divides by the area of one box. The union is both areas together, less the overlap, "
         "which would count twice.": (
             lambda a, b: _overlap(a, b) / _area(a), lambda a, b: _overlap(a, b) / _area(b),
             lambda a, b: _overlap(a, b) / torch.minimum(_area(a), _area(b)),
             lambda a, b: _overlap(a, b) / torch.maximum(_area(a), _area(b))),
         "This divides by the sum of the areas, in which the overlap counts twice: take it off "
         "once.": lambda a, b: _overlap(a, b) / (_area(a) + _area(b)),
         "This is twice the overlap by the sum of the areas (Dice). Divide the overlap by the "
         "union.": lambda a, b: 2 * _overlap(a, b) / (_area(a) + _area(b)),
         "This is 1 less the IoU: high for boxes apart.": lambda a, b: 1 - _iou(a, b)})


@checker("01.2")
def check_cheat(cheat, labels):
    """Purity 1.0, and nothing was learned: compare purity only at equal numbers of clusters."""
    for count in (len(labels), 7):
        clusters = tensor(call(cheat, count))
        yield clusters.shape != (count,), (
            f"For {count} pictures return one cluster number for each, shape ({count},), not "
            f"{shape(clusters)}.")
        yield (clusters % 1 != 0).any(), "Cluster numbers should be whole numbers."
    clusters = tensor(call(cheat, len(labels)))
    numbers, cluster = clusters.unique(return_inverse=True)

    def purity(labels) -> float:
        table = torch.zeros(len(numbers), int(labels.max()) + 1)
        table.index_put_((cluster, labels), torch.ones(()), accumulate=True)
        return table.amax(dim=1).sum().item() / len(labels)

    yield purity(labels) < 1, (
        f"Purity {purity(labels):.2f} with {len(numbers)} clusters. What happens to purity as the "
        "number of clusters grows?")
    shuffled = purity(labels[torch.randperm(len(labels))])
    yield shuffled < 1, (
        "Purity 1.0, but only with these labels: with the same in another order it is "
        f"{shuffled:.2f}. It should reach 1.0 whatever the labels are.")


check_kinds = choices("01.3", {
    "count and locate the cows in a field":
        ("detection", "the answer is a list of places of any length"),
    "the age of a cow from its photograph":
        ("regression", "the answer is a number, and 4 years is closer to 5 than to 9"),
    "which pixels of a satellite picture are forest":
        ("segmentation", "the answer is a yes or no for each pixel"),
    "sort 10,000 unlabelled photographs into piles of alike ones":
        ("none", "no photograph comes with an answer"),
}, "A list needs detection, a number regression, a pixel map segmentation, and piles no label.")


def _pixels(learners: dict) -> str | None:
    return next((name for name, (who, _) in learners.items() if who == "pixels"), None)


def _worth(learners: dict, known: str, tried: str) -> Mistakes:
    (_, many), (who, few) = learners[known], learners[tried]
    yield who != "network", f"“{tried}” is no network: the question is what the network is worth."
    yield many <= few, (
        f"The pixels got {many} labels, the network {few}. What a label is worth shows if the "
        "pixels get more of them.")


check_conclusion = concluding(
    "01.4", "network", "pixels", _pixels, "The rival is missing: pixels, with more labels.",
    also=_worth)
