"""Weights that several processes make together, and two starts that must not meet."""

import os
import subprocess
import sys

import lessons
import pytest
from filelock import FileLock
from toy import start_process

from helpers import weights
from tools import pretrain, recipes

TWO = """
import copy, os, signal, sys
from dataclasses import replace
from pathlib import Path
import torch
from accelerate import Accelerator
torch.set_num_threads(1)
from helpers import data, weights
from tools import pretrain, recipes
weights.FOLDER = pretrain.CHECKPOINTS = Path(sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)
rank = int(os.environ["RANK"])
Accelerator.end_training = lambda self: None  # the next recipe uses what connects the processes

for name in sys.argv[2:]:
    torch.manual_seed(0)
    recipe = recipes.RECIPES[name]()
    fresh, presses = copy.deepcopy(recipe.network), []

    def batch(recipe=recipe, presses=presses):
        presses.append(None)
        if len(presses) == 2 and rank == 1:
            signal.raise_signal(signal.SIGINT)
        return recipe.batch()

    short = replace(recipe, steps=4, batch=batch, figures=lambda network: {})
    try:
        pretrain.pretrain(name, short)
    except KeyboardInterrupt as interrupt:
        print(f"{name}, process {rank}: {interrupt}", flush=True)
    torch.manual_seed(0)
    pretrain.pretrain(name, replace(short, network=fresh, batch=recipe.batch))
"""


def train(names, tmp_path, monkeypatch):
    """Train recipes for four steps in two processes, of which one is interrupted at its second."""
    (tmp_path / "two.py").write_text(TWO)
    done = start_process(
        ["torch.distributed.run", "--nproc_per_node", "2", tmp_path / "two.py", tmp_path, *names],
        PYTHONPATH=str(lessons.ROOT), OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr[-3000:]
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    for name in names:
        for process in range(2):
            assert f"{name}, process {process}: Stopped at step 2 of 4; " in done.stdout
        assert f"{name}: 4 steps in " in done.stdout
        assert weights.record(name)["processes"] == 2
    assert done.stdout.count("Going on from step 2 of 4.") == len(names)


def test_each_recipe_trains_in_two_processes_stops_and_goes_on(tmp_path, monkeypatch):
    train([name for name in recipes.RECIPES if not name.startswith("photo")], tmp_path, monkeypatch)


def test_the_photographs_train_in_two_processes_as_well(mirror, tmp_path, monkeypatch):
    train([name for name in recipes.RECIPES if name.startswith("photo")], tmp_path, monkeypatch)


def test_a_request_for_processes_that_is_not_met_ends_in_a_sentence():
    done = start_process(["accelerate.commands.launch", "--cpu", "--num_processes", "2",
                          "-m", "tools.pretrain", "holes"])
    told = [line for line in done.stderr.splitlines() if line.startswith("accelerate launch was")]
    assert done.returncode and len(told) == 1
    assert "--nproc_per_node 2 -m tools.pretrain holes" in told[0]


def test_two_do_not_make_the_same_weights(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path)
    monkeypatch.setitem(recipes.RECIPES, "toy", lambda: pytest.fail("it was begun"))
    with FileLock(tmp_path / "toy.lock"):
        assert pretrain.main(["toy"]) == 1
    assert capsys.readouterr().err == (
        "Another process is making toy: wait until it has ended.\n")


KILLED = """
import os, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from helpers import weights
from tools import pretrain
from toy import at_step, toy
weights.FOLDER = pretrain.CHECKPOINTS = Path(sys.argv[2])
recipe = toy(batch=at_step(int(sys.argv[3]), lambda: os.kill(os.getpid(), 9)))
pretrain.pretrain("toy", recipe, every=1)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_that_was_killed_twice_ends_with_the_same_bits(tmp_path):
    def run(folder, step):
        return subprocess.run(
            [sys.executable, "-c", KILLED, lessons.ROOT / "tests" / "support",
             tmp_path / folder, str(step)],
            cwd=lessons.ROOT, capture_output=True, timeout=300).returncode

    assert [run("killed", step) for step in (4, 3, 99)] == [-9, -9, 0]
    assert run("whole", 99) == 0
    once, whole = ((tmp_path / folder / "toy.safetensors").read_bytes()
                   for folder in ("killed", "whole"))
    assert once == whole and not list(tmp_path.rglob("*.part"))
