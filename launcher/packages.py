"""What an environment lacks of the course's packages, and how they get into it."""

import os
import re
import subprocess
import sys
from pathlib import Path

from launcher import ROOT
from launcher.programs import Problem, must_run, variables

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TORCH = ("torch", "torchvision")
OWN = ("helpers", "exercises")


def read_pins(path: Path = ROOT / "requirements.txt") -> dict[str, str]:
    """Return the pinned packages of a requirements file, and of those that it refers to (-r)."""
    text = path.read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;#]+)", text, re.M))
    for other in re.findall(r"^-r (\S+)", text, re.M):
        pins = read_pins(path.with_name(other)) | pins
    return pins


def find_missing(found: dict, pins: dict[str, str]) -> list[str]:
    """Return the names of the packages that are absent or of another version than pinned.

    A local version (`2.14.1+cpu`) counts as the version itself. `helpers` and `exercises` are
    missing where they cannot be imported from everywhere, or come from another copy of the course.

    Args:
        found: the answer of the environment's Python, as `environment.ask` returns it.
        pins: {name: version}.
    """
    versions, origins = found["versions"], found["origins"]
    missing = [name for name in pins if (versions[name] or "").split("+")[0] != pins[name]]
    return missing + [name for name in OWN
                      if not origins[name] or Path(origins[name]).resolve().parent != ROOT / name]


def cost(torch_index: str | None) -> str:
    """Return what the first installation costs. Measured on Linux; it is less elsewhere."""
    if torch_index:
        return "some minutes, 2.5 GB on disk"
    hint = "; --cpu leaves out PyTorch's libraries for graphics cards: 2.5 GB on disk"
    return ("about 4 minutes plus a download of up to 3.3 GB, 7 GB on disk"
            + hint * (sys.platform == "linux"))


def install(python: Path, found: dict, missing: list[str], pins: dict[str, str],
            torch_index: str | None = None, requirements: str = "requirements.txt") -> None:
    """Install what is missing into the interpreter's environment; pip shows its own progress.

    Args:
        python: the interpreter.
        found: its answer, as `environment.ask` returns it.
        missing: names of packages.
        pins: {name: version}.
        torch_index: the address or folder that PyTorch shall come from, if not from PyPI.
        requirements: the file that names the packages.

    Raises:
        Problem: pip failed; the sentence says why.
    """
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    if not found["pip"]:
        command = [python, "-m", "ensurepip", "--upgrade"]
        must_run("Installing pip", command, python, stdout=subprocess.PIPE)
    if set(missing) <= set(OWN):
        print("Making the course's own packages importable ...", flush=True)
        command = [*pip, "--no-build-isolation", "--no-deps", "--editable", "."]
        must_run("Installing", command, python)
        return
    what = ", ".join(missing) if len(missing) <= 5 else f"{len(missing)} packages"
    print(f"Installing {what}{f' ({cost(torch_index)})' * ('torch' in missing)} ...", flush=True)
    if torch_index and "torch" in missing:
        install_torch(python, pip, pins, torch_index)
    must_run("Installing", [*pip, "--requirement", requirements], python)


def install_torch(python: Path, pip: list, pins: dict[str, str], index: str) -> None:
    """Install PyTorch alone from an index of its own; say so where that fails.

    What PyTorch needs, and PyTorch itself after a failure, come with the other packages: for pip
    `2.14.1+cpu` is the 2.14.1 that requirements.txt asks for.
    """
    folder = os.path.isdir(index)
    source = ["--no-index", "--find-links", index] if folder else ["--index-url", index]
    wanted = [f"{name}=={pins[name]}" for name in TORCH]
    # In the place of other indexes that pip was told of, which have the ordinary PyTorch as well.
    only_there = {**variables(python), "PIP_EXTRA_INDEX_URL": index}
    try:
        must_run("Installing", [*pip, "--no-deps", *source, *wanted], python, env=only_there)
    except Problem:
        print(f"PyTorch could not be had from {index}: the ordinary one is installed instead.",
              flush=True)
