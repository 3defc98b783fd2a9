"""A reader may type anything for a blank, and text is shown as it is, never run."""

import pytest

from helpers import data, writing
from helpers.page import definitions

CAPTION = "What one <reads>."


@pytest.fixture(scope="module")
def tokenizer():
    """Pieces of a few hundred definitions."""
    return definitions("05").learn_pieces(data.load("glosses", "test")["text"][:500])


def pieces(sentence, tokenizer):
    numbers = writing.with_blank(sentence, tokenizer)
    assert numbers.ndim == 1 and not numbers.is_floating_point()
    return " ".join(tokenizer.id_to_token(number) for number in numbers.tolist())


# What a reader types


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
    assert pieces(sentence, tokenizer) == f"[CLS] {read} [SEP]"


def test_as_many_pieces_as_the_network_reads_are_not_too_long(tokenizer):
    assert len(writing.with_blank("___" + 61 * " a", tokenizer)) == 64
    with pytest.raises(ValueError, match="at most 62 pieces"):
        writing.with_blank("___" + 62 * " a", tokenizer)


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
        writing.with_blank(sentence, tokenizer)
    assert STRANGE[sentence] in str(error.value) and len(str(error.value)) < 120


# What a page shows


def shown(displayed):
    """The one output, without its caption, which is always escaped."""
    output, = displayed
    html, caption = output["data"]["text/html"].split("<p>")
    assert caption == "<em>What one &lt;reads&gt;.</em></p>"
    return html


def test_a_table_shows_text_as_it_is_and_numbers_short(displayed):
    writing.table(["<b>", "n"], [["<script>", 0.126], ["a & b", None], [3, 1.0]], CAPTION)
    html = shown(displayed)
    for text in ("&lt;b&gt;", "&lt;script&gt;", ">0.13<", "a &amp; b", "></td>", ">3<", ">1.00<"):
        assert text in html
    assert "<script>" not in html and html.count("<tr>") == 4 and html.count("<td") == 6


def test_coloured_pieces_are_shown_as_they_are(displayed):
    writing.coloured({"<i>": [("<script>", "SSL", 0.0), ("##<br>", "SSL", 1.0)]}, CAPTION)
    html = shown(displayed)
    assert "&lt;i&gt;" in html and "&lt;script&gt;" in html and "&lt;br&gt;" in html
    assert not any(tag in html for tag in ("<i>", "<script>", "<br>"))


def test_pieces_of_a_word_join(displayed):
    writing.coloured({"": [("photo", "ink", 0), ("##syn", "ink", 0), ("of", "ink", 0)]}, CAPTION)
    assert "> photosyn of<" in shown(displayed)


@pytest.mark.parametrize(
    ("strength", "marked", "bold"),
    [(-1.0, False, False), (0.0, False, False), (0.1, True, False), (0.49, True, False),
     (0.5, True, True), (1.0, True, True), (7.0, True, True)],
)
def test_the_stronger_the_more_a_piece_stands_out(strength, marked, bold, displayed):
    writing.coloured({"row": [("sea", "unrelated", strength)]}, CAPTION)
    html = shown(displayed)
    assert ("background-color: rgba(213, 94, 0, " in html) == marked
    assert ("<b><u>sea</u></b>" in html) == bold
    if marked:
        assert f"{0.55 * min(strength, 1):.2f})" in html
