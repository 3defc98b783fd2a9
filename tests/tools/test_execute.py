"""tools.execute runs lessons without a browser, reports each cell, and goes on after a failure."""

import asyncio
import queue
import re
import subprocess
import sys
import threading
from types import SimpleNamespace

import nbclient.client
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import page
from tools import execute, storage


def save(folder, name, *cells):
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_a_cell_is_named_by_the_heading_above_it_or_by_its_first_line():
    cells = [new_markdown_cell("# Energy\n\n$E(x) < 1$"), new_code_cell("one"),
             new_code_cell("\n\ntwo\nlines"), new_markdown_cell("## Up"), new_markdown_cell("text"),
             new_code_cell("  "), new_code_cell("three")]
    assert execute.cell_titles(new_notebook(cells=cells)) == {1: "Energy", 2: "two", 6: "Up"}


FAMILY = """
import subprocess, sys
held, younger = 50_000_000 * b"x", int(sys.argv[1])
if younger:
    subprocess.run([*sys.orig_argv[:-1], str(younger - 1)])
print(flush=True)
sys.stdin.readline()
"""


def test_the_peak_of_memory_is_the_most_that_a_process_and_all_below_it_held():
    with subprocess.Popen([sys.executable, "-c", FAMILY, "2"], bufsize=0,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as eldest:
        eldest.stdout.readline()
        watch = execute.PeakMemory(eldest.pid)

        def youngest_ends(_):
            eldest.stdin.write(b"\n")
            return not eldest.stdout.readline()

        watch.done = SimpleNamespace(wait=youngest_ends)
        watch.run()
    assert 150e6 < watch.peak < 300e6


class TwoCells:
    """Stands in for a kernel: the first cell takes 7 s, the second 83.6 s, the rest 102 s."""

    def __init__(self, notebook, on_cell_execute, on_cell_executed, **_):
        self.begins, self.ends = on_cell_execute, on_cell_executed

    def execute(self, env):
        assert env["COURSE_PROGRESS"] == "off" and "PATH" in env
        for index, seconds in ((0, 7), (2, 83.6)):
            CLOCK.now += 51
            self.begins(cell=None, cell_index=index)
            CLOCK.now += seconds
            self.ends(cell=None, cell_index=index, execute_reply=None)


CLOCK = SimpleNamespace(now=1000, monotonic=lambda: CLOCK.now)


def test_a_run_is_told_in_minutes_and_gigabytes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(execute, "NotebookClient", TwoCells)
    monkeypatch.setattr(execute, "time", CLOCK)
    lesson = execute.Lesson(save(tmp_path, "04_two", new_code_cell("first()"),
                                 new_markdown_cell("text"), new_code_cell("second = " + 60 * "x")))
    lesson.memory = SimpleNamespace(done=threading.Event(), peak=2_345_000_000)
    lesson.execute()
    assert capsys.readouterr().out == (
        f"04  cell  1/2    7.0 s  first()\n04  cell  2/2   83.6 s  second = {51 * 'x'}\n"
        "04  done in 3 min 13 s, peak memory 2.35 GB\n")
    assert lesson.memory.done.is_set() and lesson.seconds == pytest.approx(192.6)


def test_of_a_long_error_the_end_is_told(tmp_path, capsys):
    lesson = execute.Lesson(save(tmp_path, "04_bad", new_code_cell("first()")))
    lesson.cell_started(None, 0)
    lesson.report("\n".join(f"\x1b[31mline {number}\x1b[0m" for number in range(40)))
    assert capsys.readouterr().out.splitlines() == [
        "04  cell  1/1 of 04_bad.ipynb failed: first()",
        *[f"    line {number}" for number in range(25, 40)]]


@pytest.mark.parametrize(("seconds", "minutes"),
                         [(0.2, 0.5), (44, 0.5), (46, 1), (74, 1), (200, 3.5), (2000, 33.5)])
def test_a_lesson_written_back_says_how_many_minutes_it_took(seconds, minutes, tmp_path,
                                                             monkeypatch):
    monkeypatch.setattr(execute.Lesson, "execute", lambda self: vars(self).update(seconds=seconds))
    lesson = save(tmp_path, "04_fine", new_code_cell("6 * 7"))
    assert execute.run_lesson(lesson, tmp_path / "build", inplace=True)
    assert page.minutes(lesson) == page.minutes(tmp_path / "build" / lesson.name) == minutes


def test_what_differs_from_run_to_run_is_taken_out():
    kept, bar = (new_output("display_data", metadata=metadata)
                 for metadata in ({"claims": []}, {"progress": 3}))
    cell = new_code_cell("train()", metadata={"execution": {}, "tags": ["long"]},
                         outputs=[kept, bar])
    found = execute.clean(new_notebook(cells=[cell, new_markdown_cell("text")], metadata={
        "language_info": {"name": "python", "version": "3.11.2"}, "widgets": {"state": {}},
        "kernelspec": {"name": "mine", "display_name": "Mine"}, "course": {"minutes": 1}}))
    assert found.metadata == {"language_info": {"name": "python"}, "course": {"minutes": 1},
                              "kernelspec": execute.KERNELSPEC}
    assert found.cells[0].metadata == {"tags": ["long"]} and found.cells[0].outputs == [kept]


def test_a_reply_is_heard_even_when_nobody_was_woken():
    waits = []

    async def get_message(timeout):
        waits.append(timeout)
        if len(waits) < 3:
            raise queue.Empty
        return "reply"

    assert asyncio.run(execute.patient(get_message)(timeout=None)) == "reply"
    assert waits == [1, 1, 1]


def test_the_waiting_for_a_reply_has_an_end():
    async def nothing(timeout):
        await asyncio.sleep(timeout)
        raise queue.Empty

    with pytest.raises(queue.Empty):
        asyncio.run(execute.patient(nothing)(timeout=0.1))


@pytest.mark.parametrize("text", ["", "a\rb", "a\r\nb", "ab\rc\rd\ne\rf\n\rg", "a\r", "\r\r\n"])
def test_what_a_carriage_return_overwrites_is_what_nbclient_says(text):
    assert nbclient.client._RGX_CARRIAGERETURN.sub("", text) == re.sub(r".*\r(?=[^\n])", "", text)


@pytest.mark.parametrize(("number", "error"), [
    ("9", "There is no lesson 9; the lessons are 00.\n"),
    ("0", "00_fine.ipynb could not be written (No space left on device); what was there before "
          "is unchanged.\n")])
def test_what_cannot_be_run_or_written_ends_in_one_sentence(number, error, tmp_path, monkeypatch,
                                                            capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    save(tmp_path, "00_fine")
    monkeypatch.setattr(execute.Lesson, "execute", lambda self: None)
    monkeypatch.setattr(storage.Path, "write_bytes", full)
    assert execute.main(["0", number], tmp_path, tmp_path / "build") == 1
    assert capsys.readouterr().err == error
