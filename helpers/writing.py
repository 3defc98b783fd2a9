"""Text on a page: what a reader types, tables, and words in colour. All of it shown escaped."""

import html
import re

import torch
from IPython.display import HTML, display
from matplotlib.colors import to_rgb
from tokenizers import Tokenizer
from torch import Tensor

from helpers import plots

BLANK = re.compile(r"_+|\[MASK\]")


def with_blank(sentence: str, tokenizer: Tokenizer) -> Tensor:
    """Read a sentence in which `___` stands for the missing word.

    Parameters
    ----------
    sentence: what a reader typed.
    tokenizer: with the pieces [MASK], [UNK] and [PAD], and a limit to its length.

    Returns
    -------
    The numbers of its pieces (L,) int64; the blank is [MASK].

    Raises
    ------
    ValueError
        It is empty, too long, in another script, or has no blank or several; the message says so.
    """
    blanks = len(BLANK.findall(sentence))
    if not sentence.strip():
        raise ValueError("Type a sentence with a blank, such as: a ___ that barks")
    if blanks != 1:
        raise ValueError("There is no blank: type ___ in the place of the missing word." if not
                         blanks else f"There are {blanks} blanks: leave one, and fill the others.")
    limit = tokenizer.truncation["max_length"]
    if len(sentence) > 40 * limit:
        raise ValueError(f"That is too long: the network reads at most {limit - 2} pieces.")
    encoding = tokenizer.encode(BLANK.sub(" [MASK] ", sentence))
    if encoding.overflowing:
        raise ValueError(f"That is too long: the network reads at most {limit - 2} pieces, and "
                         "most words are one or two.")
    if "[UNK]" in encoding.tokens:
        start, end = encoding.offsets[encoding.tokens.index("[UNK]")]
        strange = BLANK.sub(" [MASK] ", sentence)[start:end]
        raise ValueError(f"The network has never met “{strange[:20]}”: it has read English only.")
    numbers = [number for number, token in zip(encoding.ids, encoding.tokens) if token != "[PAD]"]
    if len(numbers) == 3:  # [CLS], [MASK] and [SEP]: an accent alone, for one, is no piece
        raise ValueError("There is nothing around the blank to guess it from.")
    return torch.tensor(numbers)


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

    Parameters
    ----------
    rows: name of the row -> for each piece its text, a colour of `plots.COLOURS`, and its strength
        from 0 (not marked) to 1. A piece that begins with ## is drawn as the end of its word.
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
