"""Each part of each control shows something else when a hand moves it in a browser."""

from functools import partial

import browser
import lessons
import pytest
from playwright.sync_api import expect

# The controls are tried here, not the trainings and their claims: nbval runs those, whole.
THREE_STEPS = """

from helpers import claims, training
fit = training.fit
training.fit = lambda network, batch, loss, steps, *how, **more: (
    fit(network, batch, loss, 3, *how, **more))
claims.check = lambda *claim, **bounds: None"""
PICTURE = lessons.ROOT / "notebooks" / "pictures" / "00.png"
SENTENCE = "a large ___ that lives in the sea"


def slide(slider):
    at_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    slider.press("Home" if at_end else "End")


def choose(choice):
    choice.select_option(index=1)


def finish(sentence):
    sentence.fill(SENTENCE)
    sentence.press("Enter")


def upload(button):
    with button.page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(PICTURE)


MOVES = {"[role=slider]": slide, "select": choose, "input[type=text]": finish,
         "button.widget-upload": upload}


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_each_part_of_each_control_shows_something_else_when_it_is_moved(opened, lesson):
    notebook = opened(lesson)
    notebook.clear()
    controls = [lessons.control(lesson, callback) for callback in lessons.callbacks(lesson)]
    imports, *further = sorted({number for control in controls
                                for number in lessons.needed(lesson, control)})
    notebook.write(imports, lessons.read(lesson).cells[imports].source + THREE_STEPS)
    notebook.run(imports, *further)
    for number in controls:
        cell = notebook.cells.nth(number)
        row = cell.locator(".widget-box .widget-box").first
        if row.get_by_role("button", name="down").count():
            browser.expect_something_else(cell, row.get_by_role("button").first.click)
            continue
        expect(cell.locator(browser.DRAWN).first).to_be_attached()
        for kind, move in MOVES.items():
            for part in row.locator(kind).all():
                browser.expect_something_else(cell, partial(move, part))
