"""Each lesson after 00 opens in a browser, and a control shows something else when it is moved."""

import browser
import lessons
import pytest

# The controls are tried here, not the trainings: nbval runs those, whole.
THREE_STEPS = """

from helpers import training
fit = training.fit
def three(network, batch, loss, *most, **how):
    return fit(network, batch, loss, **how | {"steps": 3})
training.fit = three"""


def slide(box):
    box.get_by_role("slider").last.press("End")


def choose(box):
    box.get_by_role("combobox").last.select_option(index=1)


def press(box):
    box.get_by_role("button", name="down").click()


@pytest.mark.parametrize("lesson, callback, move", [
    ("01", "show_detections", slide),
    ("02", "show_walk", choose),
    ("03", "show_point", slide),
    ("04", "show_views", slide),
    ("05", "show_ratio", slide),
    ("06", "show_patches", slide),
    ("07", "play_yourself", press),
    ("08", "show_warp", slide),
    ("09", "show_naming", choose),
    ("10", "show_momentum", choose),
    ("P1", "show_tint", slide),
    ("P2", "try_rate", slide),
    ("P3", "show_shift", slide),
    ("P4", "show_names", slide),
    ("11", "show_views", choose),
], ids=list(lessons.LESSONS)[1:])
def test_it_opens_whole_and_a_moved_control_shows_something_else(opened, lesson, callback, move):
    notebook = opened(lesson)
    notebook.clear()
    imports, *further = lessons.needed(lesson, lessons.control(lesson, callback))
    notebook.write(imports, lessons.read(lesson).cells[imports].source + THREE_STEPS)
    cell = notebook.run(imports, *further)
    browser.expect_something_else(cell, lambda: move(cell.locator(".widget-vbox")))
