"""The data sets: checked, decoded once, and handed out as tensors.

The cards in `data/README.md` say what each set holds, where it comes from and its licences.
CIFAR-10 alone is not embedded: it is read from a folder, or fetched from a hub.
"""

import functools
import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, WebPImagePlugin  # noqa: F401 (registered first, it is tried first)
from torch import Tensor
from torch.nn import functional as F

COURSE = Path(__file__).resolve().parent.parent
FOLDER = COURSE / "data"
CIFAR10, REVISION = "uoft-cs/cifar10", "0b2714987fa478483af9968de7c934580d0bb9a2"
WAY_OUT = ("SSL_COURSE_DATA has to name a folder with cifar10/train.parquet and "
           "cifar10/test.parquet in it")


class DataError(Exception):
    """A data file is missing or damaged; the message names the file and the way out."""


def sha256(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def verify(path: Path) -> str:
    """Compare one file under `data/` with its line in `data/SHA256SUMS`; return its SHA-256.

    Raises:
        DataError: The file is missing, is not listed, or does not hold the bytes it should.
    """
    root = path.parent.parent
    name = path.relative_to(root).as_posix()
    lines = read(root / "SHA256SUMS", "SHA256SUMS").decode(errors="replace").splitlines()
    recorded = dict(reversed(line.split("  ", 1)) for line in lines if "  " in line)
    if name not in recorded:
        raise DataError(complaint("SHA256SUMS", f"does not list {name}. Is it spelt right?"))
    if sha256(read(path, name)) != recorded[name]:
        raise DataError(complaint(name, "is damaged: its SHA-256 is not the recorded one."))
    return recorded[name]


def read(path: Path, name: str) -> bytes:
    """The content of a file that `name` calls under `data/`.

    Raises:
        DataError: It is missing, is no file, or may not be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(complaint(name, "is missing.")) from None
    except OSError as error:
        raise DataError(complaint(name, f"can't be read ({error.strerror}).")) from None


def complaint(name: str, what: str) -> str:
    """What is wrong with a file under `data/`, and the way to bring it back."""
    if (COURSE / ".git").exists():
        return f"data/{name} {what} Bring it back with: git checkout -- data/{name}"
    return f"data/{name} {what} Take this file from a fresh download of the course."


@functools.cache
def load(name: str, split: str = "train"):
    """One split of an embedded data set as a `datasets.Dataset`, held in memory.

    Args:
        name: "drawings", "fashion", "glosses" or "photos".
        split: "train" or "test"; the photos have one split, "photos".

    Raises:
        DataError: The file is missing or damaged.
    """
    path = FOLDER / name / f"{split}.parquet"
    verify(path)
    return _read(path)


def _read(path: Path):
    # datasets takes a second to import, which what needs no data does not have to wait for.
    import pyarrow.parquet
    from datasets import Dataset
    return Dataset(pyarrow.parquet.read_table(path))


@dataclass(frozen=True)
class Drawings:
    """Drawings as tensors; row i of each tensor speaks of the same drawing."""

    images: Tensor
    """(N, 4, size, size) uint8 RGBA: red, green, blue, alpha (0 is transparent)"""
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

    @property
    def maker(self) -> Tensor:
        """(artists,) int64, equal for two sets by one maker, such as noto and noto-v1."""
        makers = [artist.split("-")[0] for artist in self.artists]
        return torch.tensor([makers.index(maker) for maker in makers])

    def find(self, concept: str) -> Tensor:
        """Row numbers (K,) of all drawings of one concept, in the order of the artists."""
        return (self.concept == self.concepts.index(concept)).nonzero().flatten()


@functools.cache
def drawings(split: str = "train", size: int = 32) -> Drawings:
    """The drawings of one split, decoded once and then kept.

    Args:
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
    return torch.cat([small_colour, small_alpha], dim=1).round().byte()


@functools.cache
def fashion(split: str = "train", count: int = 60_000) -> tuple[Tensor, Tensor, list[str]]:
    """Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017), or the first `count` pictures of it.

    Returns:
        Images (N, 1, 28, 28) uint8, labels (N,) int64, the ten class names.
    """
    dataset = load("fashion", split)
    table = dataset.data.table.slice(0, count)
    images = torch.from_numpy(decode(table["image"], "L"))[:, None]
    labels = torch.tensor(table["label"].to_pylist())
    return images, labels, dataset.features["label"].names


@functools.cache
def cifar10(split: str = "train") -> tuple[Tensor, Tensor, list[str]]:
    """CIFAR-10 (Krizhevsky, 2009), from the folder of `SSL_COURSE_DATA`, or else from the hub.

    Args:
        split: "train" (50,000 photographs) or "test" (10,000).

    Returns:
        Photographs (N, 3, 32, 32) uint8, labels (N,) int64, the ten class names.

    Raises:
        DataError: The file is missing or damaged, or the hub can't be reached.
    """
    folder = os.environ.get("SSL_COURSE_DATA")
    path = Path(folder, "cifar10", f"{split}.parquet") if folder else None
    dataset = _cifar10_from_file(path) if path else _cifar10_from_hub(split)
    table = dataset.data.table
    try:
        parts = [decode(table["img"].slice(start, 1000), "RGB")  # to hold few files at once
                 for start in range(0, len(table), 1000)]
        images = torch.from_numpy(np.concatenate(parts)).permute(0, 3, 1, 2).contiguous()
        if images.shape[1:] != (3, 32, 32):
            raise ValueError("pictures of another size")
        return images, torch.tensor(table["label"].to_pylist()), dataset.features["label"].names
    except Exception:  # the errors of a damaged picture have no common class
        raise DataError(f"{path or CIFAR10} is damaged, or not CIFAR-10 as on the hub: each row "
                        "needs a picture img of 32 × 32 pixels and a class label.") from None


def _cifar10_from_file(path: Path):
    try:
        return _read(path)
    except FileNotFoundError:
        raise DataError(f"{path} is missing; {WAY_OUT}.") from None
    except (OSError, ValueError):
        raise DataError(f"{path} is damaged: it can't be read as Parquet.") from None


def _cifar10_from_hub(split: str):
    """The pinned revision, or what an earlier call has kept of it where there is no network."""
    import datasets
    from huggingface_hub import HfApi
    try:
        # Asks once; load_dataset by itself asks again and again for half a minute or longer.
        HfApi().dataset_info(CIFAR10, revision=REVISION, timeout=5)
        datasets.config.HF_HUB_OFFLINE = False
    except Exception:  # the errors of the client's network have no common class
        datasets.config.HF_HUB_OFFLINE = True
    try:
        return datasets.load_dataset(CIFAR10, revision=REVISION, split=split)
    except Exception as error:
        reason = "can't be reached" if datasets.config.HF_HUB_OFFLINE else (
            f"did not deliver it ({type(error).__name__})")
        raise DataError(f"CIFAR-10 needs a network once, and the hub {reason}; without one, "
                        f"{WAY_OUT}.") from None
