"""An experiment: one measure at several settings, each with the same seeds, and its spread."""

import signal
from collections.abc import Callable, Iterable
from contextlib import contextmanager

import numpy as np
import torch

from helpers import plots
from helpers.training import Progress


class Results(dict):
    """The figures of one run: the name of a setting -> its figures, in the order of `seeds`.

    It remembers the `hypothesis` stated before, the `settings`, and the figures as they were
    `measured`, whatever becomes of them later.
    """

    def __init__(self, hypothesis: str, settings: dict, seeds: list[int]):
        super().__init__({name: [] for name in settings})
        self.hypothesis, self.settings, self.seeds = hypothesis, settings, seeds
        self.measured: dict[str, list[float]] = {name: [] for name in settings}


def run(measure: Callable[[object, int], float], settings: dict[str, object], hypothesis: str,
        seeds: int | Iterable[int] = 3, *, title: str, ylabel: str) -> Results:
    """Measure at each setting with each seed, and draw what came out.

    Nothing is run, and dots come back, as long as the hypothesis or a setting is dots. Interrupting
    keeps the figures that are complete; the seeds come one after the other, each for all settings.

    Args:
        measure: called as `measure(setting, seed)`, returns a number. PyTorch has the seed then.
        settings: the name in the figure -> what `measure` gets.
        hypothesis: what is expected; said before it is known.
        seeds: how many, from 0, or which.
    """
    if any(value is ... for value in (hypothesis, *settings.values())):
        print("Not run yet: first replace the dots by what you expect, and by what you try.")
        return ...
    results = Results(hypothesis, settings, [*range(seeds)] if isinstance(seeds, int) else [*seeds])
    runs = [(name, seed) for seed in results.seeds for name in settings]
    with _stop_asked() as stop, torch.random.fork_rng(devices=[]):
        progress = Progress(range(len(runs)), "experiment")
        try:
            for number in progress:
                name, seed = runs[number]
                progress.set_postfix(now=f"{name}, seed {seed}", refresh=False)
                torch.manual_seed(seed)
                figure = float(measure(settings[name], seed))
                if stop:  # what was interrupted may have been trained for a part only
                    raise KeyboardInterrupt
                results[name].append(figure)
                results.measured[name].append(figure)
        except KeyboardInterrupt:
            done = sum(map(len, results.values()))
            print(f"Stopped: {done} of {len(runs)} runs are complete, and kept.")
        finally:
            progress.close()
    _draw(results, title, ylabel)
    return results


@contextmanager
def _stop_asked():
    """A list that is no longer empty once somebody has interrupted, even if that was caught."""
    asked = []

    def note(number, frame):
        asked.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _draw(results: Results, title: str, ylabel: str) -> None:
    """Each run as a dot, dots of one seed joined, mean and spread beside them."""
    figure, axis = plots.subplots(height=3.4)
    for row, marker in zip(range(len(results.seeds)), "osD^vP" * len(results.seeds)):
        figures = [some[row] if row < len(some) else np.nan for some in results.values()]
        axis.plot(figures, marker=marker, color=plots.COLOURS["raw pixels"], linewidth=1,
                  linestyle=":", label=f"seed {results.seeds[row]}")
    for place, figures in enumerate(filter(None, results.values())):
        axis.errorbar(place + 0.12, np.mean(figures), np.std(figures, ddof=len(figures) > 1),
                      color=plots.COLOURS["SSL"], marker="_", markersize=22,
                      markeredgewidth=2.5, capsize=4)
    axis.set_xticks(range(len(results)), [*results], parse_math=False)
    axis.set(title=title, ylabel=ylabel, xlim=(-0.5, len(results) - 0.5))
    figure.legend(loc="outside right upper")
    plots.show(figure, "Grey dots: single runs, those of one seed joined. Blue: their mean, and "
                       f"the spread (standard deviation) over {len(results.seeds)} seeds. "
                       "Mind where the axis begins.")
