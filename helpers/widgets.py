"""Interactive controls for a plain function that draws a figure."""

import html
import os
from collections.abc import Callable, Iterable

import ipywidgets
from IPython.display import HTML, display
from IPython.utils.capture import capture_output


def explore(draw: Callable, question: str, **controls: ipywidgets.Widget) -> ipywidgets.VBox:
    """Show a question, its controls, and the figure that `draw` makes of their values; return all.

    Args:
        draw: called with the controls' values as keyword arguments, at once and after each change;
            a message of a ValueError is shown in place of the figure.
        question: what the reader should find out.
        controls: a widget for each argument of `draw`.
    """
    def answer(**values):
        try:
            draw(**values)
        except ValueError as error:
            print(error)

    output = ipywidgets.interactive_output(answer, controls)
    return _box("Try it.", question, controls.values(), output)


def press(answer: Callable, question: str, names: list[str]) -> ipywidgets.VBox:
    """Show a question, a button for each name, and below them what `answer` shows; return all.

    Args:
        answer: called with the name of the pressed button; what it shows replaces the last.
        question: what the reader should find out.
        names: what stands on the buttons.
    """
    output = ipywidgets.Output()

    def pressed(button):
        output.clear_output(wait=True)
        with output:
            answer(button.description)

    return _box("Try it.", question, _buttons(names, pressed), output)


def quiz(check: Callable, question: str, answers: list[str]) -> ipywidgets.VBox:
    """Ask a question with a button for each answer; `check`, a checker, says what it thinks.

    The last answer and its verdict are an output of the cell, which is saved with the notebook.
    """
    def pressed(button):
        with capture_output() as said:
            check(button.description)
        verdict, = said.outputs
        shown.update(HTML(f"<p>{html.escape(button.description)}</p>{verdict.data['text/html']}"))

    box = _box("Quiz.", question, _buttons(answers, pressed))
    shown = display(HTML(""), display_id=True)
    return box


def _buttons(names: list[str], pressed: Callable) -> list[ipywidgets.Button]:
    buttons = [ipywidgets.Button(description=name, layout={"width": "auto", "min_width": "7em"})
               for name in names]
    for button in buttons:
        button.on_click(pressed)
    return buttons


def _box(title: str, question: str, controls: Iterable[ipywidgets.Widget],
         *output: ipywidgets.Output) -> ipywidgets.VBox:
    row = ipywidgets.HBox(list(controls), layout={"flex_flow": "row wrap"})
    box = ipywidgets.VBox([ipywidgets.HTML(f"<b>{title}</b> {question}"), row, *output])
    display(box)
    return box


def slider(name: str, low: float, high: float, value: float,
           step: float = 1) -> ipywidgets.Widget:
    """A slider that acts when it is let go, not at each pixel on the way."""
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    return kind(value, min=low, max=high, step=step, description=name, continuous_update=False,
                style={"description_width": "initial"})


def choice(name: str, options: list[str]) -> ipywidgets.Dropdown:
    """A list to choose one of."""
    return ipywidgets.Dropdown(options=options, description=name,
                               style={"description_width": "initial"})


def sentence(value: str) -> ipywidgets.Text:
    """A line to type in, which acts at Enter or when it is left."""
    return ipywidgets.Text(value, continuous_update=False, layout={"width": "40em"})


def upload() -> ipywidgets.FileUpload:
    """A button that takes one picture; its value is a tuple of none or one dictionary.

    It names the limit: a larger file is lost on its way, and nobody here hears of it. The limit is
    JupyterLab's own, unless the course has started it.
    """
    limit = os.environ.get("COURSE_UPLOADS", "10")
    return ipywidgets.FileUpload(accept="image/*", description=f"your picture, up to {limit} MB",
                                 layout={"width": "auto"})
