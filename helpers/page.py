"""What a lesson's page defines: one version of each loss and view, the one that is read."""

import ast
import contextlib
from pathlib import Path
from types import SimpleNamespace

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def definitions(lesson: str) -> SimpleNamespace:
    """The imports, functions, classes and constants of a lesson, without running it.

    A constant is an upper-case name that is set to a literal, such as `GRID = 32`. All other names
    are missing, and so is a function whose defaults need one of them. A function that needs one
    only when it is called finds it once it is set here: `page.train = data.drawings("train")`.

    Parameters
    ----------
    lesson: its two digits, such as "03".

    Raises
    ------
    ValueError
        There is no such lesson.
    """
    paths = {path.name[:2]: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}
    if lesson not in paths:
        raise ValueError(f"There is no lesson {lesson!r}; the lessons are {', '.join(paths)}.")
    cells = nbformat.read(paths[lesson], as_version=4).cells
    tree = ast.parse("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    page = SimpleNamespace()
    for node in filter(_defines, tree.body):
        with contextlib.suppress(NameError):
            exec(compile(ast.Module([node], []), paths[lesson].name, "exec"), vars(page))
    return page


def _defines(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
            with contextlib.suppress(ValueError):
                ast.literal_eval(value)
                return True
    return False
