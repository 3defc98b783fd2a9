"""Weights that several processes make together, and two starts that must not meet."""

import os
import subprocess
import sys

import lessons
import pytest
from filelock import FileLock
from toy import run, start_process, toy

from helpers import weights
from tools import pretrain, recipes

SUPPORT = lessons.ROOT / "tests" / "support"
MIRROR = lessons.ROOT.parent / "shared" / "data"
TWO = """
import copy, os, signal, sys
from dataclasses import replace
from pathlib import Path
import torch
from accelerate import Accelerator
torch.set_num_threads(1)
from tools import pretrain, recipes
from helpers import weights
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

    short = replace(recipe, steps=3, batch=batch, figures=lambda network: {})
    try:
        pretrain.pretrain(name, short)
    except KeyboardInterrupt as interrupt:
        print(f"{name}, process {rank}: {interrupt}", flush=True)
    torch.manual_seed(0)
    pretrain.pretrain(name, replace(short, network=fresh, batch=recipe.batch))
"""
ONE = """
import sys
from pathlib import Path
from helpers import weights
from tools import pretrain, recipes
from toy import toy
weights.FOLDER = pretrain.CHECKPOINTS = Path(sys.argv[1])
recipes.RECIPES["toy"] = toy
sys.exit(pretrain.main(["toy"]))
"""
KILLED = """
import os, signal, sys
from pathlib import Path
from helpers import weights
from tools import pretrain
from toy import at_step, toy
weights.FOLDER, pretrain.CHECKPOINTS = Path(sys.argv[1], "weights"), Path(sys.argv[1], "pretrain")
for step in (4, 3):
    if not os.fork():
        kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
        pretrain.pretrain("toy", toy(at_step(step, kill)), every=1)
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


@pytest.fixture
def course(monkeypatch):
    """Let the processes that are started import from the course and from tests/support."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (lessons.ROOT, SUPPORT))))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of weights of each recipe, trained by two processes, and what these said.

    They train for three steps; one of them is interrupted at its second.
    """
    folder = tmp_path_factory.mktemp("trained")
    (folder / "two.py").write_text(TWO)
    names = [name for name in recipes.RECIPES if "photo" not in name or MIRROR.is_dir()]
    done = start_process(
        ["torch.distributed.run", "--nproc_per_node", "2", folder / "two.py", folder, *names],
        PYTHONPATH=str(lessons.ROOT), OMP_NUM_THREADS="1", SSL_COURSE_DATA=str(MIRROR))
    return folder, done.stdout, done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_recipe_trains_in_two_processes_stops_and_goes_on(name, trained, request, monkeypatch):
    if "photo" in name:
        request.getfixturevalue("mirror")
    folder, said, errors = trained
    lines = said.splitlines()
    stopped = [f"{name}, process {process}: Stopped at step 2 of 3; the same command goes on from "
               "there." for process in range(2)]
    assert set(stopped) <= set(lines), errors
    begin = min(map(lines.index, stopped))
    assert sorted(lines[begin:begin + 2]) == stopped
    assert lines[begin + 2] == "Going on from step 2 of 3."
    assert lines[begin + 3].startswith(f"{name}: 3 steps in ")
    monkeypatch.setattr(weights, "FOLDER", folder)
    assert weights.record(name)["processes"] == 2


@pytest.mark.slow
def test_accelerate_launches_it_in_another_precision(course, tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text(ONE)
    done = start_process(["accelerate.commands.launch", "--cpu", "--num_processes", "1",
                          "--mixed_precision", "bf16", tmp_path / "one.py", tmp_path])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("toy: 12 steps in ")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    assert weights.load("toy", toy().network)["precision"] == "bf16"


@pytest.mark.slow
def test_a_request_for_processes_that_is_not_met_ends_in_a_sentence(course, tmp_path):
    (tmp_path / "one.py").write_text(ONE)
    done = start_process(["accelerate.commands.launch", "--cpu", "--num_processes", "2",
                          tmp_path / "one.py", tmp_path])
    told = [line for line in done.stderr.splitlines() if line.startswith("accelerate launch was")]
    assert done.returncode and len(told) == 1
    assert "--nproc_per_node 2 -m tools.pretrain toy" in told[0]


def test_two_do_not_make_the_same_weights(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path)
    monkeypatch.setitem(recipes.RECIPES, "toy", lambda: pytest.fail("it was begun"))
    with FileLock(tmp_path / "toy.lock"):
        assert pretrain.main(["toy"]) == 1
    assert capsys.readouterr().err == (
        "Another process is making toy: wait until it has ended.\n")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_run_that_was_killed_twice_ends_with_the_same_bits(course, checkpoint, tmp_path, capsys):
    _, whole = run(toy(), every=1)
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=lessons.ROOT, text=True,
                          capture_output=True, timeout=300)
    assert done.stdout == "-9\nGoing on from step 3 of 12.\n-9\n", done.stderr
    capsys.readouterr()
    assert run(toy())[1] == whole
    assert capsys.readouterr().out.startswith("Going on from step 5 of 12.\n")
    assert not list(tmp_path.rglob("*.part"))
