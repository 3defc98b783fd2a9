"""The embedded data: checked, decoded once, and handed out as tensors.

The cards in `data/README.md` say what each set holds, where it comes from and its licences.
"""

import functools
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parent.parent / "data"


class DataError(Exception):
    """A data file is missing or damaged; the message names the file and the way out."""


def verify(path: Path) -> str:
    """Compare one file under `data/` with its line in `data/SHA256SUMS`; return its SHA-256.

    Raises
    ------
    DataError
        The file is missing, is not listed, or does not hold the bytes it should.
    """
    root = path.parent.parent
    name = path.relative_to(root).as_posix()
    restore = "Bring it back with: git checkout -- data/"
    sums = root / "SHA256SUMS"
    if not sums.exists():
        raise DataError(f"data/SHA256SUMS is missing. {restore}SHA256SUMS")
    lines = sums.read_text(encoding="utf-8", errors="replace").splitlines()
    recorded = dict(reversed(line.split("  ", 1)) for line in lines if "  " in line)
    if name not in recorded:
        raise DataError(f"data/SHA256SUMS does not list {name}. Is it spelt right? "
                        f"{restore}SHA256SUMS")
    if not path.exists():
        raise DataError(f"data/{name} is missing. {restore}{name}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != recorded[name]:
        raise DataError(f"data/{name} is damaged: its SHA-256 is not the recorded one. "
                        f"{restore}{name}")
    return recorded[name]


@functools.cache
def load(name: str, split: str = "train"):
    """One split of an embedded data set as a `datasets.Dataset`, held in memory.

    Parameters
    ----------
    name: "drawings", "fashion", "glosses" or "photos".
    split: "train" or "test"; the photos have one split, "photos".

    Raises
    ------
    DataError
        The file is missing or damaged.
    """
    path = ROOT / name / f"{split}.parquet"
    verify(path)
    import pyarrow.parquet
    from datasets import Dataset
    return Dataset(pyarrow.parquet.read_table(path))


@dataclass(frozen=True)
class Drawings:
    """Drawings as tensors; row i of each tensor speaks of the same drawing."""

    images: Tensor
    """(N, 4, size, size) uint8: red, green, blue, alpha (0 is see-through)"""
    concept: Tensor
    """(N,) int64: index into `concepts`"""
    group: Tensor
    """(N,) int64: index into `groups`"""
    artist: Tensor
    """(N,) int64: index into `artists`"""
    concepts: list[str]
    groups: list[str]
    artists: list[str]

    def __len__(self) -> int:
        return len(self.images)

    def find(self, concept: str) -> Tensor:
        """Row numbers (K,) of all drawings of one concept, in the order of the artists."""
        return (self.concept == self.concepts.index(concept)).nonzero().flatten()


@functools.cache
def drawings(split: str = "train", size: int = 32) -> Drawings:
    """The drawings of one split, decoded once and then kept.

    Parameters
    ----------
    split: "train", or "test" for the quarter of the concepts that no training ever sees.
    size: 64 as stored, or 32 (the mean of each 2×2 pixels, weighted by their alpha).
    """
    table = load("drawings", split).data.table
    images = torch.from_numpy(decode(table["image"], "RGBA")).permute(0, 3, 1, 2).contiguous()
    if size != 64:
        images = torch.cat([_shrink(part, size) for part in images.split(1024)])
    concepts = sorted(set(table["concept"].to_pylist()))
    number = {concept: i for i, concept in enumerate(concepts)}
    features = load("drawings", split).features
    return Drawings(
        images=images,
        concept=torch.tensor([number[concept] for concept in table["concept"].to_pylist()]),
        group=torch.tensor(table["group"].to_pylist()),
        artist=torch.tensor(table["artist"].to_pylist()),
        concepts=concepts, groups=features["group"].names, artists=features["artist"].names)


def decode(column, mode: str) -> np.ndarray:
    """The pictures of an Arrow column as (N, H, W) or (N, H, W, channels) uint8."""
    def pixels(cell):
        return np.asarray(Image.open(io.BytesIO(cell["bytes"])).convert(mode))
    return np.stack([pixels(cell) for cell in column.to_pylist()])


def _shrink(rgba: Tensor, size: int) -> Tensor:
    """(N, 4, H, W) uint8 -> (N, 4, size, size) uint8; colours count by their alpha."""
    colour, alpha = rgba[:, :3].float(), rgba[:, 3:].float()
    small_alpha = F.adaptive_avg_pool2d(alpha, size)
    small_colour = F.adaptive_avg_pool2d(colour * alpha, size) / small_alpha.clamp(min=1e-6)
    return torch.cat([small_colour, small_alpha], dim=1).round().clamp(0, 255).byte()


@functools.cache
def fashion(split: str = "train") -> tuple[Tensor, Tensor, list[str]]:
    """Fashion-MNIST: images (N, 1, 28, 28) uint8, labels (N,) int64, the ten class names."""
    dataset = load("fashion", split)
    table = dataset.data.table
    images = torch.from_numpy(decode(table["image"], "L"))[:, None]
    labels = torch.tensor(table["label"].to_pylist())
    return images, labels, dataset.features["label"].names
