"""Right and wrong answers to the exercises of lesson 11, and the words that tell why."""

import math

import numpy as np
import torch
import tried

from exercises import TODO, lesson_11

# A view that hurts: an experiment, here with a stand-in

VIEW = {"crop": 0.5, "turn": 10, "colour": 0.5, "mirror": True}


def try_view(view):
    """A measure that dislikes turns, and likes a mild crop."""
    return 0.7 - 0.2 * view["turn"] / 180 + 0.1 * (view["crop"] == 0.3)


def without(name):
    return {key: value for key, value in VIEW.items() if key != name} | {"turn": 180}


# Leaks


def leaks(shown, asked):
    both = torch.cat([shown, shown.flip(3)]).flatten(1)
    return (torch.cdist(asked.flatten(1), both).min(dim=1).values < 0.1).nonzero()[:, 0]


def in_a_loop(shown, asked):
    return [row for row, one in enumerate(asked)
            if any(one.equal(other) or one.flip(2).equal(other) for other in shown)]


def by_bytes(shown, asked):
    seen = {one.numpy().tobytes() for one in torch.cat([shown, shown.flip(3)])}
    return [row for row, one in enumerate(asked) if one.numpy().tobytes() in seen]


def by_numpy(shown, asked):
    both = np.concatenate([shown.numpy(), shown.numpy()[..., ::-1]])
    alike = np.abs(asked.numpy()[:, None] - both).max((2, 3, 4)) < 1e-5
    return np.flatnonzero(alike.any(1))


def asked_mirrored(shown, asked):
    either = torch.stack([asked, asked.flip(-1)])
    far = (either[:, :, None] - shown).abs().amax(dim=(3, 4, 5))
    return torch.where((far == 0).any(2).any(0))[0]


def exact(shown, asked):
    far = torch.cdist(asked.flatten(1), shown.flatten(1))
    return (far.min(dim=1).values < 0.1).nonzero()[:, 0]


def any_flip(shown, asked):
    return torch.cat([leaks(shown, asked), exact(shown.flip(2), asked)])


def kept(shown, asked):
    rows = torch.arange(len(asked))
    return rows[~torch.isin(rows, leaks(shown, asked))]


def emptied(shown, asked):
    found = leaks(shown, asked)
    asked.zero_()
    return found


def five_nearest(shown, asked):
    both = torch.cat([shown, shown.flip(3)]).flatten(1)
    far = torch.cdist(asked.flatten(1), both).min(dim=1).values
    return far.topk(5, largest=False).indices


# Labels


def needed(ours, curve):
    return math.exp(np.interp(ours, list(curve.values()), np.log(list(curve))))


def worth(ours, labels, curve):
    return math.inf if ours > max(curve.values()) else needed(ours, curve) / labels


def by_hand(ours, labels, curve):
    points = list(curve.items())
    if ours <= points[0][1]:
        return points[0][0] / labels
    for (few, low), (many, high) in zip(points, points[1:]):
        if ours <= high:
            return few * (many / few) ** ((ours - low) / (high - low)) / labels
    return math.inf


def beyond_by_interp(ours, labels, curve):
    return np.exp2(np.interp(ours, [*curve.values()], np.log2([*curve]), right=np.inf)) / labels


def by_torch(ours, labels, curve):
    if ours > [*curve.values()][-1]:
        return torch.inf
    shares, log = torch.tensor([*curve.values()]), torch.tensor([*curve]).log()
    place = int((shares < ours - 1e-6).sum())
    if place == 0:
        return (log[0].exp() / labels).item()
    low, high = place - 1, place
    way = (ours - shares[low]) / (shares[high] - shares[low])
    return torch.lerp(log[low], log[high], way).exp() / labels


def late(ours, labels, curve):
    return math.inf if ours >= max(curve.values()) else worth(ours, labels, curve)


def to_the_next(ours, labels, curve):
    return next((many for many, share in curve.items() if share >= ours), math.inf) / labels


def linear(ours, labels, curve):
    return np.interp(ours, list(curve.values()), list(curve)) / labels


