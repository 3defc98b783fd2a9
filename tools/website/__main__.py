"""Build the course's web site from its executed lessons: `python -m tools.website`.

The pages go to `build/site` and need no network. Sphinx does the work, as `conf.py` says; this
module lays out what it reads in `build/pages`.
"""

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from helpers import page
from tools import ROOT
from tools.storage import must_hold_files
from tools.website import export

AS_THEY_ARE = ["BENCH.md", "tools/bench/bench.png", "INSTRUCTORS.md", "HUB.md", "SECURITY.md",
               "LICENSE", "notebooks/pictures/*", "data/*.md", "data/pictures/*", "data/*/LICENSE*",
               "notebooks/claims.json"]
NEEDED = 150_000_000  # bytes, of them 80 million for the site and the rest for making it
CONTENTS = """

```{toctree}
:hidden:
:glob:

notebooks/primer/*
notebooks/*
BENCH
INSTRUCTORS
HUB
SECURITY
data/README
data/drawings/LICENSES
genindex
```
"""
START = "\n## Start\n"
LINK = "\n[**Try it here**](try.md): networks of the course run in pages of this site.\n"
TRY = """# Try it

Networks that the lessons have trained run in these pages. Nothing has to be installed, and nothing
that you draw or write leaves the page. They open from a disk as well.
"""


def lay_out(pages: Path, live: bool) -> None:
    """Write to the folder `pages` what Sphinx reads: the README first, lessons, cards of data.

    With live pages, there is a page that lists them.
    """
    shutil.rmtree(pages, ignore_errors=True)
    copies = {pages / path.relative_to(ROOT): path
              for pattern in AS_THEY_ARE for path in ROOT.glob(pattern)}
    for folder in ("notebooks", "originals"):
        copies |= {pages / folder / path.relative_to(page.NOTEBOOKS): path
                   for path in page.lessons().values()}
    for copy, path in copies.items():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    contents = CONTENTS
    if live:
        readme = readme.replace(START, LINK + START)
        contents = contents.replace("notebooks/primer/*", "try\nnotebooks/primer/*")
        (pages / "try.md").write_text(TRY + "".join(
            f'\n- <a href="live/{name}.html">{one.title}</a>. {one.question} '
            f"([Lesson {one.lesson}](notebooks/{page.find(one.lesson).name}))"
            for name, one in export.PAGES.items()), encoding="utf-8")
    (pages / "index.md").write_text(readme + contents, encoding="utf-8")
    if (pages / "notebooks" / "claims.json").exists():
        shutil.copy2(Path(__file__).with_name("claims.md"), pages / "notebooks")


def main(arguments: list[str], build: Path = ROOT / "build") -> int:
    """Build the site in `build/site`; further arguments go to Sphinx. Returns its exit code."""
    try:
        must_hold_files(build)
        if shutil.disk_usage(build).free < NEEDED:
            raise OSError(f"The site needs {NEEDED // 10**6} MB of the disk: free some of it.")
        live = export.is_ready()
        lay_out(build / "pages", live)
        shutil.rmtree(build / "site" / "live", ignore_errors=True)
        if live:
            export.build(build / "site" / "live")
    except OSError as error:
        print(f"{build.name}/ can't hold the site ({error.strerror}): free some of the disk."
              if error.strerror else error, file=sys.stderr)
        return 1
    options = ["--quiet", "--fresh-env", f"--conf-dir={Path(__file__).parent}",
               f"--doctree-dir={build}/doctrees"]
    code = sphinx([*options, *arguments, f"{build}/pages", f"{build}/site"])
    if not code:
        print("The site is in build/site: open its index.html, or copy all of it to a web server.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
