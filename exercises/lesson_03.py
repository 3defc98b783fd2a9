"""Checkers of lesson 03."""

from collections.abc import Callable

import torch
from torch import Tensor

from exercises import call, checker, wrong_choice


@checker
def check_hinge(hinge) -> str | None:
    """Only the difference counts, each pair by itself, and only up to the margin."""
    def loss(right: list, wrong: list, margin: float = 1.0) -> float:
        value = call(hinge, torch.tensor(right), torch.tensor(wrong), margin)
        if not isinstance(value, Tensor) or value.numel() != 1:
            shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise TypeError(f"a loss is one number in a tensor, not {shape}. Take the mean over "
                            "the pairs.")
        return float(value)

    ordered, swapped = loss([0.0, 0.0], [5.0, 5.0]), loss([5.0, 5.0], [0.0, 0.0])
    if swapped < ordered:
        return ("The loss is lower when the right pair has the higher energy: is the sign of the "
                "difference right?")
    if ordered < 0:
        return (f"A wrong energy far above the right one gives {ordered:.3g}: the loss pushes "
                "without limit. Cut it off at 0 with F.relu.")
    if loss([5.0, 5.0], [0.0, 0.0]) == loss([5.0, 5.0], [3.0, 3.0]):
        return "The wrong energies play no part: nothing is pushed up, so the energy collapses."
    if loss([0.0, 0.0], [0.5, 0.5]) == loss([3.0, 3.0], [0.5, 0.5]):
        return "The right energies play no part: nothing is pushed down."
    if loss([2.0, 2.0], [2.5, 2.5], 1.0) == loss([2.0, 2.0], [2.5, 2.5], 3.0):
        return "The margin plays no part: a margin of 3 should ask for more than a margin of 1."
    if abs(loss([0.0, 0.0], [0.0, 0.0]) - 1) > 1e-4 or abs(loss([3.0, 3.0], [3.0, 3.0]) - 1) > 1e-4:
        return ("Equal energies should cost the margin, at any height: only the difference of "
                "right and wrong counts.")
    if abs(loss([0.0, 0.0], [0.0, 4.0]) - 0.5) > 1e-4:
        return ("One pair in order and one not should cost 0.5. Cut off each pair by itself first, "
                "then take the mean: a good pair must not pay for a bad one.")
    if abs(swapped - 6) > 1e-4:
        return f"A right energy 5 above the wrong one, margin 1, should cost 6, not {swapped:.3g}."
    return None


@checker
def check_mirror(mirror_question) -> str | None:
    """A pretext task of your own: the label cost nothing."""
    pictures = torch.rand(64, 3, 8, 8)
    before = pictures.clone()
    result = call(mirror_question, pictures)
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two things: the changed pictures and their labels."
    changed, y = result
    if not isinstance(changed, Tensor) or changed.shape != pictures.shape:
        return "The changed pictures should have the shape of the pictures, (N, 3, H, W)."
    if not isinstance(y, Tensor) or y.shape != (64,):
        return "There should be one label for each picture: y of shape (N,)."
    if not torch.equal(pictures, before):
        return "Your function changes the pictures that it was given: make new ones."
    if not set(y.tolist()) <= {0, 1}:
        return "Each label should be 0 (as it was) or 1 (mirrored)."
    if len(set(y.tolist())) == 1:
        return (f"All 64 labels are {int(y[0])}: that question answers itself. Draw a label for "
                "each picture by itself.")
    same, mirrored, upended = ((changed == other).flatten(1).all(dim=1)
                               for other in (pictures, pictures.flip(3), pictures.flip(2)))
    if upended.any():
        return "Some pictures stand on their head: left and right are dimension 3 of (N, 3, H, W)."
    if not (same | mirrored).all():
        return "Some pictures are neither as they were nor mirrored, or not in their old place."
    if same.all() or mirrored.all():
        return "All pictures were treated alike: mirror those with label 1 only."
    if torch.equal(same, y == 1):
        return "The labels are the wrong way round: 1 means mirrored."
    if not torch.equal(mirrored, y == 1):
        return "The labels don't say which pictures were mirrored: use the same y for both."
    if y.dtype != torch.int64:
        return f"The labels are {y.dtype}; the cross-entropy needs whole numbers (int64)."
    again = call(mirror_question, pictures)[1]
    if torch.equal(again, y):
        return "A second call gives the same labels: they should be drawn at random each time."
    return None


@checker
def check_cheat(cheat, sign: Callable, turn: Callable) -> str | None:
    """No network, no training, nothing known of cows: that is what the shortcut is worth."""
    y = torch.randint(4, (200,))
    pictures = torch.rand(200, 3, 32, 32)
    pictures[:100] = 1
    guess = call(cheat, turn(sign(pictures), y))
    if not isinstance(guess, Tensor) or guess.shape != y.shape:
        return "Return one number of quarter turns for each picture, a tensor of shape (N,)."
    right = (guess == y).float().mean()
    if right == 1:
        return None
    if len(guess.unique()) == 1:
        return "The answer is the same for every picture. In which corner is the signature?"
    if (guess == (4 - y) % 4).all():
        return ("Quarter turns 1 and 3 are swapped: rot90 turns against the clock, so after one "
                "turn the signature stands at the top right.")
    if (guess == (y + guess[0] - y[0]) % 4).all():
        return "You count from another corner: a picture that was not turned has y = 0."
    if right > 0.4:
        return (f"{right:.0%} right. A drawing may be dark in a corner too: compare each corner "
                "with INK rather than ask how dark it is.")
    return f"{right:.0%} right; a blind guess gets 25 %. Look at the four corners of each picture."


@checker
def check_tasks(answers) -> str | None:
    """A pretext task teaches only where its answer is in the picture and needs to be understood."""
    right = {
        "satellite pictures, from straight above":
            ("rotation", "seen from above, no side is up, and the turn can't be told"),
        "wallpaper: upright flowers, all alike, row upon row":
            ("jigsaw", "each part looks like each other part, so no order is the right one"),
        "X-ray pictures of hands, grey":
            ("colour", "a grey picture has no colour to hide"),
        "photographs of living rooms":
            ("none", "a room has an up, parts that differ, and colours"),
    }
    return wrong_choice(answers, right)
