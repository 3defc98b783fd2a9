"""The student's copies of the lessons: nothing that was written in one is ever lost."""

import errno
import itertools
import os
from pathlib import Path

import pytest
from launched import END, LESSON, backups, files, read, save

from launcher import copies
from launcher.programs import Problem


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
    assert len(backups(course)) == 2


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
    assert {"z": "a page of my own"} in backups(course)
    assert LESSON | {"b": "answer = 3"} in backups(course)


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


def test_a_copy_in_a_folder_fares_as_the_others_do(course):
    place = "primer/1_tensors.ipynb"
    (course / "notebooks" / "primer").mkdir()
    save(course / "notebooks" / place, LESSON)
    copies.refresh()
    assert {place, f".given/{place}"} < files(course).keys()
    save(course / "my" / place, LESSON | {"b": "answer = 3"})
    save(course / "notebooks" / place, LESSON | {"a": "# Better", "b": "answer = None"})
    (told,) = copies.refresh()
    assert told.startswith(f"{place} is brought up to date; your copy before is my/backup/")
    assert len(list((course / "my" / "primer").glob("1_tensors-new-*.ipynb"))) == 1
    (course / "notebooks" / place).rename(course / "notebooks" / "primer" / "1_arrays.ipynb")
    assert copies.refresh() == []
    assert read(course / "my" / "primer" / "1_arrays.ipynb")["b"] == "answer = 3"
    (told,) = copies.again("primer/1_arrays.ipynb")
    assert told.startswith("primer/1_arrays.ipynb begins again; your copy before is my/backup/")
    assert (course / told.split()[-1].removesuffix(".")).parent.name == "primer"


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

    with monkeypatch.context() as full, pytest.raises(
            Problem, match=r"^\S+ could not be written \(No space left on device\); "):
        full.setattr(Path, "write_bytes", fill)
        copies.refresh()
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
