"""Checkers of lesson 11."""

import math

import torch
from torch import Tensor

from exercises import TODO, call, checker, shape

MOST = {"crop": 0.9, "turn": 180, "colour": 1.0}
LOSS = 0.03


@checker
def check_bad_view(bad_view, try_view, view):
    """It hurts here. Write down the sentence that it says about clothes, and why it is false."""
    yield not isinstance(bad_view, dict), (
        f"Write settings of see, in a dictionary; yours is {type(bad_view).__name__}.")
    yield any(value is ... for value in bad_view.values()), TODO
    missing = [name for name in view if name not in bad_view]
    yield missing, f"{', '.join(missing)} of see is missing."
    other = [name for name in bad_view if name not in view]
    yield other, f"see knows no {', '.join(map(str, other))}."
    for name, most in MOST.items():
        yield not 0 <= bad_view[name] <= most, (
            f"{name} has to be from 0 to {most}, not {bad_view[name]}: beyond it there is hardly a "
            "picture left.")
    yield not isinstance(bad_view["mirror"], bool), "mirror is True or False."
    yield bad_view == view, "That is VIEW itself. What would be false to say about clothes?"
    usual, yours = try_view(view), try_view(bad_view)
    yield yours > usual, (f"{yours:.3f} named rightly, {usual:.3f} with VIEW: yours is *better*. "
                          "Keep it for later, and look for one that hurts.")
    yield yours > usual - LOSS, (
        f"{yours:.3f} named rightly, {usual:.3f} with VIEW: that is a loss of less than {LOSS}. "
        "Which statement is further from the truth?")


def _split() -> tuple[Tensor, Tensor, list[int]]:
    """Forty pictures shown, twelve asked, and which of these stand in both."""
    shown, asked = torch.rand(40, 3, 8, 8), torch.rand(12, 3, 8, 8)
    asked[2], asked[7], asked[9] = shown[5], shown[30].flip(2), shown[11]
    asked[[3, 10]] = shown[[5, 0]].flip(3)
    return shown, asked, [2, 3, 7, 9, 10]


@checker
def check_leaks(leaks):
    """Copies and mirrored copies are found, and nothing else is thrown out."""
    shown, asked, right = _split()
    upside_down = 4
    asked[upside_down] = shown[20].flip(1)
    copies = shown.clone(), asked.clone()
    found = call(leaks, *copies)
    yield not isinstance(found, Tensor | list | tuple), (
        f"It should give rows, as a tensor of whole numbers, not {type(found).__name__}.")
    yield not (copies[0].equal(shown) and copies[1].equal(asked)), (
        "Your function changes the pictures it is given.")
    found = torch.as_tensor(found)
    yield not found.numel(), "Nothing was found, and some pictures stand in both."
    yield found.dtype == torch.bool, "These are yes and no for each row: nonzero() gives the rows."
    yield found.dim() != 1, f"The rows should be a plain list, not of the shape {shape(found)}."
    yield found.is_floating_point() or found.is_complex(), "Rows are whole numbers."
    rows = sorted(set(found.tolist()))
    yield rows == [2, 9], "The exact copies are there. The mirrored ones are not."
    yield rows == [3, 7, 10], "The mirrored copies are there. Those as they are, are not."
    yield len(rows) == len(asked), "Every picture is thrown out: only copies should be."
    yield upside_down in rows, "An upside-down picture is another one here: flip the width, dim 3."
    yield rows in ([0, 5, 11, 30], [0, 5, 11]), (
        "These are the rows of the pictures shown. Throw out those that are *asked*.")
    missing = [row for row in right if row not in rows]
    yield missing, f"Row {missing[0] if missing else 0} stands in both, and is not in your answer."
    yield rows != right, f"Row {min({*rows} - {*right}, default=0)} stands in one of the two only."


CURVE = {1: 0.30, 4: 0.50, 16: 0.60, 64: 0.70}


@checker
def check_worth(worth):
    """A number for whoever pays for the labels."""
    def ask(ours, labels, curve=CURVE):
        value = worth(ours, labels, dict(curve))
        if value is None:
            raise NotImplementedError
        return float(value)

    on_a_point = ask(0.6, 4)
    yield math.isclose(on_a_point, 16), (
        "That is how many labels the rival needs. Divide by those of ours.")
    yield math.isclose(on_a_point, 1 / 4), "Upside down: the rival's labels over ours."
    yield not math.isclose(on_a_point, 4, rel_tol=1e-4), (
        f"Ours is right 0.60 of the time with 4 labels, the rival with 16: the ratio is 4, not "
        f"{on_a_point:.3g}.")
    between = ask(0.4, 1)
    yield math.isclose(between, 2.5, rel_tol=1e-4), (
        "Between two points you go straight in the number of labels: take its logarithm.")
    yield not math.isclose(between, 2, rel_tol=1e-4), (
        f"Halfway between 1 and 4 labels, on the logarithm, are 2; yours says {between:.3g}.")
    beyond = ask(0.9, 4)
    yield math.isclose(beyond, 16), (
        "The rival never gets there, not with 64 labels either: that is math.inf.")
    yield beyond != math.inf, f"Where the rival never gets there it is math.inf, not {beyond:.3g}."
    yield not math.isclose(ask(0.2, 4), 1 / 4, rel_tol=1e-4), (
        "Where the rival is better from the beginning, take the first number of its curve.")
