"""The guesses of a lesson and of the course, drawn and in one sentence."""

import pytest

from helpers import guesses, page, progress

NUMBERS = [number for number, question in page.questions().items()
           if isinstance(question["answers"], tuple) and question["answers"][:2] == (0, 100)]


def guess(number, value, truth, when):
    def change(state):
        state["guesses"][number] = {"guess": value, "measured": truth, "when": when}
    progress.keep(change)


def words(displayed):
    return [shown["data"]["text/markdown"] for shown in displayed
            if "text/markdown" in shown["data"]]


def test_a_lesson_without_guesses_draws_nothing(kept, displayed, capsys):
    guesses.my_guesses("00")
    assert not displayed and capsys.readouterr().out == (
        "No guess of this lesson was measured. Measured guesses in the course so far: 0.\n")


def test_a_lesson_draws_numbers_on_their_scale_and_choices_in_words(kept, displayed, capsys):
    choices = page.questions()["00.3"]["answers"]
    guess("00.1", 75, 20, "1")
    guess("00.3", choices[0], choices[1], "2")
    guesses.my_guesses("00")
    assert "Diamond: what was measured" in words(displayed)[0]
    assert capsys.readouterr().out == (
        "Measured guesses in the course so far: 2. Choices: 0 of 1 right, where a blind one gets\n"
        "0.3. Numbers: off by 55% of the scale on average.\n")


@pytest.mark.parametrize(("late", "verdict"), [
    ((5, 6, 4, 5), "they got better"), ((55, 60, 65, 60), "one can't say whether they got better"),
    ((95, 94, 96, 95), "they got worse")])
def test_whether_they_got_better_is_said_where_the_difference_is_clear(
        late, verdict, kept, displayed, capsys):
    for place, away in enumerate((60, 55, 65, 60, *late)):
        guess(NUMBERS[-1 - place], away, 0, f"2026-01-0{place}")
    guesses.calibration()
    assert verdict in capsys.readouterr().out.replace("\n", " ")
    assert "how far guess and measurement are apart" in words(displayed)[0]
