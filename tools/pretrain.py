"""Make committed weights again: `python -m tools.pretrain NAME`.

`accelerate launch -m tools.pretrain NAME` does the same with the devices, the processes and the
precision that it is told.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import torch
from torch import nn

from helpers import data, weights
from helpers.data import DataError
from helpers.start import start
from tools import ROOT
from tools.learn import trainer
from tools.recipes import RECIPES, Recipe
from tools.storage import must_hold_files, write

CHECKPOINTS = ROOT / "build" / "pretrain"


def pretrain(name: str, recipe: Recipe, every: int = 200) -> dict:
    """Train by a recipe, write the weights and their record to `data/weights/`, return the record.

    How it trains, stops and goes on is said at `trainer.train`.

    Args:
        name: of the weights, and of the checkpoint's folder, which is removed at the end.
        recipe: made after the seed was set.
        every: steps from one checkpoint to the next.

    Raises:
        WeightsError, OSError, ValueError, KeyboardInterrupt: as `trainer.train`.
    """
    accelerator = trainer.accelerator(f"tools.pretrain {name}")
    checkpoint = CHECKPOINTS / name / "checkpoint.safetensors"
    network = recipe.network
    run = {"seed": torch.initial_seed(), "steps": recipe.steps,
           "learning_rate": recipe.learning_rate, "precision": accelerator.mixed_precision,
           "data": {file: _origin(file) for file in recipe.data}}
    seconds = trainer.train(accelerator, recipe, run, checkpoint, name, every)
    network = recipe.kept(network)
    figures = {figure: float(value) for figure, value in recipe.figures(network).items()}
    record = {"command": f"python -m tools.pretrain {name}", **run,
              "processes": accelerator.num_processes, "seconds": seconds, "figures": figures,
              "torch": torch.__version__}
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
    content = trainer.pack(network.state_dict())
    record = {**record, "sha256": data.sha256(content)}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write({weights.FOLDER / f"{name}.safetensors": content,
           weights.FOLDER / f"{name}.json": text.encode()})
    return record


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


def main(arguments: list[str] | None = None) -> int:
    """Make the weights asked for; return 0 if they were written, else 1, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="tools.pretrain", description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help=", ".join(RECIPES))
    name = parser.parse_args(arguments).name

    def work() -> None:
        if name not in RECIPES:
            raise ValueError(f"There is no recipe {name!r}; the recipes are: {', '.join(RECIPES)}.")
        start()
        for folder in (CHECKPOINTS, weights.FOLDER):
            must_hold_files(folder)
        with trainer.alone(CHECKPOINTS / f"{name}.lock", name), trainer.others_heard():
            pretrain(name, RECIPES[name]())

    return trainer.ended(work)


if __name__ == "__main__":
    sys.exit(main())
