"""The web site is whole without a network, on a phone, and for those who hear or tab through it."""

import json
import re
import shutil
from functools import cache
from urllib.parse import unquote, urlsplit

import browser
import lessons
import pytest
from bs4 import BeautifulSoup

from helpers.claims import written
from tools.saving import CONTROL
from tools.website import __main__ as website
from tools.website import export

CLAIMS = lessons.ROOT / "notebooks" / "claims.json"
LESSONS = {lesson: f"notebooks/{place[:-6]}.html" for lesson, place in lessons.PLACES.items()}
PAGES = ["index.html", "search.html", "BENCH.html", "INSTRUCTORS.html", "HUB.html", "SECURITY.html",
         "data/README.html",
         *LESSONS.values(),
         *["notebooks/claims.html"] * CLAIMS.exists(),
         *["try.html"] * bool(export.version())]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory, request):
    """The site, built without a warning; its live pages are those that other tests use."""
    build = tmp_path_factory.mktemp("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "is_ready", lambda: bool(export.version()))
        if export.version():
            live = request.getfixturevalue("live_site")
            patch.setattr(export, "build", lambda folder: shutil.copytree(live, folder))
        assert website.main(["--fail-on-warning"], build) == 0
    return build / "site"


@cache
def read(site, name):
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


@cache
def places(site, name):
    return {tag["id"] for tag in read(site, name).find_all(id=True)}


def test_there_is_a_page_of_each_lesson(site):
    assert all((site / name).exists() for name in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_each_link_leads_to_a_place_of_the_site(name, site):
    dead = []
    for tag in read(site, name).find_all(["a", "img", "script", "link"]):
        address = urlsplit(tag.get("href") or tag.get("src") or "")
        if address.scheme:
            assert tag.name == "a" or address.scheme == "data", "it would come from elsewhere"
            continue
        target = (site / name).parent / unquote(address.path) if address.path else site / name
        target = target.resolve()
        found = target.is_file()
        if found and target.suffix == ".html" and address.fragment:
            found = unquote(address.fragment) in places(site, str(target.relative_to(site)))
        if not found:
            dead.append(str(tag)[:200])
    assert not dead


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_page_shows_its_lesson_whole_but_the_notes(lesson, site):
    page = read(site, LESSONS[lesson]).article
    shown = lessons.words(lesson)
    words = [picture["alt"] for picture in page.find_all("img")]
    assert not [word for word in words if not word.strip()]
    assert [word for word in words if word in shown] == shown
    folded = page.find_all("details")
    guesses = len(lessons.cells(lesson, tag="guess"))  # below each, folded, what was measured
    assert len(folded) == lessons.markdown(lesson).count("<details>") + guesses
    assert not [part for part in folded if part.has_attr("open")]
    assert page.find("td", string=re.compile("^above |^below ")), "the claims are no table"
    notes = [cell.source for cell in lessons.read(lesson).cells
             if cell.metadata.slideshow.slide_type == "notes"]
    assert notes and not [words for note in notes for words in re.findall(r"[\w ,]{40,}", note)
                          if words in page.text]


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_notebook_can_be_downloaded_as_it_is(lesson, site):
    link = read(site, LESSONS[lesson]).find("a", download=True)["href"]
    file = (site / LESSONS[lesson]).parent / link
    assert file.read_bytes() == lessons.LESSONS[lesson].read_bytes()


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_control_is_a_live_page_or_says_where_it_works(lesson, site):
    page = read(site, LESSONS[lesson]).article
    controls = sum(output.get("data", {}).get("text/plain") == CONTROL
                   for cell in lessons.read(lesson).cells for output in cell.get("outputs", []))
    twins = [live for live in page.find_all("iframe")
             if (site / LESSONS[lesson]).parent.joinpath(live["src"]).is_file()]
    words = page.find_all("em", string="A control, which works in the course:")
    assert controls == len(twins) + len(words) and CONTROL not in page.text
    expected = [live.control for live in export.PAGES.values() if live.lesson == lesson]
    assert len(twins) == (len(list(filter(None, expected))) if export.version() else 0)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "search.html"])
def test_headings_are_in_order(name, site):
    headings = read(site, name).article.find_all(re.compile("h[1-6]"))
    levels = [int(heading.name[1]) for heading in headings]
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in zip(levels, levels[1:]))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_loads_nothing_from_elsewhere(name, site, page):
    page.set_viewport_size(browser.PHONE)
    page.goto((site / name).as_uri())
    page.wait_for_load_state("networkidle")
    assert page.evaluate(browser.TOO_WIDE) <= 0
    formulas = page.locator("article .math")
    assert page.locator("article .math mjx-container").count() == formulas.count()
    assert not page.watched.errors and not page.watched.outside


@pytest.mark.skipif(not CLAIMS.exists(), reason="notebooks/claims.json is not there")
def test_a_page_that_the_first_one_links_has_a_table_of_the_claims_of_each_lesson(site):
    assert read(site, "index.html").find("a", string="What the course claims")
    page = read(site, "notebooks/claims.html").article
    claimed = json.loads(CLAIMS.read_text(encoding="utf-8")).values()
    rows = [[[cell.text for cell in row.find_all("td")] for row in table.tbody.find_all("tr")]
            for table in page.find_all("table")]
    assert [len(one) for one in rows] == [len(lesson["claims"]) for lesson in claimed]
    for row, found in zip(sum(rows, []), [figures for lesson in claimed
                                         for figures in lesson["claims"].values()]):
        assert row[2:] == [written(found[name]) for name in ("min", "mean", "max")]
        assert re.match("(above|below) ", row[1])


def test_a_word_is_found_and_leads_to_its_lesson(site, page):
    page.goto((site / "index.html").as_uri())
    page.get_by_placeholder("Search").fill("biharmonic")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.click()
    assert "06_colorization_and_inpainting.html" in page.url
    assert not page.watched.errors and not page.watched.outside


@pytest.mark.parametrize("name", PAGES)
def test_nothing_hinders_those_who_cannot_see_well_or_use_no_mouse(name, site, page):
    page.goto((site / name).as_uri())
    page.wait_for_load_state("networkidle")
    assert not browser.hindrances(page)


def test_a_disk_that_takes_nothing_ends_in_one_sentence(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)
    assert website.main([], tmp_path / "build") == 1
    assert capsys.readouterr().err == (
        "build/ can't hold the site (No space left on device): free some of the disk.\n")
