"""A claim holds or says why not, and the table shows what held."""

import json
from math import inf, nan

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers import claims


@pytest.fixture(autouse=True)
def no_claims_yet():
    claims._checked.clear()
    yield
    claims._checked.clear()


@pytest.fixture
def rows(displayed):
    """Show the table; returns its rows, each a list of what stands between the bars."""
    def show():
        claims.table()
        head, rule, *lines = displayed[-1]["data"]["text/markdown"].splitlines()
        assert head.count("|") == rule.count("|") == 4 and set(rule) == {"|", "-"}
        return [line.strip("| ").split(" | ") for line in lines]
    return show


@pytest.mark.parametrize("value", [0.5, torch.tensor(0.5), np.float32(0.5)])
@pytest.mark.parametrize("bounds", [{"above": 0.4}, {"below": 0.6}, {"above": 0.4, "below": 0.6},
                                    {"above": torch.tensor(0.25)}, {"below": np.float32(0.75)}])
def test_a_claim_that_holds_is_quiet(value, bounds, capsys):
    claims.check("pixels know something", value, **bounds)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("value", "bounds", "said"), [
    (0.3, {"above": 0.5}, "Measured 0.3, but the claim needs above 0.5."),
    (0.5, {"above": 0.5}, "Measured 0.5, but the claim needs above 0.5."),
    (0.9, {"below": 0.9}, "Measured 0.9, but the claim needs below 0.9."),
    (inf, {"below": 1234}, "Measured inf, but the claim needs below 1,234."),
    (nan, {"above": -inf}, "Measured nan, but the claim needs above -inf."),
    (nan, {"below": inf}, "Measured nan, but the claim needs below inf."),
    (0.3, {"above": 0.5, "below": 0.9},
     "Measured 0.3, but the claim needs above 0.5 and below 0.9."),
    (1, {"above": 0.5, "below": 0.9}, "Measured 1, but the claim needs above 0.5 and below 0.9."),
])
def test_a_claim_that_fails_says_so_in_one_line_with_the_value(value, bounds, said, rows):
    with pytest.raises(AssertionError) as error:
        claims.check("pixels know something", value, **bounds)
    assert str(error.value) == f"Not so in this run: pixels know something. {said}"
    assert rows() == []


def test_a_claim_that_fails_on_a_second_run_is_in_no_table(rows):
    claims.check("it works", 0.7, above=0.5)
    claims.check("it ends", 0.7, above=0.5)
    with pytest.raises(AssertionError):
        claims.check("it works", 0.3, above=0.5)
    assert rows() == [["it ends", "0.7", "above 0.5"]]


def test_a_claim_without_a_bound_is_none(rows):
    with pytest.raises(ValueError, match="needs a bound"):
        claims.check("pixels know something", 0.5)
    assert rows() == []


def test_the_table_shows_each_claim_once_with_its_last_value(rows):
    claims.check("first", 0.25, above=0.1)
    claims.check("second", 3, above=0, below=4)
    claims.check("first", 0.5, above=0.1)
    assert rows() == [["first", "0.5", "above 0.1"], ["second", "3", "above 0 and below 4"]]


def test_what_the_table_rounds_is_kept_in_full_for_programs(displayed):
    claims.check("a third", torch.tensor(1 / 3, dtype=torch.float64), above=np.float64(2 / 7))
    claims.check("many", 12345.6, above=0, below=10**6)
    claims.table()
    assert json.loads(json.dumps(displayed[0]["metadata"]["claims"])) == [
        {"claim": "a third", "value": 1 / 3, "above": 2 / 7},
        {"claim": "many", "value": 12345.6, "above": 0, "below": 10**6}]


@pytest.mark.parametrize(("value", "written"), [
    (0.06666, "0.0667"), (126, "126"), (-1.5, "-1.5"), (999.4, "999"), (999.6, "1,000"),
    (-1000, "-1,000"), (4313, "4,313"), (12345.6, "12,346")])
def test_the_table_writes_numbers_as_people_do(value, written, rows):
    claims.check("so many", value, above=-2000)
    assert rows() == [["so many", written, "above -2,000"]]


@given(st.floats(-1e9, 1e9))
def test_a_written_number_is_off_by_half_a_percent_at_most(value):
    shown = float(claims.written(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.005, abs=1e-300)


def test_a_bar_in_a_claim_does_not_break_the_table(rows):
    claims.check("length |x| of a feature", 1, above=0)
    assert rows() == [[r"length \|x\| of a feature", "1", "above 0"]]
