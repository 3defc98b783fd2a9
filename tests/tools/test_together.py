"""Several processes train as one: the same loss and the same weights, from the same batches."""

import json
import os
import socket
import subprocess
import sys

import lessons
import pytest
import safetensors.torch
import torch
from toy import start_process

from helpers import training
from tools.learn import together

SUPPORT = lessons.ROOT / "tests" / "support"
TRAIN = """
import json, os, signal, sys
from pathlib import Path
import torch
from torch import nn
torch.set_num_threads(1)
from texts import texts
from helpers.page import definitions
from tools.learn import trainer
from tools.recipes import Recipe

kind, out, stop_at, act = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.manual_seed(0)
if kind == "twins":
    page, gather = definitions("04"), definitions("11").gather
    network, count = page.Twins(width=2, dim=8), {}

    def batch():
        pictures = torch.rand(8, 3, 32, 32)
        return pictures.double(), (pictures + 0.1 * torch.rand(8, 3, 32, 32)).double()

    def loss(twins, batch):
        return page.nt_xent(*map(gather, twins(*batch)))
else:
    page = definitions("05")
    network, loss = page.MiniBert(width=32, layers=1), page.guess_loss
    count = {"count": lambda batch: batch[1].sum()}

    def batch():
        text = texts(count=8, length=24)
        chosen = (torch.rand(text.shape) < 0.4) & (text > 4)
        chosen[:, 1] = True
        return torch.where(chosen, 4, text), chosen, text

asked = []

def held():
    asked.append(None)
    if len(asked) == stop_at and os.environ.get("RANK", "0") == os.environ.get("WHO", "0"):
        signal.raise_signal(signal.SIGINT) if act == "press" else os.kill(os.getpid(), 9)
    return batch()

class Kept:
    name, lines = "kept", []
    def log(self, values, step, **_): self.lines.append([step, values["loss"]])
    def finish(self): pass

accelerator = trainer.accelerator("test")
accelerator.trackers.append(Kept())
recipe = Recipe(network.double(), held, loss, 4, 3e-3, None, [], **count)
try:
    with trainer.others_heard():
        trainer.train(accelerator, recipe, {}, out / "checkpoint.safetensors", kind, every=1)
except (KeyboardInterrupt, OSError) as ended:
    sys.exit(f"{os.environ.get('RANK')}: {ended}")
if accelerator.is_main_process:
    (out / "network.safetensors").write_bytes(trainer.pack(network.state_dict()))
    (out / "losses.json").write_text(json.dumps(Kept.lines))
accelerator.end_training()
"""


@pytest.fixture
def train(monkeypatch, tmp_path):
    """Train in one process or in two; returns the losses by step, and the weights."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (lessons.ROOT, SUPPORT))))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "train.py").write_text(TRAIN)

    def train(kind, processes, folder, stop_at=0, act="press"):
        out = tmp_path / folder
        out.mkdir(exist_ok=True)
        launch = ["torch.distributed.run", "--nproc_per_node", str(processes)]
        command = [tmp_path / "train.py", kind, out, str(stop_at), act]
        done = start_process([*launch, *command])
        if stop_at:
            return done
        assert done.returncode == 0, done.stderr[-3000:]
        return (dict(json.loads((out / "losses.json").read_text())),
                safetensors.torch.load_file(out / "network.safetensors"))
    return train


def same(first, second):
    losses, weights = zip(first, second)
    for step in losses[0].keys() & losses[1].keys():
        assert losses[0][step] == pytest.approx(losses[1][step], rel=1e-5)
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[0].items():
        assert torch.allclose(tensor.double(), weights[1][name].double(), atol=1e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["twins", "words"])
def test_two_processes_give_the_loss_and_the_weights_of_one(kind, train):
    one, two = train(kind, 1, "one"), train(kind, 2, "two")
    assert list(one[0]) == list(two[0]) == [1, 2, 3, 4]
    assert len(set(one[0].values())) == 4
    same(one, two)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "then"), [(2, 1), (1, 2)])
def test_a_run_goes_on_with_another_number_of_processes(first, then, train):
    whole = train("twins", 1, "whole")
    stopped = train("twins", first, "parts", stop_at=2)
    assert "Stopped at step 2 of 4; the same command goes on from there." in stopped.stderr
    same(whole, train("twins", then, "parts"))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_dies_ends_the_run_with_a_sentence_and_the_run_goes_on(
        train, tmp_path, monkeypatch):
    out = tmp_path / "parts"
    out.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    processes = [subprocess.Popen(
        [sys.executable, tmp_path / "train.py", "twins", out, "3", "kill"], cwd=lessons.ROOT,
        text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "WHO": "1",
                          "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port})
        for rank in ("0", "1")]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [1, -9]
    told = [line for line in errors[0].splitlines() if line.startswith("0: ")]
    assert told == ["0: Another process of this run has ended: start all of them again, and they "
                    "go on from the last checkpoint."]
    assert "Traceback" not in errors[0]
    same(train("twins", 1, "whole"), train("twins", 2, "parts"))


def test_gradients_are_accumulated_as_accelerate_is_told(monkeypatch):
    monkeypatch.setenv("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "2")
    network, changed = torch.nn.Linear(2, 1), []
    accelerator = training.accelerator()
    prepared = accelerator.prepare(network, training.one_cycle(network, 0.1, 4)[0])
    schedule = torch.optim.lr_scheduler.ConstantLR(prepared[1].optimizer)
    before = network.weight.detach().clone()
    for _ in training.train(accelerator, *prepared, schedule, lambda: torch.rand(3, 2),
                            lambda network, batch: network(batch).pow(2).mean(), range(4)):
        changed.append(not torch.equal(before, network.weight))
        before = network.weight.detach().clone()
    assert changed == [False, True, False, True]


# On one process nothing changes


def test_one_process_has_the_whole_batch_and_each_mean_counts_as_it_is():
    batch = torch.rand(6, 3), {"text": torch.arange(6)}
    first, second = together.share(batch)
    assert torch.equal(first, batch[0]) and torch.equal(second["text"], batch[1]["text"])
    assert together.weight(7) == 1.0


def test_a_batch_that_can_not_be_shared_evenly_is_told(monkeypatch):
    monkeypatch.setattr(together, "PartialState", lambda: type("State", (), {"num_processes": 4}))
    with pytest.raises(ValueError, match="^A batch of 6 can't be shared evenly by 4 processes: "):
        together.share(torch.rand(6, 3))


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 4, 3)])
def test_synchronised_normalisation_is_pytorchs_on_one_process(shape):
    kind = torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d
    usual, network = kind(5), torch.nn.Sequential(kind(5))
    together.synchronise(network)
    batch = 3 + 2 * torch.randn(shape)
    inputs = [batch.clone().requires_grad_() for _ in range(2)]
    for layer, given in zip((usual, network), inputs):
        layer(given).pow(3).mean().backward()
    assert torch.allclose(inputs[0].grad, inputs[1].grad, atol=1e-6)
    for name, tensor in usual.state_dict().items():
        assert torch.allclose(tensor, network.state_dict()[f"0.{name}"], atol=1e-6), name
    assert torch.allclose(usual.eval()(batch), network.eval()(batch), atol=1e-6)
