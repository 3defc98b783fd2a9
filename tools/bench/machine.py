"""The machine's limit: which share of its matrix-multiply rate does each training reach?

Operations are counted by PyTorch's own counter, those of the views not at all: what a view takes
counts as lost time. The rate is the best of three sizes of matrices, in the same process.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psutil
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from helpers import data, models, training, views
from helpers.page import definitions
from tools.bench.contest import Contest
from tools.bench.ways import LESSON, clothes, photo_view


def median_time(act: Callable[[], object], seconds: float) -> float:
    """The seconds that a call takes: the median of all that fit into so many seconds."""
    act()
    passed, begin = [], time.perf_counter()
    while not passed or time.perf_counter() - begin < seconds:
        before = time.perf_counter()
        act()
        passed.append(time.perf_counter() - before)
    return sorted(passed)[len(passed) // 2]


def matrix_rate(seconds: float) -> float:
    """Operations in a second, a product and a sum each counted as one, for square matrices."""
    pairs = [torch.rand(2, size, size) for size in (512, 1024, 2048)]
    return max(2 * len(a) ** 3 / median_time(partial(torch.mm, a, b), seconds) for a, b in pairs)


@dataclass
class Training:
    """A lesson's training, taken apart."""

    network: nn.Module
    batch: Callable[[int], object]  # so many rows
    forward: Callable[[nn.Module, object], object]
    loss: Callable[[object, object], Tensor]  # of what comes out, and of the batch
    count: int  # rows a step
    data: Tensor


def twins(images: Tensor, view: Callable) -> Training:
    """Lesson 04's, with 256 pairs a step."""
    def batch(count: int):
        some = images[torch.randperm(len(images))[:count]]
        return view(some), view(some)
    return Training(LESSON.Twins(), batch, lambda network, pair: network(*pair),
                    lambda out, pair: LESSON.nt_xent(*out), 256, images)


def drawings() -> Training:
    """Twins on drawings."""
    return twins(data.drawings("train").images, LESSON.view)


def photographs() -> Training:
    """Twins on pictures as large as CIFAR-10's, with the photographs' views."""
    return twins(clothes()[0], photo_view)


def words() -> Training:
    """Masked words."""
    page = definitions("05")
    page.tokenizer = page.learn_pieces(data.load("glosses", "train")["text"][:])
    known = page.by_length(page.encode(data.load("glosses", "test")["text"][:]))
    return Training(page.MiniBert(), partial(page.masked, known),
                    lambda network, batch: network(batch[0], batch[1]),
                    lambda out, batch: F.cross_entropy(out, batch[2][batch[1]]), 64, known)


def holes() -> Training:
    """The U-Net that fills holes."""
    page = definitions("06")
    train = views.on_paper(data.drawings("train").images)
    return Training(models.UNet(4, 3), partial(page.with_holes, train),
                    lambda network, batch: network(page.hide(*batch)),
                    lambda out, batch: (out.sigmoid() - batch[0]).pow(2).mul(batch[1]).mean(), 64,
                    train)


def by_part(one: Training, count: int, optimizer, seconds: float) -> tuple[dict[str, float], int]:
    """Seconds of each part of a step, medians, and the most bytes of this process on the way."""
    names = ("views", "forward", "loss", "backward", "optimizer")
    rows, memory, process, begin = [], 0, psutil.Process(), time.perf_counter()
    while len(rows) < 4 or time.perf_counter() - begin < seconds:
        times = [time.perf_counter()]
        batch = one.batch(count)
        times.append(time.perf_counter())
        out = one.forward(one.network, batch)
        times.append(time.perf_counter())
        value = one.loss(out, batch)
        times.append(time.perf_counter())
        memory = max(memory, process.memory_info().rss)
        value.backward()
        times.append(time.perf_counter())
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter())
        rows.append([after - before for before, after in zip(times, times[1:])])
    medians = torch.tensor(rows[1:]).median(dim=0).values.tolist()
    return dict(zip(names, medians)), memory


def measure(make: Callable[[], Training], seconds: float) -> dict[str, float]:
    """One training: its parts, its share of the matrix rate, its memory, and how it grows."""
    seconds /= 10  # so many things are measured
    one, memory = make(), psutil.Process().memory_info().rss
    one.network.train().to(memory_format=torch.channels_last)
    optimizer, _ = training.one_cycle(one.network, 1e-3, 1000)
    parts, most = by_part(one, one.count, optimizer, seconds)
    step, batch = sum(parts.values()), one.batch(one.count)
    with FlopCounterMode(display=False) as counter:
        one.loss(one.forward(one.network, batch), batch).backward()
    possible = counter.get_total_flops() / matrix_rate(seconds / 3)  # seconds, at the matrix rate
    figures = {"share of the matrix rate": possible / step,
               "without the views": possible / (step - parts["views"])}
    figures |= {f"{name}, ms": 1000 * value for name, value in parts.items()}
    figures |= {"MB of data": one.data.nbytes / 1e6, "MB of training": (most - memory) / 1e6}

    def growth(count: int = one.count) -> float:
        grown, _ = by_part(one, count, optimizer, seconds)
        return sum(grown.values()) / step

    figures["twice the batch"] = growth(2 * one.count)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    figures["one thread"] = growth()
    torch.set_num_threads(threads)
    one.network.to(memory_format=torch.contiguous_format)
    return figures | {"not channels_last": growth()}


CONTESTS = {"machine": Contest(
    "The machine's limit", "Which share of the rate at which this machine multiplies matrices a "
    "training reaches, and where a step's milliseconds go. The last columns are ratios: a step "
    "with twice the batch, with one thread, and without channels_last, over the step as it is.",
    {name: partial(measure, make) for name, make in {
        "twins, drawings (04)": drawings, "twins, photographs (04)": photographs,
        "masked words (05)": words, "holes (06)": holes}.items()},
    seconds=10, quick=1)}
