"""course.py finds, makes and mends its environment, and harms nothing that is not its own."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import ROOT, commands, environment, venv
from launcher.programs import Problem, interpreter

posix = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
MARK = environment.MARK
OLD = f"echo '{MARK}{{\"python\": [3, 10]}}{MARK}'; exit 1"
DEAD = "echo \"ModuleNotFoundError: No module named 'encodings'\" >&2; exit 1"


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A course in `tmp_path` on a machine where no environment is active.

    `python -m venv` is carried out, without pip for speed; installing only writes a file, whose
    presence stands for complete packages.
    """
    def must_run(task, command, python, **streams):
        subprocess.run([*command, "--without-pip"], check=True)

    def install(python, found, missing, pins, torch_index=None):
        (python.parent / "filled").touch()

    monkeypatch.setattr(venv, "FOLDER", tmp_path / ".venv")
    monkeypatch.setattr(environment, "LOCK", tmp_path / "build" / "environment.lock")
    monkeypatch.setattr(environment, "active_python", lambda: None)
    monkeypatch.setattr(environment, "read_pins", lambda: {})
    monkeypatch.setattr(environment, "install", install)
    monkeypatch.setattr(environment, "find_missing", lambda found, pins: [] if (
        interpreter(venv.FOLDER).parent / "filled").exists() else ["helpers"])
    monkeypatch.setattr(venv, "must_run", must_run)
    monkeypatch.setattr(commands, "hand_over", lambda *started: 0)
    return tmp_path


