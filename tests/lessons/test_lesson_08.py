"""The looks, the two losses, the marks and the panorama that stand on the page of lesson 08."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from skimage.feature import corner_harris
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("08")
STILL = {"push": 0, "tilt": (0, 0), "light": lambda pictures: pictures}


@pytest.fixture(scope="module")
def unseen():
    """The fifteen photographs that are asked about, (15, 3, 240, 320) uint8."""
    return PAGE.photographs()[1]


@pytest.fixture(scope="module")
def pictures(unseen):
    """A window of each, (15, 3, 192, 192)."""
    torch.manual_seed(0)
    return PAGE.two_looks(unseen, 192, **STILL)[0]


def grey_keypoints(count=100):
    return PAGE.keypoints(PAGE.harris, PAGE.patches, count)


# Looks


def test_photographs_are_split_by_photograph():
    known, unseen, titles = PAGE.photographs()
    assert known.shape == (45, 3, 240, 320) and unseen.shape == (15, 3, 240, 320)
    assert known.dtype == torch.uint8 and len(set(titles)) == 15
    assert not any(torch.equal(one, other) for one in known for other in unseen)


def test_places_of_pixels_are_their_centres():
    places = PAGE.centres(2, 3)
    assert places.tolist() == [[0.5, 0.5], [1.5, 0.5], [2.5, 0.5], [0.5, 1.5], [1.5, 1.5],
                               [2.5, 1.5]]
    maps = torch.rand(2, 4, 2, 3)
    seen = PAGE.look(maps, places.expand(2, -1, -1), 2, 3)
    assert torch.allclose(seen.mT.unflatten(2, (2, 3)), maps, atol=1e-5)


def test_a_coarse_map_is_read_at_places_of_the_picture():
    maps = torch.arange(4.0).view(1, 1, 2, 2)
    seen = PAGE.look(maps, torch.tensor([[[2.0, 2.0], [6.0, 2.0], [2.0, 6.0], [4.0, 4.0]]]), 8, 8)
    assert seen[0, :, 0].tolist() == [0, 1, 2, 1.5]


@given(SEEDS)
def test_a_window_is_tilted_about_its_middle(seed):
    torch.manual_seed(seed)
    angle = 180 * torch.rand(()).item()
    motion = PAGE.homographies(1, 100, push=0, tilt=(angle, angle))[0]
    assert torch.allclose(PAGE.moved(motion, torch.tensor([[50.0, 50]])), torch.tensor([50.0, 50]),
                          atol=1e-2)
    edge = PAGE.moved(motion, torch.tensor([[90.0, 50]]))[0]
    radians = math.radians(angle)
    assert torch.allclose(edge, 50 + 40 * torch.tensor([math.cos(radians), math.sin(radians)]),
                          atol=0.05)


@given(SEEDS)
def test_corners_are_pushed_no_further_than_said(seed):
    torch.manual_seed(seed)
    corners = 50 * (1 + torch.tensor(PAGE.CORNERS))
    for motion in PAGE.homographies(20, 100, push=0.2, tilt=(0, 0)):
        off = (PAGE.moved(motion, corners) - corners).abs()
        assert 0 < off.max() <= 10.01


def test_a_window_that_stays_sees_the_same_twice(unseen):
    first, second, motion = PAGE.two_looks(unseen, 96, **STILL)
    assert first.shape == (15, 3, 96, 96) and first.min() >= 0 and first.max() <= 1
    assert torch.allclose(first, second, atol=1e-4)
    assert torch.allclose(motion, torch.eye(3).expand(15, -1, -1), atol=1e-4)


def test_a_place_and_where_it_went_have_one_colour():
    smooth = F.interpolate(torch.rand(4, 3, 6, 8), (240, 320), mode="bicubic").clamp(0, 1)
    first, second, motion = PAGE.two_looks((255 * smooth).byte(), 96,
                                           light=lambda pictures: pictures)
    there = 96 * torch.rand(4, 200, 2)
    here = PAGE.transform_points(motion, there)
    seen = PAGE.visible(here, 96)
    off = PAGE.look(first, here, 96, 96) - PAGE.look(second, there, 96, 96)
    assert 0.3 < seen.float().mean() < 1 and off[seen].abs().max() < 0.03


@pytest.mark.parametrize("light", ["relit", "shadowed", "exposed"])
def test_other_light_moves_nothing_and_stays_in_range(light, pictures):
    lit = getattr(PAGE, light)(pictures)
    assert lit.shape == pictures.shape and lit.min() >= 0 and lit.max() <= 1
    assert (lit - pictures).abs().mean() > 0.02
    edges = [F.normalize(PAGE.harris(one).clamp(min=0).sqrt().flatten(1), dim=1)
             for one in (lit, pictures)]
    alike = (edges[0] * edges[1]).sum(dim=1)
    assert alike.mean() > 2 * (edges[0] * edges[1].roll(1, dims=0)).sum(dim=1).mean()


def test_no_other_light_is_no_change(pictures):
    assert torch.allclose(PAGE.relit(pictures, 0.0), pictures, atol=1e-5)


# Lists


class Known(nn.Module):
    """A describer that knows the answer: the places of the first look themselves, as angles."""

    def __init__(self, motion, wrong=0.0):
        super().__init__()
        self.motion, self.calls, self.wrong = motion, 0, wrong

    def forward(self, pictures):
        places = PAGE.centres(24, 24)[None].expand(len(pictures), -1, -1) * 4
        if self.calls % 2:
            places = PAGE.transform_points(self.motion, places) + self.wrong
        self.calls += 1
        number = 1000 * torch.arange(len(pictures))[:, None]
        waves = [torch.stack([(places[..., i] + number) / scale for scale in (3, 7, 20, 60, 300)],
                             dim=1) for i in range(2)]
        lists = torch.cat([*map(torch.sin, waves), *map(torch.cos, waves)], dim=1)
        return lists.unflatten(2, (24, 24))


def test_the_place_loss_is_low_for_who_knows_and_high_for_who_guesses(unseen):
    looks = PAGE.two_looks(unseen[:4], 96)
    knows = PAGE.place_loss(Known(looks[2]), looks).item()
    off = PAGE.place_loss(Known(looks[2], wrong=30.0), looks).item()
    guesses = PAGE.place_loss(lambda some: torch.randn(4, 16, 24, 24), looks).item()
    alike = PAGE.place_loss(lambda some: torch.ones(4, 16, 24, 24), looks).item()
    assert knows < 2.5 < guesses and off > guesses - 1
    assert 4 < alike < math.log(4 * 64)


def test_places_near_the_twin_are_no_strangers(unseen):
    torch.manual_seed(5)
    looks = PAGE.two_looks(unseen[:2], 96)
    lists = torch.randn(2, 8, 24, 24)
    losses = []
    for near in (0, 8, 500):
        torch.manual_seed(6)
        losses.append(PAGE.place_loss(lambda some: lists, looks, near=near).item())
    assert losses[0] > losses[1] > losses[2]


def test_a_describer_has_a_list_for_each_square():
    describer = PAGE.Describer(width=4, dim=6).eval()
    assert describer(torch.rand(2, 3, 64, 48)).shape == (2, 6, 16, 12)


def test_patches_are_grey_and_of_mean_zero(pictures):
    lists = PAGE.patches(pictures[:2])
    assert lists.shape == (2, 256, 48, 48) and lists.mean(dim=1).abs().max() < 1e-5
    brighter = PAGE.patches(pictures[:2] * 0.5 + 0.3)
    assert torch.allclose(F.normalize(lists), F.normalize(brighter), atol=2e-3)
    middle = pictures[0].mean(dim=0)[90:106, 90:106]
    here = lists[0, :, 24, 24].view(16, 16)
    assert torch.allclose(here, middle - middle.mean(), atol=1e-5)


def test_twins_are_found_where_the_lists_tell(unseen):
    looks = PAGE.two_looks(unseen[:3], 96)
    known = PAGE.twins_found(Known(looks[2]), looks)
    assert known > 0.9 and PAGE.twins_found(lambda some: torch.randn(3, 64, 24, 24), looks) < 0.1


# Places


def test_harris_is_scikit_images(pictures):
    inner = np.s_[8:-8, 8:-8]
    for sigma in (1.0, 2.0):
        ours = PAGE.harris(pictures[:3], sigma=sigma)[:, 0].numpy()
        for one, picture in zip(ours, pictures):
            theirs = corner_harris(picture.mean(dim=0).double().numpy(), k=0.05, sigma=sigma)
            assert np.corrcoef(one[inner].ravel(), theirs[inner].ravel())[0, 1] > 0.99


def test_the_strongest_are_peaks_in_their_order():
    score = torch.zeros(1, 40, 40)
    score[0, 10, 20], score[0, 12, 21], score[0, 30, 8], score[0, 2, 20] = 5, 4, 3, 9
    places = PAGE.strongest(score + 0.001 * torch.rand(1, 40, 40), 2)
    assert places.tolist() == [[20.5, 10.5], [8.5, 30.5]]


def test_a_detector_scores_each_pixel():
    assert PAGE.Detector(width=2).eval()(torch.rand(2, 3, 48, 40)).shape == (2, 1, 48, 40)


def naming(scores, side=8):
    """The loss of two score maps (1, 1, 48, 48) of one picture that has not moved."""
    looks = torch.rand(1, 3, 48, 48), torch.rand(1, 3, 48, 48), torch.eye(3)[None]
    return PAGE.naming_loss(lambda both: scores, looks, side=side).item()


def test_the_same_score_everywhere_costs_the_logarithm_of_the_window():
    assert naming(torch.zeros(2, 1, 48, 48)) == pytest.approx(math.log(64), rel=1e-4)


def test_naming_one_pixel_costs_nothing_if_both_name_it_and_much_if_not():
    score = 50 * torch.rand(1, 1, 48, 48).pow(20)
    agreed = naming(torch.cat([score, score]).round())
    apart = naming(torch.cat([score, score.roll(1, dims=3)]))
    assert agreed < 2 and apart > agreed + 5


def test_naming_is_asked_only_where_both_see(unseen):
    torch.manual_seed(1)
    looks = PAGE.two_looks(unseen[:2], 96)
    there = PAGE.centres(96, 96).expand(2, -1, -1)
    hidden = ~PAGE.visible(PAGE.transform_points(looks[2], there), 96).view(2, 1, 96, 96)
    scores = torch.randn(4, 1, 96, 96)
    other = scores.clone()
    other[2:][hidden] = 100.0
    losses = [PAGE.naming_loss(lambda both, given=given: given, looks) for given in (scores, other)]
    assert hidden.any() and losses[0].item() == pytest.approx(losses[1].item(), rel=1e-5)


def test_a_corner_is_no_edge_and_an_edge_is_one():
    squares = torch.arange(6) + torch.arange(6)[:, None]
    board, stripes = (F.interpolate((pattern % 2).float().expand(1, 3, 6, 6), scale_factor=16)
                      for pattern in (squares, torch.arange(6).expand(6, 6)))
    some = torch.rand(1, 1, 96, 96)

    def steepest(pictures):
        return sum(PAGE.changes(pictures)[:2]) + 1e-3 * some

    assert PAGE.on_edges(lambda pictures: some, torch.full_like(board, 0.5), 40) == 0
    assert PAGE.on_edges(steepest, stripes, 40) > 0.9 and PAGE.on_edges(PAGE.harris, board, 8) < 0.2


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
