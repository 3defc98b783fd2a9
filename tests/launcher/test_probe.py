"""A Python says what it is and what it holds, whatever else it prints."""

import json
import sys
from pathlib import Path

import pytest
from launched import library, make, replaced

from launcher import ROOT, commands, environment, probe, venv
from launcher.programs import interpreter


def test_an_interpreter_is_asked_for_its_own_packages():
    found = environment.ask(Path(sys.executable), ["pytest", "no-such-package"])
    assert found["versions"] == {"pytest": pytest.__version__, "no-such-package": None}
    assert found["python"] == list(sys.version_info[:2])
    assert found["pip"] is True and set(found["origins"]) == {"helpers", "exercises"}


def test_the_course_is_not_found_only_because_its_folder_is_near(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = environment.ask(interpreter(make(tmp_path / ".venv")), [])
    assert found["origins"] == {"helpers": None, "exercises": None}


def test_lines_of_others_around_the_answer_do_not_matter(here, capfd):
    (library(make(venv.FOLDER)) / "sitecustomize.py").write_text(
        "import atexit, sys\nprint('Welcome to the cluster', sys.argv, end=' {')\n"
        "atexit.register(print, '} Bye')\n")
    (venv.FOLDER / "thesis.tex").write_text("my thesis")
    assert commands.main(environment.prepare, ["test"]) == 0
    assert (venv.FOLDER / "thesis.tex").read_text() == "my thesis" and not replaced(here)
    assert capfd.readouterr().out == ""


def test_a_python_tells_its_version_before_it_looks_for_packages(monkeypatch, capsys):
    monkeypatch.setattr(probe, "look", None)
    with pytest.raises(TypeError):
        probe.main("|", ["pytest"])
    assert json.loads(capsys.readouterr().out.strip("|\n")) == {"python": [*sys.version_info[:2]]}


def test_a_damaged_package_counts_as_none(monkeypatch, tmp_path):
    (tmp_path / "torn-1.dist-info").mkdir()
    (tmp_path / "torn-1.dist-info" / "METADATA").write_bytes(b"Name: torn\nVersion: \xff\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert probe.look(["torn"])["versions"] == {"torn": None}