def make(folder):
    """A true environment, which is a second old when course.py looks at it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder


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
    return list(folder.glob(".venv-old-*"))


# Asking an interpreter


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
    library = Path(subprocess.check_output(
        [interpreter(make(venv.FOLDER)), "-c", "import site; print(site.getsitepackages()[0])"],
        text=True).strip())
    (library / "sitecustomize.py").write_text(
        "import atexit, sys\nprint('Welcome to the cluster', sys.argv, end=' {')\n"
        "atexit.register(print, '} Bye')\n")
    (venv.FOLDER / "thesis.tex").write_text("my thesis")
    assert commands.main(environment.prepare, ["test"]) == 0
    assert (venv.FOLDER / "thesis.tex").read_text() == "my thesis" and not replaced(here)
    assert capfd.readouterr().out == ""


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
    monkeypatch.setattr(environment, "PATIENCE", 2 if "sleep" in script else 20)
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


# Making and mending .venv


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
@pytest.mark.parametrize("target", ["thesis", "old", "dead", "fit", "nowhere"])
def test_a_link_to_a_folder_is_never_followed_to_change_it(target, here, capsys):
    shared = here / "shared"
    match target:
        case "thesis":
            shared.mkdir()
        case "old":
            pretend(shared, OLD)
        case "dead":
            pretend(shared, DEAD)
        case "fit":
            make(shared)
    if target != "nowhere":
        (shared / "results.csv").write_text("years of work")
    venv.FOLDER.symlink_to(shared)
    before = snapshot(here)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(here) == before
    out, err = capsys.readouterr()
    assert f"is a link to {shared}" in err and (out, err.count("\n")) == ("", 1)


def test_a_link_to_a_complete_environment_serves(here):
    shared = make(here / "shared")
    (interpreter(shared).parent / "filled").touch()
    venv.FOLDER.symlink_to(shared)
    before = snapshot(here)
    assert commands.main(environment.prepare, ["test"]) == 0
    assert snapshot(here) == before


@pytest.mark.parametrize("kind", ["file", "folder", "empty folder"])
def test_what_is_no_environment_is_left_alone(kind, here, capsys):
    if kind == "file":
        venv.FOLDER.write_text("notes")
    else:
        venv.FOLDER.mkdir()
    if kind == "folder":
        (venv.FOLDER / "thesis.tex").write_text("my thesis")
    before = snapshot(here)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(here) == before
    out, err = capsys.readouterr()
    assert ("is a file" if kind == "file" else "is a folder that venv did not make") in err
    assert (out, err.count("\n")) == ("", 1)


@posix
@pytest.mark.parametrize("note", ["notes.txt", "bin/notes.txt", "lib/python3.10/deep/notes.txt"])
@pytest.mark.parametrize("script", [OLD, DEAD])
def test_notes_in_an_environment_that_is_replaced_survive(script, note, here, capsys):
    path = pretend(venv.FOLDER, script) / note
    add_package(venv.FOLDER)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("my notes")
    before = snapshot(venv.FOLDER)
    assert commands.main(environment.prepare, ["test"]) == 0
    (old,) = replaced(here)
    assert snapshot(old) == before
    text = capsys.readouterr().out
    why = "its Python 3.10 is older than 3.11" if script == OLD else "does not start any more"
    assert text.startswith(f"Renaming .venv to {old.name}, as ") and why in text
    assert f"{old.name} is kept, as it " in text
    assert environment.ask(interpreter(venv.FOLDER), [])["python"] == list(sys.version_info[:2])


@posix
def test_an_old_environment_that_works_is_kept_even_without_notes(here):
    pretend(venv.FOLDER, OLD)
    before = snapshot(venv.FOLDER)
    assert commands.main(environment.prepare, ["test"]) == 0
    assert snapshot(*replaced(here)) == before


@posix
@pytest.mark.parametrize("script", [DEAD, None])
def test_a_broken_environment_of_packages_alone_is_removed_at_the_end(script, here, capsys):
    if script:
        pretend(venv.FOLDER, script)
    else:
        make(venv.FOLDER)
        python = venv.FOLDER / "bin" / "python"
        python.unlink()
        python.symlink_to("/gone/python3.10")
    add_package(venv.FOLDER)
    assert commands.main(environment.prepare, ["test"]) == 0
    assert not replaced(here)
    first, *_, last = capsys.readouterr().out.splitlines()
    assert ("does not start any more" if script else "is gone") in first
    assert last.endswith("is removed: it held nothing but packages.")


@posix
def test_a_package_that_was_edited_is_kept(here):
    pretend(venv.FOLDER, DEAD)
    module = add_package(venv.FOLDER)
    module.write_text("x = 1  # my own cure\n")
    assert commands.main(environment.prepare, ["test"]) == 0
    (old,) = replaced(here)
    assert (old / module.relative_to(venv.FOLDER)).read_text() == "x = 1  # my own cure\n"


@posix
def test_a_link_in_a_broken_environment_is_kept_with_what_it_leads_to(here):
    (here / "thesis").mkdir()
    (here / "thesis" / "thesis.tex").write_text("my thesis")
    (pretend(venv.FOLDER, DEAD) / "work").symlink_to(here / "thesis")
    assert commands.main(environment.prepare, ["test"]) == 0
    assert (replaced(here)[0] / "work" / "thesis.tex").read_text() == "my thesis"


@posix
@pytest.mark.parametrize("script", [OLD, DEAD])
@pytest.mark.parametrize("error", [Problem("no venv here"), KeyboardInterrupt()])
def test_the_old_one_gets_its_name_back_where_no_new_one_can_be_made(script, error, here,
                                                                      monkeypatch, capsys):
    def must_run(task, command, python, **streams):
        (venv.FOLDER / "bin").mkdir(parents=True)
        raise error

    pretend(venv.FOLDER, script)
    (venv.FOLDER / "notes.txt").write_text("my notes")
    before = snapshot(here)
    monkeypatch.setattr(venv, "must_run", must_run)
    with pytest.raises(type(error)):
        environment.prepare()
    assert snapshot(here) == before
    assert capsys.readouterr().out.endswith(" is .venv again.\n")


@posix
def test_the_old_one_is_kept_where_the_new_one_cannot_be_filled(here, monkeypatch):
    def install(*arguments):
        raise Problem("no network")

    add_package(pretend(venv.FOLDER, DEAD))
    before = snapshot(venv.FOLDER)
    monkeypatch.setattr(environment, "install", install)
    assert commands.main(environment.prepare, ["test"]) == 1
    assert snapshot(*replaced(here)) == before


def test_a_true_environment_holds_nothing_strange(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / ".venv"], check=True)
    assert venv.find_strange(tmp_path / ".venv") is None
    (tmp_path / ".venv" / "share").mkdir()
    (tmp_path / ".venv" / "share" / "notes.txt").touch()
    assert venv.find_strange(tmp_path / ".venv") == Path("share", "notes.txt")


# The lock


@posix
@pytest.mark.parametrize("obstacle", [errno.ENOLCK, errno.ENOSYS])
def test_a_disk_without_locks_stops_nobody(obstacle, here, monkeypatch):
    def flock(*arguments):
        raise OSError(obstacle, "no locks here")

    monkeypatch.setattr("fcntl.flock", flock)
    assert environment.prepare() == interpreter(venv.FOLDER)


def test_a_folder_that_cannot_be_written_stops_nobody(here, monkeypatch):
    (interpreter(make(venv.FOLDER)).parent / "filled").touch()
    (here / "build").write_text("in the place of the folder")
    assert environment.prepare() == interpreter(venv.FOLDER)
