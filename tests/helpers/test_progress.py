"""Progress is one file of the student's own: whole, put aside if damaged, safe from others."""

import errno
import json
import os
import subprocess
import sys

import filelock
import lessons
import pytest

from exercises import lesson_00
from helpers import page, progress


def content(file):
    return json.loads(file.read_text(encoding="utf-8"))


def squared(guess, colour):
    return (guess - colour).pow(2).sum(dim=1).mean(dim=(1, 2))


def right(guess, colour):
    return (guess - colour).norm(dim=1).mean(dim=(1, 2))


def test_nothing_is_kept_where_the_student_says_so(kept, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "OFF")
    assert progress.guess("00.1", 75) == progress.record("00.1", True, "") == ""
    assert progress.read()["guesses"]["00.1"]["guess"] == 75, "this kernel remembers"
    assert not kept.parent.exists()


def test_tests_and_executed_lessons_keep_nothing():
    assert os.environ["COURSE_PROGRESS"] == "off"


def test_a_folder_of_the_students_own_holds_the_file(kept, monkeypatch):
    assert progress.file() == kept
    monkeypatch.delenv("COURSE_WORK")
    assert progress.file() == lessons.ROOT / "my" / "progress.json"


def test_a_guess_stays_once_it_was_measured_and_the_first_one_stands_beside_it(kept):
    assert progress.measured("00.1", 20) == "" and not kept.exists(), "who guesses not, keeps none"
    progress.guess("00.1", 75)
    progress.guess("00.1", 50)
    progress.measured("00.1", 20.5)
    progress.guess("00.1", 20)
    progress.measured("00.1", 99)
    entry = content(kept)["guesses"]["00.1"]
    assert (entry["first"], entry["guess"], entry["measured"]) == (75, 50, 20.5)


def test_a_solved_exercise_stays_solved_after_the_kernel_has_ended(kept, verdict):
    assert "solved it on" not in verdict(lesson_00.check_energy, squared)
    verdict(lesson_00.check_energy, right)
    progress._waiting.clear()
    entry = content(kept)["exercises"]["00.1"]
    assert list(entry["wrong"].values()) == [1] and "squared distance" in [*entry["wrong"]][0]
    said = verdict(lesson_00.check_energy, ...)
    assert f"You solved it on {entry['solved'][:10]}, and that stays." in said
    assert content(kept)["exercises"]["00.1"]["wrong"] == entry["wrong"], "a stub is no answer"


def test_what_a_later_version_of_the_course_added_is_kept(kept):
    kept.parent.mkdir()
    kept.write_text('{"version": 1, "badges": [3], "guesses": {"99.9": {"guess": "x", "sure": 4}}}')
    progress.guess("00.1", 75)
    found = content(kept)
    assert found["badges"] == [3] and found["guesses"]["99.9"] == {"guess": "x", "sure": 4}


def test_a_file_of_a_later_version_is_not_touched(kept):
    kept.parent.mkdir()
    kept.write_text(text := '{"version": 2, "guesses": []}')
    assert "of a newer state of the course" in progress.guess("00.1", 75)
    assert kept.read_text() == text and progress.read()["guesses"]["00.1"]["guess"] == 75


@pytest.mark.parametrize("damage", [
    b'{"guesses": {"00', b"\xff\xfe", b"[]", b"3", b'{"version": "one"}', b'{"guesses": []}',
    b'{"guesses": {"00.1": 3}}', b'{"exercises": {"00.1": {"wrong": []}}}', b"[" * 100_000,
    b" " * (progress.LARGEST + 1)], ids=range(10))
def test_a_damaged_file_is_put_aside_with_one_sentence(damage, kept):
    kept.parent.mkdir()
    kept.write_bytes(damage)
    assert progress.read()["guesses"] == {}
    said = progress.guess("00.1", 75)
    assert said == ("progress.json was damaged: it is progress-damaged-1.json now, and another "
                    "begins.")
    assert kept.with_name("progress-damaged-1.json").read_bytes() == damage
    assert content(kept)["guesses"]["00.1"]["guess"] == 75
    kept.write_bytes(damage)
    assert "progress-damaged-2.json" in progress.guess("00.1", 50)


