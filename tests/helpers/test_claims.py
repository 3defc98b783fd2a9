"""A claim holds or says why not, and the table shows what held."""

import numpy as np
import pytest
import torch

from helpers import claims


@pytest.fixture(autouse=True)
def no_claims_yet(monkeypatch):
    monkeypatch.setattr(claims, "_checked", {})


@pytest.mark.parametrize("value", [0.5, torch.tensor(0.5), np.float32(0.5)])
@pytest.mark.parametrize("bounds", [{"above": 0.4}, {"below": 0.6}, {"above": 0.4, "below": 0.6}])
def test_a_claim_that_holds_is_quiet(value, bounds, capsys):
    claims.check("pixels know something", value, **bounds)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("value, said", [(0.3, "0.3"), (0.5, "0.5"), (float("nan"), "nan")])
def test_a_claim_that_fails_says_so_in_one_line_with_the_value(value, said):
    with pytest.raises(AssertionError) as error:
        claims.check("pixels know something", value, above=0.5, below=0.9)
    assert str(error.value) == (f"Not so in this run: pixels know something. Measured {said}, "
                                "but the claim needs above 0.5 and below 0.9.")
    assert claims._checked == {}


def test_a_claim_that_fails_on_a_second_run_is_in_no_table(displayed):
    claims.check("it works", 0.7, above=0.5)
    with pytest.raises(AssertionError):
        claims.check("it works", 0.3, above=0.5)
    claims.table()
    assert "it works" not in displayed[-1]["data"]["text/markdown"]


def test_a_claim_without_a_bound_is_none():
    with pytest.raises(ValueError, match="needs a bound"):
        claims.check("pixels know something", 0.5)


def test_the_table_shows_each_claim_once_with_its_last_value(displayed):
    claims.check("first", 0.25, above=0.1)
    claims.check("second", 3, below=4)
    claims.check("first", 0.5, above=0.1)
    claims.table()
    lines = displayed[0]["data"]["text/markdown"].splitlines()
    assert lines[2:] == ["| first | 0.5 | above 0.1 |", "| second | 3 | below 4 |"]


@pytest.mark.parametrize(("value", "written"), [(0.06666, "0.0667"), (126, "126"), (-1.5, "-1.5"),
                                                (4313, "4,313"), (12345.6, "12,346")])
def test_the_table_writes_numbers_as_people_do(value, written, displayed):
    claims.check("so many", value, above=-2)
    claims.table()
    assert f"| so many | {written} | above -2 |" in displayed[0]["data"]["text/markdown"]


def test_a_bar_in_a_claim_does_not_break_the_table(displayed):
    claims.check("length |x| of a feature", 1, above=0)
    claims.table()
    assert r"\|x\|" in displayed[0]["data"]["text/markdown"]
