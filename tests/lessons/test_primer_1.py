"""Tints, loops and the cow curve that stand on the page of primer 1."""

from types import SimpleNamespace

import pytest
import torch
from torch.nn import functional as F

from helpers import data
from helpers.page import definitions

PAGE = definitions("P1")


@pytest.fixture
def asking(monkeypatch):
    """The page with the unseen drawings, as its cells make them before part 6."""
    unseen = data.drawings("test")
    counts = {name: len(unseen.find(name)) for name in unseen.concepts}
    for name, value in {"unseen": unseen, "often": PAGE.drawn_often(counts),
                        "maker": unseen.maker[unseen.artist],
                        "features": F.one_hot(unseen.concept).float()}.items():
        monkeypatch.setattr(PAGE, name, value, raising=False)
    return unseen


def test_concepts_that_were_drawn_often_come_in_the_order_of_the_alphabet():
    counts = {"sun": 8, "cow": 9, "car": 7}
    assert PAGE.drawn_often(counts) == ["cow", "sun"]
    assert PAGE.drawn_often(counts, least=9) == ["cow"]


def test_a_tint_multiplies_each_channel_and_ends_at_1():
    tinted = PAGE.tinted(torch.full((2, 3, 4, 5), 0.5), torch.tensor([0.0, 1.0, 4.0]))
    assert tinted.shape == (2, 3, 4, 5)
    assert tinted.amin(dim=(0, 2, 3)).tolist() == tinted.amax(dim=(0, 2, 3)).tolist() == [0, 0.5, 1]


def test_both_loops_give_what_the_operation_gives():
    picture, factors = torch.rand(3, 4, 6), torch.tensor([1.7, 0.4, 0.0])
    right = PAGE.tinted(picture, factors)
    assert torch.allclose(PAGE.tinted_by_loop(picture, factors), right)
    lists = PAGE.tinted_by_lists(picture.tolist(), factors.tolist())
    assert torch.allclose(torch.tensor(lists), right)


def test_the_shortest_run_counts(monkeypatch):
    clock = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])
    monkeypatch.setattr(PAGE, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    called = []
    assert PAGE.seconds(lambda *given: called.append(given), 1, 2, repeats=3) == 1.0
    assert called == [(1, 2)] * 3


def test_seven_drawings_of_the_concept_by_other_makers_are_shown(asking):
    for concept in ("cow", PAGE.often[0], PAGE.often[-1]):
        question, shown = PAGE.question_and_shown(concept)
        rows = torch.cat([question[None], shown])
        assert len(set(rows.tolist())) == 8
        assert {asking.concepts[i] for i in asking.concept[rows]} == {concept}
        assert PAGE.maker[question] not in PAGE.maker[shown]


def test_each_concept_that_was_drawn_often_is_asked_about_once(asking):
    question, shown = PAGE.ask()
    assert question.shape == (226, len(asking.concepts))
    assert shown.shape == (226, 7, len(asking.concepts))
    assert [asking.concepts[i] for i in question.argmax(dim=1)] == PAGE.often
    assert PAGE.one_shown(question, shown) == 1


def test_a_question_is_right_where_its_own_concept_is_most_alike():
    question = torch.eye(4)
    shown = torch.eye(4)[[0, 1, 3, 2]][:, None]
    assert PAGE.one_shown(question, shown) == 0.5
    both = torch.stack([shown[:, 0], question], dim=1)
    assert PAGE.one_shown(question, both) == 0.5, "the first drawing alone counts"
