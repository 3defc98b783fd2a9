"""Committed weights: `data/weights/NAME.safetensors`; `NAME.json` says how they came about.

The weights are read as safetensors only, which holds numbers and never code.
"""

import contextlib
import json
from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor, nn

from helpers import data

FOLDER = data.FOLDER / "weights"


class WeightsError(Exception):
    """Weights can't be read, or don't fit; the message names the file and the way out."""


def load(name: str, network: nn.Module) -> dict:
    """Load weights into a network, set it to evaluation mode, and return their record.

    Raises:
        WeightsError: A file is missing or damaged, or the weights are another network's. The
            network is then as it was before.
    """
    origin = record(name)
    path = FOLDER / f"{name}.safetensors"
    content = _read(path)
    if data.sha256(content) != origin["sha256"]:
        raise _damaged(path, "its SHA-256 is not the recorded one")
    try:
        tensors = safetensors.torch.load(content)
    except SafetensorError:
        raise _damaged(path, "it does not hold safetensors") from None
    if reason := misfit(network.state_dict(), tensors):
        raise WeightsError(f"data/weights/{path.name} does not fit this network: {reason}.")
    network.load_state_dict(tensors)
    network.eval()
    return origin


def record(name: str) -> dict:
    """How weights came about: command, seed, data, figures reached and more.

    Raises:
        WeightsError: The file is missing or damaged.
    """
    path = FOLDER / f"{name}.json"
    with contextlib.suppress(ValueError):
        content = json.loads(_read(path))
        if isinstance(content, dict) and "sha256" in content:
            return content
    raise _damaged(path, "it is no record of weights")


def misfit(expected: dict[str, Tensor], found: dict[str, Tensor]) -> str | None:
    """Why tensors found in a file can't be those of a network's `state_dict`; None if they can.

    `load_state_dict` by itself would turn other dtypes silently into the network's.
    """
    for name in [*expected, *sorted(found)]:
        forms = [f"{str(tensors[name].dtype).removeprefix('torch.')} {tuple(tensors[name].shape)}"
                 if name in tensors else "absent" for tensors in (expected, found)]
        if forms[0] != forms[1]:
            return f"{name} should be {forms[0]} and is {forms[1]}"
        if not found[name].isfinite().all():
            return f"{name} holds numbers that are not finite"
    return None


def _read(path: Path) -> bytes:
    try:
        return data.read(path, f"weights/{path.name}")
    except data.DataError as error:
        raise WeightsError(str(error)) from None


def _damaged(path: Path, reason: str) -> WeightsError:
    return WeightsError(data.complaint(f"weights/{path.name}", f"is damaged: {reason}."))
