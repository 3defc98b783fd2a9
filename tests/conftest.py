"""What several test files need."""

import shutil
from types import SimpleNamespace

import browser
import IPython
import lessons
import matplotlib.pyplot as plt
import pytest
import torch
from hypothesis import settings
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell

from helpers import data, progress

settings.register_profile("course", max_examples=25, deadline=None)
settings.load_profile("course")


@pytest.fixture(autouse=True)
def same_random_numbers():
    """Let every test draw the same random numbers, whichever ran before."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def same_style():
    """Let no test leave its style of figures behind."""
    with plt.rc_context():
        yield


@pytest.fixture
def displayed(monkeypatch):
    """Stand in for a notebook; returns all that was displayed, as in the outputs of a cell."""
    publisher = CapturingDisplayPublisher()
    shell = SimpleNamespace(display_pub=publisher, display_formatter=DisplayFormatter())
    monkeypatch.setattr(InteractiveShell, "initialized", lambda: True)
    monkeypatch.setattr(InteractiveShell, "instance", lambda: shell)
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)  # matplotlib needs no notebook
    return publisher.outputs


@pytest.fixture
def verdict(displayed):
    """Hand an answer to a checker and return what the student reads."""
    def read(check, *arguments):
        right = check(*arguments)
        text = displayed[-1]["data"]["text/html"]
        assert isinstance(right, bool) and right == ("Right." in text) != ("Not yet." in text)
        return text
    return read


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """Keep progress in a folder of the test; returns its file, which is not there yet."""
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "my"))
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "_waiting", [])
    return tmp_path / "my" / "progress.json"


@pytest.fixture
def mirror(monkeypatch):
    """Let `data.cifar10` read the mirror beside the project; skip where there is none."""
    folder = lessons.ROOT.parent / "shared" / "data"
    if not (folder / "cifar10").is_dir():
        pytest.skip("no mirror of CIFAR-10 stands beside the course")
    monkeypatch.setenv("SSL_COURSE_DATA", str(folder))
    data.cifar10.cache_clear()
    yield
    data.cifar10.cache_clear()


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium, headless; skip where it is not installed."""
    if not browser.PROGRAM:
        pytest.skip("no Chromium is installed here (Debian and Ubuntu: sudo apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=browser.PROGRAM, args=browser.OPTIONS)


@pytest.fixture
def page(chromium):
    """A new page as large as a projector's, which may report no error and ask nobody outside."""
    context = chromium.new_context(viewport=browser.SIZE)
    context.set_default_timeout(browser.PATIENCE)
    page = context.new_page()
    page.watched = browser.Watched(page)
    yield page
    context.close()
    assert not page.watched.errors
    assert not page.watched.outside


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """The folder of a newcomer to JupyterLab, whose copies of the lessons are in `my`."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(chromium, newcomer):
    """The address of JupyterLab, as `course.py lab` starts it."""
    with browser.jupyter(newcomer, "lab") as address:
        yield address


@pytest.fixture
def opened(lab, newcomer, page):
    """Open a lesson in JupyterLab as it comes, whole; its kernel ends with the test."""
    def open_lesson(lesson):
        shutil.copy(lessons.LESSONS[lesson], newcomer / "my" / lessons.PLACES[lesson])
        notebook = browser.Lesson(page, lab, lesson)
        notebook.expect_whole(lesson)
        return notebook

    yield open_lesson
    browser.end_kernels(page, lab)
