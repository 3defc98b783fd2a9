"""The checkers, in the cells of their lessons, know right from wrong, say why, and never raise."""

import ast
import importlib
import inspect
import math
import re

import lessons
import measured
import numpy as np
import pytest
import torch
import tried
from texts import more_words
from torch.nn import functional as F

from exercises import TODO, checker, lesson_00
from helpers import energy
from helpers.data import Drawings

CHECKERS = {lesson: importlib.import_module(f"exercises.{lessons.module(lesson)}")
            for lesson in lessons.LESSONS}
EXERCISES = [(lesson, number) for lesson in lessons.LESSONS
             for number in range(len(lessons.cells(lesson, tag="exercise")))]
CHOICES = [(lesson, number) for lesson, number in EXERCISES
           if lessons.solutions(lesson)[number].startswith("answers = {")]
INK = torch.tensor([0.1, 0.1, 0.5])


def brightness(pictures):
    """An energy that any dark picture beats."""
    return pictures.mean(dim=(1, 2, 3))


def two_tests(meter):
    """AUROC of shoes against coats, and against faint ones."""
    shoes = torch.linspace(0.3, 1, 20)[:, None, None, None].expand(20, 1, 32, 32)
    return [energy.auroc(meter(shoes), meter(torch.full_like(shoes, level)))
            for level in (0.35, 0.035)]


def sign(pictures):
    """Lesson 03's signature, a single pixel of it."""
    signed = pictures.clone()
    signed[:, :, -1, -1] = INK
    return signed


def turn(pictures, y):
    return torch.stack([picture.rot90(int(k), (1, 2)) for picture, k in zip(pictures, y)])


FACTS = {
    "00": {"error": torch.tensor([1.0, 9, 2, 2, 6, 7]), "show_concept": lambda concept: None,
           "unseen": Drawings(torch.zeros(6, 4, 8, 8), torch.tensor([0, 0, 1, 1, 2, 2]),
                              torch.zeros(6), torch.tensor([0, 1] * 3), ["cow", "sun", "teapot"],
                              ["group"], ["one", "other"])},
    "01": {"labels": torch.arange(10).repeat(3)},
    "02": {"rebuilding_energy": brightness, "two_tests": two_tests},
    "03": {"sign": sign, "turn": turn, "INK": INK},
    "04": {"F": F},
    "05": {"MASK": 4},
    "08": {"F": F},
    "09": {"F": F, "first_ten": more_words,
           "sentences_of": lambda name, form: [f"{name}: a large thing of some kind"]},
    "10": {"F": F, "np": np},
    "P1": {"F": F},
    "P2": {"F": F},
    "11": {"VIEW": {"crop": 0.5, "turn": 10, "colour": 0.5, "mirror": True}, "math": math, "np": np,
           "try_view": lambda view: 0.7 - view["turn"] / 900},
}


@pytest.fixture
def read(displayed):
    """Run the check cell of an exercise after its answer; return what the student reads."""
    def read(lesson, number, code="", *answer):
        check = lessons.cells(lesson, tag="check")[number].source
        names = {"torch": torch, lessons.module(lesson): CHECKERS[lesson],
                 **FACTS.get(lesson, {}), **measured.facts(lesson)}
        names |= zip([ast.parse(check).body[0].value.args[0].id], answer)
        exec(code, names)
        exec(check, names)
        return displayed[-1]["data"]["text/html"]
    return read


@pytest.mark.parametrize("lesson, number", EXERCISES)
def test_the_solution_on_the_page_is_right(lesson, number, read):
    assert "Right." in read(lesson, number, lessons.solutions(lesson)[number])


@pytest.mark.parametrize("lesson, number", EXERCISES)
def test_the_cell_as_shipped_and_mere_dots_are_not_started(lesson, number, read):
    assert TODO in read(lesson, number, lessons.cells(lesson, tag="exercise")[number].source)
    assert TODO in read(lesson, number, "", ...)


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_each_checker_is_called_by_its_lesson_and_knows_its_number(lesson):
    checkers = {name: check.exercise for name, check in inspect.getmembers(CHECKERS[lesson])
                if name[:6] == "check_"}
    called = [re.search(r"\.(\w+)\(", cell.source)[1]
              for cell in lessons.cells(lesson, tag="check")]
    first = 0 if lesson[0] == "P" else 1
    assert checkers == {name: f"{lesson}.{number}" for number, name in enumerate(called, first)}


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_each_checker_was_tried_with_right_and_wrong_answers(lesson):
    table = tried.table(lesson)
    by_choice = {re.search(r"\.(\w+)\(", lessons.cells(lesson, tag="check")[number].source)[1]
                 for other, number in CHOICES if other == lesson}
    checkers = {name for name, _ in inspect.getmembers(CHECKERS[lesson]) if name[:6] == "check_"}
    by_figures = {"check_conclusion"}  # the same for all lessons: test_concluding.py
    assert checkers - by_choice - by_figures == set(table)
    assert not [name for name, answers in table.items()
                if len(answers.right) < 5 or len(answers.wrong) < 10]


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_what_is_right_is_right_with_any_random_numbers(lesson, seed, displayed, monkeypatch):
    monkeypatch.setattr("exercises.SEED", seed)
    wrong = [(name, number) for name, answers in tried.table(lesson).items()
             for number, answer in enumerate(answers.right)
             if not getattr(CHECKERS[lesson], name)(answer, *answers.facts)]
    assert not wrong


