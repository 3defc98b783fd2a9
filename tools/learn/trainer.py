"""A training that can be stopped and goes on, on any number of processes."""

import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import safetensors.torch
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR
from tqdm.auto import tqdm

from helpers import training, weights
from helpers.data import DataError
from helpers.weights import WeightsError
from tools.learn import together
from tools.recipes import Recipe
from tools.storage import write


class Energy(nn.Module):
    """A network and its loss as one module, the loss as its output.

    What spreads a module over several processes hides its attributes, which a loss may need.
    """

    def __init__(self, recipe: Recipe):
        super().__init__()
        self.network, self.loss, self.count = recipe.network, recipe.loss, recipe.count

    def forward(self, batch):
        return self.loss(self.network, batch) * together.weight(self.count(batch))


def accelerator(command: str) -> Accelerator:
    """What trains, as in the lessons, in the processes that were started.

    Args:
        command: the module and its arguments, for the sentence.

    Raises:
        ValueError: Several processes were asked for, and there is one.
    """
    made = training.accelerator()
    if "MASTER_ADDR" in os.environ and "WORLD_SIZE" not in os.environ:
        raise ValueError("accelerate launch was asked for several processes and has started one; "
                         "on processors these start two: python -m torch.distributed.run "
                         f"--nproc_per_node 2 -m {command}")
    return made


def train(accelerator: Accelerator, recipe: Recipe, run: dict, checkpoint: Path, label: str,
          every: int = 200, apart: bool = False) -> float:
    """Train the network of a recipe to its last step; return the seconds of all its parts.

    Optimizer and learning rate are those of `training.one_cycle`. A run that was stopped goes on
    from its checkpoint, on any number of processes; on one process on the CPU it ends with the same
    weights, bit for bit, as a run that was not. Ctrl-C waits for the end of the step.

    Several processes lower the same loss as one: each has its share of the batch's rows, and batch
    normalisation and means are those of the whole batch. All draw the same numbers, dropout too.

    Args:
        accelerator: which may have trackers; they hear of each step.
        recipe: made after the seed was set.
        run: what a checkpoint has to be of; it is kept in it.
        checkpoint: its file, which stays.
        label: what the progress bar says.
        every: steps from one checkpoint to the next.
        apart: whether the recipe's batches are shares already, drawn by each process by itself.

    Raises:
        WeightsError: The checkpoint is damaged or of another run.
        OSError: The disk is full, or another process has ended.
        ValueError: The batch can't be shared evenly.
        KeyboardInterrupt: Ctrl-C; its message says at which step.
    """
    network = recipe.network.train().to(memory_format=torch.channels_last)
    if accelerator.num_processes > 1:
        together.synchronise(network)
        accelerator.ddp_handler = DistributedDataParallelKwargs(broadcast_buffers=False)
    optimizer, schedule = training.one_cycle(network, recipe.learning_rate, recipe.steps)
    step, seconds = 0, 0.0
    accelerator.wait_for_everyone()  # all find the same checkpoint, or none
    if checkpoint.exists():
        step, seconds = _resume(checkpoint, run, network, optimizer)
        schedule = OneCycleLR(optimizer, recipe.learning_rate, recipe.steps, last_epoch=step - 1)
        accelerator.print(f"Going on from step {step:,} of {recipe.steps:,}.")
    if apart and accelerator.process_index:
        torch.manual_seed(torch.randint(2**31, ()).item() + accelerator.process_index)

    prepared = accelerator.prepare(Energy(recipe), optimizer)
    began = time.monotonic() - seconds
    progress = tqdm(range(step, recipe.steps), initial=step, total=recipe.steps, desc=label,
                    mininterval=0.5, disable=not accelerator.is_main_process)
    losses = training.train(
        accelerator, *prepared, schedule,
        recipe.batch if apart else lambda: together.share(recipe.batch()),
        lambda energy, batch: energy(batch), progress)
    with progress, _interrupt_held() as pressed:
        for value in losses:
            step += 1
            # In whichever process it was pressed, all stop at the same step.
            mine = torch.tensor([len(pressed), value], device=accelerator.device)
            stop, value = accelerator.reduce(mine, "mean").tolist()
            progress.set_postfix(loss=f"{value:.3f}", refresh=False)
            accelerator.log({"loss": value, "learning_rate": schedule.get_last_lr()[0]}, step)
            due = step % every == 0 or step == recipe.steps or stop
            if due and accelerator.is_main_process:
                _save(checkpoint, run, network, optimizer, step, time.monotonic() - began)
            if stop:
                raise KeyboardInterrupt(f"Stopped at step {step:,} of {recipe.steps:,}; "
                                        "the same command goes on from there.")
    network.cpu().eval()
    return round(time.monotonic() - began, 1)


