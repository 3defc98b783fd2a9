"""The looks, the two losses and the two networks that stand on the page of lesson 08."""

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