# Choices


@pytest.mark.parametrize("lesson, number", CHOICES)
def test_each_open_or_wrong_choice_is_named(lesson, number, read):
    solution = lessons.solutions(lesson)[number]
    for question in ast.literal_eval(solution.removeprefix("answers = ")):
        still_open = read(lesson, number, f"{solution}\nanswers[{question!r}] = ...")
        assert f"Still open: {question}." in still_open
        wrong = read(lesson, number, f"{solution}\nanswers[{question!r}] = 'a cow'")
        assert f"Not a cow for “{question}”" in wrong


@pytest.mark.parametrize("change", ["str(choice).upper() + ' '", "str(choice)", "' ' + str(choice)",
                                    "np.array([choice])[0]", "str(choice).capitalize()"])
@pytest.mark.parametrize("lesson, number", CHOICES)
def test_choices_may_be_written_in_several_ways(lesson, number, change, read):
    changed = (f"import numpy as np\nanswers = {{asked: {change} for asked, choice in "
               "reversed(answers.items())}\nanswers['and'] = 'more'")
    assert "Right." in read(lesson, number, f"{lessons.solutions(lesson)[number]}\n{changed}")


@pytest.mark.parametrize("choice", ["2.5", "[]", "None", "''", "torch.ones(2)", "max", "b'6'"])
@pytest.mark.parametrize("lesson, number", CHOICES)
def test_an_odd_choice_is_none(lesson, number, choice, read):
    odd = f"\nanswers[next(iter(answers))] = {choice}"
    assert "Not yet.</b> Not " in read(lesson, number, lessons.solutions(lesson)[number] + odd)


def test_each_quiz_has_one_right_answer_and_words_for_the_others(displayed):
    quizzes = lessons.calls("00", "widgets.quiz")
    assert len(quizzes) == 2
    for quiz in quizzes:
        check, answers = getattr(lesson_00, quiz.args[0].attr), ast.literal_eval(quiz.args[2])
        verdicts = [check(answer) for answer in answers]
        assert sum(verdicts) == 1
        assert not [shown for shown in displayed if "stopped with" in shown["data"]["text/html"]]


# Answers that miss the point in other ways


def stop(*arguments):
    raise RuntimeError("no <b>such</b> thing")


def zero(*arguments):
    """Change what is given, and hand it back."""
    for argument in arguments:
        if isinstance(argument, torch.Tensor):
            argument.zero_()
    return arguments


ODD = [None, 3, "cows", [], {}, torch.zeros(3), stop, lambda *arguments: None, lambda: 1,
       lambda *arguments: "text", lambda *arguments: torch.tensor(float("nan")),
       lambda *arguments: torch.full((3,), float("nan")), {"the age of a cow": "5"},
       dict, Drawings, torch.zeros(3, dtype=torch.bool), lambda *arguments: arguments[0],
       lambda *arguments: arguments, lambda *arguments: torch.zeros(3, dtype=torch.complex64),
       lambda *arguments: torch.zeros(2, 0, dtype=torch.int64), lambda *arguments: next(iter([])),
       lambda *arguments: (torch.ones(2).bool(), "labels"), zero,
       lambda *arguments: zero(*arguments)[0]]


@pytest.mark.parametrize("lesson, number", EXERCISES)
def test_an_odd_answer_is_wrong_and_never_raises(lesson, number, read):
    for answer in ODD:
        text = read(lesson, number, "", answer)
        assert "Not yet." in text and "The check itself" not in text


@checker("00.0")
def check_even(number, least):
    """It is even."""
    yield number == "seven", 7 + number
    yield number < least, f"{number} is <too> small."
    yield number % 2, "It is odd."


def test_the_first_mistake_is_the_verdict_and_is_shown_as_text(verdict):
    assert "1 is &lt;too&gt; small." in verdict(check_even, 1, 2)
    assert "It is odd." in verdict(check_even, 3, 2)
    assert "It is even." in verdict(check_even, 4, 2)
    assert "The check itself can&#x27;t read" in verdict(check_even, "seven", 2)


def test_each_verdict_passes_one_place_with_its_number(monkeypatch):
    told = []
    monkeypatch.setattr("exercises.tell", lambda *verdict: told.append(verdict))
    check_even(3, 2), check_even(4, 2), lesson_00.quiz_low("both"), lesson_00.check_worst(..., 0, 0)
    assert told == [("00.0", False, "It is odd."), ("00.0", True, "It is even."),
                    ("00.q2", False, "An energy that is low for all tells nothing apart."),
                    ("00.2", False, TODO)]


def test_a_check_leaves_the_random_numbers_of_the_lesson_alone():
    torch.manual_seed(3)
    lesson_00.check_energy(lambda guess, colour: torch.rand(3))
    after = torch.rand(())
    torch.manual_seed(3)
    assert after == torch.rand(())


def test_what_an_answer_says_is_shown_as_text(read):
    text = read("01", 0, "", stop)
    assert "RuntimeError: no &lt;b&gt;such&lt;/b&gt; thing" in text
    assert "&lt;script&gt;" in read("00", 1, "", "<script>")
