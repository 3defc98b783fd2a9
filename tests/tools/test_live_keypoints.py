"""Find it again: the page's matches are those of lesson 08, from a disk and from a server."""

import re

import live
import pytest
from playwright.sync_api import expect

from helpers import weights
from helpers.page import definitions

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lesson():
    found = definitions("08")
    network = found.Keypoints()
    weights.load("keypoints", network)
    found.find = found.keypoints(network.detector, network.describer, count=200)
    return found


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/keypoints.html")
    live.wait(page)
    return page


def numbers(opened, part):
    return [float(number) for number in re.findall(r"\d+\.?\d*", opened.locator(part).inner_text())]


def expect_the_matches_of_the_lesson(opened, lesson):
    """All matches, the right ones and their mean energies; returns the share that is right"""
    live.wait(opened)
    (here, a), (there, b) = (lesson.find(live.pixels(opened.locator(f"#{name}"))[0])
                             for name in ("first", "second"))
    rows, others = lesson.mutual(a, b)
    count, right = numbers(opened, "#found")
    energy = (a[rows] - b[others]).norm(dim=1).mean().item()
    good, bad = (numbers(opened, "#energy") + [0.0])[:2]
    assert count == len(rows)
    assert (right * good + (count - right) * bad) / count == pytest.approx(energy, abs=1e-3)
    return right / count


def test_a_turned_photograph_has_the_matches_of_the_lesson(opened, lesson):
    opened.locator("#ours").select_option("cat")
    assert expect_the_matches_of_the_lesson(opened, lesson) > 0.7
    opened.locator("#turn").fill("0")
    expect(opened.locator("#angle")).to_have_text("0°")
    assert expect_the_matches_of_the_lesson(opened, lesson) == 1


def test_two_pictures_of_ones_own_are_compared_and_another_file_ends_in_one_sentence(
        opened, lesson):
    live.bring(opened)
    opened.locator("#other").set_input_files(live.PICTURE)
    assert expect_the_matches_of_the_lesson(opened, lesson) == 1
