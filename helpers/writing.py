"""Text on a page: tables, and words in colour. All of it is shown escaped."""

import html

from IPython.display import HTML, display
from matplotlib.colors import to_rgb

from helpers import plots


def table(header: list[str], rows: list[list], caption: str) -> None:
    """A table of text; numbers get two decimals, and what is None an empty cell."""
    def cell(value) -> str:
        if isinstance(value, float):
            return f"{value:.2f}"
        return "" if value is None else html.escape(str(value))

    def line(values, kind: str) -> str:
        return "<tr>" + "".join(f'<{kind} style="text-align: left">{cell(value)}</{kind}>'
                                for value in values) + "</tr>"

    _show(line(header, "th") + "".join(line(row, "td") for row in rows), caption)


def coloured(rows: dict[str, list[tuple[str, str, float]]], caption: str) -> None:
    """Sentences, a row each, whose pieces stand out by colour and by weight.

    Args:
        rows: name of the row -> for each piece its text, a colour of `plots.COLOURS`, and its
            strength from 0 (not marked) to 1. A piece that begins with ## is drawn as the end of
            its word.
        caption: one sentence under the table.
    """
    def span(piece: str, colour: str, strength: float) -> str:
        gap = "" if piece.startswith("##") else " "
        shown = html.escape(piece.removeprefix("##"))
        if strength <= 0:
            return gap + shown
        red, green, blue = (round(255 * part) for part in to_rgb(plots.COLOURS[colour]))
        shown = f"<b><u>{shown}</u></b>" if strength >= 0.5 else shown
        return (f'{gap}<span style="background-color: rgba({red}, {green}, {blue}, '
                f'{0.55 * min(strength, 1):.2f})">{shown}</span>')

    _show("".join(f'<tr><th style="text-align: left">{html.escape(name)}</th>'
                  f'<td style="text-align: left">{"".join(span(*piece) for piece in pieces)}</td>'
                  "</tr>" for name, pieces in rows.items()), caption)


def _show(rows: str, caption: str) -> None:
    display(HTML(f'<table style="font-size: 110%">{rows}</table>'
                 f"<p><em>{html.escape(caption)}</em></p>"))
