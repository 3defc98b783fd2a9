"""The student's copies of the lessons: nothing that was written in one is ever lost."""

import errno
import itertools
import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launcher import copies, history
from launcher.merge import NoMerge, alike, cells, merge
from launcher.programs import Problem

TITLE, TASK, END = "# Lesson", "answer = ...", "claims.table()"
LESSON = {"a": TITLE, "b": TASK, "c": END}


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


def merged(given, mine, new):
    found, both = merge(*map(book, (given, mine, new)))
    return texts(found), both


# Merging by cell ids


@pytest.mark.parametrize(("mine", "new", "wanted", "both"), [
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END}, {"a": "# Better", "b": TASK, "c": END},
                 {"a": "# Better", "b": "answer = 3", "c": END}, 0, id="an answer stays"),
    pytest.param({"a": TITLE, "b": TASK, "n": "a note", "c": END}, {"a": TITLE, "b": TASK},
                 {"a": TITLE, "b": TASK, "n": "a note"}, 0, id="a note stays, a cell goes"),
    pytest.param({"a": TITLE, "b": TASK, "c": "mine"}, {"a": TITLE, "b": TASK},
                 {"a": TITLE, "b": TASK, "c": "mine"}, 0, id="an edited cell stays that went"),
    pytest.param({"a": TITLE, "c": END}, {"a": TITLE, "x": "new", "b": TASK, "c": END},
                 {"a": TITLE, "x": "new", "c": END}, 0, id="a deleted cell stays deleted"),
    pytest.param({"a": TITLE, "c": END}, {"a": TITLE, "b": "answer = None", "c": END},
                 {"a": TITLE, "b": "answer = None", "c": END}, 0, id="unless it is another now"),
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END}, {"a": TITLE, "b": "x = ...", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END}, 1, id="both changed one cell"),
    pytest.param({"a": TITLE, "b": "answer = 3", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END},
                 {"a": TITLE, "b": "answer = 3", "c": END}, 0, id="both changed it alike"),
    pytest.param({"c": END, "b": TASK, "a": TITLE}, {"a": TITLE, "b": TASK, "x": "new", "c": END},
                 {"c": END, "b": TASK, "x": "new", "a": TITLE}, 0, id="the student's order"),
    pytest.param({"a": TITLE, "b": "answer = 3", "n": "a note", "c": END},
                 {"c": END, "b": TASK, "a": TITLE},
                 {"c": END, "b": "answer = 3", "n": "a note", "a": TITLE}, 0, id="the new order"),
])
def test_what_either_side_changed_is_changed(mine, new, wanted, both):
    found, count = merged(LESSON, mine, new)
    assert (list(found.items()), count) == (list(wanted.items()), both)


def test_outputs_of_the_students_run_stay_until_their_cell_changes():
    given = book(LESSON, {"b": "old\n", "c": "old\n"})
    mine = book(LESSON, {"b": "mine\n", "c": "mine\n"})
    new = book(LESSON | {"c": "claims.table(2)"}, {"a": "new\n", "b": "new\n", "c": "new\n"})
    found = {name: cell["outputs"] and cell["outputs"][0]["text"]
             for name, cell in cells(merge(given, mine, new)[0]).items()}
    assert found == {"a": "new\n", "b": "mine\n", "c": "new\n"}
    assert merge(given, given, new)[0] == new, "what was never run is renewed, outputs too"


def test_what_a_program_notes_in_the_file_is_no_edit():
    saved = book(LESSON, language_info={"version": "3.11.2"})
    for number, cell in enumerate(saved["cells"]):
        cell |= {"execution_count": number, "metadata": {"trusted": True}}
    assert alike(book(LESSON), saved)
    assert not alike(book(LESSON), book(LESSON, {"a": "1\n"}))


@pytest.mark.parametrize("harm", [
    lambda cell: cell.pop("id"), lambda cell: cell.update(id=cell["source"][0] + "2"),
])
def test_cells_without_their_ids_are_not_guessed_at(harm):
    mine = book(LESSON)
    for cell in mine["cells"]:
        harm(cell)
    with pytest.raises(NoMerge, match="^its cells have lost their ids$"):
        merge(book(LESSON), mine, book({"a": "# Better"}))


def test_a_cell_with_an_id_that_was_there_already_is_kept():
    mine = book(LESSON)
    mine["cells"].append(mine["cells"][1] | {"source": ["a copy of it"]})
    found, _ = merge(book(LESSON), mine, book(LESSON | {"a": "# Better"}))
    assert list(texts(found).values()) == ["# Better", TASK, END, "a copy of it"]
    assert len({cell["id"] for cell in found["cells"]}) == 4


