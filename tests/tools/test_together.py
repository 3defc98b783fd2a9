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

out = Path(sys.argv[1])

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
for run in sys.argv[2:]:
    name, kind, stop_at, act = run.split(":")
    torch.manual_seed(0)
    parts, asked = globals()[kind](), []
    Kept.lines.clear()

    def held(batch=parts.pop("batch"), stop_at=int(stop_at), act=act):
        asked.append(None)
        if len(asked) == stop_at and os.environ.get("RANK", "0") == os.environ.get("WHO", "0"):
            signal.raise_signal(signal.SIGINT) if act == "press" else os.kill(os.getpid(), 9)
        return batch()

    recipe = Recipe(**parts, batch=held, steps=4, learning_rate=3e-3, figures=None, data=[])
    checkpoint = out / f"{name}.checkpoint"
    try:
        with trainer.others_heard():
            trainer.train(accelerator, recipe, {}, checkpoint, name, every=1)
    except KeyboardInterrupt as pressed:
        print(f"{name}: {pressed}")
        continue
    except OSError as ended:
        sys.exit(f"{name}: {ended}")
    if accelerator.is_main_process:
        checkpoint.unlink()
        content = trainer.pack(recipe.network.state_dict())
        (out / f"{name}.{accelerator.num_processes}.safetensors").write_bytes(content)
        (out / f"{name}.{accelerator.num_processes}.json").write_text(json.dumps(Kept.lines))
accelerator.end_training()
"""
THERE = {"PYTHONPATH": os.pathsep.join(map(str, (lessons.ROOT, SUPPORT))), "OMP_NUM_THREADS": "1"}


def start(folder, *runs, rank=None, port=None):
    """Start one process, or one of two, that does runs, each "name:kind:stop at:how"."""
    several = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
               "WHO": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port} if rank else {}
    return subprocess.Popen([sys.executable, folder / "train.py", folder, *runs], text=True,
                            cwd=lessons.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=os.environ | THERE | several)


def train(folder, *runs, processes=1):
    """Do runs in one process or in two; return each one's exit code, output and errors."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ranks = [None] if processes == 1 else ["0", "1"]
    started = [start(folder, *runs, rank=rank, port=port) for rank in ranks]
    return [(one.returncode, *said) for one, said in
            [(one, one.communicate(timeout=120)) for one in started]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder, and what was said, of runs that end, of some that are stopped, and go on.

    A process takes seconds to start, so each does several.
    """
    folder = tmp_path_factory.mktemp("runs")
    (folder / "train.py").write_text(TRAIN)
    killed = [] if os.name == "nt" else train(folder, "killed:twins:3:kill", processes=2)
    one = train(folder, "twins:twins:0:", "words:words:0:", "stopped:twins:2:press",
                *["killed:twins:0:"] * bool(killed))
    two = train(folder, "twins:twins:0:", "words:words:0:", "stopped:twins:0:", processes=2)
    assert not any(code for code, *_ in one + two), one + two
    return folder, killed, one


def kept(folder, name, processes):
    """The losses by step, and the weights, of a run."""
    return (dict(json.loads((folder / f"{name}.{processes}.json").read_text())),
            safetensors.torch.load_file(folder / f"{name}.{processes}.safetensors"))


def same(first, second):
    losses, weights = zip(first, second)
    for step in losses[0].keys() & losses[1].keys():
        assert losses[0][step] == pytest.approx(losses[1][step], rel=1e-5)
    assert weights[0].keys() == weights[1].keys()
    for name, tensor in weights[0].items():
        assert torch.allclose(tensor.double(), weights[1][name].double(), atol=1e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["twins", "words"])
def test_two_processes_give_the_loss_and_the_weights_of_one(kind, runs):
    one, two = (kept(runs[0], kind, processes) for processes in (1, 2))
    assert list(one[0]) == list(two[0]) == [1, 2, 3, 4]
    assert len(set(one[0].values())) == 4
    same(one, two)


@pytest.mark.slow
def test_a_run_that_one_process_began_goes_on_with_two(runs):
    folder, _, ((_, said, _),) = runs
    assert "stopped: Stopped at step 2 of 4; the same command goes on from there.\n" in said
    two = kept(folder, "stopped", 2)
    assert list(two[0]) == [3, 4]
    same(kept(folder, "twins", 1), two)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_dies_ends_the_run_with_a_sentence_and_one_goes_on(runs):
    folder, ((code, _, said), (other, *_)), _ = runs
    assert (code, other) == (1, -9)
    assert [line for line in said.splitlines() if line.startswith("killed: A")] == [
        "killed: Another process of this run has ended: start all of them again, and they go on "
        "from the last checkpoint."]
    assert "Traceback" not in said
    one = kept(folder, "killed", 1)
    assert list(one[0]) == [3, 4]
    same(kept(folder, "twins", 1), one)


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
    for weight, other in zip(usual.parameters(), network.parameters(), strict=True):
        assert torch.allclose(weight.grad, other.grad, rtol=1e-5)
    for name, tensor in usual.state_dict().items():
        assert torch.allclose(tensor, network.state_dict()[f"0.{name}"], atol=1e-6), name
    assert torch.allclose(usual.eval()(batch), network.eval()(batch), atol=1e-6)
