"""Checkers of lesson 03."""

import torch

from exercises import call, checker, choices, shape


@checker
def check_hinge(hinge):
    """Only the difference counts, each pair by itself, and only up to the margin."""
    def loss(right: float, wrong: float | list, margin: float = 1.0) -> float:
        value = call(hinge, torch.zeros(2) + right, torch.zeros(2) + torch.tensor(wrong), margin)
        if not isinstance(value, torch.Tensor) or value.numel() != 1:
            raise TypeError(f"a loss is one number in a tensor, not {shape(value)}. Take the mean "
                            "over the pairs.")
        return round(float(value), 3)

    ordered, swapped = loss(0, 5), loss(5, 0)
    yield swapped < ordered, ("The loss is lower when the right pair has the higher energy: is the "
                              "sign of the difference right?")
    yield ordered < 0, (f"A wrong energy far above the right one gives {ordered:.3g}: the loss "
                        "pushes without limit. Cut it off at 0 with F.relu.")
    yield swapped == loss(5, 3), (
        "The wrong energies play no part: nothing is pushed up, so the energy collapses.")
    yield loss(0, 0.5) == loss(3, 0.5), "The right energies play no part: nothing is pushed down."
    yield loss(2, 2.5) == loss(2, 2.5, margin=3.0), (
        "The margin plays no part: a margin of 3 should ask for more than a margin of 1.")
    yield not loss(0, 0) == loss(3, 3) == 1, (
        "Equal energies should cost the margin, at any height: only the difference of right and "
        "wrong counts.")
    yield loss(0, [0, 4]) != 0.5, (
        "One pair in order and one not should cost 0.5. Cut off each pair by itself first, then "
        "take the mean: a good pair must not pay for a bad one.")
    yield swapped != 6, (
        f"A right energy 5 above the wrong one, margin 1, should cost 6, not {swapped:.3g}.")


@checker
def check_mirror(mirror_question):
    """A pretext task of your own: the label cost nothing."""
    pictures = torch.rand(64, 3, 8, 8)
    before = pictures.clone()
    pair = call(mirror_question, pictures)
    yield not isinstance(pair, tuple | list) or len(pair) != 2, (
        "Return two things: the changed pictures and their labels.")
    changed, y = pair
    yield shape(changed) != before.shape, (
        "The changed pictures should have the shape of the pictures, (N, 3, H, W).")
    yield shape(y) != (64,), "There should be one label for each picture: y of shape (N,)."
    yield not torch.equal(pictures, before), (
        "Your function changes the pictures that it was given: make new ones.")
    yield not set(y.tolist()) <= {0, 1}, "Each label should be 0 (as it was) or 1 (mirrored)."
    yield len(y.unique()) == 1, (f"All 64 labels are {int(y[0])}: that question answers itself. "
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
    yield y.dtype != torch.int64, (
        f"The labels are {y.dtype}; the cross-entropy needs whole numbers (int64).")
    yield torch.equal(call(mirror_question, pictures)[1], y), (
        "A second call gives the same labels: they should be drawn at random each time.")


@checker
def check_cheat(cheat, sign, turn):
    """No network, no training, nothing known of cows: that is what the shortcut is worth."""
    y, pictures = torch.randint(4, (200,)), torch.rand(200, 3, 32, 32)
    pictures[:100] = 1
    guess = call(cheat, turn(sign(pictures), y))
    yield shape(guess) != y.shape, (
        "Return one number of quarter turns for each picture, a tensor of shape (N,).")
    yield len(guess.unique()) == 1, (
        "The answer is the same for every picture. In which corner is the signature?")
    yield (guess == -y % 4).all(), (
        "Quarter turns 1 and 3 are swapped: rot90 turns against the clock, so after one turn the "
        "signature stands at the top right.")
    yield guess[0] != y[0] and (guess == (y + guess[0] - y[0]) % 4).all(), (
        "You count from another corner: a picture that was not turned has y = 0.")
    right = (guess == y).float().mean()
    yield 0.4 < right < 1, (f"{right:.0%} right. A drawing may be dark in a corner too: compare "
                            "each corner with INK rather than ask how dark it is.")
    yield right < 1, (
        f"{right:.0%} right; a blind guess gets 25 %. Look at the four corners of each picture.")


check_tasks = choices({
    "satellite pictures, from straight above":
        ("rotation", "seen from above, no side is up, and the turn can't be told"),
    "wallpaper: upright flowers, all alike, row upon row":
        ("jigsaw", "each part looks like each other part, so no order is the right one"),
    "X-ray pictures of hands, grey": ("colour", "a grey picture has no colour to hide"),
    "photographs of living rooms": ("none", "a room has an up, parts that differ, and colours"),
}, "A pretext task teaches only where its answer is in the picture and needs to be understood.")
