"""The meadow keeps the rules of gymnasium, and its own."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers import data, meadow
from helpers.meadow import Meadow, meadows, to_tensor

WAYS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
UP, DOWN, LEFT, RIGHT = range(4)


def world_with(things, **settings):
    """A meadow of random pixels, with these cells to touch; the cow is the first."""
    world = Meadow("test", **settings)
    world.reset(seed=0)
    world.things = things
    world.cells = np.random.default_rng(0).integers(0, 256, world.cells.shape, np.uint8)
    return world


def walk(world, *actions):
    for action in actions:
        answer = world.step(action)
    return answer


def label(count, first):
    """Drawings of one grey each, (count, 4, 16, 16, 4), from `first` on."""
    grey = first + np.arange(count * 4, dtype=np.uint8).reshape(count, 4, 1, 1, 1)
    drawings = np.full((count, 4, 16, 16, 4), 255, np.uint8)
    drawings[..., :3] = grey
    return drawings


# Its rules


@pytest.mark.parametrize("answer", ["light", "close-up"])
@pytest.mark.filterwarnings("error::UserWarning")
def test_it_passes_the_checker_of_gymnasium(answer):
    world = gymnasium.make("Meadow-v0", split="test", answer=answer, render_mode="rgb_array")
    assert world.observation_space == gymnasium.spaces.Box(0, 255, (48, 48, 3), np.uint8)
    assert world.action_space == gymnasium.spaces.Discrete(4)
    check_env(world.unwrapped)


def test_an_unknown_answer_is_refused():
    with pytest.raises(ValueError, match="moo"):
        Meadow(answer="moo")


@given(SEEDS, st.lists(st.integers(0, 3), max_size=23))
def test_the_cow_is_rewarded_and_any_touch_is_the_end(seed, steps):
    assert list(meadow.MOVES) == list(WAYS)
    world = Meadow("test")
    observation, info = world.reset(seed=seed)
    place = np.zeros(2, int)
    whole = world.cells.reshape(64, 64, 3)
    assert info == {} and world.touched is world.found is False
    for action in [None, *steps]:
        if action is not None:
            observation, reward, terminated, truncated, info = world.step(action)
            place = (place + [*WAYS.values()][action]) % 4
            cell = 4 * place[0] + place[1]
            assert terminated == world.touched == (cell in world.things)
            assert reward == float(world.found) == float(cell == world.things[0])
            assert not truncated and info == {}
            if terminated:
                break
        around = np.roll(whole, tuple(16 - 16 * place), axis=(0, 1))[:48, :48]
        assert np.array_equal(observation, around) and observation.dtype == np.uint8


@pytest.mark.parametrize(("last", "touched"), [(LEFT, False), (RIGHT, True)])
def test_time_is_up_after_24_steps_unless_the_last_touches_something(last, touched):
    world = world_with([5, 6, 9, 2])
    for action in [DOWN, UP] * 11 + [DOWN]:
        assert world.step(action)[2:4] == (False, False)
    assert world.step(last)[2:4] == (touched, not touched)


def test_a_touch_turns_the_world_green_for_the_cow_and_dark_for_anything_else():
    seen, reward, *_ = world_with([1, 2, 3, 4]).step(RIGHT)
    red, green, blue = seen[0, 0]
    assert reward == 1 and green > 2 * max(red, blue)
    assert seen.shape == (48, 48, 3) and seen.dtype == np.uint8 and (seen == seen[0, 0]).all()
    seen, reward, *_ = world_with([2, 1, 3, 4]).step(RIGHT)
    assert reward == 0 and (seen == seen[0, 0, 0]).all() and seen.max() < 90


def test_a_close_up_is_the_drawing_that_was_touched_three_times_as_large():
    world = world_with([7, 6, 11, 12], answer="close-up")
    seen, reward, *_ = walk(world, DOWN, RIGHT, RIGHT)
    drawing = world.cells.reshape(64, 64, 3)[16:32, 32:48]
    assert reward == 0 and np.array_equal(seen, np.kron(drawing, np.ones((3, 3, 1), np.uint8)))


def test_the_answer_makes_no_difference_to_all_the_rest():
    light, close = meadows(1, "test")[0], meadows(1, "test", answer="close-up")[0]
    for _ in range(50):
        assert np.array_equal(light.reset()[0], close.reset()[0])
        (lit, *rest), (drawn, *same) = light.step(DOWN), close.step(DOWN)
        assert rest == same and np.array_equal(lit, drawn) != light.touched


def test_it_is_drawn_from_above_with_a_frame_around_the_agent():
    world = world_with([4, 5, 6, 7], render_mode="rgb_array")
    walk(world, LEFT, UP, LEFT)
    expected = np.kron(world.cells.reshape(64, 64, 3), np.ones((3, 3, 1), np.uint8))
    inside = expected[3 * 48 + 4:4 * 48 - 4, 2 * 48 + 4:3 * 48 - 4].copy()
    expected[3 * 48:4 * 48, 2 * 48:3 * 48] = 0
    expected[3 * 48 + 4:4 * 48 - 4, 2 * 48 + 4:3 * 48 - 4] = inside
    assert np.array_equal(world.render(), expected)


# What stands in it


def test_each_drawing_lies_over_the_colour_of_the_meadow():
    random = np.random.default_rng(0)
    layers = random.integers(0, 256, (2, 16, 16, 4))
    layers[:, :4, :, 3], layers[:, 4:8, :, 3] = 255, 0
    layers[..., :3] = layers[..., :3] * layers[..., 3:] // 255
    world = Meadow("test")
    world.cows, world.others = layers.astype(np.uint8)[:, None, None].repeat(4, axis=2)
    world.reset(seed=0)
    colour = world.cells[0, 0, 0, 0].tolist()
    for row, column in np.ndindex(64, 64):
        cell, above = 4 * (row // 16) + column // 16, (0, 0, 0, 0)
        if cell in world.things:
            above = layers[int(cell != world.things[0]), row % 16, column % 16].tolist()
        for channel in range(3):
            expected = above[channel] + (255 - above[3]) * colour[channel] // 255
            assert world.cells[row // 16, row % 16, column // 16, column % 16, channel] == expected


def test_each_place_each_drawing_and_each_colour_comes_up():
    world = Meadow("test")
    world.cows, world.others = label(9, 0), label(5, 100)
    cows, others, colours, things = [], [], [], []
    for seed in range(500):
        world.reset(seed=seed)
        drawn = [int(world.cells[thing // 4, 0, thing % 4, 0, 0]) for thing in world.things]
        assert len(set(world.things)) == 4
        things.append(world.things)
        cows.append(drawn[0])
        others.append(drawn[1:])
        colours.append(world.cells[0, 0, 0, 0].tolist())
    for lot in zip(*things):
        assert set(lot) == set(range(1, 16)), "the agent starts in a free cell"
    assert set(cows) == set(range(36))
    for lot in zip(*others):
        assert set(lot) == set(range(100, 120))
    for lot in zip(*colours):
        assert (min(lot), max(lot)) == (90, 255)
    assert len(set(map(tuple, colours))) > 490 and len(set(map(tuple, others))) > 450


def test_equal_seeds_give_equal_meadows_and_others_give_others():
    one, same = meadows(3, "test"), meadows(3, "test", 0)
    assert all(np.array_equal(a.cells, b.cells) for a, b in zip(one, same))
    worlds = [world for seed in range(3) for world in meadows(20, "test", seed)]
    assert len({world.cells.tobytes() for world in worlds}) == 60
    assert all(world.others is meadow.sprites("others", "test") for world in worlds)


def test_a_meadow_has_the_others_of_its_split_and_the_same_cows(monkeypatch):
    monkeypatch.setattr(meadow, "sprites", lambda kind, split: (kind, split))
    for world, split in ((Meadow(), "train"), (Meadow("test"), "test")):
        assert (world.cows, world.others) == (("cow", "test"), ("others", split))


def test_observations_become_tensors_between_0_and_1():
    observations = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 3), np.uint8)
    batch = to_tensor(observations)
    assert batch.shape == (2, 3, 48, 48) and batch.dtype == torch.float32
    for channel in range(3):
        assert np.allclose(batch[:, channel], observations[..., channel] / 255)


# Its drawings


def test_sprites_are_nine_cows_and_the_things_of_five_groups():
    drawings = data.drawings("test")
    names = [(drawings.groups[group], drawings.concepts[concept])
             for group, concept in zip(drawings.group, drawings.concept)]
    groups = {"Animals & Nature", "Food & Drink", "Activities", "Travel & Places", "Objects"}
    others = sum(group in groups and not concept.startswith("cow") for group, concept in names)
    assert meadow.sprites("cow", "test").shape == (9, 4, 16, 16, 4)
    assert meadow.sprites("others", "test").shape == (others, 4, 16, 16, 4)
    assert len(set(drawings.artist[drawings.find("cow")].tolist())) == 9, "by nine artists"


def test_sprites_are_the_same_in_every_run_and_leave_the_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    sprites = meadow.sprites.__wrapped__("cow", "test")
    assert torch.equal(torch.rand(1), expected)
    assert sprites.dtype == np.uint8 and (sprites[..., :3] <= sprites[..., 3:]).all()
    assert np.array_equal(sprites, meadow.sprites.__wrapped__("cow", "test"))


def test_sprites_are_mirrored_tilted_shrunk_and_moved_by_lot(monkeypatch):
    bars = torch.zeros(300, 4, 32, 32, dtype=torch.uint8)  # red at the left, blue at the right
    bars[:, 3, 12:20, 2:30] = bars[:, 0, 12:20, 2:16] = bars[:, 2, 12:20, 16:30] = 255
    none = torch.zeros(300, dtype=torch.int64)
    monkeypatch.setattr(data, "drawings", lambda split: data.Drawings(
        bars, none, none, none, ["cow"], ["group"], ["artist"]))
    sprites = meadow.sprites.__wrapped__("cow", "test")
    assert sprites.shape == (300, 4, 16, 16, 4)
    assert (sprites.max((2, 3)) == [255, 0, 255, 255]).all()
    red, _, blue, alpha = np.moveaxis(sprites / 255, -1, 0)
    y, x = np.mgrid[:16, :16] - 7.5

    def mean(values, weight=alpha):
        return (values * weight).sum((2, 3), keepdims=True) / weight.sum((2, 3), keepdims=True)

    across, down = x - mean(x), y - mean(y)
    spread = mean(across * across) - mean(down * down)
    tilt = np.degrees(np.arctan2(2 * mean(across * down), spread)) / 2
    scale = np.sqrt(alpha.sum((2, 3), keepdims=True) / (14 * 4))  # the bar is 14 by 4 at the most
    room = 8 * (1 - scale)
    assert (tilt.min(), tilt.max()) == pytest.approx((-15, 15), abs=0.5)
    assert (scale.min(), scale.max()) == pytest.approx((0.65, 1), abs=0.02)
    for shift in (mean(x), mean(y)):
        assert (abs(shift) < room + 0.2).all()
        assert (shift.min(), shift.max()) == pytest.approx((-2.8, 2.8), abs=0.3)
    for mirrored in (mean(x, red) > mean(x, blue)).mean(0).flatten():
        assert 0.4 < mirrored < 0.6
    assert len(set(np.round(tilt[0].flatten(), 1))) == 4, "each position has its own lot"
