"""Take the README's pictures out of the executed lessons again: `python -m tools.gallery`.

A picture of the README whose file is `notebooks/pictures/NN.png` is the figure of lesson NN that
has the same alternative text.
"""

import base64
import html
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from helpers import page
from tools import ROOT
from tools.storage import write

FIGURE = re.compile(r'<img alt="([^"]*)" src="data:image/(\w+);base64,([^"]*)">')
PICTURE = re.compile(r"!\[([^]]+)\]\((notebooks/pictures/(\d\d|P\d)\.png)\)")


def figures(outputs: list[dict]) -> Iterator[tuple[str, str, bytes]]:
    """Yield alternative text, "png" or "jpeg", and content of each figure in a cell's outputs."""
    for output in outputs:
        for words, kind, content in FIGURE.findall(output.get("data", {}).get("text/html", "")):
            yield html.unescape(words), kind, base64.b64decode(content)


def find_figure(number: str, words: str) -> bytes:
    """Return the file of a lesson's figure with these words as its alternative text.

    Raises ValueError, with a sentence, if there is no such lesson or figure.
    """
    lesson = page.find(number)
    for cell in nbformat.read(lesson, as_version=4).cells:
        for alternative, _, content in figures(cell.get("outputs", [])):
            if alternative == words:
                return content
    raise ValueError(f"{lesson.name} has no figure that says: {words}")


def main(readme: Path = ROOT / "README.md") -> None:
    """Write each picture of the README; end with a sentence if one can't be made."""
    try:
        for words, name, number in PICTURE.findall(readme.read_text(encoding="utf-8")):
            write({ROOT / name: find_figure(number, words)})
            print(name)
    except (ValueError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
