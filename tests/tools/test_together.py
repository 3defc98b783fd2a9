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

from helpers import training
from tools.learn import together

SUPPORT = lessons.ROOT / "tests" / "support"
TRAIN = """
import json, os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from texts import texts
from helpers.page import definitions
from tools.learn import trainer
from tools.recipes import Recipe

kinds, out, stop_at, act = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]

def twins():
    page, gather = definitions("04"), definitions("11").gather

    def batch():
        pictures = torch.rand(8, 3, 32, 32)
        return pictures.double(), (pictures + 0.1 * torch.rand(8, 3, 32, 32)).double()

    return {"network": page.Twins(width=2, dim=8).double(), "batch": batch,
            "loss": lambda twins, batch: page.nt_xent(*map(gather, twins(*batch)))}

def words():
    page = definitions("05")

    def batch():
        text = texts(count=8, length=24)
        chosen = (torch.rand(text.shape) < 0.4) & (text > 4)
        chosen[:, 1] = True
        return torch.where(chosen, 4, text), chosen, text

    return {"network": page.MiniBert(width=32, layers=1).double(), "batch": batch,
            "loss": page.guess_loss, "count": lambda batch: batch[1].sum()}

class Kept:
    name, lines = "kept", []
    def log(self, values, step, **_): self.lines.append([step, values["loss"]])
    def finish(self): pass

accelerator = trainer.accelerator("test")
accelerator.trackers.append(Kept())
for kind in kinds.split():
    torch.manual_seed(0)
    parts, asked = globals()[kind](), []
    Kept.lines.clear()

    def held(batch=parts.pop("batch")):
        asked.append(None)
        if len(asked) == stop_at and os.environ.get("RANK", "0") == os.environ.get("WHO", "0"):
            signal.raise_signal(signal.SIGINT) if act == "press" else os.kill(os.getpid(), 9)
        return batch()

    recipe = Recipe(**parts, batch=held, steps=4, learning_rate=3e-3, figures=None, data=[])
    checkpoint = out / f"{kind}.checkpoint"
    try:
        with trainer.others_heard():
            trainer.train(accelerator, recipe, {}, checkpoint, kind, every=1)
    except (KeyboardInterrupt, OSError) as ended:
        sys.exit(f"{os.environ.get('RANK', 0)}: {ended}")
    if accelerator.is_main_process:
        (out / f"{kind}.safetensors").write_bytes(trainer.pack(recipe.network.state_dict()))
        (out / f"{kind}.json").write_text(json.dumps(Kept.lines))
accelerator.end_training()
"""
THERE = {"PYTHONPATH": os.pathsep.join(map(str, (lessons.ROOT, SUPPORT))), "OMP_NUM_THREADS": "1"}


def train(folder, kinds="twins", processes=1, stop_at=0):
    """Train in one process or in two, to the end or to a Ctrl-C; what is there goes on."""
    folder.mkdir(exist_ok=True)
    (folder / "train.py").write_text(TRAIN)
    launch = ["-m", "torch.distributed.run", "--nproc_per_node", str(processes)]
    done = subprocess.run([sys.executable, *launch * (processes > 1), folder / "train.py", kinds,
                           folder, str(stop_at), "press"], cwd=lessons.ROOT, text=True,
                          capture_output=True, env=os.environ | THERE)
    assert stop_at or done.returncode == 0, done.stderr[-3000:]
    return done.stderr


def kept(folder, kind):
    """The losses by step, and the weights, of a run."""
    return (dict(json.loads((folder / f"{kind}.json").read_text())),
            safetensors.torch.load_file(folder / f"{kind}.safetensors"))


def same(first, second):
    losses, weights = zip(first, second)
    for step in losses[0].keys() & losses[1].keys():
        assert losses[0][step] == pytest.approx(losses[1][step], rel=1e-5)
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[0].items():
        assert torch.allclose(tensor.double(), weights[1][name].double(), atol=1e-5), name


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """The folder of a run in one process."""
    folder = tmp_path_factory.mktemp("one")
    train(folder, "twins words")
    return folder


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The folder of a run in two processes."""
    folder = tmp_path_factory.mktemp("two")
    train(folder, "twins words", processes=2)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["twins", "words"])
def test_two_processes_give_the_loss_and_the_weights_of_one(kind, one, two):
    losses = kept(one, kind)[0]
    assert list(losses) == list(kept(two, kind)[0]) == [1, 2, 3, 4]
    assert len(set(losses.values())) == 4
    same(kept(one, kind), kept(two, kind))


@pytest.mark.slow
def test_a_run_that_one_process_began_goes_on_with_two(one, tmp_path):
    assert "Stopped at step 2 of 4; the same command goes on from there." in train(
        tmp_path, stop_at=2)
    train(tmp_path, processes=2)
    same(kept(one, "twins"), kept(tmp_path, "twins"))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_dies_ends_the_run_with_a_sentence_and_one_goes_on(one, tmp_path):
    (tmp_path / "train.py").write_text(TRAIN)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    processes = [subprocess.Popen(
        [sys.executable, tmp_path / "train.py", "twins", tmp_path, "3", "kill"], cwd=lessons.ROOT,
        text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | THERE | {
            "RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "WHO": "1",
            "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port})
        for rank in ("0", "1")]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [1, -9]
    told = [line for line in errors[0].splitlines() if line.startswith("0: ")]
    assert told == ["0: Another process of this run has ended: start all of them again, and they "
                    "go on from the last checkpoint."]
    assert "Traceback" not in errors[0]
    train(tmp_path)
    same(kept(one, "twins"), kept(tmp_path, "twins"))


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
