"""Right and wrong answers to the exercises of lesson 08, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_08


def move(motion, places):
    moved = F.pad(places, (0, 1), value=1.0) @ motion.T
    return moved[:, :2] / moved[:, 2:]


def by_loop(motion, places):
    moved = [motion @ torch.tensor([*place, 1.0]) for place in places.tolist()]
    return torch.stack([one[:2] / one[2] for one in moved])


def turned_over(motion, places):
    moved = F.pad(places, (0, 1), value=1.0) @ motion
    return moved[:, :2] / moved[:, 2:]


def by_numpy(motion, places):
    moved = np.c_[places.numpy(), np.ones(len(places))] @ motion.numpy().T
    return moved[:, :2] / moved[:, 2:]


def undivided(motion, places):
    return F.pad(places, (0, 1), value=1.0) @ motion.T


def decided(a, b, ratio=0.8):
    nearest, second = torch.cdist(a, b).topk(2, dim=1, largest=False).values.T
    return nearest < ratio * second


def squared(a, b, ratio=0.8):
    nearest, second = torch.cdist(a, b).square().topk(2, dim=1, largest=False).values.T
    return nearest < ratio * second


def of_likeness(a, b, ratio=0.8):
    nearest, second = (a @ b.T).topk(2, dim=1).values.T
    return second < ratio * nearest


def keypoint_by_keypoint(a, b, ratio=0.8):
    answers = []
    for one in a:
        nearest, second = sorted((one - other).norm().item() for other in b)[:2]
        answers.append(nearest < ratio * second)
    return answers


def by_angle(a, b, ratio=0.8):
    apart = (2 - 2 * torch.einsum("pd,qd->pq", a, b)).clamp(min=0).sqrt().sort(dim=1).values
    return apart[:, 0] / apart[:, 1] < ratio


def by_masking(a, b, ratio=0.8):
    apart = torch.cdist(a.double(), b.double())
    nearest, place = apart.min(dim=1)
    return (nearest < ratio * apart.scatter(1, place[:, None], torch.inf).amin(dim=1)).numpy()


STILL = {"push": 0, "tilt": (0, 0)}


def experiment(*ways, seeds=(0, 1)):
    return lambda learn: {str(way): [learn(seed, **way) for seed in seeds] for way in ways}


def unequal(learn):
    return {"still": [learn(0, **STILL), learn(1, **STILL)], "tilted": [learn(0, push=0)]}


def without_the_worst(learn):
    shares = experiment(STILL, {"push": 0})(learn)
    return {name: [max(some)] for name, some in shares.items()}


def mixed(learn):
    """All shares are there, but each name has one of each way."""
    still, tilted = experiment(STILL, {"push": 0})(learn).values()
    return {"first": [still[0], tilted[0]], "second": [still[1], tilted[1]]}


def in_a_loop(learn):
    shares = {}
    for name, tilt in (("still", (0, 0)), ("a little", (-10, 10)), ("tilted", [-30, 30])):
        shares[name] = []
        for seed in range(3):
            shares[name].append(learn(seed=seed, push=0.0, tilt=tilt))
    return shares


def as_tensors(learn):
    return {name: torch.tensor(some)
            for name, some in experiment(STILL, {"push": 0})(learn).items()}


def means(learn):
    return {name: sum(some) / 2 for name, some in experiment(STILL, {"push": 0})(learn).items()}


TRIED = {
    "check_move": tried.Tried(
        [move, by_loop, by_numpy, lambda motion, places: move(motion / motion[2, 2], places),
         lambda motion, places: move(motion.double(), places.double()).tolist(),
         lambda motion, places: (lambda uvw: (uvw[:2] / uvw[2]).T)(
             motion[:, :2] @ places.T + motion[:, 2:])],
        [(turned_over, "turn the matrix over"),
         (lambda motion, places: undivided(motion, places)[:, :2], "left out"),
         (undivided, "has the shape (4, 3); it should have (4, 2)"),
         (lambda motion, places: places, "Nothing moves"),
         (lambda motion, places: move(motion.inverse(), places), "the way back"),
         (lambda motion, places: places @ motion[:2, :2].T, "The 1 behind each place"),
         (lambda motion, places: places @ motion[:2, :2].T + motion[:2, 2], "left out"),
         (lambda motion, places: undivided(motion, places)[:, :2] / motion[2, 2], "last number"),
         (lambda motion, places: undivided(motion, places)[:, :2]
          * undivided(motion, places)[:, 2:], "You multiply by the third"),
         (lambda motion, places: move(motion, places).flip(1), "changed places"),
         (lambda motion, places: move(motion, places) + 1, "place [0, 0] should be 6; yours is 7"),
         (tried.in_place(move), "changes first"),
         (lambda motion, places: motion @ places, "stopped with RuntimeError"),
         (lambda motion, places: places / 0, "nan or inf")]),
    "check_decided": tried.Tried(
        [decided, by_angle, by_masking, keypoint_by_keypoint, lambda a, b, ratio: ~(
            torch.cdist(a, b).kthvalue(1)[0] >= ratio * torch.cdist(a, b).kthvalue(2)[0])],
        [(lambda a, b, ratio: decided(a, b, 0.8), "changes nothing"),
         (lambda a, b, ratio: ~decided(a, b, ratio), "other way round"), (squared, "squared"),
         (of_likeness, "likenesses"),
         (lambda a, b, ratio: decided(a, b, 1 / ratio), "All keypoints come out"),
         (lambda a, b, ratio: a[:, 0] > 2, "No keypoint"),
         (lambda a, b, ratio: torch.cdist(a, b).amin(dim=1), "True or False"),
         (lambda a, b, ratio: decided(a, b, ratio).long(), "True or False"),
         (lambda a, b, ratio: decided(b, a, ratio), "One answer for each list of a"),
         (lambda a, b, ratio: torch.cdist(a, b).amin(dim=1) < ratio, "with the ratio itself"),
         (lambda a, b, ratio: decided(a, b, ratio**2), "should be"),
         (lambda a, b, ratio: decided(a, b.flip(1), ratio), "should be"),
         (lambda a, b, ratio: decided(a, b, ratio).any(), "has the shape ()"),
         (tried.in_place(decided), "changes first")]),
    "check_experiment": tried.Tried(
        [experiment(STILL, {"push": 0}), in_a_loop, as_tensors,
         experiment(STILL, {"push": 0}, {"tilt": [0, 0]}, {}, seeds=(3, 4, 5)),
         experiment(STILL, {**STILL, "light": torch.sin})],
        [(lambda learn: {}, "Nothing was trained"), (experiment(STILL), "One way alone"),
         (experiment(STILL, {"push": 0}, seeds=(0,)), "may be luck"), (unequal, "may be luck"),
         (experiment({}, {"push": 0}), "control is missing"),
         (experiment(STILL, {}), "Two things change"),
         (lambda learn: [*experiment(STILL, {"push": 0})(learn).values()], "dictionary"),
         (without_the_worst, "disappointing"), (means, "disappointing"), (mixed, "under one name"),
         (lambda learn: {"still": [learn(seed, **STILL) for seed in (0, 1)],
                         "tilted": [learn(seed, push=0) for seed in (2, 3)]}, "the same seeds"),
         (experiment({"size": 3}), "stopped with TypeError"),
         (lambda learn: experiment(STILL, {"push": 0})(learn) and None, "gives nothing back")]),
}
test_answer = tried.a_test(lesson_08, TRIED)
