"""The live pages as a reader opens them: from a disk, or from a server that does nothing else."""

import contextlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import lessons
import numpy as np
import torch
from playwright.sync_api import expect

SOURCES = lessons.ROOT / "tools" / "website" / "live"
PICTURE = lessons.ROOT / "data" / "pictures" / "photos.png"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The address at which a folder can be read."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def modules(page):
    """The address from which a page may import the modules of the live pages."""
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    with served(SOURCES) as address:
        page.goto(f"{address}/live.css")
        yield address


def pixels(canvas):
    """What a canvas of a page shows: (1, 3, H, W) float in [0, 1]"""
    numbers = canvas.evaluate("""one => [one.height, one.width, ...one.getContext("2d")
        .getImageData(0, 0, one.width, one.height).data]""")
    seen = torch.tensor(np.array(numbers[2:]).reshape(1, numbers[0], numbers[1], 4)).float() / 255
    return seen.permute(0, 3, 1, 2)[:, :3]


def draw(page, strokes):
    """Draw with the mouse: ink, tool, and the points of each line on a paper 320 pixels wide."""
    box = page.locator("#paper").bounding_box()
    scale = box["width"] / 320
    for ink, tool, points in strokes:
        page.get_by_role("radio", name=ink, exact=True).check()
        page.get_by_role("radio", name=tool).check()
        places = [(box["x"] + scale * x, box["y"] + scale * y) for x, y in points]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()


def wait(page):
    """Wait until all that was asked of a page is done."""
    expect(page.locator("body")).to_have_attribute("data-jobs", "0")


def ask(page, sentence):
    """Type a sentence, and wait for the answer."""
    page.locator("#sentence").fill(sentence)
    wait(page)


def bring(page):
    """Bring a file that is no picture, and then one that is."""
    page.locator("#yours").set_input_files(lessons.ROOT / "LICENSE")
    expect(page.locator("#said")).to_contain_text("This file is not a picture")
    page.locator("#yours").set_input_files(PICTURE)
    expect(page.locator("#said")).not_to_contain_text("This file is not a picture")
    wait(page)
