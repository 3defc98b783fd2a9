"""The agent, the guess and the teacher that stand on the page of lesson 07."""

import io

import lessons
import numpy as np
import pytest
import torch
from hypothesis import given
from PIL import Image
from strategies import SEEDS
from torch import nn

from helpers.meadow import meadows, to_tensor
from helpers.page import definitions
from tools import gallery

PAGE = definitions("07")
PAGE.SEED = 0
PAGE.SAMPLE = to_tensor(np.stack([world.look() for world in meadows(50)]))


@pytest.fixture
def agent():
    return PAGE.Agent(PAGE.Encoder())


class Scripted(nn.Module):
    """An agent that always goes the same way."""

    def __init__(self, action):
        super().__init__()
        self.scores = torch.full((4,), -100.0)
        self.scores[action] = 100

    def forward(self, observations):
        return self.scores.expand(len(observations), 4), torch.zeros(len(observations))


# Reward


def test_at_first_every_action_is_equally_probable(agent):
    scores, values = agent(PAGE.SAMPLE)
    assert (scores == 0).all() and (values == 0).all() and scores.shape == (50, 4)


def test_the_codes_are_standardised(agent):
    codes = (agent.encoder(PAGE.SAMPLE) - agent.mean) / agent.spread
    assert codes.mean(dim=(0, 2, 3)).abs().max() < 0.01
    spread = codes.std(dim=(0, 2, 3))
    assert spread.median() > 0.8 and spread.max() < 1.01, "a silent one stays silent"


def test_an_episode_is_played_to_its_end_in_each_world(agent):
    worlds = meadows(20)
    steps = PAGE.play(agent, worlds)
    assert all(world.touched or world.steps == 24 for world in worlds)
    counts = np.zeros(20)
    for rows, seen, actions, rewards in steps:
        counts[rows] += 1
        assert len(rows) == len(seen) == len(actions) == len(rewards)
    assert counts.tolist() == [world.steps for world in worlds]
    assert PAGE.found(worlds) == sum(rewards.sum() for *_, rewards in steps) / 20


def test_what_is_recorded_is_what_was_seen_before_the_step():
    worlds, twins = meadows(5), meadows(5)
    steps = PAGE.play(Scripted(1), worlds)
    before = [world.reset()[0] for world in twins]
    assert np.array_equal(steps[0][1], before) and (steps[0][2] == 1).all()
    second = [world.step(1)[0] for world in twins]
    assert np.array_equal(steps[1][1], [second[row] for row in steps[1][0]])


def test_a_return_is_the_reward_and_discounted_what_came_after():
    steps = [(np.array([0, 1]), None, None, np.array([0.0, 1.0])),
             (np.array([0]), None, None, np.array([0.0])),
             (np.array([0]), None, None, np.array([1.0]))]
    expected = torch.tensor([0.81, 1.0, 0.9, 1.0])
    assert torch.allclose(PAGE.returns(steps), expected)


def test_the_loss_makes_what_was_rewarded_more_probable(agent):
    worlds = meadows(200)
    steps = PAGE.play(agent, worlds)
    PAGE.reinforce(agent, steps).backward()
    with torch.no_grad():
        for parameter in agent.policy.parameters():
            parameter -= 0.1 * parameter.grad
    _, seen, actions, _ = zip(*steps)
    chosen = agent(to_tensor(np.concatenate(seen)))[0].log_softmax(dim=1)
    probability = chosen.gather(1, torch.cat(actions)[:, None])[:, 0]
    value = PAGE.returns(steps)
    assert probability[value > 0].mean() > probability[value == 0].mean()


def test_a_frozen_encoder_is_not_changed_and_another_is(agent):
    for frozen in (True, False):
        before = agent.encoder[0].weight.clone()
        optimizer, _ = PAGE.optimizer_of(agent, frozen)
        for _ in range(2):
            PAGE.reinforce(agent, PAGE.play(agent, meadows(60))).backward()
            optimizer.step()
        assert torch.equal(agent.encoder[0].weight, before) == frozen


def test_learning_tells_the_success_and_how_each_episode_ended(agent, monkeypatch):
    monkeypatch.setattr(PAGE, "meadows", lambda count, *which, **how: meadows(16, *which, **how))
    success, diary = PAGE.learn(agent, seed=0, most=640)
    assert list(success) == [0, 640] and diary.shape == (40, 16, 2)
    assert (diary[..., 0] <= diary[..., 1]).all() and diary.any()
    success, diary = PAGE.learn(agent, seed=0, until=0.01)
    assert list(success) == [0] and not len(diary), "good enough from the start"


