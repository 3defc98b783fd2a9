"""The checkers know right from wrong, say why, and never raise."""

import ast
import inspect

import lessons
import pytest
import torch
from torch.nn import functional as F

from exercises import (
    TODO,
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
)
from helpers import energy
from helpers.data import Drawings

CONCEPTS = ["cow", "sun", "teapot"]
CONCEPT = torch.tensor([0, 0, 1, 1, 2, 2])
ERROR = torch.tensor([1.0, 9, 2, 2, 6, 7])  # the single worst is a cow, the worst mean a teapot
INK = torch.tensor([0.1, 0.1, 0.5])
UNSEEN = Drawings(torch.zeros(6, 4, 8, 8, dtype=torch.uint8), CONCEPT, 0 * CONCEPT,
                  torch.tensor([0, 1] * 3), CONCEPTS, ["group"], ["one", "other"])
LABELS = torch.arange(10).repeat(3)
SHOES = torch.linspace(0.3, 1, 20)[:, None, None, None].expand(20, 1, 32, 32)


def brightness(pictures):
    """An energy that any dark picture beats."""
    return pictures.mean(dim=(1, 2, 3))


def two_tests(meter):
    """AUROC of shoes against coats, and against faint ones."""
    return [energy.auroc(meter(SHOES), meter(torch.full_like(SHOES, level)))
            for level in (0.35, 0.035)]


def sign(pictures):
    """Lesson 03's signature, a single pixel of it."""
    signed = pictures.clone()
    signed[:, :, -1, -1] = INK
    return signed


def turn(pictures, y):
    return torch.stack([picture.rot90(int(k), (1, 2)) for picture, k in zip(pictures, y)])


CHECKERS = {"00": lesson_00, "01": lesson_01, "02": lesson_02, "03": lesson_03,
            "04": lesson_04, "05": lesson_05, "06": lesson_06, "07": lesson_07}
FACTS = {
    "00": {"error": ERROR, "unseen": UNSEEN, "show_concept": lambda concept: None},
    "01": {"labels": LABELS},
    "02": {"rebuilding_energy": brightness, "two_tests": two_tests},
    "03": {"sign": sign, "turn": turn, "INK": INK},
    "04": {"F": F},
    "05": {"MASK": 4},
    "06": {},
    "07": {},
}
EXERCISES = [(lesson, number) for lesson in lessons.LESSONS
             for number in range(len(lessons.cells(lesson, tag="exercise")))]


# The cells of the lessons as they are


def run(lesson, answer, number, displayed):
    """Run an answer and then the check cell of the lesson; return what the student reads."""
    names = {"torch": torch, f"lesson_{lesson}": CHECKERS[lesson], **FACTS[lesson]}
    exec(answer, names)
    exec(lessons.cells(lesson, tag="check")[number].source, names)
    return displayed[-1]["data"]["text/html"]


@pytest.mark.parametrize("lesson, number", EXERCISES)
def test_the_solution_on_the_page_is_right(lesson, number, displayed):
    assert "Right." in run(lesson, lessons.solutions(lesson)[number], number, displayed)


@pytest.mark.parametrize("lesson, number", EXERCISES)
def test_the_cell_as_shipped_is_not_started(lesson, number, displayed):
    shipped = lessons.cells(lesson, tag="exercise")[number].source
    assert TODO in run(lesson, shipped, number, displayed)


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_each_checker_is_called_by_its_lesson(lesson):
    checkers = [name for name, _ in inspect.getmembers(CHECKERS[lesson]) if name[:6] == "check_"]
    called = [cell.source for cell in lessons.cells(lesson, tag="check")]
    assert sorted(source[len("lesson_00."):source.index("(")] for source in called) == checkers


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


