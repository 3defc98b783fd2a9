"""Committed weights: `data/weights/NAME.safetensors`; `NAME.json` says how they came about.

The weights are read as safetensors only, which holds numbers and never code.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from helpers import data

ROOT = data.ROOT / "weights"


class WeightsError(Exception):
    """A file of weights can't be read or written; the message names it and the way out."""


def save(name: str, network: nn.Module, record: dict) -> dict:
    """Write a network's weights and their record; both are written, or none is changed.

    Parameters
    ----------
    name: the stem of both files.
    network: its whole state is written, buffers too.
    record: how the weights came about, of what JSON can hold.

    Returns
    -------
    The record as written, with the "sha256" of the weights.

    Raises
    ------
    WeightsError
        The disk is full or may not be written to.
    """
    content = pack(network.state_dict())
    record = {**record, "sha256": hashlib.sha256(content).hexdigest()}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    write({ROOT / f"{name}.safetensors": content, ROOT / f"{name}.json": text.encode()})
    return record


def load(name: str, network: nn.Module) -> dict:
    """Load weights into a network, set it to evaluation mode, and return their record.

    Raises
    ------
    WeightsError
        A file is missing or damaged, or the weights are another network's. The network is then as
        it was before.
    """
    origin = record(name)
    path = ROOT / f"{name}.safetensors"
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != origin["sha256"]:
        raise _damaged(path, "its SHA-256 is not the recorded one")
    try:
        tensors = safetensors.torch.load(content)
    except SafetensorError:
        raise _damaged(path, "it does not hold safetensors") from None
    if misfit := first_misfit(network.state_dict(), tensors):
        raise WeightsError(f"data/weights/{path.name} holds the weights of another network: "
                           f"{misfit}.")
    network.load_state_dict(tensors)
    network.eval()
    return origin


def record(name: str) -> dict:
    """How weights came about: command, seed, data, figures reached and more.

    Raises
    ------
    WeightsError
        The file is missing or damaged.
    """
    path = ROOT / f"{name}.json"
    try:
        content = json.loads(_read(path))
    except ValueError:
        raise _damaged(path, "it is not JSON") from None
    if not isinstance(content, dict) or "sha256" not in content:
        raise _damaged(path, "it records no SHA-256")
    return content


def first_misfit(expected: dict[str, Tensor], found: dict[str, Tensor]) -> str | None:
    """Say of the first tensor whose name or shape is not the expected one what is wrong with it."""
    for name in [*expected, *found]:
        shapes = [tuple(tensors[name].shape) if name in tensors else "absent"
                  for tensors in (expected, found)]
        if shapes[0] != shapes[1]:
            return f"{name} should be {shapes[0]} and is {shapes[1]}"
    return None


def pack(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; tensors that share their memory are stored apart."""
    return safetensors.torch.save({name: tensor.detach().cpu().clone(
        memory_format=torch.contiguous_format) for name, tensor in tensors.items()}, metadata)


def write(files: dict[Path, bytes]) -> None:
    """Write files so that all of them are whole, or all of them as they were.

    Raises
    ------
    WeightsError
        The disk is full or may not be written to.
    """
    parts = {path: path.with_name(path.name + ".part") for path in files}
    try:
        for path, part in parts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(files[path])
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise WeightsError(f"{path.name} could not be written ({error.strerror}); what was there "
                           "before is unchanged.") from None
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise WeightsError(f"data/weights/{path.name} is missing. {_restore(path)}") from None


def _damaged(path: Path, reason: str) -> WeightsError:
    return WeightsError(f"data/weights/{path.name} is damaged: {reason}. {_restore(path)}")


def _restore(path: Path) -> str:
    return f"Bring it back with: git checkout -- data/weights/{path.name}"
