"""The one training loop keeps its promises. What it learns here is the line y = 2x."""

import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from helpers import training


def batch():
    x = torch.rand(16, 1)
    return x, 2 * x


def squared_error(network, batch):
    x, y = batch
    return (network(x) - y).pow(2).mean()


def fit(steps=150, seed=0, batch=batch, loss=squared_error):
    torch.manual_seed(seed)
    network = nn.Linear(1, 1)
    return network, training.fit(network, batch, loss, steps, learning_rate=0.1)


def one_cycle(lowest_first, highest, lowest_last, step, steps):
    """Half a cosine up until 30 % of the steps are done, and half a cosine down until the last."""
    top = 0.3 * steps - 1
    begin, end, done = ((lowest_first, highest, step / top) if step <= top else
                        (highest, lowest_last, (step - top) / (steps - 1 - top)))
    return end + (begin - end) * (1 + math.cos(math.pi * done)) / 2


def slow_fit(weight, target, highest, steps):
    """AdamW on (weight - target)², as in the papers, one weight and one step at a time."""
    mean = square = 0
    history = []
    for step in range(steps):
        history.append((weight - target) ** 2)
        slope = 2 * (weight - target)
        rate = one_cycle(highest / 25, highest, highest / 25 / 1e4, step, steps)
        memory = one_cycle(0.95, 0.85, 0.95, step, steps)
        mean = memory * mean + (1 - memory) * slope
        square = 0.999 * square + 0.001 * slope ** 2
        weight -= rate * 0.01 * weight
        weight -= rate * (mean / (1 - memory ** (step + 1))) / (
            math.sqrt(square / (1 - 0.999 ** (step + 1))) + 1e-8)
    return weight, history


@given(st.floats(-100, 100), st.floats(0.001, 1), st.integers(8, 20), st.booleans())
def test_each_step_follows_the_formulas_of_adamw_and_of_one_cycle(start, rate, steps, told):
    network = nn.Linear(1, 1, bias=False).double()
    nn.init.constant_(network.weight, start)
    history = training.fit(network, lambda: torch.ones(1, dtype=torch.float64),
                           lambda network, x: (network(x) - 3).pow(2).sum(), steps,
                           **{"learning_rate": rate} if told else {})
    weight, expected = slow_fit(start, 3, rate if told else 0.003, steps)
    assert_close((network.weight.item(), history), (weight, expected))


def test_the_loss_falls_and_each_step_is_in_the_history():
    network, history = fit()
    assert len(history) == 150
    assert history[-1] < history[0] / 10
    assert not network.training
    assert all(weight.device.type == "cpu" for weight in network.parameters())


def test_equal_seeds_train_equal_networks():
    first, again, other = fit(20), fit(20), fit(20, seed=1)
    assert first[1] == again[1] != other[1]
    assert torch.equal(first[0].weight, again[0].weight)


def test_the_weights_are_changed_by_the_time_a_loss_is_told():
    network = nn.Linear(1, 1)
    before = network.weight.detach().clone()
    next(training.train(training.accelerator(), network, *training.one_cycle(network, 0.1, 9),
                        batch, squared_error, range(9)))
    assert not torch.equal(network.weight, before)


def test_a_network_trains_in_training_mode_with_the_channels_last():
    network = nn.Conv2d(3, 4, 3).eval()

    def loss(network, pictures):
        assert network.training
        assert network.weight.is_contiguous(memory_format=torch.channels_last)
        return network(pictures).mean()

    training.fit(network, lambda: torch.rand(2, 3, 4, 4), loss, 2)
    assert not network.training


def test_a_batch_may_be_a_dictionary():
    _, history = fit(3, batch=lambda: {"x": torch.rand(4, 1)},
                     loss=lambda network, batch: network(batch["x"]).pow(2).mean())
    assert len(history) == 3


def test_an_interruption_keeps_what_was_learned(capsys):
    steps = []

    def interrupted_batch():
        if len(steps) == 5:
            raise KeyboardInterrupt
        steps.append(None)
        return batch()

    network, history = fit(batch=interrupted_batch)
    assert len(history) == 5
    assert not network.training
    torch.manual_seed(0)
    assert not torch.equal(network.weight, nn.Linear(1, 1).weight)
    assert capsys.readouterr().out == (
        "Stopped after 5 of 150 steps. The network keeps what it has learned so far.\n")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_in_one_sentence(value):
    network = nn.Linear(1, 1)
    with pytest.raises(ArithmeticError, match=f"^The loss became {value} at step 1: try .*[.]$"):
        training.fit(network, batch, lambda network, batch: value * network(batch[0]).sum(), 9)
    assert not network.training


def test_a_loss_that_is_no_number_does_not_spoil_the_weights():
    losses = iter([1.0, 1.0, float("nan")])
    network = nn.Linear(1, 1)
    with pytest.raises(ArithmeticError, match="at step 3"):
        training.fit(network, batch,
                     lambda network, batch: next(losses) * network(batch[0]).mean(), 9)
    assert all(weight.isfinite().all() for weight in network.parameters())


