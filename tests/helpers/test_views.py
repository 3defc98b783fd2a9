"""Distortions keep shape and range, and do what their formulas say."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import evenly_spread, random_drawings, solid_drawings, unrelated
from strategies import SEEDS

from helpers import views


def place_in_the_middle(drawings, size, scale=1.0, angle=0.0):
    count = len(drawings)
    return views.place(drawings, size, torch.full((count, 2), 0.5),
                       torch.full((count,), scale), torch.full((count,), angle))


@given(SEEDS, st.integers(1, 4), st.integers(1, 20))
def test_paper_keeps_shape_and_range(seed, count, size):
    torch.manual_seed(seed)
    pictures = views.on_paper(random_drawings(count, size=size))
    assert pictures.shape == (count, 3, size, size) and pictures.dtype == torch.float32
    assert 0 <= pictures.min() and pictures.max() <= 1


def test_paper_shows_where_a_drawing_is_see_through():
    drawings = random_drawings(2)
    drawings[0, 3], drawings[1, 3] = 0, 255
    paper = views.on_paper(drawings)
    assert (paper[0] == 1).all()
    assert torch.allclose(paper[1], drawings[1, :3] / 255, atol=1e-6)


def test_a_fifth_of_ink_leaves_four_fifths_of_the_white():
    ink = torch.tensor([255, 0, 102, 51], dtype=torch.uint8).reshape(1, 4, 1, 1)
    assert torch.allclose(views.on_paper(ink).flatten(), torch.tensor([1, 0.8, 0.88]))


def slopes(pictures):
    """The colours in the middle, and their change from there to the right and to the bottom."""
    corner, right, bottom = pictures[..., 0, 0], pictures[..., 0, -1], pictures[..., -1, 0]
    return (right + bottom) / 2, (right - corner) / 2, (bottom - corner) / 2


@given(SEEDS, st.integers(1, 4), st.integers(2, 8))
def test_a_gradient_changes_evenly_and_all_its_colours_in_one_direction(seed, count, size):
    torch.manual_seed(seed)
    pictures = views.gradients(count, size)
    assert pictures.shape == (count, 3, size, size)
    assert 0 <= pictures.min() and pictures.max() <= 1
    middle, across, down = slopes(pictures)
    for row in range(size):
        for column in range(size):
            x, y = (2 * place / (size - 1) - 1 for place in (column, row))
            seen = pictures[..., row, column]
            assert torch.allclose(seen, middle + x * across + y * down, atol=1e-5)
    assert torch.allclose(across * down.roll(1, dims=1), across.roll(1, dims=1) * down, atol=1e-6)


def test_gradients_fade_between_any_two_colours_at_any_angle():
    middle, across, down = slopes(views.gradients(4000, 2))
    angle = torch.atan2(down, across)[:, :1] % math.pi
    # At 45 degrees the whole way from one colour to the other lies between two corners.
    change = math.sqrt(2) * (across * angle.cos() + down * angle.sin())
    ends = torch.cat([middle - change, middle + change], dim=1)
    assert evenly_spread(angle, 0, math.pi)
    assert all(evenly_spread(end, 0, 1, slack=1e-4) for end in ends.T)
    assert unrelated(torch.cat([ends, angle], dim=1))


@given(SEEDS, st.floats(0, 2))
def test_tint_multiplies_each_colour_within_its_strength(seed, strength):
    torch.manual_seed(seed)
    pictures = torch.rand(3, 3, 5, 5)
    tinted = views.tint(pictures, strength)
    assert tinted.shape == pictures.shape and 0 <= tinted.min() and tinted.max() <= 1
    assert (tinted <= pictures * (1 + strength) + 1e-6).all()
    assert (tinted >= pictures * (1 - strength) - 1e-6).all()
    assert torch.equal(views.tint(pictures, 0.0), pictures)


def test_a_tint_is_one_factor_for_each_colour_of_each_picture_by_default_within_30_percent():
    pictures = 0.7 * torch.rand(1000, 3, 2, 2) + 0.01
    factors = (views.tint(pictures) / pictures).flatten(2)
    assert torch.allclose(factors.amin(dim=2), factors.amax(dim=2))
    assert all(evenly_spread(factor, 0.7, 1.3, slack=1e-4) for factor in factors[..., 0].T)
    assert unrelated(factors[..., 0])


def placed_slowly(drawing, size, centre, scale, angle):
    """One drawing on its canvas, pixel by pixel: which four pixels of the drawing lie there?"""
    ink, side = drawing / 255, drawing.shape[-1]
    canvas = torch.zeros(4, size, size)
    for row in range(size):
        for column in range(size):
            x, y = (column + 0.5) / size - centre[0], (row + 0.5) / size - centre[1]
            u = side * ((math.cos(angle) * x + math.sin(angle) * y) / scale + 0.5) - 0.5
            v = side * ((math.cos(angle) * y - math.sin(angle) * x) / scale + 0.5) - 0.5
            for i in (math.floor(v), math.floor(v) + 1):
                for j in (math.floor(u), math.floor(u) + 1):
                    if 0 <= i < side and 0 <= j < side:
                        share = (1 - abs(v - i)) * (1 - abs(u - j)) * ink[3, i, j]
                        canvas[:3, row, column] += share * ink[:3, i, j]
                        canvas[3, row, column] += share
    return canvas


@given(SEEDS, st.integers(1, 5), st.integers(1, 6))
def test_place_mixes_the_four_pixels_that_lie_nearest(seed, side, size):
    torch.manual_seed(seed)
    drawings, centre = random_drawings(3, size=side), 1.5 * torch.rand(3, 2) - 0.25
    scale, angle = 0.3 + 2 * torch.rand(3), 8 * torch.rand(3) - 4
    slow = map(placed_slowly, drawings, [size] * 3, centre.tolist(), scale.tolist(), angle.tolist())
    layer = views.place(drawings, size, centre, scale, angle)
    assert torch.allclose(layer, torch.stack(list(slow)), atol=1e-4)


@given(SEEDS, st.sampled_from([random_drawings, solid_drawings]), st.integers(4, 40))
def test_a_placed_drawing_is_a_premultiplied_layer(seed, draw, size):
    torch.manual_seed(seed)
    layer = views.place(draw(50, size=7), size, torch.rand(50, 2), 0.1 + torch.rand(50),
                        8 * torch.rand(50) - 4)
    assert layer.shape == (50, 4, size, size)
    assert 0 <= layer.min() and layer.max() <= 1
    assert (layer[:, :3] <= layer[:, 3:] + 1e-5).all()


def test_a_drawing_placed_as_it_is_stays_as_it_is():
    drawings = random_drawings(3)
    layer = place_in_the_middle(drawings, size=16)
    assert torch.allclose(layer[:, 3:], drawings[:, 3:] / 255, atol=1e-5)
    assert torch.allclose(layer[:, :3] + 1 - layer[:, 3:], views.on_paper(drawings), atol=1e-5)


def test_a_drawing_lands_where_it_is_put_as_large_as_asked():
    alpha = views.place(solid_drawings(1), 64, torch.tensor([[0.75, 0.25]]),
                        torch.tensor([0.25]), torch.tensor([0.0]))[0, 3] > 0.5
    row, column = alpha.nonzero().T
    assert (column.min(), column.max(), row.min(), row.max()) == (40, 55, 8, 23)


def test_a_positive_angle_turns_as_a_quarter_turn_does():
    drawings = random_drawings(2)
    quarter, turned = torch.pi / 2, views.on_paper(drawings.rot90(-1, dims=(2, 3)))
    layer = place_in_the_middle(drawings, size=16, angle=quarter)
    assert torch.allclose(layer[:, :3] + 1 - layer[:, 3:], turned, atol=1e-4)
