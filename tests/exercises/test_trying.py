"""What all checkers share: limited time, inputs that stay, numbers of any kind, and slopes."""

import contextlib
import threading
import time

import numpy as np
import pytest
import torch

from exercises import trying


def endless(*arguments):
    while True:
        pass


def endless_in_torch(*arguments):
    x = torch.zeros(100)
    while True:
        x = x + 1


def endless_that_catches(*arguments):
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


@pytest.mark.parametrize("answer", [
    endless, endless_in_torch, lambda: [*map(endless, [1])],
    lambda: (one for one in iter(lambda: 1, 2))])
def test_what_never_ends_is_stopped(answer):
    with pytest.raises(trying.TooLong), trying.time_limit(0.1):
        trying.call(answer)


def test_it_is_stopped_without_computing_and_in_another_thread():
    raised = []

    def work():
        try:
            with trying.time_limit(0.05):
                endless_that_catches()
        except trying.TooLong as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert len(raised) == 1


def test_what_ends_in_time_leaves_nothing_behind():
    before = threading.active_count()
    for _ in range(200):
        with contextlib.suppress(trying.TooLong), trying.time_limit(1e-4):
            torch.ones(100).sort()
    assert threading.active_count() == before


def changing(one, other):
    other.append(1)
    return one


@pytest.mark.parametrize(("answer", "facts", "words"), [
    (changing, (1, [2]), "changes other,"), (lambda *x: x[0].zero_(), (torch.ones(2),), "nt 1,"),
    (lambda one: one.sort() or 1, (np.array([2, 1]),), "changes one,"),
    (3, (), "should be a function; it is an int"), (lambda: exit(), (), "stopped with System"),
    (lambda: next(iter([])), (), "stopped with StopIteration"), (lambda: print(), (), "a return?"),
    (lambda one: one.numpy(), (torch.ones(2, requires_grad=True),), "No slope comes through numpy"),
])
def test_what_goes_wrong_in_an_answer_is_said(answer, facts, words):
    with pytest.raises(trying.Fault, match=words):
        trying.call(answer, *facts)


def test_only_an_answer_without_any_code_is_not_started():
    def empty(x):
        """A docstring."""
        ...

    for answer in (empty, lambda x: None):
        with pytest.raises(NotImplementedError):
            trying.call(answer, 1)


def test_inputs_stay_and_slopes_come_through():
    x = torch.ones(2, requires_grad=True)
    given = trying.call(lambda x: 3 * x, x)
    assert trying.slopes(given, x=x)[0].tolist() == [3, 3]


@pytest.mark.parametrize("value", [
    torch.ones(2), np.ones(2), [1, 1.0], (torch.tensor(1), np.float64(1)), map(float, "11"),
    np.ones(2, dtype=bool), range(1, 3)])
def test_numbers_of_any_kind_are_a_tensor(value):
    assert trying.tensor(value).tolist() in ([1, 1], [1, 2])


@pytest.mark.parametrize("value", [
    "text", [[1], [1, 2]], np.array(["a"]), {}, None, [None], torch.tensor([1j]), 2j, float("nan"),
    np.array([np.inf]), object])
def test_what_is_no_number_is_a_fault(value):
    with pytest.raises(trying.Fault):
        trying.tensor(value)


def test_a_fault_is_named_only_if_it_explains_all_figures():
    def verdict(answer):
        mistakes = trying.compare(
            answer, {"one": (1,), "two": (2,)}, lambda x: x * x,
            {"You add.": lambda x: x + x, "You cube.": lambda x: x**3, "Fine.": lambda x: x**2})
        return next((sentence for is_wrong, sentence in mistakes if is_wrong), None)

    assert verdict(lambda x: x + x) == "You add." and verdict(lambda x: x**3) == "You cube."
    assert verdict(lambda x: x + 1) == "For one it should be 1; yours is 2."
    assert verdict(lambda x: [x * x]) is verdict(lambda x: x * x) is None
    assert "shape (2,); it should be one number" in verdict(lambda x: [x, x])


@pytest.mark.parametrize(("loss", "words"), [
    (lambda x: 1.0, "gives a float"), (lambda x: x.detach(), "cut off"),
    (lambda x: 0 * x, "to x"),
    (lambda x: x.square().sum().backward() or 1, "gives an int")])
def test_a_loss_without_a_slope_is_told(loss, words):
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(trying.Fault, match=words):
        trying.slopes(loss(x), x=x)
