"""course.py makes and mends its environment, explains failures, and executes lessons."""

import ast
import asyncio
import contextlib
import io
import json
import queue
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import course
from tools import execute

ROOT = Path(course.__file__).parent
PINS = {"torch": "2.14.1", "pytest": "9.2.0"}
READY = {
    "python": list(sys.version_info[:2]),
    "pip": True,
    "versions": {"torch": "2.14.1+cpu", "pytest": "9.2.0"},
    "helpers": str(ROOT / "helpers" / "__init__.py"),
}


# What is missing


def test_a_complete_environment_lacks_nothing_and_local_versions_count():
    assert course.find_missing(READY, PINS) == []


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"versions": {"torch": None, "pytest": "9.2.0"}}, ["torch"]),
        ({"versions": {"torch": "2.13.0", "pytest": "9.2.0"}}, ["torch"]),
        ({"helpers": None}, ["helpers"]),
        ({"helpers": "elsewhere/helpers/__init__.py"}, ["helpers"]),
    ],
)
def test_what_is_absent_or_differs_is_found(change, missing):
    assert course.find_missing({**READY, **change}, PINS) == missing


def test_an_interpreter_is_asked_for_its_own_packages():
    found = course.probe(Path(sys.executable), ["pytest", "no-such-package"])
    assert found["versions"] == {"pytest": pytest.__version__, "no-such-package": None}
    assert found["python"] == list(sys.version_info[:2])


def test_an_interpreter_that_is_gone_answers_nothing(tmp_path):
    assert course.probe(tmp_path / "python", PINS) is None


# Which environment


def test_the_environment_of_a_running_virtualenv_is_used(monkeypatch):
    monkeypatch.setattr(sys, "prefix", "elsewhere")
    assert course.active_python() == Path(sys.executable)


def test_an_active_environment_is_used_even_when_another_python_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    python = course.interpreter(tmp_path)
    python.parent.mkdir(exist_ok=True)
    python.touch()
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path))
    assert course.active_python() == python


def test_no_environment_is_active_without_its_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert course.active_python() is None


