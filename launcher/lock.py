"""Let one start of course.py at a time change the environment."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# The system releases either lock when the process ends, however it ends.
if os.name == "nt":
    import msvcrt

    TAKEN = errno.EACCES

    def _take(file: IO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    TAKEN = errno.EAGAIN

    def _take(file: IO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

PAUSE = 0.2  # seconds between two attempts


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait, with one line that says so, until no other process is in here with the same file.

    A folder that cannot be written and a disk that knows no locks let everybody in, as a course
    that is complete can be used from there.

    Args:
        path: the file to lock; it is made where it is missing, and stays empty.
    """
    try:
        path.parent.mkdir(exist_ok=True)
        file = path.open("a")
    except OSError:
        file = contextlib.nullcontext()
    with file as opened:
        told = False
        while opened and _is_taken(opened):
            if not told:
                print("Another start of course.py is at work here: waiting for it ...",
                      flush=True)
            told = True
            time.sleep(PAUSE)
        yield


def _is_taken(file: IO) -> bool:
    try:
        _take(file)
    except OSError as error:
        return error.errno == TAKEN
    return False
