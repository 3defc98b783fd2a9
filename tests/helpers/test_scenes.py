"""The labels of a scene fit what one sees in it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import random_drawings, solid_drawings
from strategies import SEEDS

from helpers import scenes


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


@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_a_scene_has_as_many_objects_as_asked(seed, slots, least):
    torch.manual_seed(seed)
    least = min(least, slots)
    # Small solid drawings in four quarters cannot hide each other.
    scene = scenes.compose(solid_drawings(20, slots), 64, scale=(0.1, 0.15), least=least)
    objects = scene.present.sum(dim=1)
    assert least <= objects.min() and objects.max() <= slots


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
