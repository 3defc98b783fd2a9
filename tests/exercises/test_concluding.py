"""A conclusion is judged by the student's own figures: no more than they say, and no less."""

import pytest

from exercises import lesson_00, lesson_01, lesson_02, lesson_03, lesson_04, lesson_06, lesson_10
from exercises.concluding import concluding, first, with_value
from helpers.experiment import Results

CHECK = concluding("04.9", "B", "A")


def results(a, b, hypothesis="B", settings=None, seeds=None):
    """A run of two settings with these figures."""
    made = Results(hypothesis, settings or {"A": 0, "B": 1}, seeds or [*range(max(len(a), len(b)))])
    for name, figures in zip(made, (a, b)):
        made[name], made.measured[name] = [*figures], [*figures]
    return made


CLEAR = [0.50, 0.53, 0.51], [0.61, 0.63, 0.62]
NOISE = [0.50, 0.56, 0.51], [0.55, 0.53, 0.54]
HINT = [0.50, 0.53, 0.51], [0.53, 0.60, 0.55]


@pytest.mark.parametrize(("conclusion", "given", "words"), [
    ("B", results(*CLEAR), ["Your hypothesis held.", "Three seeds are few", "once in 4 times"]),
    ("B", results(*CLEAR, "A"), ["“a”, the figures say “b”: refuted, and that is a result."]),
    ("B", results(*CLEAR, "no difference"), ["refuted, and that is a result"]),
    (" a ", results(*CLEAR[::-1], " a "), ["Your hypothesis held.", "-0.11"]),
    ("can't say", results(*NOISE), ["neither refuted nor shown", "would fit"]),
    ("Can’t say", results(*NOISE, "no difference"), ["neither refuted nor shown"]),
    ("can't say", results(*HINT), ["neither refuted nor shown"]),
    ("B", results(*HINT), ["Call it a hint"]),
    ("B", results([0.5, 0.51], [0.6, 0.64]), ["Two seeds are few", "once in 2", "a hint"]),
    ("can't say", results([0.5, 0.51], [0.6, 0.62]), ["neither"]),
    ("B", results([0.5, 0.53, 0.51], [0.61, 0.63]), ["over 2 seeds"]),  # it was interrupted
    ("B", results([0.1 * n for n in range(6)], [0.1 * n + 0.2 + 0.01 * (n % 3) for n in range(6)]),
     ["over 6 seeds"]),
])
def test_what_the_figures_say_is_right(conclusion, given, words, verdict):
    text = verdict(CHECK, conclusion, given)
    assert "Right." in text
    assert not [word for word in words if word not in text.replace("&#x27;", "'")]


def changed(change):
    given = results(*CLEAR)
    change(given)
    return given


@pytest.mark.parametrize(("conclusion", "given", "word"), [
    (..., results(*CLEAR), "Not started yet"),
    ("B", ..., "Not started yet"),
    ("B", results(*NOISE), "Your spread is as wide as the difference"),
    ("B", results([0.50, 0.56, 0.51], [0.51, 0.53, 0.58]), "with 2 of 3 seeds “B” is better"),
    ("A", results(*CLEAR), "the opposite: with 3 of 3 seeds “B” is better"),
    ("can't say", results(*CLEAR), "All 3 seeds agree, and the difference is 32 times its error"),
    ("no difference", results(*NOISE), "can't show that there is no difference"),
    ("yes", results(*CLEAR), "Conclude with one of “B”, “A” and “can't say”"),
    (None, results(*CLEAR), "Conclude with one of"),
    ("B", results([0.5], [0.6]), "may be luck"),
    ("B", results([0.5, 0.5, 0.5], []), "may be luck"),
    ("B", results(*CLEAR, "surely"), "Your hypothesis was “surely”"),
    ("B", results(*CLEAR, None), "Your hypothesis was “None”"),
    ("B", dict(results(*CLEAR)), "what experiment.run gave, not a dict"),
    ("B", results(*CLEAR) | {}, "what experiment.run gave, not a dict"),
    ("B", [0.5, 0.6], "not a list"),
    ("B", changed(lambda given: given["A"].pop()), "is missing"),
    ("B", changed(lambda given: given.pop("A")), "is missing"),
    ("B", changed(lambda given: given["A"].append(0.2)), "has not measured"),
    ("B", changed(lambda given: given.update(B=[0.9, 0.9, 0.9])), "has not measured"),
    ("B", changed(lambda given: given.update(C=[0.9, 0.9, 0.9])), "has not measured"),
    ("B", results(*CLEAR, seeds=[0, 0, 1]), "A seed that is run twice"),
    ("B", results([0.5, 0.6, float("nan")], CLEAR[1]), "nan or inf"),
    ("B", results(CLEAR[0], CLEAR[0]), "the very same figures"),
    ("B", results([0.5] * 3, [0.6] * 3), "tell nothing about luck"),
    ("B", results(*CLEAR, settings={"A": 0}), "One setting alone"),
    ("B", results(*CLEAR, settings={"A": {"x": 1, "y": 1}, "B": {"x": 2, "y": 2}}),
     "Two things change at once between “A” and “B”: x and y"),
])
def test_what_they_do_not_say_is_named(conclusion, given, word, verdict):
    text = verdict(CHECK, conclusion, given)
    assert "Not yet." in text and word in text.replace("&#x27;", "'")


