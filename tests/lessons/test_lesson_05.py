"""The batches, the hiding and the guessers on the page of lesson 05 keep their properties."""

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from texts import texts
from torch import nn
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("05")
PAD, MASK, LENGTH, SIZE = PAGE.PAD, PAGE.MASK, PAGE.LENGTH, PAGE.SIZE


# Batches


@given(SEEDS)
def test_cut_leaves_out_padding_only(seed):
    torch.manual_seed(seed)
    numbers = texts()
    short = PAGE.cut(numbers)
    assert (short[:, -1] != PAD).any()
    assert torch.equal(F.pad(short, (0, LENGTH - short.shape[1])), numbers)


def as_lines(numbers):
    return Counter(tuple(line[line != PAD].tolist()) for line in numbers)


def test_by_length_sorts_the_same_texts():
    numbers = texts(200)
    in_order = PAGE.by_length(numbers)
    assert ((in_order != PAD).sum(dim=1).diff() >= 0).all()
    assert as_lines(in_order) == as_lines(numbers)


@given(SEEDS, st.integers(1, 30))
def test_some_texts_are_texts_of_the_set_of_similar_length(seed, count):
    torch.manual_seed(seed)
    numbers = PAGE.by_length(texts(1000))
    some = PAGE.some_texts(numbers, count)
    assert len(some) == count and (some[:, -1] != PAD).any()
    assert as_lines(some) <= as_lines(numbers)
    lengths = (some != PAD).sum(dim=1)
    assert lengths.max() - lengths.min() <= 11  # 480 of 1,000 texts, sorted, of 20 lengths


def test_some_texts_of_a_small_set_are_all_of_it():
    numbers = texts(7)
    assert as_lines(PAGE.some_texts(numbers, 30)) == as_lines(numbers)


# Hide


@given(SEEDS, st.floats(0, 1))
def test_hiding_touches_chosen_pieces_only_and_no_special_one(seed, ratio):
    torch.manual_seed(seed)
    text = torch.randint(40, (30, 20))
    before = text.clone()
    hidden, chosen = PAGE.corrupt(text, ratio)
    assert torch.equal(text, before)
    assert hidden.shape == chosen.shape == text.shape
    assert hidden.dtype == torch.int64 and chosen.dtype == torch.bool
    assert not chosen[text <= MASK].any()
    assert torch.equal(hidden[~chosen], text[~chosen])
    assert (hidden[chosen] >= MASK).all() and (hidden < SIZE).all()


@pytest.mark.parametrize("ratio", [0.0, 0.15, 0.3, 0.5, 1.0])
def test_the_ratio_is_the_share_of_chosen_pieces(ratio):
    text = texts(2000)
    _, chosen = PAGE.corrupt(text, ratio)
    assert chosen[text > MASK].float().mean() == pytest.approx(ratio, abs=0.015)


def test_of_ten_chosen_pieces_eight_are_hidden_one_is_replaced_and_one_stays():
    text = texts(2000)
    hidden, chosen = PAGE.corrupt(text, 0.5)
    new, old = hidden[chosen], text[chosen]
    shares = {"hidden": new == MASK, "stays": new == old, "replaced": (new != MASK) & (new != old)}
    for name, share in (("hidden", 0.8), ("stays", 0.1), ("replaced", 0.1)):
        assert shares[name].float().mean() == pytest.approx(share, abs=0.015), name
    assert len(new[shares["replaced"]].unique()) > 500, "any piece may replace another"


@given(SEEDS)
def test_labels_are_asked_for_at_chosen_places_only(seed):
    torch.manual_seed(seed)
    hidden, chosen, text = PAGE.masked(PAGE.by_length(texts(100)), 10)
    assert (text[chosen] > MASK).all()
    assert torch.equal(hidden[~chosen], text[~chosen])
    scores = torch.randn(int(chosen.sum()), SIZE)
    if len(scores):
        loss = PAGE.guess_loss(lambda *question: scores, (hidden, chosen, text))
        elsewhere = torch.where(chosen, text, torch.randint_like(text, SIZE))
        assert PAGE.guess_loss(lambda *question: scores, (hidden, chosen, elsewhere)) == loss
        slow = [float(line.logsumexp(dim=0) - line[y]) for line, y in zip(scores, text[chosen])]
        assert loss.item() == pytest.approx(sum(slow) / len(slow), rel=1e-4)


# Guess


@pytest.fixture
def tiny():
    return PAGE.MiniBert(width=32, layers=1).eval()


