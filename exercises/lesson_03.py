"""Checkers of lesson 03."""

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.concluding import concluding, with_value
from exercises.trying import Mistakes, call, compare, formed, shape, slopes, tensor
from helpers.experiment import Results


@checker("03.1")
def check_hinge(hinge):
    """Only the difference counts, each pair by itself, and only up to the margin."""
    def relu_mean(inside):
        return lambda right, wrong, margin: F.relu(inside(right, wrong, margin)).mean()

    yield from compare(
        hinge,
        {f"energies {right} and {wrong}, margin {margin}":
            (torch.tensor(right), torch.tensor(wrong), margin)
         for right, wrong, margin in (
             ([0.0, 3.0], [5.0, 9.0], 1.0), ([5.0, 4.0], [0.0, 1.0], 1.0),
             ([3.0, 3.0], [3.0, 3.0], 2), ([2.0, 0.0, 1.0], [0.0, 4.0, 1.5], 1.0),
             ([2.0], [2.5], 3.0), ([0.5], [0.0], 0.25))},
        relu_mean(lambda right, wrong, margin: margin + right - wrong),
        {"The loss is lower when the right pair has the higher energy: the sign of the difference "
         "is turned.": (
            relu_mean(lambda right, wrong, margin: margin + wrong - right),
            lambda right, wrong, margin: (wrong - right).mean(),
            lambda right, wrong, margin: (margin + wrong - right).mean()),
         "The loss pushes without limit: a wrong energy far above the right one makes it negative. "
         "Cut it off at 0 with F.relu.": (
            lambda right, wrong, margin: (margin + right - wrong).mean(),
            lambda right, wrong, margin: (right - wrong).mean()),
         "The margin plays no part: a margin of 3 should ask for more than a margin of 1.": (
            relu_mean(lambda right, wrong, margin: right - wrong),
            relu_mean(lambda right, wrong, margin: 1 + right - wrong)),
         "The wrong energies play no part: nothing is pushed up, so the energy collapses.": (
            lambda right, wrong, margin: right.mean(),
            relu_mean(lambda right, wrong, margin: margin + right)),
         "The right energies play no part: nothing is pushed down.":
            relu_mean(lambda right, wrong, margin: margin - wrong),
         "Right energies are pushed down to 0 and wrong ones up to the margin, each for itself. "
         "Only the difference of the two should count.": (
            lambda right, wrong, margin: right.mean() + F.relu(margin - wrong).mean(),
            lambda right, wrong, margin: F.relu(right).mean() + F.relu(margin - wrong).mean()),
         "Each right energy is compared with every wrong one. Compare it with its own only.":
            relu_mean(lambda right, wrong, margin: margin + right[:, None] - wrong),
         "Cut off each pair by itself first, then take the mean: a good pair must not pay for a "
         "bad one.": relu_mean(lambda right, wrong, margin: margin + right.mean() - wrong.mean()),
         "This is the sum over the pairs: take their mean.": lambda right, wrong, margin: (
             F.relu(margin + right - wrong).sum()),
         "This is the square of the hinge: what is missing counts once.":
            lambda right, wrong, margin: F.relu(margin + right - wrong).square().mean()},
        form="Take the mean over the pairs.")
    right, wrong = torch.tensor([[1.0, 4.0], [0.5, 1.0]]).requires_grad_().unbind()
    slopes(call(hinge, right, wrong, 1.0), right=right, wrong=wrong)


