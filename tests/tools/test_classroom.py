"""A class at a glance: what is handed in is data, and no file of it can harm the page."""

import csv
import json
import os
import random
import re
from html.parser import HTMLParser

import lessons
import pytest

from helpers import page, progress
from tools.classroom import __main__ as classroom
from tools.classroom import files, report

CHOICE = page.questions()["00.3"]["answers"]
SQUARED = "This is the squared distance. A difference of (3, 4) has length {}: take the root."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    """Put back, after each test, the folder that a command has named for its process."""
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "my"))


def student(number, **changes):
    """What one of forty hands in: each third is stuck, the guesses are too high."""
    luck = random.Random(number)
    last = luck.choice(CHOICE)
    wrong = {"wrong": {SQUARED.format(number): 2}, "when": "2026-11-29T10:00:00"}
    solved = {} if number % 3 == 0 else {"solved": "2026-11-29T10:05:00"}
    return {"hand-in": 1, "id": f"{number:016x}", "name": f"Student {number:02}",
            "when": f"2026-11-29T11:{number:02}:00", "answers": {"00.1": f"x = {number}"},
            "exercises": {"00.1": wrong | solved},
            "guesses": {"00.1": {"guess": luck.randint(50, 100), "measured": 24.1, "when": "a"},
                        "00.3": {"guess": last, "first": CHOICE[0], "measured": CHOICE[1]}},
            } | changes


@pytest.fixture
def room(tmp_path):
    """A folder of forty files, whole, damaged, huge and hostile; 33 of them count."""
    folder = tmp_path / "handed"
    folder.mkdir()

    def put(name, content):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / name).write_text(text, encoding="utf-8")

    for number in range(30):
        put(f"hand-in-{number:02}.json", student(number))
    put("hand-in-again.json", student(3, name="Three, again", when="2026-11-29T12:00:00"))
    put("hand-in-early.json", student(4, name="Four, too early", when="2026-11-28T12:00:00"))
    put("hostile.json", student(
        40, name=HOSTILE, answers={"00.1": f"</pre>{HOSTILE}", HOSTILE: "x", "00.2": 3},
        exercises={"00.1": {"wrong": {HOSTILE: 10**30, "list": [1]}}, HOSTILE: {"solved": "x"}},
        guesses={"00.1": {"guess": 1e300, "measured": HOSTILE}, HOSTILE: {"guess": 1},
                 "00.3": {"guess": HOSTILE}, "00.4": {"guess": 60, "measured": 10**400}}))
    put("formula.json", student(41, name='=HYPERLINK("http://x","y")', id="+1", when="@now"))
    put("strange.json", student(42, name="\u202eevil\x00\ud800", guesses={"00.1": 3, "00.2": []},
                                exercises={"00.1": {"wrong": {}, "solved": ""}}))
    put("cut.json", json.dumps(student(43))[:200])
    put("deep.json", "[" * 200_000)
    put("list.json", "[1, 2]")
    put("types.json", student(44, exercises=[]))
    put("nobody.json", student(45, id=7))
    put("other.txt", "my homework")
    with (folder / "giant.json").open("wb") as giant:
        giant.truncate(files.LARGEST + 1)
    (folder / "link.json").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe.json")
    return folder


@pytest.fixture
def made(room, tmp_path, capsys):
    """The page, the lines of the table, and what was said."""
    work = tmp_path / "my"
    assert classroom.main(["class", str(work), str(room)]) == 0
    with (work / "class.csv").open(encoding="utf-8-sig", newline="") as table:
        lines = list(csv.DictReader(table))
    return (work / "class.html").read_text(encoding="utf-8"), lines, capsys.readouterr().out


class Tags(HTMLParser):
    """Which tags and attributes a page really has."""

    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_each_file_counts_or_is_named_with_a_reason(made):
    html, lines, told = made
    assert len(lines) == 33 and "Students: 33." in told
    left = dict(re.findall(r"Left out: ([\w.-]+): (.*)\.", told))
    assert left == {
        "cut.json": "damaged, or cut off", "deep.json": "damaged, or cut off",
        "list.json": "nothing that course.py hand-in of this course wrote",
        "types.json": "its 'exercises' is no table", "nobody.json": "it doesn't say whose it is",
        "other.txt": "no .json file", "giant.json": "larger than 2 MB",
        "link.json": "no ordinary file", "pipe.json": "no ordinary file",
        "hand-in-03.json": "hand-in-again.json, of the same, is newer",
        "hand-in-early.json": "hand-in-04.json, of the same, is newer"}
    assert all(name in html for name in left)


def test_of_one_person_the_latest_counts(made):
    names = [line["name"] for line in made[1]]
    assert "Three, again" in names and "Student 03" not in names
    assert "Student 04" in names and "Four, too early" not in names


