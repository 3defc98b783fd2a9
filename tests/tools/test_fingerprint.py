"""A fingerprint changes with what can change a lesson's results, and with nothing else."""

import json

import pytest

from tools import fingerprint

CODE = 'from helpers import views, weights\nimport torch\nweights.load("a", network)'


@pytest.fixture
def course(monkeypatch, tmp_path):
    """A course with a lesson that imports `views`, which imports `data`; not `meadow`."""
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    monkeypatch.setattr(fingerprint.reached, "__defaults__", ((tmp_path,),))
    for folder in ("helpers", "data/weights", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("helpers/__init__.py", "helpers/data.py", "helpers/meadow.py", "data/SHA256SUMS",
                 "data/weights/a.json", "data/weights/b.json", "requirements.txt", "README.md"):
        (tmp_path / name).write_text("")
    (tmp_path / "helpers" / "views.py").write_text("def f():\n    from helpers.data import x")
    write(tmp_path, CODE)
    return tmp_path


def write(course, code, words="# A lesson", outputs=()):
    cells = [{"cell_type": "markdown", "source": words},
             {"cell_type": "code", "source": code.splitlines(True), "outputs": list(outputs)}]
    (course / "notebooks" / "00_a.ipynb").write_text(json.dumps({"cells": cells}))


def take(course):
    return fingerprint.fingerprint(course / "notebooks" / "00_a.ipynb")


@pytest.mark.parametrize(("name", "matters"), [
    ("helpers/views.py", True), ("helpers/data.py", True), ("helpers/meadow.py", False),
    ("helpers/__init__.py", True), ("data/SHA256SUMS", True), ("data/weights/a.json", True),
    ("data/weights/b.json", False), ("requirements.txt", True), ("README.md", False)])
def test_what_a_lesson_reaches_matters(name, matters, course):
    before = take(course)
    with (course / name).open("a") as file:
        file.write("\n# changed")
    assert (take(course) != before) == matters


def test_words_and_outputs_do_not_matter_but_code_does(course):
    before = take(course)
    write(course, CODE, "# Better words", [{"output_type": "stream"}])
    assert take(course) == before and len(before) == 12
    write(course, CODE + "\nx = 1")
    assert take(course) != before


def test_imports_are_followed_in_a_circle_and_below_several_roots(tmp_path):
    for name, text in {"a/one.py": "import b.two", "b/two.py": "from a import one\nimport three",
                       "more/three.py": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert fingerprint.reached("import a.one, os", (tmp_path, tmp_path / "more")) == {
        tmp_path / "a/one.py", tmp_path / "b/two.py", tmp_path / "more/three.py"}
