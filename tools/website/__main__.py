"""Build the course's web site from its executed lessons: `python -m tools.website`.

The pages go to `build/site` and need no network. Sphinx does the work, as `site/conf.py` says; this
module lays out what it reads in `build/pages`.
"""

import shutil
import sys
from pathlib import Path

import nbformat
from sphinx.cmd.build import main as sphinx

from tools import ROOT
from tools.execute import find_lessons, write

AS_THEY_ARE = ["INSTRUCTORS.md", "HUB.md", "LICENSE", "notebooks/pictures/*", "data/*.md",
               "data/pictures/*", "data/*/LICENSE*"]
CONTENTS = """

```{toctree}
:hidden:
:glob:

notebooks/*
INSTRUCTORS
HUB
data/README
data/drawings/LICENSES
```
"""


def for_readers(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Leave out the speaker's notes, and offer the notebook `name` below its title."""
    notebook.cells = [cell for cell in notebook.cells
                      if cell.metadata.slideshow.slide_type != "notes"]
    title, _, rest = notebook.cells[0].source.partition("\n")
    link = f"{{download}}`Download this notebook <../originals/{name}>`, to run it in the course."
    notebook.cells[0].source = f"{title}\n\n{link}\n{rest}"
    return notebook


def lay_out(pages: Path) -> None:
    """Write to the folder `pages` what Sphinx reads: the README first, lessons, cards of data."""
    shutil.rmtree(pages, ignore_errors=True)
    for pattern in AS_THEY_ARE:
        for path in ROOT.glob(pattern):
            copy = pages / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    write(pages / "index.md", (ROOT / "README.md").read_text(encoding="utf-8") + CONTENTS)
    for folder in ("notebooks", "originals"):
        (pages / folder).mkdir()
    for path in find_lessons([]):
        shutil.copy2(path, pages / "originals")
        notebook = for_readers(nbformat.read(path, as_version=4), path.name)
        write(pages / "notebooks" / path.name, nbformat.writes(notebook))


def main(arguments: list[str], build: Path = ROOT / "build") -> int:
    """Build the site in `build/site`; further arguments go to Sphinx. Returns its exit code."""
    lay_out(build / "pages")
    places = {"--conf-dir": ROOT / "site", "--doctree-dir": build / "doctrees"}
    options = ["--quiet", *(str(part) for place in places.items() for part in place)]
    code = sphinx([*options, *arguments, str(build / "pages"), str(build / "site")])
    if not code:
        print("The site is in build/site: open its index.html, or copy all of it to a web server.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