def test_an_interrupt_keeps_the_agent_and_what_was_learned_of_it(agent, monkeypatch, capsys):
    learned = PAGE.reinforce

    def interrupted(agent, steps):
        if count.pop():
            raise KeyboardInterrupt
        return learned(agent, steps)

    count = [True, False, False]
    monkeypatch.setattr(PAGE, "reinforce", interrupted)
    success, diary = PAGE.learn(agent, seed=0)
    assert "Stopped after 32 episodes" in capsys.readouterr().out
    assert len(diary) == 2 and list(success) == [0]
    assert agent(PAGE.SAMPLE)[0].isfinite().all()


@pytest.mark.parametrize(("curve", "expected"), [
    ({0: 0.2, 640: 0.91, 1280: 0.95}, 640), ({0: 0.2, 640: 0.3, 1280: 0.89}, 1280)])
def test_episodes_to_a_level(curve, expected):
    assert PAGE.episodes_to(curve) == expected


def test_a_film_shows_each_step_from_above(agent):
    frames, found = PAGE.film(agent, 3)
    assert isinstance(found, bool) and 3 <= len(frames) <= 26
    assert all(frame.shape == (192, 192, 3) for frame in frames)


def test_the_ends_of_episodes_add_up(agent):
    shares = PAGE.ends(agent, 1.0, meadows(50))
    assert sum(shares.values()) == pytest.approx(1) and shares["the cow"] < 0.6
    circles = PAGE.ends(Scripted(0), 1.0, meadows(200))
    assert circles["out of time"] > 0.2, "some go round and round an empty column"


# What comes next


def test_a_walk_at_random_begins_anew_after_each_end():
    twins, worlds = meadows(6), meadows(6)
    walk = PAGE.random_walk(worlds)
    expected = to_tensor(np.stack([world.reset()[0] for world in twins]))
    for _ in range(60):
        seen, actions, after = next(walk)
        assert torch.equal(seen, expected)
        steps = [world.step(action) for world, action in zip(twins, actions.tolist())]
        assert torch.equal(after, to_tensor(np.stack([step[0] for step in steps])))
        expected = to_tensor(np.stack([
            world.reset()[0] if step[2] or step[3] else step[0]
            for world, step in zip(twins, steps)]))


def test_the_guess_paints_each_cell_where_it_stands():
    predictor = PAGE.Predictor(PAGE.Encoder())
    seen, actions, after = next(PAGE.random_walk(meadows(4)))
    with torch.no_grad():
        assert predictor(seen, actions).shape == after.shape
        predictor.move.weight.zero_()
        predictor.move.bias.zero_()
        left = predictor.move.bias.view(4, 9, 64)
        left[2, 5] = 1  # the action left, row 1, column 2
        predictor.paint.weight.fill_(1)
        predictor.paint.bias.zero_()
        guess = predictor(seen, torch.full((4,), 2))
        assert (guess[:, :, 16:32, 32:] == 64).all() and guess.sum() == 4 * 64 * 3 * 16 * 16
        assert (predictor(seen, torch.full((4,), 1)) == 0).all()


def test_the_energy_of_a_step_is_the_error_of_its_guess():
    seen, actions, after = next(PAGE.random_walk(meadows(8)))
    right = lambda seen, actions: after  # noqa: E731
    off = 10 ** torch.arange(8.0)
    energies = PAGE.next_energy(right, seen, actions, after + off.view(8, 1, 1, 1))
    assert torch.allclose(energies, 2 * torch.arange(8.0), atol=1e-3)


# A teacher


def test_a_teacher_names_a_step_for_each_observation():
    observations, steps = PAGE.lessons_of_a_teacher(60)
    assert observations.shape == (60, 3, 48, 48) and steps.shape == (60,)
    assert set(steps.tolist()) == {0, 1, 2, 3}


@given(SEEDS)
def test_the_teacher_leads_to_the_cow_on_a_shortest_way(seed):
    (world,) = meadows(1, "test", seed)
    row, column = divmod(world.things[0], 4)
    straight = min(row, 4 - row) + min(column, 4 - column)
    while not world.touched:
        world.step(PAGE.way_to_cow(world))
    assert world.found and straight <= world.steps <= 8


def test_the_film_is_one_moving_png_that_stops():
    (film,) = [content for cell in lessons.cells("07")
               for words, kind, content in gallery.figures(cell.outputs)
               if kind == "png" and words.startswith("One episode of the trained agent")]
    film = Image.open(io.BytesIO(film))
    assert film.n_frames > 2 and film.info["loop"] == 2
    assert film.info["duration"] == 500 and film.size == (192, 192)


def test_one_thread_is_for_the_learning_only(agent, monkeypatch):
    before, during = torch.get_num_threads(), []

    def look(*arguments):
        during.append(torch.get_num_threads())
        raise RuntimeError

    monkeypatch.setattr(PAGE, "optimizer_of", look)
    with pytest.raises(RuntimeError):
        PAGE.learn(agent, 0)
    assert during == [1] and torch.get_num_threads() == before
