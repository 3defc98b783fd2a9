"""What git knows of the lessons, where the course was made with git."""

import os
import shutil
import subprocess
from collections.abc import Iterator

from launcher import ROOT

PATIENCE = 300  # seconds that git may take, which fetches over a slow network
OLDEST = 50  # changes of a lesson to look back


def edited() -> list[str]:
    """The lessons in `notebooks/` that are not as git has them; none where git knows nothing."""
    found = _known("diff", "--name-only", "--relative", "-z", "HEAD", "--", "notebooks/*.ipynb")
    return [path.removeprefix("notebooks/") for path in found.decode().split("\0") if path]


def committed(name: str) -> bytes:
    """A lesson as git has it; empty where git knows nothing of it."""
    return _known("show", f"HEAD:./notebooks/{name}")


def versions(name: str) -> Iterator[bytes]:
    """A lesson as it once was, the newest state first; nothing where git knows nothing of it."""
    for commit in _known("log", f"-{OLDEST}", "--format=%H", "--", f"notebooks/{name}").split():
        if content := _known("show", f"{commit.decode()}:./notebooks/{name}"):
            yield content


def fetch() -> None:
    """Fetch what is new, and change no file.

    Raises:
        OSError: It can't be fetched; the message says why, and what to do.
    """
    if not (ROOT / ".git").exists():
        raise OSError(
            "This copy of the course was not made with git: download the course anew, copy the "
            "folder my of this one into it, with its hidden files, and start course.py lab there.")
    if not shutil.which("git"):
        raise OSError("There is no git here: install it and run the same command again.")
    _must("fetch the course", "connect to the internet, or copy the course to a folder of your own "
          "where this one is somebody else's, and run the same command again", "fetch")


def take_back(name: str) -> None:
    """Bring a lesson in `notebooks/` to the state that git has.

    Raises:
        OSError: git can't; the message says why.
    """
    _must(f"take back notebooks/{name}", "see what git status says", "checkout", "HEAD", "--",
          f"notebooks/{name}")


def go_forward() -> None:
    """Bring the course's files to the state that was fetched.

    Raises:
        OSError: git can't, as other files were changed or committed here; the message says why.
    """
    _must("bring the course forward", "the copies keep their state; see what git status says",
          "merge", "--ff-only", "@{upstream}")


def _run(*arguments: str) -> subprocess.CompletedProcess:
    words = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(["git", *arguments], cwd=ROOT, env=words, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=PATIENCE)


def _known(*arguments: str) -> bytes:
    """What git answers; empty where it can't."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return b""
    done = _run(*arguments)
    return b"" if done.returncode else done.stdout


def _must(task: str, way_out: str, *arguments: str) -> None:
    try:
        done = _run(*arguments)
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
    except subprocess.TimeoutExpired:
        lines = [f"nothing came within {PATIENCE} seconds"]
    else:
        if not done.returncode:
            return
    cause = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1])
    raise OSError(f"git could not {task} ({cause}): {way_out}.")
