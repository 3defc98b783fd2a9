"""Typical wrong answers to the exercises of lesson 03, and the word that tells why."""

import pytest
import torch
from torch.nn import functional as F

from exercises import lesson_03


@pytest.mark.parametrize(
    ("hinge", "reason"),
    [
        (lambda right, wrong, margin: F.relu(margin + right - wrong), "one number"),
        (lambda right, wrong, margin: float((margin + right - wrong).mean()), "one number"),
        (lambda right, wrong, margin: F.relu(margin + wrong - right).mean(), "sign"),
        (lambda right, wrong, margin: (wrong - right).mean(), "sign"),
        (lambda right, wrong, margin: (margin + right - wrong).mean(), "without limit"),
        (lambda right, wrong, margin: right.mean() - wrong.mean(), "without limit"),
        (lambda right, wrong, margin: right.mean(), "nothing is pushed up"),
        (lambda right, wrong, margin: F.relu(margin + right).mean(), "nothing is pushed up"),
        (lambda right, wrong, margin: F.relu(margin - wrong).mean(), "nothing is pushed down"),
        (lambda right, wrong, margin: F.relu(right - wrong).mean(), "The margin plays no part"),
        (lambda right, wrong, margin: F.relu(1 + right - wrong).mean(), "The margin plays no part"),
        (lambda right, wrong, margin: right.mean() + F.relu(margin - wrong).mean(),
         "Equal energies should cost the margin"),
        (lambda right, wrong, margin: F.relu(2 * margin + right - wrong).mean(),
         "Equal energies should cost the margin"),
        (lambda right, wrong, margin: F.relu(margin + right - wrong).sum(), "cost the margin"),
        (lambda right, wrong, margin: F.relu(margin + right.mean() - wrong.mean()), "by itself"),
        (lambda right, wrong, margin: F.relu(margin + right - wrong).pow(2).mean(), "cost 6"),
    ],
)
def test_hinge(hinge, reason, verdict):
    assert reason in verdict(lesson_03.check_hinge, hinge)


def test_a_hinge_may_be_written_in_other_ways(verdict):
    for hinge in (lambda right, wrong, margin: F.margin_ranking_loss(
                      wrong, right, torch.ones_like(wrong), margin),
                  lambda right, wrong, margin: (margin - (wrong - right)).clamp(min=0).mean()):
        assert "Right." in verdict(lesson_03.check_hinge, hinge)


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


@pytest.mark.parametrize(
    ("mirror_question", "reason"),
    [
        (lambda pictures: mirror(pictures, coin(pictures)), "two things"),
        (lambda pictures: (pictures.flip(3)[:10], coin(pictures)), "shape of the pictures"),
        (lambda pictures: (pictures, torch.randint(2, ())), "one label for each picture"),
        (with_labels(lambda y: y[:, None]), "one label for each picture"),
        (mirror_in_place, "make new ones"),
        (with_labels(lambda y: 2 * y), "0 (as it was) or 1"),
        (lambda pictures: (pictures.flip(3), torch.ones(len(pictures)).long()), "answers itself"),
        (lambda pictures: (lambda y: (mirror(pictures, y, dim=2), y))(coin(pictures)), "head"),
        (mirror_sorted, "not in their old place"),
        (lambda pictures: (0 * pictures, coin(pictures)), "neither"),
        (mirror_all_or_none, "treated alike"),
        (with_labels(lambda y: 1 - y), "the wrong way round"),
        (with_labels(coin), "use the same y"),
        (with_labels(lambda y: y.float()), "whole numbers"),
        (mirror_every_second, "at random each time"),
    ],
)
def test_mirror(mirror_question, reason, verdict):
    assert reason in verdict(lesson_03.check_mirror, mirror_question)


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


@pytest.mark.parametrize(
    ("cheat", "reason"),
    [
        (lambda pictures: look(pictures), "shape (N,)"),
        (lambda pictures: look(pictures).argmin().item(), "shape (N,)"),
        (lambda pictures: torch.zeros(len(pictures)), "same for every picture"),
        (lambda pictures: -look(pictures).argmin(dim=1) % 4, "1 and 3 are swapped"),
        (lambda pictures: (look(pictures).argmin(dim=1) + 2) % 4, "count from another corner"),
        (lambda pictures: look(pictures).argmax(dim=1), "right; a blind guess gets 25 %"),
        (lambda pictures: torch.randint(4, (len(pictures),)), "right; a blind guess gets 25 %"),
        (lambda pictures: torch.stack([pictures[:, 0, row, column] for row, column in CORNERS],
                                      dim=1).argmin(dim=1), "dark in a corner too"),
    ],
)
def test_cheat(cheat, reason, verdict):
    assert reason in verdict(lesson_03.check_cheat, cheat, sign, turn)


def test_a_cheat_may_look_at_one_pixel_of_each_corner(verdict):
    assert "Right." in verdict(lesson_03.check_cheat, lambda pictures: look(pictures).argmin(dim=1),
                               sign, turn)
