"""The bench takes turns, keeps what it has, and tells what was measured as it was."""

import json
import time
from importlib.util import find_spec

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tools import ROOT
from tools.bench import __main__ as bench
from tools.bench import clock, machine, report, ways
from tools.bench.contest import Contest

needs_peers = pytest.mark.skipif(find_spec("lightly") is None, reason="the bench's own packages "
                                 "are not installed (python3 course.py bench --list)")


def results(**figures):
    """Three turns of two contestants, each figure's values in a list."""
    turns = [{"contest": "words", "contestant": who, "turn": turn, "figures": {
        name: values[turn] for name, values in one.items()}}
        for who, one in figures.items() for turn in range(3)]
    return {"command": "python3 course.py bench", "quick": False, "date": "2026-01-02",
            "processor": "A processor", "threads": 2, "torch": "2", "minutes": 3.2,
            "stopped": False, "failed": [], "turns": turns, "contests": {"words": {
                "title": "Masked words", "explanation": "Definitions.", "seconds": 30,
                "contestants": list(figures)}}}


TWO = results(ours={"hidden pieces guessed": [0.5, 0.4, 0.6], "pieces a second": [9e3, 1e4, 1.1e4]},
              other={"hidden pieces guessed": [0.7, 0.7, 0.7], "pieces a second": [10, 20, 60]})


# The clock


def test_the_schedule_follows_the_clock_not_the_steps():
    now = [0.0]
    weight = nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, clock.TICKS)
    paced = clock.Paced(schedule, lambda: now[0])
    for share, rate in ((0.0, 1.0), (0.25, 0.75), (0.25, 0.75), (0.5, 0.5), (3.0, 0.001)):
        now[0] = share
        paced.step()
        assert optimizer.param_groups[0]["lr"] == pytest.approx(rate, abs=1e-6)


def test_training_ends_after_the_seconds_and_starts_with_the_second_batch():
    network, calls = nn.Linear(1, 1), []

    def batch():
        calls.append(time.perf_counter())
        time.sleep(0.5 if len(calls) == 1 else 0.01)
        return torch.ones(1, 1)

    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    ran = clock.train(network, optimizer, torch.optim.lr_scheduler.ConstantLR(optimizer), batch,
                      lambda network, ones: network(ones).pow(2).sum(), seconds=0.3)
    assert ran["steps"] == len(calls) - 1 and 0.3 <= ran["seconds"] < 0.5
    assert network(torch.ones(1, 1)).abs().item() < 0.1 and not network.training


# The peers


@needs_peers
def test_all_losses_are_one_formula_at_one_temperature():
    from lightly.loss import NTXentLoss
    a, b = torch.randn(2, 8, 16)
    for temperature, loss in ((0.5, ways.lightly_loss), (0.07, ways.tutorial_loss)):
        assert loss(a, b).item() == pytest.approx(
            ways.LESSON.nt_xent(a, b, temperature).item(), abs=1e-4)
    assert NTXentLoss().temperature == 0.5


@needs_peers
@pytest.mark.parametrize("way", [ways.OURS, ways.LIGHTLY, ways.TUTORIAL])
def test_each_way_gives_pairs_embeddings_and_512_features(way):
    pictures = ways.clothes()[0][:600]
    first, second = next(way.views(pictures))
    assert first.shape == second.shape == (ways.BATCH, 3, 32, 32) and not torch.equal(first, second)
    network = way.network().eval()
    a, b = network(first, second)
    assert a.shape == b.shape and way.loss(a, b).isfinite()
    with torch.inference_mode():
        assert network.encoder(pictures[:4].float() / 255).shape == (4, 512)


def test_a_peer_is_asked_about_pictures_as_it_was_trained_with_them():
    peer = ways.Peer(nn.Identity(), nn.Identity(), (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), True)
    assert torch.equal(peer.encoder(torch.ones(2, 3, 1, 1)), torch.full((2, 3), 2.0))
    x, y = torch.rand(2, 4, 3, 1, 1)
    assert all(map(torch.equal, peer(x, y), (x.flatten(1), y.flatten(1))))


def test_every_rate_rises_and_falls_within_the_ticks():
    for optimizer in (ways.one_cycle, ways.tutorial_optimizer):
        made, schedule = optimizer(nn.Linear(2, 2), clock.TICKS)
        paced = clock.Paced(schedule, lambda: 2.0)
        most = made.param_groups[0]["lr"]
        paced.step()
        assert made.param_groups[0]["lr"] < max(most, 1e-3) / 10


# The machine


def test_a_share_of_the_matrix_rate_counts_operations():
    layer = nn.Linear(256, 256, bias=False)
    one = machine.Training(
        layer, lambda count: torch.rand(count, 256), lambda network, rows: network(rows),
        lambda out, rows: F.mse_loss(out, rows), 512, torch.zeros(10, 10))
    figures = machine.measure(lambda: one, seconds=1.0)
    assert 0 < figures["share of the matrix rate"] < figures["without the views"] < 2
    assert figures["MB of data"] == 400 / 1e6


# Turns, and what is kept


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(bench, "ROOT", tmp_path.parent)
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
    assert kept["stopped"] and [turn["figures"] for turn in kept["turns"]] == [{"x": 1.5}]
    assert "| a | 1.5 |" in (folder / "results.md").read_text(encoding="utf-8")


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
    assert "- two, a: ValueError: no luck" in text and "| b | 2 |" in text


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
    assert "photographs" not in bench.default()
    monkeypatch.setenv("SSL_COURSE_DATA", "somewhere")
    assert bench.default() == list(bench.CONTESTS)


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
    assert rows[2] == "| masked words: guessed rightly | 0.5 (0.4–0.6) | other 0.7 (0.7–0.7) |"
    assert "30 (10–60)" in rows[3] and len(rows) == 4


def test_the_quick_form_is_never_published():
    with pytest.raises(ValueError, match="without --quick"):
        report.publish(TWO | {"quick": True})


def test_publishing_writes_page_picture_and_the_part_of_the_readme(monkeypatch, tmp_path):
    monkeypatch.setattr(report, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("before\n<!-- bench -->\nold\n<!-- end of bench -->\nafter")
    report.publish(TWO)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- bench -->\nMeasured on 2026-01-02") and "old" not in text
    assert text.endswith("<!-- end of bench -->\nafter")
    assert (tmp_path / "tools" / "bench" / "bench.png").read_bytes().startswith(b"\x89PNG")


def test_the_committed_page_is_of_a_whole_bench():
    text = (ROOT / "BENCH.md").read_text(encoding="utf-8")
    assert "quick form" not in text and "## Failed" not in text
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.split("\n")[2].split(" Mean of")[0] in readme


# All of it


@pytest.mark.slow
@needs_peers
def test_the_quick_form_runs_every_contestant(folder, monkeypatch):
    monkeypatch.delenv("SSL_COURSE_DATA", raising=False)
    assert bench.main(["--quick"]) == 0
    kept = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    held = {(turn["contest"], turn["contestant"]) for turn in kept["turns"]}
    assert held == {(name, who) for name in bench.default()
                    for who in bench.CONTESTS[name].contestants}
