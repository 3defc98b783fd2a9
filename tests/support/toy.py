"""A recipe that trains in a moment, and processes that train it."""

import os
import signal
import subprocess
import sys

import lessons
import torch
from torch import nn

from tools import pretrain, recipes
from tools.learn import trainer

STEPS = 12


def squared_error(network, batch):
    return (network(batch) - batch.mean((2, 3))).pow(2).mean()


def toy(batch=lambda: torch.rand(4, 3, 8, 8), width=5, loss=squared_error, learning_rate=0.1,
        files=("photos/photos.parquet",)):
    """A recipe in which all that a checkpoint has to keep matters: random numbers too."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width), nn.Dropout(0.2),
                            nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 3))
    return recipes.Recipe(network, batch, loss, STEPS, learning_rate, figures, list(files))


def figures(network):
    assert not network.training
    return {"mean": network(torch.rand(4, 3, 8, 8)).mean().detach()}


def at_step(number, act):
    """A batch function that acts when the batch of one step is asked for."""
    asked = []

    def batch():
        asked.append(None)
        pictures = torch.rand(4, 3, 8, 8)
        if len(asked) == number:
            act()
        return pictures
    return batch


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def interrupt():
    raise KeyboardInterrupt


def run(recipe, every=200):
    """Train by a recipe; returns the record, and the weights as a file's content."""
    record = pretrain.pretrain("toy", recipe, every=every)
    return record, trainer.pack(recipe.network.state_dict())


def start_process(command, **environment):
    return subprocess.run([sys.executable, "-m", *command], cwd=lessons.ROOT, text=True,
                          capture_output=True, env=os.environ | environment)
