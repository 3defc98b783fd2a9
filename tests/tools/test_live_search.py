"""Find it by words: the page finds what PyTorch finds, from a disk and from a server."""

from functools import cache

import live
import pytest
import torch
from playwright.sync_api import expect
from torch.nn import functional as F

from helpers import data, models, views, weights
from helpers.page import definitions

pytestmark = pytest.mark.slow


@cache
def lesson():
    """Lesson 09 with its long-trained towers, and the directions of the unseen concepts."""
    found, unseen = definitions("09"), data.drawings("test")
    found.page04 = definitions("04")
    found.vocabulary = found.learn_words(data.drawings("train").concepts)
    found.towers = found.live_towers(width=48)
    weights.load("names", found.towers)
    paper = views.on_paper(unseen.images)
    each = F.normalize(models.apply(found.towers.eval().eye, paper))
    mean = torch.stack([each[unseen.concept == i].mean(dim=0) for i in range(len(unseen.concepts))])
    found.concepts, found.names = F.normalize(mean), unseen.concepts
    return found


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/search.html")
    return page


@torch.inference_mode()
@pytest.mark.parametrize("sentence", ["a hot drink", "A Red, RED vehicle!", "cow with a sad face"])
def test_six_things_and_their_energies_are_those_of_pytorch(sentence, opened):
    live.ask(opened, sentence)
    met = " ".join(word for word in lesson().words_of(sentence) if word in lesson().vocabulary)
    text = lesson().towers.reader(lesson().numbers_of([met], lesson().vocabulary))
    far = (F.normalize(text) - lesson().concepts).norm(dim=1)
    values, best = far.topk(6, largest=False)
    rows = [row.split("\n") for row in opened.locator("#answers li").all_inner_texts()]
    assert [row[0] for row in rows] == [lesson().names[i].replace("-", " ") for i in best]
    found = torch.tensor([float(row[1]) for row in rows])
    torch.testing.assert_close(found, values, atol=1e-3, rtol=0)
    assert opened.locator("#read b").all_inner_texts() == met.split()


@pytest.mark.parametrize("sentence, expected", [
    ("", "Type a few English words"), ("日本 ?!", "Type a few English words"),
    ("red " * 41, "These are 41 words"), ("constructor", "“constructor”: there is nothing"),
    ("zyx " + "q" * 50, "“zyx” or the others: there is nothing")])
def test_what_cannot_be_looked_for_ends_in_one_sentence(sentence, expected, opened):
    live.ask(opened, "a hot drink")
    live.ask(opened, sentence)
    expect(opened.locator("#said")).to_contain_text(expected)
    expect(opened.locator("#answers li")).to_have_count(0)


def test_what_is_typed_is_shown_as_text(opened):
    live.ask(opened, "<b>red</b>")
    assert opened.locator("#read").inner_text().split() == ["b", "red", "b"]
