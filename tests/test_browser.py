"""A newcomer meets the course in a real browser, and a click does what it promises."""

import browser
import pytest


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with browser.jupyter(tmp_path_factory.mktemp("lab"), "lab") as address:
        yield address


def test_no_dialog_greets_the_newcomer_and_lesson_00_is_open(lab, page):
    page.goto(lab)
    page.wait_for_selector(f"{browser.SHOWN} .jp-Cell h1")
    page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached")
    assert "00_start_here" in page.url
    assert not page.locator(".jp-Dialog").count()
    assert not page.watched.outside
