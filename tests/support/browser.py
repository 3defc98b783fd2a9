"""What the tests in a real browser share: JupyterLab as course.py starts it, and a page in it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import lessons
import psutil
import pytest
from playwright.sync_api import expect

PROGRAM = next(filter(None, map(shutil.which, ["chromium", "google-chrome"])), None)
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage"]  # as a container's root needs them
SIZE = {"width": 1280, "height": 720}  # pixels, as of a projector
PATIENCE = 120_000  # milliseconds, for a machine that does other things as well
COMPUTING = 300_000  # milliseconds that a cell may take
SHOWN = "#main .jp-NotebookPanel:not(.lm-mod-hidden)"
START = """
import sys
from pathlib import Path
from launcher import commands
sys.exit(commands.main(lambda torch_index: Path(sys.executable), sys.argv[1:]))
"""
AXE = lessons.ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
FINDINGS = """async () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    const found = await axe.run(document, {preload: false, resultTypes: ["violations"]});
    return found.violations.filter(one => ["serious", "critical"].includes(one.impact))
        .map(one => `${one.help}: ${one.nodes[0].html}`);
}"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWN = ".widget-vbox .jp-OutputArea-output :is(img, table)"
MARKUP = "shown => shown.outerHTML"
OTHER = """([box, before]) => {
    const shown = box.querySelector(".jp-OutputArea-output :is(img, table)");
    return shown && shown.naturalWidth !== 0 && shown.outerHTML !== before;
}"""
expect.set_options(timeout=PATIENCE)


@contextlib.contextmanager
def jupyter(folder, command, *arguments):
    """Start `course.py lab` or `present NN` for a newcomer, whose copies are in `folder/my`.

    Yields the server's address. The newcomer's home is `folder/home`, and is empty.
    """
    (folder / "home").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if "JUPYTER" not in name}
    server = subprocess.Popen(
        [sys.executable, "-c", START, command, *arguments, "--no-browser",
         f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="],
        env={**variables, "HOME": str(folder / "home"), "COURSE_WORK": str(folder / "my"),
             "COURSE_PROGRESS": "on"},
        cwd=lessons.ROOT,
        stdout=subprocess.DEVNULL, stderr=(folder / "server.log").open("w"),
        start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status", server, folder / "server.log")
        yield address
    finally:
        end(server)


def end(server):
    """End a server, and wait for all that it started: each kernel runs in a session of its own."""
    if server.poll() is not None:
        return
    started = psutil.Process(server.pid).children(recursive=True)
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(timeout=60)
    _, left = psutil.wait_procs(started, timeout=60)
    for process in left:
        process.kill()
    assert not left, f"the server left behind {left}"


def wait_for(address, server, log):
    """Wait until an address answers; fail with the server's own words where it ends instead."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address)
            return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Watched:
    """What a page reported: errors in its console, and addresses outside this machine."""

    def __init__(self, page):
        self.errors, self.outside = [], []
        page.on("console", lambda line: line.type == "error" and self.errors.append(
            f"{line.text} {line.location['url']}"))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.note)

    def note(self, request):
        local = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:")
        if not request.url.startswith(local):
            self.outside.append(request.url)


class Lesson:
    """A lesson in JupyterLab, used as a person uses it: with the mouse and the keyboard."""

    def __init__(self, page, lab, lesson):
        self.page, self.ran = page, 0
        self.cells = page.locator(f"{SHOWN} .jp-WindowedPanel-viewport > .jp-Cell")
        page.goto(f"{lab}/lab/tree/{lessons.PLACES[lesson]}?reset")
        page.wait_for_selector(f"{SHOWN} .jp-Cell h1")
        page.wait_for_selector("text=Python 3 (ipykernel) | Idle", state="attached")
        expect(self.cells).to_have_count(len(lessons.read(lesson).cells))

    def expect_whole(self, lesson):
        """Expect the heading and each picture with its words, and no dialog in the way."""
        heading = lessons.markdown(lesson).splitlines()[0].removeprefix("# ")
        expect(self.page.locator(f"{SHOWN} h1")).to_contain_text(heading)
        pictures = self.page.locator(f"{SHOWN} img")
        expect(pictures).to_have_count(lessons.pictures(lesson))
        words = pictures.evaluate_all("shown => shown.map(picture => picture.alt)")
        assert all(words) and set(lessons.words(lesson)) <= set(words)
        for picture in pictures.all():
            expect(picture).not_to_have_js_property("naturalWidth", 0)
        assert not self.page.locator(".jp-Dialog").count()

    def clear(self):
        """Clear all outputs, so that each number beside a cell is of this kernel."""
        self.page.click("#jp-MainMenu >> text=Edit")
        self.page.click("text=Clear Outputs of All Cells")

    def start(self, number):
        """Select a cell with the mouse and start it with Shift+Enter; returns the cell."""
        cell = self.cells.nth(number)
        cell.locator(".jp-InputPrompt").click()
        self.page.keyboard.press("Shift+Enter")
        self.ran += 1
        return cell

    def finish(self, cell):
        """Wait for the end of the cell that was started last; it may show no error."""
        expect(cell.locator(".jp-InputPrompt")).to_have_text(f"[{self.ran}]:", timeout=COMPUTING)
        assert not (said := complaints(cell)), said

    def run(self, *numbers):
        """Run some cells one after another; returns the last."""
        for number in numbers:
            cell = self.start(number)
            self.finish(cell)
        return cell

    def save(self):
        """Save with the keyboard, and wait for the server: who reads meanwhile disturbs it."""
        with self.page.expect_response(lambda answer: answer.request.method == "PUT"
                                       and "/api/contents/" in answer.url):
            self.page.keyboard.press("Control+S")

    def write(self, number, code):
        """Put other code in a cell's place."""
        editor = self.cells.nth(number).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        expect(editor).to_have_text(code, use_inner_text=True)


def hindrances(page):
    """What seriously hinders those who cannot see well or use no mouse, as axe-core finds it.

    It looks at the page in light and in dark colours.
    """
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm install --prefix tests --no-package-lock")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(FINDINGS)
    return found


def complaints(cell):
    """The errors and warnings that stand below a cell."""
    return cell.locator("[data-mime-type$=error], [data-mime-type$=stderr]").all_inner_texts()


def expect_something_else(cell, move):
    """Move a cell's control, and wait until another figure or table than before stands below it."""
    shown = cell.locator(DRAWN)
    before = shown.first.evaluate(MARKUP) if shown.count() else ""
    move()
    box = cell.locator(".jupyter-widgets.widget-vbox").element_handle()
    cell.page.wait_for_function(OTHER, arg=[box, before])
    assert not complaints(cell)


def end_kernels(page, lab):
    """Leave a page and end all kernels of its server: each takes up to 2.5 GB of memory."""
    page.close()
    (token,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "_xsrf"]
    for kernel in page.request.get(f"{lab}/api/kernels").json():
        address = f"{lab}/api/kernels/{kernel['id']}"
        assert page.request.delete(address, headers={"X-XSRFToken": token}).ok
