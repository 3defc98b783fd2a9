"""tools.execute with real kernels: what is printed, what is written, and how a run can end."""

import contextlib
import io
import os
import re
import signal

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import execute, saving
from tools.fingerprint import fingerprint

pytestmark = pytest.mark.slow
SAYS = """import ipykernel, os, pathlib
print(os.environ["COURSE_SEED"], pathlib.Path.cwd().name)
print("curve_secretkey" in ipykernel.get_connection_info(unpack=True))"""


def save(folder, name, *cells):
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [cell.outputs for cell in cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Three small lessons, the middle one with a failing cell, executed in place."""
    folder = tmp_path_factory.mktemp("notebooks")
    build = folder.parent / f"{folder.name}-build"
    save(folder, "00_fine",
         new_markdown_cell("# Energy\n\n$E(x) = x^2 < 1$"),
         new_code_cell(SAYS),
         new_code_cell("from helpers.training import Progress\n[*Progress(range(2), 'counting')];"),
         new_code_cell("import ipywidgets\nipywidgets.interact(lambda x: x, x=3);"))
    save(folder, "01_bad",
         new_markdown_cell("## Train the classifier"),
         new_code_cell("raise ValueError('the labels are missing')"),
         new_code_cell("print('never')"))
    save(folder, "02_fine", new_code_cell("6 * 7"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SEED", "3")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            code = execute.main(["--inplace"], folder, build)
    return folder, build, code, output.getvalue()


def test_a_failing_cell_is_named_and_the_other_lessons_still_run(executed):
    _, build, code, text = executed
    assert code == 1
    assert "01  cell  1/2 of 01_bad.ipynb failed: Train the classifier" in text
    assert "ValueError: the labels are missing" in text
    assert "\x1b" not in text
    assert "2 of 3 lessons ran" in text
    assert "Failed: 01_bad." in text
    assert outputs(build / "02_fine.ipynb")[0][0].data["text/plain"] == "42"


def test_every_cell_and_lesson_is_reported_with_its_time(executed):
    lines = executed[3].splitlines()
    assert lines[0].startswith("00  cell  1/3") and lines[0].endswith(" s  Energy")
    assert lines[1].endswith(" s  from helpers.training import Progress")
    assert re.match(r"00  done in \d min \d+ s, peak memory \d\.\d\d GB$", lines[3])


def test_lessons_are_written_back_without_widgets_unless_they_failed(executed):
    folder, build, *_ = executed
    said, progress_bar, control = outputs(folder / "00_fine.ipynb")
    assert said[0].text == f"3 {folder.name}\nTrue\n", "seed, folder, encrypted"
    assert progress_bar == []
    assert control[0].data == {"text/plain": saving.CONTROL}
    metadata = nbformat.read(folder / "00_fine.ipynb", as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "widgets" not in metadata
    assert metadata.course.fingerprint == fingerprint(folder / "00_fine.ipynb")
    assert outputs(folder / "01_bad.ipynb") == [[], []]
    assert outputs(build / "01_bad.ipynb")[0][0].ename == "ValueError"


def test_executing_again_elsewhere_changes_nothing(executed, tmp_path, capsys):
    folder, build, *_ = executed
    before = (folder / "02_fine.ipynb").read_bytes()
    assert execute.main(["2", "--inplace", f"--build={tmp_path}/there"], folder, build) == 0
    assert (folder / "02_fine.ipynb").read_bytes() == before
    assert (tmp_path / "there" / "02_fine.ipynb").read_bytes() == before
    assert "their notebooks are in there/." in capsys.readouterr().out


@pytest.mark.parametrize(("code", "told"), [
    ("os._exit(1)", "The kernel ended by itself, most often because memory ran out."),
    ("time.sleep(1000)", "The cell took longer than 0 minutes and was ended."),
])
def test_a_kernel_that_dies_or_never_ends_is_reported(code, told, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(execute, "LIMIT", 2)
    save(tmp_path, "00_ends", new_code_cell(f"import os, time\n{code}"))
    assert execute.main([], tmp_path, tmp_path / "build") == 1
    assert f"    {told}" in capsys.readouterr().out.splitlines()


def test_ctrl_c_ends_the_run_and_writes_nothing(tmp_path, capsys):
    press = f"import os, time\nos.kill({os.getpid()}, {signal.SIGINT:d})\ntime.sleep(60)"
    save(tmp_path, "00_pressed", new_code_cell(press))
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(KeyboardInterrupt):
            execute.main([], tmp_path, tmp_path / "build")
    finally:
        signal.signal(signal.SIGINT, before)
    assert "failed" not in capsys.readouterr().out and not os.listdir(tmp_path / "build")


def test_a_cell_before_its_turn_says_what_to_run(tmp_path, capsys):
    save(tmp_path, "00_early", new_code_cell("from helpers.start import start\nstart()"),
         new_code_cell("twins(pictures)"))
    assert execute.main([], tmp_path, tmp_path) == 1
    assert re.search(r"NameError: name 'twins' is not defined\s+If a cell above makes it, run that "
                     "first: Run, Run All Above Selected Cell.", capsys.readouterr().out)


def test_large_outputs_are_kept_and_hold_nobody_up(tmp_path):
    codes = {"print('x' * 1_000_000)": 1_000_001,
             "for i in range(100_000):\n    print(i)": 588_890,
             "for i in range(100_000):\n    print(i, end='\\r')": 6}
    save(tmp_path, "00_large", *map(new_code_cell, codes))
    assert execute.main([], tmp_path, tmp_path / "build") == 0
    sizes = [len(output.text) for output, in outputs(tmp_path / "build" / "00_large.ipynb")]
    assert sizes == list(codes.values())
