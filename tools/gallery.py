"""Take the README's pictures out of the executed lessons again: `python -m tools.gallery`.

A picture of the README whose file is `notebooks/pictures/NN.png` is the figure of lesson NN that
has the same alternative text.
"""

import base64
import re
import sys

import nbformat

from helpers import page
from tools import ROOT

PICTURE = re.compile(r"!\[([^]]+)\]\((notebooks/pictures/(\d\d)\.png)\)")


def find_figure(number: str, words: str) -> bytes:
    """Return the PNG file of a lesson's figure with these words as its alternative text.

    Ends the program, with a sentence that names the lesson, if it has no such figure.
    """
    lesson = page.find(number)
    for cell in nbformat.read(lesson, as_version=4).cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("image/png", {}).get("alt") == words:
                return base64.b64decode(output.data["image/png"])
    sys.exit(f"{lesson.name} has no figure that says: {words}")


if __name__ == "__main__":
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for words, name, number in PICTURE.findall(readme):
        (ROOT / name).write_bytes(find_figure(number, words))
        print(name)
