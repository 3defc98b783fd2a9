"""Fill the blank: pieces, probabilities and surprises are PyTorch's, from a disk and a server."""

import re
from functools import cache

import live
import pytest
import torch
from playwright.sync_api import expect

from helpers import data, page, weights

pytestmark = pytest.mark.slow
ODD = ["", " ", "a", "[MASK]", "a[MASK]b", "[mask] [CLS]", "Café ÉCOLE naïve", "ΣΊΣΥΦΟΣ ß İstanbul",
       "日本語 and 漢字", "a\u200bb a\u00adb a\ufeffb", "tab\tnew\nline\u00a0space\u3000wide",
       "3.14 + x^2 = `y` | $5 <b> ~ ©™ €", "don't; (well-known) “quotes” … – —", "\x00\x07 \ufffd",
       "\U0001f42e\U0001f3fd \U0001f469\u200d\U0001f692", "unforgettable Qwertyuiop", "x" * 101,
       "a" * 100, "e\u0301a\u0300", "ﬁne ①②", "हिन्दी ภาษา عربي", "\u2028sep\u2029", "_under_ ___",
       "\U0001d518\U0001d52b \U0001d7cf"]
SENTENCES = ["a large ___ that lives in the sea", "the capital and largest city of ___",
             "a tree with ___ leaves"]


@cache
def lesson():
    """Lesson 05, with its pieces and its long-trained network."""
    found = page.definitions("05")
    found.tokenizer = found.learn_pieces(data.load("glosses", "train")["text"][:])
    found.bert = found.MiniBert(width=192, layers=4)
    weights.load("words", found.bert)
    return found


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/words.html")
    return page


def test_a_thousand_sentences_have_the_same_pieces_as_in_python(page):
    unseen = data.load("glosses", "test")["text"]
    texts = ODD + unseen[::len(unseen) // 1000]
    tokenizer = lesson().tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    expected = [one.ids for one in tokenizer.encode_batch(texts, add_special_tokens=False)]
    tokenizer.enable_truncation(lesson().LENGTH)
    tokenizer.enable_padding(length=lesson().LENGTH)
    pieces = [tokenizer.id_to_token(number) for number in range(lesson().SIZE)]
    with live.modules(page) as address:
        found = page.evaluate("""async ([address, pieces, texts]) => {
            const {Tokenizer} = await import(`${address}/tokenizer.js`);
            const tokenizer = new Tokenizer(pieces);
            return texts.map(text => tokenizer.encode(text));
        }""", [address, pieces, texts])
    assert len(texts) > 1000
    assert {text: numbers for text, numbers in zip(texts, found)} == dict(zip(texts, expected))


@torch.inference_mode()
def test_the_eight_words_and_the_surprises_are_those_of_pytorch(opened):
    for sentence in SENTENCES:
        live.ask(opened, sentence)
        numbers = lesson().with_blank(sentence)
        where = numbers == lesson().MASK
        p, best = lesson().bert(numbers[None], where[None])[0].softmax(dim=0).topk(8)
        rows = opened.locator("#words li").all_inner_texts()
        assert [row.split("\n")[0] for row in rows] == [
            lesson().tokenizer.id_to_token(piece).replace("##", "+") for piece in best.tolist()]
        found = torch.tensor([float(row.split("\n")[1]) for row in rows])
        torch.testing.assert_close(found, p, atol=1e-3, rtol=0)
        expect_surprises(opened, surprises(numbers)[~where[1:-1]])
        opened.locator("#words button").first.click()
        live.wait(opened)
        expect_surprises(opened, lesson().surprise(torch.where(where, best[0], numbers)))


def surprises(numbers):
    """The surprise at each piece, hidden alone, beside a blank that stays hidden"""
    places = torch.arange(1, len(numbers) - 1)
    rows = numbers.repeat(len(places), 1)
    rows[places - 1, places] = lesson().MASK
    asked = torch.nn.functional.one_hot(places, len(numbers)).bool()
    scores = lesson().bert(rows, asked)
    return torch.nn.functional.cross_entropy(scores, numbers[places], reduction="none")


def expect_surprises(opened, expected):
    titles = opened.locator("#pieces li[title]").evaluate_all("all => all.map(one => one.title)")
    found = torch.tensor([float(title.removeprefix("surprise ")) for title in titles])
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=0)
    energy = float(opened.locator("#energy b").inner_text())
    assert energy == pytest.approx(float(expected.mean()), abs=1e-3)


@pytest.mark.parametrize("sentence", [
    "", "no blank", "two ___ in ___", "a ___ 日", "___", "word " * 63 + "___"])
def test_what_cannot_be_asked_ends_in_the_sentence_of_the_lesson(sentence, opened):
    live.ask(opened, sentence)
    with pytest.raises(ValueError) as refused:
        lesson().with_blank(sentence)
    expect(opened.locator("#said")).to_have_text(str(refused.value))


def test_what_is_typed_is_shown_as_text(opened):
    live.ask(opened, "a ___ is <b>bold</b>")
    shown = opened.locator("#pieces").inner_text()
    assert re.sub(r"\s|[\d.+]", "", shown) == "a___is<b>bold</b>" and not opened.locator(
        "#pieces b").count()
