"""The labels of a scene fit what one sees in it; its chances are those that are promised."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import discs, evenly_spread, random_drawings, solid_drawings, unrelated
from strategies import SEEDS

from helpers import scenes

COVERING = (4.0, 4.0)  # a drawing so large that it covers the picture wherever it stands


@given(SEEDS, st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_labels_fit_what_one_sees(seed, slots, least, solid):
    torch.manual_seed(seed)
    drawings = (solid_drawings if solid else random_drawings)(5, slots)
    scene = scenes.compose(drawings, size=32, least=min(least, slots))
    assert scene.pictures.shape == (5, 3, 32, 32)
    assert 0 <= scene.pictures.min() and scene.pictures.max() <= 1
    assert scene.masks.shape == (5, slots, 32, 32) and scene.boxes.shape == (5, slots, 4)
    assert scene.masks.dtype == scene.present.dtype == torch.bool
    assert scene.masks.int().sum(dim=1).max() <= 1, "two objects in one pixel"
    assert torch.equal(scene.present, scene.masks.flatten(2).any(dim=2))
    assert (scene.boxes[~scene.present] == 0).all()
    for mask, box in zip(scene.masks[scene.present], scene.boxes[scene.present]):
        row, column = mask.nonzero().T
        tight = [column.min(), row.min(), column.max() + 1, row.max() + 1]
        assert (32 * box).tolist() == tight


def composed(seed, drawings, **options):
    torch.manual_seed(seed)
    return scenes.compose(drawings, **options)


def test_of_an_object_one_sees_what_no_later_one_hides():
    drawings, alone = random_drawings(50, 3), []
    for k in range(3):
        others = drawings.clone()
        others[:, torch.arange(3) != k, 3] = 0
        # The same random numbers: each object stands where it stands among the others.
        alone.append(composed(1, others, size=16, scale=(0.8, 1.2)).masks[:, k])
    bottom, middle, top = alone
    masks = composed(1, drawings, size=16, scale=(0.8, 1.2)).masks
    assert (bottom & middle & top).any()
    assert torch.equal(masks[:, 0], bottom & ~middle & ~top)
    assert torch.equal(masks[:, 1], middle & ~top)
    assert torch.equal(masks[:, 2], top)


@pytest.mark.parametrize("alpha, seen", [(127, False), (128, True)])
def test_an_object_is_where_it_hides_more_than_half_of_what_lies_below(alpha, seen):
    drawings = solid_drawings(3, 2)
    drawings[:, 1, 3] = alpha
    scene = scenes.compose(drawings, size=8, scale=COVERING, least=2)
    assert (scene.masks[:, 1] == seen).all() and (scene.masks[:, 0] != seen).all()
    assert torch.equal(scene.present, torch.tensor([[not seen, seen]] * 3))
    whole, nothing = [0, 0, 1, 1], [0, 0, 0, 0]
    assert scene.boxes[0].tolist() == ([nothing, whole] if seen else [whole, nothing])


def test_what_is_see_through_shows_what_lies_below_and_each_object_has_its_own_tint():
    below, above = 51 / 255, 102 / 255
    drawings = solid_drawings(300, 2, size=4)
    drawings[:, :, 3] = 0
    background = composed(1, drawings, size=4, scale=COVERING, least=2).pictures
    drawings[:, 0, 3], drawings[:, 0, :3] = 51, 0
    drawings[:, 1, 3], drawings[:, 1, :3] = 102, 128
    pictures = composed(1, drawings, size=4, scale=COVERING, least=2).pictures
    shining = (1 - below) * (1 - above) * background
    tints = ((pictures - shining) / (above * 128 / 255)).flatten(2)
    assert torch.allclose(tints.amin(dim=2), tints.amax(dim=2), atol=1e-4)
    assert evenly_spread(tints[..., 0], 0.7, 1.3) and unrelated(tints[..., 0])


def test_an_empty_scene_shows_a_background_that_fades():
    drawings = random_drawings(50, 2)
    drawings[:, :, 3] = 0
    scene = scenes.compose(drawings, size=8)
    assert not scene.present.any() and not scene.boxes.any()
    assert scene.pictures.diff(n=2, dim=2).abs().max() < 1e-5
    assert scene.pictures.diff(n=2, dim=3).abs().max() < 1e-5
    assert (scene.pictures.amax(dim=(2, 3)) - scene.pictures.amin(dim=(2, 3))).mean() > 0.1


@pytest.mark.parametrize("slots, least, options", [(3, 1, {}), (4, 2, {"least": 2}),
                                                   (2, 2, {"least": 2}), (1, 1, {})])
def test_any_number_of_objects_from_the_least_on_is_equally_likely(slots, least, options):
    # Small solid drawings in four quarters cannot hide each other.
    scene = scenes.compose(solid_drawings(400, slots), 32, scale=(0.1, 0.15), **options)
    objects = scene.present.sum(dim=1)
    shares = objects.bincount(minlength=slots + 1) / 400
    expected = torch.zeros(slots + 1)
    expected[least:] = 1 / (slots + 1 - least)
    assert torch.allclose(shares, expected, atol=0.08 * (slots > least))


def measured(scene):
    """The width, the centre (x, y) and the tilt in degrees of each disc."""
    size = scene.masks.shape[-1]
    shares = scene.masks.float().mean(dim=(2, 3))
    line = (torch.arange(size) + 0.5) / size
    x, y = ((scene.masks * lines).mean(dim=(2, 3)) / shares for lines in (line, line[:, None]))
    tilt = torch.zeros_like(shares)
    for n, k in scene.present.nonzero():
        row, column = int(y[n, k] * size), int(x[n, k] * size)
        red = scene.pictures[n, 0, row - 1:row + 2, column - 1:column + 2]
        tilt[n, k] = math.degrees(math.atan2(red[2, 1] - red[0, 1], red[1, 2] - red[1, 0]))
    return 2 * (shares / math.pi).sqrt(), torch.stack([x, y], dim=2), tilt


def test_one_object_stands_anywhere_within_as_large_and_as_tilted_as_it_may():
    scene = scenes.compose(discs(400, 1))
    assert scene.pictures.shape == (400, 3, 64, 64)
    width, centre, tilt = (values.squeeze(1) for values in measured(scene))
    left_and_top = (centre - width[:, None] / 2) / (1 - width[:, None])
    assert evenly_spread(width, 0.4, 0.8, slack=0.02)
    assert evenly_spread(tilt, -15, 15)
    assert all(evenly_spread(room, 0, 1, slack=0.03) for room in left_and_top.T)
    assert unrelated(torch.cat([width[:, None], left_and_top, tilt[:, None]], dim=1))


@pytest.mark.parametrize("slots", [2, 3, 4])
def test_each_of_several_objects_starts_from_a_quarter_of_its_own(slots):
    scene = scenes.compose(discs(200, slots), 64, scale=(0.15, 0.15), least=slots)
    _, centre, tilt = measured(scene)
    right_and_low = (centre > 0.5).long()
    step = centre - torch.where(centre > 0.5, 0.72, 0.28)
    quarter = right_and_low[..., 0] + 2 * right_and_low[..., 1]
    assert all(len(row.unique()) == slots for row in quarter)
    assert all(abs(row.bincount(minlength=4) / 200 - 0.25).max() < 0.12 for row in quarter.T)
    assert evenly_spread(step, -0.12, 0.12, slack=0.03)
    assert unrelated(step.flatten(1)) and unrelated(tilt)
    assert evenly_spread(tilt, -15, 15)


@pytest.mark.parametrize("slots", [1, 4])
def test_equal_seeds_give_equal_scenes(slots):
    drawings = random_drawings(3, slots)
    one, same, other = (composed(seed, drawings, size=32) for seed in (5, 5, 6))
    assert torch.equal(one.pictures, same.pictures) and torch.equal(one.masks, same.masks)
    assert not torch.equal(one.pictures, other.pictures)
