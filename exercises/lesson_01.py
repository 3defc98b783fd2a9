"""Checkers of lesson 01."""

import torch

from exercises import call, checker, choices, shape


@checker
def check_box_iou(box_iou):
    """1 for equal boxes, 0 for boxes apart, and the right share in between."""
    def iou(*corners: float) -> float:
        value = call(box_iou, torch.tensor([0.0, 0.0, 4.0, 2.0]), torch.tensor(corners))
        return round(float(value), 3)

    same, half, shifted = iou(0.0, 0, 4, 2), iou(2.0, 0, 4, 2), iou(2.0, 1, 6, 3)
    apart = [iou(5.0, 3, 6, 4), iou(5.0, 0, 6, 2), iou(0.0, 3, 4, 4)]
    yield same != 1, f"Equal boxes should give 1, not {same:.3g}. Divide the overlap by the union."
    yield max(apart) > 0, (f"Boxes that don't touch should give 0, not {max(apart):.3g}: two "
                           "negative sides make a positive product. Cut each side off at 0 first.")
    yield min(apart) < 0, (
        f"Boxes apart should give 0, not {min(apart):.3g}: an overlap can't be negative.")
    yield half == 1 or shifted == 0.25, (
        "This divides by the area of one box. The union is both areas together, less the overlap, "
        "which would count twice.")
    yield shifted == 0.125, (
        "The union is the sum of the areas less the overlap: it counts twice in the sum.")
    yield half != 0.5 or shifted != 0.143, (
        f"Boxes of area 8 and 4 with overlap 4 should give 0.5, yours is {half:.3g}; two of area 8 "
        f"with overlap 2 should give {2 / 14:.3g}, yours is {shifted:.3g}.")


@checker
def check_cheat(cheat, labels):
    """Purity 1.0, and nothing was learned: compare purity only at equal numbers of clusters."""
    clusters = call(cheat, len(labels))
    yield shape(clusters) != labels.shape, (
        f"Return a tensor with one cluster number for each picture, shape ({len(labels)},).")
    numbers = clusters.unique()
    purity = sum(labels[clusters == c].bincount().max().item() for c in numbers) / len(labels)
    yield purity < 1, (f"Purity {purity:.2f} with {len(numbers)} clusters. What happens to purity "
                       "as the number of clusters grows?")


check_kinds = choices({
    "count and locate the cows in a field":
        ("detection", "the answer is a list of places of any length"),
    "the age of a cow from its photograph":
        ("regression", "the answer is a number, and 4 years is closer to 5 than to 9"),
    "which pixels of a satellite picture are forest":
        ("segmentation", "the answer is a yes or no for each pixel"),
    "sort 10,000 unlabelled photographs into piles of alike ones":
        ("none", "no photograph comes with an answer"),
}, "A list needs detection, a number regression, a pixel map segmentation, and piles no label.")