def test_a_last_step_that_spoils_the_weights_is_told():
    network = nn.Linear(1, 1)
    network.register_parameter("far", nn.Parameter(torch.tensor(3e38)))

    def loss(network, batch):
        return network(batch[0]).mean() - 0 * network.far

    with pytest.raises(ArithmeticError, match="^The last step left weights that are no numbers: "
                                              "try a lower learning_rate[.]$"):
        training.fit(network, batch, loss, 1, learning_rate=1e38)


def test_on_another_device_the_batch_goes_there_and_the_processor_is_a_way_out():
    def loss(network, batch):
        assert batch["x"].device.type == "meta"
        return torch.tensor(float("nan"))

    with pytest.raises(ArithmeticError,
                       match="learning_rate, or COURSE_DEVICE=cpu in place of meta[.]$"):
        device = SimpleNamespace(device=torch.device("meta"), accumulate=lambda _: torch.no_grad())
        next(training.train(device, nn.Linear(1, 1), None, None, lambda: {"x": torch.ones(1)},
                            loss, range(1)))


@pytest.mark.parametrize("name", ["", "cpu"])
def test_here_the_device_is_the_processor(name, monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", name)
    assert training.accelerator().device.type == "cpu"


@pytest.mark.parametrize("name", ["cuda", "mps", "gpu", "CPU"])
def test_a_device_that_is_not_there_is_told(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setenv("COURSE_DEVICE", name)
    with pytest.raises(ValueError, match=f"cpu, cuda or mps, .*; '{name}' is none[.]$"):
        training.accelerator()


@pytest.mark.parametrize("machine, processor", [
    ("plain", {"": True, "cpu": True}),
    ("cuda", {"": False, "cpu": True, "cuda": False}),
    ("mps", {"": True, "cpu": True, "mps": False})])
def test_a_mac_trains_on_its_processor_unless_it_is_told_otherwise(machine, processor, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: machine == "cuda")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: machine == "mps")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: machine != "plain")
    monkeypatch.setattr(training, "Accelerator", lambda cpu: cpu)
    for name, expected in processor.items():
        monkeypatch.setenv("COURSE_DEVICE", name)
        assert training.accelerator() == expected


@pytest.fixture
def clock(monkeypatch):
    """A clock for progress bars that stands still until it is moved: seconds, in a list."""
    now = [0.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    return now


@pytest.fixture
def notebook(displayed, monkeypatch):
    monkeypatch.setattr(training, "get_ipython", lambda: SimpleNamespace(kernel=None))
    return displayed


def eight_steps_a_second(clock):
    def batch():
        clock[0] += 1 / 8
        return torch.ones(1)
    return batch


def test_in_a_notebook_one_line_is_renewed_twice_a_second_and_then_sums_up(
        notebook, clock, capfd):
    training.fit(nn.Linear(1, 1), eight_steps_a_second(clock),
                 lambda network, x: 0 * network(x).sum() + 0.25, 16, label="a line")
    shown, *renewed = notebook
    assert shown["data"] == {"text/plain": "a line"} and not shown["update"]
    assert all(output["update"] and output["transient"] == shown["transient"]
               for output in renewed)
    assert [output["metadata"]["progress"] for output in renewed] == [0, 4, 8, 12, 16, 16]
    texts = [output["data"]["text/plain"] for output in renewed]
    assert texts[2].endswith("8/16 [00:01<00:01,  8.00 steps/s, loss=0.250]")
    assert texts[-1] == "a line: 16 steps, 2 s, loss 0.250"
    assert capfd.readouterr() == ("", "")


def test_a_notebook_reads_the_sum_though_the_loss_is_no_number(notebook, clock):
    with pytest.raises(ArithmeticError, match="at step 8"):
        training.fit(nn.Linear(1, 1), eight_steps_a_second(clock), lambda network, x:
                     0 * network(x).sum() + (0.5 if clock[0] < 1 else math.nan), 16)
    assert notebook[-1]["data"]["text/plain"] == "training: 7 steps, 1 s, loss 0.500"


def test_many_steps_read_well_and_no_note_leaves_no_comma(notebook, clock):
    assert [*training.Progress(range(1200), "counting")] == [*range(1200)]
    assert notebook[-1]["data"]["text/plain"] == "counting: 1,200 steps, 0 s"


@pytest.mark.parametrize("shell", [None, SimpleNamespace()])
def test_without_a_notebook_the_bar_is_drawn_in_the_terminal(shell, monkeypatch, capfd):
    monkeypatch.setattr(training, "get_ipython", lambda: shell)
    assert [*training.Progress(range(3), "counting")] == [0, 1, 2]
    written, drawn = capfd.readouterr()
    assert not written
    assert "counting:   0%" in drawn and "3/3" in drawn.splitlines()[-1]
