"""Each claim is measured with several seeds, and what they gave is what the lessons say."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import lessons
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.claims import BAR, written
from tools import execute, seeds

FILE = lessons.ROOT / "notebooks" / "claims.json"
BEGIN = "import os\nfrom helpers import claims\nseed = int(os.environ['COURSE_SEED'])"
THIRDS = """claims.check('a third of |seed|', seed / 3, above=-1)
claims.check('threads', int(os.environ['OMP_NUM_THREADS']), above=0, below=1234.5)"""
TABLE = "claims.table()"
ROW = re.compile(r"^\| (.+) \| (\S+) \| ((?:above|below) .+) \|$", re.MULTILINE)


def save(folder, name, *codes, words="# Thirds"):
    cells = [new_markdown_cell(words), *map(new_code_cell, codes)]
    nbformat.write(new_notebook(cells=cells), folder / "notebooks" / f"{name}.ipynb")


@pytest.fixture
def course(tmp_path):
    """A course of two small lessons, with the tools and the helpers of this one."""
    for name in ("tools", "helpers"):
        shutil.copytree(lessons.ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    save(tmp_path, "00_thirds", BEGIN, THIRDS, TABLE)
    save(tmp_path, "01_even", BEGIN, "claims.check('rest', seed % 2, below=1)", TABLE)
    return tmp_path


def start(course, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(course)}
    return subprocess.Popen([sys.executable, "-m", "tools.execute", *arguments], cwd=course,
                            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, start_new_session=True)


def run(course, *arguments):
    """Run the command to its end; return its exit code and its lines."""
    with start(course, *arguments) as process:
        output, _ = process.communicate(timeout=120)
    return process.returncode, output.splitlines()


def table(course):
    return json.loads((course / "notebooks" / "claims.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "named"),
    [("0-4", [0, 1, 2, 3, 4]), ("0,3", [0, 3]), ("7", [7]), ("3,0-1,1", [0, 1, 3]), ("5-5", [5])],
)
def test_seeds_are_read(text, named):
    assert seeds.parse(text) == named


@pytest.mark.parametrize("text", ["", "x", "4-0", "-1", "0-", "0;3", "1.5", "0-4000000000", "0,,1"])
def test_bad_seeds_are_told_in_one_sentence(text, course, capsys):
    code = execute.main([f"--seeds={text}"], course / "notebooks", course / "build")
    assert (code, capsys.readouterr().err) == (
        1, f"Seeds are whole numbers below 1000, as 0-4 or 0,3, not {text!r}.\n")


def test_an_unknown_lesson_is_told(course, capsys):
    assert execute.main(["9", "--seeds", "0"], course / "notebooks", course / "build") == 1
    assert capsys.readouterr().err == "There is no lesson 9; the lessons are 00, 01.\n"


def test_each_claim_has_its_least_mean_and_greatest_value_and_a_failure_is_told(course):
    (course / "notebooks" / "claims.json").write_text('{"02": "as it was", "00": "to go"}')
    code, lines = run(course, "--seeds", "0-1")
    assert lines[-3:] == [
        "Lesson 01 fails with seed 1: Not so in this run: rest. Measured 1, but the claim needs "
        "below 1.", "1 of 2 lessons are now in claims.json.",
        "Not so, as a run failed or claims other things than another: 01_even."]
    assert code == 1 and sum(" done in 0 min " in line for line in lines) == 3
    before = table(course)
    assert list(before) == ["00", "02"] and before["02"] == "as it was"
    assert before["00"]["seeds"] == [0, 1]
    assert list(before["00"]["claims"].items()) == [
        ("a third of |seed|", {"min": 0, "mean": 0.166667, "max": 0.333333, "above": -1}),
        ("threads", {"min": 1, "mean": 1, "max": 1, "above": 0, "below": 1234.5})]
    assert not list(course.rglob("*.part"))
    assert run(course, "--seeds", "0-1", "0") == (0, ["1 of 1 lessons are now in claims.json."])
    assert table(course) == before


def test_a_run_is_kept_until_what_it_hangs_on_changes(course, monkeypatch):
    monkeypatch.setattr(seeds, "ROOT", course)
    (course / "data" / "weights").mkdir(parents=True)

    def kept(seed=0):
        return seeds.place(course / "notebooks" / "00_thirds.ipynb", seed, course / "build")

    places = [kept(), kept(seed=1)]
    save(course, "00_thirds", BEGIN, THIRDS, TABLE, words="# Other words")
    assert kept() == places[0]
    save(course, "00_thirds", BEGIN, THIRDS.replace("/ 3", "/ 4"), TABLE)
    places.append(kept())
    for file in ("helpers/claims.py", "data/SHA256SUMS", "data/weights/new.json"):
        with (course / file).open("a") as opened:
            opened.write("# changed")
        places.append(kept())
    assert len(set(places)) == len(places) == 6


@pytest.mark.parametrize("other", [
    [], [{"claim": "two", "value": 1.0, "above": 0.0}],
    [{"claim": "one", "value": 1.0, "above": 1.0}],
])
def test_runs_that_claim_different_things_have_no_summary(other):
    assert seeds.summary([[{"claim": "one", "value": 1.0, "above": 0.0}], other]) == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
def test_ctrl_c_ends_all_and_the_same_command_goes_on(course):
    slow = "import pathlib, time\nif seed:\n    pathlib.Path('on').touch()\n    time.sleep(PAUSE)"
    save(course, "00_thirds", BEGIN, "PAUSE = float(pathlib.Path('pause').read_text())"
         .join(["import pathlib\n", f"\n{slow}\n"]) + THIRDS, TABLE)
    pause, on = course / "notebooks" / "pause", course / "notebooks" / "on"
    pause.write_text("60")
    with start(course, "--seeds", "0-1", "0") as process:
        while not (on.exists() and list(course.glob("build/seeds/*-0/00_thirds.ipynb"))):
            time.sleep(0.1)
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in output and "fails" not in output and output.endswith("\nStopped.\n")
    pause.write_text("0")
    code, lines = run(course, "--seeds", "0-1", "0")
    assert code == 0 and [line for line in lines if "begins" in line] == ["00  seed 1  begins"]


def test_a_full_disk_is_told_in_one_sentence(course, monkeypatch, capsys):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(seeds, "claims", lambda kept: [{"claim": "one", "value": 1, "above": 0}])
    monkeypatch.setattr(Path, "write_bytes", no_space)
    assert execute.main(["0", "--seeds", "0"], course / "notebooks", course / "build") == 1
    assert capsys.readouterr().err == ("claims.json could not be written (No space left on "
                                       "device); what was there before is unchanged.\n")
    assert not list(course.rglob("claims.json*"))


# The committed table


@pytest.fixture(scope="module")
def committed():
    if not FILE.exists():
        pytest.skip("notebooks/claims.json is not there: python3 course.py run --seeds 0-4")
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_the_table_has_each_lesson(committed):
    assert list(committed) == list(lessons.LESSONS)


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_the_table_has_what_the_lesson_claims(lesson, committed):
    shown = [row for cell in lessons.cells(lesson) for output in cell.outputs
             for row in ROW.findall(output.get("data", {}).get("text/markdown", ""))]
    figures = committed[lesson]["claims"]
    assert [claim.replace(BAR, "|") for claim, _, _ in shown] == list(figures)
    assert committed[lesson]["seeds"] == [0, 1, 2, 3, 4]
    for (claim, value, bounds), found in zip(shown, figures.values()):
        assert bounds == " and ".join(f"{word} {written(found[word])}"
                                      for word in ("above", "below") if word in found), claim
        assert found.get("above", -float("inf")) <= found["min"] <= found["mean"], claim
        assert found["mean"] <= found["max"] <= found.get("below", float("inf")), claim
        # The notebook may be of another processor, which rounds otherwise, as another seed would.
        slack = found["max"] - found["min"] + 0.01 * max(abs(found["min"]), abs(found["max"]))
        assert found["min"] - slack <= float(value.replace(",", "")) <= found["max"] + slack, claim