CHECKS = [
    lesson_00.quiz_source, lesson_00.quiz_low,
    lesson_00.check_energy, lambda answer: lesson_00.check_worst(answer, ERROR, UNSEEN),
    lesson_01.check_box_iou, lambda answer: lesson_01.check_cheat(answer, LABELS),
    lesson_01.check_kinds,
    lesson_02.check_sample, lesson_02.check_denoising_loss,
    lambda answer: lesson_02.check_meter(answer, two_tests),
    lesson_03.check_hinge, lesson_03.check_mirror,
    lambda answer: lesson_03.check_cheat(answer, sign, turn), lesson_03.check_tasks,
    lesson_04.check_uniformity, lesson_04.check_mended, lesson_04.check_views,
    lesson_05.check_whole_words, lesson_05.check_mended, lesson_05.check_family,
    lesson_06.check_annealed, lesson_06.check_mended, lesson_06.check_wishes,
    lesson_07.check_discounted, lesson_07.check_mended, lesson_07.check_ways,
]
ODD = [..., None, 3, "cows", [], {}, torch.zeros(3), stop, lambda *arguments: None, lambda: 1,
       lambda *arguments: "text", lambda *arguments: torch.tensor(float("nan")),
       lambda *arguments: torch.full((3,), float("nan")), {"the age of a cow": "5"},
       dict, Drawings, torch.zeros(3, dtype=torch.bool), lambda *arguments: arguments[0],
       lambda *arguments: arguments, lambda *arguments: torch.zeros(3, dtype=torch.complex64),
       lambda *arguments: torch.zeros(2, 0, dtype=torch.int64), lambda *arguments: next(iter([])),
       lambda *arguments: (torch.ones(2).bool(), "labels"), zero,
       lambda *arguments: zero(*arguments)[0]]


def test_every_checker_meets_the_odd_answers():
    names = [name for lesson in CHECKERS.values() for name in vars(lesson)]
    assert len(CHECKS) == sum(name.startswith(("check_", "quiz_")) for name in names)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answer", ODD)
def test_an_odd_answer_is_wrong_and_never_raises(check, answer, verdict):
    assert "Not yet." in verdict(check, answer)


@pytest.mark.parametrize("check", CHECKS)
def test_the_dots_are_not_started(check, verdict):
    assert TODO in verdict(check, ...)


def test_what_an_answer_says_is_shown_as_text(verdict):
    text = verdict(lesson_01.check_box_iou, stop)
    assert "RuntimeError: no &lt;b&gt;such&lt;/b&gt; thing" in text
    assert "&lt;script&gt;" in verdict(lesson_00.check_worst, "<script>", ERROR, UNSEEN)


# Typical wrong answers, and the word that tells why


@pytest.mark.parametrize(
    ("energy", "reason"),
    [
        (lambda d: d.norm(dim=1).mean(), "three energies"),
        (lambda d: d.norm(dim=1), "three energies"),
        (lambda d: 1 + d.norm(dim=1).mean(dim=(1, 2)), "should be 0"),
        (lambda d: d.sum(dim=1).mean(dim=(1, 2)), "never negative"),
        (lambda d: d.pow(2).sum(dim=1).mean(dim=(1, 2)), "squared distance"),
        (lambda d: d.abs().sum(dim=1).mean(dim=(1, 2)), "adds up"),
        (lambda d: d.abs().mean(dim=(1, 2, 3)), "adds up"),
        (lambda d: d.norm(dim=1).sum(dim=(1, 2)), "should give 5"),
        (lambda d: d.flatten(1).norm(dim=1), "should give 5"),
        (lambda d: (d * d.abs()).sum(dim=1).sqrt().mean(dim=(1, 2)), "nan"),
    ],
)
def test_energies(energy, reason, verdict):
    assert reason in verdict(lesson_00.check_energy, lambda guess, colour: energy(guess - colour))


@pytest.mark.parametrize(
    ("worst", "reason"),
    [(0, "name of a concept"), ("Teapot", "no unseen concept"), ("sun", "lowest error"),
     ("cow", "single worst drawing")],
)
def test_worst(worst, reason, verdict):
    assert reason in verdict(lesson_00.check_worst, worst, ERROR, UNSEEN)


def test_worst_counts_the_concepts_with_higher_errors(verdict):
    error = torch.tensor([1.0, 1, 3, 3, 2, 9])
    assert "mean error of 3.0" in verdict(lesson_00.check_worst, "sun", error, UNSEEN)


