"""What was measured as tables in Markdown and as one picture."""

import io
import platform
import re
from pathlib import Path
from statistics import fmean

import matplotlib.pyplot as plt

from helpers import plots
from tools import ROOT
from tools.storage import write

BETWEEN = re.compile(r"(?<=<!-- bench -->\n).*(?=<!-- end of bench -->)", re.S)
# For each row of README's table: the contest, what it says, the figure, and whether less is better.
HEADLINES = [
    ("photographs", "photographs: accuracy, 100 labels a class", "100 labels a class", False),
    ("fashion", "clothes: accuracy, 100 labels a class", "100 labels a class", False),
    ("drawings", "drawings: one-shot in the wild", "in the wild", False),
    ("words", "masked words: guessed rightly", "hidden pieces guessed", False),
    ("words", "masked words: pieces a second", "pieces a second", False),
    ("holes", "holes, 12 × 12: squared error", "squared error, 12 × 12", True),
    ("holes", "holes: ms a picture", "ms a picture", True),
    ("reinforcement", "cows: episodes to nine in ten", "episodes to 90%", True)]
NEVER = {"episodes to 90%"}  # who has no such figure never got there


def processor() -> str:
    """The processor's name, as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        return re.search(r"model name\s*: (.*)", text)[1].strip()
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def number(value: float) -> str:
    """Three digits, such as 0.0421, 12.3 or 3,460."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def collected(results: dict, contest: str) -> dict[str, dict[str, list[float]]]:
    """The figures of a contest: contestant -> name of the figure -> its values, one a turn."""
    found = {name: {} for name in results["contests"].get(contest, {}).get("contestants", [])}
    for turn in results["turns"]:
        if turn["contest"] == contest:
            for name, value in turn["figures"].items():
                found[turn["contestant"]].setdefault(name, []).append(value)
    return {name: figures for name, figures in found.items() if figures}


def spread(values: list[float]) -> str:
    """Mean, and least and greatest where they differ: "0.43 (0.42–0.44)"; "–" for no value."""
    if not values:
        return "–"
    least, greatest = number(min(values)), number(max(values))
    return number(fmean(values)) + f" ({least}–{greatest})" * (least != greatest)


def table(found: dict[str, dict[str, list[float]]]) -> str:
    """A contest's table in Markdown, a row for each contestant."""
    columns = list(dict.fromkeys(name for figures in found.values() for name in figures))
    rows = [["", *columns], ["---"] * (len(columns) + 1)]
    rows += [[name, *(spread(figures.get(column, [])) for column in columns)]
             for name, figures in found.items()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def origin(results: dict) -> str:
    """Where, when and by what it was measured, one sentence."""
    quick = "**The quick form: these figures say only that all runs.** " * results["quick"]
    contests = results["contests"].values()
    days = sorted({about["date"] for about in contests})
    days = " to ".join(dict.fromkeys([days[0], days[-1]]))
    minutes = sum(about["minutes"] for about in contests)
    return (f"{quick}Measured on {days} by `python3 course.py bench` in {minutes:.0f} minutes, "
            f"with {results['threads']} threads of {results['processor']}, "
            f"PyTorch {results['torch']}.")


def page(results: dict) -> str:
    """The whole report."""
    parts = ["# The course's code beside what others would use\n", origin(results) + " Mean of "
             "the turns, in brackets the least and the greatest. Rows in which ours loses are "
             "here as well.\n"]
    for contest, about in results["contests"].items():
        if found := collected(results, contest):
            parts += [f"## {about['title']}\n",
                      f"{about['explanation']} {about['seconds']:g} seconds each.\n", table(found)]
            parts += [f"Failed: {sentence}.\n" for sentence in about["failed"]]
    return "\n".join(parts)


def headlines(results: dict) -> str:
    """README's table: ours, and everybody else, the best first."""
    lines = ["| | ours | the others, best first |\n| --- | --- | --- |\n"]
    for contest, words, figure, less in HEADLINES:
        found = {name: figures.get(figure, []) for name, figures in
                 collected(results, contest).items()}
        if not found:
            continue
        own, *others = [name for name in found if found[name] or figure in NEVER]
        others.sort(key=lambda name: (not found[name], sum(found[name]) * (1 if less else -1)))
        lines.append(f"| {words} | {spread(found[own])} | " + "; ".join(
            f"{name} {spread(found[name]) if found[name] else 'never'}" for name in others)
            + " |\n")
    return "".join(lines)


def picture(results: dict) -> bytes:
    """One panel for each of README's figures that was measured: bars, and the turns as points."""
    panels = [(words, figure, collected(results, contest))
              for contest, words, figure, _ in HEADLINES]
    panels = [panel for panel in panels if any(panel[1] in one for one in panel[2].values())]
    plots.use_style()
    rows = max((len(panels) + 1) // 2, 1)
    figure, axes = plt.subplots(rows, 2, figsize=(11, 2.1 * rows), squeeze=False)
    for axis in axes.flat[len(panels):]:
        axis.set_axis_off()
    for axis, (words, name, found) in zip(axes.flat, panels):
        draw(axis, words, {who: figures[name] for who, figures in found.items()
                           if name in figures})
    figure.savefig(buffer := io.BytesIO(), format="png")
    plt.close(figure)
    return buffer.getvalue()


def draw(axis, title: str, values: dict[str, list[float]]) -> None:
    """Bars of one figure, ours in its colour."""
    colours = [plots.COLOURS["SSL" if who.startswith("ours") else "raw pixels"] for who in values]
    axis.barh(list(values), [fmean(one) for one in values.values()], color=colours)
    for height, one in enumerate(values.values()):
        axis.plot(one, [height] * len(one), ".", color=plots.COLOURS["ink"], markersize=4)
        axis.annotate(number(fmean(one)), (max(one), height), (4, 0), va="center", fontsize=9,
                      textcoords="offset points")
    axis.set_title(title, fontsize=11)
    axis.tick_params(labelsize=9)
    axis.margins(x=0.12)
    axis.invert_yaxis()


def publish(results: dict) -> None:
    """Write BENCH.md, README's table and README's picture.

    Raises:
        ValueError: It was the quick form.
    """
    if results["quick"]:
        raise ValueError("The quick form measures nothing: run course.py bench without --quick.")
    readme = ROOT / "README.md"
    text = f"{origin(results)}\n\n{headlines(results)}"
    write({ROOT / "BENCH.md": page(results).encode(),
           ROOT / "tools" / "bench" / "bench.png": picture(results),
           readme: BETWEEN.sub(lambda _: text, readme.read_text(encoding="utf-8")).encode()})
