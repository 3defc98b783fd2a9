"""Measure each claim with several seeds: `python -m tools.execute --seeds 0-4 [NN ...]`.

Two runs at a time have a thread each: with two each, on two cores, they take several times as long.
"""

import itertools
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean

from helpers.page import key
from tools import ROOT
from tools.fingerprint import fingerprint
from tools.storage import write


def parse(text: str) -> list[int]:
    """The seeds that a text such as "0-4" or "0,3" names; ValueError, a sentence, if it is none."""
    parts = [re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", part) for part in text.split(",")]
    ranges = [range(int(part[1]), int(part[2] or part[1]) + 1) for part in parts if part]
    if len(ranges) < len(parts) or not all(ranges):
        raise ValueError(f"Seeds are whole numbers below 1000, as 0-4 or 0,3, not {text!r}.")
    return sorted(set(itertools.chain(*ranges)))


def place(path: Path, seed: int, build: Path) -> Path:
    """Where a run is kept, by a checksum of what it hangs on."""
    return build / f"{fingerprint(path)}-{seed}" / path.name


def claims(notebook: Path) -> list[dict]:
    """What an executed notebook claims, with all digits; nothing if it failed or is missing."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"] if notebook.exists() else []
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    failed = any(output["output_type"] == "error" for output in outputs)
    return [claim for output in outputs if not failed
            for claim in output.get("metadata", {}).get("claims", [])]


def summary(runs: list[list[dict]]) -> dict[str, dict]:
    """Least, mean and greatest value of each claim, and its bounds; empty if the runs differ."""
    values = [[float(claim.pop("value")) for claim in run] for run in runs]
    if any(run != runs[0] for run in runs):
        return {}
    picks = {"min": min, "mean": fmean, "max": max}
    return {claim.pop("claim"): {name: float(f"{pick(column):.6g}") for name, pick in picks.items()}
            | claim for claim, column in zip(runs[0], zip(*values))}


def run(path: Path, seed: int, kept: Path) -> str:
    """Execute a lesson in a process of its own; return one sentence about how it ended."""
    print(f"{key(path)}  seed {seed}  begins", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "tools.execute", key(path), "--build", kept.parent], cwd=ROOT,
        env={**os.environ, "COURSE_SEED": str(seed), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, errors="replace")
    lines = done.stdout.splitlines()
    if not done.returncode:
        return lines[-2].replace("  done", f"  seed {seed}  done")
    errors = [line for line in lines if line.startswith("    ")] or done.stderr.splitlines()
    return (f"Lesson {key(path)} fails with seed {seed}: "
            f"{(errors or ['it was ended'])[-1].strip().removeprefix('AssertionError: ')}")


def measure(lessons: list[Path], seeds: list[int], build: Path, file: Path) -> int:
    """Run lessons with each seed, write their claims into a file; return 0 if all ran, else 1."""
    jobs = [(path, seed, kept) for path in lessons for seed in seeds
            if not claims(kept := place(path, seed, build))]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for sentence in pool.map(run, *zip(*jobs)):
            print(sentence, flush=True)
    found = {one: summary([claims(place(one, seed, build)) for seed in seeds]) for one in lessons}
    missing = [one.stem for one in lessons if not found[one]]
    table = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    table |= {key(one): {"seeds": seeds, "claims": found[one]} for one in found if found[one]}
    if len(missing) < len(lessons):
        text = json.dumps(dict(sorted(table.items())), indent=1, ensure_ascii=False)
        write({file: f"{text}\n".encode()})
    print(f"{len(lessons) - len(missing)} of {len(lessons)} lessons are now in {file.name}.")
    if missing:
        print(f"Not so, as a run failed or claims other things than another: {', '.join(missing)}.")
    return 1 if missing else 0
