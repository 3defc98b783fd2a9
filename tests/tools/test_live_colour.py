"""Colour it: the page paints what the lesson paints, from a disk and from a server."""

import live
import pytest
import torch
from playwright.sync_api import expect

from helpers import models, page, weights

pytestmark = pytest.mark.slow


@torch.inference_mode()
def painted(picture, temperature):
    """The picture (1, 3, 288, 288) in the colours that lesson 06 gives it"""
    lesson = page.definitions("06")
    lesson.photo_painter = lesson.Painter(models.UNet(1, 32, width=32), torch.zeros(126, 2),
                                          torch.zeros(126))
    weights.load("photo_colours", lesson.photo_painter)
    return lesson.colour_in(picture, temperature)


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/colour.html")
    live.wait(page)
    return page


def expect_what_the_lesson_paints(opened, temperature):
    live.wait(opened)
    shown = live.pixels(opened.locator("#painted"))
    expected = painted(live.pixels(opened.locator("#grey")), temperature)
    torch.testing.assert_close(shown, expected, atol=0.5 / 255 + 1e-3, rtol=0)


def test_a_photograph_is_painted_as_the_lesson_paints_it_at_each_temperature(opened):
    opened.locator("#ours").select_option("cat")
    expect_what_the_lesson_paints(opened, 0.38)
    opened.locator("#temperature").fill("1")
    expect(opened.locator("#shown")).to_have_text("T = 1.00")
    expect_what_the_lesson_paints(opened, 1.0)


def test_its_own_colours_are_shown_when_they_are_asked_for(opened):
    grey = opened.locator("#grey")
    expect(grey).to_have_css("filter", "grayscale(1)")
    opened.get_by_role("button", name="Its own colours").click()
    expect(grey).to_have_css("filter", "none")


def test_a_picture_of_ones_own_is_painted_and_another_file_ends_in_one_sentence(opened):
    live.bring(opened)
    expect_what_the_lesson_paints(opened, 0.38)
