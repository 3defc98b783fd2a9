"""One sentence for whatever stands in the way."""

import re
from pathlib import Path

AGAIN = "and run the same command again."

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
