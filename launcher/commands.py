"""The commands of course.py: each prepares the environment and starts a program in it."""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from helpers.page import NOTEBOOKS, find, key
from launcher import ROOT, copies
from launcher.packages import CPU_INDEX
from launcher.programs import Problem, explain, variables

# JupyterLab asks no newcomer about news, and takes uploads that are larger than 10 MB, the server's
# own limit, beyond which they are lost silently.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
TORNADO_SETTINGS = {"websocket_max_message_size": 200 * 2**20}
COPYING = {"update": copies.update, "copies": copies.refresh, "again": copies.again}
# Each file in one of them, and the longest, the lessons, first.
IN_TWO_PROCESSES = ["--numprocesses=2", "--dist=loadscope", "--no-loadscope-reorder"]
MODULES = {"test": "pytest", "lint": "pytest", "run": "tools.execute", "site": "tools.website",
           "bench": "tools.bench", "learn": "tools.learn", "hand-in": "tools.classroom",
           "class": "tools.classroom"}
REQUIREMENTS = {"bench": ["requirements-bench.txt"]}  # of another file than requirements.txt


def hand_over(python: Path, *arguments: str) -> int:
    """Run a module of the environment, which handles Ctrl-C itself, and return its exit code."""
    command = [python, "-m", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=variables(python)) as process:
        # Not before the start: a program inherits what is ignored.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return process.wait()


def open_jupyter(python: Path, folder: Path, notebook: str, *arguments: str) -> int:
    """Start JupyterLab with a notebook, without its question about news; keep its state apart.

    Args:
        python: the environment's interpreter.
        folder: where JupyterLab finds its settings and keeps which files are open.
        notebook: the file's place among the student's copies.
        arguments: for JupyterLab.

    Returns:
        JupyterLab's exit code.
    """
    settings = folder / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(PAGE_CONFIG), encoding="utf-8")
    paths = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    work = copies.folder()
    root = ROOT if work.is_relative_to(ROOT) else work
    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{(work / notebook).relative_to(root).as_posix()}",
        "--FileContentsManager.pre_save_hook=tools.saving.before_saving",
        "--KernelManager.transport_encryption=auto",
        f"--ServerApp.tornado_settings={TORNADO_SETTINGS}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return hand_over(python, "jupyterlab", *options, *arguments)


def say(sentences: list[str]) -> int:
    """Print sentences, each on a line; return the exit code of a command that went well."""
    print(*sentences, sep="\n", end="\n" * bool(sentences), flush=True)
    return 0


def lab(python: Path, *arguments: str) -> int:
    """Open JupyterLab at lesson 00; what it changes in its settings is kept beside the copies."""
    say(copies.refresh())
    return open_jupyter(python, copies.folder() / ".jupyter", find("00").name, *arguments)


def present(python: Path, notebook: str, *arguments: str) -> int:
    """Open a notebook as slides, with live code, and with the settings in `tools/slides/` again."""
    say(copies.refresh())
    folder = copies.folder() / ".slides"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "tools" / "slides", folder)
    os.environ["JUPYTER_CONFIG_DIR"] = str(folder)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    os.environ["COURSE_ROOM"] = "1"  # each Predict asks for hands
    return open_jupyter(python, folder, notebook, "--LabApp.custom_css=True", *arguments)


def tests(words: list[str]) -> list[str]:
    """The arguments for pytest that `course.py test` and some words stand for.

    Raises:
        ValueError: There is no such lesson; the message is a sentence.
    """
    match words:
        case []:
            return IN_TWO_PROCESSES
        case ["--fast"]:
            return ["tests", "-m", "not slow and not browser", *IN_TWO_PROCESSES]
        case ["--changed"]:
            return ["--changed", *IN_TWO_PROCESSES]
        case [name] if re.fullmatch(r"[Pp]?\d+", name):
            return [f"--lesson={key(find(name))}", *IN_TWO_PROCESSES]
    return words


