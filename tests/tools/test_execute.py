"""tools.execute runs lessons without a browser, reports each cell, and goes on after a failure."""

import asyncio
import contextlib
import io
import queue
import re
from pathlib import Path

import nbclient.client
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import execute, saving


def save(folder, name, *cells):
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Three small lessons, the middle one with a failing cell, executed in place."""
    folder = tmp_path_factory.mktemp("notebooks")
    build = folder.parent / f"{folder.name}-build"
    save(
        folder,
        "00_fine",
        new_markdown_cell("# Energy\n\n$E(x) = x^2 < 1$"),
        new_code_cell("import os\nprint(os.environ['COURSE_SEED'])"),
        new_code_cell("from helpers.training import Progress\n[*Progress(range(2), 'counting')];"),
        new_code_cell("import ipywidgets\nipywidgets.interact(lambda x: x, x=3);"),
    )
    save(
        folder,
        "01_bad",
        new_markdown_cell("## Train the classifier"),
        new_code_cell("raise ValueError('the labels are missing')"),
        new_code_cell("print('never')"),
    )
    save(folder, "02_fine", new_code_cell("6 * 7"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SEED", "3")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            code = execute.main(["--inplace"], folder, build)
    return folder, build, code, output.getvalue()


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.outputs for cell in cells if cell.cell_type == "code"]


def test_a_failing_cell_is_named_and_the_other_lessons_still_run(executed):
    _, build, code, text = executed
    assert code == 1
    assert "01  cell  1/2 of 01_bad.ipynb failed: Train the classifier" in text
    assert "ValueError: the labels are missing" in text
    assert "\x1b" not in text
    assert "2 of 3 lessons ran" in text
    assert "Failed: 01_bad." in text
    assert outputs(build / "02_fine.ipynb")[0][0].data["text/plain"] == "42"
    assert not list(build.glob("*.part"))


def test_every_cell_and_lesson_is_reported_with_its_time(executed):
    lines = executed[3].splitlines()
    assert lines[0].startswith("00  cell  1/3") and lines[0].endswith(" s  Energy")
    assert lines[1].endswith(" s  from helpers.training import Progress")
    assert any(line.startswith("00  done in 0 min") and "peak memory" in line for line in lines)


def test_lessons_are_written_back_without_widgets_unless_they_failed(executed):
    folder, build, *_ = executed
    seed, progress_bar, control = outputs(folder / "00_fine.ipynb")
    assert seed[0].text == "3\n"
    assert progress_bar == []
    assert control[0].data == {"text/plain": saving.CONTROL}
    metadata = nbformat.read(folder / "00_fine.ipynb", as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "widgets" not in metadata
    assert metadata.course == {"minutes": 0.5}
    assert outputs(folder / "01_bad.ipynb") == [[], []]
    assert outputs(build / "01_bad.ipynb")[0][0].ename == "ValueError"


def test_executing_again_changes_nothing(executed):
    folder, build, *_ = executed
    before = (folder / "02_fine.ipynb").read_bytes()
    assert execute.main(["2", "--inplace"], folder, build) == 0
    assert (folder / "02_fine.ipynb").read_bytes() == before


def test_the_notebooks_can_go_elsewhere(executed, tmp_path, capsys):
    folder, build, *_ = executed
    assert execute.main(["2", "--build", str(tmp_path / "there")], folder, build) == 0
    assert (tmp_path / "there" / "02_fine.ipynb").exists()
    assert "their notebooks are in there/." in capsys.readouterr().out


def test_a_kernel_that_dies_is_reported(tmp_path, capsys):
    save(tmp_path, "00_dies", new_code_cell("import os\nos._exit(1)"))
    assert execute.main([], tmp_path, tmp_path / "build") == 1
    assert "The kernel ended by itself" in capsys.readouterr().out


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


def test_a_cell_before_its_turn_says_what_to_run(tmp_path, capsys):
    save(tmp_path, "00_early", new_code_cell("from helpers.start import start\nstart()"),
         new_code_cell("twins(pictures)"))
    assert execute.main([], tmp_path, tmp_path) == 1
    assert re.search(r"NameError: name 'twins' is not defined\s+If a cell above makes it, run that "
                     "first: Run, Run All Above Selected Cell.", capsys.readouterr().out)


def test_a_cell_that_never_ends_is_ended(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(execute, "LIMIT", 6)
    save(tmp_path, "00_waits", new_code_cell("import time\ntime.sleep(1000)"))
    assert execute.main([], tmp_path, tmp_path / "build") == 1
    assert "The cell took longer than 0 minutes and was ended." in capsys.readouterr().out


@pytest.mark.parametrize(("code", "size"), [
    ("print('x' * 1_000_000)", 1_000_001),
    ("for i in range(100_000):\n    print(i)", 588_890),
    ("for i in range(100_000):\n    print(i, end='\\r')", 6),
])
def test_large_outputs_are_kept_and_hold_nobody_up(code, size, tmp_path):
    save(tmp_path, "00_large", new_code_cell(code))
    assert execute.main([], tmp_path, tmp_path / "build") == 0
    assert len(outputs(tmp_path / "build" / "00_large.ipynb")[0][0].text) == size


@pytest.mark.parametrize("text", ["", "a\rb", "a\r\nb", "ab\rc\rd\ne\rf\n\rg", "a\r", "\r\r\n"])
def test_what_a_carriage_return_overwrites_is_what_nbclient_says(text):
    assert nbclient.client._RGX_CARRIAGERETURN.sub("", text) == re.sub(r".*\r(?=[^\n])", "", text)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"),
                                   OSError(30, "Read-only file system")])
def test_a_disk_that_takes_nothing_ends_in_one_sentence(error, tmp_path, capsys, monkeypatch):
    def write(*_):
        raise error

    save(tmp_path, "02_fine", new_code_cell("6 * 7"))
    monkeypatch.setattr(Path, "write_bytes", write)
    assert execute.main(["--inplace"], tmp_path, tmp_path / "build") == 1
    assert capsys.readouterr().err.startswith("02_fine.ipynb could not be written (")
    assert not list(tmp_path.rglob("*.part"))


def test_an_unknown_lesson_is_answered_with_the_list(executed, capsys):
    folder, build, *_ = executed
    assert execute.main(["1", "9"], folder, build) == 1
    error = capsys.readouterr().err
    assert error == "There is no lesson 9; the lessons are 00, 01, 02.\n"
