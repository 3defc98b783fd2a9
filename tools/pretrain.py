"""Make committed weights again: `python -m tools.pretrain NAME`.

`accelerate launch -m tools.pretrain NAME` does the same with the devices, the processes and the
precision that it is told.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import safetensors.torch
import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from helpers import data, training, weights
from helpers.data import DataError
from helpers.start import start
from helpers.weights import WeightsError
from tools import ROOT
from tools.recipes import RECIPES, Recipe
from tools.storage import must_hold_files, write

CHECKPOINTS = ROOT / "build" / "pretrain"


class Energy(nn.Module):
    """A network and its loss as one module, the loss as its output.

    What spreads a module over several processes hides its attributes, which a loss may need.
    """

    def __init__(self, network: nn.Module, loss: Callable):
        super().__init__()
        self.network, self.loss = network, loss

    def forward(self, batch):
        return self.loss(self.network, batch)


def pretrain(name: str, recipe: Recipe, every: int = 200) -> dict:
    """Train by a recipe, write the weights and their record to `data/weights/`, return the record.

    Optimizer and learning rate are those of `training.one_cycle`. A run that was stopped goes on
    from its checkpoint; on one process on the CPU it ends with the same weights, bit for bit, as a
    run that was not. Ctrl-C waits for the end of the step.

    Args:
        name: of the weights, and of the checkpoint's folder, which is removed at the end.
        recipe: made after the seed was set.
        every: steps from one checkpoint to the next.

    Raises:
        WeightsError: The checkpoint is damaged or of another run.
        OSError: The disk is full.
        ValueError: Several processes were asked for, and there is one.
        KeyboardInterrupt: Ctrl-C; its message says at which step.
    """
    accelerator = training.accelerator()
    if "MASTER_ADDR" in os.environ and "WORLD_SIZE" not in os.environ:
        raise ValueError("accelerate launch was asked for several processes and has started one; "
                         "on processors these start two: python -m torch.distributed.run "
                         f"--nproc_per_node 2 -m tools.pretrain {name}")
    checkpoint = CHECKPOINTS / name / "checkpoint.safetensors"
    network = recipe.network.train().to(memory_format=torch.channels_last)
    optimizer, schedule = training.one_cycle(network, recipe.learning_rate, recipe.steps)
    run = {"seed": torch.initial_seed(), "steps": recipe.steps,
           "learning_rate": recipe.learning_rate, "precision": accelerator.mixed_precision,
           "processes": accelerator.num_processes,
           "data": {file: _origin(file) for file in recipe.data}}
    step, seconds = 0, 0.0
    accelerator.wait_for_everyone()  # all find the same checkpoint, or none
    if checkpoint.exists():
        step, seconds = _resume(checkpoint, run, network, optimizer)
        schedule = OneCycleLR(optimizer, recipe.learning_rate, recipe.steps, last_epoch=step - 1)
        accelerator.print(f"Going on from step {step:,} of {recipe.steps:,}.")
    if accelerator.process_index:  # each process draws batches of its own
        torch.manual_seed(torch.randint(2**31, ()).item() + accelerator.process_index)

    prepared = accelerator.prepare(Energy(network, recipe.loss), optimizer)
    began = time.monotonic() - seconds
    progress = tqdm(range(step, recipe.steps), initial=step, total=recipe.steps, desc=name,
                    mininterval=0.5, disable=not accelerator.is_main_process)
    losses = training.train(accelerator, *prepared, schedule, recipe.batch,
                            lambda energy, batch: energy(batch), progress)
    with progress, _interrupt_held() as pressed:
        for value in losses:
            step += 1
            # In whichever process it was pressed, all stop at the same step.
            mine = torch.tensor(len(pressed), device=accelerator.device)
            stop = accelerator.reduce(mine, "sum") > 0
            progress.set_postfix(loss=f"{value:.3f}", refresh=False)
            due = step % every == 0 or step == recipe.steps or stop
            if due and accelerator.is_main_process:
                _save(checkpoint, run, network, optimizer, step, time.monotonic() - began)
            if stop:
                raise KeyboardInterrupt(f"Stopped at step {step:,} of {recipe.steps:,}; "
                                        "the same command goes on from there.")
    seconds = round(time.monotonic() - began, 1)

    network.cpu().eval()
    figures = {figure: float(value) for figure, value in recipe.figures(network).items()}
    record = {"command": f"python -m tools.pretrain {name}", **run, "seconds": seconds,
              "figures": figures, "torch": torch.__version__}
    if accelerator.is_main_process:
        record = publish(name, network, record)
        checkpoint.unlink()
        checkpoint.parent.rmdir()
    accelerator.print(f"{name}: {recipe.steps:,} steps in {seconds:,.0f} s. " + "; ".join(
        f"{figure} {value:.3g}" for figure, value in figures.items()))
    accelerator.end_training()
    return record


def publish(name: str, network: nn.Module, record: dict) -> dict:
    """Write a network's state and its record, both or none; return the record with its "sha256"."""
    content = pack(network.state_dict())
    record = {**record, "sha256": data.sha256(content)}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write({weights.FOLDER / f"{name}.safetensors": content,
           weights.FOLDER / f"{name}.json": text.encode()})
    return record


