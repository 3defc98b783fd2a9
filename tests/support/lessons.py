"""What the tests of the notebooks share: the lessons, and their code as a tree."""

import ast
import re
import symtable
from functools import cache
from pathlib import Path

import nbformat

from helpers import page
from tools import gallery

ROOT = Path(__file__).resolve().parents[2]
LESSONS = page.lessons()
PLACES = {lesson: path.relative_to(page.NOTEBOOKS).as_posix() for lesson, path in LESSONS.items()}


def module(lesson):
    """What a lesson's checkers and tests are called after: "lesson_04", "primer_1"."""
    return lesson.replace("P", "primer_") if lesson[0] == "P" else f"lesson_{lesson}"


@cache
def read(lesson):
    return nbformat.read(LESSONS[lesson], as_version=4)


def cells(lesson, kind="code", tag=None):
    """The cells of one kind, or those with a tag only."""
    return [cell for cell in read(lesson).cells
            if cell.cell_type == kind and (tag is None or tag in cell.metadata.get("tags", []))]


def markdown(lesson):
    return "\n\n".join(cell.source for cell in cells(lesson, "markdown"))


def words(lesson):
    """The alternative texts of the figures that the cells have drawn, in their order."""
    return [words for cell in cells(lesson) for words, *_ in gallery.figures(cell.outputs)]


def pictures(lesson):
    """How many pictures a lesson shows, drawn by a cell or put into the text."""
    return len(words(lesson)) + markdown(lesson).count("![")


def numbers(lesson, tag):
    """Where in the notebook the cells with a tag stand."""
    return [number for number, cell in enumerate(read(lesson).cells)
            if tag in cell.metadata.get("tags", [])]


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


@cache
def names(code):
    """The names of a cell's code: those it sets, those it reads, those its functions read.

    `pairs[name] = ...` sets `pairs`. What the functions read is needed when they are called only.
    """
    scopes = [symtable.symtable(code, "cell", "exec")]
    for scope in scopes:
        scopes.extend(scope.get_children())
    top, *inner = [scope.get_symbols() for scope in scopes]
    made = {symbol.get_name() for symbol in top if symbol.is_assigned() or symbol.is_imported()}
    made |= {ast.unparse(node.value) for node in ast.walk(ast.parse(code))
             if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)}
    at_once = {symbol.get_name() for symbol in top if symbol.is_referenced()}
    return made, at_once, {symbol.get_name() for symbols in inner for symbol in symbols
                           if symbol.is_global()}


def needed(lesson, target):
    """The numbers of the cells that have to run for a cell, in order, itself the last."""
    code = {number: cell.source for number, cell in enumerate(read(lesson).cells[:target + 1])
            if cell.cell_type == "code"}
    numbers = [target]
    for number in numbers:
        _, at_once, when_called = names(code[number])
        for other in code:
            made = names(code[other])[0]
            if other not in numbers and (other < number and made & at_once or made & when_called):
                numbers.append(other)
    return sorted(numbers)


def control(lesson, callback):
    """The number of the cell whose control calls a function."""
    return next(number for number, cell in enumerate(read(lesson).cells)
                if re.search(rf"widgets\.(explore|press)\({callback}\b", cell.source))
