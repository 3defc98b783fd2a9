"""Making and mending .venv: what was there before stays, unless it held nothing but packages."""

import sys
from pathlib import Path

import pytest
from launched import DEAD, OLD, add_package, make, posix, pretend, replaced, snapshot

from launcher import commands, environment, venv
from launcher.programs import Problem, interpreter


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
@pytest.mark.parametrize(("script", "note"), [
    (OLD, "notes.txt"), (DEAD, "notes.txt"), (DEAD, "bin/notes.txt"),
    (DEAD, "lib/python3.10/deep/notes.txt"),
])
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


@pytest.mark.slow
def test_what_venv_and_pip_write_is_nothing_strange(monkeypatch, tmp_path):
    monkeypatch.setattr(venv, "FOLDER", tmp_path / ".venv")
    assert venv.make("") is None
    assert environment.ask(interpreter(venv.FOLDER), [])["pip"]
    assert venv.find_strange(venv.FOLDER) is None
    (venv.FOLDER / "share").mkdir()
    (venv.FOLDER / "share" / "notes.txt").touch()
    assert venv.find_strange(venv.FOLDER) == Path("share", "notes.txt")
