"""Draw a thing: the page names what PyTorch names, from a disk and from a server."""

import contextlib
import math
import os
import shutil
from functools import cache

import browser
import live
import pytest
import torch
from playwright.sync_api import expect
from torch.nn import functional as F

from helpers import data, views, weights
from helpers.page import definitions

pytestmark = pytest.mark.slow


def ring(x, y, width, height, count=40):
    """The points of an ellipse."""
    turns = [2 * math.pi * i / count for i in range(count + 1)]
    return [(x + width * math.sin(turn), y - height * math.cos(turn)) for turn in turns]


COW = [
    ("orange", "brush", [(72, 60), (52, 22)]),
    ("orange", "brush", [(248, 60), (268, 22)]),
    ("grey", "brush", [(75, 95), (40, 120)]),
    ("grey", "brush", [(245, 95), (280, 120)]),
    ("grey", "pen", ring(160, 125, 92, 95)),
    ("grey", "fill", [(160, 60)]),
    ("pink", "pen", ring(160, 218, 112, 70)),
    ("pink", "fill", [(160, 260)]),
    ("pink", "fill", [(160, 190)]),
    ("black", "brush", [(122, 100), (122, 112)]),
    ("black", "brush", [(198, 100), (198, 112)]),
    ("red", "brush", [(112, 215), (112, 222)]),
    ("red", "brush", [(208, 215), (208, 222)]),
]


@cache
def shown():
    """The names of the unseen concepts, the twins' features, and those of a drawing of each."""
    unseen = data.drawings("test")
    lesson = definitions("04")
    twins = lesson.Twins(width=48, dim=128)
    weights.load("drawings", twins)
    paper = views.on_paper(unseen.images[[unseen.find(name)[0] for name in unseen.concepts]])
    features = lesson.features(twins)
    return unseen.concepts, features, features((255 * paper).round() / 255)


def nearest(picture):
    """The five things that are most alike, with their energies, as PyTorch finds them"""
    names, features, gallery = shown()
    mean = gallery.mean(dim=0)
    far = (F.normalize(features(picture) - mean) - F.normalize(gallery - mean)).norm(dim=1)
    best = far.topk(5, largest=False)
    return [names[i].replace("-", " ") for i in best.indices], best.values


def answers(opened):
    rows = opened.locator("#answers li").all_inner_texts()
    return [row.split("\n")[0] for row in rows], [float(row.split("\n")[1]) for row in rows]


def expect_what_pytorch_finds(opened):
    names, energies = answers(opened)
    expected = nearest(live.pixels(opened.locator("#seen")))
    assert names == expected[0]
    torch.testing.assert_close(torch.tensor(energies), expected[1], atol=1e-3, rtol=0)


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/draw.html")
    return page


def test_a_drawing_by_another_artist_is_named_as_pytorch_names_it(opened):
    opened.locator("#ours").focus()
    opened.locator("#ours option", has_text="penguin").wait_for(state="attached")
    for name in ("cow", "penguin", "violin"):
        opened.locator("#ours").select_option(name)
        live.wait(opened)
        expect_what_pytorch_finds(opened)


def test_a_drawn_cow_is_named_as_pytorch_names_it_and_a_cow_is_among_the_five(opened):
    live.draw(opened, COW)
    live.wait(opened)
    expect_what_pytorch_finds(opened)
    assert any("cow" in name for name in answers(opened)[0])


HOUSE = [("red", "pen", [(90, 280), (90, 140), (160, 60), (230, 140), (230, 280), (90, 280)]),
         ("red", "fill", [(160, 200)])]
SUN = [("yellow", "pen", ring(160, 160, 70, 70)), ("yellow", "fill", [(160, 160)])]


def teach(opened, name, strokes):
    live.draw(opened, strokes)
    live.wait(opened)
    opened.get_by_label("Its name").fill(name)
    opened.get_by_role("button", name="Show it once").click()
    live.wait(opened)


def test_two_things_that_are_shown_once_are_told_apart(opened):
    teach(opened, "house", HOUSE)
    expect(opened.get_by_label("what you taught")).to_be_disabled()
    teach(opened, "sun", SUN)
    expect(opened.get_by_label("what you taught")).to_be_checked()
    for name, strokes in (("house", HOUSE), ("sun", SUN)):
        live.draw(opened, [(ink, tool, [(0.8 * x + 10, 0.7 * y + 20) for x, y in points])
                           for ink, tool, points in strokes])
        live.wait(opened)
        names, energies = answers(opened)
        assert names[0] == name and len(names) == 2 and energies[0] < energies[1] - 0.2
        opened.get_by_role("button", name="Empty paper").click()


def test_keys_draw_undo_and_teach(opened):
    opened.locator("#paper").focus()
    for key in ["Space", *["ArrowDown"] * 9, *["ArrowRight"] * 5, "Shift+ArrowUp", "Space"]:
        opened.keyboard.press(key)
    live.wait(opened)
    expect_what_pytorch_finds(opened)
    opened.get_by_role("button", name="Undo").press("Enter")
    expect(opened.locator("#answers li")).to_have_count(0)
    opened.get_by_label("Its name").fill("nothing")
    opened.keyboard.press("Enter")
    expect(opened.locator("#said")).to_have_text("Draw it first.")


def test_a_finger_draws(chromium, address):
    context = chromium.new_context(viewport=browser.PHONE, has_touch=True, is_mobile=True)
    with contextlib.closing(context):
        opened = context.new_page()
        opened.goto(f"{address}/draw.html")
        opened.get_by_role("radio", name="brush").tap()
        opened.locator("#paper").tap(position={"x": 100, "y": 100})
        expect(opened.locator("#answers li")).to_have_count(5)
        assert opened.evaluate(browser.TOO_WIDE) <= 0


def test_a_picture_of_ones_own_is_answered_and_another_file_ends_in_one_sentence(opened):
    live.bring(opened)
    expect_what_pytorch_finds(opened)


def test_a_network_that_cannot_be_read_ends_in_one_sentence(page, live_site, tmp_path):
    shutil.copytree(live_site, tmp_path / "live", copy_function=os.symlink,
                    ignore=shutil.ignore_patterns("twins.js"))
    page.goto((tmp_path / "live" / "draw.html").as_uri())
    live.draw(page, SUN)
    expect(page.locator("#said")).to_have_text(
        "This page could not do its work (twins.js can't be read): reload it, or try a newer "
        "browser.")
    assert all("twins.js" in error for error in page.watched.errors)
    page.watched.errors.clear()
