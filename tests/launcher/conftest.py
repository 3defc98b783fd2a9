"""A course of one lesson, and a course that has yet to make its environment."""

import sys

import pytest
from launched import LESSON, make, save

from launcher import commands, copies, environment, history, venv
from launcher.programs import interpreter


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one lesson, without git; returns its folder."""
    folder = tmp_path / "course"
    (folder / "notebooks").mkdir(parents=True)
    for module in (copies, history):
        monkeypatch.setattr(module, "ROOT", folder)
    monkeypatch.delenv("COURSE_WORK", raising=False)
    save(folder / "notebooks" / "04_twins.ipynb", LESSON)
    return folder


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A course in `tmp_path` on a machine where no environment is active.

    `python -m venv` makes a true environment, without pip for speed; installing only writes a
    file, whose presence stands for complete packages.
    """
    def must_run(task, command, python, **streams):
        assert command == [sys.executable, "-m", "venv", venv.FOLDER]
        make(venv.FOLDER)

    def install(python, found, missing, pins, torch_index=None, requirements=None):
        (python.parent / "filled").touch()

    monkeypatch.setattr(venv, "FOLDER", tmp_path / ".venv")
    monkeypatch.setattr(environment, "LOCK", tmp_path / "build" / "environment.lock")
    monkeypatch.setattr(environment, "active_python", lambda: None)
    monkeypatch.setattr(environment, "read_pins", lambda path: {})
    monkeypatch.setattr(environment, "install", install)
    monkeypatch.setattr(environment, "find_missing", lambda found, pins: [] if (
        interpreter(venv.FOLDER).parent / "filled").exists() else ["helpers"])
    monkeypatch.setattr(venv, "must_run", must_run)
    monkeypatch.setattr(commands, "hand_over", lambda *started: 0)
    return tmp_path