@st.composite
def edits(draw, letter):
    """LESSON after a person edited, deleted, added and moved cells, each text unlike all others."""
    number = itertools.count()
    page = {name: draw(st.sampled_from([source, f"{letter}{next(number)}"]))
            for name, source in LESSON.items() if name == "a" or draw(st.integers(0, 3))}
    page |= {f"{letter}{i}": f"{letter}{next(number)}" for i in range(draw(st.integers(0, 2)))}
    return dict(draw(st.permutations(list(page.items()))))


@settings(max_examples=300)
@given(mine=edits("m"), new=edits("n"))
def test_no_edit_of_either_side_is_lost(mine, new):
    found, both = merged(LESSON, mine, new)
    written = {source for source in mine.values() if source not in LESSON.values()}
    assert written <= set(found.values()), "the student's"
    hidden = {source for source in new.values() if source not in LESSON.values()} - set(
        found.values())
    assert len(hidden) == both, "the course's, but for cells that both changed"
    assert merged(new, found, new) == (found, 0), "a second time changes nothing"
    assert list(found) == list(merged(new, found, new)[0])


@settings(max_examples=100)
@given(page=edits("m"))
def test_where_one_side_changed_nothing_the_other_side_is_the_result(page):
    assert list(merged(LESSON, LESSON, page)[0].items()) == list(page.items())
    assert list(merged(LESSON, page, LESSON)[0].items()) == list(page.items())


# The files


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


def save(path, page, outputs=None, **metadata):
    path.write_text(json.dumps(book(page, outputs, **metadata), indent=1) + "\n")


def read(path):
    return texts(json.loads(path.read_text()))


def files(course):
    """All files of a student's folder by their names, but the lock."""
    return {str(path.relative_to(course / "my")): path.read_bytes()
            for path in (course / "my").rglob("*") if path.is_file() and path.name != "lock"}


def backups(course):
    return {path.name: read(path) for path in (course / "my" / "backup").glob("*/*.ipynb")}


