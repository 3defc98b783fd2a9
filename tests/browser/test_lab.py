"""A newcomer meets the course in a real browser, and a click does what it promises."""

import re

import browser
import lessons
import pytest
from playwright.sync_api import expect

from tools import saving

SHOWN = """from helpers import plots, training, widgets
[*training.Progress(range(3), "trying")]
plots.loss_curve([2, 1], "Loss", "It falls.")
widgets.explore(lambda x: print(x), "Which?", x=widgets.slider("x", 0, 3, 1));"""
SQUARED = "def my_energy(guess, colour):\n    return (guess - colour).pow(2).sum(1).mean((1, 2))"


def test_no_dialog_greets_the_newcomer_and_lesson_00_is_open(lab, page):
    page.goto(lab)
    page.wait_for_selector(f"{browser.SHOWN} .jp-Cell h1")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached")
    assert "00_start_here" in page.url
    assert not page.locator(".jp-Dialog").count()


@pytest.mark.parametrize("lesson, exercise, wrong, hint", [
    ("00", 0, SQUARED, "This is the squared distance."),
    ("01", 2, lessons.solutions("01")[2].replace("detection", "regression"),
     "the answer is a list of places"),
], ids=["00", "01"])
def test_an_answer_gets_a_hint_where_it_is_wrong_and_praise_where_it_is_right(
        opened, lesson, exercise, wrong, hint):
    notebook = opened(lesson)
    notebook.clear()
    answer, check = (lessons.numbers(lesson, tag)[exercise] for tag in ("exercise", "check"))
    verdict = notebook.run(*lessons.needed(lesson, check))
    expect(verdict).to_contain_text("Not yet. Not started yet")
    for code, words in ((wrong, f"Not yet. .*{hint}"),
                        (lessons.solutions(lesson)[exercise], "Right. ")):
        notebook.write(answer, code)
        verdict = notebook.run(answer, check)
        expect(verdict).to_contain_text(re.compile(words))


def test_an_interrupted_training_leaves_a_network_that_the_next_cells_use(opened, page):
    notebook = opened("00")
    notebook.clear()
    *before, training, after, function, control = lessons.needed(
        "00", lessons.control("00", "show_concept"))
    notebook.run(*before)
    cell = notebook.start(training)
    expect(cell).to_contain_text(re.compile(r"[1-9]\d*/1300"), timeout=browser.COMPUTING)
    page.click(f"{browser.SHOWN} [data-command='notebook:interrupt-kernel']")
    notebook.finish(cell)
    expect(cell).to_contain_text(re.compile(r"Stopped after \d+ of 1300 steps"))
    cell = notebook.run(after, function, control)
    browser.expect_something_else(
        cell, lambda: cell.get_by_role("combobox").select_option(index=1))


def test_a_quiz_answers_and_on_the_second_day_its_verdict_and_a_figure_need_no_kernel(
        opened, lab, page):
    notebook = opened("00")
    notebook.clear()
    quiz = next(number for number, cell in enumerate(lessons.read("00").cells)
                if cell.source.startswith("widgets.quiz"))
    cell = notebook.run(*lessons.needed("00", quiz))
    for answer, words in (("the network", "Not yet. Its guess"), ("the drawings", "Right. A part")):
        cell.get_by_role("button", name=answer).click()
        expect(cell).to_contain_text(words)
    exercise = lessons.numbers("00", "exercise")[0]
    notebook.write(exercise, SHOWN)
    shown = notebook.run(exercise)
    expect(shown.get_by_role("img", name="It falls.")).to_have_count(1)
    notebook.save()
    browser.end_kernels(page, lab)
    again = page.context.new_page()
    again.watched = browser.Watched(again)
    reopened = browser.Lesson(again, lab, "00")
    expect(reopened.cells.nth(quiz)).to_contain_text("Right. A part")
    for words in ("trying: 3 steps, 0 s", saving.CONTROL):
        expect(reopened.cells.nth(exercise)).to_contain_text(words)
    expect(reopened.cells.nth(exercise).get_by_role("img", name="It falls.")).to_have_count(1)
    assert not again.get_by_text("model not found").count() and not again.watched.errors
    browser.end_kernels(again, lab)
