"""The pieces, the hiding and the guessers on the page of lesson 05 keep their properties."""

import hashlib
from collections import Counter

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers import data
from helpers.page import definitions

PAGE = definitions("05")
PAD, MASK, LENGTH, SIZE = PAGE.PAD, PAGE.MASK, PAGE.LENGTH, PAGE.SIZE


def texts(count=20, longest=20, length=LENGTH, pieces=SIZE):
    """Numbers (N, length): [CLS], one to `longest` pieces, [SEP], padding"""
    size = torch.randint(1, longest + 1, (count, 1))
    place = torch.arange(length)
    numbers = torch.randint(MASK + 1, pieces, (count, length))
    numbers = torch.where(place > size, torch.where(place == size + 1, 3, PAD), numbers)
    return numbers.index_fill(1, torch.tensor([0]), 2)


# From text to pieces


@pytest.fixture(scope="module")
def definitions_of_500():
    return data.load("glosses", "test")["text"][:500]


@pytest.fixture
def tokenizer(definitions_of_500, monkeypatch):
    tokenizer = PAGE.learn_pieces(definitions_of_500)
    monkeypatch.setattr(PAGE, "tokenizer", tokenizer, raising=False)
    return tokenizer


def test_pieces_are_the_special_ones_and_then_in_alphabetical_order(tokenizer):
    vocabulary = tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.get)
    assert pieces[:5] == PAGE.SPECIAL and pieces[5:] == sorted(pieces[5:])
    assert sorted(vocabulary.values()) == list(range(len(pieces))) and len(pieces) <= SIZE


@pytest.fixture(scope="module")
def real_tokenizer():
    return PAGE.learn_pieces(data.load("glosses", "train")["text"][:])


def test_the_pieces_are_those_that_the_stored_network_was_trained_with(real_tokenizer):
    """On the whole text only: of few texts, ties let each run choose other pieces."""
    vocabulary = real_tokenizer.get_vocab()
    pieces = "\n".join(sorted(vocabulary, key=vocabulary.get))
    assert hashlib.sha256(pieces.encode()).hexdigest()[:16] == "7966effe3a684a55"
    assert len(vocabulary) == SIZE


def test_an_encoded_text_stands_between_cls_and_sep(tokenizer, definitions_of_500):
    numbers = PAGE.encode(definitions_of_500)
    assert numbers.shape == (500, LENGTH) and numbers.dtype == torch.int64
    for line in numbers:
        end = int((line != PAD).sum())
        assert line[0] == 2 and line[end - 1] == 3 and (line[end:] == PAD).all()
        assert (line[1:end - 1] > MASK).all(), "all letters of its own texts are known"


def test_a_long_text_is_cut_off_and_keeps_its_end_mark(tokenizer):
    line, = PAGE.encode(["sea " * 100])
    assert line[0] == 2 and line[-1] == 3 and len(line) == LENGTH


def test_pieces_spell_their_text(tokenizer, definitions_of_500):
    for text, line in zip(definitions_of_500, PAGE.encode(definitions_of_500)):
        if line[-1] == PAD:
            spelled = "".join(piece.removeprefix("##") for piece in PAGE.pieces_of(line))
            plain = tokenizer.normalizer.normalize_str(text)
            assert spelled == "".join(plain.split())


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


def test_marked_tells_what_happened_to_each_piece(tokenizer):
    before = torch.tensor([2, 10, 11, 12, 13, 3, 0])
    after = torch.tensor([2, 10, 4, 12, 99, 3, 0])
    chosen = torch.tensor([False, False, True, True, True, False, False])
    names = [tokenizer.id_to_token(number) for number in (10, 4, 12, 99)]
    colours = ["related", "SSL", "related", "unrelated"]
    assert PAGE.marked(before, after, chosen) == list(zip(names, colours, [0.0, 1.0, 1.0, 1.0]))


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


# What a reader types for a blank


def pieces_read(sentence, tokenizer):
    numbers = PAGE.with_blank(sentence)
    assert numbers.ndim == 1 and not numbers.is_floating_point()
    return " ".join(tokenizer.id_to_token(number) for number in numbers.tolist())


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("a ___ that is", "a [MASK] that is"),
        ("a _ that is", "a [MASK] that is"),
        ("a [MASK] that is", "a [MASK] that is"),
        ("___ of", "[MASK] of"),
        ("the______", "the [MASK]"),
        ("  Of\tTHÉ\n ___ ", "of the [MASK]"),
        ("the ___, (of)", "the [MASK] , ( of )"),
        ("the\x00 ___", "the [MASK]"),
        ("the \u200b___", "the [MASK]"),
    ],
)
def test_a_sentence_with_a_blank_is_read(sentence, read, tokenizer):
    assert pieces_read(sentence, tokenizer) == f"[CLS] {read} [SEP]"


def test_as_many_pieces_as_the_network_reads_are_not_too_long(tokenizer):
    assert len(PAGE.with_blank("___" + 61 * " a")) == 64
    with pytest.raises(ValueError, match="at most 62 pieces"):
        PAGE.with_blank("___" + 62 * " a")


STRANGE = {
    "": "Type a sentence",
    " \t\n ": "Type a sentence",
    "a dog that barks": "no blank",
    "a [mask] that barks": "no blank",
    "a ___ that ___": "2 blanks",
    "a [MASK] that _": "2 blanks",
    "___": "nothing around",
    3 * "____": "nothing around",
    "  ___\n": "nothing around",
    "\u200b ___ \u0301": "nothing around",
    "___" + 70 * " sea": "too long",
    "___" + 10**6 * "a": "too long",
    "___" + 10**6 * " ": "too long",
    10**6 * "_": "too long",
    10**6 * "_ ": "1000000 blanks",
    10**6 * "\U0001f42c": "no blank",
    "他 ___ 日": "never met “他”",
    "большой ___": "never met “большой”",
    "a \U0001f42c ___": "never met “\U0001f42c”",
    "<b>___</b>": "never met “<”",
    "<script>alert(1)</script> ___": "never met “<”",
    "$\\frac ___": "never met “$”",
    "[CLS] ___ [SEP]": "never met “[”",
    "a ___ " + 200 * "b": "never met “" + 20 * "b" + "”",
}


@pytest.mark.parametrize("sentence", STRANGE, ids=lambda sentence: ascii(sentence[:20]))
def test_a_strange_sentence_is_answered_with_one_of_ours(sentence, tokenizer):
    with pytest.raises(ValueError) as error:
        PAGE.with_blank(sentence)
    assert STRANGE[sentence] in str(error.value) and len(str(error.value)) < 120


@given(st.text(st.characters(), max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_characters_are_read_or_answered_with_one_of_ours(real_tokenizer, monkeypatch,
                                                              sentence):
    monkeypatch.setattr(PAGE, "tokenizer", real_tokenizer, raising=False)
    for text in (sentence, f"{sentence} ___", f"a ___ {sentence}", "a \ud83d ___"):
        try:
            numbers = PAGE.with_blank(text)
        except ValueError as error:
            assert any(words in str(error) for words in STRANGE.values() if "“" not in words) or (
                "never met “" in str(error))
        else:
            assert (numbers == MASK).sum() == 1 and len(numbers) > 3
