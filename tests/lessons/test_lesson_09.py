"""The towers, the counting and the curves that stand on the page of lesson 09."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import some_drawings
from strategies import SEEDS
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("09")
NAMES = ["woman-cook", "cook", "blue-heart", "heart-on-fire", "face-with-tear"]
KNOWN = PAGE.learn_words(NAMES)


# Words


def test_words_are_small_letters_and_digits():
    assert PAGE.words_of("Woman-cook") == PAGE.words_of("a woman, COOK!")[1:] == ["woman", "cook"]
    assert PAGE.words_of("keycap-10") == ["keycap", "10"] and PAGE.words_of("¿…?") == []


def test_each_word_has_a_number_of_its_own_and_none_has_zero():
    assert sorted(KNOWN.values()) == list(range(1, len(KNOWN) + 1))
    assert set(KNOWN) == {word for name in NAMES for word in name.split("-")}


def test_texts_become_numbers_filled_up_with_zeros():
    numbers = PAGE.numbers_of(["Blue cook", "", "the woman on fire", "axe"], KNOWN)
    word = KNOWN.__getitem__
    assert numbers.dtype == torch.int64
    assert numbers.tolist() == [[word("blue"), word("cook"), 0, 0], [0] * 4,
                                [0, word("woman"), word("on"), word("fire")], [0] * 4]


def test_names_are_of_three_kinds(put):
    put(vocabulary=KNOWN)
    names = ["woman-on-fire", "cook", "red-heart", "cow-face", "cow", "red-cow"]
    assert PAGE.kind_of(names).tolist() == [0, 0, 1, 1, 2, 2]


@given(SEEDS)
def test_the_reader_leaves_out_what_it_never_met_and_knows_no_order(seed):
    torch.manual_seed(seed)
    reader = PAGE.Reader(9, width=6, dim=4).eval()
    numbers = torch.randint(1, 10, (1, 5))
    told = reader(numbers)
    assert told.shape == (1, 4)
    assert torch.allclose(reader(numbers[:, torch.randperm(5)]), told, atol=1e-5)
    assert torch.allclose(reader(F.pad(numbers, (2, 3))), told, atol=1e-5)
    nothing = reader(torch.zeros(3, 5, dtype=torch.int64))
    assert torch.equal(nothing, nothing[:1].expand(3, -1))


def test_the_second_entrance_adds_nothing_where_nothing_is_told():
    full = PAGE.FullReader(9, width=6, dim=4).eval()
    numbers = torch.randint(1, 10, (3, 5))
    alone = full.project(full.words(numbers))
    assert torch.allclose(full(numbers, torch.zeros(3, 192)), alone)
    assert not torch.allclose(full(numbers, torch.randn(3, 192)), alone)


def test_some_words_are_left_out():
    numbers = torch.randint(1, 10, (400, 50))
    left = PAGE.some_words(numbers)
    assert ((left == numbers) | (left == 0)).all()
    assert (left == 0).float().mean() == pytest.approx(0.2, abs=0.02)
    assert torch.equal(PAGE.some_words(numbers, 0.0), numbers)


# Towers and loss


@given(SEEDS)
def test_the_loss_asks_both_ways_and_only_about_directions(seed):
    torch.manual_seed(seed)
    a, b, log_scale = torch.randn(7, 5), torch.randn(7, 5), torch.tensor(1.3)
    loss = PAGE.two_way(a, b, log_scale).item()
    unit = [[one / one.norm() for one in rows] for rows in (a, b)]
    fit = np.array([[float(x @ t) for t in unit[1]] for x in unit[0]]) * np.exp(1.3)
    ways = [np.log(np.exp(fit).sum(axis=way)) - fit.diagonal() for way in (0, 1)]
    assert loss == pytest.approx(np.mean(ways), rel=1e-4)
    assert PAGE.two_way(b, a, log_scale).item() == pytest.approx(loss, rel=1e-4)
    assert PAGE.two_way(3 * a, b / 2, log_scale).item() == pytest.approx(loss, rel=1e-4)
    order = torch.randperm(7)
    assert PAGE.two_way(a[order], b[order], log_scale).item() == pytest.approx(loss, rel=1e-4)


def test_agreement_costs_least():
    a = torch.randn(6, 20)
    assert PAGE.two_way(a, a, torch.tensor(3.0)) < PAGE.two_way(a, a.roll(1, 0), torch.tensor(3.0))


def test_both_towers_and_the_temperature_learn():
    towers = PAGE.Towers(torch.nn.Linear(12, 4), PAGE.Reader(9, width=6, dim=4))
    batch = torch.randn(8, 12), torch.randint(1, 10, (8, 3))
    loss = PAGE.two_way_loss(towers, batch)
    loss.backward()
    assert all(weight.grad is not None for weight in towers.parameters())
    assert towers.log_scale.exp().item() == pytest.approx(10, rel=1e-4)


@given(SEEDS, st.integers(1, 6))
def test_a_batch_has_a_drawing_of_each_concept_at_most(seed, count):
    torch.manual_seed(seed)
    concept = torch.arange(6).repeat(5)
    PAGE.train = some_drawings(concept)
    rows = PAGE.one_of_each(count)
    assert len(rows) == count == len(concept[rows].unique())


def test_each_drawing_has_its_turn(put):
    put(train=some_drawings(torch.tensor([0, 0, 0, 1, 2, 2])))
    times = torch.cat([PAGE.one_of_each(2) for _ in range(900)]).bincount(minlength=6)
    expected = 600 * torch.tensor([1 / 3, 1 / 3, 1 / 3, 1, 1 / 2, 1 / 2])
    assert ((times / expected - 1).abs() < 0.3).all()


@given(SEEDS)
def test_energies_are_distances(seed):
    torch.manual_seed(seed)
    x, t = F.normalize(torch.randn(5, 8)), F.normalize(torch.randn(4, 8))
    assert torch.allclose(PAGE.energies_of(x @ t.T), torch.cdist(x, t), atol=2e-3)
    assert PAGE.energies_of(torch.ones(3) + 1e-6).tolist() == [0, 0, 0]


# Counting


@given(SEEDS)
def test_a_tie_counts_against_the_network(seed):
    torch.manual_seed(seed)
    fit, truth = torch.randint(4, (20, 6)).float(), torch.randint(6, (20,))
    slow = [sum(value >= row[right] for i, value in enumerate(row) if i != right)
            for row, right in zip(fit.tolist(), truth.tolist())]
    assert PAGE.ranks(fit, truth).tolist() == slow


def test_names_that_are_all_alike_are_never_right():
    fit = torch.rand(5, 1).expand(5, 420) + 1e-8 * torch.rand(5, 420)
    assert (PAGE.ranks(fit, torch.arange(5)) == 419).all()


def test_shares_are_counted_for_each_kind_apart(put):
    put(unseen=some_drawings(torch.tensor([0, 0, 1, 2])), kind=torch.tensor([0, 1, 2]))
    fit = torch.tensor([[9.0, 1, 1], [1, 2, 3], [1, 9, 1], [2, 2, 2]])
    shares = PAGE.named(fit)
    assert shares.shape == (3, len(PAGE.FIRST))
    assert shares[:, 0].tolist() == [0.5, 1, 0] and shares[:, 2].tolist() == [1, 1, 1]
    assert (shares.diff(dim=1) >= 0).all()


# Rivals


@pytest.fixture
def rivals(put):
    drawings = some_drawings(torch.arange(len(NAMES)))
    put(train=replace(drawings, concepts=NAMES), prototypes=F.normalize(torch.randn(5, 200)),
        bag=PAGE.bag_of(NAMES))
    return PAGE.prototypes


def test_shared_words_lead_to_what_shares_them(rivals):
    found = PAGE.by_shared_words(["cook", "heart", "axe"])
    assert torch.equal(found[2], torch.zeros(200)), "no word was met: nothing to go by"
    fit = found[:2] @ rivals.T
    assert fit[0].argmax() == 1 and fit[0].argsort(descending=True)[1] == 0
    assert set(fit[1].topk(2).indices.tolist()) == {2, 3}
    assert torch.allclose(found[:2].norm(dim=1), torch.ones(2), atol=1e-5)


def test_a_linear_map_without_strength_gives_back_what_it_learned(rivals):
    answer = PAGE.linear_map(PAGE.bag, NAMES, 1e-6)
    assert torch.allclose(answer(NAMES), F.normalize(rivals), atol=1e-2)
    assert torch.equal(answer(["axe"]), torch.zeros(1, 200))
