"""Train for so many seconds, whosever network it is."""

import itertools
import time
from collections.abc import Callable

from torch import nn

from helpers import training

TICKS = 1000


class Paced:
    """A learning rate's schedule of `TICKS` steps that follows the clock in place of the steps."""

    def __init__(self, schedule, passed: Callable[[], float]):
        self.schedule, self.passed = schedule, passed

    def step(self) -> None:
        due = min(TICKS - 1, int(TICKS * self.passed()))
        for _ in range(due - self.schedule.last_epoch):
            self.schedule.step()


def train(network: nn.Module, optimizer, schedule, batch: Callable, loss: Callable,
          seconds: float) -> dict[str, float]:
    """Train a network by the course's own loop until the time is over.

    The clock starts when the first batch is there, so that no loader's start is counted.

    Args:
        network, batch, loss: as in `training.train`.
        optimizer, schedule: of the network's weights; the schedule has `TICKS` steps.
        seconds: of training.

    Returns:
        "steps", and "seconds" as they were in the end.
    """
    accelerator = training.accelerator()
    network, optimizer = accelerator.prepare(network.train(), optimizer)
    batch()
    began = time.perf_counter()

    def passed() -> float:
        return (time.perf_counter() - began) / seconds

    within = itertools.takewhile(lambda _: passed() < 1, itertools.count())
    losses = list(training.train(accelerator, network, optimizer, Paced(schedule, passed), batch,
                                 loss, within))
    network.eval()
    return {"steps": len(losses), "seconds": passed() * seconds}