# Making and mending .venv


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A machine without an environment; returns the commands that were asked for.

    `python -m venv` is carried out, without pip for speed; pip itself is not.
    """
    commands = []

    def must_run(task, command, python, **streams):
        commands.append([str(part) for part in command[1:]])
        if "venv" in command:
            subprocess.run([*command, "--without-pip"], check=True)

    monkeypatch.setattr(course, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(course, "active_python", lambda: None)
    monkeypatch.setattr(course, "read_pins", lambda: {})
    monkeypatch.setattr(course, "must_run", must_run)
    # Installing cannot make `helpers` importable here, so the second look finds it.
    looks = iter([["helpers"], []])
    monkeypatch.setattr(course, "find_missing", lambda found, pins: next(looks))
    return commands


def test_venv_is_made_and_filled_once(fresh, monkeypatch):
    python = course.prepare()
    assert [command[1] for command in fresh] == ["venv", "ensurepip", "pip"]
    fresh.clear()
    monkeypatch.setattr(course, "find_missing", lambda found, pins: [])
    assert course.prepare() == python
    assert fresh == []


def test_a_venv_whose_interpreter_is_gone_is_made_again(fresh, capsys):
    course.interpreter(course.VENV).parent.mkdir(parents=True)
    course.prepare()
    assert "Making .venv again" in capsys.readouterr().out
    assert "--clear" in fresh[0]


def test_a_venv_without_pip_gets_it(fresh):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course.VENV], check=True)
    course.prepare()
    assert fresh[0] == ["-m", "ensurepip", "--upgrade"]


def test_all_requirements_are_installed_where_a_package_is_missing(fresh, capsys):
    course.install(Path(sys.executable), READY, ["pytest", "helpers"])
    assert fresh[0][-2:] == ["--requirement", "requirements.txt"]
    assert capsys.readouterr().out == "Installing pytest, helpers ...\n"


def test_a_long_installation_says_what_it_costs(fresh, capsys):
    course.install(Path(sys.executable), READY, ["torch", *"abcdef"])
    assert "7 packages (about 4 minutes plus a download" in capsys.readouterr().out


def test_an_installation_that_changed_nothing_is_noticed(fresh, monkeypatch):
    monkeypatch.setattr(course, "find_missing", lambda found, pins: ["torch"])
    with pytest.raises(course.Problem, match="torch cannot be found"):
        course.prepare()


# One sentence for whatever stands in the way


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("Retrying ... connection broken by 'NewConnectionError()'", "connect to the internet"),
        ("SSLError(... CERTIFICATE_VERIFY_FAILED ...) Max retries", "set PIP_CERT"),
        ("ERROR: OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "cannot be written"),
        ("created successfully because ensurepip is not available", "install its venv module"),
        ("python3: No module named venv", "install its venv module"),
        ("error: externally-managed-environment", "deactivate it"),
        ("HINT: ... does not have Windows Long Path support enabled", "too long a name"),
        ("ERROR: No matching distribution found for torch==2.14.1", "torch==2.14.1 is not made"),
        ("ERROR: something new", "Making .venv failed: ERROR: something new"),
        ("", "Making .venv failed: it gave no reason"),
    ],
)
def test_a_failure_ends_in_one_sentence(output, sentence, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(course, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(course, "active_python", lambda: None)
    monkeypatch.setattr(course, "probe", lambda python, pins: None)
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr=output)
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: failed)
    assert course.main(["test"]) == 1
    assert sentence in (error := capsys.readouterr().err)
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (PermissionError(13, "Permission denied", "build"), 1, "cannot be written"),
        (OSError(28, "No space left on device"), 1, "The disk is full"),
        (KeyboardInterrupt(), 130, "Stopped"),
    ],
)
def test_an_interruption_ends_in_one_sentence(error, code, sentence, monkeypatch, capsys):
    def prepare():
        raise error

    monkeypatch.setattr(course, "prepare", prepare)
    assert course.main(["test"]) == code
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "sentence"),
    [(None, "does not start"), ({**READY, "python": [3, 9]}, "older than 3.11")],
)
def test_an_unfit_active_environment_is_left_alone(found, sentence, monkeypatch, capsys):
    monkeypatch.setattr(course, "active_python", lambda: Path("python"))
    monkeypatch.setattr(course, "probe", lambda python, pins: found)
    assert course.main(["test"]) == 1
    assert sentence in capsys.readouterr().err


def test_an_old_python_is_told_so():
    code = "import sys; sys.version_info = (3, 10, 0); exec(open('course.py').read())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Python 3.11 or newer" in done.stderr
    ast.parse((ROOT / "course.py").read_text(encoding="utf-8"), feature_version=(3, 7))


# The commands


@pytest.fixture
def handed_over(monkeypatch):
    """The environment is ready; returns what would have been started."""
    started = []
    monkeypatch.setattr(course, "prepare", lambda: Path("bin/python"))
    monkeypatch.setattr(course, "hand_over", lambda python, *rest: started.extend(rest) or 5)
    return started


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        (["test"], ["pytest"]),
        (["test", "-k", "course", "tests", "-x"], ["pytest", "-k", "course", "tests", "-x"]),
        (["run"], ["tools.execute"]),
        (["site", "-W"], ["tools.website", "-W"]),
        (["run", "--inplace", "4", "05"], ["tools.execute", "4", "05", "--inplace"]),
    ],
)
def test_arguments_are_passed_on_and_the_exit_code_back(arguments, started, handed_over):
    assert course.main(arguments) == 5
    assert handed_over == started


def test_lab_opens_lesson_00_and_keeps_its_settings_in_build(handed_over, monkeypatch, tmp_path):
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course.os, "environ", {"JUPYTER_CONFIG_PATH": "mine"})
    assert course.main(["lab", "--no-browser"]) == 5
    assert handed_over[0] == "jupyterlab"
    assert any(option.endswith("notebooks/00_start_here.ipynb") for option in handed_over)
    assert any("websocket_max_message_size" in option for option in handed_over)
    assert handed_over[-1] == "--no-browser"
    folder, other = course.os.environ["JUPYTER_CONFIG_PATH"].split(course.os.pathsep)
    assert (Path(folder), other) == (tmp_path / "build" / "jupyter", "mine")
    settings = json.loads((Path(folder) / "labconfig" / "page_config.json").read_text())
    assert settings == course.PAGE_CONFIG


def test_present_opens_one_lesson_as_slides_with_fresh_settings(handed_over, monkeypatch, tmp_path):
    for folder in ("slides", "notebooks"):
        shutil.copytree(course.ROOT / folder, tmp_path / folder)
    monkeypatch.setattr(course, "ROOT", tmp_path)
    monkeypatch.setattr(course.os, "environ", {})
    old = tmp_path / "build" / "slides" / "settings"
    old.mkdir(parents=True)
    assert course.main(["present", "4", "--no-browser"]) == 5
    assert any(option.endswith("notebooks/04_siamese_contrastive_vision.ipynb")
               for option in handed_over)
    assert "--LabApp.custom_css=True" in handed_over and handed_over[-1] == "--no-browser"
    folder = Path(course.os.environ["JUPYTER_CONFIG_DIR"])
    assert folder == tmp_path / "build" / "slides" and not old.exists()
    overrides = json.loads((folder / "labconfig" / "default_setting_overrides.json").read_text())
    assert overrides["@deathbeds/jupyterlab-deck:plugin"] == {"active": True}
    assert (folder / "custom" / "custom.css").exists()


@pytest.mark.parametrize("number", ["12", "x", "../1"])
def test_an_unknown_lesson_cannot_be_presented(number, handed_over, capsys):
    assert course.main(["present", number]) == 1
    assert "the lessons are 00, 01" in capsys.readouterr().err and not handed_over


@pytest.mark.parametrize("own", [{}, {"GLIBC_TUNABLES": "glibc.malloc.perturb=1"}])
def test_programs_start_without_the_cache_that_spoils_memory(own, monkeypatch):
    monkeypatch.setattr(course.os, "environ", own)
    started = course.environment(Path(sys.executable))
    assert started["GLIBC_TUNABLES"] == own.get("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0")
    assert started["PATH"].startswith(str(Path(sys.executable).parent))


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_the_commands(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        course.main(arguments)
    assert not ended.value.code
    text = capsys.readouterr().out
    assert all(f"\n    {command}" in text for command in ["lab", "present", "test", "site", "run"])


def test_run_takes_no_unknown_argument(capsys):
    with pytest.raises(SystemExit):
        course.main(["run", "--fast"])
    assert "unknown arguments: --fast" in capsys.readouterr().err


# The files that name packages


def test_requirements_pin_everything_and_environment_follows_them():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert wanted[-1] == "-e ."
    assert len(course.read_pins()) == len(wanted) - 1
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert environment.rstrip().endswith("- pip:\n      - -r requirements.txt")
    assert "==" not in environment
    assert "python={}.{}".format(*course.OLDEST) in environment


def test_an_image_is_set_up_as_a_laptop_is(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    kernel = tmp_path / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"display_name": "Python 3"}')
    subprocess.run([course.interpreter(tmp_path), ROOT / "postBuild"], check=True)
    assert json.loads(kernel.read_text()) == {"display_name": "Python 3",
                                              "env": course.KERNEL_VARIABLES}
    etc = tmp_path / "etc" / "jupyter"
    assert json.loads((etc / "labconfig" / "page_config.json").read_text()) == course.PAGE_CONFIG
    server = json.loads((etc / "jupyter_server_config.d" / "course.json").read_text())
    assert server["ServerApp"]["tornado_settings"] == course.TORNADO_SETTINGS


# Executing lessons


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
        new_code_cell("from tqdm.notebook import tqdm\nfor _ in tqdm(range(2)):\n    pass"),
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
    assert lines[1].endswith(" s  from tqdm.notebook import tqdm")
    assert any(line.startswith("00  done in 0 min") and "peak memory" in line for line in lines)


def test_lessons_are_written_back_without_widgets_unless_they_failed(executed):
    folder, build, *_ = executed
    seed, progress_bar, control = outputs(folder / "00_fine.ipynb")
    assert seed[0].text == "3\n"
    assert progress_bar == []
    assert control[0].data == {"text/plain": execute.CONTROL}
    metadata = nbformat.read(folder / "00_fine.ipynb", as_version=4).metadata
    assert metadata.kernelspec.name == "python3"
    assert "widgets" not in metadata
    assert outputs(folder / "01_bad.ipynb") == [[], []]
    assert outputs(build / "01_bad.ipynb")[0][0].ename == "ValueError"


def test_executing_again_changes_nothing(executed):
    folder, build, *_ = executed
    before = (folder / "02_fine.ipynb").read_bytes()
    assert execute.main(["2", "--inplace"], folder, build) == 0
    assert (folder / "02_fine.ipynb").read_bytes() == before


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


def test_an_unknown_lesson_is_answered_with_the_list(executed, capsys):
    folder, build, *_ = executed
    assert execute.main(["1", "9"], folder, build) == 1
    error = capsys.readouterr().err
    assert error == "There is no lesson 9; the lessons are: 00_fine, 01_bad, 02_fine.\n"
