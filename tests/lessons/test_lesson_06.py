"""The colours, their loss and their energy that stand on the page of lesson 06."""

import numpy as np
import pytest
import torch
from hypothesis import given
from skimage.color import lab2rgb, rgb2lab
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers import data, models, views
from helpers.page import definitions
from tools import recipes

PAGE = definitions("06")
GRID = PAGE.colour_grid()


def a_painter(weight=None):
    """A small untrained painter of the grid's colours."""
    weight = torch.ones(len(GRID)) if weight is None else weight
    return PAGE.Painter(models.UNet(1, 32, width=4), GRID, weight).eval()


@pytest.fixture(scope="module")
def pictures():
    """A hundred unseen drawings on paper, (100, 3, 32, 32)."""
    return views.on_paper(data.drawings("test").images[::29][:100])


@pytest.fixture(scope="module")
def lab(pictures):
    return PAGE.rgb_to_lab(pictures)


# Colours


def test_lab_is_the_lab_of_scikit_image(pictures, lab):
    theirs = rgb2lab(pictures.permute(0, 2, 3, 1).double().numpy())
    assert np.abs(lab.permute(0, 2, 3, 1).numpy() - theirs).max() < 0.05
    back = lab2rgb(lab.permute(0, 2, 3, 1).double().numpy())
    ours = PAGE.in_colour(*PAGE.hide_colour(lab)).permute(0, 2, 3, 1).numpy()
    assert np.abs(ours - back).max() < 0.005


def test_question_and_answer_are_the_whole_picture(pictures, lab):
    lightness, colour = PAGE.hide_colour(lab)
    assert lightness.shape == (100, 1, 32, 32) and colour.shape == (100, 2, 32, 32)
    assert torch.allclose(PAGE.in_colour(lightness, colour), pictures, atol=0.01)


def test_half_of_the_pictures_are_mirrored():
    collection = torch.arange(32.0).expand(500, 1, 8, 32)
    some = PAGE.some_pictures(collection, 400)
    mirrored = some[:, 0, 0, 0] == 31
    assert mirrored.float().mean() == pytest.approx(0.5, abs=0.1)
    assert torch.equal(some[~mirrored], collection[: int((~mirrored).sum())])


def test_the_grid_holds_grey_and_what_a_screen_can_show():
    assert len(GRID) == 126 and (GRID == 0).all(dim=1).sum() == 1
    assert torch.equal(GRID % 15, torch.zeros_like(GRID))
    colours = PAGE.rgb_to_lab(torch.rand(1, 3, 50, 50))[:, 1:]
    far = (colours - GRID[PAGE.nearest_bin(colours, GRID)].permute(0, 3, 1, 2)).norm(dim=1)
    assert far.max() <= 15 / 2**0.5 + 3, "some colour of a screen has no bin near it"


@given(SEEDS)
def test_the_nearest_bin_is_nearest(seed):
    torch.manual_seed(seed)
    colour, bins = 50 * torch.randn(2, 2, 3, 4), 50 * torch.randn(7, 2)
    number = PAGE.nearest_bin(colour, bins)
    distance = (colour[:, None] - bins[None, :, :, None, None]).norm(dim=2)
    assert number.shape == (2, 3, 4) and number.dtype == torch.int64
    found = distance.gather(1, number[:, None])[:, 0]
    assert torch.allclose(found, distance.min(dim=1).values, atol=0.05)


def test_the_palette_of_the_weights_is_the_mean_of_what_lies_around_each_point(lab):
    colour = lab[:, 1:]
    (bins, share), grid_number = recipes.palette(PAGE, colour), PAGE.nearest_bin(colour, GRID)
    pixels = colour.permute(0, 2, 3, 1)
    for number in (grid_number.flatten().bincount().topk(8).indices).tolist():
        around = pixels[grid_number == number]
        expected = torch.zeros(2) if (GRID[number] == 0).all() else around.mean(dim=0)
        assert torch.allclose(bins[number], expected, atol=0.02)
    absent = torch.bincount(grid_number.flatten(), minlength=126) == 0
    assert torch.equal(bins[absent], GRID[absent])
    white = PAGE.nearest_bin(torch.zeros(1, 2, 1, 1), bins).item()
    assert torch.equal(bins[white], torch.zeros(2)), "paper stays white"
    assert share.sum() == pytest.approx(1) and share.argmax() == white


@pytest.mark.parametrize("mix", [0.5, 0.8, 1.0])
def test_rebalancing_keeps_the_mean_and_lifts_what_is_rare(mix, lab):
    share = PAGE.nearest_bin(lab[:, 1:], GRID).flatten().bincount(minlength=126) / (100 * 32 * 32)
    weight = PAGE.rebalanced(share, mix)
    assert share.sum() == pytest.approx(1) and (share * weight).sum() == pytest.approx(1, rel=1e-4)
    order = share.argsort()
    assert (weight[order].diff() <= 1e-5).all()
    if mix == 1:
        assert torch.allclose(weight, torch.ones(126), atol=1e-4)


