"""Guesses before a run: asked for, kept, and held beside what was measured.

No cell waits for an answer. Where a room is presented to (COURSE_ROOM=1), its hands are counted.
"""

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
    entry = progress.read()["guesses"].get(number, {})
    guess = entry.get("guess") if progress.fits(number, entry.get("guess")) else None
    over = "measured" in entry or number in _revealed
    below = ipywidgets.HTML(_kept(guess, unit, over))
    controls = (_hands if os.environ.get("COURSE_ROOM") else _control)(answers, unit, guess, pairs)
    if not os.environ.get("COURSE_ROOM"):
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
                      "controls": controls}


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
    guess = progress.read()["guesses"].get(number, {}).get("guess")
    who = (f"<b>You:</b> {html.escape(said(guess, question['unit']))}. "
           if progress.fits(number, guess) else "")
    truth = html.escape(f"{said(measured, question['unit'])}{f' ({figures})' * bool(figures)}")
    _revealed.add(number)
    if asked := _asked.get(number):
        who = _counted(asked["controls"]) if os.environ.get("COURSE_ROOM") else who
        asked["controls"][0].disabled = True
        folded = f"<details><summary>What was measured</summary>{truth}</details>"
        asked["shown"].update(asked["bundle"] | {
            "text/html": asked["bundle"]["text/html"] + folded}, raw=True)
    display(HTML('<div style="border-left: 4px solid #0072B2; padding: 4px 12px">'
                 f"{who}<b>Measured:</b> {truth}. {html.escape(trouble)}</div>"))


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
    if isinstance(answers, list):
        return [ipywidgets.HBox([ipywidgets.Label(time), *(
            ipywidgets.BoundedIntText(0, 0, 999, description=answer, layout={"width": "auto"},
                                      style={"description_width": "initial"})
            for answer in answers)]) for time in times]
    return [ipywidgets.Text(description=time, placeholder="called out: 75 20 50") for time in times]


def _counted(controls: list[ipywidgets.Widget]) -> str:
    parts = []
    for control in controls:
        if isinstance(control, ipywidgets.HBox):
            time, *counts = control.children
            parts.append(f"{time.value}: " + ", ".join(f"{one.description} {one.value}"
                                                      for one in counts))
        elif numbers := [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", control.value)]:
            parts.append(f"{control.description}: {', '.join(map(written, sorted(numbers)))}; "
                        f"in the middle {written(statistics.median(numbers))}")
    return f"<b>The room.</b> {html.escape('; '.join(parts))}. " * bool(parts)


def _kept(guess, unit: str, over: bool) -> str:
    if guess is None:
        return "<i>Measured already.</i>" if over else "<i>No guess yet.</i>"
    return f"Kept: {html.escape(said(guess, unit))}. " + (
        "It was made before the run, and stays." if over else "You may change it until the run.")
