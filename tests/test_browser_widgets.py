"""Each kind of control of the lessons draws another figure when a hand moves it in a browser."""

import browser
import lessons
import pytest
from playwright.sync_api import expect


def slide(box):
    box.get_by_role("slider").last.press("End")


def choose(box):
    box.get_by_role("combobox").last.select_option(index=1)


def write(box):
    box.get_by_role("textbox").fill("a fish that lives in the ___")
    box.get_by_role("textbox").press("Enter")


def bring(box):
    with box.page.expect_file_chooser() as chooser:
        box.get_by_role("button").click()
    chooser.value.set_files(lessons.ROOT / "docs" / "gallery" / "00.png")


def press(box):
    box.get_by_role("button", name="down").click()


@pytest.mark.parametrize("lesson, callback, move", [
    ("00", "show_concept", choose),
    ("01", "show_detections", slide),
    ("02", "show_noise", slide),
    ("03", "show_point", slide),
    ("04", "show_views", slide),
    ("05", "fill", write),
    ("06", "show_upload", bring),
    ("07", "play_yourself", press),
], ids=list(lessons.LESSONS))
def test_a_control_that_is_moved_draws_another_figure(opened, lesson, callback, move):
    notebook = opened(lesson)
    notebook.clear()
    cell = notebook.run(*lessons.needed(lesson, lessons.control(lesson, callback)))
    box = cell.locator(".jupyter-widgets.widget-vbox")
    figures = box.locator("img")
    before = figures.first.get_attribute("src") if figures.count() else ""
    move(box)
    expect(figures).to_have_count(1)
    expect(figures).not_to_have_attribute("src", before)
    expect(figures).not_to_have_js_property("naturalWidth", 0)
    assert not browser.complaints(cell)
