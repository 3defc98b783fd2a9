"""What holds for every live page: typed modules, no other host, words for pictures, a phone."""

import re
import shutil
import subprocess

import browser
import lessons
import live
import pytest
from playwright.sync_api import expect

from tools.website import __main__ as website
from tools.website import export

TSC = lessons.ROOT / "tests" / "node_modules" / ".bin" / "tsc"
STRICT = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--target", "es2023", "--lib",
          "es2023,dom,dom.iterable", "--module", "nodenext", "--skipLibCheck"]
SECRET = """async () => {
    const tries = [fetch("http://127.0.0.1:9/"), new Promise((done, failed) => {
        const tag = document.createElement("script");
        [tag.onload, tag.onerror, tag.src] = [done, failed, "http://127.0.0.1:9/x.js"];
        document.head.append(tag);
    })];
    return (await Promise.allSettled(tries)).map(one => one.status);
}"""


def use(page, name):
    """Let a page load its network and answer."""
    if name == "draw":
        live.draw(page, [("red", "brush", [(100, 100), (200, 200)])])
    if name in ("words", "search"):
        page.get_by_role("button", name=re.compile("Ask|Search")).click()
    if name in ("hole", "colour", "keypoints"):
        page.locator("#ours").select_option("penguin")
    if name == "meadow":
        page.get_by_role("button", name="down").click()
    if name == "collapse":
        page.get_by_role("button", name="Train").click()
        page.get_by_role("button", name="Pause").click()
        return
    live.wait(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", export.PAGES)
def test_nothing_hinders_those_who_cannot_see_well_or_use_no_mouse(name, page, live_site):
    page.goto((live_site / f"{name}.html").as_uri())
    assert not browser.hindrances(page)
    use(page, name)
    assert not browser.hindrances(page)


@pytest.mark.slow
@pytest.mark.parametrize("name", export.PAGES)
def test_a_page_is_small_fits_a_phone_and_loads_its_network_again_when_one_comes_back(
        name, page, address, live_site):
    asked_for = set()
    page.on("request", lambda request: asked_for.add(request.url.rsplit("/")[-1]))

    def loaded():
        return sum((live_site / name).stat().st_size for name in asked_for
                   if (live_site / name).is_file())

    page.set_viewport_size(browser.PHONE)
    page.goto(f"{address}/{name}.html")
    page.wait_for_load_state("networkidle")
    assert 0 < loaded() < 100_000
    assert page.evaluate(browser.TOO_WIDE) <= 0
    use(page, name)
    assert loaded() < 25_000_000
    assert page.evaluate(browser.TOO_WIDE) <= 0
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    use(page, name)
    expect(page.locator("#said")).not_to_contain_text("could not")


@pytest.mark.slow
@pytest.mark.parametrize("name", export.PAGES)
def test_a_page_may_connect_to_nothing(name, page, address):
    page.goto(f"{address}/{name}.html")
    assert page.evaluate(SECRET) == ["rejected", "rejected"]
    assert all("Content Security Policy" in error for error in page.watched.errors)
    page.watched.errors.clear()


def test_modules_are_typed():
    if not TSC.exists():
        pytest.skip("TypeScript is not installed: npm install --prefix tests --no-package-lock")
    command = [TSC, *STRICT, *live.SOURCES.glob("*.js")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.stdout and not done.returncode


def test_without_npm_the_site_says_so_and_has_no_live_pages(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not export.is_ready()
    assert capsys.readouterr().out == (
        "The site has no live pages: they need npm, which comes with Node.js (nodejs.org).\n")
    website.lay_out(tmp_path / "pages", live=False)
    assert not (tmp_path / "pages" / "try.md").exists()
    assert "try.md" not in (tmp_path / "pages" / "index.md").read_text(encoding="utf-8")


def test_where_npm_can_fetch_nothing_the_site_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(export, "RUNTIME", tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: None)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    assert not export.is_ready()
    assert capsys.readouterr().out == (
        "The site has no live pages: npm could not fetch what they need.\n")
