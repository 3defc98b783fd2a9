"""Take the README's pictures out of the executed lessons again: `python -m tools.gallery`.

A picture of the README whose file is `notebooks/pictures/NN.png` is the figure of lesson NN that has the
same alternative text.
"""

import base64
import re
import sys
from pathlib import Path

import nbformat

from tools.execute import find_lessons

from tools import ROOT
PICTURE = re.compile(r"!\[([^]]+)\]\((notebooks/pictures/(\d\d)\.png)\)")


def find_figure(lesson: Path, words: str) -> bytes:
    """Return the PNG file of the lesson's figure with these words as its alternative text.

    Raises ValueError, with a sentence that names the lesson, if it has no such figure.
    """
    for cell in nbformat.read(lesson, as_version=4).cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("image/png", {}).get("alt") == words:
                return base64.b64decode(output.data["image/png"])
    raise ValueError(f"{lesson.name} has no figure that says: {words}")


def main(readme: Path = ROOT / "README.md") -> int:
    """Write each picture of the README; return 0 if all were found, else 1."""
    try:
        for words, name, number in PICTURE.findall(readme.read_text(encoding="utf-8")):
            (ROOT / name).write_bytes(find_figure(find_lessons([number])[0], words))
            print(name)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
