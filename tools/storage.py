"""Files that are whole or not there, whatever happens while they are written."""

import contextlib
import os
import tempfile
from pathlib import Path


def write(files: dict[Path, bytes]) -> None:
    """Write files so that each is whole or as it was; none is replaced before all are written.

    Raises:
        OSError: The disk is full or may not be written to; the message is one sentence.
    """
    parts = {path: path.with_name(path.name + ".part") for path in files}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(files[path])
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise OSError(f"{path.name} could not be written ({error.strerror}); what was there "
                      "before is unchanged.") from None
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink()


def must_hold_files(folder: Path) -> None:
    """Make a folder where there is none, and try whether it takes a byte.

    Raises:
        OSError: Nothing can be written there; the message is one sentence.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"?")
    except OSError as error:
        raise OSError(f"Nothing can be written to {folder.name}/ ({error.strerror}): free some of "
                      "the disk, or copy the course to a folder of your own.") from None
