"""Checkers of lesson 08."""

import torch
from torch.nn import functional as F

from exercises import call, checker, shape


@checker
def check_move(move):
    """A flat world as another camera sees it: nine numbers, and one division for each place."""
    places = torch.tensor([[0.0, 0], [10, 0], [10, 20], [3, 7]])
    shift = torch.tensor([[1.0, 0, 5], [0, 1, -2], [0, 0, 1]])
    motion = torch.tensor([[1.0, 0.2, 5], [-0.1, 0.9, 2], [0.01, 0.02, 1]])
    given, tilted = call(move, shift, places.clone()), call(move, motion, places.clone())
    yield shape(given) != (4, 2), f"Four places make the shape (4, 2), not {shape(given)}."
    yield torch.allclose(given, places, atol=1e-3), "Nothing moves."
    whole = F.pad(places, (0, 1), value=1.0)
    right, turned = whole @ motion.T, whole @ motion
    yield torch.allclose(tilted, turned[:, :2] / turned[:, 2:], atol=1e-3), (
        "Rows are multiplied from the left here: turn the matrix over, motion.T.")
    yield torch.allclose(tilted, right[:, :2], atol=1e-3), (
        "The third number is left out: divide the first two by it.")
    yield not torch.allclose(given, places + torch.tensor([5.0, -2]), atol=1e-3), (
        "A matrix that moves everything 5 to the right and 2 up does something else with yours.")
    expected = right[:, :2] / right[:, 2:]
    yield not torch.allclose(tilted, expected, atol=1e-3), (
        f"(10, 20) should come to {[round(x, 2) for x in expected[2].tolist()]}; yours says "
        f"{[round(x, 2) for x in tilted[2].tolist()]}.")


@checker
def check_decided(decided):
    """Two windows of one house are a tie: such a keypoint is better left out."""
    a = F.normalize(torch.randn(40, 8), dim=1)
    b = F.normalize(torch.cat([a[:20] + 0.2 * torch.randn(20, 8), torch.randn(30, 8)]), dim=1)
    given, strict = (torch.as_tensor(call(decided, a.clone(), b.clone(), ratio))
                     for ratio in (0.8, 0.3))
    near = torch.cdist(a, b).sort(dim=1).values
    like = (a @ b.T).sort(dim=1, descending=True).values
    yield shape(given) != (40,), f"One answer for each of the 40 lists, not {shape(given)}."
    yield given.dtype != torch.bool, "Answer with True or False for each: compare the two."
    yield torch.equal(given, strict), "The ratio changes nothing."
    yield torch.equal(given, near[:, 0] >= 0.8 * near[:, 1]), (
        "The other way round: a keypoint has decided if the nearest is much nearer.")
    yield torch.equal(given, like[:, 1] < 0.8 * like[:, 0]), (
        "You compare likenesses. The test is about distances.")
    yield torch.equal(given, near[:, 0].square() < 0.8 * near[:, 1].square()), (
        "You compare squared distances.")
    yield not torch.equal(given, near[:, 0] < 0.8 * near[:, 1]), (
        "Some answers are wrong: take the two smallest distances of each row of torch.cdist(a, b).")


@checker
def check_experiment(experiment):
    """A fair design: a control, one thing changed at a time, the same seeds for each, no figure
    left out. Now run it with edges_learned."""
    trained: dict[tuple, dict[int, float]] = {}

    def learn(seed, push=0.25, tilt=(-30, 30), light=None):
        shares = trained.setdefault((push, tuple(tilt), light), {})
        return shares.setdefault(seed, len(shares) + len(trained) / 1000)

    given = call(experiment, learn)
    seeds = {tuple(sorted(shares)) for shares in trained.values()}
    measured = sorted(share for shares in trained.values() for share in shares.values())
    yield not trained, "Nothing was trained: call learn(seed, push=..., tilt=..., light=...)."
    yield len(trained) < 2, "One way alone shows nothing: train in another way beside it."
    yield any(len(some) < 2 for some in seeds), (
        "One training may be luck: repeat each way with at least two seeds.")
    yield len(seeds) > 1, "Not every way was trained with the same seeds."
    yield not any(push == 0 and tilt == (0, 0) for push, tilt, _ in trained), (
        "The control is missing: a way in which nothing moves, push=0, tilt=(0, 0).")
    yield any(all(sum(a != b for a, b in zip(way, other)) != 1 for other in trained)
              for way in trained), (
        "Two things change at once: what comes out can't be laid to either. Let each way differ "
        "from another one in one of push, tilt and light.")
    yield not isinstance(given, dict), "Return a dictionary: the name of a way -> its shares."
    yield sorted(share for shares in given.values() for share in shares) != measured, (
        "Report each share that was measured, the disappointing ones as well.")
