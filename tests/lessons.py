"""What the tests of the notebooks share: the lessons, and their code as a tree."""

import ast
import re
from functools import cache
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
LESSONS = {path.name[:2]: path for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))}


@cache
def read(lesson):
    return nbformat.read(LESSONS[lesson], as_version=4)


def cells(lesson, kind="code", tag=None):
    """The cells of one kind, or those with a tag only."""
    return [cell for cell in read(lesson).cells
            if cell.cell_type == kind and (tag is None or tag in cell.metadata.get("tags", []))]


def markdown(lesson):
    return "\n\n".join(cell.source for cell in cells(lesson, "markdown"))


def solutions(lesson):
    """The code of the folded solutions, in the order of the exercises."""
    folded = re.findall(r"<summary>Solution</summary>(.*?)</details>", markdown(lesson), re.DOTALL)
    return ["\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)) for text in folded]


@cache
def tree(lesson):
    """All code cells as one syntax tree."""
    return ast.parse("\n".join(cell.source for cell in cells(lesson)))


def calls(lesson, name):
    """Every call of a function, such as "claims.check"."""
    return [node for node in ast.walk(tree(lesson))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def functions(lesson):
    """Functions defined in the cells: name -> definition."""
    return {node.name: node for node in tree(lesson).body if isinstance(node, ast.FunctionDef)}


def callbacks(lesson):
    """Names of the functions that the controls call."""
    return [ast.unparse(call.args[0]) for kind in ("widgets.explore", "widgets.press")
            for call in calls(lesson, kind)]
