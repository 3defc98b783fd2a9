"""Those whom the bench compares train as they should, for as long as they are told."""

import json
import time
from importlib.util import find_spec

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tools.bench import __main__ as bench
from tools.bench import clock, machine, ways

needs_peers = pytest.mark.skipif(find_spec("lightly") is None, reason="the bench's own packages "
                                 "are not installed (python3 course.py bench --list)")


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


# All of it


@pytest.mark.slow
@needs_peers
def test_the_quick_form_runs_all_peers(monkeypatch, tmp_path):
    monkeypatch.delenv("SSL_COURSE_DATA", raising=False)
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert bench.main(["--quick"]) == 0
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    held = {(turn["contest"], turn["contestant"]) for turn in kept["turns"]}
    assert {"lightly's SimCLR", "transformers' Trainer", "OpenCV, Telea", "DQN, tuned"} <= {
        who for _, who in held}
    assert held == {(name, who) for name in bench.default(quick=True)
                    for who in bench.entered(name, quick=True)}