@torch.inference_mode()
def test_padding_changes_no_score(tiny):
    text = PAGE.cut(texts(6))
    where = text > MASK
    scores = tiny(text, where)
    assert scores.shape == (where.sum(), SIZE)
    wider, there = F.pad(text, (0, 9)), F.pad(where, (0, 9))
    assert torch.allclose(tiny(wider, there), scores, atol=1e-4)
    alone = torch.cat([tiny(PAGE.cut(line[None]), PAGE.cut(line[None]) > MASK) for line in text])
    assert torch.allclose(alone, scores, atol=1e-4)


@torch.inference_mode()
def test_each_place_sees_both_sides(tiny):
    text = torch.randint(MASK + 1, SIZE, (1, 9))
    where = torch.zeros_like(text, dtype=torch.bool).index_fill(1, torch.tensor([4]), True)
    scores = tiny(text, where)
    for place in (0, 3, 4, 5, 8):
        other = text.index_fill(1, torch.tensor([place]), 7)
        assert not torch.allclose(tiny(other, where), scores, atol=1e-4)


def test_the_head_everywhere_gives_the_same_loss(tiny):
    batch = PAGE.masked(PAGE.by_length(texts(100)), 20)
    assert PAGE.everywhere_loss(tiny, batch).item() == pytest.approx(
        PAGE.guess_loss(tiny, batch).item(), rel=1e-4)


def test_the_most_frequent_piece_is_the_answer_at_each_place(monkeypatch):
    monkeypatch.setattr(PAGE, "counts", torch.arange(SIZE).roll(8), raising=False)
    chosen = torch.tensor([[False, True, True]])
    assert PAGE.most_frequent(None, chosen).argmax(dim=1).tolist() == [7, 7]


def test_between_its_neighbours_the_table_names_the_most_frequent_piece(monkeypatch):
    monkeypatch.setattr(PAGE, "counts", F.one_hot(torch.tensor(30), SIZE), raising=False)
    table = PAGE.count_between(torch.tensor([
        [2, 10, 21, 11, 3], [2, 10, 20, 11, 3], [2, 10, 20, 11, 3], [2, 11, 22, 10, 3]]))
    hidden = torch.tensor([[2, 10, 4, 11, 3], [2, 11, 4, 10, 3], [2, 4, 20, 11, 3],
                           [2, 11, 4, 11, 3], [2, 4, 4, 11, 3]])
    chosen = hidden == MASK
    scores = PAGE.between(table)(hidden, chosen)
    assert scores.shape == (6, SIZE)
    assert scores.argmax(dim=1).tolist() == [20, 22, 10, 30, 30, 30]


@given(SEEDS)
def test_the_table_holds_a_most_frequent_piece_for_all_neighbours(seed):
    torch.manual_seed(seed)
    numbers, times = texts(80, pieces=8), Counter()
    for line in numbers.tolist():
        for left, middle, right in zip(line, line[1:], line[2:]):
            if middle > MASK:
                times[left * SIZE + right, middle] += 1
    table = PAGE.count_between(numbers)
    assert set(table) == {key for key, _ in times}
    for key, piece in table.items():
        assert times[key, piece] == max(times[key, other] for other in range(8))


@torch.inference_mode()
def test_cbow_does_not_look_at_the_place_itself_nor_at_any_order():
    cbow, text = PAGE.Cbow(width=32), torch.randint(MASK + 1, SIZE, (1, 11))
    where = torch.zeros_like(text, dtype=torch.bool).index_fill(1, torch.tensor([5]), True)
    scores = cbow(text, where)
    for place in range(11):
        other = text.index_fill(1, torch.tensor([place]), 7)
        unseen = place == 5 or abs(place - 5) > 2
        assert torch.allclose(cbow(other, where), scores, atol=1e-5) == unseen
    order = torch.tensor([0, 1, 2, 7, 6, 5, 3, 4, 8, 9, 10])
    assert torch.allclose(cbow(text[:, order], where), scores, atol=1e-5)
    _, chosen, same = PAGE.all_seen(PAGE.by_length(texts(100)), 10)
    assert (same[chosen] > MASK).all()


class Sevens(nn.Module):
    """A guesser that always says 7."""

    def forward(self, hidden, chosen):
        return F.one_hot(torch.tensor(7), SIZE).expand(int(chosen.sum()), SIZE)


def test_accuracy_counts_the_pieces_that_are_named():
    numbers = texts(2000, pieces=9)
    right, keys = PAGE.named(Sevens(), numbers)
    assert len(right) == len(keys) and not right.is_floating_point()
    share = (numbers == 7).sum() / (numbers > MASK).sum()
    assert PAGE.accuracy(Sevens(), numbers) == pytest.approx(float(share), abs=0.05)
    sevens = torch.where(numbers > MASK, 7, numbers)
    assert PAGE.accuracy(Sevens(), sevens) == 1
