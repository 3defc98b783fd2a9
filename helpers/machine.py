"""Will this machine do, and how long will each lesson take on it?"""

import shutil
import time

import psutil
import torch
from torch.nn import functional as F

from helpers import models, page

REFERENCE_RATE = 27.0
"""the `training_rate` of the machine, with two cores, that has executed the committed lessons"""


def training_rate(seconds: float = 3.0) -> float:
    """Training steps of a small U-Net that this machine does in a second, measured."""
    network = models.UNet(1, 2).to(memory_format=torch.channels_last)
    pictures, colours = torch.rand(64, 1, 32, 32), torch.rand(64, 2, 32, 32)
    steps, begin = 0, time.perf_counter()
    while (passed := time.perf_counter() - begin) < seconds:
        F.mse_loss(network(pictures), colours).backward()
        steps += 1
    return steps / passed


def lesson_minutes(rate: float) -> dict[str, float]:
    """Minutes that each lesson, by its title, will take at a measured `training_rate`."""
    return {page.title(path): page.minutes(path) * REFERENCE_RATE / rate
            for path in page.lessons().values()}


def shortcomings() -> list[str]:
    """What may be too small on this machine, a sentence each; empty where all is well."""
    sentences = []
    memory = psutil.virtual_memory().available / 1e9
    if memory < 2.5:
        sentences.append(f"Only {memory:.1f} GB of memory are free; a lesson needs up to 2.5 GB. "
                         "Close other programs or other notebooks.")
    disk = shutil.disk_usage(".").free / 1e9
    if disk < 0.5:
        sentences.append(f"Only {disk:.1f} GB are free on this disk; saving notebooks may fail.")
    return sentences