@checker("03.2")
def check_mirror(mirror_question):
    """A pretext task of your own: the label cost nothing."""
    pictures = torch.rand(400, 3, 4, 6)
    pair = call(mirror_question, pictures)
    yield not isinstance(pair, tuple | list) or len(pair) != 2, (
        "Return two things: the changed pictures and their labels.")
    changed, y = pair
    yield from formed("The changed pictures", changed, pictures.dtype, shape(pictures))
    yield from formed("The labels, one for each picture,", y, torch.int64, (400,))
    yield not set(y.tolist()) <= {0, 1}, "Each label should be 0 (as it was) or 1 (mirrored)."
    yield len(y.unique()) == 1, (f"All 400 labels are {int(y[0])}: that question answers itself. "
                                 "Draw a label for each picture by itself.")
    same, mirrored, upended = ((changed == other).flatten(1).all(dim=1)
                               for other in (pictures, pictures.flip(3), pictures.flip(2)))
    yield upended.any(), (
        "Some pictures stand on their head: left and right are dimension 3 of (N, 3, H, W).")
    yield not (same | mirrored).all(), (
        "Some pictures are neither as they were nor mirrored, or not in their old place.")
    yield same.all() or mirrored.all(), (
        "All pictures were treated alike: mirror those with label 1 only.")
    yield torch.equal(same, y == 1), "The labels are the wrong way round: 1 means mirrored."
    yield not torch.equal(mirrored, y == 1), (
        "The labels don't say which pictures were mirrored: use the same y for both.")
    share = y.float().mean()
    yield abs(share - 0.5) > 0.15, (
        f"{share:.0%} of 400 pictures are mirrored: with such odds a guess is easy. Draw 0 and 1 "
        "with equal chances.")
    again = call(mirror_question, pictures)[1]
    yield torch.equal(again, y), (
        "A second call gives the same labels: they should be drawn at random each time.")


@checker("03.3")
def check_cheat(cheat, sign, turn):
    """No network, no training, nothing known of cows: that is what the shortcut is worth."""
    y, pictures = torch.randint(4, (200,)), torch.rand(200, 3, 32, 32)
    pictures[:50], pictures[50:100] = 1, 0
    seen = turn(sign(pictures), y)
    guess = tensor(call(cheat, seen)).detach()
    yield guess.shape != y.shape, (
        "Return one number of quarter turns for each picture, a tensor of shape (N,), not "
        f"{shape(guess)}.")
    yield len(guess.unique()) == 1, (
        "The answer is the same for every picture. In which corner is the signature?")
    yield not torch.isin(guess, torch.arange(4)).all(), (
        "The number of quarter turns should be 0, 1, 2 or 3 for each picture.")
    yield (guess == -y % 4).all(), (
        "Quarter turns 1 and 3 are swapped: rot90 turns against the clock, so after one turn the "
        "signature stands at the top right.")
    yield guess[0] != y[0] and (guess == (y + guess[0] - y[0]) % 4).all(), (
        "You count from another corner: a picture that was not turned has y = 0.")
    yield guess[0] != -y[0] % 4 and (guess == (guess[0] + y[0] - y) % 4).all(), (
        "You go round the other way, and count from another corner: rot90 turns against the clock.")
    corners = torch.stack([seen[:, :, row, column]
                           for row, column in ((-1, -1), (0, -1), (0, 0), (-1, 0))], dim=1)
    yield any(torch.equal(guess, corner.argmin(dim=1)) for corner in (
        corners.sum(dim=2), *corners.unbind(dim=2), corners.amax(dim=2))), (
        "You look for the darkest corner. A drawing may be dark in a corner too: compare each "
        "corner with INK.")
    missed = (guess != y).nonzero().flatten()
    yield len(missed), (
        f"{1 - len(missed) / 200:.0%} right; a blind guess gets 25 %. The first one missed was "
        f"turned {y[missed[:1]].sum()} times, and your answer is {guess[missed[:1]].sum():g}.")


check_tasks = choices("03.4", {
    "satellite pictures, from straight above":
        ("rotation", "seen from above, no side is up, and the turn can't be told"),
    "wallpaper: upright flowers, all alike, row upon row":
        ("jigsaw", "each part looks like each other part, so no order is the right one"),
    "X-ray pictures of hands, grey": ("colour", "a grey picture has no colour to hide"),
    "photographs of living rooms": ("none", "a room has an up, parts that differ, and colours"),
}, "A pretext task teaches only where its answer is in the picture and needs to be understood.")


def _mend(pushes: dict, known: str, tried: str, faint_bags) -> Mistakes:
    yield not isinstance(faint_bags, Results) or tried not in faint_bags, (
        f"faint_bags should say, for “{tried}” too, whether these still fool the energy.")
    auroc = sum(faint_bags[tried]) / max(len(faint_bags[tried]), 1)
    yield auroc < 0.6, (
        f"Faint bags still fool the energy: AUROC {auroc:.2f} with “{tried}”. First mend it (0.6 "
        "or more); then ask what that cost.")


check_conclusion = concluding(
    "03.5", "gains", "loses", with_value(0), "The control is missing: a push of 0.", also=_mend)
