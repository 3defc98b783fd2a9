"""Each claim is measured with several seeds: least, mean and greatest value of each."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from subprocess import CompletedProcess

import lessons
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import execute, seeds
from tools.fingerprint import HANGS_ON, fingerprint

BEGIN = "import os\nfrom helpers import claims\nseed = int(os.environ['COURSE_SEED'])"
THIRDS = """claims.check('a third of |seed|', seed / 3, above=-1)
claims.check('threads', int(os.environ['OMP_NUM_THREADS']), above=0, below=1234.5)"""
TABLE = "claims.table()"


def save(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def claim(name, value, **bounds):
    return {"claim": name, "value": value} | bounds


def table(*claimed):
    return new_code_cell(TABLE, outputs=[
        new_output("display_data", metadata={"claims": list(claimed)})])


@pytest.fixture
def course(tmp_path):
    """A course of two small lessons."""
    save(tmp_path / "notebooks" / "00_thirds.ipynb", *map(new_code_cell, (BEGIN, THIRDS, TABLE)))
    save(tmp_path / "notebooks" / "01_even.ipynb", *map(new_code_cell, (
        BEGIN, "claims.check('rest', seed % 2, below=1)", TABLE)))
    return tmp_path


def measure(course, *arguments):
    return execute.main(list(arguments), course / "notebooks", course / "build")


def written(course):
    return json.loads((course / "notebooks" / "claims.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "named"),
    [("0-4", [0, 1, 2, 3, 4]), ("0,3", [0, 3]), ("7", [7]), ("3,0-1,1", [0, 1, 3]), ("5-5", [5]),
     ("999", [999])],
)
def test_seeds_are_read(text, named):
    assert seeds.parse(text) == named


@pytest.mark.parametrize("text", ["", "x", "4-0", "-1", "0-", "0;3", "1.5", "0-4000000000", "0,,1"])
def test_bad_seeds_are_told_in_one_sentence(text, course, capsys):
    assert measure(course, f"--seeds={text}") == 1
    assert capsys.readouterr().err == (
        f"Seeds are whole numbers below 1000, as 0-4 or 0,3, not {text!r}.\n")


def test_an_unknown_lesson_is_told(course, capsys):
    assert measure(course, "9", "--seeds", "0") == 1
    assert capsys.readouterr().err == "There is no lesson 9; the lessons are 00, 01.\n"


def test_the_place_of_a_run_names_its_seed_and_what_it_hangs_on(course):
    lesson = course / "notebooks" / "00_thirds.ipynb"
    assert seeds.place(lesson, 3, course) == course / f"{fingerprint(lesson)}-3" / lesson.name


def test_a_run_claims_what_its_tables_show_unless_it_failed_or_is_missing(tmp_path):
    one, two, path = claim("one", 1), claim("two", 2), tmp_path / "00_run.ipynb"
    assert seeds.claims(path) == []
    save(path, table(one), new_code_cell("6 * 7"), table(two))
    assert seeds.claims(path) == [one, two]
    save(path, table(one), new_code_cell("1 / 0", outputs=[new_output("error")]))
    assert seeds.claims(path) == []


def test_a_summary_has_least_mean_and_greatest_value_and_the_bounds():
    runs = [[claim("|one|", value, above=-1.0, below=9.0), claim("two", 7)]
            for value in (4, 0.1234567, -0.5, 0)]
    assert seeds.summary(runs) == {
        "|one|": {"min": -0.5, "mean": 0.905864, "max": 4, "above": -1.0, "below": 9.0},
        "two": {"min": 7, "mean": 7, "max": 7}}


@pytest.mark.parametrize("other", [[], [claim("two", 1.0, above=0.0)], [claim("one", 1.0)],
                                   [claim("one", 1.0, above=1.0)]])
def test_runs_that_claim_different_things_have_no_summary(other):
    assert seeds.summary([[claim("one", 1.0, above=0.0)], other]) == {}


@pytest.mark.parametrize(("done", "sentence"), [
    (CompletedProcess([], 0, "00  cell\n00  done in 0 min 2 s, peak\n1 of 1 lessons ran.\n", ""),
     "00  seed 3  done in 0 min 2 s, peak"),
    (CompletedProcess([], 1, "00 failed\n    line 1\n    AssertionError: Not so.\n00 end", "!"),
     "Lesson 00 fails with seed 3: Not so."),
    (CompletedProcess([], 1, "00  cell", "a warning\nThe disk is full.\n"),
     "Lesson 00 fails with seed 3: The disk is full."),
    (CompletedProcess([], -9, "", ""), "Lesson 00 fails with seed 3: it was ended"),
])
def test_how_a_run_ended_is_said_in_a_sentence(done, sentence, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **options: done)
    assert seeds.run(Path("00_thirds.ipynb"), 3, Path("build/kept/00_thirds.ipynb")) == sentence


def test_two_runs_go_on_at_a_time_and_no_more(course, monkeypatch):
    both, running, most = threading.Barrier(2), [], []

    def run(lesson, seed, kept):
        running.append(seed)
        both.wait(timeout=30)
        most.append(len(running))
        running.pop()
        save(kept, table(claim("seed", seed)))
        return f"seed {seed}"

    monkeypatch.setattr(seeds, "run", run)
    assert measure(course, "0", "--seeds", "0-5") == 0
    assert max(most) == 2 and len(most) == 6


def test_the_table_keeps_other_lessons_and_what_a_lesson_had_before_it_failed(course, monkeypatch,
                                                                             capsys):
    def run(lesson, seed, kept):
        save(kept, *[table(claim("größer", seed))] * (lesson.name != "01_even.ipynb" or seed < 1))

    monkeypatch.setattr(seeds, "run", run)
    save(course / "notebooks" / "primer" / "1_more.ipynb")
    file = course / "notebooks" / "claims.json"
    assert measure(course, "1", "--seeds", "1") == 1 and not file.exists()
    file.write_text('{"02": "as it was", "01": "as before", "00": "to go"}')
    assert measure(course, "0", "1", "--seeds", "0-1") == 1
    assert written(course) == {
        "00": {"seeds": [0, 1], "claims": {"größer": {"min": 0, "mean": 0.5, "max": 1}}},
        "01": "as before", "02": "as it was"}
    assert list(written(course)) == ["00", "01", "02"]
    assert "größer" in file.read_text(encoding="utf-8")
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "1 of 2 lessons are now in claims.json.",
        "Not so, as a run failed or claims other things than another: 01_even."]
    assert measure(course, "P1", "--seeds", "0") == 0
    assert list(written(course)) == ["00", "01", "02", "P1"]


def test_a_full_disk_is_told_in_one_sentence(course, monkeypatch, capsys):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(seeds, "claims", lambda kept: [claim("one", 1, above=0)])
    monkeypatch.setattr(Path, "write_bytes", no_space)
    assert measure(course, "0", "--seeds", "0") == 1
    assert capsys.readouterr().err == ("claims.json could not be written (No space left on "
                                       "device); what was there before is unchanged.\n")


# With processes and kernels, of a copy of the tools


@pytest.fixture
def copied(course):
    for name in ("tools", "helpers"):
        shutil.copytree(lessons.ROOT / name, course / name,
                        ignore=shutil.ignore_patterns("website", "__pycache__"))
    for name in HANGS_ON:
        (course / name).parent.mkdir(exist_ok=True)
        shutil.copy(lessons.ROOT / name, course / name)
    return course


def start(course, *arguments):
    return subprocess.Popen([sys.executable, "-m", "tools.execute", *arguments], cwd=course,
                            env={**os.environ, "PYTHONPATH": str(course)}, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            start_new_session=True)


@pytest.mark.slow
def test_a_lesson_runs_with_its_seed_and_a_claim_that_fails_is_told(copied, monkeypatch, capsys):
    monkeypatch.setattr(seeds, "ROOT", copied)
    monkeypatch.setenv("PYTHONPATH", str(copied))
    assert measure(copied, "--seeds", "1") == 1
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines[:2]) == ["00  seed 1  begins", "01  seed 1  begins"]
    assert any(line.startswith("00  seed 1  done in 0 min ") for line in lines)
    assert lines[-3] == ("Lesson 01 fails with seed 1: Not so in this run: rest. Measured 1, but "
                         "the claim needs below 1.")
    assert written(copied) == {"00": {"seeds": [1], "claims": {
        "a third of |seed|": {**dict.fromkeys(["min", "mean", "max"], 0.333333), "above": -1},
        "threads": {"min": 1, "mean": 1, "max": 1, "above": 0, "below": 1234.5}}}}
    assert measure(copied, "0", "--seeds", "1") == 0
    assert capsys.readouterr().out == "1 of 1 lessons are now in claims.json.\n"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
def test_ctrl_c_ends_all_and_the_same_command_goes_on(copied):
    waits = "import pathlib, time\nif seed:\n    pathlib.Path('on').touch()\n    time.sleep(PAUSE)"
    pause, on = copied / "notebooks" / "pause", copied / "notebooks" / "on"
    save(copied / "notebooks" / "00_thirds.ipynb", *map(new_code_cell, (
        BEGIN, "PAUSE = float(open('pause').read())", waits, THIRDS, TABLE)))
    pause.write_text("60")
    with start(copied, "--seeds", "0-1", "0") as process:
        while not (on.exists() and list(copied.glob("build/seeds/*-0/00_thirds.ipynb"))):
            time.sleep(0.1)
            assert process.poll() is None, process.stdout.read()
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in output and "fails" not in output and output.endswith("\nStopped.\n")
    pause.write_text("0")
    with start(copied, "--seeds", "0-1", "0") as process:
        output, _ = process.communicate(timeout=120)
    assert not process.returncode
    assert [line for line in output.splitlines() if "begins" in line] == ["00  seed 1  begins"]
    assert written(copied)["00"]["claims"]["a third of |seed|"] == {
        "min": 0, "mean": 0.166667, "max": 0.333333, "above": -1}
