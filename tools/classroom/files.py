"""The files that a class hands in. They are data of strangers: sizes, types and names are checked.

Nothing of them is run. What is not known to this course is left out without a word; a file that is
damaged is named and left out.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from helpers import page, progress

LARGEST = 2_000_000  # bytes of a file
MOST = 1000  # files of a folder
LONGEST = 20_000  # characters of an answer
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass
class Student:
    """What one person handed in; all texts are printable, all numbers are in their range."""

    id: str
    name: str
    when: str
    solved: set[str] = field(default_factory=set)
    wrong: dict[str, dict[str, int]] = field(default_factory=dict)  # exercise: {verdict: times}
    answers: dict[str, str] = field(default_factory=dict)
    guesses: dict[str, str | float] = field(default_factory=dict)
    first: dict[str, str | float] = field(default_factory=dict)
    measured: dict[str, tuple] = field(default_factory=dict)  # as `progress.made` returns it

    @property
    def called(self) -> str:
        """The name, or the beginning of the number that stands for it."""
        return self.name or f"no name ({self.id[:6]})"


def read_all(folder: Path) -> tuple[list[Student], dict[str, str]]:
    """Read a folder of files; of several of one person the latest counts.

    Returns:
        The students by their names, and for each file that is left out a reason.
    """
    found, left_out = {}, {}
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in files[:MOST]:
        try:
            student = read(path)
        except (OSError, ValueError, RecursionError) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            left_out[plain(path.name, 100)] = told or "it can't be read"
            continue
        before, other = found.get(student.id, (None, None))
        if before and before.when > student.when:
            path, other = other, path
        else:
            found[student.id] = student, path
        if before:
            left_out[plain(other.name, 100)] = f"{plain(path.name, 100)}, of the same, is newer"
    if len(files) > MOST:
        left_out["all others"] = f"only {MOST:,} files are read"
    students = sorted((one for one, _ in found.values()), key=lambda one: (one.called, one.id))
    return students, left_out


def read(path: Path) -> Student:
    """Read one file; ValueError, a few words, if it is not what `course.py hand-in` writes."""
    if path.is_symlink() or not path.is_file():
        raise ValueError("no ordinary file")
    if path.suffix != ".json":
        raise ValueError("no .json file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"larger than {LARGEST // 10**6} MB")
    try:
        state = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError("damaged, or cut off") from None
    if not isinstance(state, dict) or state.get("hand-in") != 1:
        raise ValueError("nothing that course.py hand-in of this course wrote")
    who = plain(state.get("id"), 64)
    if not who:
        raise ValueError("it doesn't say whose it is")
    when = str(state.get("when"))
    student = Student(who, plain(state.get("name"), 80), when if WHEN.fullmatch(when) else "")
    student.answers = {number: plain(source, LONGEST, "\n") for number, source in
                       table(state, "answers", page.exercises().__contains__, str).items()}
    for number, entry in table(state, "exercises", page.exercises().__contains__, dict).items():
        if entry.get("solved"):
            student.solved.add(number)
        counted = table(entry, "wrong", lambda message: True, int)
        student.wrong[number] = {plain(message, 300): min(max(times, 1), 1000)
                                 for message, times in [*counted.items()][:progress.MESSAGES]}
    entries = table(state, "guesses", page.questions().__contains__, dict)
    for kind, kept in (("guess", student.guesses), ("first", student.first)):
        kept |= {number: entry[kind] for number, entry in entries.items()
                 if progress.fits(number, entry.get(kind))}
    student.measured = progress.made({"guesses": entries})
    return student


def table(state: dict, name: str, known: Callable[[str], bool], kind: type) -> dict:
    """One of the tables of a file: its known keys, whose values are of one type."""
    given = state.get(name, {})
    if not isinstance(given, dict):
        raise ValueError(f"its {name!r} is no table")
    return {key: value for key, value in given.items() if known(key) and type(value) is kind}


def plain(text: object, longest: int, kept: str = "") -> str:
    """A text that is printable and short: no control characters, no changes of direction."""
    if not isinstance(text, str):
        return ""
    return "".join(one if one.isprintable() or one in kept else " "
                   for one in text[:longest]).strip()
