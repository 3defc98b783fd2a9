"""course.py finds, asks and fills its environment, and harms nothing that is not its own."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from launched import DEAD, MARK, OLD, add_package, make, posix, pretend, replaced, snapshot

from launcher import commands, environment, venv
from launcher.programs import Problem, interpreter


@pytest.mark.parametrize(
    "error",
    [BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
     OSError(errno.ENOMEM, "Cannot allocate memory"), PermissionError(errno.EACCES, "Not you"),
     OSError(errno.ENOEXEC, "Exec format error"), subprocess.TimeoutExpired("python", 120)],
)
def test_one_start_that_fails_changes_nothing(error, here, monkeypatch, capsys):
    make(venv.FOLDER)
    (venv.FOLDER / "thesis.tex").write_text("my thesis")
    before, run, failures = snapshot(here), subprocess.run, [error]

    def fail_once(*command, **options):
        if failures:
            raise failures.pop()
        return run(*command, **options)

    monkeypatch.setattr(subprocess, "run", fail_once)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(here) == before
    out, err = capsys.readouterr()
    assert "so nothing was changed" in err and (out, err.count("\n")) == ("", 1)
    assert commands.main(environment.prepare, ["test"]) == 0
    assert (venv.FOLDER / "thesis.tex").read_text() == "my thesis"


@posix
@pytest.mark.parametrize(
    "script",
    ["exit 0", "echo Welcome", "kill -9 $$", "echo MemoryError >&2; exit 1", "sleep 20",
     "echo Cannot allocate memory >&2; exit 127",
     f"echo '{MARK}{{\"python\": [3, 11]}}{MARK}'; exit 1",
     f"echo '{MARK}{{\"python\": [3, 11], \"versions\":'; kill -9 $$"],
)
def test_an_interpreter_without_an_answer_is_not_taken_for_broken(script, here, monkeypatch,
                                                                   capsys):
    monkeypatch.setattr(environment, "PATIENCE", 0.3 if "sleep" in script else 20)
    pretend(venv.FOLDER, script)
    before = snapshot(here)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(here) == before
    out, err = capsys.readouterr()
    assert "so nothing was changed" in err and (out, err.count("\n")) == ("", 1)


@posix
def test_a_fault_that_does_not_come_again_is_none(here, tmp_path):
    answer = f"{MARK}{{\"python\": [3, 11], \"versions\": {{}}}}{MARK}"
    pretend(venv.FOLDER, f"[ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; exit 1; }}\n"
                         f"echo '{answer}'")
    assert environment.ask(interpreter(venv.FOLDER), [])["versions"] == {}


# Which environment


@pytest.fixture
def inactive(monkeypatch):
    """No environment is active, whatever runs these tests."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE"):
        monkeypatch.delenv(name, raising=False)


def touch_python(folder):
    python = interpreter(folder)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    return python


def test_the_environment_of_a_running_virtualenv_is_used(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "elsewhere")
    assert environment.active_python() == Path(sys.executable)


@pytest.mark.parametrize("variable", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_an_active_environment_is_used_even_when_another_python_runs(variable, inactive,
                                                                      monkeypatch, tmp_path):
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "lessons")
    monkeypatch.setenv(variable, str(tmp_path))
    python = touch_python(tmp_path)
    assert environment.active_python() == python


def test_no_environment_is_active_without_its_folder(inactive, monkeypatch, tmp_path):
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    assert environment.active_python() is None


@pytest.mark.parametrize("sign", ["name", "condabin", "Scripts/conda.exe"])
def test_the_base_of_conda_is_not_used(sign, inactive, monkeypatch, tmp_path):
    touch_python(tmp_path / "conda")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    if sign == "name":
        monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    else:
        (tmp_path / "conda" / sign).mkdir(parents=True)
    assert environment.active_python() is None
    mine = touch_python(tmp_path / "mine")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "mine"))
    assert environment.active_python() == mine


@pytest.mark.parametrize("fault", ["gone", "old"])
def test_an_unfit_active_environment_is_left_alone(fault, here, monkeypatch, capsys):
    mine = here / "mine"
    if fault == "old":
        pretend(mine, OLD)
    mine.mkdir(exist_ok=True)
    (mine / "notes.txt").write_text("mine")
    before = snapshot(here)
    monkeypatch.setattr(environment, "active_python", lambda: mine / "bin" / "python")
    assert commands.main(environment.prepare, ["test"]) == 1
    assert {"gone": "its Python is gone", "old": "its Python 3.10 is older than 3.11"}[
        fault] in (error := capsys.readouterr().err)
    assert error.count("\n") == 1 and snapshot(here) == before


# Making and filling it


def test_venv_is_made_and_filled_once(here, capsys):
    python = environment.prepare()
    assert capsys.readouterr().out == "Making .venv ...\n"
    assert environment.prepare() == python == interpreter(venv.FOLDER)
    assert capsys.readouterr().out == "" and not replaced(here)


def test_an_installation_that_changed_nothing_is_noticed(here, monkeypatch):
    monkeypatch.setattr(environment, "find_missing", lambda found, pins: ["torch"])
    with pytest.raises(Problem, match="torch cannot be found"):
        environment.prepare()


@posix
def test_the_old_one_is_kept_where_the_new_one_cannot_be_filled(here, monkeypatch):
    def install(*arguments):
        raise Problem("no network")

    add_package(pretend(venv.FOLDER, DEAD))
    before = snapshot(venv.FOLDER)
    monkeypatch.setattr(environment, "install", install)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(*replaced(here)) == before
