"""One training loop for the whole course."""

import io
import os
from collections.abc import Callable, Iterable, Iterator

import torch
from accelerate import Accelerator
from accelerate.utils import send_to_device
from IPython import get_ipython
from IPython.display import display
from torch import nn
from tqdm import tqdm


class Progress(tqdm):
    """A bar of text that ends as one line: how many steps, how long, and what was noted last."""

    def __init__(self, numbers: Iterable[int], label: str):
        notebook = hasattr(get_ipython(), "kernel")
        self.shown = display({"text/plain": label}, raw=True, display_id=True) if notebook else None
        super().__init__(numbers, desc=label, unit=" steps", mininterval=0.5,
                         file=io.StringIO() if self.shown else None)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        if self.shown:
            seconds, note = self.format_dict["elapsed"], (self.postfix or "").replace("=", " ")
            ended = f"{self.desc}: {self.n:,} steps, {seconds:.0f} s, {note}".removesuffix(", ")
            self.shown.update({"text/plain": ended if self.disable else str(self)}, raw=True,
                              metadata={"progress": self.n})
        else:
            super().display(msg, pos)


def accelerator() -> Accelerator:
    """What trains, on the device that COURSE_DEVICE names: "cpu", "cuda" or "mps" (a Mac's).

    Without the variable Accelerate chooses, but for a Mac, where it is the processor.

    Raises:
        ValueError: There is no such device here.
    """
    name, mac = os.environ.get("COURSE_DEVICE", ""), torch.backends.mps.is_available()
    if name and not {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mac}.get(name):
        raise ValueError(f"COURSE_DEVICE has to be cpu, cuda or mps, and a device of this machine; "
                         f"{name!r} is none.")
    # Only where it is told that there is nothing else does it join several processes on processors.
    return Accelerator(cpu=name == "cpu" or not name and (
        mac or not torch.accelerator.is_available()))


def one_cycle(network: nn.Module, learning_rate: float, steps: int):
    """The optimizer and the learning rate's schedule of the whole course.

    AdamW (Loshchilov and Hutter, 2019) with a one-cycle learning rate (Smith and Topin, 2018): it
    rises to `learning_rate` and falls again within `steps`.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, steps)


def train(accelerator: Accelerator, network: nn.Module, optimizer, schedule,
          batch: Callable[[], object], loss: Callable, steps: Iterable[int]) -> Iterator[float]:
    """Change the weights once for each number in `steps`, and yield the loss of each step.

    Args:
        accelerator: what `network` and `optimizer` were prepared by.
        network, optimizer, schedule: what is trained, and how.
        batch: called once a step, returns tensors (or a tuple or dictionary of tensors).
        loss: called as `loss(network, batch)`, returns a scalar tensor.
        steps: the numbers of the steps, from 0.

    Raises:
        ArithmeticError: The loss, or a weight after the last step, is not a finite number.
    """
    way_out = "try a lower learning_rate" + (
        f", or COURSE_DEVICE=cpu in place of {accelerator.device.type}"
        if accelerator.device.type != "cpu" else "")
    for number in steps:
        with accelerator.accumulate(network):
            value = loss(network, send_to_device(batch(), accelerator.device))
            if not torch.isfinite(value):
                raise ArithmeticError(
                    f"The loss became {value.item()} at step {number + 1}: {way_out}.")
            accelerator.backward(value)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        yield value.item()
    if not all(weight.isfinite().all() for weight in network.parameters()):
        raise ArithmeticError(f"The last step left weights that are no numbers: {way_out}.")


def fit(network: nn.Module, batch: Callable[[], object], loss: Callable, steps: int,
        learning_rate: float = 3e-3, label: str = "training") -> list[float]:
    """Train a network in place for a fixed number of steps and return the loss of each step.

    The steps run on the device of `accelerator`; the network comes back to the CPU, in evaluation
    mode. Interrupting keeps the network trained so far.

    Args:
        network: what is trained.
        batch, loss: as in `train`.
        steps: how many times the weights are changed.
        learning_rate: the highest rate of `one_cycle`.
        label: what the progress bar says.
    """
    device = accelerator()
    network.train().to(memory_format=torch.channels_last)
    prepared = device.prepare(network, *one_cycle(network, learning_rate, steps))
    history = []
    progress = Progress(range(steps), label)
    try:
        for value in train(device, *prepared, batch, loss, progress):
            history.append(value)
            progress.set_postfix(loss=f"{value:.3f}", refresh=False)
    except KeyboardInterrupt:
        print(f"Stopped after {len(history)} of {steps} steps. "
              "The network keeps what it has learned so far.")
    finally:
        progress.close()
        network.cpu().eval()
    return history
