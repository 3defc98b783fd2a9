"""What each file of the course imports, read from its code without running it."""

from functools import cache

import lessons

from tools import fingerprint

OWN = ("course", "launcher", "helpers", "exercises", "tools", "tests")


@cache
def files():
    """The Python files of the course: path from its folder, such as "helpers/data.py" -> code."""
    paths = [path for folder in (*OWN, "data") for path in (lessons.ROOT / folder).rglob("*.py")]
    paths += lessons.ROOT.glob("*.py")
    code = {path.relative_to(lessons.ROOT).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(paths) if "node_modules" not in path.parts}
    return code | {f"notebooks/{lesson}": "\n".join(cell.source for cell in lessons.cells(lesson))
                   for lesson in lessons.LESSONS}


@cache
def imported(file):
    """The dotted names that a file imports, at its top or within a function."""
    return fingerprint.imported(files()[file])


def module(name):
    """The file of one of the course's own modules, of which a dotted name may name a part."""
    parts = name.split(".")
    while parts and f"{'/'.join(parts)}.py" not in files():
        parts.pop()
    return f"{'/'.join(parts)}.py" if parts else None
