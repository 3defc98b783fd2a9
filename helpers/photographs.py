"""CIFAR-10: small photographs, for which the course needs a network once.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009). Where the environment
variable SSL_COURSE_DATA names a folder, its `cifar10/train.parquet` and `cifar10/test.parquet` are
read and no network is needed: columns `img` and `label`, as on the hub.
"""

import functools
import hashlib
import os
from pathlib import Path

import torch
from torch import Tensor

from helpers import data
from helpers.data import DataError

REPOSITORY, REVISION = "uoft-cs/cifar10", "0b2714987fa478483af9968de7c934580d0bb9a2"


WAY_OUT = ("SSL_COURSE_DATA has to name a folder with cifar10/train.parquet and "
           "cifar10/test.parquet in it")


@functools.cache
def cifar10(split: str = "train") -> tuple[Tensor, Tensor, list[str]]:
    """Photographs (N, 3, 32, 32) uint8, labels (N,) int64, the ten class names.

    Parameters
    ----------
    split: "train" (50,000 photographs) or "test" (10,000).

    Raises
    ------
    DataError
        The file is missing or damaged, or the hub can't be reached.
    """
    path = _path(split)
    dataset = _from_file(path) if path else _from_hub(split)
    table = dataset.data.table
    images = torch.empty(len(table), 3, 32, 32, dtype=torch.uint8)
    try:
        for start, part in zip(range(0, len(table), 1000), images.split(1000)):
            pixels = data.decode(table["img"].slice(start, 1000), "RGB")
            if pixels.shape[1:] != (32, 32, 3):
                raise ValueError("a picture of another size")
            part.copy_(torch.from_numpy(pixels).permute(0, 3, 1, 2))
        labels = torch.tensor(table["label"].to_pylist())
    except Exception:  # the errors of a damaged picture have no common class
        raise DataError(f"{path or REPOSITORY} is damaged: not every row holds a picture of "
                        "32 × 32 pixels and a label.") from None
    return images, labels, dataset.features["label"].names


def origin(split: str) -> str:
    """What `cifar10` reads: the SHA-256 of the file, or the hub's repository and revision."""
    path = _path(split)
    if not path:
        return f"{REPOSITORY}@{REVISION}"
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise _missing(path) from None


def _path(split: str) -> Path | None:
    folder = os.environ.get("SSL_COURSE_DATA")
    return Path(folder, "cifar10", f"{split}.parquet") if folder else None


def _missing(path: Path) -> DataError:
    return DataError(f"{path} is missing; {WAY_OUT}.")


def _from_file(path: Path):
    """A Parquet file as a `datasets.Dataset`."""
    import pyarrow.parquet
    from datasets import ClassLabel, Dataset, Image
    try:
        dataset = Dataset(pyarrow.parquet.read_table(path))
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, ValueError):
        raise DataError(f"{path} is damaged: it can't be read as Parquet.") from None
    kinds = [type(dataset.features.get(column)) for column in ("img", "label")]
    if kinds != [Image, ClassLabel]:
        raise DataError(f"{path} is not CIFAR-10 as on the hub: it needs a column img of pictures "
                        "and a column label of class labels.")
    return dataset


def _from_hub(split: str):
    """The pinned revision as a `datasets.Dataset`, from the cache where it has been loaded once."""
    import datasets
    from huggingface_hub import HfApi
    try:
        # Asks once; load_dataset by itself asks again and again for half a minute or longer.
        HfApi().dataset_info(REPOSITORY, revision=REVISION, timeout=5)
        datasets.config.HF_HUB_OFFLINE = False
    except Exception:  # the errors of the client's network have no common class
        datasets.config.HF_HUB_OFFLINE = True
    try:
        return datasets.load_dataset(REPOSITORY, revision=REVISION, split=split)
    except Exception as error:
        reason = "can't be reached" if datasets.config.HF_HUB_OFFLINE else (
            f"did not deliver it ({type(error).__name__})")
        raise DataError(f"CIFAR-10 needs a network once, and the hub {reason}; without one, "
                        f"{WAY_OUT}.") from None
