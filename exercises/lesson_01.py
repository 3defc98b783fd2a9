"""Checkers of lesson 01."""

import torch

from exercises import call, checker, wrong_choice


@checker
def check_box_iou(box_iou) -> str | None:
    """1 for equal boxes, 0 for boxes apart, and the right share in between."""
    first = torch.tensor([0.0, 0.0, 4.0, 2.0])

    def iou(left, top, right, bottom):
        return float(call(box_iou, first, torch.tensor([left, top, right, bottom])))

    equal, half = iou(0, 0, 4, 2), iou(2, 0, 4, 2)
    apart = [iou(5, 3, 6, 4), iou(5, 0, 6, 2), iou(0, 3, 4, 4)]
    if abs(equal - 1) > 1e-3:
        return f"Equal boxes should give 1, not {equal:.3g}. Divide the overlap by the union."
    if max(apart) > 1e-3:
        return (f"Boxes that don't touch should give 0, not {max(apart):.3g}: two negative sides "
                "make a positive product. Cut each side off at 0 first.")
    if min(apart) < 0:
        return f"Boxes apart should give 0, not {min(apart):.3g}: an overlap can't be negative."
    shifted = iou(2, 1, 6, 3)
    if abs(half - 1) < 1e-3 or abs(shifted - 2 / 8) < 1e-3:
        return ("This divides by the area of one box. The union is both areas together, less the "
                "overlap, which would count twice.")
    if abs(shifted - 2 / 16) < 1e-3:
        return "The union is the sum of the areas less the overlap: it counts twice in the sum."
    if abs(half - 0.5) > 1e-3 or abs(shifted - 2 / 14) > 1e-3:
        return (f"Boxes of area 8 and 4 with overlap 4 should give 0.5, yours is {half:.3g}; two "
                f"of area 8 with overlap 2 should give {2 / 14:.3g}, yours is {shifted:.3g}.")
    return None


@checker
def check_cheat(cheat, labels: torch.Tensor) -> str | None:
    """Purity 1.0, and nothing was learned: compare purity only at equal numbers of clusters."""
    clusters = call(cheat, len(labels))
    if not isinstance(clusters, torch.Tensor) or clusters.shape != labels.shape:
        return f"Return a tensor with one cluster number for each picture, shape ({len(labels)},)."
    pure = sum(labels[clusters == c].bincount().max().item() for c in clusters.unique())
    if pure < len(labels):
        return (f"Purity {pure / len(labels):.2f} with {len(clusters.unique())} clusters. "
                "What happens to purity as the number of clusters grows?")
    return None


@checker
def check_kinds(answers) -> str | None:
    """A list needs detection, a number regression, a pixel map segmentation, and piles no label."""
    right = {
        "count and locate the cows in a field":
            ("detection", "the answer is a list of places of any length"),
        "the age of a cow from its photograph":
            ("regression", "the answer is a number, and 4 years is closer to 5 than to 9"),
        "which pixels of a satellite picture are forest":
            ("segmentation", "the answer is a yes or no for each pixel"),
        "sort 10,000 unlabelled photographs into piles of alike ones":
            ("none", "no photograph comes with an answer"),
    }
    return wrong_choice(answers, right)
