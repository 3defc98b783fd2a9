"""Distortions keep shape and range, and do what their formulas say."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import random_drawings, solid_drawings
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


@given(SEEDS, st.integers(1, 4), st.integers(2, 20))
def test_gradients_keep_shape_and_range(seed, count, size):
    torch.manual_seed(seed)
    pictures = views.gradients(count, size)
    assert pictures.shape == (count, 3, size, size)
    assert 0 <= pictures.min() and pictures.max() <= 1


@given(SEEDS, st.floats(0, 1))
def test_tint_multiplies_each_colour_within_its_strength(seed, strength):
    torch.manual_seed(seed)
    pictures = torch.rand(3, 3, 5, 5)
    tinted = views.tint(pictures, strength)
    assert tinted.shape == pictures.shape and 0 <= tinted.min() and tinted.max() <= 1
    assert (tinted <= pictures * (1 + strength) + 1e-6).all()
    assert (tinted >= pictures * (1 - strength) - 1e-6).all()
    assert torch.equal(views.tint(pictures, 0.0), pictures)


def test_a_drawing_placed_as_it_is_stays_as_it_is():
    drawings = random_drawings(3)
    layer = place_in_the_middle(drawings, size=16)
    colour, alpha = drawings[:, :3] / 255, drawings[:, 3:] / 255
    assert torch.allclose(layer, torch.cat([colour * alpha, alpha], dim=1), atol=1e-5)
    assert torch.allclose(layer[:, :3] + 1 - layer[:, 3:], views.on_paper(drawings), atol=1e-5)


@given(SEEDS, st.integers(4, 40), st.floats(0.1, 2), st.floats(-4, 4), st.floats(-0.5, 1.5))
def test_a_placed_drawing_is_a_premultiplied_layer(seed, size, scale, angle, centre):
    torch.manual_seed(seed)
    layer = views.place(random_drawings(2), size, torch.full((2, 2), centre),
                        torch.full((2,), scale), torch.full((2,), angle))
    assert layer.shape == (2, 4, size, size)
    assert 0 <= layer.min() and layer.max() <= 1
    assert (layer[:, :3] <= layer[:, 3:] + 1e-5).all()


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
