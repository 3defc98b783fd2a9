"""The student's guesses: a lesson's beside what was measured, and whether they get better."""

import statistics
import textwrap

from helpers import page, plots, progress
from helpers.progress import said


def my_guesses(lesson: str) -> None:
    """Draw the guesses of a lesson beside what was measured, and say how all of them were so far.

    Each scale goes from the least to the greatest number of its question.
    """
    state = progress.made(progress.read())
    own = {number: one for number, one in state.items() if number.startswith(f"{lesson}.")}
    if own:
        _draw(own, f"Lesson {lesson}: guess and measurement")
    _say("" if own else "No guess of this lesson was measured. ", _over_the_course(state))


def calibration() -> None:
    """Draw all guesses of the course, and say whether they are too high, and got better."""
    state = progress.made(progress.read())
    scales = {number: page.questions()[number]["answers"] for number in state}
    numbers = [(*((value - low) / (high - low) for value in one[:2]), one[2:])
               for number, one in state.items() if isinstance(scales[number], tuple)
               for low, high in [scales[number][:2]]]
    if numbers:
        figure, (left, right) = plots.subplots(1, 2, height=3.2)
        guess, truth, rest = zip(*numbers)
        left.plot([0, 1], [0, 1], ":", color=plots.COLOURS["ink"])
        left.plot(guess, truth, "o", color=plots.COLOURS["SSL"])
        left.set(title="Are they too high?", xlabel="guess, as a share of the scale",
                 ylabel="measured", xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        right.plot(range(1, len(rest) + 1), [away for away, _ in sorted(rest, key=lambda x: x[1])],
                   "s-", color=plots.COLOURS["raw pixels"])
        right.set(title="Do they get better?", xlabel="guess, in the order of time",
                  ylabel="distance", ylim=(-0.03, 1.03))
        plots.show(figure, "Left: below the dotted line the guess was too high. Right: how far "
                   "guess and measurement are apart, as a share of the scale.")
    _say(_over_the_course(state))


def _say(*sentences: str) -> None:
    print(textwrap.fill("".join(sentences), 88))


def _over_the_course(state: dict[str, tuple]) -> str:
    """How far off all guesses were, how many choices were right, and whether it got better."""
    chosen = {number: one for number, one in state.items() if isinstance(one[0], str)}
    apart = [one[2] for number, one in sorted(state.items(), key=lambda item: item[1][3])
             if number not in chosen]
    told = [f"Measured guesses in the course so far: {len(state)}."]
    if chosen:
        blind = sum(1 / len(page.questions()[number]["answers"]) for number in chosen)
        right = sum(not one[2] for one in chosen.values())
        told.append(f"Choices: {right} of {len(chosen)} right, where a blind one gets {blind:.1f}.")
    if apart:
        told.append(f"Numbers: off by {statistics.fmean(apart):.0%} of the scale on average.")
    if len(apart) >= 8:
        early, late = apart[:len(apart) // 2], apart[len(apart) // 2:]
        change = statistics.fmean(late) - statistics.fmean(early)
        doubt = 2 * sum(statistics.variance(half) / len(half) for half in (early, late)) ** 0.5
        verdict = ("one can't say whether they got better" if abs(change) <= doubt else
                   "they got better" if change < 0 else "they got worse")
        told.append(f"Later half minus earlier half: {change:+.0%} ± {doubt:.0%}, so {verdict}.")
    return " ".join(told)


def _draw(own: dict[str, tuple], title: str) -> None:
    figure, axis = plots.subplots(height=1.2 + 0.5 * len(own))
    for row, (number, (guess, truth, *_)) in enumerate(own.items()):
        question = page.questions()[number]
        if isinstance(guess, str):
            words = f"right: {truth}" if guess == truth else f"you: {guess}\nmeasured: {truth}"
            axis.text(0, row, words, va="center", fontsize=9, parse_math=False,
                      color=plots.COLOURS["related" if guess == truth else "unrelated"])
            continue
        low, high = question["answers"][:2]
        at = [(min(max(value, low), high) - low) / (high - low) for value in (guess, truth)]
        axis.plot(at, [row, row], color=plots.COLOURS["raw pixels"], linewidth=1.5, zorder=1)
        for x, style, name in zip(at, ("unrelated", "SSL"), ("guess", "measured")):
            axis.plot(x, row, {"guess": "o", "measured": "D"}[name], color=plots.COLOURS[style],
                      label=name)
        axis.text(1.04, row, f"{said(guess, '')} → {said(truth, question['unit'])}", va="center",
                  fontsize=10)
    axis.set(title=title, xlabel="place on the question's own scale", xlim=(-0.03, 1.3),
             ylim=(len(own) - 0.5, -0.5))
    axis.set_xticks([0, 0.5, 1], ["least", "middle", "greatest"])
    axis.set_yticks(range(len(own)), [textwrap.fill(page.questions()[number]["text"], 44)
                                      for number in own], fontsize=9, parse_math=False)
    handles = dict(zip(*reversed(axis.get_legend_handles_labels())))
    if handles:
        figure.legend(handles.values(), handles, loc="outside lower right", ncols=2)
    plots.show(figure, "Circle: the guess. Diamond: what was measured. Choices in words.")
