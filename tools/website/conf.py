"""What Sphinx is told about the course's web site; tools/website starts it."""

import json
import re
from functools import cache
from pathlib import Path

import nbformat

from helpers import page
from helpers.claims import BAR, written
from tools.saving import CONTROL
from tools.website import export

project = html_title = "Self-supervised learning"
extensions = ["myst_nb", "sphinx-mathjax-offline"]
exclude_patterns = ["originals"]
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["static"]
html_js_files = ["reachable.js"]
html_css_files = ["pages.css"]
html_copy_source = html_show_copyright = html_show_sourcelink = False
html_show_search_summary = False  # a summary is fetched, which a page from a disk may not do

# A row of the glossary in lesson 00: the field's word, the course's own words for it, the lesson.
GLOSSARY_ROW = re.compile(r"^\| ([^|$]+?)(, \$.*?)? \| (\d\d|P\d) \| ", re.MULTILINE)
EXPLORED = re.compile(r"^widgets\.\w+\((\w+),", re.MULTILINE)
TWIN = ('<iframe class="live" src="../live/{0}.html" title="{1}" loading="lazy"></iframe>'
        '<p><a href="../live/{0}.html">{1}</a>, on a page of its own</p>')


@cache
def glossary():
    """Return {lesson: words that it introduces}, as the last page of lesson 00 has them."""
    first = nbformat.read(page.find("00"), as_version=4)
    words = {}
    for word, _, lesson in GLOSSARY_ROW.findall("\n".join(cell.source for cell in first.cells)):
        words.setdefault(lesson, []).extend(word.split(", "))
    return words


def complete(app, name, source):
    """Offer each notebook below its title, and put its words into the index of the site."""
    if not re.match(r"notebooks/(\d\d|primer/\d)_", name):
        return
    notebook = nbformat.reads(source[0], as_version=4)
    title, _, rest = notebook.cells[0].source.partition("\n")
    original = name.replace("notebooks", "/originals", 1)
    link = f"{{download}}`Download this notebook <{original}.ipynb>`"
    lesson = page.key(Path(name))
    words = ", ".join(glossary()[lesson])
    lives = {one: live for one, live in export.PAGES.items() if live.lesson == lesson
             and Path(app.outdir, "live", f"{one}.html").exists()}
    live = "".join(f' Try it here: <a href="../live/{one}.html">{lives[one].title}</a>.'
                   for one in lives)
    wake(notebook, lives, link)
    notebook.cells[0].source = (f"{title}\n\n{link}, to run it in the course.{live}\n{rest}\n\n"
                                f"```{{index}} {words}\n```")
    source[0] = nbformat.writes(notebook)


def wake(notebook, lives, link):
    """Put a live page in the place of the control that it can do the work of.

    In the place of any other control stands where it works.
    """
    for cell in notebook.cells:
        explored = EXPLORED.findall(cell.source)
        for output in cell.get("outputs", []):
            if output.get("data", {}).get("text/plain") != CONTROL:
                continue
            twins = [TWIN.format(one, live.title) for one, live in lives.items()
                     if live.control in explored]
            output["data"] = ({"text/html": twins[0]} if twins else
                              {"text/markdown": f"*A control, which works in the course:* {link}"})


def claimed(lesson):
    """Return the rows of a lesson's table of claims, of what `claims.json` has about it."""
    for claim, figures in lesson["claims"].items():
        bounds = " and ".join(f"{word} {written(figures[word])}" for word in ("above", "below")
                              if word in figures)
        values = [written(figures[name]) for name in ("min", "mean", "max")]
        yield f"| {' | '.join([claim.replace('|', BAR), bounds, *values])} |"


def add_claims(app, name, source):
    """Put a table for each lesson on the page of claims."""
    if name != "notebooks/claims":
        return
    for number, lesson in json.loads(Path(app.srcdir, f"{name}.json").read_text("utf-8")).items():
        path = page.find(number)
        source[0] += "\n".join([
            f"\n## [{page.title(path)}]({path.relative_to(page.NOTEBOOKS).as_posix()})\n",
            f"Seeds: {', '.join(map(str, lesson['seeds']))}.\n",
            "| claim | holds if | least | mean | greatest |", "|---|---|---|---|---|",
            *claimed(lesson), ""])


def setup(app):
    """Let Sphinx call these functions."""
    app.connect("source-read", complete)
    app.connect("source-read", add_claims)
