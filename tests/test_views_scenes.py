"""Distortions keep shape and range; the labels of a scene fit what one sees in it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import scenes, views

SEEDS = st.integers(0, 2**31)
few = settings(max_examples=25, deadline=None)


def random_drawings(*shape, size=16):
    return torch.randint(0, 256, (*shape, 4, size, size), dtype=torch.uint8)


def solid_drawings(*shape, size=16):
    return torch.full((*shape, 4, size, size), 255, dtype=torch.uint8)


def place_in_the_middle(drawings, size, scale=1.0, angle=0.0):
    count = len(drawings)
    return views.place(drawings, size, torch.full((count, 2), 0.5),
                       torch.full((count,), scale), torch.full((count,), angle))


# Views


@few
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


@few
@given(SEEDS, st.integers(1, 4), st.integers(2, 20))
def test_gradients_keep_shape_and_range(seed, count, size):
    torch.manual_seed(seed)
    pictures = views.gradients(count, size)
    assert pictures.shape == (count, 3, size, size)
    assert 0 <= pictures.min() and pictures.max() <= 1


@few
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


@few
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


# Scenes


@few
@given(SEEDS, st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_labels_fit_what_one_sees(seed, slots, least, solid):
    torch.manual_seed(seed)
    drawings = (solid_drawings if solid else random_drawings)(5, slots)
    scene = scenes.compose(drawings, size=32, least=min(least, slots))
    assert scene.pictures.shape == (5, 3, 32, 32)
    assert 0 <= scene.pictures.min() and scene.pictures.max() <= 1
    assert scene.masks.shape == (5, slots, 32, 32) and scene.boxes.shape == (5, slots, 4)
    assert scene.masks.int().sum(dim=1).max() <= 1, "two objects in one pixel"
    assert torch.equal(scene.present, scene.masks.flatten(2).any(dim=2))
    assert (scene.boxes[~scene.present] == 0).all()
    for mask, box in zip(scene.masks[scene.present], scene.boxes[scene.present]):
        row, column = mask.nonzero().T
        tight = [column.min(), row.min(), column.max() + 1, row.max() + 1]
        assert (32 * box).tolist() == tight


@few
@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_a_scene_has_as_many_objects_as_asked(seed, slots, least):
    torch.manual_seed(seed)
    least = min(least, slots)
    # Small solid drawings in four quarters cannot hide each other.
    scene = scenes.compose(solid_drawings(20, slots), 64, scale=(0.1, 0.15), least=least)
    objects = scene.present.sum(dim=1)
    assert least <= objects.min() and objects.max() <= slots


@few
@given(SEEDS, st.floats(0.2, 0.7))
def test_a_single_object_lies_wholly_inside(seed, scale):
    torch.manual_seed(seed)
    disc = solid_drawings(20, 1, size=32)
    line = torch.linspace(-1, 1, 32)
    disc[..., 3, :, :] = 255 * (line**2 + line[:, None] ** 2 < 0.9)
    scene = scenes.compose(disc, size=64, scale=(scale, scale))
    area = scene.masks.sum(dim=(1, 2, 3)).float()
    assert area.min() > 0.85 * area.max(), "a disc is cut off at an edge"


def test_a_later_object_lies_on_top(monkeypatch):
    monkeypatch.setattr(scenes, "_centres", lambda count, slots, sizes:
                        torch.full((count, slots, 2), 0.5))
    below, top = scenes.compose(solid_drawings(1, 2), scale=(0.5, 0.5), least=2).masks[0]
    assert top[16:48, 16:48].float().mean() > 0.8
    assert below.sum() < 0.3 * top.sum(), "only corners look out from under the top one"


@pytest.mark.parametrize("slots", [1, 4])
def test_equal_seeds_give_equal_scenes(slots):
    drawings, made = random_drawings(3, slots), []
    for seed in (5, 5, 6):
        torch.manual_seed(seed)
        made.append(scenes.compose(drawings, size=32))
    assert torch.equal(made[0].pictures, made[1].pictures)
    assert torch.equal(made[0].masks, made[1].masks)
    assert not torch.equal(made[0].pictures, made[2].pictures)