def test_a_full_disk_costs_nothing_that_was_there_and_what_waits_is_written_later(
        kept, monkeypatch):
    progress.guess("00.1", 75)
    before = kept.read_bytes()

    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        said = progress.guess("00.4", 80)
    assert "can't be written (No space left on device)" in said and said.count(".") == 2
    assert kept.read_bytes() == before
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, ".progress.lock"}
    progress.guess("01.1", 60)
    assert set(content(kept)["guesses"]) == {"00.1", "00.4", "01.1"}


@pytest.mark.parametrize("error", [OSError(errno.ENOLCK, "No locks available"),
                                   NotImplementedError(), filelock.Timeout("taken")])
def test_a_disk_that_knows_no_locks_lets_writes_through(error, kept, monkeypatch):
    def acquire(lock, *args, **settings):
        raise error

    monkeypatch.setattr(filelock.BaseFileLock, "acquire", acquire)
    assert progress.guess("00.1", 75) == ""
    assert content(kept)["guesses"]["00.1"]["guess"] == 75


def test_a_folder_that_cannot_be_made_ends_in_one_sentence(kept):
    kept.parent.write_text("no folder")
    assert "progress.json can't be written" in progress.guess("00.1", 75)


def test_kernels_that_write_at_the_same_time_lose_nothing_of_one_another(kept):
    started = [subprocess.Popen([sys.executable, "-c", (
        "from helpers import progress\n"
        f"for n in range(15): progress.record('{number}', n == 7, f'wrong {{n}}')")],
        cwd=lessons.ROOT, env={**os.environ, "PYTHONPATH": str(lessons.ROOT)})
        for number in ("00.1", "00.2", "01.1")]
    assert not any(process.wait() for process in started)
    found = content(kept)["exercises"]
    assert [len(found[number]["wrong"]) for number in ("00.1", "00.2", "01.1")] == [14, 14, 14]
    assert all("solved" in entry for entry in found.values())


def test_the_messages_of_an_exercise_are_limited(kept):
    for number in range(2 * progress.MESSAGES):
        progress.record("00.1", False, f"wrong {number}")
    assert len(content(kept)["exercises"]["00.1"]["wrong"]) == progress.MESSAGES


@pytest.mark.parametrize(("value", "fits"), [
    (0, True), (99.5, True), (100, True), (-1, False), (101, False), ("50", False), (None, False),
    (True, False), (float("nan"), False), (10**400, False), ([50], False)])
def test_a_guess_at_a_number_is_within_its_scale(value, fits):
    assert progress.fits("00.1", value) == fits


def test_a_choice_is_one_of_its_question_and_unknown_questions_have_none():
    assert progress.fits("00.3", page.questions()["00.3"]["answers"][1])
    assert not progress.fits("00.3", "another") and not progress.fits("00.99", 3)


def test_only_measured_guesses_are_held_against_the_measurement():
    choices = page.questions()["00.3"]["answers"]
    state = {"guesses": {
        "00.1": {"guess": 75, "measured": 20.0, "when": "a"}, "00.2": {"guess": 50},
        "00.3": {"guess": choices[0], "measured": choices[1], "when": "b"},
        "00.4": {"guess": 80, "measured": "x"}, "01.1": {"guess": 60, "measured": float("inf")},
        "01.3": {"guess": 0.5, "measured": 1.5, "when": "c"}}}
    found = progress.made(state)
    assert found == {"00.1": (75, 20.0, 0.55, "a"), "00.3": (choices[0], choices[1], 1.0, "b"),
                     "01.3": (0.5, 1.5, 0.5, "c")}


def test_the_table_has_a_line_for_each_lesson(kept, displayed):
    progress.guess("00.1", 75)
    progress.measured("00.1", 20)
    progress.record("00.2", True, "")
    progress.table()
    lines = displayed[-1]["data"]["text/markdown"].splitlines()
    assert len(lines) == 2 + len(lessons.LESSONS)
    assert lines[2] == "| 00 · Start here | 1 of 3 | 1 of 4 | 55% of the scale |"
    assert lines[-1].endswith(" 0 of 6 |  |")
