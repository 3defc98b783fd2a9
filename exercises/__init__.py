"""Checkers for the exercises: each tries the student's answer and says in words what it sees.

A check is a list of mistakes, each a condition and a sentence: the first whose condition is true
is the verdict, so what comes later may rely on its absence. An answer with none of them is right.
"""

import functools
import html
from collections.abc import Callable, Iterator

import torch
from IPython.display import HTML, display
from torch import Tensor

TODO = "Not started yet: replace the ... in the cell above with your answer, then run both cells."
Mistakes = Iterator[tuple[bool | Tensor, str]]


def checker(check: Callable[..., Mistakes]) -> Callable[..., bool]:
    """Turn `check` into a function that shows the verdict and says whether the answer is right.

    Args:
        check: Lists the mistakes in an answer; its docstring is what a right answer hears.
    """
    @functools.wraps(check)
    def show(answer, *facts) -> bool:
        try:
            mistakes = [(True, TODO)] if answer is ... else check(answer, *facts)
            wrong = next((sentence for is_wrong, sentence in mistakes if is_wrong), None)
        except NotImplementedError:
            wrong = TODO
        except Exception as error:
            wrong = f"Your answer stopped with {type(error).__name__}: {error}"
        colour, mark = ("#D55E00", "Not yet.") if wrong else ("#009E73", "Right.")
        display(HTML(f'<div style="border-left: 4px solid {colour}; padding: 4px 12px">'
                     f"<b>{mark}</b> {html.escape(wrong or check.__doc__)}</div>"))
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


def shape(value) -> tuple[int, ...] | str:
    """The shape of a tensor; of anything else, which has none, the name of its type."""
    return tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__


def choices(right: dict[str, tuple[str, str]], praise: str) -> Callable[..., bool]:
    """Make a checker of answers that choose something for each question.

    Args:
        right: For each question the right choice, and the reason for it.
        praise: What right answers hear.
    """
    def check(answers: dict) -> Mistakes:
        started = any(answer is not ... for answer in answers.values())
        for question, (choice, reason) in right.items():
            answer = answers.get(question, ...)
            yield answer is ..., f"Still open: {question}." if started else TODO
            yield str(answer).strip().lower() != choice, f"Not {answer} for “{question}”: {reason}."
    check.__doc__ = praise
    return checker(check)