def test_each_pixel_is_asked_for_in_one_step_of_four(monkeypatch):
    places = torch.arange(16.0).view(1, 4, 4, 1).expand(1, 4, 4, 32)
    painter, asked = a_painter(), []
    monkeypatch.setattr(painter, "describe", lambda lightness: places)
    painter.head.register_forward_pre_hook(lambda head, given: asked.append(given[0][0, ..., 0]))
    with torch.inference_mode():
        for _ in range(200):
            PAGE.colour_loss(painter, (torch.zeros(1, 1, 4, 4), torch.zeros(1, 2, 4, 4)))
    count = torch.stack(asked).flatten().long().bincount(minlength=16)
    assert count.sum() == 200 * 4 and count.min() > 25 and count.max() < 80


@pytest.mark.parametrize("given", [False, True])
def test_the_colour_loss_is_cross_entropy_with_the_painters_weights_or_those_given(lab, given):
    weight = torch.rand(126) + 0.1
    painter = a_painter(None if given else weight)
    lightness, colour = PAGE.hide_colour(lab[:4])
    torch.manual_seed(3)
    y, x = torch.randint(2, (2,)).tolist()
    asked = PAGE.nearest_bin(colour, GRID)[:, y::2, x::2]
    expected = F.cross_entropy(painter(lightness)[..., y::2, x::2], asked, weight)
    torch.manual_seed(3)
    loss = PAGE.colour_loss(painter, (lightness, colour), *([weight] if given else []))
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_table_counts_the_colours_of_each_lightness(lab):
    table = PAGE.LightnessTable(lab, GRID, torch.ones(126))
    counts = table.scores.exp() - 1
    assert counts.sum().item() == pytest.approx(100 * 32 * 32, rel=1e-3)
    lightness, number = lab[:, 0].round().long(), PAGE.nearest_bin(lab[:, 1:], GRID)
    level = lightness.flatten().bincount()[:100].argmax()
    expected = number[lightness == level].bincount(minlength=126)
    assert torch.allclose(counts[level], expected.float(), atol=0.1)
    scores = table(lab[:3, :1])
    assert scores.shape == (3, 126, 32, 32)
    assert torch.equal(scores[1, :, 5, 7], table.scores[lightness[1, 5, 7]])


@given(SEEDS)
def test_the_annealed_mean_goes_from_the_mean_to_the_mode(seed):
    torch.manual_seed(seed)
    scores = torch.randn(2, 126, 3, 3)
    p = scores.softmax(dim=1).permute(0, 2, 3, 1)
    mean = PAGE.annealed_mean(scores, GRID, 1.0).permute(0, 2, 3, 1)
    assert torch.allclose(mean, p @ GRID, atol=1e-3)
    mode = PAGE.annealed_mean(scores, GRID, 1e-4).permute(0, 2, 3, 1)
    second, first = scores.topk(2, dim=1).values.flip(1).unbind(dim=1)
    clear = first - second > 0.01
    assert torch.allclose(mode[clear], GRID[p.argmax(dim=3)][clear], atol=0.1)
    flat = PAGE.annealed_mean(scores, GRID, 1e6)
    assert torch.allclose(flat, GRID.mean(dim=0)[None, :, None, None].expand_as(flat), atol=0.1)


@given(SEEDS)
def test_a_turn_keeps_the_chroma_and_three_of_them_are_none(seed):
    torch.manual_seed(seed)
    colour = 40 * torch.randn(2, 2, 4, 4)
    once = PAGE.turned(colour)
    assert torch.allclose(once.norm(dim=1), colour.norm(dim=1), rtol=1e-4)
    assert torch.allclose(PAGE.turned(PAGE.turned(once)), colour, atol=1e-3)
    assert torch.allclose(PAGE.turned(colour, 180), -colour, atol=1e-3)


def test_a_screen_shows_its_own_colours_as_they_are_and_cuts_the_others(lab):
    lightness, colour = PAGE.hide_colour(lab)
    assert torch.allclose(PAGE.on_screen(lightness, colour), colour, atol=0.6)
    impossible = torch.full_like(colour, 120.0)
    shown = PAGE.on_screen(lightness, impossible)
    assert (shown.norm(dim=1) < 150).all()


def test_the_energy_of_colours_is_lowest_for_what_the_painter_expects(lab):
    painter = a_painter(torch.rand(126) + 0.1)
    lightness, colour = PAGE.hide_colour(lab[:6])
    with torch.inference_mode():
        expected = GRID[painter(lightness).argmax(dim=1)].permute(0, 3, 1, 2)
    values = PAGE.colour_energy(painter, lightness, colour)
    assert values.shape == (6,) and (values > 0).all()
    assert (PAGE.colour_energy(painter, lightness, expected) <= values).all()


def test_lots_are_drawn_as_often_as_the_painter_believes():
    painter = a_painter()
    nn.init.zeros_(painter.head.weight)
    with torch.no_grad():
        painter.head.bias.fill_(-30)
        painter.head.bias[3], painter.head.bias[90] = 0, torch.tensor(3.0).log()
    drawn = PAGE.draw_lots(painter, torch.full((4, 1, 32, 32), 50.0)).permute(0, 2, 3, 1)
    assert (drawn == GRID[90]).all(dim=3).float().mean() == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize("size", [(32, 32), (213, 320), (320, 31), (1, 300), (7, 5)])
def test_a_picture_of_any_size_keeps_its_size_and_lightness(size, monkeypatch):
    monkeypatch.setattr(PAGE, "photo_painter", a_painter(), raising=False)
    picture = torch.rand(1, 3, *size)
    painted = PAGE.colour_in(picture, 0.5)
    assert painted.shape == picture.shape and painted.min() >= 0 and painted.max() <= 1
