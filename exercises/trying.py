"""Trying an answer: in limited time, on inputs that must stay as they are, against what is right.

A fault is named only if the answer gives the very figures of that fault; `compare` tries each
suspected one. Otherwise the first case is told in which the figures differ.
"""

import ctypes
import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

Mistakes = Iterator[tuple[bool | Tensor, str]]


class Fault(Exception):
    """What is wrong with an answer, in a sentence; raised where the check can't go on."""


class TooLong(BaseException):
    """The answer was stopped; not an Exception, so that an answer's own `except` lets it pass."""


@contextmanager
def time_limit(seconds: float):
    """Raise TooLong in this thread after so many seconds of computing, or six times as many of all.

    It works on any system and in any thread. Seconds of computing, so that a crowded machine is not
    taken for an endless loop. Python raises it before its next step: one long call into C is
    awaited first. A bare `except` swallows it, as it does the kernel's own stop.
    """
    raise_in = functools.partial(ctypes.pythonapi.PyThreadState_SetAsyncExc,
                                 ctypes.c_ulong(threading.get_ident()))
    done, began, computed = threading.Event(), time.monotonic(), time.process_time()

    def watch():
        while not done.wait(seconds / 20):
            passed = time.monotonic() - began
            if max(min(passed, time.process_time() - computed), passed / 6) > seconds:
                raise_in(ctypes.py_object(TooLong))
                return

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
        yield
    finally:
        done.set()
        watcher.join()
        raise_in(None)  # takes back what was not yet raised


def call(function: Callable, *arguments):
    """What the student's function gives; it gets copies, through which slopes still reach back.

    Raises:
        NotImplementedError: There is nothing in it yet.
        Fault: It stops with an error, gives nothing back, or changes what it is given.
    """
    if not callable(function):
        raise Fault(f"Your answer should be a function; it is {a_type(function)}.")
    given = [_copy(argument) for argument in arguments]
    try:
        result = function(*given)
        result = list(result) if isinstance(result, Iterator) else result
    except (Fault, NotImplementedError):
        raise
    except (Exception, SystemExit) as error:
        if "numpy() on Tensor that requires grad" in str(error):
            raise Fault("No slope comes through numpy, and a network that is trained with your "
                        "answer needs one: write it with torch, without detach().") from error
        raise Fault(f"Your answer stopped with {type(error).__name__}: {error}") from error
    if result is None:
        if _is_empty(function):
            raise NotImplementedError
        raise Fault("Your answer gives nothing back: does it end with a return?")
    for place, (before, after) in enumerate(zip(arguments, given)):
        if not _same(before, after):
            raise Fault(f"Your answer changes {_name(function, place)}, which it is given. What "
                        "comes later may need it as it was: make something new instead.")
    return result


def _copy(value):
    if isinstance(value, Tensor):
        return value.clone()
    return deepcopy(value) if isinstance(value, list | dict | np.ndarray) else value


def _same(before, after) -> bool:
    if isinstance(before, Tensor):
        return torch.equal(before, after)
    return np.array_equal(before, after) if isinstance(before, np.ndarray) else before == after


def _is_empty(function: Callable) -> bool:
    """Is there nothing in a function but dots, pass or its docstring?"""
    def empty(): ...
    code = getattr(function, "__code__", None)
    return code is not None and len(code.co_code) == len(empty.__code__.co_code)


