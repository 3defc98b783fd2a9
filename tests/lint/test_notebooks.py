"""Each lesson is whole, executed in order, fit to be read, presented and run anywhere."""

import ast
import re
import subprocess
import sys

import lessons
import nbformat
import pytest

from helpers import page

OF_ONE_MACHINE = re.compile(r"(?<![\w.~-])/(home|work|root|tmp|Users)/|\b[A-Z]:\\")
NOT_PROSE = [r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$", r"!?\[([^]]*)\]\([^)]*\)",
             r"<[^>]*>"]
SLIDES = {"slide", "fragment", "skip", "notes"}  # Page Up loses its way over a "subslide"

pytestmark = pytest.mark.parametrize("lesson", lessons.LESSONS)


def outputs(lesson):
    return [output for cell in lessons.cells(lesson) for output in cell.outputs]


def prose(lesson):
    """The words of the Markdown cells, without code, formulas, addresses and tags."""
    text = lessons.markdown(lesson)
    for pattern in NOT_PROSE:
        text = re.sub(pattern, r"\1" if "(" in pattern else " ", text, flags=re.DOTALL)
    return text


def test_the_file_is_valid_and_small(lesson):
    nbformat.validate(lessons.read(lesson))
    assert lessons.read(lesson).metadata.kernelspec.name == "python3"
    assert lessons.LESSONS[lesson].stat().st_size <= 1_000_000


def test_it_was_executed_once_from_top_to_bottom_without_trouble(lesson):
    counts = [cell.execution_count for cell in lessons.cells(lesson)]
    assert counts == list(range(1, len(counts) + 1))
    trouble = [output for output in outputs(lesson)
               if output.output_type == "error" or output.get("name") == "stderr"]
    assert not trouble, "an error, a warning or a progress bar is left in the outputs"


def test_the_first_cell_says_what_to_do_where_a_module_is_missing(lesson):
    first, *_ = lessons.cells(lesson)
    assert "tart with python3 course.py lab, or choose the course's .venv" in (
        first.source.splitlines()[0])
    done = subprocess.run([sys.executable, "-I", "-S", "-c", first.source], text=True,
                          capture_output=True)
    assert "ModuleNotFoundError" in done.stderr


def test_outputs_are_short(lesson):
    texts = [text for output in outputs(lesson)
             for text in (output.get("text", ""), output.get("data", {}).get("text/plain", ""))]
    assert max(text.count("\n") for text in texts) < 30, "a list that nobody reads is printed"


def test_code_cells_are_short(lesson):
    lengths = {cell.source.splitlines()[0]: len(cell.source.splitlines())
               for cell in lessons.cells(lesson)}
    assert not {first: lines for first, lines in lengths.items() if lines > 25}


def test_no_path_of_one_machine(lesson):
    texts = [cell.source for cell in lessons.read(lesson).cells]
    texts += [output.get("text", "") for output in outputs(lesson)]
    texts += [text for output in outputs(lesson) for kind, text in output.get("data", {}).items()
              if kind.startswith("text/")]
    assert not [text for text in texts if OF_ONE_MACHINE.search(text)]


def test_every_picture_has_words(lesson):
    words = lessons.words(lesson)
    assert words
    assert all(word.strip() for word in words)


def test_it_claims_and_shows_what_it_claimed(lesson):
    assert len(lessons.calls(lesson, "claims.check")) >= 3
    assert lessons.calls(lesson, "claims.table")


def test_each_exercise_has_a_check_a_hint_and_a_solution(lesson):
    exercises = len(lessons.cells(lesson, tag="exercise"))
    assert exercises >= 2
    assert len(lessons.cells(lesson, tag="check")) == exercises
    for part in ("Hint", "Solution"):
        folded = f"<details><summary>{part}</summary>\n\n"
        assert lessons.markdown(lesson).count(folded) == exercises
    assert all(lessons.solutions(lesson))


def test_a_control_calls_a_function_that_also_draws_without_a_kernel(lesson):
    assert lessons.callbacks(lesson)
    for name in lessons.callbacks(lesson):
        assert name in lessons.functions(lesson)
        assert lessons.calls(lesson, name), f"{name} draws no figure of its own"


def test_a_control_has_a_part_for_each_argument(lesson):
    for call in lessons.calls(lesson, "widgets.explore"):
        callback = lessons.functions(lesson)[ast.unparse(call.args[0])]
        controls = [keyword.arg for keyword in call.keywords]
        assert controls == [argument.arg for argument in callback.args.args]


def test_it_can_be_presented(lesson):
    kinds = [cell.metadata.slideshow.slide_type for cell in lessons.read(lesson).cells]
    assert kinds[0] == "slide" and set(kinds) <= SLIDES
    assert "notes" in kinds, "the speaker has no notes"


def test_headings_are_in_order(lesson):
    page = re.sub(r"```.*?```", "", lessons.markdown(lesson), flags=re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", page, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(level <= before + 1 for before, level in zip(levels, levels[1:]))


def test_it_asks_for_a_guess(lesson):
    assert "**Predict" in lessons.markdown(lesson)


def test_words_are_plain(lesson):
    unwanted = r".{0,30}(?:!|\b(?:simply|just|obviously)\b).{0,30}"
    assert not re.findall(unwanted, prose(lesson), re.IGNORECASE)


def test_its_minutes_are_those_of_the_last_run(lesson):
    measured = page.minutes(lessons.LESSONS[lesson])
    readme = (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| \[{lesson} .*\| ([\d.]+) \|$", readme, re.MULTILINE)
    assert abs(float(row[1]) - measured) <= 0.5
    words = ["One", "Two", "Three", "Four", "Five"]
    said = re.search(r"(\w+) minutes? of\scomputing", lessons.cells(lesson, "markdown")[0].source)
    assert abs(1 + words.index(said[1]) - measured) <= 1
