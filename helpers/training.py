"""One training loop for the whole course."""

import contextlib
from collections.abc import Callable, Iterator

import torch
from accelerate import Accelerator
from accelerate.utils import send_to_device
from torch import nn
from tqdm.auto import tqdm


def one_cycle(network: nn.Module, learning_rate: float, steps: int):
    """The optimizer and the learning rate's schedule of the whole course.

    AdamW (Loshchilov and Hutter, 2019) with a one-cycle learning rate (Smith and Topin, 2018).

    Parameters
    ----------
    network: what is trained.
    learning_rate: the highest rate of the cycle.
    steps: the length of the cycle.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=0.01)
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, steps)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Use a single thread: batches of a few rows only lose time in waiting for one another."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def fit(network: nn.Module, batch: Callable[[], object], loss: Callable, steps: int,
        learning_rate: float = 3e-3, label: str = "training") -> list[float]:
    """Train a network in place for a fixed number of steps and return the loss of each step.

    Optimizer and learning rate are those of `one_cycle`. On a machine with an accelerator the steps
    run there; the network comes back to the CPU, in evaluation mode. Interrupting keeps the network
    trained so far.

    Parameters
    ----------
    network: what is trained.
    batch: called once a step, returns tensors (or a tuple or dictionary of tensors).
    loss: called as `loss(network, batch)`, returns a scalar tensor.
    steps: how many times the weights are changed.
    learning_rate: the highest rate of the cycle.
    label: what the progress bar says.

    Raises
    ------
    ArithmeticError
        The loss is not a finite number any more.
    """
    accelerator = Accelerator()
    network.train().to(memory_format=torch.channels_last)
    optimizer, schedule = one_cycle(network, learning_rate, steps)
    prepared, optimizer, schedule = accelerator.prepare(network, optimizer, schedule)
    history = []
    progress = tqdm(range(steps), desc=label, mininterval=0.5)
    try:
        for _ in progress:
            value = loss(prepared, send_to_device(batch(), accelerator.device))
            if not torch.isfinite(value):
                raise ArithmeticError(f"The loss became {value.item()} at step {len(history) + 1}: "
                                      "try a lower learning_rate.")
            accelerator.backward(value)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            history.append(value.item())
            progress.set_postfix(loss=f"{history[-1]:.3f}", refresh=False)
    except KeyboardInterrupt:
        print(f"Stopped after {len(history)} of {steps} steps. "
              "The network keeps what it has learned so far.")
    finally:
        progress.close()
        network.cpu().eval()
    return history
