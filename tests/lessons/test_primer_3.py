"""Filters, fields and shifts that stand on the page of primer 3."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import data, models
from helpers.page import definitions

PAGE = definitions("P3")
ACROSS = torch.tensor([[-1.0, 0, 1]] * 3)


def test_the_loop_is_a_convolution():
    picture, kernel = torch.rand(9, 7), torch.randn(3, 3)
    right = F.conv2d(picture[None, None], kernel[None, None])[0, 0]
    assert torch.allclose(PAGE.by_loop(picture, kernel), right, atol=1e-5)


def test_the_filter_answers_to_an_edge_from_left_to_right_only():
    picture = (torch.arange(8) >= 4).float().expand(6, 8)
    assert PAGE.by_loop(picture, ACROSS).unique().tolist() == [0, 3]
    assert PAGE.by_loop(picture.flip(1), ACROSS).unique().tolist() == [-3, 0]
    assert (PAGE.by_loop(picture.T, ACROSS) == 0).all()


def test_a_batch_has_the_maps_of_the_pictures_that_it_shows(monkeypatch):
    greys = torch.rand(20, 1, 8, 8)
    monkeypatch.setattr(PAGE, "greys", greys, raising=False)
    monkeypatch.setattr(PAGE, "answers_of_filter", F.conv2d(greys, ACROSS[None, None]),
                        raising=False)
    pictures, maps = PAGE.map_batch()
    assert pictures.shape == (64, 1, 8, 8)
    assert torch.allclose(F.conv2d(pictures, ACROSS[None, None]), maps)
    assert PAGE.squared_error(lambda pictures: maps + 2, (pictures, maps)) == pytest.approx(4)


@pytest.mark.parametrize(("depth", "across"), [(1, 3), (2, 7), (3, 15), (4, 31)])
def test_the_gradient_tells_how_far_a_place_sees(depth, across, monkeypatch):
    monkeypatch.setattr(PAGE, "encoder", models.Encoder().eval(), raising=False)
    field = PAGE.seen(depth)
    assert field.shape == (64, 64)
    assert field.any(dim=0).sum() == field.any(dim=1).sum() == across
    assert field.sum() == across**2


def test_clothes_stand_in_the_middle_of_black():
    clothes, labels = PAGE.clothes_of("test", 5)
    as_they_are, kinds, _ = data.fashion("test", 5)
    assert torch.equal(clothes[:, :, 8:36, 8:36], as_they_are / 255) and torch.equal(labels, kinds)
    assert clothes.shape == (5, 1, 44, 44)
    assert clothes.sum() == pytest.approx((as_they_are / 255).sum().item())


@pytest.mark.parametrize("pixels", [0, 4, -8])
def test_a_shift_moves_to_the_right_and_loses_nothing(pixels):
    clothes, _ = PAGE.clothes_of("test", 5)
    moved = PAGE.shifted(clothes, pixels)
    window = slice(8 + pixels, 36 + pixels)
    assert torch.equal(moved[:, :, 8:36, window], clothes[:, :, 8:36, 8:36])
    assert moved.sum() == pytest.approx(clothes.sum().item())


def test_the_mean_over_the_places_forgets_the_place_and_flattened_maps_do_not():
    filters, clothes = nn.Conv2d(1, 4, 7, padding=3, bias=False), torch.zeros(2, 1, 44, 44)
    clothes[:, :, 15:25, 15:25] = torch.rand(10, 10)
    here, there = filters(clothes), filters(PAGE.shifted(clothes, 6))
    assert torch.allclose(here.mean(dim=(2, 3)), there.mean(dim=(2, 3)), atol=1e-5)
    assert not torch.allclose(here, there, atol=1e-3)


def test_the_first_layer_halves_the_picture_and_begins_with_small_noise():
    layer = PAGE.first_layer()
    assert layer(torch.rand(2, 1, 44, 44)).shape == (2, 16, 22, 22)
    assert layer[0].weight.std().item() == pytest.approx(0.01, rel=0.15)
    assert abs(PAGE.neighbours_alike(layer[0].weight.detach())) < 0.2


@pytest.mark.parametrize(("maps", "side"), [("strides", 6), ("pooling", 11)])
def test_the_mean_serves_maps_of_any_size(maps, side):
    small = nn.Sequential(*getattr(PAGE, maps)())(torch.rand(2, 1, 44, 44))
    assert small.shape == (2, 48, side, side)
    assert nn.Sequential(*PAGE.mean())(small).shape == (2, 10)


def test_a_smooth_filter_has_neighbours_that_are_alike():
    smooth = torch.linspace(-1, 1, 7).expand(3, 1, 7, 7).clone()
    assert PAGE.neighbours_alike(smooth) > 0.9
    assert PAGE.neighbours_alike(smooth * (-1) ** torch.arange(7)) < -0.7


def test_a_filter_as_a_picture_goes_from_black_to_white():
    shown = PAGE.as_pictures(torch.randn(5, 1, 7, 7) * torch.rand(5, 1, 1, 1))
    assert (shown.amin(dim=(2, 3)) == 0).all()
    assert torch.allclose(shown.amax(dim=(2, 3)), torch.ones(5, 1))
