"""The commands of course.py: what each one starts, and with which settings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from launched import make
from traitlets import import_item
from traitlets.config import Config

from launcher import ROOT, commands, copies, programs
from launcher.packages import CPU_INDEX
from tools import saving

WORK = str(copies.folder())


def ready(index, *requirements):
    return Path("bin/python")


def unprepared(index):
    pytest.fail("it was prepared")


@pytest.fixture
def handed_over(monkeypatch):
    """The environment is ready; returns what would have been started."""
    started = []
    monkeypatch.setenv("COURSE_CALLED_FROM", "")  # what a command sets is gone after the test
    monkeypatch.setattr(commands, "hand_over", lambda python, *rest: started.extend(rest) or 5)
    return started


@pytest.fixture
def work(monkeypatch, tmp_path):
    """The folder of the student's copies, beside the course and not there yet."""
    monkeypatch.setattr(os, "environ", {"COURSE_WORK": str(tmp_path / "my"), "PATH": os.defpath})
    return tmp_path / "my"


# Reading the command line


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        (["test"], ["pytest", *commands.IN_TWO_PROCESSES]),
        (["test", "4"], ["pytest", "--lesson=04", *commands.IN_TWO_PROCESSES]),
        (["test", "p1"], ["pytest", "--lesson=P1", *commands.IN_TWO_PROCESSES]),
        (["test", "--changed"], ["pytest", "--changed", *commands.IN_TWO_PROCESSES]),
        (["test", "--fast"], ["pytest", "tests", "-m", "not slow and not browser",
                              *commands.IN_TWO_PROCESSES]),
        (["test", "04", "-x"], ["pytest", "04", "-x"]),
        (["lint"], ["pytest", "tests/lint"]),
        (["test", "-k", "course", "tests", "-x"], ["pytest", "-k", "course", "tests", "-x"]),
        (["test", "--co", "--cp"], ["pytest", "--co", "--cp"]),
        (["run"], ["tools.execute"]),
        (["site", "-W"], ["tools.website", "-W"]),
        (["bench", "words", "--quick"], ["tools.bench", "words", "--quick"]),
        (["learn", "--steps", "5", "mine"], ["tools.learn", "--steps", "5", "mine"]),
        (["learn", "--help"], ["tools.learn", "--help"]),
        (["run", "--inplace", "4", "05"], ["tools.execute", "4", "05", "--inplace"]),
        (["run", "P1", "4"], ["tools.execute", "P1", "4"]),
        (["run", "--seeds", "0-4", "4"], ["tools.execute", "4", "--seeds=0-4"]),
        (["run", "4", "--seeds="], ["tools.execute", "4", "--seeds="]),
        (["hand-in", "--name", "A. B", "--to", "box"],
         ["tools.classroom", "hand-in", WORK, "--name=A. B", f"--to={os.path.abspath('box')}"]),
        (["hand-in"], ["tools.classroom", "hand-in", WORK, "--name=", f"--to={WORK}"]),
        (["class", "box"], ["tools.classroom", "class", WORK, os.path.abspath("box")]),
    ],
)
def test_arguments_are_passed_on_and_the_exit_code_back(arguments, started, handed_over):
    assert commands.main(ready, arguments) == 5
    assert handed_over == started


def test_files_go_to_two_processes_the_longest_first():
    assert commands.IN_TWO_PROCESSES == ["--numprocesses=2", "--dist=loadscope",
                                         "--no-loadscope-reorder"]


@pytest.mark.parametrize("command", [["lab"], ["present", "04"], ["test", "-x"], ["run", "4", "5"],
                                     ["site"]])
