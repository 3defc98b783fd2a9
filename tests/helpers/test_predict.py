"""A guess is kept at once, held beside what was measured, and never waited for."""

import ipywidgets
import lessons
import pytest

from helpers import page, predict, progress
from tools import saving

CHOICES = page.questions()["00.3"]["answers"]


@pytest.fixture
def ask(kept, displayed, monkeypatch):
    """Show a question of the course as its lesson does; returns its widgets."""
    monkeypatch.setattr(predict, "_asked", {})
    monkeypatch.setattr(predict, "_revealed", set())

    def show(number):
        asked = page.questions()[number]
        predict.predict(number, asked["text"], asked["answers"], asked["unit"], asked["pairs"])
        return predict._asked[number]["controls"], displayed[-1]["data"]
    return show


def said(displayed):
    return displayed[-1]["data"]["text/html"]


def test_a_guess_is_kept_at_once_and_said_beside_the_measurement(ask, kept, displayed):
    (slider,), _ = ask("00.1")
    assert isinstance(slider, ipywidgets.IntSlider) and not slider.continuous_update
    slider.value = 75
    assert progress.read()["guesses"]["00.1"]["guess"] == 75 and kept.exists()
    predict.reveal("00.1", 24.1)
    assert "<b>You:</b> 75. <b>Measured:</b> 24.1." in said(displayed)
    assert slider.disabled


def test_who_does_not_guess_reads_the_measurement_alone_and_nothing_is_kept(ask, kept, displayed):
    ask("00.1")
    predict.reveal("00.1", 24.1)
    assert "<b>Measured:</b> 24.1." in said(displayed) and "You" not in said(displayed)
    predict.reveal("00.2", 50)  # its question was never shown
    assert "<b>Measured:</b> 50." in said(displayed) and not kept.exists()


def test_a_choice_is_a_row_of_buttons_and_the_measurement_one_of_them(ask, displayed):
    (buttons,), _ = ask("00.3")
    assert buttons.value is None and list(buttons.options) == CHOICES
    buttons.value = CHOICES[0]
    predict.reveal("00.3", 1, "67%")
    assert f"<b>You:</b> {CHOICES[0]}. <b>Measured:</b> {CHOICES[1]} (67%)." in said(displayed)
    with pytest.raises(ValueError, match="'nonsense' is no answer to question 00.3"):
        predict.reveal("00.3", "nonsense")


def test_no_guess_counts_after_the_measurement(ask, kept):
    predict.reveal("00.1", 24.1)
    (slider,), _ = ask("00.1")
    assert slider.disabled, "in this kernel"
    (slider,), _ = ask("00.4")
    slider.value = 60
    predict.reveal("00.4", 80)
    predict._revealed.clear()
    (slider,), _ = ask("00.4")
    assert slider.disabled and slider.value == 60, "nor on the second day"


def test_a_guess_of_yesterday_stands_there_again(ask):
    (slider,), _ = ask("00.1")
    slider.value = 75
    (again,), _ = ask("00.1")
    assert again.value == 75 and not again.disabled


def test_without_a_kernel_the_page_has_the_question_and_folded_what_was_measured(ask, displayed):
    _, data = ask("00.1")
    assert saving.WIDGET in data and "in how many of 100 cases" in data["text/html"]
    assert "0 to 100" in data["text/html"] and "<details>" not in data["text/html"]
    predict.reveal("00.1", 24.1)
    updated = displayed[-2]
    assert updated["update"]
    assert updated["data"]["text/html"].endswith(
        "<details><summary>What was measured</summary>24.1</details>")
    book = {"metadata": {}, "cells": [{"outputs": [{"data": dict(updated["data"])}]}]}
    saving.settle(book)
    left = book["cells"][0]["outputs"][0]["data"]
    assert set(left) == {"text/html", "text/plain"}


def test_texts_are_escaped(kept, displayed):
    predict.predict("99.1", "Is a < b?", ["<i>yes</i>", "no"])
    page_of = displayed[-1]["data"]["text/html"]
    assert "a &lt; b" in page_of and "&lt;i&gt;yes" in page_of and "<i>yes" not in page_of


def test_a_room_counts_its_hands_before_and_after_talking(ask, kept, displayed, monkeypatch):
    monkeypatch.setenv("COURSE_ROOM", "1")
    (alone, talked), data = ask("00.3")
    assert "talk for two minutes" in data["text/html"]
    for row, counts in ((alone, (12, 5, 3)), (talked, (2, 15, 3))):
        for box, count in zip(row.children[1:], counts, strict=True):
            box.value = count
    predict.reveal("00.3", 1)
    assert f"alone: {CHOICES[0]} 12, {CHOICES[1]} 5" in said(displayed)
    assert f"after talking: {CHOICES[0]} 2, {CHOICES[1]} 15" in said(displayed)
    (line,), _ = ask("00.1")
    line.children[1].value = "75, 20 and 50"
    assert not line.children[1].disabled
    predict.reveal("00.1", 24.1)
    assert "20, 50, 75; in the middle 50." in said(displayed) and not kept.exists()


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_each_predict_has_its_question_and_each_question_is_revealed(lesson):
    cells = lessons.read(lesson).cells
    for cell, following in zip(cells, cells[1:]):
        if "> **Predict" in cell.source:
            assert following.source.startswith("predict(")
    asked = [number for number in page.questions() if number.startswith(f"{lesson}.")]
    code = "\n".join(cell.source for cell in lessons.cells(lesson))
    assert len(asked) == lessons.markdown(lesson).count("> **Predict")
    assert all(code.index(f'predict("{number}"') < code.index(f'reveal("{number}"')
               for number in asked)
    assert sum(page.questions()[number]["pairs"] for number in asked) == 1
    assert f'my_guesses("{lesson}")' in code
