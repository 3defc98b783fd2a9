"""`python -m tools.classroom hand-in` and `class`, which `course.py` starts."""

import argparse
import csv
import io
import json
import os
import re
import secrets
import sys
import time
from pathlib import Path

from helpers import page, progress
from tools.classroom import files, report
from tools.storage import write

ANSWERS = "experiment", "exercise"  # tags of the cells that a student writes into


def hand_in(work: Path, name: str, to: Path) -> str:
    """Write one file with what a student did; return what to say about it.

    Args:
        work: the folder of the student's copies, with `progress.json` in it.
        name: who it is, if the student says so.
        to: the folder that the file goes to.
    """
    fresh = secrets.token_hex(8)
    trouble = progress.keep(lambda state: state.setdefault("id", fresh))
    state = progress.read()
    answers = {}
    for lesson, path in page.lessons(work).items():
        try:
            given = page.numbered(page.find(lesson), *ANSWERS)
            mine = page.numbered(path, *ANSWERS)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            trouble += f" {path.name} can't be read: its answers are missing."
            continue
        answers |= {f"{lesson}.{number}": source[:files.LONGEST] for number, source in mine.items()
                    if source != given.get(number)}
    content = {"hand-in": 1, "id": str(state.get("id", fresh)), "name": name.strip(),
               "when": time.strftime("%Y-%m-%dT%H:%M:%S"), "answers": answers,
               "exercises": state["exercises"], "guesses": state["guesses"]}
    slug = re.sub(r"\W+", "-", name.strip()) or content["id"][:8]
    file = to / f"hand-in-{slug[:40]}.json"
    write({file: json.dumps(content, indent=1).encode()})
    solved = sum("solved" in entry for entry in state["exercises"].values())
    return (f"{file} holds {len(answers)} answers, {solved} solved exercises and "
            f"{len(state['guesses'])} guesses; {name.strip() or 'no name'} stands in it. It was "
            f"sent to nobody: give it to your instructor. {trouble}").strip()


def of_class(work: Path, folder: Path) -> str:
    """Write `class.html` and `class.csv` about a folder of files; return what to say about it."""
    students, left_out = files.read_all(folder)
    lines = io.StringIO()
    csv.writer(lines).writerows([[report.harmless(cell) for cell in line]
                                 for line in report.lines(students)])
    write({work / "class.html": report.page_of(students, left_out).encode(),
           work / "class.csv": lines.getvalue().encode("utf-8-sig")})
    told = "".join(f"\nLeft out: {name}: {reason}." for name, reason in left_out.items())
    return f"{work / 'class.html'} and class.csv are made. Students: {len(students)}.{told}"


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two; return the exit code."""
    parser = argparse.ArgumentParser(prog="tools.classroom")
    commands = parser.add_subparsers(dest="command", required=True)
    giver, taker = commands.add_parser("hand-in"), commands.add_parser("class")
    for one in (giver, taker):
        one.add_argument("work", type=Path)
    giver.add_argument("--name", default="")
    giver.add_argument("--to", type=Path)
    taker.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    os.environ["COURSE_WORK"] = str(options.work)
    try:
        if options.command == "hand-in":
            print(hand_in(options.work, options.name, options.to or options.work))
        else:
            print(of_class(options.work, options.folder))
    except OSError as error:
        print(f"{error.filename} can't be read ({error.strerror})." if error.filename else error,
              file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
