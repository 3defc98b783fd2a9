"""What is told, typed and confused, and the curves from zero on, on the page of lesson 09."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from pictures import some_drawings
from strategies import SEEDS
from torch.nn import functional as F

from helpers import data, probes
from helpers.page import definitions

PAGE = definitions("09")
KNOWN = PAGE.learn_words(["woman-cook", "cook", "blue-heart"])


# Definitions

MEANINGS = {"cook": ["one who cooks"], "cow": ["a mature female", "an unpleasant woman"]}


def test_of_a_name_its_longest_end_is_looked_up(put):
    put(meanings=MEANINGS | {"woman cook": ["a woman who cooks"]})
    assert PAGE.sentences_of("two-cows", "both") == [f"two cows: {line}"
                                                     for line in MEANINGS["cow"]]
    assert PAGE.sentences_of("cow", "definition") == MEANINGS["cow"]
    assert PAGE.sentences_of("woman-cook", "definition") == ["a woman who cooks"]
    assert PAGE.sentences_of("man-cook", "both") == ["man cook: one who cooks"]
    assert PAGE.sentences_of("man-cook", "name") == ["man cook"]
    for form in ("name", "definition", "both"):
        assert PAGE.sentences_of("keycap-zz", form) == ["keycap zz"]


@pytest.mark.parametrize("name", ["cow", "man-cook", "keycap-zz"])
def test_the_three_forms_are_told_equally_often(name, put):
    put(meanings=MEANINGS)
    told = PAGE.all_told(name)
    both = PAGE.sentences_of(name, "both")
    assert len(told) == 3 * len(both) and told[-len(both):] == both
    assert told[:len(both)] == [name.replace("-", " ")] * len(both)


@pytest.mark.slow
def test_the_dictionary_has_nouns_only_and_the_cow():
    meanings = PAGE.dictionary()
    assert any(line.startswith("female of domestic cattle") for line in meanings["cow"])
    assert "t shirt" in meanings and "quickly" not in meanings


def test_a_group_of_texts_becomes_the_mean_of_its_directions(put):
    vectors = {"a": [1.0, 0], "b": [0.0, 1], "c": [-1.0, 0]}
    put(heard=lambda texts: torch.tensor([vectors[text] for text in texts]))
    found = PAGE.mean_of([["a"], ["a", "b"], ["c", "b", "b"]])
    expected = F.normalize(torch.tensor([[1.0, 0], [1, 1], [-1, 2]]))
    assert torch.allclose(found, expected)


# Search


@pytest.fixture
def spelling(put):
    put(long_vocabulary=KNOWN,
        pieces_of=lambda word: [word] if word == "axe" else [*word])


@pytest.mark.parametrize(("sentence", "answer"), [
    ("", "Type a few English words"), ("?!", "Type a few English words"),
    ("\U0001f42e", "Type a few English words"), ("корова", "Type a few English words"),
    ("cook " * 41, "These are 41 words"), ("qwrt", "the word “qwrt”:"),
    ("qwrt zzz", "“qwrt” or the others"), ("q" * 500, "the word “qqqqqqqqqqqqqqqqqqqq”")])
def test_a_strange_sentence_has_a_clear_answer(sentence, answer, spelling):
    with pytest.raises(ValueError, match=answer.replace("?", r"\?")):
        PAGE.understood(sentence)


@pytest.mark.parametrize(("sentence", "words"), [
    ("A Cook!", ["a", "cook"]), ("axe", ["axe"]), ("qwrt cook", ["qwrt", "cook"]),
    ("cook " * 40, ["cook"] * 40), ("<b>heart</b>", ["b", "heart", "b"])])
def test_a_sentence_with_a_word_that_is_known_is_read(sentence, words, spelling):
    assert PAGE.understood(sentence) == words


# Two texts


def test_one_of_two_words_is_exchanged(put):
    put(unseen=replace(data.drawings("test"), concepts=["man-cook", "woman-cook", "cow",
                                                        "man-with-woman"]))
    assert PAGE.exchanged("man", "woman") == [
        ("man-cook", "woman cook"), ("woman-cook", "man cook"),
        ("man-with-woman", "woman with woman"), ("man-with-woman", "man with man")]


def test_each_is_paired_with_each_other():
    assert sorted(PAGE.pairs_of(["a", "b", "c"])) == [
        ("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")]


def test_the_better_text_wins_and_a_tie_loses(put):
    put(unseen=replace(some_drawings(torch.tensor([0, 0, 1, 1])), concepts=["left", "right"]))
    put(asked=torch.tensor([[1.0, 0], [1, 0], [1, 0], [0, 1]]))
    place = {"left": [1.0, 0], "right": [0.0, 1], "same": [2.0, 0]}

    def as_places(texts):
        return torch.tensor([place[text] for text in texts])

    assert PAGE.fits_better([("left", "right"), ("right", "left")], as_places) == 0.75
    assert PAGE.fits_better([("left", "same")], as_places) == 0


# A little of both


@given(SEEDS)
def test_none_of_the_shown_is_by_the_maker_of_the_question(seed):
    torch.manual_seed(seed)
    unseen = data.drawings("test")
    enough = (unseen.concept.bincount() > 7).nonzero()[:, 0]
    concept = enough[torch.randint(len(enough), ())]
    maker = unseen.maker[unseen.artist]
    rows = probes.question_and_shown(maker, unseen.concept == concept)
    maker = maker[rows]
    assert len(rows.unique()) == 8 and (unseen.concept[rows] == concept).all()
    assert not (maker[1:] == maker[0]).any()


@pytest.fixture
def three_concepts(put):
    """Three concepts of eight drawings each; the second drawing of each is a stranger's."""
    rows = torch.arange(24).view(3, 8)
    clean = torch.eye(3).repeat_interleave(8, dim=0)
    clean[rows[:, 1]] = torch.eye(3).roll(1, 0)
    put(asked=clean, concepts=torch.tensor([0, 2, 3]), draws=[rows, rows])
    return rows, clean


def test_who_is_told_and_shown_nothing_names_nothing(three_concepts):
    rows, clean = three_concepts
    words = torch.rand(24, 5)
    assert not PAGE.answered(rows, 0, 0, words).any()


def test_drawings_and_words_add_up(three_concepts):
    rows, clean = three_concepts
    words = torch.zeros(24, 5)
    words[:, [0, 2, 3]] = torch.eye(3).repeat_interleave(8, dim=0)
    words[:, 1] = 9  # a name that is not among the choices
    assert PAGE.answered(rows, 1.0, 0, words).all(), "words alone"
    assert not PAGE.answered(rows, 0, 1, words).any(), "one drawing, which misleads"
    assert PAGE.answered(rows, 0, 4, words).all(), "four drawings, of which three are right"
    assert PAGE.answered(rows, 2.0, 1, words).all(), "words outweigh the drawing"
    without, together = PAGE.both_curves(words, 2.0)
    assert without.shape == together.shape == (2, 5, 3)
    assert without.mean(dim=(0, 2)).tolist() == [0, 0, 0, 1, 1] and together.all()
