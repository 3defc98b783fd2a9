"""Files that are whole or not there, whatever happens while they are written."""

import contextlib
import os
from pathlib import Path


def write(files: dict[Path, bytes]) -> None:
    """Write files so that all of them are whole, or all of them as they were.

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
