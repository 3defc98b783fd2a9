"""States, letters and attention that stand on the page of primer 4."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("P4")
PAGE.number = {letter: place for place, letter in enumerate(PAGE.LETTERS)}
NAMES = ["cow", "sea cow", "a"]


def test_the_loop_carries_its_state_as_pytorch_does():
    theirs = nn.RNN(3, 5)
    inputs = torch.randn(8, 3)
    ours = PAGE.run(inputs, theirs.weight_ih_l0.T, theirs.weight_hh_l0.T,
                    theirs.bias_ih_l0 + theirs.bias_hh_l0)
    assert torch.allclose(ours, theirs(inputs)[0], atol=1e-6)


def test_names_are_of_small_letters_and_blanks():
    known, new = PAGE.names_of("train"), PAGE.names_of("test")
    assert known == sorted(set(known)) and len(known) > 10_000
    assert all(1 <= len(name) <= 20 and set(name) <= set(PAGE.LETTERS[1:]) for name in known + new)


def test_a_dot_stands_before_and_after_each_name_and_nothing_behind():
    rows = PAGE.encode(NAMES, length=10)
    assert rows.shape == (3, 10)
    for row, name in zip(rows, NAMES):
        assert "".join(PAGE.LETTERS[i] for i in row if i >= 0) == f"·{name}·"
        assert (row[len(name) + 2:] == -1).all()


def test_the_answer_is_the_letter_that_comes_next():
    text = PAGE.encode(NAMES, length=10)
    question, answer = PAGE.question_and_answer(text)
    assert (question >= 0).all()
    for place in range(9):
        asked = answer[:, place] >= 0
        assert torch.equal(answer[asked, place], text[asked, place + 1])
        assert torch.equal(question[asked, place], text[asked, place])


def slow_surprise(most, known, new):
    """The surprise of the tables, letter by letter, with texts in place of numbers."""
    def asked(names):
        for name in names:
            padded = f"{5 * '·'}{name}·"
            for place in range(5, len(padded)):
                yield padded[:place], padded[place]

    def chance(letter, past, before):
        if before < 0:
            return 1 / 28
        end = past[len(past) - before:]
        seen = [other for earlier, other in asked(known) if earlier[len(earlier) - before:] == end]
        return (seen.count(letter) + 10 * chance(letter, past, before - 1)) / (len(seen) + 10)

    losses = [-math.log(chance(letter, past, most)) for past, letter in asked(new)]
    return sum(losses) / len(losses)


@pytest.mark.parametrize("most", [0, 1, 2, 4])
def test_a_table_counts_what_comes_after_the_last_letters(most, monkeypatch):
    known, new = ["cow", "crow", "sea cow"], ["row", "cows"]
    monkeypatch.setattr(PAGE, "train", PAGE.encode(known), raising=False)
    monkeypatch.setattr(PAGE, "test", PAGE.encode(new), raising=False)
    assert PAGE.table_surprise(most) == pytest.approx(slow_surprise(most, known, new), abs=1e-4)


def test_the_loss_leaves_out_what_stands_behind_a_name(monkeypatch):
    monkeypatch.setattr(PAGE, "train", PAGE.encode(NAMES), raising=False)
    question, answer = PAGE.batch()
    assert question.shape == answer.shape == (128, 21)
    scores = torch.randn(128, 21, 28)
    loss = PAGE.next_letter_loss(lambda question: scores, (question, answer))
    asked = answer >= 0
    assert torch.allclose(loss, F.cross_entropy(scores[asked], answer[asked]))


def test_a_letter_that_comes_later_changes_nothing_before():
    network = PAGE.NextLetter(width=8)
    text = torch.randint(28, (2, 9))
    scores = network(text)
    assert scores.shape == (2, 9, 28)
    other = text.clone()
    other[:, 5:] = (other[:, 5:] + 1) % 28
    assert torch.allclose(network(other)[:, :5], scores[:, :5])


class Speller(nn.Module):
    """Is sure that "cow" comes next, letter by letter, and then the end."""

    def forward(self, text):
        return 50.0 * F.one_hot(torch.tensor([[PAGE.number["cow·"[text.shape[1] - 1]]]]), 28)


def test_a_name_is_drawn_letter_by_letter_up_to_the_dot(monkeypatch):
    monkeypatch.setattr(PAGE, "writer", Speller(), raising=False)
    assert PAGE.invent() == PAGE.invent("c") == PAGE.invent("co", temperature=2.0) == "cow"
    with pytest.raises(ValueError, match="small letters and blanks only, not 'C'"):
        PAGE.invent("Cow")


def test_a_beginning_may_be_too_long(monkeypatch):
    monkeypatch.setattr(PAGE, "writer", Speller(), raising=False)
    assert PAGE.invent(30 * "a") == 20 * "a"


def test_the_gradient_of_the_last_input_comes_first():
    class Last(nn.Module):
        def forward(self, inputs):
            return inputs * (torch.arange(inputs.shape[1]) + 1)[:, None] + 0 * inputs.sum(), None

    found = PAGE.gradient_by_distance(Last(), length=6)
    assert found.shape == (6,) and found[0] > 0 and (found[1:] == 0).all()


def test_attention_takes_shares_of_all_places():
    attention = PAGE.Attention(8)
    inputs = torch.randn(3, 10, 8)
    taken, share = attention(inputs)
    assert taken.shape == (3, 10, 8) and share.shape == (3, 10, 10)
    assert torch.allclose(share.sum(dim=2), torch.ones(3, 10))
    values = attention.value(inputs + attention.places[:10])
    slow = torch.stack([sum(share[0, 4, j] * values[0, j] for j in range(10))])
    assert torch.allclose(taken[0, 4], slow[0], atol=1e-5)


def test_the_first_letter_is_asked_for_at_the_last_place(monkeypatch):
    network = PAGE.FirstLetter(PAGE.Attention(64))
    text = torch.randint(8, (5, 12))
    states, _ = network.layer(network.letters(text))
    assert torch.allclose(network(text), network.scores(states[:, -1]))


def test_a_short_row_is_remembered():
    network, losses, right = PAGE.remember(nn.GRU(64, 64, batch_first=True), 1e-2, 2, steps=60)
    assert right > 0.9 and isinstance(network, PAGE.FirstLetter)
    assert len(losses) == 60 and losses[-1] < 0.5 < losses[0]
