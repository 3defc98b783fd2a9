"""The one training loop keeps its promises. What it learns here is the line y = 2x."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

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


def test_the_loss_falls_and_each_step_is_in_the_history():
    network, history = fit()
    assert len(history) == 150
    assert history[-1] < history[0] / 10
    assert not network.training
    assert all(weight.device.type == "cpu" for weight in network.parameters())


def test_equal_seeds_train_equal_networks():
    first, again, other = fit(), fit(), fit(seed=1)
    assert first[1] == again[1] != other[1]
    assert torch.equal(first[0].weight, again[0].weight)


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


def test_a_last_step_that_spoils_the_weights_is_told():
    network = nn.Linear(1, 1)
    network.register_parameter("far", nn.Parameter(torch.tensor(3e38)))

    def loss(network, batch):
        return network(batch[0]).mean() - 0 * network.far

    with pytest.raises(ArithmeticError, match="^The last step left weights that are no numbers: "
                                              "try a lower learning_rate[.]$"):
        training.fit(network, batch, loss, 1, learning_rate=1e38)


@pytest.mark.parametrize(("name", "type_"), [("", "cpu"), ("cpu", "cpu")])
def test_the_device_is_the_one_that_was_named(name, type_, monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", name)
    assert training.accelerator().device.type == type_


@pytest.mark.parametrize("name", ["cuda", "mps", "gpu", "CPU"])
def test_a_device_that_is_not_there_is_told(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setenv("COURSE_DEVICE", name)
    with pytest.raises(ValueError, match=f"cpu, cuda or mps, .*; '{name}' is none[.]$"):
        training.accelerator()


def test_a_mac_trains_on_its_processor_unless_it_is_told_otherwise(monkeypatch):
    asked = []
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(training, "Accelerator", lambda cpu: asked.append(cpu))
    for name in ("", "cpu", "mps"):
        monkeypatch.setenv("COURSE_DEVICE", name)
        training.accelerator()
    assert asked == [True, True, False]


def test_on_another_device_the_sentence_names_the_processor_as_a_way_out():
    mac = SimpleNamespace(device=torch.device("mps"))
    steps = training.train(mac, nn.Linear(1, 1), None, None, lambda: torch.ones(1),
                           lambda network, batch: torch.tensor(float("nan")), range(1))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(
            ArithmeticError, match="learning_rate, or COURSE_DEVICE=cpu in place of mps[.]$"):
        patch.setattr(training, "send_to_device", lambda batch, device: batch)
        next(steps)


def test_a_loss_that_is_no_number_does_not_spoil_the_weights():
    losses = iter([1.0, 1.0, float("nan")])
    network = nn.Linear(1, 1)
    with pytest.raises(ArithmeticError):
        training.fit(network, batch,
                     lambda network, batch: next(losses) * network(batch[0]).mean(), 9)
    assert all(weight.isfinite().all() for weight in network.parameters())
