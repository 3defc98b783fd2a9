"""The committed table of claims, notebooks/claims.json, is what the lessons say."""

import json
import re

import lessons
import pytest

from helpers.claims import BAR, written

FILE = lessons.ROOT / "notebooks" / "claims.json"
ROW = re.compile(r"^\| (.+) \| (\S+) \| ((?:above|below) .+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def committed():
    if not FILE.exists():
        pytest.skip("notebooks/claims.json is not there: python3 course.py run --seeds 0-4")
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_the_table_has_each_lesson(committed):
    assert list(committed) == list(lessons.LESSONS)


@pytest.mark.parametrize("lesson", lessons.LESSONS)
def test_the_table_has_what_the_lesson_claims(lesson, committed):
    shown = [row for cell in lessons.cells(lesson) for output in cell.outputs
             for row in ROW.findall(output.get("data", {}).get("text/markdown", ""))]
    figures = committed[lesson]["claims"]
    assert [claim.replace(BAR, "|") for claim, _, _ in shown] == list(figures)
    assert committed[lesson]["seeds"] == [0, 1, 2, 3, 4]
    for (claim, value, bounds), found in zip(shown, figures.values()):
        assert bounds == " and ".join(f"{word} {written(found[word])}"
                                      for word in ("above", "below") if word in found), claim
        assert found.get("above", -float("inf")) <= found["min"] <= found["mean"], claim
        assert found["mean"] <= found["max"] <= found.get("below", float("inf")), claim
        # The notebook may be of another processor, which rounds otherwise, as another seed would.
        slack = found["max"] - found["min"] + 0.01 * max(abs(found["min"]), abs(found["max"]))
        assert found["min"] - slack <= float(value.replace(",", "")) <= found["max"] + slack, claim
