"""The marks, the rivals and the panorama that stand on the page of lesson 08."""

import pytest
import torch
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("08")


def grey_keypoints(count=100):
    return PAGE.keypoints(PAGE.harris, PAGE.patches, count)


# Marks


def test_a_pair_has_chosen_each_other():
    a = F.normalize(torch.tensor([[1.0, 0], [0.9, 0.3], [0, 1]]), dim=1)
    b = F.normalize(torch.tensor([[1.0, 0.05], [-1, 1]]), dim=1)
    i, j = PAGE.mutual(a, b)
    assert (i.tolist(), j.tolist()) == ([0, 2], [0, 1])


def test_ransac_finds_the_motion_among_wrong_matches():
    torch.manual_seed(3)
    motion, there = PAGE.homographies(1, 192)[0], 192 * torch.rand(60, 2)
    here = PAGE.moved(motion, there)
    here[40:] = 192 * torch.rand(20, 2)
    found, agree = PAGE.ransac_motion(here, there)
    corners = 96 * (1 + torch.tensor(PAGE.CORNERS))
    assert (PAGE.moved(found, corners) - PAGE.moved(motion, corners)).norm(dim=1).max() < 1
    assert agree[:40].all() and agree[40:].sum() < 4


@pytest.mark.parametrize("count", [0, 3])
def test_three_matches_are_no_motion(count):
    motion, agree = PAGE.ransac_motion(torch.rand(count, 2), torch.rand(count, 2))
    assert motion is None and agree.shape == (count,) and not agree.any()


def test_who_knows_gets_all_marks_and_who_finds_nothing_none(pictures):
    places, motion = 20 + 150 * torch.rand(50, 2), torch.eye(3)
    lists = F.normalize(torch.randn(50, 32), dim=1)

    def answers(*found):
        found = iter(found)
        return lambda picture: next(found)

    first = second = pictures[0]
    twice = answers((places, lists), (places, lists))
    assert PAGE.judged(twice, first, second, motion) == (1, 1, 1)
    nothing = torch.zeros(0, 2), torch.zeros(0, 1)
    assert PAGE.judged(answers(nothing, nothing), first, second, motion) == (0, 0, 0)
    mixed = places, lists.roll(1, dims=0)
    repeatability, matching, homography = PAGE.judged(answers((places, lists), mixed), first,
                                                      second, motion)
    assert repeatability == 1 and matching < 0.1 and homography == 0
    far = places + 4, lists
    repeatability, matching, _ = PAGE.judged(answers((places, lists), far), first, second, motion)
    assert repeatability < 0.7 and matching == 0


def test_points_that_the_other_look_does_not_see_are_not_counted(pictures):
    motion = torch.tensor([[1.0, 0, 96], [0, 1, 0], [0, 0, 1]])
    left, right = torch.rand(20, 2) * 96, torch.rand(20, 2) * 96 + torch.tensor([96.0, 0])
    lists = F.normalize(torch.randn(20, 16), dim=1)
    found = iter([(torch.cat([left, right]), F.normalize(torch.randn(40, 16), dim=1)),
                  (torch.cat([right - torch.tensor([96.0, 0]), right]),
                   F.normalize(torch.randn(40, 16), dim=1))])
    repeatability, *_ = PAGE.judged(lambda picture: next(found), pictures[0], pictures[1], motion)
    assert repeatability == 1 and len(lists) == 20


@pytest.mark.parametrize("rival", ["ORB", "SIFT", "BRIEF", "ours"])
def test_each_finds_its_own_keypoints_again(rival, pictures):
    find = {"ORB": lambda: PAGE.classical(PAGE.ORB(n_keypoints=100), "responses"),
            "SIFT": lambda: PAGE.classical(PAGE.SIFT(upsampling=1), "sigmas"),
            "BRIEF": lambda: PAGE.with_brief(PAGE.harris), "ours": grey_keypoints}[rival]()
    places, lists = find(pictures[3])
    assert 20 < len(places) == len(lists) <= 100 and PAGE.visible(places, 192).all()
    assert torch.allclose(lists.norm(dim=1), torch.ones(len(lists)), atol=1e-4)
    assert PAGE.judged(find, pictures[3], pictures[3], torch.eye(3)) == (1, 1, 1)


def test_a_plain_picture_has_no_keypoints_for_orb():
    find = PAGE.classical(PAGE.ORB(n_keypoints=100), "responses")
    places, lists = find(torch.full((3, 96, 96), 0.5))
    assert len(places) == len(lists) == 0


# Panorama


def test_one_picture_laid_on_itself_is_itself(pictures):
    joined = PAGE.stitched(pictures[0], pictures[0], torch.eye(3))
    assert joined.shape == (3, 192, 192)
    assert torch.allclose(joined[:, 4:-4, 4:-4], pictures[0][:, 4:-4, 4:-4], atol=1e-3)


def test_two_halves_become_the_whole():
    whole = F.interpolate(torch.rand(1, 3, 9, 16), (120, 200), mode="bicubic")[0].clamp(0, 1)
    shift = torch.tensor([[1.0, 0, 80], [0, 1, 0], [0, 0, 1]])
    joined = PAGE.stitched(whole[:, :, :120], whole[:, :, 80:], shift)
    assert joined.shape == whole.shape
    assert (joined - whole)[:, 3:-3, 3:-3].abs().max() < 0.05


def test_parts_of_two_photographs_are_not_joined(unseen):
    torch.manual_seed(4)
    lefts, rights = PAGE.left_and_right(unseen)
    assert lefts.shape == rights.shape == (15, 3, 192, 192)
    with pytest.raises(ValueError, match=r"^These two don't overlap.* matches \d+ agree .*[.]$"):
        PAGE.joined(lefts[0], rights[4], grey_keypoints(300))


def test_a_motion_that_tears_the_picture_apart_is_refused(pictures, monkeypatch):
    monkeypatch.setattr(PAGE, "ransac_motion", lambda here, there: (
        torch.tensor([[1.0, 0, 0], [0, 1, 0], [0.02, 0, -1]]), torch.ones(len(here)) > 0))
    with pytest.raises(ValueError, match="tear the picture apart"):
        PAGE.joined(pictures[0], pictures[0], grey_keypoints(300))


def test_agreeing_counts_what_agrees(unseen):
    torch.manual_seed(4)
    lefts, _ = PAGE.left_and_right(unseen[:3])
    found = [grey_keypoints()(one) for one in lefts]
    own, other = PAGE.agreeing(found, found), PAGE.agreeing(found, found[1:] + found[:1])
    assert own.min() > 60 and other.max() < 15


# Drawings


def test_a_crowd_holds_what_is_asked_for():
    torch.manual_seed(7)
    PAGE.drawings = PAGE.data.drawings("test", size=64)
    rows, others, crowded = PAGE.crowd(count=12)
    concept = PAGE.drawings.concept
    assert torch.equal(concept[rows], concept[others]) and (rows != others).all()
    assert crowded.pictures.shape == (12, 3, 192, 192) and crowded.boxes.shape == (12, 4, 4)
    assert PAGE.alone(rows).shape == (12, 3, 96, 96)
    asked = {"here": rows, "elsewhere": others}
    found = PAGE.located(grey_keypoints(300), asked, crowded)
    assert found.keys() == asked.keys() and all(0 <= share <= 1 for share in found.values())
