"""Judging a conclusion by the student's own figures: does it say what they say, and no more?"""

import math
import statistics
from collections.abc import Callable

from exercises import TODO, checker
from exercises.trying import Mistakes, a_type
from helpers.experiment import Results

UNSURE, SAME = "can't say", "no difference"
T95 = {2: 12.7, 3: 4.3, 4: 3.2, 5: 2.8}  # Student's t: beyond it chance gets once in 20 times
T_MANY = 2.6  # for six seeds; a little strict for more
Also = Callable[..., Mistakes]


def first(settings: dict) -> str:
    """The control is the setting that is named first."""
    return next(iter(settings))


def with_value(value) -> Callable[[dict], str | None]:
    """The control is the setting of this value, whatever its name."""
    return lambda settings: next((name for name, one in settings.items() if one == value), None)


def concluding(exercise: str, up: str, down: str, control: Callable[[dict], str | None] = first,
               lacking: str = "", lower: bool = False, also: Also | None = None) -> Callable:
    """Make a checker of a conclusion from an experiment: the setting named last beside a control.

    Args:
        exercise: Its number.
        up, down: The conclusions that the setting is better, or worse, than the control.
        control: Settings -> the control's name, or None: then `lacking` says what is missing.
        lower: Low figures are the good ones.
        also: Called with the settings, the names of control and setting, and further facts.
    """
    sides = {_plain(up): 1, _plain(down): -1, UNSURE: 0}

    def check(conclusion, results, *facts) -> Mistakes:
        yield results is ... or conclusion is ..., TODO
        yield from _measured(results)
        guess, said = _plain(results.hypothesis), _plain(conclusion)
        yield guess not in (*sides, SAME) or guess == UNSURE, (
            f"Your hypothesis was “{results.hypothesis}”. State one of “{up}”, “{down}” and "
            f"“{SAME}”, and run again: a guess counts if it was made before.")
        known = control(results.settings)
        yield known is None, lacking
        tried = next((name for name in reversed(results) if name != known), None)
        yield tried is None, "One setting alone shows nothing: measure another one beside it."
        yield from _one_change(results.settings, known, tried)
        yield from also(results.settings, known, tried, *facts) if also else ()
        gained = [(b - a) * (-1 if lower else 1) for a, b in zip(results[known], results[tried])]
        yield len(gained) < 2, (
            "One run of each may be luck: run both with the same two seeds, or better three.")
        yield not any(gained), (
            f"“{known}” and “{tried}” gave the very same figures. Does your change reach what is "
            "measured?")
        yield all(len({*results[name]}) == 1 for name in (known, tried)), (
            "Each seed gave the same figures, so they tell nothing about luck. Is the seed used?")
        yield said == SAME, (
            f"Few seeds can't show that there is no difference: say “{UNSURE}” if they show none.")
        yield said not in sides, f"Conclude with one of “{up}”, “{down}” and “{UNSURE}”."
        yield from _judged(gained, sides[said], tried)
        check.__doc__ = _praise(gained, said, guess, tried, known)

    return checker(exercise)(check)


def _plain(words) -> str:
    return str(words).strip().lower().replace("’", "'")


def _measured(results) -> Mistakes:
    """The wrong kinds of figures: not of a run, or no longer as the run gave them."""
    yield not isinstance(results, Results), (
        f"results should be what experiment.run gave, not {a_type(results)}: figures of one run "
        "have the same seeds, and nobody has chosen among them.")
    yield any(len(results.get(name, ())) < len(figures)
              for name, figures in results.measured.items()), (
        "A figure that was measured is missing. The disappointing ones count as well.")
    yield dict(results) != results.measured, (
        "There are figures in results that this run has not measured. Leave them as they came; to "
        "try another setting, run it together with the control, with the same seeds.")
    figures = [figure for some in results.values() for figure in some]
    yield not all(map(math.isfinite, figures)), "One of your figures is nan or inf."
    yield len({*results.seeds}) < len(results.seeds), (
        "A seed that is run twice is one run, not two: take different seeds.")


def _one_change(settings: dict, known: str, tried: str) -> Mistakes:
    """Settings that are dictionaries may differ in one place only."""
    a, b = settings[known], settings[tried]
    if isinstance(a, dict) and isinstance(b, dict):
        apart = [name for name in a | b if a.get(name) != b.get(name)]
        yield len(apart) > 1, (
            f"Two things change at once between “{known}” and “{tried}”: {' and '.join(apart)}. "
            "What comes out can't be laid to either. Change one.")


def _error(gained: list[float]) -> float:
    """The standard error of the mean: what the difference would vary by, with other seeds."""
    return statistics.stdev(gained) / math.sqrt(len(gained))


def _times(gained: list[float]) -> float:
    error = _error(gained)
    return abs(statistics.mean(gained)) / error if error else math.inf


def _judged(gained: list[float], side: int, tried: str) -> Mistakes:
    """Conclusions that the figures don't bear, or that say less than they do.

    Between twice the error and Student's bound lies a hint: there both are accepted.
    """
    mean, count, times = statistics.mean(gained), len(gained), _times(gained)
    ahead = sum(one > 0 for one in gained)
    seeds = f"with {ahead} of {count} seeds “{tried}” is better"
    yield side and times < 2, (
        f"Your spread is as wide as the difference: {seeds}, and the mean difference "
        f"({abs(mean):.2g}) is {times:.1f} times its error. You can't say.")
    yield side * mean < 0, f"Your figures say the opposite: {seeds}."
    yield not side and count > 2 and times >= T95.get(count, T_MANY), (
        f"All {count} seeds agree, and the difference is {_many(times)} its error: you can say "
        "more than that." if ahead in (0, count) else
        f"The difference is {_many(times)} its error: you can say more than that.")


def _many(times: float) -> str:
    return f"{times:.0f} times" if times < 100 else "more than 100 times"


def _praise(gained: list[float], said: str, guess: str, tried: str, known: str) -> str:
    """What a right conclusion hears: the figures, the hypothesis, and how far both reach."""
    mean, count, times = statistics.mean(gained), len(gained), _times(gained)
    reach = T95.get(count, T_MANY) * _error(gained)
    told = [f"“{tried}” against “{known}”: {mean:+.2g} ± {_error(gained):.1g} (mean gain and its "
            f"error) over {count} seeds."]
    if said == UNSURE:
        told.append(f"Your hypothesis, “{guess}”, is neither refuted nor shown: anything from "
                    f"{mean - reach:+.2g} to {mean + reach:+.2g} would fit.")
    elif said == guess:
        told.append("Your hypothesis held.")
    else:
        told.append(f"Your hypothesis was “{guess}”, the figures say “{said}”: refuted, and that "
                    "is a result.")
    if said != UNSURE and times < T95.get(count, T_MANY):
        told.append("Call it a hint: another seed could turn it.")
    if count < 5:
        told.append(f"{('Two', 'Three', 'Four')[count - 2]} seeds are few: they agree by chance "
                    f"once in {2 ** (count - 1)} times.")
    return " ".join(told)
