"""course.py as a person starts it, notebooks of a few cells, and environments to start it in."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from venv import EnvBuilder

import lessons
import pytest

from launcher.environment import MARK
from launcher.merge import cells

root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                          reason="only the root user may do this")
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other scripts, signals and locks")

TITLE, TASK, END = "# Lesson", "answer = ...", "claims.table()"
LESSON = {"a": TITLE, "b": TASK, "c": END}

# What an environment's Python does that is too old, or does not start any more.
OLD = f"echo '{MARK}{{\"python\": [3, 10]}}{MARK}'; exit 1"
DEAD = "echo \"ModuleNotFoundError: No module named 'encodings'\" >&2; exit 1"


def course(*arguments, python=sys.executable, folder=lessons.ROOT, user=None, **environment):
    """Run course.py with an empty home; return its exit code, what it said, and its faults."""
    done = subprocess.run(
        [python, "-B", folder / "course.py", *arguments], text=True, capture_output=True,
        cwd="/", timeout=120, user=user, env={**os.environ, "HOME": "/nowhere", **environment})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def book(texts, outputs=None, **metadata):
    """A notebook with these texts by the ids of their cells, and what was printed below some."""
    return {"cells": [
        {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None,
         "source": source.splitlines(keepends=True),
         "outputs": [{"output_type": "stream", "name": "stdout", "text": outputs[name]}]
         if name in (outputs or {}) else []}
        for name, source in texts.items()], "metadata": metadata, "nbformat": 4,
        "nbformat_minor": 5}


def texts(notebook):
    return {name: "".join(cell["source"]) for name, cell in cells(notebook).items()}


def save(path, page, **metadata):
    path.write_text(json.dumps(book(page, **metadata), indent=1) + "\n")


def read(path):
    return texts(json.loads(path.read_text()))


def files(course):
    """All files of a student's folder by their names, but the lock."""
    return {str(path.relative_to(course / "my")): path.read_bytes()
            for path in (course / "my").rglob("*") if path.is_file() and path.name != "lock"}


def backups(course):
    return [read(path) for path in (course / "my" / "backup").glob("*/*.ipynb")]


def make(folder):
    """A true environment, without pip for speed."""
    EnvBuilder(symlinks=os.name != "nt").create(folder)
    return folder


def library(folder):
    """Where an environment keeps its packages."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))


def pretend(folder, script):
    """An environment whose Python is a shell script."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def add_package(folder):
    """Put a package into an environment, as pip does; returns its module."""
    library = folder / "lib" / "python3.10" / "site-packages"
    record = library / "thing-1.dist-info" / "RECORD"
    record.parent.mkdir(parents=True)
    (library / "thing.py").write_text("x = 1\n")
    record.write_text("thing.py,sha256=abc,6\n../../../bin/thing,sha256=abc,3\n"
                      "thing-1.dist-info/RECORD,,\n")
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "thing").write_text("run")
    (library / "__pycache__").mkdir()
    (library / "__pycache__" / "thing.cpython-310.pyc").write_text("")
    return library / "thing.py"


def snapshot(folder):
    """All that is in a folder: {path: text of a file, target of a link, None for a folder}."""
    return {str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else
            path.read_bytes() if path.is_file() else None
            for path in folder.rglob("*") if "build" not in path.parts}


def replaced(folder):
    """The environments in a folder that course.py has put aside."""
    return list(folder.glob(".venv-old-*"))
