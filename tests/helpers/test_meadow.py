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

STEPS = st.lists(st.integers(0, 3), max_size=30)


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("answer", ["light", "close-up"])
@pytest.mark.filterwarnings("error::UserWarning")
def test_it_passes_the_checker_of_gymnasium(split, answer):
    check_env(gymnasium.make("Meadow-v0", split=split, answer=answer,
                             render_mode="rgb_array").unwrapped)


def test_an_unknown_answer_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match=r'answers with "light" or "close-up", not "?\'?moo'):
        Meadow(answer="moo")


def test_equal_seeds_give_equal_meadows_and_others_give_others():
    one, same, other = (meadows(3, "test", seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a.cells, b.cells) for a, b in zip(one, same))
    assert not np.array_equal(one[0].cells, other[0].cells)
    assert not np.array_equal(one[0].cells, one[1].cells)


def test_the_two_splits_share_the_cows_and_nothing_else():
    concepts = [set(data.drawings(split).concepts) for split in ("train", "test")]
    assert not concepts[0] & concepts[1]
    assert np.array_equal(Meadow("train").cows, Meadow("test").cows)
    assert len(Meadow("train").cows) == 9
    assert len(Meadow("train").others) > 4000 and len(Meadow("test").others) > 1000


def test_sprites_are_the_same_in_every_run_and_leave_the_random_numbers_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    sprites = meadow.sprites.__wrapped__("cow", "test")
    assert torch.equal(torch.rand(1), expected)
    assert sprites.shape == (9, 4, 16, 16, 4) and sprites.dtype == np.uint8
    assert (sprites[..., :3] <= sprites[..., 3:]).all(), "multiplied by alpha"
    assert np.array_equal(sprites, meadow.sprites("cow", "test"))
    assert not np.array_equal(sprites[:, 0], sprites[:, 1])


@given(SEEDS, STEPS)
def test_the_cow_is_rewarded_and_any_touch_is_the_end(seed, steps):
    world = Meadow("test")
    observation, _ = world.reset(seed=seed)
    place = np.zeros(2, int)
    assert len(set(world.things)) == 4 and 0 not in world.things
    for number, action in enumerate(steps, 1):
        observation, reward, terminated, truncated, info = world.step(action)
        place = (place + [*meadow.MOVES.values()][action]) % 4
        cell = 4 * place[0] + place[1]
        assert terminated == world.touched == (cell in world.things) and info == {}
        assert reward == float(world.found) == float(cell == world.things[0])
        assert truncated == (number >= 24 and not terminated)
        assert observation.shape == (48, 48, 3) and observation.dtype == np.uint8
        if terminated:
            light = meadow.COW_LIGHT if reward else meadow.OTHER_LIGHT
            assert (observation == light).all()
        if terminated or truncated:
            break


@given(SEEDS)
def test_what_is_seen_is_the_nine_cells_around(seed):
    world = Meadow("test")
    first, _ = world.reset(seed=seed)
    whole = world.cells.reshape(64, 64, 3)
    around = np.roll(whole, (16, 16), axis=(0, 1))[:48, :48]
    assert np.array_equal(first, around)
    for action in (1, 0, 3, 2):
        if not world.touched:
            world.step(action)
    if not world.touched:
        assert np.array_equal(world.look(), first), "down, up, right, left comes back"


def test_a_close_up_is_the_drawing_that_was_touched():
    world = meadows(1, "test", answer="close-up")[0]
    while not world.touched:
        world.reset()
        observation, *_ = world.step(1)
    drawing = world.cells[world.at[0], :, world.at[1]]
    assert np.array_equal(observation[::3, ::3], drawing)


def test_the_answer_makes_no_difference_to_all_the_rest():
    light, close = meadows(1, answer="light")[0], meadows(1, answer="close-up")[0]
    for _ in range(50):
        assert np.array_equal(light.reset()[0], close.reset()[0])
        assert light.step(1)[1:] == close.step(1)[1:]


def test_it_is_drawn_from_above_with_a_frame_around_the_agent():
    world = Meadow(render_mode="rgb_array")
    world.reset(seed=3)
    picture = world.render()
    assert picture.shape == (192, 192, 3) and (picture[0, :48] == 0).all()
    assert np.array_equal(picture[10:38:3, 10:38:3],
                          world.cells.reshape(64, 64, 3)[3:13, 3:13][:10, :10])


def test_observations_become_tensors_between_0_and_1():
    observations = np.stack([world.look() for world in meadows(3)])
    batch = to_tensor(observations)
    assert batch.shape == (3, 3, 48, 48) and batch.min() >= 0 and batch.max() <= 1
    assert batch[1, 2, 5, 7] == observations[1, 5, 7, 2] / 255
