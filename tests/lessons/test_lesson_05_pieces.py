"""The pieces of a text and the blank in a sentence, as lesson 05 reads them."""

import hashlib

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers import data
from helpers.page import definitions

PAGE = definitions("05")
PAD, MASK, LENGTH, SIZE = PAGE.PAD, PAGE.MASK, PAGE.LENGTH, PAGE.SIZE


@pytest.fixture(scope="module")
def definitions_of_500():
    return data.load("glosses", "test")["text"][:500]


@pytest.fixture(scope="module", autouse=True)
def tokenizer(definitions_of_500):
    PAGE.tokenizer = PAGE.learn_pieces(definitions_of_500)
    return PAGE.tokenizer


def test_pieces_are_the_special_ones_and_then_in_alphabetical_order(tokenizer):
    vocabulary = tokenizer.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.get)
    assert pieces[:5] == PAGE.SPECIAL and pieces[5:] == sorted(pieces[5:])
    assert sorted(vocabulary.values()) == list(range(len(pieces))) and len(pieces) <= SIZE


@pytest.mark.slow
def test_the_pieces_are_those_that_the_stored_network_was_trained_with():
    """On the whole text only: of few texts, ties let each run choose other pieces."""
    vocabulary = PAGE.learn_pieces(data.load("glosses", "train")["text"][:]).get_vocab()
    pieces = "\n".join(sorted(vocabulary, key=vocabulary.get))
    assert hashlib.sha256(pieces.encode()).hexdigest()[:16] == "7966effe3a684a55"
    assert len(vocabulary) == PAGE.SIZE


def test_an_encoded_text_stands_between_cls_and_sep(definitions_of_500):
    numbers = PAGE.encode(definitions_of_500)
    assert numbers.shape == (500, LENGTH) and numbers.dtype == torch.int64
    for line in numbers:
        end = int((line != PAD).sum())
        assert line[0] == 2 and line[end - 1] == 3 and (line[end:] == PAD).all()
        assert (line[1:end - 1] > MASK).all(), "all letters of its own texts are known"


def test_a_long_text_is_cut_off_and_keeps_its_end_mark():
    line, = PAGE.encode(["sea " * 100])
    assert line[0] == 2 and line[-1] == 3 and len(line) == LENGTH


def test_pieces_spell_their_text(tokenizer, definitions_of_500):
    for text, line in zip(definitions_of_500, PAGE.encode(definitions_of_500)):
        if line[-1] == PAD:
            spelled = "".join(piece.removeprefix("##") for piece in PAGE.pieces_of(line))
            plain = tokenizer.normalizer.normalize_str(text)
            assert spelled == "".join(plain.split())


def test_marked_tells_what_happened_to_each_piece(tokenizer):
    before = torch.tensor([2, 10, 11, 12, 13, 3, 0])
    after = torch.tensor([2, 10, 4, 12, 99, 3, 0])
    chosen = torch.tensor([False, False, True, True, True, False, False])
    names = [tokenizer.id_to_token(number) for number in (10, 4, 12, 99)]
    colours = ["related", "SSL", "related", "unrelated"]
    assert PAGE.marked(before, after, chosen) == list(zip(names, colours, [0.0, 1.0, 1.0, 1.0]))


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


def test_as_many_pieces_as_the_network_reads_are_not_too_long():
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
def test_a_strange_sentence_is_answered_with_one_of_ours(sentence):
    with pytest.raises(ValueError) as error:
        PAGE.with_blank(sentence)
    assert STRANGE[sentence] in str(error.value) and len(str(error.value)) < 120


@given(st.text(st.characters(), max_size=300))
def test_any_characters_are_read_or_answered_with_one_of_ours(sentence):
    for text in (sentence, f"{sentence} ___", f"a ___ {sentence}", "a \ud83d ___"):
        try:
            numbers = PAGE.with_blank(text)
        except ValueError as error:
            assert any(words in str(error) for words in STRANGE.values() if "“" not in words) or (
                "never met “" in str(error))
        else:
            assert (numbers == MASK).sum() == 1 and len(numbers) > 3