def test_low_figures_can_be_the_good_ones(verdict):
    check = concluding("04.9", "B", "A", lower=True)
    assert "Your hypothesis held." in verdict(check, "A", results(*CLEAR, "a"))
    assert "the opposite: with 0 of 3 seeds" in verdict(check, "B", results(*CLEAR))


def test_a_missing_control_is_named(verdict):
    check = concluding("04.9", "B", "A", with_value(0), "The control is missing.")
    assert "Right." in verdict(check, "B", results(*CLEAR, settings={"A": 0, "B": 5}))
    assert "Right." in verdict(check, "A", results(*CLEAR, settings={"A": 5, "B": 0}))
    missing = results(*CLEAR, settings={"A": 3, "B": 5})
    assert "The control is missing." in verdict(check, "B", missing)
    assert first({"A": 3, "B": 5}) == "A"


def test_a_lesson_can_ask_for_more(verdict):
    def also(settings, known, tried, fact):
        yield fact != (known, tried), f"{fact}, not {known} and {tried}"

    check = concluding("04.9", "B", "A", also=also)
    assert "Right." in verdict(check, "B", results(*CLEAR), ("A", "B"))
    assert "None, not A and B" in verdict(check, "B", results(*CLEAR), None)


def test_two_settings_in_one_change_each_are_no_fault(verdict):
    settings = {"A": {"x": 1, "y": 1}, "B": {"x": 2, "y": 1}}
    assert "Right." in verdict(CHECK, "B", results(*CLEAR, settings=settings))


def view(drawings):
    """Called as the lesson's own."""


def my_view(drawings):
    """Called otherwise."""


AS_IT_WAS, DROPOUT = {"bridges": True, "dropout": 0.0}, {"bridges": True, "dropout": 0.3}
MENDED = results([0.2, 0.2, 0.2], [0.9, 0.9, 0.9], settings={"A": 0, "B": 1})


@pytest.mark.parametrize(("lesson", "conclusion", "tried", "facts", "word"), [
    (lesson_00, "coarse", (32, 4), (), "Right."),
    (lesson_00, "coarse", (16, 4), (), "The control is missing: 32"),
    (lesson_01, "network", (("pixels", 320), ("network", 80)), (), "Right."),
    (lesson_01, "network", (("network", 320), ("network", 80)), (), "The rival is missing"),
    (lesson_01, "network", (("pixels", 80), ("network", 80)), (), "got 80 labels, the network 80"),
    (lesson_01, "network", (("pixels", 320), ("pixels", 80)), (), "is no network"),
    (lesson_02, "smaller", (16, 64), (), "Right."),
    (lesson_02, "larger", (64, 16), (), "Right."),
    (lesson_02, "larger", (16, 64), (), "the opposite"),
    (lesson_03, "gains", (0, 1), (MENDED,), "Right."),
    (lesson_03, "gains", (2, 1), (MENDED,), "The control is missing: a push of 0"),
    (lesson_03, "gains", (1, 0), (MENDED,), "still fool the energy: AUROC 0.20 with “A”"),
    (lesson_03, "gains", (0, 1), (...,), "whether these still fool"),
    (lesson_04, "mine", (view, my_view), (), "Right."),
    (lesson_04, "mine", (my_view, abs), (), "The control is missing"),
    (lesson_06, "more", (AS_IT_WAS, DROPOUT), (), "Right."),
    (lesson_06, "more", (AS_IT_WAS, DROPOUT | {"bridges": False}), (), "Two things change"),
    (lesson_06, "more", (DROPOUT | {"bridges": False}, DROPOUT), (), "The control is missing"),
    (lesson_10, "helps", (0, 1), (), "Right."),
    (lesson_10, "helps", (2, 1), (), "The control is missing: a weight of 0"),
])
def test_each_lesson_asks_for_its_own_control(lesson, conclusion, tried, facts, word, verdict):
    given = results(*CLEAR, "no difference", settings=dict(zip("AB", tried)))
    assert word in verdict(lesson.check_conclusion, conclusion, given, *facts)
