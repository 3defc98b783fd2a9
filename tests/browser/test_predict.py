"""A student guesses with the keyboard, reads both after the run, and on the second day again."""

import json

import browser
import lessons
import pytest
from playwright.sync_api import expect

from helpers import page as pages


def place(name):
    """The number of the cell of lesson 00 with this id."""
    return [cell.id for cell in lessons.read("00").cells].index(name)


def guess_at_pixels(notebook):
    """Run what measures, guess before it is said, and let it be said."""
    *before, reveal = lessons.needed("00", place("reveal-00-1"))
    asked = notebook.run(*before, place("guess-00-1"))
    expect(asked).to_contain_text("No guess yet.")
    asked.get_by_role("slider").press("End")
    expect(asked).to_contain_text("Kept: 100. You may change it until the run.")
    return asked, notebook.run(reveal)


@pytest.fixture
def notebook(opened):
    notebook = opened("00")
    notebook.clear()
    return notebook


def test_a_guess_is_held_beside_what_was_measured_and_is_there_on_the_second_day(
        notebook, lab, newcomer, page):
    asked, measured = guess_at_pixels(notebook)
    expect(measured).to_contain_text("You: 100. Measured: ")
    expect(asked).to_contain_text("Kept: 100. It was made before the run, and stays.")
    expect(asked.locator(".noUi-target")).to_have_attribute("disabled", "true")
    file = newcomer / "my" / "progress.json"
    entry = json.loads(file.read_text(encoding="utf-8"))["guesses"]["00.1"]
    assert entry["guess"] == 100 and 15 < entry["measured"] < 28
    notebook.save()
    browser.end_kernels(page, lab)
    again = page.context.new_page()
    again.watched = browser.Watched(again)
    reopened = browser.Lesson(again, lab, "00")
    folded = reopened.cells.nth(place("guess-00-1"))
    expect(folded.locator("summary")).to_have_text("What was measured")
    expect(folded).to_contain_text(pages.questions()["00.1"]["text"])
    expect(reopened.cells.nth(place("reveal-00-1"))).to_contain_text("You: 100.")
    assert not again.get_by_text("model not found").count() and not again.watched.errors
    table = reopened.run(*lessons.needed("00", place("guess-00-1"))[:1], place("so-far-table"))
    expect(table).to_contain_text("Measured guesses in the course so far: 1.")
    expect(table.get_by_role("img")).to_have_count(1)
    browser.end_kernels(again, lab)


def test_a_choice_is_made_with_the_keyboard(notebook, page):
    asked = notebook.run(*lessons.needed("00", place("guess-00-3")))
    _, choice, _ = pages.questions()["00.3"]["answers"]
    asked.get_by_role("button", name=choice).focus()
    page.keyboard.press("Space")
    expect(asked).to_contain_text(f"Kept: {choice}.")