def test_copies_are_made_once_and_byte_for_byte(course):
    assert copies.refresh() == []
    content = (course / "notebooks" / "04_twins.ipynb").read_bytes()
    assert files(course) == {"04_twins.ipynb": content, ".given/04_twins.ipynb": content}
    save(course / "my" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    before = files(course)
    assert copies.refresh() == [] and files(course) == before


def test_the_pictures_of_the_text_come_along(course):
    (course / "notebooks" / "pictures").mkdir()
    for content in (b"old", b"new"):
        (course / "notebooks" / "pictures" / "twins.svg").write_bytes(content)
        copies.refresh()
        assert (course / "my" / "pictures" / "twins.svg").read_bytes() == content


def test_an_answer_outlives_two_updates_in_a_row(course):
    copies.refresh()
    mine, lesson = course / "my" / "04_twins.ipynb", course / "notebooks" / "04_twins.ipynb"
    save(mine, LESSON | {"b": "answer = 3"})
    save(lesson, LESSON | {"a": "# Better"})
    (told,) = copies.refresh()
    assert told.startswith("04_twins.ipynb is brought up to date; your copy before is my/backup/")
    assert (course / told.split()[-1].removesuffix(".")).exists()
    save(lesson, LESSON | {"a": "# Best", "d": "more"})
    assert len(copies.refresh()) == 1 and copies.refresh() == []
    assert read(mine) == {"a": "# Best", "b": "answer = 3", "c": END, "d": "more"}
    assert len(list((course / "my" / "backup").glob("*/*.ipynb"))) == 2


def test_a_copy_that_was_only_opened_and_saved_is_renewed_without_a_word(course):
    copies.refresh()
    save(course / "my" / "04_twins.ipynb", LESSON, language_info={"version": "3.11.2"})
    save(course / "notebooks" / "04_twins.ipynb", LESSON | {"a": "# Better"})
    assert copies.refresh() == []
    content = (course / "notebooks" / "04_twins.ipynb").read_bytes()
    assert files(course) == {"04_twins.ipynb": content, ".given/04_twins.ipynb": content}


def test_what_both_changed_stands_beside(course):
    copies.refresh()
    save(course / "my" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    save(course / "notebooks" / "04_twins.ipynb", LESSON | {"b": "answer = None"})
    (told,) = copies.refresh()
    assert "In 1 of its cells you and the course changed the same: yours stay, and" in told
    (beside,) = (course / "my").glob("04_twins-new-*.ipynb")
    assert f"my/{beside.name}." in told and read(beside)["b"] == "answer = None"
    assert read(course / "my" / "04_twins.ipynb")["b"] == "answer = 3"
    before = files(course)
    assert copies.refresh() == [] and files(course) == before


@pytest.mark.parametrize(("content", "reason"), [
    (b"{", "it is no notebook"), (b"[1]", "it is no notebook"), (b"\xff", "it is no notebook"),
    (b'{"cells": [{"source": "no id", "cell_type": "raw"}]}', "its cells have lost their ids"),
])
def test_a_copy_that_is_no_notebook_of_ours_is_left_alone(content, reason, course):
    copies.refresh()
    (course / "my" / "04_twins.ipynb").write_bytes(content)
    assert copies.refresh() == []
    save(course / "notebooks" / "04_twins.ipynb", LESSON | {"a": "# Better"})
    (told,) = copies.refresh()
    assert told.startswith(f"04_twins.ipynb stays as it is, as {reason}: the course's is my/")
    assert (course / "my" / "04_twins.ipynb").read_bytes() == content
    assert [read(path)["a"] for path in (course / "my").glob("*-new-*")] == ["# Better"]
    assert copies.refresh() == []


def test_copies_from_another_folder_are_kept_as_they_are(course):
    save(course / "notebooks" / "05_words.ipynb", LESSON)
    (course / "my").mkdir()
    save(course / "my" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    (told,) = copies.refresh()
    assert told.startswith("04_twins.ipynb stays as it is, as nobody knows from which state")
    assert read(course / "my" / "04_twins.ipynb")["b"] == "answer = 3"
    assert read(course / "my" / "05_words.ipynb") == LESSON and copies.refresh() == []


def test_a_copy_follows_its_lesson_to_another_name(course):
    copies.refresh()
    save(course / "my" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    save(course / "my" / "04_contrast.ipynb", {"z": "a page of my own"})
    (course / "notebooks" / "04_twins.ipynb").unlink()
    save(course / "notebooks" / "04_contrast.ipynb", LESSON | {"a": "# Better"})
    assert len(copies.refresh()) == 1 and copies.refresh() == []
    assert {name.split("/")[-1] for name in files(course)} == {"04_contrast.ipynb"}
    assert read(course / "my" / "04_contrast.ipynb")["b"] == "answer = 3"
    kept = [read(path) for path in (course / "my" / "backup").glob("*/*")]
    assert {"z": "a page of my own"} in kept and LESSON | {"b": "answer = 3"} in kept


def test_a_copy_that_was_removed_is_made_anew(course):
    copies.refresh()
    (course / "my" / "04_twins.ipynb").unlink()
    save(course / "notebooks" / "04_twins.ipynb", LESSON | {"a": "# Better"})
    assert copies.refresh() == []
    assert read(course / "my" / "04_twins.ipynb")["a"] == "# Better"


def test_a_lesson_can_be_begun_again(course):
    copies.refresh()
    for answer in ("answer = 3", "answer = 4"):
        save(course / "my" / "04_twins.ipynb", LESSON | {"b": answer})
        (told,) = copies.again("04_twins.ipynb")
        assert told.startswith("04_twins.ipynb begins again; your copy before is my/backup/")
        assert read(course / told.split()[-1].removesuffix("."))["b"] == answer
        assert read(course / "my" / "04_twins.ipynb") == LESSON


def test_the_copies_can_be_elsewhere(course, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "home" / "ssl"))
    copies.refresh()
    save(tmp_path / "home" / "ssl" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    assert str(tmp_path / "home" / "ssl" / "backup") in copies.again("04_twins.ipynb")[0]
    assert not (course / "my").exists()


@pytest.mark.parametrize("step", range(6))
def test_a_full_disk_in_the_middle_loses_nothing_and_the_next_start_goes_on(step, course,
                                                                            monkeypatch):
    save(course / "notebooks" / "05_words.ipynb", LESSON)
    copies.refresh()
    for name in ("04_twins", "05_words"):
        save(course / "my" / f"{name}.ipynb", LESSON | {"b": "answer = 3"})
        save(course / "notebooks" / f"{name}.ipynb", LESSON | {"a": "# Better"})
    begun, write_bytes = itertools.count(), Path.write_bytes

    def fill(path, content):
        if next(begun) < step:
            return write_bytes(path, content)
        write_bytes(path, content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(Problem, match=r"^\S+ could not be written \(No space left on device\); "):
        copies.refresh()
    monkeypatch.undo()
    monkeypatch.setattr(copies, "ROOT", course)
    monkeypatch.setattr(history, "ROOT", course)
    assert not list(course.rglob("*.part"))
    assert all(read(course / "my" / f"{name}.ipynb")["b"] == "answer = 3"
               for name in ("04_twins", "05_words"))
    copies.refresh()
    assert all(read(course / "my" / f"{name}.ipynb") == LESSON | {"a": "# Better",
                                                                  "b": "answer = 3"}
               for name in ("04_twins", "05_words"))


def test_a_place_that_holds_no_folder_is_told(course, monkeypatch):
    (course / "my").write_text("a file")
    with pytest.raises(Problem, match=r"my can't hold your copies of the lessons \(.+\): name "
                                      "another folder in the variable COURSE_WORK and run"):
        copies.refresh()
    assert (course / "my").read_text() == "a file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="to the root user no folder is read-only")
def test_a_course_that_may_not_be_written_to_names_the_way_out(course, tmp_path, monkeypatch):
    course.chmod(0o555)
    with pytest.raises(Problem, match="name another folder in the variable COURSE_WORK"):
        copies.refresh()
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "mine"))
    assert copies.refresh() == [] and read(tmp_path / "mine" / "04_twins.ipynb") == LESSON


# With git


def git(folder, *words):
    names = {f"GIT_{role}_{key}": "student" for role in ("AUTHOR", "COMMITTER")
             for key in ("NAME", "EMAIL")}
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True,
                          env={**os.environ, **names}).stdout


@pytest.fixture
def clone(course, tmp_path, monkeypatch):
    """The course in a clone; returns its folder, and a function that gives the course new files."""
    source = tmp_path / "source"
    course.rename(source)
    (source / ".gitignore").write_text("my/\n")

    def publish(page, name="04_twins"):
        save(source / "notebooks" / f"{name}.ipynb", page)
        git(source, "add", ".")
        git(source, "commit", "--message=A lesson", "--allow-empty")

    git(source, "init", "--quiet")
    publish(LESSON | {"a": "# An older one"})
    publish(LESSON)
    git(tmp_path, "clone", "--quiet", "source", "course")
    return course, publish


def clean(course):
    return git(course, "status", "--porcelain") == ""


def test_an_update_brings_the_new_and_keeps_the_answers(clone):
    course, publish = clone
    copies.refresh()
    save(course / "my" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    publish(LESSON | {"a": "# Better"})
    publish(LESSON, "05_words")
    (told,) = copies.update()
    assert "brought up to date" in told and clean(course)
    assert read(course / "my" / "04_twins.ipynb") == LESSON | {"a": "# Better", "b": "answer = 3"}
    assert read(course / "my" / "05_words.ipynb") == LESSON
    assert copies.update() == ["Your copies are up to date."]


def test_answers_in_the_lessons_themselves_are_taken_along(clone):
    course, publish = clone
    save(course / "notebooks" / "04_twins.ipynb", LESSON | {"b": "answer = 3"})
    publish(LESSON | {"a": "# Better"})
    assert copies.refresh() == [] and copies.refresh() == []
    assert read(course / "my" / "04_twins.ipynb")["b"] == "answer = 3" and not clean(course)
    told = copies.update()
    assert told[0].startswith("notebooks/04_twins.ipynb had been changed there: that file is now")
    assert clean(course) and LESSON | {"b": "answer = 3"} in [
        read(path) for path in (course / "my" / "backup").glob("*/*")]
    assert read(course / "my" / "04_twins.ipynb") == LESSON | {"a": "# Better", "b": "answer = 3"}
    assert copies.update() == ["Your copies are up to date."]


def test_a_copy_without_its_origin_finds_it_in_the_history(clone):
    course, publish = clone
    (course / "my").mkdir()
    save(course / "my" / "04_twins.ipynb", {"a": "# An older one", "b": "answer = 3", "c": END})
    (told,) = copies.refresh()
    assert "brought up to date" in told
    assert read(course / "my" / "04_twins.ipynb") == LESSON | {"b": "answer = 3"}


def test_a_lesson_that_was_deleted_comes_back(clone):
    course, publish = clone
    copies.refresh()
    (course / "notebooks" / "04_twins.ipynb").unlink()
    publish(LESSON | {"a": "# Better"})
    assert copies.update() == ["Your copies are up to date."] and clean(course)
    assert read(course / "my" / "04_twins.ipynb")["a"] == "# Better"


def test_what_keeps_git_from_an_update_is_told_and_nothing_is_changed(clone, tmp_path):
    course, publish = clone
    copies.refresh()
    (course / ".gitignore").write_text("my/\nmine.txt\n")
    (tmp_path / "source" / ".gitignore").write_text("my/\n*.pyc\n")
    publish(LESSON | {"a": "# Better"})
    before = files(course)
    with pytest.raises(Problem, match=r"^git could not bring the course forward \(error: Your loc"):
        copies.update()
    assert files(course) == before and "mine.txt" in (course / ".gitignore").read_text()
    (tmp_path / "source").rename(tmp_path / "gone")
    with pytest.raises(Problem, match=r"^git could not fetch the course \(fatal: .*\): connect to"):
        copies.update()
    assert files(course) == before


def test_a_course_without_git_says_how_to_update(course, monkeypatch, clone):
    monkeypatch.setattr(history.shutil, "which", lambda name: None)
    assert copies.refresh() == []
    with pytest.raises(Problem, match="^There is no git here: install it and run"):
        copies.update()
    (course / ".git").rename(course / "no git")
    with pytest.raises(Problem, match="^This copy of the course was not made with git: download"):
        copies.update()