def parse(arguments: list[str] | None) -> tuple[str, list[str], str | None]:
    """Read the command line; end with the help text where it names no command.

    Args:
        arguments: the words after `course.py`; those of this process if None.

    Returns:
        The command's name, the arguments for the program that it starts, and where PyTorch shall
        come from if not from PyPI.

    Raises:
        Problem: There is no such lesson to present; the sentence lists those there are.
    """
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--cpu", action="store_true", help="if PyTorch is missing, install it "
                        "without its libraries for graphics cards")
    common.add_argument("--torch-index", metavar="URL", help="the same from another index, or from "
                        "a folder of wheels")
    choice, rest = common.parse_known_args(arguments)  # they may stand anywhere
    index = choice.torch_index or (CPU_INDEX if choice.cpu else None)
    if index and os.path.isdir(index):
        index = os.path.abspath(index)  # pip runs in the course's folder

    parser = argparse.ArgumentParser(
        prog="course.py", parents=[common], allow_abbrev=False,
        description="The commands of the course. Each makes first what is missing.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, text: str, **options) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common],
                                   allow_abbrev=False, **options)

    add("lab", "open the lessons in JupyterLab; further arguments go to JupyterLab")
    add("present", "open one lesson as slides, with live code; further arguments go to JupyterLab"
        ).add_argument("lesson", metavar="NN", help="the lesson's number, or P1 to P4")
    add("update", "fetch the course's latest state with git, and bring your copies of the lessons "
        "up to date: what you wrote stays")
    add("copies", "make your copies of the lessons, or bring them up to date, and fetch nothing")
    add("again", "begin one lesson again; your copy before is kept"
        ).add_argument("lesson", metavar="NN", help="the lesson's number, or P1 to P4")
    add("test", "run every test, in two processes; or those of one lesson (test 04), those that "
        "take no minute in all (--fast), or those that a change since the last commit can affect "
        "(--changed); other arguments go to pytest, which then runs in one process")
    add("lint", "check the code with ruff, and the lessons' words, lengths and layout")
    add("site", "build the course's web site in build/site; further arguments go to Sphinx")
    add("bench", "measure the course's code beside what others would use; further arguments name "
        "the contests (see bench --list)")
    add("learn", "train on pictures of your own, and say whether it helped; further arguments name "
        "the folder and say how (see learn --help)", add_help=False)
    giver = add("hand-in", "write what you answered, checked and guessed into one file, to give to "
                "your instructor; it is sent to nobody, and has your name only if you give it")
    giver.add_argument("--name", default="", help="the name that your instructor shall read")
    giver.add_argument("--to", metavar="FOLDER", help="where the file goes (my/ if none)")
    add("class", "make one page and one table, in my/, of the files that a class handed in"
        ).add_argument("folder", metavar="FOLDER", help="where these files are")
    runner = add("run", "execute lessons without a browser; the notebooks go to build/")
    runner.add_argument("lessons", nargs="*", metavar="NN", help="such as 04 or P1 (all if none)")
    either = runner.add_mutually_exclusive_group()
    either.add_argument("--inplace", action="store_true", help="update notebooks/ as well")
    either.add_argument("--seeds", metavar="A-B", help="run with each of these seeds instead (0-4 "
                        "or 0,3), and write notebooks/claims.json: least, mean and greatest values")
    options, others = parser.parse_known_args(rest)
    if others and options.command in ("run", "hand-in", "class", *COPYING):
        parser.error(f"unknown arguments: {' '.join(others)}")
    try:
        match options.command:
            case None:
                parser.print_help()
                parser.exit()
            case "run":
                others = options.lessons + ["--inplace"] * options.inplace
                others += [] if options.seeds is None else [f"--seeds={options.seeds}"]
            case "test":
                others = tests(others)
            case "learn":  # it runs in the course's folder, and its paths are the caller's
                os.environ["COURSE_CALLED_FROM"] = os.getcwd()
            case "hand-in":
                others = ["hand-in", str(copies.folder()), f"--name={options.name}",
                          f"--to={os.path.abspath(options.to or copies.folder())}"]
            case "class":
                others = ["class", str(copies.folder()), os.path.abspath(options.folder)]
            case "lint":
                others = ["tests/lint", *others]
            case "present" | "again":
                others = [find(options.lesson).relative_to(NOTEBOOKS).as_posix(), *others]
    except ValueError as error:
        raise Problem(str(error)) from error
    return options.command, others, index


def main(prepare: Callable[..., Path], arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code, with one sentence for whatever stands in the way.

    Args:
        prepare: makes the environment and returns its interpreter, as `environment.prepare` does.
        arguments: the words after `course.py`; those of this process if None.
    """
    try:
        command, others, index = parse(arguments)
        if command in COPYING:
            return say(COPYING[command](*others))
        python = prepare(index, *REQUIREMENTS.get(command, []))
        if command in ("lab", "present"):
            return {"lab": lab, "present": present}[command](python, *others)
        return hand_over(python, MODULES[command], *others)
    except Problem as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        print(explain(str(error), "course.py", ROOT), file=sys.stderr)
    return 1
