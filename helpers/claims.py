"""Claims: what a lesson says, checked in the run that says it."""

from IPython.display import Markdown, display

BAR = r"\|"  # a bar that doesn't end the column of a table
_checked: dict[str, tuple[float, str, dict]] = {}


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
    limits = {word: float(limit) for word, limit in (("above", above), ("below", below))
              if limit is not None}
    if not limits:
        raise ValueError("A claim needs a bound: above, below, or both.")
    bounds = " and ".join(f"{word} {written(limit)}" for word, limit in limits.items())
    value = float(value)
    holds = (above is None or value > above) and (below is None or value < below)
    if not holds:
        _checked.pop(sentence, None)  # of a run before this one
        raise AssertionError(f"Not so in this run: {sentence}. Measured {written(value)}, "
                             f"but the claim needs {bounds}.")
    _checked[sentence] = value, bounds, {"claim": sentence, "value": value, **limits}


def table() -> None:
    """Show each checked claim with its value and bounds; the output's metadata has all digits."""
    lines = [f"| {sentence.replace('|', BAR)} | {written(value)} | {bounds} |"
             for sentence, (value, bounds, _) in _checked.items()]
    display(Markdown("| what was claimed | measured | the claim holds if |\n|---|---|---|\n"
                     + "\n".join(lines)),
            metadata={"claims": [full for *_, full in _checked.values()]})


def written(value: float) -> str:
    """A number as the table shows it: three digits, or whole from a thousand on."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