def pack(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; tensors that share their memory are stored apart."""
    return safetensors.torch.save({name: tensor.detach().cpu().clone(
        memory_format=torch.contiguous_format) for name, tensor in tensors.items()}, metadata)


def _origin(file: str) -> str:
    """The SHA-256 of a data file, or where on the hub it comes from."""
    if not file.startswith("cifar10/"):
        return data.verify(data.FOLDER / file)
    folder = os.environ.get("SSL_COURSE_DATA")
    try:
        return (data.sha256(Path(folder, file).read_bytes()) if folder
                else f"{data.CIFAR10}@{data.REVISION}")
    except OSError:
        raise DataError(f"{Path(folder, file)} is missing; {data.WAY_OUT}.") from None


@contextlib.contextmanager
def _alone(name: str):
    """Raise ValueError, with a sentence, where another start of this command makes `name`."""
    lock = FileLock(CHECKPOINTS / f"{name}.lock", blocking=False)
    try:
        with lock if os.environ.get("RANK", "0") == "0" else contextlib.nullcontext():
            yield
    except Timeout:
        raise ValueError(f"Another process is making {name}: wait until it has ended.") from None


@contextlib.contextmanager
def _interrupt_held():
    """Put Ctrl-C into the list that this yields, and let only a second Ctrl-C interrupt.

    Where there are several processes, what has started them passes each Ctrl-C on once more.
    """
    pressed = []

    def hold(*press):
        pressed.append(press)
        if "WORLD_SIZE" not in os.environ:
            signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _save(checkpoint: Path, run: dict, network: nn.Module, optimizer: torch.optim.Optimizer,
          step: int, seconds: float) -> None:
    """Write all that a run needs to go on, in one file."""
    tensors = {"random": torch.get_rng_state()}
    tensors |= {f"network.{key}": tensor for key, tensor in network.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{key}": tensor for key, tensor in state.items()}
    progress = {"run": run, "step": step, "seconds": seconds}
    write({checkpoint: pack(tensors, {"progress": json.dumps(progress)})})


def _resume(checkpoint: Path, run: dict, network: nn.Module,
            optimizer: torch.optim.Optimizer) -> tuple[int, float]:
    """Take network, optimizer and random numbers back to a checkpoint; return step and seconds."""
    try:
        with safe_open(checkpoint, "pt") as file:
            progress = json.loads(file.metadata()["progress"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        random, before = tensors["random"], progress["run"]
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        raise WeightsError(f"{checkpoint} is damaged; delete it to start anew.") from None
    for key, value in run.items():
        if before.get(key) != value:
            raise WeightsError(f"{checkpoint} is of a run with {key} {before.get(key)}, not "
                               f"{value}; delete it to start anew.")
    if reason := weights.misfit(network.state_dict(), _below("network", tensors)):
        raise WeightsError(f"{checkpoint} does not fit this network: {reason}; "
                           "delete it to start anew.")
    network.load_state_dict(_below("network", tensors))
    state = {number: _below(f"optimizer.{number}", tensors)
             for number in range(len(list(network.parameters())))}
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(random)
    return progress["step"], progress["seconds"]


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with a prefix and a dot, without the two."""
    return {key.removeprefix(f"{prefix}."): tensor for key, tensor in tensors.items()
            if key.startswith(f"{prefix}.")}


def main(arguments: list[str] | None = None) -> int:
    """Make the weights asked for; return 0 if they were written, else 1, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="tools.pretrain", description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help=", ".join(RECIPES))
    name = parser.parse_args(arguments).name
    try:
        if name not in RECIPES:
            raise ValueError(f"There is no recipe {name!r}; the recipes are: {', '.join(RECIPES)}.")
        start()
        for folder in (CHECKPOINTS, weights.FOLDER):
            must_hold_files(folder)
        with _alone(name):
            pretrain(name, RECIPES[name]())
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Stopped; the same command goes on from the last checkpoint.",
              file=sys.stderr)
        return 130
    except (ValueError, ArithmeticError, DataError, WeightsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