def test_every_command_takes_pytorch_from_elsewhere(command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wheels").mkdir()
    _, others, index = commands.parse(command)
    assert index is None
    for options, chosen in [
            (["--cpu"], CPU_INDEX), (["--torch-index", "https://mirror/cpu"], "https://mirror/cpu"),
            (["--torch-index=wheels", "--cpu"], str(tmp_path / "wheels"))]:
        for arguments in (options + command, command + options):
            assert commands.parse(arguments) == (command[0], others, chosen)


def test_learn_is_told_where_it_was_called(handed_over, monkeypatch, tmp_path):
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.chdir(tmp_path)
    commands.main(ready, ["learn", "mine"])
    assert os.environ == {"COURSE_CALLED_FROM": str(tmp_path)}


def test_the_choice_of_pytorch_reaches_the_environment(monkeypatch):
    asked = []
    monkeypatch.setattr(commands, "hand_over", lambda python, *rest: 0)
    assert [commands.main(asked.append, words) for words in (["test", "--cpu"], ["test"])] == [0, 0]
    assert asked == [CPU_INDEX, None]


def test_the_bench_alone_asks_for_its_own_packages(monkeypatch):
    monkeypatch.setattr(commands, "hand_over", lambda python, *rest: 0)
    asked = []
    for words in (["test"], ["bench", "--cpu"]):
        commands.main(lambda *arguments: asked.append(arguments), words)
    assert asked == [(None,), (CPU_INDEX, "requirements-bench.txt")]


@pytest.mark.parametrize("command", ["present", "again"])
@pytest.mark.parametrize("number", ["12", "x", "../1", "P5"])
def test_an_unknown_lesson_is_told_before_anything_is_installed(command, number, capsys):
    assert commands.main(unprepared, [command, number]) == 1
    assert "the lessons are 00, 01" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "told"), [
    (["run", "--fast"], "unknown arguments: --fast"),
    (["run", "--seeds", "0-4", "--inplace"], "--inplace: not allowed with argument --seeds"),
    (["copies", "4"], "unknown arguments: 4"),
    (["again", "4", "5"], "unknown arguments: 5"),
    (["class", "box", "other"], "unknown arguments: other"),
])
def test_unknown_arguments_are_refused_and_not_both_at_once(arguments, told, capsys):
    with pytest.raises(SystemExit):
        commands.main(ready, arguments)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_the_commands(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        commands.main(ready, arguments)
    assert not ended.value.code
    text = capsys.readouterr().out
    assert all(f"\n    {command}" in text for command in [
        "lab", "present", "update", "copies", "again", "hand-in", "class", "test", "lint", "site",
        "run", "bench"])
    assert "--cpu" in text and "--torch-index" in text


# JupyterLab


def test_lab_opens_lesson_00_and_keeps_its_settings_beside_the_copies(handed_over, work):
    os.environ["JUPYTER_CONFIG_PATH"] = "mine"
    assert commands.main(ready, ["lab", "--no-browser"]) == 5
    assert handed_over[0] == "jupyterlab"
    assert f"--ServerApp.root_dir={work}" in handed_over
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in handed_over
    assert (work / "00_start_here.ipynb").exists()
    assert any("websocket_max_message_size" in option for option in handed_over)
    assert handed_over[-1] == "--no-browser"
    folder, other = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert (Path(folder), other) == (work / ".jupyter", "mine")
    settings = json.loads((Path(folder) / "labconfig" / "page_config.json").read_text())
    assert settings == commands.PAGE_CONFIG


def test_copies_in_the_course_are_opened_from_its_own_folder(handed_over, work):
    del os.environ["COURSE_WORK"]
    commands.open_jupyter(Path("bin/python"), work, "00_start_here.ipynb")
    assert f"--ServerApp.root_dir={ROOT}" in handed_over
    assert "--LabApp.default_url=/lab/tree/my/00_start_here.ipynb" in handed_over


def test_present_opens_one_lesson_as_slides_with_fresh_settings(handed_over, work):
    old = work / ".slides" / "settings"
    old.mkdir(parents=True)
    assert commands.main(ready, ["present", "4", "--no-browser"]) == 5
    assert "--LabApp.default_url=/lab/tree/04_siamese_contrastive_vision.ipynb" in handed_over
    assert "--LabApp.custom_css=True" in handed_over and handed_over[-1] == "--no-browser"
    folder = Path(os.environ["JUPYTER_CONFIG_DIR"])
    assert folder == work / ".slides" and not old.exists()
    overrides = json.loads((folder / "labconfig" / "default_setting_overrides.json").read_text())
    assert overrides["@deathbeds/jupyterlab-deck:plugin"] == {"active": True}
    assert os.environ["COURSE_ROOM"] == "1"
    assert (folder / "custom" / "custom.css").exists()


def test_a_part_of_the_primer_is_presented_from_its_own_folder(handed_over, work):
    assert commands.main(ready, ["present", "P2"]) == 5
    assert "--LabApp.default_url=/lab/tree/primer/2_neural_networks.ipynb" in handed_over
    assert (work / "primer" / "2_neural_networks.ipynb").exists()


def test_an_image_is_set_up_as_a_laptop_is(tmp_path, monkeypatch):
    make(tmp_path)
    kernel = tmp_path / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"display_name": "Python 3"}')
    subprocess.run([programs.interpreter(tmp_path), ROOT / "postBuild"], check=True)
    assert json.loads(kernel.read_text()) == {"display_name": "Python 3",
                                              "env": programs.KERNEL_VARIABLES}
    etc = tmp_path / "etc" / "jupyter"
    assert json.loads((etc / "labconfig" / "page_config.json").read_text()) == commands.PAGE_CONFIG
    server = json.loads((etc / "jupyter_server_config.d" / "course.json").read_text())
    assert server["ServerApp"]["tornado_settings"] == commands.TORNADO_SETTINGS
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "path", [])
    settings = Config()
    exec((etc / "jupyter_server_config.py").read_text(), {"c": settings})
    assert sys.path == [str(ROOT)]
    assert import_item(settings.FileContentsManager.pre_save_hook) is saving.before_saving
    assert (tmp_path / "home" / "00_start_here.ipynb").exists(), "copies at each start"


# Without an environment, and without luck


def test_copies_need_no_environment(work, capsys):
    assert commands.main(unprepared, ["copies"]) == 0 and capsys.readouterr().out == ""
    assert commands.main(unprepared, ["again", "4"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("04_siamese_contrastive_vision.ipynb begins again; your copy before is")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "build"), "cannot be written"),
        (OSError(28, "No space left on device"), "The disk is full"),
    ],
)
def test_an_error_of_the_system_ends_in_one_sentence(error, sentence, capsys):
    def prepare(index):
        raise error

    assert commands.main(prepare, ["test"]) == 1
    assert sentence in (told := capsys.readouterr().err) and told.count("\n") == 1
