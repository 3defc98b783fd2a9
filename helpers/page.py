"""A lesson's page as data: its functions without a run, and what its last run measured.

Needs the standard library only: `course.py` finds a lesson with it before anything is installed.
"""

import ast
import contextlib
import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def key(path: Path) -> str:
    """How a lesson is called for short: "04", or "P1" for the first one in the folder `primer`."""
    number = path.name.partition("_")[0]
    return f"P{number}" if path.parent.name == "primer" else number


def lessons(folder: Path | None = None) -> dict[str, Path]:
    """The notebooks of all lessons by their keys, in order; of `NOTEBOOKS` if no folder."""
    paths = [path for pattern in ("[0-9][0-9]_*.ipynb", "primer/[0-9]_*.ipynb")
             for path in (folder or NOTEBOOKS).glob(pattern)]
    return {key(path): path for path in sorted(paths)}


def find(name: str, folder: Path | None = None) -> Path:
    """The notebook of a lesson, such as "4", "04" or "p1"; ValueError, a sentence, if none is."""
    known, full = lessons(folder), name.upper().zfill(2)
    if not name or full not in known:
        raise ValueError(f"There is no lesson {name}; the lessons are {', '.join(known)}.")
    return known[full]


def title(path: Path) -> str:
    """The first heading of a notebook, such as "04 · Siamese contrastive vision"."""
    return "".join(_read(path)["cells"][0]["source"]).splitlines()[0].removeprefix("# ")


def minutes(path: Path) -> float:
    """How long a lesson computed when `course.py run --inplace` last wrote it, in halves."""
    return _read(path)["metadata"]["course"]["minutes"]


def definitions(lesson: str) -> SimpleNamespace:
    """The imports, functions, classes and constants of a lesson, without running it.

    A constant is an upper-case name that is set to a literal, such as `GRID = 32`. Left out are all
    other names, and a function whose defaults need one of them. Where the body of a function needs
    one, set it before the call: `page.train = data.drawings("train")`. It raises what `find` does.
    """
    path = find(lesson)
    page = SimpleNamespace()
    for node in filter(_defines, ast.parse("\n".join(_code(path))).body):
        with contextlib.suppress(NameError):
            exec(compile(ast.Module([node], []), path.name, "exec"), vars(page))
    return page


@cache
def questions() -> dict[str, dict]:
    """What the lessons ask the reader to guess, in order, of the calls of `predict` in their cells.

    Returns:
        For each question, such as "04.2": "text"; "answers", a list of choices or the least and
        the greatest number (and the step); "unit"; and "pairs", True if it is for pairs.
    """
    found = {}
    for code in (code for path in lessons().values() for code in _code(path) if "predict(" in code):
        with contextlib.suppress(SyntaxError, ValueError):  # somebody is at work in the notebook
            for node in filter(_predicts, ast.walk(ast.parse(code))):
                number, text, answers, *unit = map(ast.literal_eval, node.args)
                found[number] = {"text": text, "answers": answers, "unit": "".join(unit),
                                 "pairs": bool(node.keywords)}
    return found


@cache
def exercises() -> dict[str, str]:
    """The exercises of all lessons in order: their numbers, such as "04.2", and their checkers.

    The door of a primer, which has no number, is 0: {"P1.0": "primer_1.check_door", ...}.
    """
    return {f"{lesson}.{number}": source.partition("(")[0] for lesson, path in lessons().items()
            for number, source in numbered(path, "check").items()}


def numbered(path: Path, *tags: str) -> dict[str, str]:
    """What a notebook's cells with these tags hold, by the number of the exercise above them."""
    found, number = {}, "0"
    for cell in _read(path)["cells"]:
        source = "".join(cell["source"])
        number = ([number] + re.findall(r"\*\*Exercise (\d+)", source))[-1]
        if not {*tags}.isdisjoint(cell["metadata"].get("tags", [])):
            found[number] = f"{found[number]}\n\n{source}" if number in found else source
    return found


def _code(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in _read(path)["cells"]
            if cell["cell_type"] == "code"]


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def _predicts(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "predict"


def _defines(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
            with contextlib.suppress(ValueError):
                ast.literal_eval(value)
                return True
    return False
