"""Will this machine do, and how long will each lesson take on it?"""

import contextlib
import ctypes
import shutil
import time

import psutil
import torch
from torch.nn import functional as F

from helpers import models

# Seconds from the first cell to the last on the reference machine (two cores), which does
# REFERENCE_RATE steps of `training_rate` in a second.
REFERENCE_RATE = 38.0
LESSON_SECONDS = {
    "00 Start here": 60,
    "01 Supervised vs unsupervised": 190,
    "02 Autoencoders": 240,
    "03 Energy and pretext tasks": 145,
    "04 Siamese contrastive vision": 290,
    "05 Masked words": 275,
    "06 Colorization and inpainting": 290,
    "07 Self-supervision or reinforcement?": 240,
}


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
    """Minutes that each lesson will take at a measured `training_rate`."""
    return {lesson: seconds * REFERENCE_RATE / rate / 60
            for lesson, seconds in LESSON_SECONDS.items()}


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


def give_memory_back() -> None:
    """Hand freed memory back to the system, where the C library is glibc.

    Batches of ever new sizes leave gaps that glibc keeps: gigabytes after a thousand steps.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
