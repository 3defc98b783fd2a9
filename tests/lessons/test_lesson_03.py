"""The losses and the questions that stand on the pages of lesson 03 keep their properties."""

import itertools

import pytest
import torch
from hypothesis import given
from strategies import SEEDS
from torch import nn

from helpers import data, views
from helpers.page import definitions

PAGE = vars(definitions("03"))
PAGE["INK"] = torch.tensor([0.1, 0.1, 0.5])
PAGE["ORDERS"] = torch.tensor(list(itertools.permutations(range(4))))


def collapsed_pair():
    """Two networks whose codes are all zero."""
    pair = PAGE["new_pair"]()
    for parameter in pair.parameters():
        nn.init.zeros_(parameter)
    return pair


def random_pictures(count=6):
    return torch.rand(count, 3, 32, 32)


# Energies and losses


@given(SEEDS)
def test_an_energy_is_never_negative_and_all_losses_have_a_floor(seed):
    torch.manual_seed(seed)
    pair, batch = PAGE["new_pair"](), PAGE["circle"](16)
    energies = PAGE["pair_energy"](pair, *batch)
    assert energies.shape == (16,) and energies.min() >= 0
    pushed_down = PAGE["push_down"](pair, batch)
    assert torch.isclose(pushed_down, energies.mean())
    for loss in ("contrastive", "regularised"):
        assert PAGE[loss](pair, batch) >= pushed_down
    assert PAGE["decorrelated"](pair, batch) >= PAGE["regularised"](pair, batch)


def test_only_push_down_is_content_with_a_collapsed_pair():
    pair, batch = collapsed_pair(), PAGE["circle"](16)
    assert PAGE["push_down"](pair, batch) == 0
    assert PAGE["contrastive"](pair, batch) == 1, "the margin"
    assert PAGE["regularised"](pair, batch) == 2, "the missing spread of both codes"


def test_only_the_third_term_minds_the_same_number_twice():
    twice, apart = ({"f": code, "g": code} for code in (lambda x: x[:, [0, 0]], lambda x: x))
    numbers = torch.randn(4000, 2)
    batch = numbers, numbers
    for loss in ("contrastive", "regularised"):
        assert PAGE[loss](twice, batch) < 0.5, "content with a code that says one thing twice"
    extra = [PAGE["decorrelated"](pair, batch) - PAGE["regularised"](pair, batch)
             for pair in (twice, apart)]
    assert extra[0] == pytest.approx(2, abs=0.3) and extra[1] < 0.05


def test_the_points_lie_on_the_circle():
    x, y = PAGE["circle"](1000)
    assert x.shape == y.shape == (1000, 1)
    assert (torch.hypot(x, y) - 1).abs().max() < 0.2


# Questions about pictures


@given(SEEDS)
def test_turning_on_to_a_whole_turn_brings_the_pictures_back(seed):
    torch.manual_seed(seed)
    pictures, y = random_pictures(), torch.randint(4, (6,))
    turned = PAGE["turn"](pictures, y)
    assert torch.equal(PAGE["turn"](turned, (4 - y) % 4), pictures)
    assert torch.equal(turned[0], pictures[0].rot90(int(y[0]), (1, 2)))


@given(SEEDS)
def test_the_answer_undoes_the_question(seed):
    torch.manual_seed(seed)
    pictures = random_pictures()
    asked, y = PAGE["rotation_question"](pictures)
    assert torch.equal(PAGE["turn"](asked, (4 - y) % 4), pictures)
    y = torch.randint(24, (6,))
    asked = PAGE["shuffle"](pictures, y, border=1)
    for picture, puzzle, order in zip(pictures, asked, PAGE["ORDERS"][y]):
        tiles = [tile for half in puzzle.chunk(2, dim=1) for tile in half.chunk(2, dim=2)]
        for tile, place in zip(tiles, order.tolist()):
            row, column = 16 * (place // 2), 16 * (place % 2)
            original = picture[:, row + 1:row + 15, column + 1:column + 15]
            assert torch.equal(tile[:, 1:-1, 1:-1], original)
            assert (tile[:, [0, -1]] == 1).all() and (tile[:, :, [0, -1]] == 1).all()


def test_all_labels_occur():
    for question, answers in (("rotation_question", 4), ("jigsaw_question", 24)):
        _, y = PAGE[question](random_pictures(500))
        assert y.unique().tolist() == list(range(answers))


def test_the_nearest_of_some_means_has_the_highest_score():
    means = random_pictures()
    scores = PAGE["NearestMean"](means)(means[[4, 1]] + 0.01)
    assert scores.argmax(dim=1).tolist() == [4, 1] and scores.max() <= 0


def test_concepts_are_kept_back_as_a_whole():
    drawings = data.drawings("test")
    kept = PAGE["only"](drawings, drawings.concept == 3)
    assert torch.equal(kept.images, drawings.images[drawings.find(drawings.concepts[3])])
    assert len(kept) == len(kept.artist) == len(kept.group) and kept.concepts == drawings.concepts


@pytest.mark.slow
def test_whitened_pixels_mind_a_new_place_less_than_a_new_drawing():
    images = data.drawings("test").images[::4]
    paper = views.on_paper(images)
    small = lambda embed, other: (embed(paper) - embed(other)).pow(2).sum(dim=1).mean()  # noqa: E731
    ratios = [small(embed, PAGE["moved"](images)) / small(embed, paper.roll(1, dims=0))
              for embed in (lambda pictures: pictures.flatten(1), PAGE["whitened"](images))]
    assert ratios[1] < 0.8 * ratios[0]


def test_on_white_paper_the_corners_of_moved_drawings_are_white():
    drawings = data.drawings("test").images[:40]
    assert (PAGE["moved"](drawings, coloured=0)[:, :, 0, 0] > 0.6).float().mean() > 0.8
    assert (PAGE["moved"](drawings, coloured=1)[:, :, 0, 0] < 0.95).any()


@given(SEEDS)
def test_nothing_of_the_signature_is_left_behind_hidden_corners(seed):
    pictures, asked = random_pictures(), []
    for versions in (pictures, PAGE["sign"](pictures)):
        torch.manual_seed(seed)
        asked.append(PAGE["mended_question"](versions))
    assert torch.equal(asked[0][0], asked[1][0]) and torch.equal(asked[0][1], asked[1][1])


@pytest.mark.parametrize("question", ["rotation_question", "signed_question", "mended_question",
                                      "jigsaw_question"])
def test_a_question_leaves_the_pictures_alone(question):
    pictures = random_pictures()
    before = pictures.clone()
    asked, y = PAGE[question](pictures)
    assert asked.shape == pictures.shape and y.shape == (6,) and y.dtype == torch.int64
    assert torch.equal(pictures, before)
