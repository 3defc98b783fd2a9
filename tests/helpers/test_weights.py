"""Committed weights come back as they were, and one clear sentence for each that can't."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from helpers import models, weights
from helpers.weights import WeightsError
from tools.learn import trainer
from tools.pretrain import publish


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """An empty data/weights/."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    return tmp_path / "weights"


def network(width=4):
    return models.Encoder(width=width).to(memory_format=torch.channels_last)


def state(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_weights_and_their_record_come_back(folder):
    trained, fresh = network(), network()
    trained(torch.rand(8, 3, 32, 32))  # moves the running means
    written = publish("toy", trained, {"command": "…", "figures": {"accuracy": 0.5}})
    assert sorted(os.listdir(folder)) == ["toy.json", "toy.safetensors"]
    assert not equal(state(trained), state(fresh))
    assert weights.load("toy", fresh) == weights.record("toy") == written
    assert equal(state(trained), state(fresh)) and not fresh.training
    assert list(written) == ["command", "figures", "sha256"]
    assert (folder / "toy.json").read_bytes().endswith(b"\n}\n")


def test_tied_weights_come_back():
    tied = nn.ModuleList([nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False)])
    tied[1].weight = tied[0].weight
    before = state(tied)
    publish("tied", tied, {})
    nn.init.zeros_(tied[0].weight)
    weights.load("tied", tied)
    assert equal(state(tied), before) and tied[1].weight is tied[0].weight


def test_saving_again_replaces_both(folder):
    publish("toy", network(), {"seed": 0})
    other = network()
    publish("toy", other, {"seed": 1})
    fresh = network()
    assert weights.load("toy", fresh)["seed"] == 1
    assert equal(state(fresh), state(other))


# One sentence for files that are not as they should be


def alter(file):
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)


def truncate(file):
    file.write_bytes(file.read_bytes()[:100])


def make_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    ("harm", "ending", "reason"),
    [
        (make_folder, "safetensors", "can't be read (Is a directory). "),
        (make_folder, "json", "can't be read (Is a directory). "),
        (Path.unlink, "safetensors", "is missing. "),
        (Path.unlink, "json", "is missing. "),
        (alter, "safetensors", "is damaged: its SHA-256 is not the recorded one. "),
        (truncate, "safetensors", "is damaged: its SHA-256 is not the recorded one. "),
        (truncate, "json", "is damaged: it is no record of weights. "),
        (lambda file: file.write_bytes(b"\xff\x00"), "json",
         "is damaged: it is no record of weights. "),
        (lambda file: file.write_text("[]"), "json", "is damaged: it is no record of weights. "),
        (lambda file: file.write_text("{}"), "json", "is damaged: it is no record of weights. "),
    ],
)
def test_a_harmed_file_is_named_with_the_way_out(harm, ending, reason, folder):
    publish("toy", network(), {"figures": {f"figure {i}": i for i in range(20)}})
    harm(folder / f"toy.{ending}")
    fresh = network()
    before = state(fresh)
    with pytest.raises(WeightsError) as error:
        weights.load("toy", fresh)
    assert str(error.value) == (f"data/weights/toy.{ending} {reason}"
                                f"Bring it back with: git checkout -- data/weights/toy.{ending}")
    assert equal(state(fresh), before) and fresh.training
    if ending == "json":
        with pytest.raises(WeightsError, match="Bring it back with"):
            weights.record("toy")


def test_a_file_that_never_held_tensors(folder, monkeypatch):
    monkeypatch.setattr(trainer, "pack", lambda tensors: b"no tensors")
    publish("toy", network(), {})
    with pytest.raises(WeightsError, match="^data/weights/toy.safetensors is damaged: it does not "
                                           "hold safetensors. Bring it back with"):
        weights.load("toy", network())


@pytest.mark.parametrize(
    ("other", "misfit"),
    [
        (lambda: network(width=8),
         r"layers.0.0.weight should be float32 \(8, 3, 3, 3\) and is float32 \(4, 3, 3, 3\)"),
        (lambda: nn.Sequential(network()),
         r"0.layers.0.0.weight should be float32 \(4, 3, 3, 3\) and is absent"),
        (lambda: nn.ModuleDict({"layers": network().layers[:3]}),
         r"layers.3.0.weight should be absent and is float32 \(.*\)"),
        (lambda: network().half(),
         r"layers.0.0.weight should be float16 \(4, 3, 3, 3\) and is float32 \(4, 3, 3, 3\)"),
    ],
)
def test_weights_of_another_network_leave_the_network_alone(other, misfit):
    publish("toy", network(), {})
    fresh = other()
    before = state(fresh)
    with pytest.raises(WeightsError, match="^data/weights/toy.safetensors does not fit this "
                                           f"network: {misfit}[.]$"):
        weights.load("toy", fresh)
    assert equal(state(fresh), before) and fresh.training


@pytest.mark.parametrize("dtype", [torch.int8, torch.bool, torch.complex64, torch.float64])
def test_numbers_of_another_kind_are_refused(dtype):
    tensors = {name: tensor.to(dtype) for name, tensor in state(network()).items()}
    publish("toy", SimpleNamespace(state_dict=lambda: tensors), {})
    kind = str(dtype).removeprefix("torch.")
    with pytest.raises(WeightsError, match=rf"should be float32 \(.*\) and is {kind} \(.*\)[.]$"):
        weights.load("toy", network())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(value):
    broken, fresh = network(), network()
    with torch.no_grad():
        broken.layers[1][0].weight[0, 0, 0, 0] = value
    publish("toy", broken, {})
    before = state(fresh)
    with pytest.raises(WeightsError, match="layers.1.0.weight holds numbers that are not finite"):
        weights.load("toy", fresh)
    assert equal(state(fresh), before)


@pytest.mark.parametrize("call", ["write_bytes", "replace", "mkdir"])
def test_a_full_disk_leaves_the_old_files_and_no_others(call, folder, monkeypatch):
    first = network()
    publish("toy", first, {"seed": 0})

    def full(*arguments, **keywords):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os if call == "replace" else Path, call, full)
        with pytest.raises(OSError, match=r"^toy.safetensors could not be written "
                                          r"\(No space left on device\); what was there "
                                          "before is unchanged[.]$"):
            publish("toy", network(), {"seed": 1})
    assert sorted(os.listdir(folder)) == ["toy.json", "toy.safetensors"]
    fresh = network()
    assert weights.load("toy", fresh)["seed"] == 0
    assert equal(state(fresh), state(first))


def test_a_disk_that_fills_up_with_the_second_file(folder, monkeypatch):
    publish("toy", network(), {"seed": 0})
    write_bytes = Path.write_bytes

    def nearly_full(path, content):
        if ".json" in path.name:
            write_bytes(path, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_bytes(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", nearly_full)
        with pytest.raises(OSError, match="^toy.json could not be written"):
            publish("toy", network(), {"seed": 1})
    assert sorted(os.listdir(folder)) == ["toy.json", "toy.safetensors"]
    assert weights.load("toy", network())["seed"] == 0