def area(box):
    return (box[2:] - box[:2]).prod()


def overlap(first, second, least=0):
    """The common area, with each side cut off at `least`."""
    low, high = torch.maximum(first[:2], second[:2]), torch.minimum(first[2:], second[2:])
    return torch.maximum(high - low, torch.as_tensor(least)).prod()


def divided(common, first, second):
    return common / (area(first) + area(second) - common)


@pytest.mark.parametrize(
    ("box_iou", "reason"),
    [
        (overlap, "Divide the overlap by the union"),
        (lambda a, b: overlap(a, b) / (area(a) + area(b)), "Divide the overlap by the union"),
        (lambda a, b: divided(overlap(a, b, -9), a, b), "Cut each side off at 0"),
        (lambda a, b: divided(overlap(a, b, torch.tensor([0, -9])), a, b), "be negative"),
        (lambda a, b: divided(overlap(a, b, torch.tensor([-9, 0])), a, b), "be negative"),
        (lambda a, b: overlap(a, b) / area(a), "area of one box"),
        (lambda a, b: overlap(a, b) / area(b), "area of one box"),
        (lambda a, b: overlap(a, b) / torch.minimum(area(a), area(b)), "area of one box"),
        (lambda a, b: divided(overlap(a, b), a, b) ** 0.5, "should give 0.5"),
    ],
)
def test_box_iou(box_iou, reason, verdict):
    assert reason in verdict(lesson_01.check_box_iou, box_iou)


@pytest.mark.parametrize(
    ("cheat", "reason"),
    [
        (lambda count: torch.zeros(count), "Purity 0.10 with 1 cluster"),
        (lambda count: torch.arange(count) // 2, "Purity 0.50 with 15 clusters"),
        (lambda count: list(range(count)), "Return a tensor"),
        (lambda count: torch.arange(count - 1), "shape (30,)"),
    ],
)
def test_cheat(cheat, reason, verdict):
    assert reason in verdict(lesson_01.check_cheat, cheat, LABELS)


# Choices

CHOICES = [
    (lesson_01.check_kinds, "classification", {
        "count and locate the cows in a field": "detection",
        "the age of a cow from its photograph": "regression",
        "which pixels of a satellite picture are forest": "segmentation",
        "sort 10,000 unlabelled photographs into piles of alike ones": "none",
    }),
    (lesson_03.check_tasks, "masked words", {
        "satellite pictures, from straight above": "rotation",
        "wallpaper: upright flowers, all alike, row upon row": "jigsaw",
        "X-ray pictures of hands, grey": "colour",
        "photographs of living rooms": "none",
    }),
    (lesson_04.check_views, "blur", {
        "is the traffic light red or green?": "colour",
        "is this handwritten digit a 6 or a 9?": "turn",
        "is this the X-ray picture of a left or a right hand?": "mirror",
        "how many birds are in the flock?": "crop",
        "is this texture wood or stone?": "none",
    }),
    (lesson_05.check_family, "rotation", {
        "it writes a story, one piece after the other": "next word",
        "it sees a single word and names the company it keeps": "skip-gram",
        "it uses both sides of a blank, and their order": "masked words",
        "it uses both sides of a blank, and would answer the same if the sides were scrambled":
            "CBOW",
        "it practises for writing summaries": "gap sentences",
        "two halves of one text, and it says whether they were swapped": "sentence order",
    }),
]


@pytest.mark.parametrize(
    ("check", "other", "right", "question"),
    [(*exercise, question) for exercise in CHOICES for question in exercise[-1]])
def test_each_open_or_wrong_choice_is_named(check, other, right, question, verdict):
    assert f"Still open: {question}." in verdict(check, right | {question: ...})
    assert f"Not {other} for “{question}”" in verdict(check, right | {question: other})


@pytest.mark.parametrize(("check", "other", "right"), CHOICES)
def test_choices_may_be_written_in_capitals(check, other, right, verdict):
    assert "Right." in verdict(check, right)
    assert "Right." in verdict(check, {question: c.title() for question, c in right.items()})
