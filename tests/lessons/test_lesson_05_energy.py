"""Surprise as an energy, and what the pieces mean, on the page of lesson 05."""

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from texts import Embedding, texts

from helpers.page import definitions

PAGE = definitions("05")
PAD, CLS, SEP, MASK = PAGE.PAD, 2, 3, PAGE.MASK


# Surprise is an energy


@pytest.fixture
def bert(monkeypatch):
    bert = PAGE.MiniBert(width=32, layers=1).eval()
    monkeypatch.setattr(PAGE, "bert", bert, raising=False)
    monkeypatch.setattr(PAGE, "counts", (torch.arange(PAGE.SIZE) > MASK).int(), raising=False)
    return bert


@torch.inference_mode()
def test_surprise_is_that_of_each_piece_hidden_alone(bert):
    line = torch.tensor([CLS, *torch.randint(MASK + 1, PAGE.SIZE, (9,)).tolist(), SEP])
    slow = []
    for place in range(1, 10):
        hidden = line.clone()
        hidden[place] = MASK
        scores = bert(hidden[None], hidden[None] == MASK)[0]
        slow.append(float(scores.logsumexp(dim=0) - scores[line[place]]))
    assert PAGE.surprise(line).tolist() == pytest.approx(slow, rel=1e-3)
    assert PAGE.surprise(line[[0, 1, -1]]).shape == (1,)


@given(SEEDS, st.integers(1, 30), st.sampled_from([0.0, 0.2, 0.5, 1.0]))
def test_spots_are_a_share_of_the_pieces_and_at_least_one(seed, size, share):
    torch.manual_seed(seed)
    spots = PAGE.spots(torch.arange(size + 2), share)
    assert len(spots) == len(spots.unique()) == max(1, round(share * size))
    assert spots.min() >= 1 and spots.max() <= size


@pytest.mark.parametrize("name", ["replaced", "shuffled", "guessed"])
@pytest.mark.parametrize("size", [1, 2, 20])
def test_a_spoiled_text_keeps_its_length_and_its_ends(name, size, bert):
    line = torch.tensor([CLS, *range(100, 100 + size), SEP])
    before = line.clone()
    spoiled = getattr(PAGE, name)(line)
    assert torch.equal(line, before) and spoiled.shape == line.shape
    assert spoiled[0] == CLS and spoiled[-1] == SEP
    if name == "shuffled":
        assert Counter(spoiled.tolist()) == Counter(line.tolist())
    else:
        assert (spoiled != line).sum() <= max(1, round(0.2 * size))
    if name == "replaced":
        assert (spoiled[1:-1] > MASK).all()


def test_replacements_are_drawn_as_often_as_they_occur(bert, monkeypatch):
    monkeypatch.setattr(PAGE, "counts", torch.zeros(PAGE.SIZE, dtype=torch.int64))
    PAGE.counts[[50, 60]] = torch.tensor([3, 1])
    spoiled = PAGE.replaced(torch.full((4002,), 7), share=1.0)[1:-1]
    assert (spoiled == 50).float().mean() == pytest.approx(0.75, abs=0.03)
    assert ((spoiled == 50) | (spoiled == 60)).all()


def test_a_long_text_is_of_definitions_that_stand_together(monkeypatch):
    lines = torch.arange(10, 260)[:, None].expand(250, PAGE.LENGTH)
    monkeypatch.setattr(PAGE, "unseen", {"text": ["ten words " * 5] * 250}, raising=False)
    monkeypatch.setattr(PAGE, "asked", lines, raising=False)
    pages = PAGE.long_texts(2)
    assert [abs(10 * len(page) - 1000) <= 10 for page in pages] == [True, True]
    assert torch.cat(pages)[:, 0].tolist() == list(range(10, 10 + sum(map(len, pages))))


def test_the_energy_of_a_long_text_spoils_each_of_its_definitions(bert, monkeypatch):
    spoiled = []

    def spoil(line):
        spoiled.append(line.tolist())
        return line

    pages = [texts(length=24), texts(length=24)]
    monkeypatch.setattr(PAGE, "pages", pages, raising=False)
    energies = PAGE.long_energy(spoil)
    assert energies.shape == (2,) and energies.isfinite().all() and (energies > 0).all()
    assert spoiled == [line[line != PAD].tolist() for page in pages for line in page]


# Meaning


@torch.inference_mode()
def test_pooled_features_are_the_mean_over_the_pieces_in_the_order_of_the_texts(length=24):
    network, numbers = Embedding(), texts(600)
    slow = torch.stack([network.words(line[line > MASK]).mean(dim=0) for line in numbers])
    assert torch.allclose(PAGE.pooled(network, numbers), slow, atol=1e-5)


def test_vectors_that_are_their_topic_agree_with_the_topics(monkeypatch):
    topic = torch.arange(40) % 4
    vectors = torch.eye(4)[topic]
    monkeypatch.setattr(PAGE, "words", torch.arange(40), raising=False)
    monkeypatch.setattr(PAGE, "word_topic", topic, raising=False)
    monkeypatch.setattr(PAGE, "pairs", torch.stack([torch.arange(36), torch.arange(4, 40)], 1),
                        raising=False)
    kind, same = PAGE.agreement(7 + 3 * vectors)
    assert same == pytest.approx(1) and 0.7 < kind < 1
    assert PAGE.agreement(torch.randn(40, 30))[1] == pytest.approx(0.5, abs=0.1)
