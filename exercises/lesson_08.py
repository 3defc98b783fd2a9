"""Checkers of lesson 08."""

import torch
from torch.nn import functional as F

from exercises import checker
from exercises.trying import a_type, call, compare, tensor


def _moved(motion, places):
    """(u, v, w) of each place: (P, 3)"""
    return F.pad(places, (0, 1), value=1.0) @ motion.T


def _divided(moved):
    return moved[:, :2] / moved[:, 2:]


@checker("08.1")
def check_move(move):
    """A flat world as another camera sees it: nine numbers, and one division for each place."""
    places = torch.tensor([[1.0, 0], [10, 2], [10, 20], [3, 7]])
    shift = torch.tensor([[1.0, 0, 5], [0, 1, -2], [0, 0, 1]])
    tilt = torch.tensor([[1.0, 0.2, 5], [-0.1, 0.9, 2], [0.01, 0.02, 1]])
    yield from compare(
        move,
        {"a motion by 5 to the right and by 2 up": (shift, places),
         "a tilt": (tilt, places), "twice the same matrix": (2 * tilt, places[1:2])},
        lambda motion, places: _divided(_moved(motion, places)),
        {"Nothing moves: the places come out as they went in.": lambda motion, places: places,
         "Rows are multiplied from the left here: turn the matrix over, motion.T.": (
            lambda motion, places: _divided(_moved(motion.T, places)),
            lambda motion, places: _moved(motion.T, places)[:, :2]),
         "The third number is left out: divide the first two by it.":
            lambda motion, places: _moved(motion, places)[:, :2],
         "You divide by the last number of the matrix; each place has a third number of its own.":
            lambda motion, places: _moved(motion, places)[:, :2] / motion[2, 2],
         "You multiply by the third number: divide by it.":
            lambda motion, places: _moved(motion, places)[:, :2] * _moved(motion, places)[:, 2:],
         "This goes the way back: multiply by the motion itself, not by its inverse.":
            lambda motion, places: _divided(_moved(motion.inverse(), places)),
         "x and y have changed places.": (
            lambda motion, places: _divided(_moved(motion, places)).flip(1),
            lambda motion, places: _divided(_moved(motion, places.flip(1)))),
         "The 1 behind each place is missing: nothing is pushed along.":
            lambda motion, places: places @ motion[:2, :2].T},
        form="Each place has two numbers.")


def _nearest(a, b):
    """The distances of each list to its nearest and to its second nearest: (2, P)"""
    return torch.cdist(a, b).topk(2, dim=1, largest=False).values.T


@checker("08.2")
def check_decided(decided):
    """Two windows of one house are a tie: such a keypoint is better left out."""
    cases = {}
    for ratio, count in ((0.8, 40), (0.5, 40), (0.9, 30)):
        a = F.normalize(torch.randn(count, 8), dim=1)
        b = F.normalize(torch.cat([a[:20] + 0.2 * torch.randn(20, 8), torch.randn(30, 8)]), dim=1)
        nearest, second = _nearest(a, b)
        a = a[(nearest - ratio * second).abs() > 1e-3]  # none of them on the edge
        cases[f"{len(a)} lists and the ratio {ratio}"] = a, b, ratio
    first = next(iter(cases.values()))
    given = tensor(call(decided, *first))
    yield given.shape == (len(first[0]),) and given.dtype != torch.bool, (
        "Answer with True or False for each: compare the two.")

    def fault(compared):
        return lambda a, b, ratio: compared(*_nearest(a, b), ratio)

    yield from compare(
        decided, cases, fault(lambda nearest, second, ratio: nearest < ratio * second),
        {"The other way round: a keypoint has decided if the nearest is much nearer.":
            fault(lambda nearest, second, ratio: nearest >= ratio * second),
         "The ratio changes nothing.": fault(lambda nearest, second, ratio: nearest < 0.8 * second),
         "All keypoints come out as decided: the nearest should be nearer than ratio times the "
         "second nearest.": lambda a, b, ratio: torch.ones(len(a)),
         "No keypoint comes out as decided.": lambda a, b, ratio: torch.zeros(len(a)),
         "You compare likenesses. The test is about distances.":
            lambda a, b, ratio: (lambda like: like[1] < ratio * like[0])(
                (a @ b.T).topk(2, dim=1).values.T),
         "You compare squared distances.":
            fault(lambda nearest, second, ratio: nearest.square() < ratio * second.square()),
         "You compare the distance with the ratio itself: it should be nearer than ratio times the "
         "second nearest.": fault(lambda nearest, second, ratio: nearest < ratio),
         "You take the two farthest lists: take the two nearest.":
            lambda a, b, ratio: (lambda far: far[1] < ratio * far[0])(
                torch.cdist(a, b).topk(2, dim=1).values.T)},
        form="One answer for each list of a.")


@checker("08.3")
def check_experiment(experiment):
    """A fair design: a control, one thing changed at a time, the same seeds for each, no figure
    left out. Now run it with edges_learned."""
    trained: dict[tuple, dict[int, float]] = {}

    def learn(seed, push=0.25, tilt=(-30, 30), light=None):
        shares = trained.setdefault((float(push), tuple(map(float, tilt)), light), {})
        return shares.setdefault(seed, float(len(shares)) + len(trained) / 1024)

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
    yield not isinstance(given, dict), (
        f"Return a dictionary, the name of a way -> its shares, not {a_type(given)}.")
    reported = {name: sorted(tensor(shares).flatten().tolist()) for name, shares in given.items()}
    yield sorted(sum(reported.values(), [])) != measured, (
        "Report each share that was measured, the disappointing ones as well, and nothing else.")
    yield sorted(reported.values()) != sorted(sorted(some.values()) for some in trained.values()), (
        "Shares of different ways stand under one name: return those of each way under its own.")
