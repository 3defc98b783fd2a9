#!/usr/bin/env python3
"""The commands of the course: lab, present, test, run, site. Each makes first what is missing.

Needs Python's standard library only. An active virtualenv or conda environment is used as it is;
otherwise `.venv` is made once beside this file and used again.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit("The course needs Python 3.11 or newer: install one and start course.py with it.")

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
# JupyterLab asks no newcomer about news, and takes uploads that are larger than 10 MB, the server's
# own limit, beyond which they are lost silently.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
TORNADO_SETTINGS = {"websocket_max_message_size": 200 * 2**20}
# Without glibc's cache of small pieces of memory: they lie among the large ones, which then never
# join.
KERNEL_VARIABLES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}
MODULES = {"test": "pytest", "run": "tools.execute", "site": "tools.website"}
AGAIN = "and run the same command again."

# What a failed venv or pip prints -> what to say instead. The first match counts.
CAUSES = {
    r"CERTIFICATE_VERIFY_FAILED": "The network's certificate is not trusted here: set PIP_CERT to "
    f"your organisation's certificate file {AGAIN}",
    r"No space left|not enough space|quota exceeded": "The disk is full: free about 7 GB, or set "
    f"TMPDIR to a larger disk if only the temporary folder is full, {AGAIN}",
    r"Permission denied|Access is denied|WinError 32|Read-only|not permitted": "{place} cannot be "
    f"written: move the course to a folder of your own, or close what uses it, {AGAIN}",
    r"connection broken|Connection|Max retries|Timeout|timed out|IncompleteRead": "The packages "
    "could not be downloaded: connect to the internet, or set HTTPS_PROXY if your network needs "
    f"it, {AGAIN}",
    r"ensurepip|No module named '?venv": "This Python cannot make virtual environments: install "
    f"its venv module (Debian and Ubuntu: sudo apt install python3-venv) {AGAIN}",
    r"externally-managed-environment": "The active environment does not accept packages: "
    f"deactivate it, so that a .venv is made for the course, {AGAIN}",
    r"Long Path": "The course's folder has too long a name for Windows: move it to a short one, "
    rf"such as C:\course, {AGAIN}",
    r"No matching distribution found for (?P<package>\S+)": "{package} is not made for this Python "
    f"or this system: use Python 3.11 on 64-bit Linux, Windows or an Apple silicon Mac {AGAIN}",
}

PROBE = """
import importlib.metadata, importlib.util, json, sys

def version(name):
    try:
        return importlib.metadata.version(name)
    except Exception:
        return None

sys.path = [folder for folder in sys.path if folder]
helpers = importlib.util.find_spec("helpers")
print(json.dumps({
    "python": sys.version_info[:2],
    "pip": importlib.util.find_spec("pip") is not None,
    "versions": {name: version(name) for name in sys.argv[1:]},
    "helpers": helpers and helpers.origin,
}))
"""


class Problem(Exception):
    """What stands in the way, as one sentence that names the way out."""


def read_pins(path=ROOT / "requirements.txt"):
    """Return the pinned packages of a requirements file: {name: version}."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;#]+)", path.read_text(encoding="utf-8"), re.M))


def interpreter(folder):
    """Return where the Python of an environment folder is, or would be."""
    if os.name != "nt":
        return folder / "bin" / "python"
    conda = folder / "python.exe"
    return conda if conda.exists() else folder / "Scripts" / "python.exe"


