"""Find and start the programs of an environment."""

import os
import subprocess
from pathlib import Path

from launcher import ROOT
from launcher.failures import Problem, explain

# Without glibc's cache of small pieces of memory: they lie among the large ones, which then never
# join.
KERNEL_VARIABLES = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0"}


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
