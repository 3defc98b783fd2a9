"""Guesses before a run: asked for, kept, and held beside what was measured.

No cell waits for an answer. Where a room is presented to (COURSE_ROOM=1), its hands are counted.
"""

import asyncio
import html
import os
import re
import statistics

import ipywidgets
from IPython.display import HTML, display

from helpers import page, progress
from helpers.claims import written
from helpers.progress import said

PAIRS = "<b>For pairs.</b> Choose alone, talk for two minutes, choose again. "
_asked: dict[str, dict] = {}  # the questions that this kernel has shown
_revealed: set[str] = set()


def predict(number: str, text: str, answers: list[str] | tuple, unit: str = "",
            pairs: bool = False) -> None:
    """Ask for a guess, and keep it at once; nothing waits for it.

    Args:
        number: the question's own for ever, such as "04.2" or "P1.1".
        text: the question.
        answers: a list to choose from; or the least and the greatest number, and maybe a step.
        unit: of the number.
        pairs: whether it is asked twice in a room, before and after two have talked about it.
    """
    guess = _guess(number)
    over = number in _revealed or "measured" in progress.read()["guesses"].get(number, {})
    room = bool(os.environ.get("COURSE_ROOM"))
    below = ipywidgets.HTML("" if room else _kept(guess, unit, over))
    controls = (_hands if room else _control)(answers, unit, guess, pairs)
    if not room:
        def changed(change) -> None:
            trouble = progress.guess(number, change["new"])
            below.value = f"{_kept(change['new'], unit, over)} {html.escape(trouble)}"

        controls[0].disabled = over
        controls[0].observe(changed, "value")
    asks = f"<b>Your guess.</b> {PAIRS * pairs}{html.escape(text)}"
    choices = " / ".join(answers) if isinstance(answers, list) else (
        f"{answers[0]:,} to {said(answers[1], unit)}")
    still = f"<p>{asks} <i>({html.escape(choices)})</i></p>"
    box = ipywidgets.VBox([ipywidgets.HTML(asks), *controls, below])
    bundle = box._repr_mimebundle_() | {"text/plain": f"{text} ({choices})", "text/html": still}
    _asked[number] = {"shown": display(bundle, raw=True, display_id=True), "bundle": bundle,
                      "controls": controls, "below": below, "room": room}


def reveal(number: str, measured: float | str, figures: str = "") -> None:
    """Say what was measured, beside the guess where there is one, and fold it below the question.

    Args:
        number: the question's.
        measured: a number; or of the choices the one that is right in this run, or its place.
        figures: what shows it, where it is a choice.
    """
    question = page.questions().get(number, {"answers": (0, 1), "unit": ""})
    if not isinstance(question["answers"], list):
        measured = float(measured)
    elif not isinstance(measured, str):
        measured = question["answers"][int(measured)]
    elif measured not in question["answers"]:
        raise ValueError(f"{measured!r} is no answer to question {number}.")
    trouble = progress.measured(number, measured)
    guess = _guess(number)
    who = "" if guess is None else f"<b>You:</b> {html.escape(said(guess, question['unit']))}. "
    truth = html.escape(f"{said(measured, question['unit'])}{f' ({figures})' * bool(figures)}")
    _revealed.add(number)
    if asked := _asked.get(number):
        if asked["room"]:
            who = _counted(asked["controls"])
        else:
            asked["controls"][0].disabled = True
            asked["below"].value = _kept(guess, question["unit"], True)
        folded = f"<details><summary>What was measured</summary>{truth}</details>"
        asked["shown"].update(asked["bundle"] | {
            "text/html": asked["bundle"]["text/html"] + folded}, raw=True)
    display(HTML('<div style="border-left: 4px solid #0072B2; padding: 4px 12px">'
                 f"{who}<b>Measured:</b> {truth}. {html.escape(trouble)}</div>"))


def _guess(number: str) -> float | str | None:
    guess = progress.read()["guesses"].get(number, {}).get("guess")
    return guess if progress.fits(number, guess) else None


def _control(answers: list[str] | tuple, unit: str, guess, pairs: bool) -> list[ipywidgets.Widget]:
    if isinstance(answers, list):
        return [ipywidgets.ToggleButtons(options=answers, value=guess,
                                         style={"button_width": "auto"})]
    low, high, step = (*answers, 1)[:3]
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    return [kind(low if guess is None else guess, min=low, max=high, step=step, description=unit,
                 continuous_update=False, layout={"width": "32em"})]


def _hands(answers: list[str] | tuple, unit: str, guess, pairs: bool) -> list[ipywidgets.Widget]:
    """For each time that a room is asked: a count for each choice, or a line for its numbers."""
    times = ["alone", "after talking"] if pairs else ["hands"]
    fields = [[ipywidgets.BoundedIntText(
        0, 0, 999, description=answer, layout={"width": "auto"}, continuous_update=False,
        style={"description_width": "initial"}) for answer in answers]
        if isinstance(answers, list) else [ipywidgets.Text(
            description="numbers", placeholder="75 20 50", continuous_update=False)]
        for _ in times]
    for field in sum(fields, []):
        field.observe(_let_go, "value")
    return [ipywidgets.HBox([ipywidgets.Label(time), *row], layout={"flex_flow": "row wrap"})
            for time, row in zip(times, fields)]


def _let_go(change) -> None:
    """Take the focus off a field, which keeps all keys to itself: the next one turns the slide."""
    field = change["owner"]
    field.disabled = True
    try:  # a browser lets go of what is disabled when it next paints
        asyncio.get_running_loop().call_later(0.5, setattr, field, "disabled", False)
    except RuntimeError:  # no kernel
        field.disabled = False


def _counted(controls: list[ipywidgets.Widget]) -> str:
    parts = []
    for time, *fields in (row.children for row in controls):
        if isinstance(fields[0], ipywidgets.Text):
            numbers = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", fields[0].value)]
            if numbers:
                parts.append(f"{time.value}: {', '.join(map(written, sorted(numbers)))}; in the "
                             f"middle {written(statistics.median(numbers))}")
        else:
            parts.append(f"{time.value}: " + ", ".join(f"{field.description} {field.value}"
                                                      for field in fields))
    return f"<b>The room.</b> {html.escape('; '.join(parts))}. " * bool(parts)


def _kept(guess, unit: str, over: bool) -> str:
    if guess is None:
        return "<i>Measured already.</i>" if over else "<i>No guess yet.</i>"
    return f"Kept: {html.escape(said(guess, unit))}. " + (
        "It was made before the run, and stays." if over else "You may change it until the run.")
