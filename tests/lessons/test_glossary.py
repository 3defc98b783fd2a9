"""The glossary of lesson 00: each word has its lesson, and lesson 01 takes none for granted."""

import re

import lessons
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tools.website import conf

# What lesson 01 uses without a word of explanation, and how it says it there.
TAKEN_FOR_GRANTED = {
    "loss": "loss", "step": "steps", "learning rate": "learning_rate=", "batch": "batch",
    "probability": "a probability", "score": "score", "sigmoid": "sigmoid", "softmax": "softmax",
    "layer": "last layer", "ReLU": "nn.ReLU", "dropout": "nn.Dropout", "accuracy": "accuracy",
    "encoder": "encoder", "flattened": "flatten", "pooling": "AdaptiveAvgPool2d",
    "stride": "stride=2", "padding": "padding=2", "features": "features",
    "standardising": "StandardScaler", "random network": "random network",
    "raw pixels": "raw pixels", "standard deviation": "spread", "seed": "SEED",
    "shape": "(N, 3, 32, 32)", "type": "uint8", "dimension": "dim=", "index": "[..., :2]",
    "comprehension": "for g in range(8)]", "dictionary": "{name: ", "function": "def ",
    "concept": "concepts", "unseen": "unseen", "cow curve": "cow curve", "share": "share",
}

OF_EVERY_DAY = {"code", "negative", "return"}  # lesson 01 means nothing special by them


def met():
    """The lesson of each word, without the s of a plural."""
    return {word.removesuffix("s"): lesson for lesson, words in conf.glossary().items()
            for word in words}


def text(lesson):
    return lessons.markdown(lesson) + "\n".join(cell.source for cell in lessons.cells(lesson))


def test_each_lesson_has_words():
    assert conf.glossary().keys() == lessons.LESSONS.keys()


@pytest.mark.parametrize("lesson", [lesson for lesson in lessons.LESSONS if lesson[0] == "P"])
def test_the_primer_sets_its_words_in_bold(lesson):
    written = re.sub(r"`[^`\n]*`", "", lessons.markdown(lesson))
    bold = " ".join(re.findall(r"\*\*([^*]+)\*\*", written)).lower()
    page = text(lesson).lower()
    rows = re.findall(rf"^\| ([^|]+) \| {lesson} \|", lessons.markdown("00"), re.MULTILINE)
    groups = [re.sub(r", \$.*", "", row).lower().split(", ") for row in rows]
    assert not [words for words in groups if not any(word in bold for word in words)]
    assert not [words for words in groups if not any(word in page for word in words)]


@pytest.mark.parametrize(("word", "said"), TAKEN_FOR_GRANTED.items())
def test_the_primer_says_what_lesson_01_takes_for_granted(word, said):
    assert said in text("01")
    assert met()[word.removesuffix("s")][0] == "P"


def test_lesson_01_uses_no_word_of_a_later_lesson():
    page = lessons.markdown("01").lower()
    later = {word.lower() for lesson, words in conf.glossary().items() if "01" < lesson < "P"
             for word in words} - OF_EVERY_DAY
    assert not [word for word in later if re.search(rf"\b{re.escape(word)}s?\b", page)]


def test_what_lesson_01_calls_of_pytorch_was_met_in_the_primer():
    known = set(re.findall(r"\w+", " ".join(map(text, ("P1", "P2", "P3", "P4")))))
    called = set(re.findall(r"[.](\w+)", " ".join(cell.source for cell in lessons.cells("01"))))
    theirs = {name for name in called
              if any(hasattr(place, name) for place in (torch, torch.Tensor, nn, F))}
    assert theirs - known == set()
