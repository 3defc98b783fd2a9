"""What a lesson hangs on, as a checksum: its code and modules, the data, its weights, the pins."""

import ast
import hashlib
import json
from pathlib import Path

from tools import ROOT

HANGS_ON = ["data/SHA256SUMS", "requirements.txt"]


def imported(code: str) -> set[str]:
    """The dotted names that some code imports, at its top or within a function."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reached(code: str, roots: tuple[Path, ...] = (ROOT,)) -> set[Path]:
    """The files below `roots` that some code imports, by itself or through one another."""
    found, waiting = set(), [code]
    for text in waiting:
        for name in imported(text):
            parts = name.split(".")
            tried = [root.joinpath(*parts[:depth], file) for root in roots
                     for depth in range(len(parts))
                     for file in (f"{parts[depth]}.py", "__init__.py")]
            new = {path for path in tried if path.is_file()} - found
            found |= new
            waiting += [path.read_text(encoding="utf-8") for path in new]
    return found


def fingerprint(notebook: Path) -> str:
    """Twelve digits that change with whatever can change what the lesson's cells give."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    text = "\n".join(code)
    files = sorted(reached(text)) + [ROOT / name for name in HANGS_ON]
    files += [record for record in sorted(ROOT.glob("data/weights/*.json"))
              if f'"{record.stem}"' in text]
    parts = [cell.encode() for cell in code] + [file.read_bytes() for file in files]
    return hashlib.sha256(bytes(1).join(parts)).hexdigest()[:12]
