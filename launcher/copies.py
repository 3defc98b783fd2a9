"""The student's copies of the lessons: made once, then brought up to date without losing a word.

Beside the copies stand `.given/`, the lessons as they were when the copies last took from them, and
`backup/`, what a change replaced, in folders that are named by the time.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.page import key, lessons
from launcher import ROOT, history
from launcher.lock import alone
from launcher.merge import NoMerge, alike, merge, shared
from launcher.programs import AGAIN, Problem
from tools.storage import write

# What a file raises when it is read as a notebook and is none.
NO_NOTEBOOK = (ValueError, KeyError, TypeError, AttributeError)


def folder() -> Path:
    """Where the copies are: the folder that COURSE_WORK names, or `my/` in the course."""
    return Path(os.environ.get("COURSE_WORK") or ROOT / "my").expanduser().absolute()


def refresh() -> list[str]:
    """Make the copies that are missing, and bring the others up to date; their pictures as well.

    Returns:
        A sentence for each copy in which something of the student's met something new.

    Raises:
        Problem: The folder can't be written to; each file is then as it was, or whole and new.
    """
    with _alone():
        edited = history.edited()
        names = [path.relative_to(ROOT / "notebooks").as_posix()
                 for path in lessons(ROOT / "notebooks").values()]
        told = [_refresh(name, history.committed(name) if name in edited
                         else (ROOT / "notebooks" / name).read_bytes()) for name in names]
        _renew({folder() / "pictures" / path.name: path.read_bytes()
                for path in (ROOT / "notebooks" / "pictures").glob("*")})
    return [sentence for sentence in told if sentence]


def again(name: str) -> list[str]:
    """Begin the lesson at this place in `notebooks/` again; say where the copy of before is.

    Raises:
        Problem: The folder can't be written to.
    """
    told = refresh()
    with _alone():
        backup = _back_up(name, (folder() / name).read_bytes())
        write({folder() / name: (folder() / ".given" / name).read_bytes()})
    return [*told, f"{name} begins again; your copy before is {backup}."]


def update() -> list[str]:
    """Fetch the course's latest state with git, and bring the copies up to date.

    Returns:
        What `refresh` says, and a sentence for each lesson in `notebooks/` that had been changed
        there, where a change would keep git from bringing another: it is in `backup/` then.

    Raises:
        Problem: The course was not made with git, or git can't; why, and what to do.
    """
    told = refresh()
    with _alone():
        history.fetch()
        for name in history.edited():
            if (path := ROOT / "notebooks" / name).exists():
                backup = _back_up(name, path.read_bytes())
                told.append(f"notebooks/{name} had been changed there: that file is now {backup}.")
            history.take_back(name)
        history.go_forward()
    return told + refresh() or ["Your copies are up to date."]


def _refresh(name: str, new: bytes) -> str | None:
    """Bring the copy of one lesson, which is `new` now, up to date; return what to say about it.

    Without a copy the file in `notebooks/` becomes one as it is: there may be answers in it.
    """
    copy, given = folder() / name, folder() / ".given" / name
    _follow(name)
    mine = (copy if copy.exists() else ROOT / "notebooks" / name).read_bytes()
    if mine == new:
        before = new
    else:
        before = given.read_bytes() if copy.exists() and given.exists() else _origin(name, mine)
    if before == new:
        content, sentence = mine, None
    elif mine == before:
        content, sentence = new, None
    else:
        content, sentence = _bring_together(name, before, mine, new)
    _renew({given: new, copy: content})
    return sentence


def _renew(files: dict[Path, bytes]) -> None:
    """Write those of some files that are not there or not as they shall be."""
    write({file: content for file, content in files.items()
           if not file.exists() or file.read_bytes() != content})


def _follow(name: str) -> None:
    """Give the copy of a lesson that got another name that name too."""
    given, target = lessons(folder() / ".given").get(key(Path(name))), folder() / name
    if given and given.name != target.name:
        copy = target.with_name(given.name)
        if copy.exists():
            if target.exists():
                _back_up(name, target.read_bytes())
            copy.replace(target)
        given.replace(given.with_name(target.name))


def _origin(name: str, mine: bytes) -> bytes | None:
    """The state of a lesson that a copy of unknown age is most like, None if git knows none."""
    with contextlib.suppress(*NO_NOTEBOOK):
        copy = json.loads(mine)
        return max(history.versions(name), default=None,
                   key=lambda version: shared(json.loads(version), copy))
    return None


def _bring_together(name: str, before: bytes | None, mine: bytes,
                    new: bytes) -> tuple[bytes, str | None]:
    """Return the next content of a copy that is not as it was given, and what to say about it."""
    try:
        if before is None:
            raise NoMerge("nobody knows from which state of the lesson it came")
        given, copy, lesson = map(json.loads, (before, mine, new))
        if alike(given, copy):
            return new, None
        merged, both = merge(given, copy, lesson)
    except (NoMerge, *NO_NOTEBOOK) as error:
        reason = error if isinstance(error, NoMerge) else "it is no notebook"
        return mine, (f"{name} stays as it is, as {reason}: the course's is "
                      f"{_put_beside(name, new)} now.")
    told = f"{name} is brought up to date; your copy before is {_back_up(name, mine)}."
    if both:
        told += (f" In {both} of its cells you and the course changed the same: yours stay, and "
                 f"the course's are in {_put_beside(name, new)}.")
    return f"{json.dumps(merged, indent=1, ensure_ascii=False)}\n".encode(), told


def _back_up(name: str, content: bytes) -> str:
    """Keep the content of a file in `backup/`; return how a student calls the new file."""
    place = folder() / "backup" / time.strftime("%Y-%m-%d-%H%M%S")
    while (place / name).exists():
        place = place.with_name(f"{place.name}-again")
    return _save(place / name, content)


def _put_beside(name: str, content: bytes) -> str:
    """Save a lesson beside the copy of it; return how a student calls the new file."""
    return _save(folder() / name.replace(".ipynb", time.strftime("-new-%Y-%m-%d-%H%M%S.ipynb")),
                 content)


def _save(file: Path, content: bytes) -> str:
    write({file: content})
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let no other start of course.py change the copies, and tell of faults in one sentence."""
    try:
        (folder() / ".given").mkdir(parents=True, exist_ok=True)
        with alone(folder() / ".given" / "lock"):
            yield
    except OSError as error:
        if error.strerror is None:  # it is a sentence already
            raise Problem(str(error)) from error
        raise Problem(f"{folder()} can't hold your copies of the lessons ({error.strerror}): name "
                      f"another folder in the variable COURSE_WORK {AGAIN}") from error
