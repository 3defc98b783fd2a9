"""Checkers for the exercises: each tries the student's answer and says in words what it sees.

A check is a list of mistakes, each a condition and a sentence: the first whose condition is true
is the verdict, so what comes later may rely on its absence. An answer with none of them is right.
"""

import functools
import html
from collections.abc import Callable

import torch
from IPython.display import HTML, display

from exercises.trying import Fault, Mistakes, TooLong, time_limit
from helpers import progress

TODO = "Not started yet: replace the ... in the cell above with your answer, then run both cells."
SECONDS = 20  # of computing that most checks may take
SEED = 0


def tell(exercise: str, right: bool, sentence: str) -> bool:
    """Show and keep a verdict, and say whether it is a good one. Each of the course passes here.

    Args:
        exercise: Its number, such as "04.2"; "P1.0" is the door of primer 1.
    """
    said = [sentence, progress.record(exercise, right, sentence) if sentence != TODO else ""]
    if not right and (day := progress.solved_on(exercise)):
        said.append(f"(You solved it on {day}, and that stays.)")
    colour, mark = ("#009E73", "Right.") if right else ("#D55E00", "Not yet.")
    display(HTML(f'<div style="border-left: 4px solid {colour}; padding: 4px 12px">'
                 f"<b>{mark}</b> {html.escape(' '.join(filter(None, said)))}</div>"))
    return right


def checker(exercise: str, seconds: float | None = None) -> Callable:
    """Turn a check into a function that tells the verdict and says whether the answer is right.

    Args:
        exercise: Its number. The docstring of the check is what a right answer hears.
        seconds: For how long it may compute, if not SECONDS: more where it trains something.
    """
    def checks(check: Callable[..., Mistakes]) -> Callable[..., bool]:
        @functools.wraps(check)
        def show(answer, *facts) -> bool:
            mistake = _first_mistake(check, seconds or SECONDS, answer, *facts)
            return tell(exercise, mistake is None, mistake or check.__doc__)
        show.exercise = exercise
        return show
    return checks


def _first_mistake(check: Callable[..., Mistakes], seconds: float, answer, *facts) -> str | None:
    """Try an answer in limited time; random numbers are the same each time, and the lesson's stay.

    What is said of the check itself is a fault of ours: no answer should get there.
    """
    try:
        with time_limit(seconds), torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.manual_seed(SEED)
            mistakes = [(True, TODO)] if answer is ... else check(answer, *facts)
            return next((sentence for is_wrong, sentence in mistakes if is_wrong), None)
    except NotImplementedError:
        return TODO
    except Fault as fault:
        return str(fault)
    except TooLong:
        return (f"Stopped: {seconds} seconds of computing, and your answer did not come to an end. "
                "If there is a loop in it, what ends the loop?")
    except Exception as error:
        return f"The check itself can't read your answer ({type(error).__name__}: {error})."


def choices(exercise: str, right: dict[str, tuple[str, str]], praise: str) -> Callable[..., bool]:
    """Make a checker of answers that choose something for each question.

    Args:
        exercise: Its number.
        right: For each question the right choice, and the reason for it.
        praise: What right answers hear.
    """
    def check(answers: dict) -> Mistakes:
        yield not isinstance(answers, dict), "Keep answers as it was: a question, and its choice."
        started = any(answer is not ... for answer in answers.values())
        for question, (choice, reason) in right.items():
            answer = answers.get(question, ...)
            yield answer is ..., f"Still open: {question}." if started else TODO
            single = isinstance(answer, torch.Tensor) and answer.numel() == 1
            said = answer.item() if single else answer
            said = f"{said:g}" if isinstance(said, float) else str(said)
            yield said.strip().lower() != choice, f"Not {answer} for “{question}”: {reason}."
    check.__doc__ = praise
    return checker(exercise)(check)