def active_python():
    """Return the interpreter of the active environment, or None where none is active."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.executable)
    folders = [os.environ.get(name) for name in ("VIRTUAL_ENV", "CONDA_PREFIX")]
    pythons = [interpreter(Path(folder)) for folder in folders if folder]
    return next((python for python in pythons if python.exists()), None)


def probe(python, pins):
    """Ask an interpreter for its version, packages and helpers; None where it doesn't start."""
    try:
        answer = subprocess.run([python, "-c", PROBE, *pins], capture_output=True, check=True)
        return json.loads(answer.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def find_missing(found, pins):
    """Return the names of the packages that are absent or of another version than pinned.

    A local version (`2.14.1+cpu`) counts as the version itself. `helpers` is missing where it can
    be imported from inside the course's folder only, or comes from another copy of the course.
    """
    versions = found["versions"]
    missing = [name for name in pins if (versions[name] or "").split("+")[0] != pins[name]]
    origin = found["helpers"]
    if not origin or Path(origin).resolve().parent != ROOT / "helpers":
        missing.append("helpers")
    return missing


def explain(output, task, place):
    """Turn what a failed program printed into the one sentence to end with."""
    for pattern, sentence in CAUSES.items():
        match = re.search(pattern, output)
        if match:
            return sentence.format(place=place, **match.groupdict())
    lines = output.strip().splitlines() or ["it gave no reason"]
    return f"{task} failed: {lines[-1].strip()}"


def environment(python):
    """Return the variables for a started program: its environment's programs come first."""
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    # The environment's own kernel, even where the home folder has one of the same name.
    return {**KERNEL_VARIABLES, **os.environ, "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONUTF8": "1"}


def must_run(task, command, python, **streams):
    """Run a program to its end; raise Problem with the cause where it fails."""
    options = {"stderr": subprocess.PIPE, "text": True, "errors": "replace", **streams}
    done = subprocess.run(command, cwd=ROOT, env=environment(python), **options)
    if done.returncode:
        output = f"{done.stdout or ''}\n{done.stderr}"
        raise Problem(explain(output, task, python.parent.parent))


def make_venv():
    """Make `.venv`, afresh where one is there, and return its interpreter."""
    again = " again, as it no longer works" if VENV.exists() else ""
    print(f"Making .venv{again} ...", flush=True)
    python = interpreter(VENV)
    command = [sys.executable, "-m", "venv", "--clear", VENV]
    must_run("Making .venv", command, python, stdout=subprocess.PIPE)
    return python


def install(python, found, missing):
    """Install what is missing into the interpreter's environment; pip shows its own progress."""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    if not found["pip"]:
        command = [python, "-m", "ensurepip", "--upgrade"]
        must_run("Installing pip", command, python, stdout=subprocess.PIPE)
    if missing == ["helpers"]:
        print("Making the course's helpers importable ...", flush=True)
        pip += ["--no-build-isolation", "--no-deps", "--editable", "."]
    else:
        what = ", ".join(missing) if len(missing) <= 5 else f"{len(missing)} packages"
        # Measured on Linux, where PyTorch brings its CUDA libraries along; less elsewhere.
        cost = "about 4 minutes plus a download of up to 3.3 GB, 7 GB on disk"
        print(f"Installing {what}{f' ({cost})' * ('torch' in missing)} ...", flush=True)
        pip += ["--requirement", "requirements.txt"]
    must_run("Installing", pip, python)


def prepare():
    """Make an environment ready for the course and return its interpreter."""
    pins = read_pins()
    active = active_python()
    python = active or interpreter(VENV)
    found = probe(python, pins)
    if not active and (not found or tuple(found["python"]) < OLDEST):
        python = make_venv()
        found = probe(python, pins)
    if not found:
        raise Problem(f"{python} does not start: deactivate or remove its environment {AGAIN}")
    if tuple(found["python"]) < OLDEST:
        raise Problem(f"The active environment's Python is older than 3.11: deactivate it {AGAIN}")
    missing = find_missing(found, pins)
    if missing:
        install(python, found, missing)
        missing = find_missing(probe(python, pins) or found, pins)
    if missing:
        raise Problem(f"pip reported no error, yet {', '.join(missing)} cannot be found.")
    return python


def hand_over(python, *arguments):
    """Run a module of the environment, which handles Ctrl-C itself, and return its exit code."""
    command = [python, "-m", *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=environment(python)) as process:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return process.wait()


def open_jupyter(python, folder, notebook, *arguments):
    """Start JupyterLab with a notebook, without its question about news; keep its state apart."""
    settings = folder / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(PAGE_CONFIG), encoding="utf-8")
    paths = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(folder / "workspaces")
    options = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url=/lab/tree/notebooks/{notebook}",
        "--KernelManager.transport_encryption=auto",
        f"--ServerApp.tornado_settings={TORNADO_SETTINGS}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return hand_over(python, "jupyterlab", *options, *arguments)


def lab(python, *arguments):
    """Open JupyterLab at lesson 00; what it changes in its settings is kept in `build/jupyter`."""
    return open_jupyter(python, ROOT / "build" / "jupyter", "00_start_here.ipynb", *arguments)


def present(python, number, *arguments):
    """Open one lesson as slides, with live code, and with the settings in `slides/` each time."""
    lessons = {path.name[:2]: path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    if number.zfill(2) not in lessons:
        raise Problem(f"There is no lesson {number}; the lessons are {', '.join(sorted(lessons))}.")
    folder = ROOT / "build" / "slides"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "slides", folder)
    os.environ["JUPYTER_CONFIG_DIR"] = str(folder)
    os.environ["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    return open_jupyter(python, folder, lessons[number.zfill(2)], "--LabApp.custom_css=True",
                        *arguments)


def parse(arguments):
    """Return the command's name and its arguments, or end with the help text."""
    parser = argparse.ArgumentParser(prog="course.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    text = "open the lessons in JupyterLab; further arguments go to JupyterLab"
    commands.add_parser("lab", help=text, description=text)
    text = "open one lesson as slides, with live code; further arguments go to JupyterLab"
    commands.add_parser("present", help=text, description=text).add_argument(
        "lesson", metavar="NN", help="the lesson's number")
    text = "run every test; further arguments go to pytest"
    commands.add_parser("test", help=text, description=text)
    text = "build the course's web site in build/site; further arguments go to Sphinx"
    commands.add_parser("site", help=text, description=text)
    text = "execute lessons without a browser; the notebooks go to build/"
    runner = commands.add_parser("run", help=text, description=text)
    runner.add_argument("lessons", nargs="*", metavar="NN", help="lesson numbers (all if none)")
    runner.add_argument("--inplace", action="store_true", help="update notebooks/ as well")
    options, others = parser.parse_known_args(arguments)
    if options.command == "run":
        if others:
            runner.error(f"unknown arguments: {' '.join(others)}")
        others = options.lessons + ["--inplace"] * options.inplace
    elif options.command == "present":
        others = [options.lesson, *others]
    elif options.command is None:
        parser.print_help()
        parser.exit()
    return options.command, others


def main(arguments=None):
    """Run one command; return its exit code, with one sentence for whatever stands in the way."""
    command, rest = parse(arguments)
    try:
        python = prepare()
        if command in ("lab", "present"):
            return {"lab": lab, "present": present}[command](python, *rest)
        return hand_over(python, MODULES[command], *rest)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as error:
        print(explain(str(error), "course.py", ROOT), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped: the same command goes on from here.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
