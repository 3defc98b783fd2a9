"""What a lesson says and defines can be had without running the lesson."""

import json

import lessons
import pytest
import torch

from helpers import data, page, training


@pytest.fixture
def notebooks(monkeypatch, tmp_path):
    """A folder with lessons of a heading and one code cell, which the test writes."""
    monkeypatch.setattr(page, "NOTEBOOKS", tmp_path)

    def write(source, name="09_toy", minutes=1):
        cells = [{"cell_type": "markdown", "metadata": {},
                  "source": ["# 09 · A *toy* # 1\n", "GRID = 1"]},
                 {"cell_type": "code", "metadata": {}, "source": source, "outputs": [],
                  "execution_count": None}]
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"cells": cells, "metadata": {"course": {"minutes": minutes}},
                                    "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8")
        return path
    return write


def test_a_lesson_says_its_title_and_its_minutes(notebooks):
    path = notebooks("", minutes=12.5)
    assert (page.title(path), page.minutes(path)) == ("09 · A *toy* # 1", 12.5)


def test_lessons_are_found_by_their_keys_in_order_and_the_primer_after_them(notebooks, tmp_path):
    for name in ("primer/2_more", "10_end", "02_two", "draft", "1_one", "03-three", "primer/1_one",
                 "primer/02_two"):
        notebooks("", name)
    places = {"02": "02_two", "10": "10_end", "P1": "primer/1_one", "P2": "primer/2_more"}
    assert list(page.lessons().items()) == [
        (key, tmp_path / f"{place}.ipynb") for key, place in places.items()]
    assert page.find("2") == page.find("02") == tmp_path / "02_two.ipynb"
    assert page.find("P1") == page.find("p1") == tmp_path / "primer/1_one.ipynb"
    assert {page.key(path): path for path in page.lessons().values()} == page.lessons()
    assert page.lessons(tmp_path / "elsewhere") == {}
    assert page.find("4", lessons.ROOT / "notebooks") == lessons.LESSONS["04"]


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_no_lesson_is_run(lesson, monkeypatch):
    def forbidden(*arguments, **keywords):
        raise AssertionError("a cell was run")

    monkeypatch.setattr(training, "fit", forbidden)
    monkeypatch.setattr(data, "drawings", forbidden)
    before = torch.get_rng_state()
    found = page.definitions(lesson)
    assert torch.equal(torch.get_rng_state(), before)
    assert not hasattr(found, "SEED") and not hasattr(found, "train")


def test_losses_views_classes_and_constants_of_the_lessons():
    second, third = page.definitions("02"), page.definitions("03")
    assert second.SIZES and second.THINGS and issubclass(second.Autoencoder, torch.nn.Module)
    assert third.DEPTHS == [1, 2, 3, 4]
    pair, batch = third.new_pair(), third.circle(16)
    assert third.contrastive(pair, batch) >= third.push_down(pair, batch) >= 0
    pictures, y = torch.rand(6, 3, 32, 32), torch.randint(4, (6,))
    assert torch.equal(third.turn(third.turn(pictures, y), -y % 4), pictures)


def test_what_only_a_run_makes_is_left_out(notebooks):
    notebooks("import math\n"
              "GRID = 32\nPLACES = [1, -2]\nsmall = 3\nFIRST, SECOND = 1, 2\nROOT = math.sqrt(2)\n"
              "print('run');\n"
              "def scaled(x, by=GRID):\n    return by * x + shift\n"
              "def with_data(x, drawings=train):\n    return x\n")
    found = page.definitions("09")
    names = {name for name in vars(found) if not name.startswith("__")}
    assert names == {"math", "GRID", "PLACES", "scaled"}


def test_a_function_finds_what_is_set_on_the_page(notebooks):
    notebooks("def drawn(count):\n    return train[:count]\n")
    found = page.definitions("09")
    with pytest.raises(NameError, match="train"):
        found.drawn(2)
    found.train = [1, 2, 3]
    assert found.drawn(2) == [1, 2]


@pytest.mark.parametrize("lesson", ["14", "99", "", "../03", "P9", "P", "primer"])
def test_a_lesson_that_is_not_there(lesson):
    with pytest.raises(ValueError, match="^There is no lesson .*; the lessons are 00, .*[.]$"):
        page.definitions(lesson)
