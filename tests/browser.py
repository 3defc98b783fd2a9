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
import pytest

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZE = {"width": 1280, "height": 720}  # pixels, as of a projector
PATIENCE = 120_000  # milliseconds, for a machine that does other things as well
SHOWN = "#main .jp-NotebookPanel:not(.lm-mod-hidden)"
START = """
import sys
from pathlib import Path
import course
folder, command, *arguments = sys.argv[1:]
course.ROOT = Path(folder)
sys.exit(getattr(course, command)(Path(sys.executable), *arguments))
"""


@contextlib.contextmanager
def jupyter(folder, command, *arguments):
    """Start `course.py lab` or `present NN` on a copy of the lessons in `folder`, for a newcomer.

    Yields the server's address. The newcomer's home is `folder/home`, and is empty.
    """
    for name in ("notebooks", "docs", "slides"):
        shutil.copytree(lessons.ROOT / name, folder / name)
    (folder / "home").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if "JUPYTER" not in name}
    server = subprocess.Popen(
        [sys.executable, "-c", START, folder, command, *arguments, "--no-browser",
         f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="],
        env={**variables, "HOME": str(folder / "home")}, cwd=lessons.ROOT,
        stdout=subprocess.DEVNULL, stderr=(folder / "server.log").open("w"),
        start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status", server, folder / "server.log")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=60)


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
        page.on("console", lambda line: line.type == "error" and self.errors.append(line.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self.note)

    def note(self, request):
        local = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:")
        if not request.url.startswith(local):
            self.outside.append(request.url)
