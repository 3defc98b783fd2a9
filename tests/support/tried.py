"""Tables of answers that a checker was tried with, and the test that they make."""

import html
import importlib.util
from functools import cache
from typing import Any, NamedTuple

import lessons
import pytest


class Tried(NamedTuple):
    """Right answers in different styles, wrong ones with words of their verdict, and the facts."""
    right: list[Any]
    wrong: list[tuple[Any, str]]
    facts: tuple = ()


@cache
def table(lesson):
    """The table of a lesson's tests: name of a checker -> Tried."""
    name = f"test_{lessons.module(lesson)}"
    spec = importlib.util.spec_from_file_location(
        name, lessons.ROOT / "tests" / "exercises" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TRIED


def in_place(answer):
    """The same answer, but it spoils the first thing that it is given."""
    def spoiling(first, *rest):
        result = answer(first.clone(), *rest)
        first.mul_(0)
        return result
    return spoiling


def detached(answer):
    """The same answer, cut off from its inputs."""
    return lambda *facts: answer(*facts).detach()


def a_test(module, table):
    """A test of each answer of a table: name of a checker -> Tried."""
    rows = [pytest.param(name, answer, word, id=f"{name}-{number}")
            for name, tried in table.items()
            for number, (answer, word) in enumerate([
                *((answer, "Right.") for answer in tried.right), *tried.wrong])]

    @pytest.mark.parametrize(("name", "answer", "word"), rows)
    def test_answer(name, answer, word, verdict):
        text = html.unescape(verdict(getattr(module, name), answer, *table[name].facts))
        assert word in text and "The check itself" not in text
    return test_answer
