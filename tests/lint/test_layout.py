"""Each thing stands in its room, and arrows between rooms run one way."""

from graphlib import TopologicalSorter

import imports
import lessons
import pytest

MAY_IMPORT = {
    "notebooks": {"helpers", "exercises"},
    "helpers": {"helpers"},
    "exercises": {"exercises", "helpers"},
    "tools": {"tools", "helpers"},
    "launcher": {"launcher", "helpers", "tools"},
    "course.py": {"launcher"},
}
FOR_OLD_COPIES = {"helpers/exercises.py"}


def room(file):
    return file.split("/")[0]


def in_room(name):
    return [file for file in imports.files() if file.startswith(f"{name}/")]


def lines(name):
    return sum(imports.files()[file].count("\n") for file in in_room(name))


@pytest.mark.parametrize("file", [file for file in imports.files() if room(file) in MAY_IMPORT])
def test_arrows_run_one_way(file):
    own = {name for name in imports.imported(file) if name.split(".")[0] in imports.OWN}
    assert {name.split(".")[0] for name in own} <= MAY_IMPORT[room(file)]
    if room(file) == "launcher":
        assert {imports.module(name) for name in own if not name.startswith("launcher")} <= {
            "helpers/page.py", "tools/storage.py"}, "what runs before anything is installed"


def test_a_lesson_imports_each_module_of_the_helpers():
    used = {imports.module(name) for lesson in in_room("notebooks")
            for name in imports.imported(lesson)}
    assert set(in_room("helpers")) - used == {"helpers/__init__.py"} | FOR_OLD_COPIES


@pytest.mark.parametrize("name", ["helpers", "exercises", "tools", "launcher"])
def test_imports_make_no_circle_and_at_most_three_floors(name):
    needs = {file: {imports.module(other) for other in imports.imported(file)} & set(in_room(name))
             - {f"{name}/__init__.py"} for file in in_room(name)}
    floor = {}
    for file in TopologicalSorter(needs).static_order():
        floor[file] = 1 + max((floor[other] for other in needs[file]), default=0)
    assert max(floor.values()) <= 3, floor


def test_the_house_is_thin():
    assert lines("helpers") <= 2220 and len(in_room("helpers")) - 1 <= 22
    assert lines("exercises") <= 2330
    rooms = {"bench": 1250, "website": 650, "learn": 800, "classroom": 400, "recipes": 350}
    long = {room for room, most in rooms.items() if lines(f"tools/{room}") > most}
    assert not long and lines("tools") - sum(lines(f"tools/{room}") for room in rooms) <= 640
    long = {file: code.count("\n") for file, code in imports.files().items()
            if file.endswith(".py") and code.count("\n") > 250}
    assert not long


def test_each_module_and_lesson_has_tests_of_its_own():
    modules = [file for name in ("helpers", "exercises", "tools", "launcher")
               for file in in_room(name) if file.count("/") == 1 and "__init__" not in file]
    modules += [f"lessons/{lessons.module(lesson)}.py" for lesson in lessons.LESSONS]
    tests = {file.removeprefix("tests/").replace("/test_", "/") for file in in_room("tests")}
    assert set(modules) - tests == FOR_OLD_COPIES


def test_an_old_copy_of_a_lesson_gets_one_sentence():
    with pytest.raises(ImportError, match="^This copy of a lesson is older .*[.]$"):
        from helpers.exercises import lesson_04  # noqa: F401


def test_the_helpers_import_at_once():
    code = imports.files()["helpers/__init__.py"]
    assert code.count("\n") == 1 and "import" not in code


def test_the_readme_names_each_folder():
    readme = (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    folders = [path.name for path in lessons.ROOT.iterdir() if path.is_dir()
               and not path.name.startswith((".", "_")) and not path.name.endswith(".egg-info")]
    assert [name for name in folders if f"`{name}/`" not in readme] == []
