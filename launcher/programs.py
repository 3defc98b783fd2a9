"""Find and start the programs of an environment, and say in one sentence why one failed."""

import os
import re
import subprocess
from pathlib import Path

from launcher import ROOT

AGAIN = "and run the same command again."
# glibc keeps freed blocks of up to 1 kB for reuse (its "tcache"). They lie between large blocks,
# which then can't be joined and given back: up to 0.3 GB in a lesson. So this cache is off. Large
# blocks are asked of the system in pages of 2 MB instead of 4 kB: new large tensors come sooner.
# Uploads may have this many million bytes, since the server is started with a larger limit.
KERNEL_VARIABLES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.hugetlb=1",
                    "COURSE_UPLOADS": "200"}

# What a failed venv or pip prints -> what to say instead. The first match counts: what pip says
# about packages comes before the network, of which it may have complained in passing.
CAUSES = {
    r"Cannot uninstall '?(?P<package>[\w.-]+)": "{place} holds {package}, which pip cannot replace "
    f"as another program put it there: deactivate that environment {AGAIN}",
    r"ResolutionImpossible": "The packages do not fit together here: use Python 3.11 on 64-bit "
    "Linux, Windows or an Apple silicon Mac, and no constraints of your own for pip, "
    f"{AGAIN}",
    r"CERTIFICATE_VERIFY_FAILED": "The network's certificate is not trusted here: set PIP_CERT to "
    f"your organisation's certificate file {AGAIN}",
    r"No space left|not enough space|quota exceeded": "The disk is full: free about 7 GB, or set "
    f"TMPDIR to a larger disk if only the temporary folder is full, {AGAIN}",
    r"Resource temporarily unavailable|Cannot allocate memory|MemoryError": "The machine has no "
    f"memory left for another program: close some {AGAIN}",
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


class Problem(Exception):
    """What stands in the way, as one sentence that names the way out."""


def interpreter(folder: Path) -> Path:
    """Return where the Python of an environment folder is, or would be."""
    if os.name != "nt":
        return folder / "bin" / "python"
    conda = folder / "python.exe"
    return conda if conda.exists() else folder / "Scripts" / "python.exe"


def variables(python: Path) -> dict[str, str]:
    """Return the variables for a started program: its environment's programs come first."""
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    # The environment's own kernel, even where the home folder has one of the same name.
    return {**KERNEL_VARIABLES, **os.environ, "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1",
            "PYTHONUTF8": "1"}


def must_run(task: str, command: list, python: Path, **others) -> None:
    """Run a program in the course's folder to its end; its errors are not shown.

    Args:
        task: what it does, such as "Installing".
        command: the program and its arguments.
        python: the interpreter whose environment it changes.
        others: options of `subprocess.run`, such as what to do with its output.

    Raises:
        Problem: It failed; the sentence says why.
    """
    options = {"env": variables(python), "stderr": subprocess.PIPE, "text": True,
               "errors": "replace", **others}
    done = subprocess.run(command, cwd=ROOT, **options)
    if done.returncode:
        output = f"{done.stdout or ''}\n{done.stderr}"
        raise Problem(explain(output, task, python.parent.parent))


def explain(output: str, task: str, place: Path) -> str:
    """Turn what a failed program printed into the one sentence to end with.

    Args:
        output: all that it printed.
        task: what it was to do, such as "Making .venv".
        place: the folder that it was to change.
    """
    for pattern, sentence in CAUSES.items():
        match = re.search(pattern, output)
        if match:
            return sentence.format(place=place, **match.groupdict())
    lines = output.strip().splitlines() or ["it gave no reason"]
    return f"{task} failed: {lines[-1].strip()}"