def popped(ours, labels, curve):
    ratio = worth(ours, labels, curve)
    curve.clear()
    return ratio


TRIED = {
    "check_bad_view": tried.Tried(
        [VIEW | {"turn": 180}, VIEW | {"turn": 90, "mirror": False},
         {"crop": 0.9, "turn": 180, "colour": 0.5, "mirror": True},
         dict(crop=0, turn=120, colour=1, mirror=False),
         VIEW | {"turn": np.float64(100.5), "crop": np.float32(0.25)}],
        [(VIEW | {"turn": 20}, "loss of less than"), (VIEW | {"crop": 0.3}, "*better*"),
         (VIEW, "VIEW itself"), (VIEW | {"crop": 0.95}, "crop has to be from 0 to 0.9"),
         (VIEW | {"turn": -5}, "turn has to be from"), (VIEW | {"colour": 2}, "colour has to be"),
         (VIEW | {"mirror": 1}, "True or False"), (VIEW | {"tilt": 3}, "knows no tilt"),
         (VIEW | {"crop": ...}, TODO), (VIEW | {"crop": "much"}, "a number; yours is a str"),
         (VIEW | {"turn": True}, "a number; yours is a bool"), (without("mirror"), "is missing"),
         (VIEW | {"turn": float("nan")}, "turn has to be from"), ([0.9, 180], "yours is a list")],
        facts=(try_view, VIEW)),
    "check_leaks": tried.Tried(
        [leaks, in_a_loop, by_bytes, by_numpy, asked_mirrored,
         lambda shown, asked: leaks(shown, asked).flip(0)],
        [(exact, "mirrored ones are not"),
         (lambda shown, asked: exact(shown.flip(3), asked), "Those as they are"),
         (any_flip, "upside-down"), (emptied, "changes asked"),
         (lambda shown, asked: leaks(asked, shown), "that are *asked*"),
         (lambda shown, asked: torch.arange(12), "Every picture"), (kept, "may stay"),
         (lambda shown, asked: torch.isin(torch.arange(12), leaks(shown, asked)), "yes and no"),
         (lambda shown, asked: leaks(shown, asked)[:, None], "shape"),
         (lambda shown, asked: leaks(shown, asked).float(), "whole numbers"),
         (lambda shown, asked: [], "Nothing was found"),
         (lambda shown, asked: leaks(shown, asked)[:4], "Row 10 stands in both"),
         (lambda shown, asked: [0, *leaks(shown, asked)], "Row 0 stands in one"),
         (five_nearest, "rows all the same"), (lambda shown, asked: 5, "shape ()"),
         (lambda shown, asked: {5}, "gives a set"), (lambda shown, asked: None, TODO)]),
    "check_worth": tried.Tried(
        [worth, by_hand, beyond_by_interp, by_torch,
         lambda ours, labels, curve: torch.tensor(worth(ours, labels, curve)),
         lambda ours, labels, curve: np.array([worth(ours, labels, curve)])],
        [(lambda ours, labels, curve: needed(ours, curve), "Divide by those of ours"),
         (lambda ours, labels, curve: labels / needed(ours, curve), "Upside down"),
         (linear, "take its logarithm"), (to_the_next, "between two points"),
         (lambda ours, labels, curve: np.log(worth(ours, labels, curve)), "still a logarithm"),
         (lambda ours, labels, curve: needed(ours, curve) / labels, "not with 64 labels either"),
         (lambda ours, labels, curve: -1.0 if ours > 0.7 else worth(ours, labels, curve),
          "yours gives -1"), (late, "at its last point it is there"),
         (lambda ours, labels, curve: 0.0 if ours < 0.3 else worth(ours, labels, curve),
          "from the beginning"),
         (lambda ours, labels, curve: 1.0, "it should be 4; yours is 1"),
         (lambda ours, labels, curve: worth(ours, labels, curve) + (ours == 0.4), "yours is 3"),
         (lambda ours, labels, curve: ..., "gives an ellipsis"), (popped, "changes curve"),
         (lambda ours, labels, curve: "four", "gives a str"), (4, "should be a function")]),
}
test_answer = tried.a_test(lesson_11, TRIED)
