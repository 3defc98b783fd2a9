"""An experiment has the same seeds for all settings, waits for a guess, and keeps what is done."""

import signal

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from helpers import experiment

TITLES = {"title": "Which is better?", "ylabel": "share"}
AB = {"A": 0.15, "B": 0.40}


def by_lot(setting, seed):
    """A share that depends on the setting, and on PyTorch's random numbers."""
    return setting + torch.rand(()) / 10


@pytest.fixture
def drawn(monkeypatch):
    """The figures as they were when shown, and their captions."""
    shown = []
    monkeypatch.setattr(experiment.plots, "show", lambda *given: shown.append(given))
    yield shown
    plt.close("all")


def test_figures_are_plain_numbers_and_their_seeds_are_the_same_for_all_settings(drawn):
    results = experiment.run(by_lot, AB, "B", **TITLES)
    assert list(results) == ["A", "B"] and results.seeds == [0, 1, 2]
    assert all(type(figure) is float for some in results.values() for figure in some)
    apart = np.subtract(results["B"], results["A"])
    assert np.allclose(apart, 0.25) and len({*results["A"]}) == 3
    assert results == results.measured
    assert (results.hypothesis, results.settings) == ("B", AB)
    assert experiment.run(by_lot, AB, "B", **TITLES) == results


def test_what_was_measured_is_remembered_whatever_becomes_of_it(drawn):
    results = experiment.run(by_lot, AB, "B", **TITLES)
    results["A"].append(1.0)
    assert len(results.measured["A"]) == 3


def test_the_function_gets_the_seed_and_the_random_numbers_of_the_lesson_stay(drawn):
    before, given = torch.get_rng_state(), []
    experiment.run(lambda setting, seed: given.append((setting, seed)) or torch.rand(()), AB, "B",
                   seeds=[7, 3], **TITLES)
    assert given == [(0.15, 7), (0.40, 7), (0.15, 3), (0.40, 3)]
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("settings", "hypothesis"), [(AB, ...), (AB | {"B": ...}, "B")])
def test_nothing_runs_before_the_dots_are_replaced(settings, hypothesis, drawn, capsys):
    results = experiment.run(lambda *given: pytest.fail("it ran"), settings, hypothesis, **TITLES)
    assert results is ... and not drawn
    assert capsys.readouterr().out.startswith("Not run yet: first replace the dots")


@pytest.mark.parametrize("caught", [False, True])
def test_an_interrupt_keeps_the_runs_that_are_complete(caught, drawn, capsys):
    before = signal.getsignal(signal.SIGINT)

    def stopped(setting, seed):
        if (setting, seed) == (0.40, 1):
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:  # as `training.fit` does
                if not caught:
                    raise
        return float(seed)

    results = experiment.run(stopped, AB, "B", **TITLES)
    assert results == {"A": [0.0, 1.0], "B": [0.0]}
    assert "Stopped: 3 of 6 runs are complete, and kept." in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is before and len(drawn) == 1


def test_an_error_of_the_function_is_shown_as_it_is():
    with pytest.raises(ZeroDivisionError):
        experiment.run(lambda setting, seed: 1 / 0, AB, "B", **TITLES)


def test_the_figure_shows_each_run_its_mean_and_its_spread(drawn):
    experiment.run(lambda setting, seed: setting + seed, AB, "B", seeds=2, **TITLES)
    (figure, caption), = drawn
    axis, = figure.axes
    seeds = [line.get_ydata().tolist() for line in axis.lines if "seed" in line.get_label()]
    assert seeds == [[0.15, 0.40], [1.15, 1.40]]
    means = [bars.lines[0].get_ydata()[0] for bars in axis.containers]
    assert np.allclose(means, [0.65, 0.90])
    assert len({line.get_marker() for line in axis.lines[:2]}) == 2, "told apart by colour alone"
    assert [label.get_text() for label in axis.get_xticklabels()] == ["A", "B"]
    assert axis.get_title(loc="left") or axis.get_title() == "Which is better?"
    assert axis.get_ylabel() == "share" and "over 2 seeds" in caption


def test_nothing_but_an_interrupt_at_once_draws_an_empty_figure(drawn):
    results = experiment.run(lambda *given: signal.raise_signal(signal.SIGINT), AB, "B", **TITLES)
    assert results == {"A": [], "B": []} and len(drawn) == 1
