"""What a class did, as one page and as lines of a table. Each text of a student is escaped."""

import re
import statistics
from collections import Counter
from html import escape

from helpers import page
from helpers.progress import said
from tools.classroom.files import Student

ENOUGH = 3  # people, before something is worth the wall
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7F7F7F"
HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>The class at a glance</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 17px/1.45 sans-serif; max-width: 60em; margin: 1em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; font-size: 90% } .wide { overflow-x: auto }
th, td { border-bottom: 1px solid #ccc; padding: 2px 8px; text-align: left }
figure { margin: 1.2em 0 } figcaption { font-weight: bold } svg { max-width: 100%; height: auto }
pre { background: #f4f4f4; padding: 6px; overflow-x: auto }
</style></head><body>
"""


def page_of(students: list[Student], left_out: dict[str, str]) -> str:
    """The page, whole and without an address of anything else."""
    lessons = {number: page.title(path) for number, path in page.lessons().items()}
    asked = [number for number in page.questions()
             if any(number in one.guesses for one in students)]
    tried = [number for number in page.exercises()
             if any(number in one.solved or one.wrong.get(number) for one in students)]
    parts = [HEAD, f"<h1>The class at a glance</h1><p>Students: {len(students)}.</p>",
             "<h2>To take up tomorrow</h2>", tomorrow(students),
             "<h2>Who did what</h2>", "<p>Exercises solved / tried, and guesses made.</p>",
             who(students, list(lessons)), "<h2>The guesses</h2>"]
    parts += [figure(number, students) for number in asked] or ["<p>Nobody guessed.</p>"]
    parts += ["<h2>What the checkers said</h2>", *(verdicts(number, students) for number in tried)]
    parts += ["<h2>The answers</h2>", *(answers(one) for one in students)]
    if left_out:
        rows = "".join(f"<li>{escape(name)}: {escape(why)}</li>" for name, why in left_out.items())
        parts.append(f"<h2>Files left out</h2><ul>{rows}</ul>")
    return "\n".join(parts) + "\n</body></html>\n"


def lines(students: list[Student]) -> list[list]:
    """A line for each student: all exercises, then all guesses, below a line of headings."""
    exercises, questions = list(page.exercises()), list(page.questions())
    head = ["name", "number", "handed in", "exercises solved", "guesses",
            "guesses off by, share of the scale"]
    found = [[*head, *(f"exercise {one}" for one in exercises),
              *(f"guess {one}" for one in questions)]]
    for one in students:
        away = [distance for _, _, distance, _ in one.measured.values()]
        found.append([one.name, one.id, one.when, len(one.solved), len(one.guesses),
                      round(statistics.fmean(away), 3) if away else "",
                      *("solved" if number in one.solved
                        else sum(one.wrong.get(number, {}).values()) or "" for number in exercises),
                      *(one.guesses.get(number, "") for number in questions)])
    return found


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") and cell else cell


def tomorrow(students: list[Student]) -> str:
    """The guesses that were furthest off, and the exercises at which most are stuck."""
    off = {number: [one.measured[number][2] for one in students if number in one.measured]
           for number in page.questions()}
    off = {number: statistics.fmean(far) for number, far in off.items() if len(far) >= ENOUGH}
    stuck = {number: [one for one in students if one.wrong.get(number) and number not in one.solved]
             for number in page.exercises()}
    items = [f"<b>{number}</b> {escape(page.questions()[number]['text'])} "
             f"{_off(number, off[number])}"
             for number in sorted(off, key=off.get, reverse=True)[:3] if off[number] > 0]
    for number in sorted(stuck, key=lambda number: len(stuck[number]), reverse=True)[:3]:
        if len(stuck[number]) >= ENOUGH:
            (message, count), = commonest(number, stuck[number])[:1]
            items.append(f"<b>Exercise {number}</b>: {len(stuck[number])} are stuck. {count} of "
                         f"them heard: “{escape(message)}”")
    return f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>" if items else (
        f"<p>Nothing stands out: a guess of {ENOUGH} or more, or {ENOUGH} who are stuck.</p>")


def commonest(number: str, students: list[Student]) -> list[tuple[str, int]]:
    """The wrong verdicts on an exercise, and how many people heard each; its figures may differ."""
    heard, example = Counter(), {}
    for one in students:
        kinds = {re.sub(r"-?\d+(?:[.,]\d+)*", "#", text): text
                 for text in one.wrong.get(number, {})}
        heard.update(list(kinds))
        example = kinds | example
    return [(example[kind], count) for kind, count in heard.most_common()]


def who(students: list[Student], lessons: list[str]) -> str:
    """A table: a line for each student, a column for each lesson."""
    def cell(one: Student, lesson: str) -> str:
        solved = sum(number.startswith(f"{lesson}.") for number in one.solved)
        tried = len({number for number in one.solved | {*filter(one.wrong.get, one.wrong)}
                     if number.startswith(f"{lesson}.")})
        guessed = sum(number.startswith(f"{lesson}.") for number in one.guesses)
        return f"{solved}/{tried}, {guessed}" if tried or guessed else ""

    rows = ["<tr><th>student</th><th>handed in</th>"
            + "".join(f"<th>{one}</th>" for one in lessons) + "</tr>"]
    rows += [f"<tr><td>{escape(one.called)}</td><td>{escape(one.when[:10])}</td>"
             + "".join(f"<td>{cell(one, lesson)}</td>" for lesson in lessons) + "</tr>"
             for one in students]
    return f'<div class="wide" tabindex="0"><table>{"".join(rows)}</table></div>'


def verdicts(number: str, students: list[Student]) -> str:
    """How many solved an exercise, and the commonest wrong answers in the checker's own words."""
    solved = sum(number in one.solved for one in students)
    tried = sum(number in one.solved or bool(one.wrong.get(number)) for one in students)
    heard = "".join(f"<li>{count} heard: {escape(message)}</li>"
                    for message, count in commonest(number, students)[:5])
    return (f"<h3>Exercise {number}</h3><p>{solved} of the {tried} who tried it solved it.</p>"
            f"<ul>{heard}</ul>")


def answers(one: Student) -> str:
    """What a student wrote, folded."""
    cells = "".join(f"<p>Exercise {number}</p><pre>{escape(source)}</pre>"
                    for number, source in one.answers.items())
    return (f"<details><summary>{escape(one.called)}: {len(one.answers)} answers</summary>{cells}"
            "</details>")


def figure(number: str, students: list[Student]) -> str:
    """A question's guesses as a histogram, with what was measured."""
    question = page.questions()[number]
    given = [one.guesses[number] for one in students if number in one.guesses]
    truths = [one.measured[number][1] for one in students if number in one.measured]
    choices = question["answers"]
    if isinstance(choices, list):
        truth = Counter(truths).most_common(1)[0][0] if truths else None
        counts = [given.count(choice) for choice in choices]
        names, right = choices, choices.index(truth) if truth in choices else None
    else:
        low, high = choices[:2]
        truth = statistics.median(truths) if truths else None
        def place(value: float) -> int:
            return min(max(int(10 * (value - low) / (high - low)), 0), 9)

        counts = [[place(value) for value in given].count(tenth) for tenth in range(10)]
        edges = [low + (high - low) * tenth / 10 for tenth in range(11)]
        names = [f"{said(one, '')} to {said(other, question['unit'])}"
                 for one, other in zip(edges, edges[1:])]
        right = None if truth is None else place(truth)
    measured = "nobody has measured it yet" if truth is None else (
        f"measured: {said(truth, question['unit'])}")
    both = [(one.first.get(number), *one.measured[number][:2]) for one in students
            if question["pairs"] and number in one.measured]
    talked = (f" Right at first: {sum(first == truth for first, _, truth in both)} of {len(both)}, "
              f"in the end: {sum(last == truth for _, last, truth in both)}." if both else "")
    return (f"<figure><figcaption>{number} · {escape(question['text'])}</figcaption>"
            f"{bars(names, counts, right, f'{len(given)} guesses; {measured}.')}"
            f"<div>{len(given)} guesses; {escape(measured)}.{talked}</div></figure>")


def bars(names: list[str], counts: list[int], right: int | None, words: str) -> str:
    """Horizontal bars as SVG; words, not colour alone, say which one holds the measured value."""
    top = max([*counts, 1])
    rows = []
    for place, (name, count) in enumerate(zip(names, counts, strict=True)):
        y, wide = 22 * place + 4, 300 * count / top
        mark = " ◀ measured" if place == right else ""
        rows.append(f'<text x="292" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
                    f'<rect x="300" y="{y}" width="{wide:.0f}" height="17" '
                    f'fill="{ORANGE if mark else BLUE}"/>'
                    f'<text x="{306 + wide:.0f}" y="{y + 13}">{count}{mark}</text>')
    base = 22 * len(names) + 4
    rows.append(f'<path d="M300 0V{base}H720" fill="none" stroke="{GREY}"/>'
                f'<text x="300" y="{base + 16}">number of students</text>')
    return (f'<svg role="img" aria-label="{escape(words)}" viewBox="0 0 720 {base + 22}" '
            f'width="720" font-size="13" font-family="sans-serif">{"".join(rows)}</svg>')


def _off(number: str, far: float) -> str:
    if isinstance(page.questions()[number]["answers"], list):
        return f"({far:.0%} chose another answer)"
    return f"(off by {far:.0%} of the scale on average)"
