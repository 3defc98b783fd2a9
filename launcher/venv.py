"""Make the course's own `.venv`. What was there before stays.

A `.venv` that course.py may not change is left alone, and one that it has to replace is renamed.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from launcher import ROOT
from launcher.programs import AGAIN, Problem, interpreter, must_run

FOLDER = ROOT / ".venv"
# What venv writes, and caches; everything else that pip wrote stands in a RECORD.
NOBODYS = re.compile(
    r"pyvenv\.cfg|\.gitignore|lib64|(bin|Scripts)/([Aa]ctivate(\.\w+)?|deactivate\.bat"
    r"|pythonw?[\d.]*(\.exe)?)|(.*/)?__pycache__/[^/]*\.(pyc|nbi|nbc)")


def must_be_ours() -> None:
    """Raise Problem where `.venv` is there, but is nothing that course.py may change."""
    if FOLDER.is_symlink():
        what = f"a link to {os.readlink(FOLDER)}"
    elif FOLDER.is_dir() and not (FOLDER / "pyvenv.cfg").is_file():
        what = "a folder that venv did not make"
    elif FOLDER.exists() and not FOLDER.is_dir():
        what = "a file"
    else:
        return
    raise Problem(f"{FOLDER} is {what}, which course.py neither fills nor replaces: rename it, or "
                  f"activate the environment that the course shall use, {AGAIN}")


def make(fault: str) -> Path | None:
    """Make `.venv`; one that is there is renamed before, and gets its name back if that fails.

    Args:
        fault: why the one that is there cannot be used.

    Returns:
        The folder that was `.venv` before; None where there was none.

    Raises:
        Problem: It could not be made, or what is there may not be renamed.
    """
    must_be_ours()
    before = None
    if FOLDER.exists():
        before = FOLDER.with_name(time.strftime(".venv-old-%Y%m%d-%H%M%S"))
        print(f"Renaming .venv to {before.name}, as {fault} ...", flush=True)
        FOLDER.rename(before)
    try:
        print("Making .venv ...", flush=True)
        command = [sys.executable, "-m", "venv", FOLDER]
        must_run("Making .venv", command, interpreter(FOLDER), stdout=subprocess.PIPE)
    except BaseException:  # Ctrl-C as well
        shutil.rmtree(FOLDER, ignore_errors=True)
        if before:
            before.rename(FOLDER)
            print(f"{before.name} is .venv again.", flush=True)
        raise
    return before


def find_strange(folder: Path) -> Path | None:
    """Return a file of an environment that neither venv nor pip wrote there, None without one.

    A file of pip's stands in a RECORD with its size; one that was edited has another.
    """
    sizes = {}
    libraries = [*folder.glob("lib/*/site-packages"), folder / "Lib" / "site-packages"]
    for record in (path for library in libraries for path in library.glob("*.dist-info/RECORD")):
        for row in record.read_text(encoding="utf-8", errors="replace").splitlines():
            name, *rest = row.rsplit(",", 2)
            sizes[os.path.normpath(record.parent.parent / name.strip('"'))] = rest[-1:]
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for path in (Path(parent, name) for name in files + links):
            known = sizes.get(str(path)) in ([""], [str(path.lstat().st_size)])
            if not known and not NOBODYS.fullmatch(path.relative_to(folder).as_posix()):
                return path.relative_to(folder)
    return None


def part_with(before: Path, works: bool) -> None:
    """Remove the environment that was replaced, unless somebody could miss something of it.

    Args:
        before: its folder.
        works: whether its Python starts, so that something else may be done with it.
    """
    strange = find_strange(before)
    if works:
        reason = "it works and may serve something else"
    elif strange:
        reason = f"it holds what pip did not put there, such as {strange}"
    else:
        reason = "not all of it could be removed"
        shutil.rmtree(before, ignore_errors=True)
    if before.exists():
        print(f"{before.name} is kept, as {reason}: remove it when you need it no more.",
              flush=True)
    else:
        print(f"{before.name} is removed: it held nothing but packages.", flush=True)
