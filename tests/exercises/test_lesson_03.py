"""Right and wrong answers to the exercises of lesson 03, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_03


def relu_mean(inside):
    """The mean of what is above 0, of right, wrong and margin."""
    return lambda right, wrong, margin: F.relu(inside(right, wrong, margin)).mean()


def in_a_loop(right, wrong, margin):
    total = 0
    for one, other in zip(right, wrong):
        if margin + one - other > 0:
            total = total + margin + one - other
    return torch.as_tensor(total / len(right))


def right_in_place(right, wrong, margin):
    right += margin
    return F.relu(right - wrong).mean()


def every_pair(right, wrong, margin):
    return sum(F.relu(margin + one - wrong).mean() for one in right) / len(right)


def mirror(pictures, y, dim=3):
    return torch.where(y[:, None, None, None] == 1, pictures.flip(dim), pictures)


def coin(pictures):
    return torch.randint(2, (len(pictures),))


def mirror_in_place(pictures):
    y = coin(pictures)
    pictures[y == 1] = pictures[y == 1].flip(3)
    return pictures, y


def mirror_all_or_none(pictures):
    y = coin(pictures)
    return (pictures.flip(3) if y[0] else pictures), y


def with_labels(change):
    """A mirror_question that mirrors rightly and then changes the labels."""
    def mirror_question(pictures):
        y = coin(pictures)
        return mirror(pictures, y), change(y)
    return mirror_question


def mirror_sorted(pictures):
    y = coin(pictures)
    return torch.cat([pictures[y == 0], pictures[y == 1].flip(3)]), y.sort().values


def mirror_every_second(pictures):
    y = torch.arange(len(pictures)) % 2
    return mirror(pictures, y), y


def mirrored_with(draw):
    """A mirror_question with labels of another kind."""
    return lambda pictures: (lambda y: (mirror(pictures, y), y))(draw(len(pictures)))


def mirror_by_loop(pictures):
    y = [int(torch.rand(()) < 0.5) for _ in pictures]
    return torch.stack([one.flip(-1) if label else one for one, label in zip(pictures, y)]), (
        torch.tensor(y))


def mirror_by_index(pictures):
    changed, y = pictures.clone(), torch.bernoulli(torch.full((len(pictures),), 0.5)).long()
    changed[y.bool()] = changed[y.bool()][..., range(pictures.shape[3] - 1, -1, -1)]
    return [changed, y]


def half_of_them(pictures):
    y = torch.randperm(len(pictures)) % 2
    return y[:, None, None, None] * pictures.flip(3) + (1 - y[:, None, None, None]) * pictures, y


def by_numpy(pictures):
    y = np.random.randint(0, 2, len(pictures))
    changed = np.where(y[:, None, None, None] == 1, pictures.numpy()[..., ::-1], pictures.numpy())
    return torch.from_numpy(changed), torch.from_numpy(y)


INK = torch.tensor([0.1, 0.1, 0.5])
CORNERS = [(-1, -1), (0, -1), (0, 0), (-1, 0)]


def sign(pictures):
    signed = pictures.clone()
    signed[:, :, -3:, -3:] = INK[:, None, None]
    return signed


def turn(pictures, y):
    return torch.stack([picture.rot90(int(k), (1, 2)) for picture, k in zip(pictures, y)])


def look(pictures, corners=CORNERS):
    """How unlike INK each corner is: (N, 4)"""
    seen = torch.stack([pictures[:, :, row, column] for row, column in corners], dim=1)
    return (seen - INK).abs().sum(dim=2)


def corners_of(pictures):
    return torch.stack([pictures[:, :, row, column] for row, column in CORNERS], dim=1)


def told_by_loop(pictures):
    return [min(range(4), key=lambda k: (one[:, CORNERS[k][0], CORNERS[k][1]] - INK).norm().item())
            for one in pictures]


def told_by_turning(pictures):
    back = torch.stack([pictures.rot90(-k, (2, 3))[:, :, -2, -2] for k in range(4)], dim=1)
    return torch.cdist(back, INK[None, None])[:, :, 0].argmin(dim=1).double()


TRIED = {
    "check_hinge": tried.Tried(
        [relu_mean(lambda right, wrong, margin: margin + right - wrong), in_a_loop,
         lambda right, wrong, margin: F.margin_ranking_loss(
             wrong, right, torch.ones_like(wrong), margin),
         lambda right, wrong, margin: (margin - (wrong - right)).clamp(min=0).mean(),
         lambda right, wrong, margin: torch.maximum(
             margin + right.double() - wrong.double(), torch.tensor(0.0)).sum() / len(right),
         lambda right, wrong, margin: torch.where(
             wrong - right < margin, margin + right - wrong, 0.0).mean()[None],
         lambda right, wrong, margin: torch.einsum("n->", F.relu(margin + right - wrong))
         / right.numel()],
        [(lambda right, wrong, margin: F.relu(margin + right - wrong), "Take the mean over the"),
         (lambda right, wrong, margin: in_a_loop(right, wrong, margin).item(), "gives a float"),
         (tried.detached(in_a_loop), "cut off from what went in"),
         (lambda right, wrong, margin: np.maximum(
             0, (margin + right - wrong).detach().numpy()).mean(), "gives a float32"),
         (relu_mean(lambda right, wrong, margin: margin + right - wrong.detach()), "to wrong"),
         (relu_mean(lambda right, wrong, margin: margin + wrong - right), "sign"),
         (lambda right, wrong, margin: (wrong - right).mean(), "sign"),
         (lambda right, wrong, margin: (margin + right - wrong).mean(), "without limit"),
         (lambda right, wrong, margin: right.mean() - wrong.mean(), "without limit"),
         (lambda right, wrong, margin: right.mean(), "nothing is pushed up"),
         (relu_mean(lambda right, wrong, margin: margin + right), "nothing is pushed up"),
         (relu_mean(lambda right, wrong, margin: margin - wrong), "nothing is pushed down"),
         (relu_mean(lambda right, wrong, margin: right - wrong), "The margin plays no part"),
         (relu_mean(lambda right, wrong, margin: 1 + right - wrong), "The margin plays no part"),
         (lambda right, wrong, margin: right.mean() + F.relu(margin - wrong).mean(), "for itself"),
         (relu_mean(lambda right, wrong, margin: margin + right[:, None] - wrong), "every wrong"),
         (every_pair, "every wrong one"),
         (relu_mean(lambda right, wrong, margin: 2 * margin + right - wrong),
          "margin 1.0 it should be 5; yours is 6."),
         (lambda right, wrong, margin: F.relu(margin + right - wrong).sum(), "sum over the pairs"),
         (lambda right, wrong, margin: F.relu(margin + right.mean() - wrong.mean()), "by itself"),
         (lambda right, wrong, margin: F.relu(margin + right - wrong).pow(2).mean(), "square"),
         (right_in_place, "changes right")]),
    "check_mirror": tried.Tried(
        [mirrored_with(lambda count: torch.randint(2, (count,))), mirror_by_loop, mirror_by_index,
         half_of_them, by_numpy, mirrored_with(lambda count: (torch.rand(count) > 0.5).long())],
        [(lambda pictures: mirror(pictures, coin(pictures)), "two things"),
         (lambda pictures: (pictures.flip(3)[:10], coin(pictures)), "should have the shape (400,"),
         (lambda pictures: (list(pictures), coin(pictures)), "tensor of float32, not a list"),
         (lambda pictures: (pictures, torch.randint(2, ())), "one for each picture,"),
         (with_labels(lambda y: y[:, None]), "one for each picture,"),
         (with_labels(lambda y: y.tolist()), "tensor of int64, not a list"),
         (with_labels(lambda y: y.float()), "should be of int64; yours is of float32"),
         (with_labels(lambda y: y == 1), "yours is of bool"), (mirror_in_place, "changes pictures"),
         (with_labels(lambda y: 2 * y), "0 (as it was) or 1"),
         (lambda pictures: (pictures.flip(3), torch.ones(len(pictures)).long()), "answers itself"),
         (lambda pictures: (lambda y: (mirror(pictures, y, dim=2), y))(coin(pictures)), "head"),
         (mirror_sorted, "not in their old place"),
         (lambda pictures: (0 * pictures, coin(pictures)), "neither"),
         (mirror_all_or_none, "treated alike"), (with_labels(lambda y: 1 - y), "wrong way round"),
         (with_labels(lambda y: torch.randint(2, y.shape)), "use the same y"),
         (mirrored_with(lambda count: (torch.rand(count) < 0.1).long()), "equal chances"),
         (mirror_every_second, "at random each time")]),
    "check_cheat": tried.Tried(
        [lambda pictures: look(pictures).argmin(dim=1), told_by_loop, told_by_turning,
         lambda pictures: look(pictures).numpy().argmin(axis=1),
         lambda pictures: (look(pictures) < 1e-4).float().argmax(dim=1),
         lambda pictures: (corners_of(pictures) == INK).all(dim=2).long() @ torch.arange(4)],
        [(lambda pictures: look(pictures), "not (200, 4)"),
         (lambda pictures: look(pictures).argmin().item(), "shape (N,), not ()"),
         (lambda pictures: torch.zeros(len(pictures)), "same for every picture"),
         (lambda pictures: look(pictures).argmin(dim=1) + 1, "should be 0, 1, 2 or 3"),
         (lambda pictures: -look(pictures).argmin(dim=1) % 4, "1 and 3 are swapped"),
         (lambda pictures: (look(pictures).argmin(dim=1) + 2) % 4, "count from another corner"),
         (lambda pictures: (1 - look(pictures).argmin(dim=1)) % 4, "go round the other way"),
         (lambda pictures: look(pictures).argmax(dim=1), "right; a blind guess gets 25 %"),
         (lambda pictures: torch.randint(4, (len(pictures),)), "and your answer is"),
         (lambda pictures: corners_of(pictures)[:, :, 0].argmin(dim=1), "the darkest corner"),
         (lambda pictures: corners_of(pictures).sum(2).argmin(dim=1), "the darkest corner"),
         (tried.in_place(lambda pictures: look(pictures).argmin(dim=1)), "changes first"),
         (lambda pictures: "0123", "gives a str")], facts=(sign, turn)),
}
test_answer = tried.a_test(lesson_03, TRIED)
