"""Fill the hole: the page puts there what PyTorch puts there, from a disk and from a server."""

import browser
import live
import pytest
import torch
from playwright.sync_api import expect

from helpers import models, page, weights

pytestmark = pytest.mark.slow


def filled(picture, left, top, size):
    """The picture (1, 3, 32, 32) with its hole filled, and the energy, as PyTorch finds them"""
    lesson, unet = page.definitions("06"), models.UNet(4, 3, width=32)
    weights.load("holes", unet)
    hole = torch.zeros(1, 1, 32, 32, dtype=torch.bool)
    hole[..., top:top + size, left:left + size] = True
    guess = lesson.by_network(unet)(picture, hole)
    return guess, lesson.error_inside(guess, picture, hole)


def expect_what_pytorch_fills(opened, picture, left, top, size):
    live.wait(opened)
    guess, energy = filled(picture, left, top, size)
    shown = live.pixels(opened.locator("#filled"))
    torch.testing.assert_close(shown, guess, atol=0.5 / 255 + 1e-3, rtol=0)
    found = float(opened.locator("#energy").inner_text().removeprefix("E = "))
    assert found == pytest.approx(energy.item(), abs=1e-3)


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/hole.html")
    live.wait(page)
    return page


def test_a_hole_is_filled_as_pytorch_fills_it_where_hands_and_keys_put_it(opened):
    opened.locator("#ours").select_option("penguin")
    live.wait(opened)
    opened.locator("#size").fill("4")
    box = opened.locator("#picture").bounding_box()
    opened.mouse.move(box["x"] + box["width"] * 6 / 32, box["y"] + box["height"] * 6 / 32)
    opened.mouse.down()
    opened.mouse.up()
    live.wait(opened)
    seen = live.pixels(opened.locator("#picture"))
    assert (seen[..., 4:8, 4:8] == 128 / 255).all()
    elsewhere = seen.clone()
    opened.mouse.move(box["x"] + box["width"] * 24 / 32, box["y"] + box["height"] * 24 / 32)
    opened.mouse.down()
    opened.mouse.up()
    live.wait(opened)
    elsewhere[..., 4:8, 4:8] = live.pixels(opened.locator("#picture"))[..., 4:8, 4:8]
    expect_what_pytorch_fills(opened, elsewhere, 22, 22, 4)
    opened.locator("#picture").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        opened.keyboard.press(key)
    expect_what_pytorch_fills(opened, elsewhere, 20, 21, 4)
    opened.locator("#size").fill("12")
    expect(opened.locator("#pixels")).to_have_text("12 × 12 pixels")
    expect_what_pytorch_fills(opened, elsewhere, 16, 17, 12)


def test_a_picture_of_ones_own_gets_a_hole_and_another_file_one_sentence(opened):
    live.bring(opened)
    live.wait(opened)
    expect(opened.locator("#energy")).to_contain_text("E = ")
    assert opened.evaluate(browser.TOO_WIDE) <= 0
