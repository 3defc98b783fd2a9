"""What a run on own pictures leaves behind: a log that goes on, and a page of its own."""

import html
import re

import pytest
import torch

from helpers import plots, writing
from tools.learn import log, report


def rows(path):
    return [line.split(",") for line in path.read_text().splitlines()]


def write_steps(path, steps, loss=1.0):
    meter = [{"step": 1, "spread": 0.5, "rank": 20.0}]
    table = log.Log(path, meter)
    for step in steps:
        table.log({"loss": loss / step, "learning_rate": 0.001}, step)
    table.finish()


def test_each_tenth_step_is_a_line(tmp_path):
    write_steps(tmp_path / "log.csv", range(1, 26))
    found = rows(tmp_path / "log.csv")
    assert found[0] == ["step", "loss", "learning_rate", "spread", "rank", "seconds"]
    assert [row[:5] for row in found[1:]] == [["10", "0.1", "0.001", "0.5", "20"],
                                              ["20", "0.05", "0.001", "0.5", "20"]]


def test_a_log_goes_on_where_the_checkpoint_is(tmp_path):
    write_steps(tmp_path / "log.csv", range(1, 46))
    write_steps(tmp_path / "log.csv", range(26, 51), loss=50)
    found = rows(tmp_path / "log.csv")
    assert [row[0] for row in found] == ["step", "10", "20", "30", "40", "50"]
    assert found[-1][1] == "1", "the lines from the checkpoint on are new"


@pytest.mark.parametrize("content", ["", "nonsense\n\n1e9,x\n"])
def test_a_log_that_is_none_begins_anew(content, tmp_path):
    (tmp_path / "log.csv").write_text(content)
    write_steps(tmp_path / "log.csv", range(1, 11))
    assert [row[0] for row in rows(tmp_path / "log.csv")] == ["step", "10"]


def test_a_run_without_a_step_leaves_the_log(tmp_path):
    (tmp_path / "log.csv").write_text("as it was")
    write_steps(tmp_path / "log.csv", [])
    assert (tmp_path / "log.csv").read_text() == "as it was"


def test_figures_and_tables_are_kept_and_not_shown(capsys):
    with report.kept() as pieces:
        writing.table(["what"], [["a <cow>"]], caption="A table.")
        plots.pictures({"row": torch.rand(3, 3, 8, 8)}, caption="Three <pictures>.")
    assert not capsys.readouterr().out
    assert len(pieces) == 3 and "a &lt;cow&gt;" in pieces[0]
    assert pieces[1].startswith('<img alt="Three &lt;pictures&gt;." src="data:image/')
    assert pieces[2] == "<p><em>Three &lt;pictures&gt;.</em></p>"


def test_the_page_needs_nothing_else_and_shows_text_as_text():
    names = ["<title>", "<verdict>", "<advice>", "<code>", "<name>", "<value>"]
    page = report.page(*names[:2], [names[2], "second"], ["<table></table>", "<b>figure</b>"],
                       names[3], {names[4]: names[5]}).decode()
    assert all(html.escape(name) in page for name in names)
    assert not re.search(r"<(verdict|advice|code|name|value)>", page)
    assert page.index("<table></table>") < page.index("<b>figure</b>")
    assert "http" not in page and page.startswith("<!doctype html>")
