"""Claims: what a lesson says, checked in the run that says it."""

from IPython.display import Markdown, display

BAR = r"\|"  # a bar that doesn't end the column of a table
_checked: list[tuple[str, float, str]] = []


def check(sentence: str, value: float, above: float | None = None,
          below: float | None = None) -> None:
    """Assert one claim and remember it for `table`.

    Args:
        sentence: what the lesson says, in words.
        value: what this run measured.
        above, below: the bounds that hold the claim; at least one of them.

    Raises:
        AssertionError: The value is not within the bounds (a value that is not a number never is).
    """
    if above is None and below is None:
        raise ValueError("A claim needs a bound: above, below, or both.")
    bounds = " and ".join(f"{word} {_written(bound)}" for word, bound in
                          (("above", above), ("below", below)) if bound is not None)
    value = float(value)
    holds = (above is None or value > above) and (below is None or value < below)
    if not holds:
        raise AssertionError(f"Not so in this run: {sentence}. Measured {_written(value)}, "
                             f"but the claim needs {bounds}.")
    _checked.append((sentence, value, bounds))


def table() -> None:
    """Show every claim that this lesson has checked, with the measured value and its bounds."""
    rows = dict((sentence, (value, bounds)) for sentence, value, bounds in _checked)
    lines = [f"| {sentence.replace('|', BAR)} | {_written(value)} | {bounds} |"
             for sentence, (value, bounds) in rows.items()]
    display(Markdown("| what was claimed | measured | the claim holds if |\n|---|---|---|\n"
                     + "\n".join(lines)))


def _written(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
