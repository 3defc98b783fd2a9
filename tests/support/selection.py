"""Which tests run, and in which order: the longest first, a notebook's cells one after another."""

import re
import subprocess
from functools import cache

import lessons
import pytest

from helpers import page
from tools import fingerprint

ROOTS = (lessons.ROOT, lessons.ROOT / "tests" / "support")
# The files of tests that take minutes, the longest first.
LONGEST = [lessons.ROOT / "tests" / f"{name}.py" for name in (
    "browser/test_controls", "tools/test_website", "tools/test_bench_peers", "browser/test_lab",
    "browser/test_slides", "tools/test_processes", "launcher/test_places", "tools/test_live")]


def pytest_addoption(parser):
    group = parser.getgroup("course")
    group.addoption("--lesson", metavar="NN", help="only what belongs to this lesson")
    group.addoption("--changed", action="store_true",
                    help="only what a change since the last commit can affect, and the lessons "
                         "that hang on something else than when they last ran")


def pytest_itemcollected(item):
    if "chromium" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what was not asked for; then put the rest in order, after pytest-randomly."""
    asked = [of_lesson(config.option.lesson)] if config.option.lesson else []
    if config.option.changed:
        paths = changed()
        asked.append(lambda item: is_affected(item, paths))
    kept = {item for item in items if all(wanted(item) for wanted in asked)}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    long = {item.path for item in kept if is_marked(item, "slow", "browser")}
    items[:] = sorted(filter(kept.__contains__, items), key=lambda item: turn(item, long))


def pytest_sessionfinish(session, exitstatus):
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.option.changed:
        session.exitstatus = pytest.ExitCode.OK


def is_cell(item):
    return item.path.suffix == ".ipynb"


def is_marked(item, *names):
    return any(item.get_closest_marker(name) for name in names)


def turn(item, long):
    """Notebooks come first, the longest of them before the others; then files with long tests.

    What is begun last should be short, as the other process has nothing left to do.
    """
    if is_cell(item):
        return 0, -page.minutes(item.path), item.path, item.cell_num
    place = LONGEST.index(item.path) if item.path in LONGEST else len(LONGEST)
    return 1, place, item.path not in long


def of_lesson(lesson):
    """Tell which tests name a lesson: in their file's name, or among their parameters."""
    name = re.compile(rf"(?<![\d.]){lesson.replace('P', '(P|primer[_/])')}(?!\d)")
    return lambda item: bool(name.search(item.nodeid))


def changed():
    """The files that differ from the last commit, new ones too."""
    command = ["git", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"]
    try:
        done = subprocess.run(command, cwd=lessons.ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise pytest.UsageError("--changed needs git, and a course that came with it.") from None
    return {lessons.ROOT / entry[3:] for entry in done.stdout.split("\0") if entry}


def is_affected(item, paths):
    """Tell whether a test can end otherwise than before some files were changed.

    A test hangs on what its file imports, by itself or through others, and on the lessons that it
    names, all if it names none. One that starts processes or a browser may hang on anything, and
    anything may hang on a file that is neither code nor a lesson.
    """
    if is_cell(item):
        return is_stale(item.path)
    if not all(path.suffix in (".py", ".ipynb") for path in paths):
        return True
    hangs_on, processes = reached(item.path)
    if processes or is_marked(item, "browser"):
        return bool(paths)
    named = {path for lesson, path in lessons.LESSONS.items() if of_lesson(lesson)(item)}
    return bool(paths & (hangs_on | (named or set(lessons.LESSONS.values()))))


@cache
def is_stale(notebook):
    ran = lessons.read(page.key(notebook)).metadata.course.get("fingerprint")
    return ran != fingerprint.fingerprint(notebook)


@cache
def reached(file):
    """The files that a test file hangs on, and whether one of them starts processes."""
    code = file.read_text(encoding="utf-8")
    files = {file, *file.parents[0].glob("conftest.py"), lessons.ROOT / "tests" / "conftest.py"}
    files |= fingerprint.reached(code, ROOTS)
    return files, any("subprocess" in fingerprint.imported(one.read_text(encoding="utf-8"))
                      for one in files - {ROOTS[1] / "selection.py"})