def _name(function: Callable, place: int) -> str:
    names = [name for name, parameter in inspect.signature(function).parameters.items()
             if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    return names[place] if place < len(names) else f"argument {place + 1}"


def a_type(value) -> str:
    """The type of a value with its article: "an int", "a list"."""
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"


def shape(value) -> tuple[int, ...] | str:
    """The shape of a tensor; of anything else, which has none, the name of its type."""
    return tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__


def tensor(value) -> Tensor:
    """Numbers of any kind as a tensor: a tensor itself, an array, lists in lists, a plain number.

    Raises:
        Fault: They are no numbers, or not real, or not finite.
    """
    if isinstance(value, list | tuple | range | Iterator):
        value = list(value)
        plain = all(isinstance(part, bool | int | float) for part in value)
        parts = value if plain else [tensor(part) for part in value]
        if not plain and len({part.shape for part in parts}) > 1:
            raise Fault("Your answer gives lists of different lengths side by side.")
        value = torch.tensor(value) if plain else torch.stack(parts)
    elif isinstance(value, bool | int | float | np.ndarray | np.generic) and (
            np.asarray(value).dtype.kind in "biufc"):
        value = torch.as_tensor(np.asarray(value).copy())
    if not isinstance(value, Tensor):
        raise Fault(f"Your answer gives {a_type(value)} where numbers were asked for.")
    if value.is_complex():
        raise Fault("Your answer gives complex numbers: real ones were asked for.")
    value = value.cpu().to_dense()
    if not value.isfinite().all():
        raise Fault("Your answer gives nan or inf where a number was asked for.")
    return value


def formed(name: str, given, dtype: torch.dtype, form: tuple[int, ...]) -> Mistakes:
    """The wrong forms of a tensor whose container, type and shape all matter."""
    kind = str(dtype).removeprefix("torch.")
    yield not isinstance(given, Tensor), (
        f"{name} should be a tensor of {kind}, not {a_type(given)}.")
    yield given.dtype != dtype, (
        f"{name} should be of {kind}; yours is of {str(given.dtype).removeprefix('torch.')}.")
    yield shape(given) != form, f"{name} should have the shape {form}; yours has {shape(given)}."


def like(given: Tensor, wanted: Tensor, near: float = 1e-3) -> bool:
    """Are they the same figures, in whatever precision?"""
    given, wanted = (value.detach().double() for value in (given, wanted))
    return given.shape == wanted.shape and torch.allclose(given, wanted, rtol=near, atol=near)


def compare(answer: Callable, cases: dict[str, tuple], right: Callable,
            suspects: dict[str, Callable | tuple[Callable, ...]], form: str = "",
            near: float = 1e-3) -> Mistakes:
    """Compare an answer with the right function, and with those that have a suspected fault.

    Args:
        cases: What to hand over, under a name that goes on after "For".
        suspects: The sentence about a fault -> the functions that have it. It is told if one of
            them gives what the answer gives, in all cases.
        form: What helps with a wrong shape.
        near: Figures that differ by less are alike.
    """
    given, wanted = [], [torch.as_tensor(right(*case)).detach() for case in cases.values()]
    for (name, case), want in zip(cases.items(), wanted):
        got = tensor(call(answer, *case))
        if want.dim() == 0 and got.numel() == 1:
            got = got.reshape(())
        yield got.shape != want.shape, (
            f"For {name} your answer has the shape {shape(got)}; it should "
            f"{f'have {shape(want)}' if want.dim() else 'be one number'}. {form}".strip())
        given.append(got.detach())
    for sentence, faults in suspects.items():
        for fault in faults if isinstance(faults, tuple) else (faults,):
            wrong = [torch.as_tensor(fault(*case)).detach() for case in cases.values()]
            yield (all(like(*pair, near) for pair in zip(given, wrong))
                   and not all(like(*pair, near) for pair in zip(wanted, wrong))), sentence
    for name, got, want in zip(cases, given, wanted):
        yield not like(got, want, near), f"For {name}{_difference(got, want, near)}"


def _difference(got: Tensor, want: Tensor, near: float) -> str:
    """The first number that differs, in words."""
    if want.dim() == 0:
        return f" it should be {want.item():.4g}; yours is {got.item():.4g}."
    apart = ~torch.isclose(got.double(), want.double(), rtol=near, atol=near)
    place = tuple(apart.nonzero()[0].tolist()) if apart.any() else (0,) * want.dim()
    return (f", place {[*place]} should be {want[place].item():.4g}; yours is "
            f"{got[place].item():.4g}.")


def slopes(result, **inputs: Tensor) -> list[Tensor]:
    """The slope of what an answer gives for each of its inputs.

    Raises:
        Fault: Nothing can be trained with it, as no slope gets through.
    """
    if not isinstance(result, Tensor):
        raise Fault(f"Your answer gives {a_type(result)}, which is cut off from its inputs: "
                    "nothing can be trained with it. Give a tensor.")
    if not result.requires_grad:
        raise Fault("What comes out is cut off from what went in: no slope gets through, so "
                    "nothing can be trained with it. Make it of tensors, without detach.")
    try:
        found = torch.autograd.grad(result.sum(), [*inputs.values()], allow_unused=True)
    except RuntimeError as error:
        raise Fault(f"No slope can be taken of what comes out: {error}") from error
    for name, slope in zip(inputs, found):
        if slope is None or not slope.any():
            raise Fault(f"No slope gets through to {name}, so nothing behind it can be trained.")
    return list(found)