def ended(work: Callable[[], None]) -> int:
    """Do the work of a command; return 0, else 1, or 130 after Ctrl-C, with a sentence."""
    try:
        work()
    except KeyboardInterrupt as interrupt:
        print(str(interrupt) or "Stopped; the same command goes on from the last checkpoint.",
              file=sys.stderr)
        return 130
    except (ValueError, ArithmeticError, DataError, WeightsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def others_heard():
    """Turn what the network of processes complains of, when one has ended, into a sentence."""
    try:
        yield
    except RuntimeError as error:
        if not re.search("gloo|nccl|socket|connection|peer", str(error), re.IGNORECASE):
            raise
        raise OSError("Another process of this run has ended: start all of them again, and they go "
                      "on from the last checkpoint.") from None


def pack(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; tensors that share their memory are stored apart."""
    return safetensors.torch.save({name: tensor.detach().cpu().clone(
        memory_format=torch.contiguous_format) for name, tensor in tensors.items()}, metadata)


@contextlib.contextmanager
def alone(lock: Path, name: str):
    """Raise ValueError, with a sentence, where another start of this command makes `name`."""
    file = FileLock(lock, blocking=False)
    try:
        with file if os.environ.get("RANK", "0") == "0" else contextlib.nullcontext():
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


def state_of(checkpoint: Path) -> dict:
    """What a checkpoint says of itself: {"run": ..., "step": ..., "seconds": ...}.

    Raises:
        WeightsError: It is damaged.
    """
    return _read(checkpoint)[0]


def _read(checkpoint: Path) -> tuple[dict, dict[str, Tensor]]:
    try:
        with safe_open(checkpoint, "pt") as file:
            told = json.loads(file.metadata()["progress"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}
        told["run"], tensors["random"]  # noqa: B018 (they have to be there)
        return told, tensors
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        raise WeightsError(f"{checkpoint} is damaged; delete it to start anew.") from None


def _resume(checkpoint: Path, run: dict, network: nn.Module,
            optimizer: torch.optim.Optimizer) -> tuple[int, float]:
    """Take network, optimizer and random numbers back to a checkpoint; return step and seconds."""
    told, tensors = _read(checkpoint)
    for key, value in run.items():
        if told["run"].get(key) != value:
            raise WeightsError(f"{checkpoint} is of a run with {key} {told['run'].get(key)}, not "
                               f"{value}; delete it to start anew.")
    if reason := weights.misfit(network.state_dict(), _below("network", tensors)):
        raise WeightsError(f"{checkpoint} does not fit this network: {reason}; "
                           "delete it to start anew.")
    network.load_state_dict(_below("network", tensors))
    state = {number: _below(f"optimizer.{number}", tensors)
             for number in range(len(list(network.parameters())))}
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(tensors["random"])
    return told["step"], told["seconds"]


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with a prefix and a dot, without the two."""
    return {key.removeprefix(f"{prefix}."): tensor for key, tensor in tensors.items()
            if key.startswith(f"{prefix}.")}
