"""The question, the loss and the energy that stand on the page of lesson 00."""

from types import SimpleNamespace

import pytest
import torch

from helpers.page import definitions

PAGE = definitions("00")


def test_a_batch_asks_for_the_colours_of_the_drawings_whose_lightness_it_shows(monkeypatch):
    numbered = torch.arange(500.0).view(500, 1, 1, 1).expand(500, 3, 2, 2)
    monkeypatch.setattr(PAGE, "lab_train", numbered, raising=False)
    monkeypatch.setattr(PAGE, "train", range(500), raising=False)
    grey, colour = PAGE.batch()
    assert grey.shape == (64, 1, 2, 2) and colour.shape == (64, 2, 2, 2)
    assert torch.equal(grey.expand_as(colour), colour)


def test_the_loss_is_the_mean_distance_of_two_colours():
    grey, colour = torch.full((2, 1, 4, 4), 50.0), torch.zeros(2, 2, 4, 4)
    colour[0, 0], colour[0, 1] = 30, 40
    assert PAGE.loss(lambda grey: colour / 100, (grey, colour)) < 1e-5
    assert PAGE.loss(lambda grey: 0 * colour, (grey, colour)).item() == pytest.approx(25)


def test_the_network_sees_black_as_minus_one_and_white_as_one():
    seen, grey = [], torch.tensor([0.0, 50, 100]).view(3, 1, 1, 1)
    PAGE.loss(lambda grey: seen.append(grey) or torch.zeros(3, 2, 1, 1),
              (grey, torch.zeros(3, 2, 1, 1)))
    assert seen[0].flatten().tolist() == [-1, 0, 1]


def test_the_energy_is_the_mean_length_of_the_difference():
    guess, colour = torch.randn(2, 3, 2, 4, 4)
    slow = [sum((guess[i, :, y, x] - colour[i, :, y, x]).pow(2).sum().sqrt()
                for y in range(4) for x in range(4)) / 16 for i in range(3)]
    assert torch.allclose(PAGE.colour_energy(guess, colour), torch.stack(slow))
    assert (PAGE.colour_energy(guess, guess) == 0).all()


def test_the_share_counts_drawings_that_are_nearer_to_their_own_colours(monkeypatch):
    true = torch.ones(4, 2, 3, 3)
    monkeypatch.setattr(PAGE, "true", true, raising=False)
    side = torch.tensor([1.0, 0.1, 0.0, -1]).view(4, 1, 1, 1)
    assert PAGE.share_lower(side * true) == 0.5, "grey, in the middle, is no lower"


def test_a_group_gets_the_mean_of_its_own_drawings(monkeypatch):
    drawings = SimpleNamespace(group=torch.tensor([0, 1, 1, 0]), groups=["food", "faces"])
    monkeypatch.setattr(PAGE, "unseen", drawings, raising=False)
    assert PAGE.by_group(torch.tensor([1.0, 10, 20, 3])) == {"food": 2, "faces": 15}
