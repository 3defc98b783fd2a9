"""`course.py test 04` and `--changed` run what they should, and all runs begin with the longest."""

from pathlib import Path
from types import SimpleNamespace

import lessons
import pytest
import selection

ROOT = lessons.ROOT


def item(file, name="", cell_num=0, marks=()):
    """A test as pytest collects it."""
    return SimpleNamespace(path=ROOT / file, nodeid=f"{file}::{name}", cell_num=cell_num,
                           get_closest_marker=lambda mark: mark in marks or None)


@pytest.mark.parametrize(("nodeid", "belongs"), [
    ("notebooks/04_siamese_contrastive_vision.ipynb::Cell 3", True),
    ("tests/lessons/test_lesson_04.py::test_it", True),
    ("tests/browser/test_controls.py::test_a_control[04-show_views]", True),
    ("tests/tools/test_website.py::test_a_page[notebooks/04_siamese.html-dark]", True),
    ("tests/helpers/test_views.py::test_a_tint[0.04]", False),
    ("tests/helpers/test_data.py::test_rows[104]", False),
    ("tests/helpers/test_data.py::test_rows[040]", False),
    ("tests/lessons/test_lesson_05.py::test_it", False),
])
def test_what_belongs_to_a_lesson(nodeid, belongs):
    assert selection.of_lesson("04")(SimpleNamespace(nodeid=nodeid)) == belongs


@pytest.mark.parametrize(("nodeid", "belongs"), [
    ("notebooks/primer/1_python_and_tensors.ipynb::Cell 3", True),
    ("tests/lessons/test_primer_1.py::test_it", True),
    ("tests/browser/test_controls.py::test_a_control[P1]", True),
    ("tests/exercises/test_exercises.py::test_it[P1-0]", True),
    ("tests/exercises/test_exercises.py::test_it[P2-1]", False),
    ("tests/lessons/test_primer_2.py::test_it[1]", False),
    ("tests/lessons/test_lesson_01.py::test_it", False),
])
def test_what_belongs_to_a_part_of_the_primer(nodeid, belongs):
    assert selection.of_lesson("P1")(SimpleNamespace(nodeid=nodeid)) == belongs


def test_lessons_come_first_then_files_with_long_tests_and_the_order_of_cells_stays(monkeypatch):
    monkeypatch.setattr(selection.page, "minutes", lambda path: {"00": 1, "04": 5}[path.name[:2]])
    quick, long, cells = item("tests/a.py"), item("tests/b.py"), [
        item(f"notebooks/{name}.ipynb", cell_num=number)
        for name in ("00_start", "04_siamese") for number in (1, 0)]
    longest = [item(path) for path in selection.LONGEST]
    order = sorted([quick, long, *cells, *reversed(longest)],
                   key=lambda one: selection.turn(one, {long.path}))
    assert order == [cells[3], cells[2], cells[1], cells[0], *longest, long, quick]
    assert all(path.is_file() for path in selection.LONGEST)


VIEWS = "tests/helpers/test_views.py"
ANSWERS = "tests/exercises/test_exercises.py"
TWINS = "notebooks/04_siamese_contrastive_vision.ipynb"


@pytest.mark.parametrize(("file", "name", "paths", "affected"), [
    (VIEWS, "", [], False),
    (VIEWS, "", [VIEWS], True),
    (VIEWS, "", ["helpers/views.py"], True),
    (VIEWS, "", ["helpers/meadow.py"], False),
    (VIEWS, "", ["tests/support/pictures.py"], True),
    (VIEWS, "", ["tests/conftest.py"], True),
    (VIEWS, "", ["requirements.txt"], True),
    ("tests/helpers/test_scenes.py", "", ["helpers/views.py"], True),
    ("tests/launcher/test_course.py", "", ["helpers/views.py"], True),
    (ANSWERS, "it[04-0]", [TWINS], True),
    (ANSWERS, "it[05-0]", [TWINS], False),
    (ANSWERS, "it", [TWINS], True),
])
def test_a_test_hangs_on_what_its_file_imports_by_itself_or_through_others(file, name, paths,
                                                                          affected):
    changed = {ROOT / path for path in paths}
    assert selection.is_affected(item(file, name), changed) == affected


def test_a_test_in_a_browser_hangs_on_all_code():
    control = item("tests/browser/test_controls.py", marks=("browser",))
    assert selection.is_affected(control, {ROOT / "helpers/meadow.py"})
    assert not selection.is_affected(control, set())


@pytest.mark.parametrize("stale", [True, False])
def test_a_lesson_runs_again_where_its_last_run_hung_on_something_else(stale, monkeypatch):
    notebook = lessons.LESSONS["00"]
    ran = "another" if stale else selection.fingerprint.fingerprint(notebook)
    read = SimpleNamespace(metadata=SimpleNamespace(course={"fingerprint": ran}))
    monkeypatch.setattr(selection.lessons, "read", lambda number: read)
    selection.is_stale.cache_clear()
    assert selection.is_affected(item(f"notebooks/{notebook.name}"), set()) == stale
    selection.is_stale.cache_clear()


def test_what_differs_from_the_last_commit_is_what_git_says(monkeypatch, tmp_path):
    git = selection.subprocess.run

    def in_folder(*words):
        return git(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], cwd=tmp_path,
                   check=True, capture_output=True)

    monkeypatch.setattr(selection.lessons, "ROOT", tmp_path)
    with pytest.raises(pytest.UsageError, match="^--changed needs git, and "):
        selection.changed()
    in_folder("init", "-q")
    for name in ("kept.py", "edited.py", "moved.py"):
        (tmp_path / name).write_text("1")
    in_folder("add", ".")
    in_folder("commit", "-qm", "begin")
    (tmp_path / "edited.py").write_text("2")
    in_folder("mv", "moved.py", "Übung 1.py")
    (tmp_path / "new").mkdir()
    Path(tmp_path, "new", "one.py").write_text("3")
    assert selection.changed() == {tmp_path / name for name in
                                   ("edited.py", "moved.py", "Übung 1.py", "new/one.py")}
