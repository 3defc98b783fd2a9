"""The relatives of masked words on the page of lesson 05."""

import functools

import pytest
import torch
from hypothesis import given
from strategies import SEEDS
from texts import Embedding, texts
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("05")
PAGE.SEMICOLON = SEMICOLON = 9
PAD, CLS, SEP, MASK = PAGE.PAD, 2, 3, PAGE.MASK
texts = functools.partial(texts, length=24, first=SEMICOLON + 1)


def inside(line):
    """The pieces of a text, as a list."""
    return line[line > MASK].tolist()


@torch.inference_mode()
def test_skip_gram_names_the_two_pieces_on_either_side(monkeypatch):
    monkeypatch.setattr(torch, "rand", torch.zeros)  # asks at each piece
    network, numbers = PAGE.SkipGram(width=8), texts(6)
    losses = []
    for line in map(inside, numbers):
        for i, piece in enumerate(line):
            log_p = network.out(network.words.weight[piece]).log_softmax(dim=0)
            near = line[max(i - 2, 0):i] + line[i + 1:i + 3]
            losses += [-float(log_p[other]) for other in near]
    assert PAGE.skip_gram_loss(network, numbers).item() == pytest.approx(
        sum(losses) / len(losses), rel=1e-4)


@given(SEEDS)
def test_the_skip_gram_loss_of_a_batch_is_finite(seed):
    torch.manual_seed(seed)
    assert PAGE.skip_gram_loss(PAGE.SkipGram(width=8), PAGE.cut(texts(40))).isfinite()


@torch.inference_mode()
def test_the_next_word_is_guessed_from_what_came_before_it_alone():
    network = PAGE.NextWord(width=16)
    text = torch.randint(MASK + 1, PAGE.SIZE, (1, 12)).index_fill(1, torch.tensor([0]), CLS)
    scores = network(text, text > MASK)
    assert scores.shape == (11, PAGE.SIZE)
    for place in range(1, 12):
        other = text.index_fill(1, torch.tensor([place]), 7)
        same = torch.isclose(network(other, text > MASK), scores, atol=1e-6).all(dim=1)
        assert same[:place].all(), "the scores at its own place and before it stay"
        assert not same[place:place + 1].any(), "the score right after it changes"


def test_in_turn_every_piece_is_a_question():
    text, where, label = PAGE.in_turn(PAGE.by_length(texts(100)), 10)
    assert torch.equal(where, text > MASK) and torch.equal(text, label)
    assert PAGE.guess_loss(PAGE.NextWord(width=8), (text, where, label)).isfinite()


@given(SEEDS)
def test_a_turned_text_can_be_turned_back(seed):
    torch.manual_seed(seed)
    numbers = texts()
    turned, first = PAGE.rotate(numbers)
    special = numbers <= MASK
    assert torch.equal(turned[special], numbers[special]) and (turned[~special] > MASK).all()
    assert torch.equal(turned.gather(1, first[:, None]), numbers[:, 1:2])
    for before, after, place in zip(map(inside, numbers), map(inside, turned), first.tolist()):
        assert after[place - 1:] + after[:place - 1] == before


def test_a_text_is_turned_around_any_of_its_pieces():
    _, first = PAGE.rotate(torch.tensor([CLS, 10, 11, 12, 13, SEP, PAD]).expand(4000, 7))
    assert torch.bincount(first).tolist() == [0, *[pytest.approx(1000, abs=150)] * 4]


def test_two_parts_are_what_stands_before_and_after_the_only_semicolon():
    lines = [[10, 11, 9, 12, 13, 14], [10, 11, 12, 13], [10, 11, 9, 12, 9, 13, 14],
             [10, 9, 11, 12, 13], [10, 11, 12, 9, 13], [20, 21, 9, 22, 23], [9], [9, 10, 11]]
    numbers = torch.tensor([[CLS, *line, SEP] + (8 - len(line)) * [PAD] for line in lines])
    parts = PAGE.two_parts(numbers)
    assert parts == [([10, 11], [12, 13, 14]), ([20, 21], [22, 23])]
    assert torch.equal(PAGE.join(parts), PAGE.cut(numbers[[0, 5]]))
    assert PAGE.join([(50 * [10], 50 * [11])]).shape == (1, PAGE.LENGTH)


PARTS = [([100 + i, 200 + i], [300 + i, 400 + i, 500 + i]) for i in range(64)]


def read_parts(text):
    """What stands before and after the semicolon, in each text."""
    lines = [inside(line) for line in text]
    return [(line[:line.index(SEMICOLON)], line[line.index(SEMICOLON) + 1:]) for line in lines]


def test_next_sentence_asks_whether_the_second_part_belongs_to_the_first():
    text, belongs = PAGE.next_sentence(PARTS, 64)
    assert 16 < belongs.sum() < 48
    parts = read_parts(text)
    assert sorted(first for first, _ in parts) == [first for first, _ in PARTS]
    for (first, second), yes in zip(parts, belongs):
        assert ((first, second) in PARTS) == yes
        assert second in [after for _, after in PARTS]


def test_sentence_order_asks_whether_the_parts_were_swapped():
    text, right = PAGE.sentence_order(PARTS, 64)
    assert 16 < right.sum() < 48
    for (first, second), yes in zip(read_parts(text), right):
        assert ((first, second) if yes else (second, first)) in PARTS


def test_in_gap_sentences_the_whole_second_part_is_hidden_and_nothing_else():
    hidden, chosen, text = PAGE.gap([*PARTS, ([10, 11], 20 * [12])], 65)
    assert (hidden[chosen] == MASK).all() and torch.equal(hidden[~chosen], text[~chosen])
    for where, line in zip(chosen, text):
        second = inside(line)[inside(line).index(SEMICOLON) + 1:]
        assert line[where].tolist() == second


@torch.inference_mode()
def test_a_judge_reads_pieces_only():
    judge, text = PAGE.Judge(Embedding(128)), PAGE.cut(texts())
    scores = judge(text)
    assert torch.equal(scores.isfinite(), text > MASK)
    slow = [float(line[line.isfinite()].mean()) for line in scores]
    assert PAGE.says_yes(judge, text).tolist() == pytest.approx(slow, abs=1e-5)
    wider = F.pad(text, (0, 5))
    assert torch.allclose(PAGE.says_yes(judge, wider), PAGE.says_yes(judge, text), atol=1e-5)
    assert PAGE.pointer_loss(judge, PAGE.rotate(text)).isfinite()
    assert PAGE.yes_no_loss(judge, PAGE.next_sentence(PARTS, 20)).isfinite()
