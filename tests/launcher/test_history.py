"""A course that came with git is brought forward, with what a student wrote in it."""

import json
import os
import subprocess

import pytest
from launched import END, LESSON, TITLE, backups, files, read, save, texts

from launcher import copies, history
from launcher.programs import Problem


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
    assert clean(course) and LESSON | {"b": "answer = 3"} in backups(course)
    assert read(course / "my" / "04_twins.ipynb") == LESSON | {"a": "# Better", "b": "answer = 3"}
    assert copies.update() == ["Your copies are up to date."]


def test_answers_in_a_lesson_in_a_folder_are_taken_along(clone, tmp_path):
    course, publish = clone
    (tmp_path / "source" / "notebooks" / "primer").mkdir()
    publish(LESSON, "primer/1_tensors")
    copies.update()
    save(course / "notebooks" / "primer" / "1_tensors.ipynb", LESSON | {"b": "answer = 3"})
    assert history.edited() == ["primer/1_tensors.ipynb"]
    publish(LESSON | {"a": "# Better"}, "primer/1_tensors")
    told = copies.update()
    assert told[0].startswith("notebooks/primer/1_tensors.ipynb had been changed there")
    assert clean(course) and LESSON | {"b": "answer = 3"} in [
        read(path) for path in (course / "my" / "backup").glob("*/primer/*.ipynb")]
    assert read(course / "my" / "primer" / "1_tensors.ipynb") == LESSON | {"a": "# Better"}


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


def test_the_states_of_a_lesson_come_newest_first(clone):
    states = [texts(json.loads(state))["a"] for state in history.versions("04_twins.ipynb")]
    assert states == [TITLE, "# An older one"]


def test_without_git_nothing_is_known(course):
    name = "04_twins.ipynb"
    assert (history.edited(), history.committed(name), [*history.versions(name)]) == ([], b"", [])


def test_a_git_that_does_not_answer_is_told(clone, monkeypatch):
    monkeypatch.setattr(history, "PATIENCE", 0)
    with pytest.raises(OSError, match=r"^git could not fetch the course \(nothing came within 0 s"):
        history.fetch()
