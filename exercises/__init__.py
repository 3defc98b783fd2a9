"""Checkers for the exercises: each tries the student's answer and says in words what it sees.

A checker is a function that returns a sentence for a wrong answer and None for a right one;
`checker` makes sure that it never raises, whatever the answer does.
"""

import functools
import html
from collections.abc import Callable

import torch
from IPython.display import HTML, display
from torch import Tensor

TODO = "Not started yet: replace the ... in the cell above with your answer, then run both cells."


def checker(check: Callable) -> Callable:
    """Turn `check(answer, *facts) -> sentence or None` into a function that shows the verdict.

    The decorated function returns True for a right answer, False for a wrong one. The docstring of
    `check` is what a right answer hears.
    """
    @functools.wraps(check)
    def show(answer, *facts) -> bool:
        try:
            wrong = TODO if answer is ... else check(answer, *facts)
        except NotImplementedError:
            wrong = TODO
        except Exception as error:
            wrong = f"Your answer stopped with {type(error).__name__}: {error}"
        colour, mark = ("#D55E00", "Not yet.") if wrong else ("#009E73", "Right.")
        text = HTML(f'<div style="border-left: 4px solid {colour}; padding: 4px 12px">'
                    f"<b>{mark}</b> {html.escape(wrong or check.__doc__)}</div>")
        display(text)
        return wrong is None
    return show


def call(function: Callable, *arguments):
    """Call the student's function; one that still returns nothing counts as not started."""
    result = function(*arguments)
    if result is None:
        raise NotImplementedError
    if isinstance(result, float | Tensor) and not torch.as_tensor(result).isfinite().all():
        raise ArithmeticError("it gave nan or inf where a number was asked for.")
    return result


def wrong_choice(answers: dict, right: dict[str, tuple[str, str]]) -> str | None:
    """The first choice that is missing or wrong, with the reason; None where all are right.

    `right` maps each question to its answer and to why that is the answer.
    """
    for question, (choice, reason) in right.items():
        answer = answers.get(question, ...)
        if answer is ...:
            untouched = all(value is ... for value in answers.values())
            return TODO if untouched else f"Still open: {question}."
        if str(answer).strip().lower() != choice:
            return f"Not {answer} for “{question}”: {reason}."
    return None
