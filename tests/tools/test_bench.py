"""The bench takes turns, keeps what it has, and tells what was measured as it was."""

import json

import pytest

from tools import ROOT
from tools.bench import __main__ as bench
from tools.bench import report
from tools.bench.contest import Contest


def results(**figures):
    """Three turns of two contestants, each figure's values in a list."""
    turns = [{"contest": "words", "contestant": who, "turn": turn, "figures": {
        name: values[turn] for name, values in one.items()}}
        for who, one in figures.items() for turn in range(3)]
    return {"quick": False, "processor": "A processor", "threads": 2, "torch": "2", "turns": turns,
            "contests": {"words": {
                "title": "Masked words", "explanation": "Definitions.", "date": "2026-01-02",
                "seconds": 30, "minutes": 3.2, "failed": [], "contestants": list(figures)}}}


TWO = results(ours={"hidden pieces guessed": [0.5, 0.4, 0.6], "pieces a second": [9e3, 1e4, 1.1e4]},
              other={"hidden pieces guessed": [0.7, 0.7, 0.7], "pieces a second": [10, 20, 60]})


# Turns, and what is kept


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    return tmp_path


def contest(*names):
    return Contest("Two", "Both do nothing.", dict.fromkeys(names), seconds=2, quick=1)


def test_turns_alternate_each_with_a_seed_of_its_own(folder, monkeypatch):
    held = []
    monkeypatch.setattr(bench, "CONTESTS", {"two": contest("a", "b")})
    monkeypatch.setattr(bench, "hold", lambda *turn: held.append(turn) or {"x": 1.0})
    assert bench.main(["two"]) == 0
    assert held == [("two", who, turn, 2) for turn in range(3) for who in "ab"]
    held.clear()
    assert bench.main(["two", "--quick"]) == 0 and held == [("two", "a", 0, 1), ("two", "b", 0, 1)]
    assert "The quick form" in (folder / "results.md").read_text(encoding="utf-8")


def test_an_interrupt_keeps_what_was_measured(folder, monkeypatch, capsys):
    def hold(contest, contestant, number, seconds):
        if contestant == "b":
            raise KeyboardInterrupt
        return {"x": 1.5}

    monkeypatch.setattr(bench, "CONTESTS", {"two": contest("a", "b")})
    monkeypatch.setattr(bench, "hold", hold)
    assert bench.main(["two"]) == 130 and "stopped" in capsys.readouterr().out
    kept = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert [turn["figures"] for turn in kept["turns"]] == [{"x": 1.5}]
    assert "| a | 1.5 |" in (folder / "results.md").read_text(encoding="utf-8")


def test_a_contest_is_added_to_those_held_before_and_replaces_itself(folder, monkeypatch):
    monkeypatch.setattr(bench, "CONTESTS", {"one": contest("a"), "two": contest("a")})
    for name, value in (("two", 1.0), ("one", 2.0), ("two", 3.0)):
        monkeypatch.setattr(bench, "hold", lambda *turn, value=value: {"x": value})
        assert bench.main([name]) == 0
    kept = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert list(kept["contests"]) == ["one", "two"]
    assert [(turn["contest"], turn["figures"]["x"]) for turn in kept["turns"]] == [
        *3 * [("one", 2.0)], *3 * [("two", 3.0)]]
    assert bench.main(["two", "--quick"]) == 0
    kept = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    assert list(kept["contests"]) == ["two"], "the quick form is no part of a true one"


def test_one_that_fails_costs_its_own_turn_only(folder, monkeypatch, capsys):
    monkeypatch.setattr(bench, "CONTESTS", {"two": contest("a", "b")})

    def hold(contest, contestant, number, seconds):
        if contestant == "a":
            raise RuntimeError("ValueError: no luck")
        return {"x": 2.0}

    monkeypatch.setattr(bench, "hold", hold)
    assert bench.main(["two", "--quick"]) == 1
    assert "failed: ValueError: no luck" in capsys.readouterr().out
    text = (folder / "results.md").read_text(encoding="utf-8")
    assert "Failed: a: ValueError: no luck." in text and "| b | 2 |" in text


@pytest.mark.slow
def test_a_turn_runs_in_a_process_of_its_own_and_tells_what_it_died_of():
    figures = bench.hold("holes", "mean around the hole", 0, 1)
    assert figures["squared error, 8 × 8"] < figures["squared error, 12 × 12"]
    with pytest.raises(RuntimeError, match="^KeyError: 'nobody'$"):
        bench.hold("holes", "nobody", 0, 1)


@pytest.mark.parametrize(("arguments", "told"), [
    (["cows"], "There is no contest 'cows'; the contests are: fashion,"),
    (["--publish"], "There is nothing to publish: run course.py bench first."),
])
def test_what_can_not_be_done_is_one_sentence(arguments, told, folder, capsys):
    assert bench.main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith(told) and error.count("\n") == 1


def test_the_list_names_all_contests(capsys):
    assert bench.main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(
        bench.CONTESTS)


def test_photographs_are_asked_only_where_they_are(monkeypatch):
    monkeypatch.delenv("SSL_COURSE_DATA", raising=False)
    assert "photographs" not in bench.default(quick=False)
    monkeypatch.setenv("SSL_COURSE_DATA", "somewhere")
    assert bench.default(quick=False) == list(bench.CONTESTS)


# The report


@pytest.mark.parametrize(("value", "text"), [
    (0.04216, "0.0422"), (12.34, "12.3"), (99.96, "100"), (3456.7, "3,457"), (0.0, "0")])
def test_numbers_have_three_digits(value, text):
    assert report.number(value) == text


def test_a_table_has_means_and_spreads_and_says_what_is_not_there():
    found = report.collected(TWO, "words") | {"third": {}}
    rows = report.table(found).splitlines()
    assert rows[2] == "| ours | 0.5 (0.4–0.6) | 10,000 (9,000–11,000) |"
    assert rows[4] == "| third | – | – |"


def test_the_headlines_put_the_best_of_the_others_first_and_hide_no_defeat():
    rows = report.headlines(TWO).splitlines()
    assert rows[2] == "| masked words: guessed rightly | 0.5 (0.4–0.6) | other 0.7 |"
    assert "30 (10–60)" in rows[3] and len(rows) == 4


def test_the_quick_form_is_never_published():
    with pytest.raises(ValueError, match="without --quick"):
        report.publish(TWO | {"quick": True})


def test_publishing_writes_page_picture_and_the_part_of_the_readme(monkeypatch, tmp_path):
    monkeypatch.setattr(report, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("before\n<!-- bench -->\nold\n<!-- end of bench -->\nafter")
    report.publish(TWO)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- bench -->\nMeasured on 2026-01-02 by")
    assert "old" not in text
    assert text.endswith("<!-- end of bench -->\nafter")
    assert (tmp_path / "tools" / "bench" / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_the_committed_page_is_of_a_whole_bench():
    text = (ROOT / "BENCH.md").read_text(encoding="utf-8")
    assert "quick form" not in text and "Failed:" not in text
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.split("\n")[2].split(" Mean of")[0] in readme
