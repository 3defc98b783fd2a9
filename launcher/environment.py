"""Find, make and fill the environment that the course runs in."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from launcher import ROOT, venv
from launcher.lock import alone
from launcher.packages import find_missing, install, read_pins
from launcher.programs import AGAIN, Problem, interpreter

OLDEST = (3, 11)
LOCK = ROOT / "build" / "environment.lock"
PROBE = Path(__file__).with_name("probe.py")
MARK = "<ssl-course>"
PATIENCE = 120  # seconds that a Python may take to say what it holds, from a slow network disk too
# With these words a Python ends that would start on another day.
SHORTAGE = re.compile("MemoryError|Cannot allocate memory|Resource temporarily|Too many open files"
                      "|No space left|Input/output error|Stale file handle")


class Broken(Exception):
    """Why an environment's Python can never start, to go on after "as"."""


def is_conda_base(folder: Path) -> bool:
    """Return whether a folder holds conda itself, which every shell of conda's names as active."""
    return (folder / "condabin").exists() or (folder / "Scripts" / "conda.exe").exists()


def active_python() -> Path | None:
    """Return the interpreter of the active environment, or None where none is active.

    conda's `base` does not count: it is nobody's choice, and conda itself runs in it.
    """
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folders = [os.environ.get("VIRTUAL_ENV"), os.environ.get("CONDA_PREFIX")]
    if os.environ.get("CONDA_DEFAULT_ENV") == "base":
        del folders[1]
    pythons = [interpreter(Path(folder)) for folder in folders
               if folder and not is_conda_base(Path(folder))]
    return next((python for python in pythons if python.exists()), None)


def ask(python: Path, names: Iterable[str]) -> dict:
    """Ask an interpreter for its version, for packages, and for the course's own.

    Args:
        python: the interpreter.
        names: of the packages.

    Returns:
        {"python": [3, 11], "pip": True, "versions": {name: "1.2.3" or None},
        "origins": {"helpers": path or None, "exercises": path or None}}. Only "python" is sure to
        be there where that is older than `OLDEST`.

    Raises:
        Broken: It is gone, or it fails each time before it can say a word.
        Problem: It gave no answer for any other reason, which says nothing against it.
    """
    done = _start_probe(python, names)
    if _fails_at_once(done) and _fails_at_once(done := _start_probe(python, names)):
        raise Broken("its Python does not start any more")
    answers = re.findall(rf"{MARK}(\{{.*?\}}){MARK}", done.stdout)
    found = json.loads(answers[-1]) if answers else {}
    if "versions" in found or (found and tuple(found["python"]) < OLDEST):
        return found
    lines = done.stderr.strip().splitlines() or [f"it ended with code {done.returncode}"]
    raise _no_answer(python, lines[-1])


def _start_probe(python: Path, names: Iterable[str]) -> subprocess.CompletedProcess:
    try:
        return subprocess.run(
            [python, PROBE, MARK, *names], cwd=PROBE.parent, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, errors="replace", timeout=PATIENCE)
    except (FileNotFoundError, NotADirectoryError):
        raise Broken("its Python is gone") from None
    except subprocess.TimeoutExpired:
        raise _no_answer(python, f"nothing came within {PATIENCE} seconds") from None
    except OSError as error:
        raise _no_answer(python, error.strerror) from None


def _fails_at_once(done: subprocess.CompletedProcess) -> bool:
    # A negative code is a signal: somebody, or the system for want of memory, ended it.
    return done.returncode > 0 and MARK not in done.stdout and not SHORTAGE.search(done.stderr)


def _no_answer(python: Path, cause: str) -> Problem:
    return Problem(f"{python} could not be asked what it holds ({cause}), so nothing was changed: "
                   "run the same command again in a minute, or deactivate that environment, or "
                   "rename it if it is .venv.")


def examine(python: Path, pins: dict[str, str]) -> tuple[dict, str]:
    """Return an interpreter's answer, and why the course cannot use it: "" if it can.

    The answer is empty where the environment is broken.
    """
    try:
        found = ask(python, pins)
    except Broken as broken:
        return {}, str(broken)
    old = tuple(found["python"]) < OLDEST
    return found, "its Python {}.{} is older than 3.11".format(*found["python"]) * old


def must_serve(python: Path, pins: dict[str, str]) -> dict:
    """Return an interpreter's answer; raise Problem where the course cannot use it."""
    found, fault = examine(python, pins)
    if fault:
        raise Problem(f"The environment {python.parent.parent} cannot be used, as {fault}: "
                      f"deactivate it, or rename it if it is .venv, {AGAIN}")
    return found


def prepare(torch_index: str | None = None, requirements: str = "requirements.txt") -> Path:
    """Make an environment ready for the course and return its interpreter.

    Args:
        torch_index: the address or folder that a missing PyTorch shall come from, if not PyPI.
        requirements: the file in the course's folder that names the packages.

    Raises:
        Problem: Something stands in the way.
    """
    pins = read_pins(ROOT / requirements)
    with alone(LOCK):
        active, replaced = active_python(), None
        python = active or interpreter(venv.FOLDER)
        if active:
            found = must_serve(python, pins)
        else:
            before, fault = examine(python, pins)
            replaced = venv.make(fault) if fault else None
            found = must_serve(python, pins) if fault else before
        missing = find_missing(found, pins)
        if missing and not active:
            venv.must_be_ours()
        if missing:
            install(python, found, missing, pins, torch_index, requirements)
            missing = find_missing(must_serve(python, pins), pins)
        if missing:
            raise Problem(f"pip reported no error, yet {', '.join(missing)} cannot be found.")
        if replaced:
            venv.part_with(replaced, works=bool(before))
    return python
