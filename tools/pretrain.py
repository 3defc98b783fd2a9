"""Make committed weights again: `python -m tools.pretrain NAME`.

`accelerate launch -m tools.pretrain NAME` does the same with the devices, the processes and the
precision that it is told.
"""

import argparse
import contextlib
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import send_to_device
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from helpers import data, photographs, training, weights
from helpers.data import DataError
from helpers.start import start
from helpers.weights import WeightsError

ROOT = Path(__file__).resolve().parent.parent / "build" / "pretrain"


@dataclass
class Recipe:
    """How weights come about, with the functions that stand in the lesson (`page.definitions`)."""

    network: nn.Module
    """what is trained, and committed as a whole"""
    batch: Callable[[], object]
    """called once a step, returns tensors (or a tuple or dictionary of tensors); draws its random
    numbers from torch, and keeps nothing from one call to the next"""
    loss: Callable
    """called as `loss(network, batch)`, returns a scalar tensor"""
    steps: int
    """how many times the weights are changed"""
    learning_rate: float
    """the highest rate of the cycle"""
    figures: Callable[[nn.Module], dict[str, float]]
    """called with the trained network on the CPU; what it reaches, by name"""
    data: list[str]
    """the files it learns from, such as "drawings/train.parquet" or "cifar10/train.parquet\""""


def pretrain(name: str, recipe: Recipe, folder: Path | None = None, every: int = 200) -> dict:
    """Train by a recipe, write the weights and their record to `data/weights/`, return the record.

    Optimizer and learning rate are those of `training.one_cycle`. A run that was stopped goes on
    from its checkpoint; on one process on the CPU it ends with the same weights, bit for bit, as a
    run that was not. Ctrl-C waits for the end of the step.

    Parameters
    ----------
    name: of the weights.
    recipe: made after the seed was set.
    folder: for the checkpoint, removed at the end; `build/pretrain/NAME` if None.
    every: steps from one checkpoint to the next.

    Raises
    ------
    ArithmeticError
        The loss is not a finite number any more.
    DataError
        A data file is missing or damaged.
    WeightsError
        The checkpoint is damaged or of another run, or the disk is full.
    KeyboardInterrupt
        Ctrl-C; its message says at which step.
    """
    accelerator = Accelerator()
    checkpoint = (folder or ROOT / name) / "checkpoint.safetensors"
    network = recipe.network.train().to(memory_format=torch.channels_last)
    optimizer, schedule = training.one_cycle(network, recipe.learning_rate, recipe.steps)
    run = {"seed": torch.initial_seed(), "steps": recipe.steps,
           "learning_rate": recipe.learning_rate, "precision": accelerator.mixed_precision,
           "processes": accelerator.num_processes,
           "data": {file: _origin(file) for file in recipe.data}}
    step, seconds = 0, 0.0
    if checkpoint.exists():
        step, seconds = _resume(checkpoint, run, network, optimizer)
        schedule = OneCycleLR(optimizer, recipe.learning_rate, recipe.steps, last_epoch=step - 1)
        accelerator.print(f"Going on from step {step:,} of {recipe.steps:,}.")
    if accelerator.process_index:  # each process draws batches of its own
        torch.manual_seed(torch.randint(2**31, ()).item() + accelerator.process_index)

    prepared, prepared_optimizer = accelerator.prepare(network, optimizer)
    began = time.monotonic() - seconds
    progress = tqdm(initial=step, total=recipe.steps, desc=name, mininterval=0.5,
                    disable=not accelerator.is_main_process)
    with progress, _interrupt_held() as interrupt:
        while step < recipe.steps:
            value = recipe.loss(prepared, send_to_device(recipe.batch(), accelerator.device))
            if not torch.isfinite(value):
                raise ArithmeticError(f"The loss became {value.item()} at step {step + 1}: "
                                      "try a lower learning_rate.")
            accelerator.backward(value)
            prepared_optimizer.step()
            schedule.step()
            prepared_optimizer.zero_grad()
            step += 1
            progress.update()
            progress.set_postfix(loss=f"{value.item():.3f}", refresh=False)
            due = step % every == 0 or step == recipe.steps or interrupt.is_set()
            if due and accelerator.is_main_process:
                _save(checkpoint, run, network, optimizer, step, time.monotonic() - began)
            if interrupt.is_set():
                raise KeyboardInterrupt(f"Stopped at step {step:,} of {recipe.steps:,}; "
                                        "the same command goes on from there.")
    seconds = round(time.monotonic() - began, 1)

    network = accelerator.unwrap_model(prepared, keep_fp32_wrapper=False).cpu().eval()
    figures = {figure: float(value) for figure, value in recipe.figures(network).items()}
    record = {"command": f"python -m tools.pretrain {name}", **run, "seconds": seconds,
              "figures": figures, "torch": torch.__version__}
    if accelerator.is_main_process:
        record = weights.save(name, network, record)
        checkpoint.unlink()
        checkpoint.parent.rmdir()
    accelerator.print(f"{name}: {recipe.steps:,} steps in {seconds:,.0f} s. " + "; ".join(
        f"{figure} {value:.3g}" for figure, value in figures.items()))
    accelerator.end_training()
    return record


def _origin(file: str) -> str:
    """The SHA-256 of a data file, or where on the hub it comes from."""
    path = Path(file)
    if path.parent.name == "cifar10":
        return photographs.origin(path.stem)
    return data.verify(data.ROOT / path)


@contextlib.contextmanager
def _interrupt_held():
    """Let Ctrl-C set the event that this yields, and only a second Ctrl-C interrupt."""
    interrupt = threading.Event()

    def hold(number, frame):
        interrupt.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield interrupt
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
    weights.write({checkpoint: weights.pack(tensors, {"progress": json.dumps(progress)})})


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
    if misfit := weights.first_misfit(network.state_dict(), _below("network", tensors)):
        raise WeightsError(f"{checkpoint} is of another network ({misfit}); "
                           "delete it to start anew.")
    network.load_state_dict(_below("network", tensors))
    state = {}
    for number, parameter in enumerate(network.parameters()):  # moments in the layout of weights
        state[number] = {key: torch.empty_like(parameter if tensor.dim() else tensor).copy_(tensor)
                         for key, tensor in _below(f"optimizer.{number}", tensors).items()}
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(random)
    return progress["step"], progress["seconds"]


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with a prefix and a dot, without the two."""
    return {key.removeprefix(f"{prefix}."): tensor for key, tensor in tensors.items()
            if key.startswith(f"{prefix}.")}


def main(arguments: list[str] | None = None) -> int:
    """Make the weights asked for; return 0 if they were written, else 1, or 130 after Ctrl-C."""
    from tools.recipes import RECIPES  # which imports this module

    parser = argparse.ArgumentParser(prog="tools.pretrain", description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help=", ".join(RECIPES))
    name = parser.parse_args(arguments).name
    if name not in RECIPES:
        print(f"There is no recipe {name!r}; the recipes are: {', '.join(RECIPES) or 'none'}.",
              file=sys.stderr)
        return 1
    try:
        start()
        pretrain(name, RECIPES[name]())
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Stopped; the same command goes on from the last checkpoint.",
              file=sys.stderr)
        return 130
    except (ValueError, ArithmeticError, DataError, WeightsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
