"""Progress: what a student guessed, answered and checked, in one file of their own.

It is `progress.json` in the folder of the student's copies: `my/`, or what COURSE_WORK names.
Nothing sends it anywhere. With COURSE_PROGRESS=off nothing is kept but in this kernel's memory.
"""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock
from IPython.display import Markdown, display

from helpers import page
from helpers.claims import written

VERSION = 1
LARGEST = 5_000_000  # bytes of a file that is read
MESSAGES = 20  # different wrong verdicts that an exercise keeps
PATIENCE = 5  # seconds for which another kernel may write
_waiting: list[Callable[[dict], None]] = []  # changes that are in no file yet


def file() -> Path | None:
    """Where progress is kept; None if it is not."""
    if os.environ.get("COURSE_PROGRESS", "").lower() == "off":
        return None
    folder = os.environ.get("COURSE_WORK") or page.NOTEBOOKS.parent / "my"
    return Path(folder).expanduser() / "progress.json"


def read() -> dict:
    """All that is known: {"guesses": {"04.2": ...}, "exercises": {"04.1": ...}, ...}."""
    path = file()
    try:
        return _changed(_parsed(path) if path else {})
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return _changed({})


def guess(question: str, value: float | str) -> str:
    """Keep a guess, and the first one beside it; once it was measured, it stays.

    Returns:
        Nothing, or a sentence if the file can't hold it. So do the next two functions.
    """
    def change(state: dict) -> None:
        entry = state["guesses"].setdefault(question, {})
        if "measured" not in entry:
            entry |= {"first": entry.get("first", value), "guess": value, "when": _now()}
    return keep(change)


def measured(question: str, value: float | str) -> str:
    """Put what was measured beside the guess, if there is one."""
    def change(state: dict) -> None:
        if question in state["guesses"]:
            state["guesses"][question].setdefault("measured", value)
    entry = read()["guesses"].get(question)
    return keep(change) if entry and "measured" not in entry else ""


def record(exercise: str, passed: bool, message: str) -> str:
    """Keep a verdict on an exercise, such as "04.1"; one that was solved stays solved.

    Args:
        exercise: its number.
        passed: whether the answer is right.
        message: what the checker said, which is counted if the answer is wrong.
    """
    def change(state: dict) -> None:
        entry = state["exercises"].setdefault(exercise, {})
        entry["when"] = _now()
        wrong = entry.setdefault("wrong", {})
        if passed:
            entry.setdefault("solved", entry["when"])
        elif message in wrong or len(wrong) < MESSAGES:
            wrong[message] = wrong.get(message, 0) + 1
    return keep(change)


def made(state: dict) -> dict[str, tuple]:
    """The guesses of a state that can be guesses at questions of the course, and were measured.

    Returns:
        For each question: guess, measured value, how far apart they are as a share of the scale (0
        or 1 for a choice), and when the guess was made; in the order of the questions.
    """
    found = {}
    for number, question in page.questions().items():
        entry, answers = state["guesses"].get(number, {}), question["answers"]
        guess, truth = entry.get("guess"), entry.get("measured")
        if not fits(number, guess):
            continue
        if isinstance(answers, list):
            if truth in answers:
                found[number] = guess, truth, float(guess != truth), str(entry.get("when"))
        elif type(truth) in (int, float) and -1e9 < truth < 1e9:
            low, high = answers[:2]
            away = abs(guess - min(max(truth, low), high)) / (high - low)
            found[number] = guess, truth, away, str(entry.get("when"))
    return found


def fits(number: str, value: object) -> bool:
    """Whether something can be a guess at a question of the course."""
    answers = page.questions().get(number, {"answers": []})["answers"]
    if isinstance(answers, list):
        return isinstance(value, str) and value in answers
    return type(value) in (int, float) and answers[0] <= value <= answers[1]


def said(value: float | str, unit: str) -> str:
    """A guess or what was measured, as it is written."""
    if isinstance(value, str):
        return value
    return f"{written(value)}{' ' * bool(unit)}{unit}"


def table() -> None:
    """Show, for each lesson, what is solved and guessed, and how far off the guesses were."""
    state = read()
    measured = made(state)
    lines = ["| lesson | exercises solved | guesses made | off by, on average |",
             "|---|---|---|---|"]
    for lesson, path in page.lessons().items():
        exercises, questions = ([number for number in known if number.startswith(f"{lesson}.")]
                                for known in (page.exercises(), page.questions()))
        solved = sum(bool(solved_on(number, state)) for number in exercises)
        guessed = sum(number in state["guesses"] for number in questions)
        away = [measured[number][2] for number in questions if number in measured]
        off = f"{sum(away) / len(away):.0%} of the scale" if away else ""
        lines.append(f"| {page.title(path)} | {solved} of {len(exercises)} | {guessed} of "
                     f"{len(questions)} | {off} |")
    display(Markdown("\n".join(lines)))


def solved_on(exercise: str, state: dict | None = None) -> str:
    """The day on which an exercise was solved; nothing if it was not."""
    return str((state or read())["exercises"].get(exercise, {}).get("solved", ""))[:10]


def keep(change: Callable[[dict], None]) -> str:
    """Make a change, beside those that wait, in the file as it is now, or in memory if it can't be.

    A damaged file is put aside under another name. Returns nothing, or a sentence.
    """
    _waiting.append(change)
    if (path := file()) is None:
        return ""
    told = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_name(".progress.lock")):
            try:
                state = _changed(_parsed(path))
            except (ValueError, TypeError, AttributeError, RecursionError):
                told = f"{path.name} was damaged: it is {_put_aside(path)} now, and another begins."
                state = _changed({})
            _write(path, json.dumps(state, indent=1, ensure_ascii=False))
        _waiting.clear()
    except OSError as error:
        return (f"{path.name} can't be written ({error.strerror or error}): this is kept only "
                "until the kernel ends.")
    return told


def _parsed(path: Path) -> dict:
    if not path.exists():
        return {}
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    state = json.loads(path.read_text(encoding="utf-8"))
    if state.get("version", 0) > VERSION:
        raise OSError("it is of a newer state of the course")
    return state


def _changed(state: dict) -> dict:
    """The state with the changes that wait; what this version doesn't know stays in it."""
    state |= {"version": VERSION}
    for kind in ("guesses", "exercises"):
        for entry in state.setdefault(kind, {}).values():
            entry.get("guess"), entry.get("wrong", {}).values()  # AttributeError: damaged
    for change in _waiting:
        change(state)
    return state


def _write(path: Path, text: str) -> None:
    part = tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False,
                                       prefix=".progress-", suffix=".part")
    try:
        with part:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
        os.replace(part.name, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part.name)


def _put_aside(path: Path) -> str:
    for number in range(1, 1000):
        aside = path.with_name(f"progress-damaged-{number}.json")
        if not aside.exists():
            break
    os.replace(path, aside)
    return aside.name


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one kernel at a time write; a disk that knows no locks lets all in."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, NotImplementedError):  # a Timeout is an OSError
            held.enter_context(FileLock(path, timeout=PATIENCE))
        yield


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S")