def test_nothing_of_a_student_becomes_markup(made):
    html = made[0]
    tags = Tags(html)
    assert not tags.names & {"script", "img", "iframe", "a", "link"}
    assert not [name for name in tags.attributes if name.startswith("on") or name in (
        "src", "href")]
    assert "&lt;script&gt;alert(1)" in html and "default-src 'none'" in html
    assert "\u202e" not in html and "\x00" not in html


def test_no_cell_of_the_table_is_a_formula(made):
    line = next(line for line in made[1] if "HYPERLINK" in line["name"])
    assert line["name"].startswith("'=") and line["number"] == "'+1" and line["handed in"] == ""
    assert not [cell for line in made[1] for cell in line.values()
                if cell.startswith(tuple("=+-@"))]


@pytest.mark.parametrize(("cell", "shown"), [
    ("-1", "'-1"), ("\t=1", "'\t=1"), ("@x", "'@x"), ("", ""), ("cow", "cow"), (3, 3)])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(cell, shown):
    assert report.harmless(cell) == shown


def test_values_out_of_range_are_no_guesses_and_counts_are_limited(room):
    found = files.read(room / "hostile.json")
    assert found.guesses == {"00.4": 60} and not found.measured
    assert set(found.answers) == {"00.1"} and found.wrong["00.1"] == {HOSTILE: 1000}
    assert not files.read(room / "strange.json").guesses


def test_the_page_says_what_to_take_up_and_in_the_checkers_own_words(made):
    html = made[0]
    first = html[html.index("To take up tomorrow"):html.index("Who did what")]
    assert "<b>00.1</b> One drawing shown" in first and "of the scale on average" in first
    assert "<b>Exercise 00.1</b>: 11 are stuck. 10 of them heard: “This is the squared" in first
    assert "31 heard: This is the squared distance" in html


def test_a_question_shows_a_histogram_with_what_was_measured(made):
    html = made[0]
    shown = html[html.index("00.1 · One drawing shown"):html.index("00.3 · ")]
    assert shown.count("<rect") == 10 and "31 guesses; measured: 24.1." in shown
    assert re.search(r">20 to 30</text>.*?>0 ◀ measured<", shown)
    pairs = html[html.index("00.3 · "):html.index("00.4 · ")]
    right = sum(student(number)["guesses"]["00.3"]["guess"] == CHOICE[1]
                for number in (*range(30), 41))
    assert f"Right at first: 0 of 31, in the end: {right}." in pairs


def test_an_empty_class_gives_a_page_and_a_missing_folder_one_sentence(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert classroom.main(["class", str(tmp_path / "my"), str(tmp_path / "empty")]) == 0
    assert "Nothing stands out" in (tmp_path / "my" / "class.html").read_text(encoding="utf-8")
    assert classroom.main(["class", str(tmp_path / "my"), str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


# Handing in


@pytest.fixture
def work(kept):
    """A student's folder: lesson 00 with one answer, progress with a verdict and a guess."""
    kept.parent.mkdir()
    book = json.loads(lessons.LESSONS["00"].read_text(encoding="utf-8"))
    answer = lessons.numbers("00", "exercise")[0]
    book["cells"][answer]["source"] = "def my_energy(guess, colour):\n    return 0"
    (kept.parent / lessons.LESSONS["00"].name).write_text(json.dumps(book), encoding="utf-8")
    (kept.parent / "01_cut.ipynb").write_text('{"cells": [')
    progress.guess("00.1", 75)
    progress.record("00.1", False, "It is 0.")
    return kept.parent


def test_what_is_handed_in_can_be_read_and_has_a_name_only_if_it_is_given(work, tmp_path, capsys):
    assert classroom.main(["hand-in", str(work)]) == 0
    told = capsys.readouterr().out
    assert "holds 1 answers, 0 solved exercises and 1 guesses; no name stands in it" in told
    assert "01_cut.ipynb can't be read: its answers are missing." in told
    file, = work.glob("hand-in-*.json")
    first = files.read(file)
    assert first.answers == {"00.1": "def my_energy(guess, colour):\n    return 0"}
    assert (first.name, first.guesses) == ("", {"00.1": 75})
    assert first.wrong == {"00.1": {"It is 0.": 1}}
    (tmp_path / "box").mkdir()
    assert classroom.main(["hand-in", str(work), "--name= A. B/../c ",
                           f"--to={tmp_path / 'box'}"]) == 0
    second = files.read(tmp_path / "box" / "hand-in-A-B-c.json")
    assert second.name == "A. B/../c" and second.id == first.id, "one person, whatever the name"


def test_a_box_that_is_not_writable_ends_in_one_sentence(work, tmp_path, capsys):
    (tmp_path / "box").write_text("no folder")
    assert classroom.main(["hand-in", str(work), f"--to={tmp_path / 'box'}"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
