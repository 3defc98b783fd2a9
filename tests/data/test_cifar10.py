"""CIFAR-10 from a folder, and one clear sentence where it can't be had."""

import io
import time
from types import SimpleNamespace

import datasets
import huggingface_hub
import pyarrow.parquet
import pytest
import torch
from datasets import ClassLabel, Dataset, Features, Image, Value
from PIL import Image as Picture

from helpers import data
from helpers.data import DataError

PINNED = data.CIFAR10, data.REVISION
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


@pytest.fixture(autouse=True)
def forget(monkeypatch, tmp_path):
    """Let each test read anew, and nothing that was fetched before."""
    monkeypatch.delenv("SSL_COURSE_DATA", raising=False)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    data.cifar10.cache_clear()
    yield
    data.cifar10.cache_clear()


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder with twelve photographs, as the user names it: from where the user is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_COURSE_DATA", "mine")
    (tmp_path / "mine" / "cifar10").mkdir(parents=True)
    write([png((20 * i, 0, 255)) for i in range(12)])
    return tmp_path / "mine" / "cifar10"


def png(colour, size=(32, 32), mode="RGB"):
    file = io.BytesIO()
    Picture.new(mode, size, colour).save(file, "PNG")
    return file.getvalue()


def write(pictures, column="img", label=None):
    features = Features({column: Image(), "label": label or ClassLabel(names=NAMES)})
    rows = {column: [{"bytes": content, "path": None} for content in pictures],
            "label": [i % 10 for i in range(len(pictures))]}
    Dataset.from_dict(rows, features).to_parquet("mine/cifar10/train.parquet")


def test_tensors_and_names(folder):
    images, labels, names = data.cifar10("train")
    assert (images.shape, images.dtype) == ((12, 3, 32, 32), torch.uint8)
    assert (labels.tolist(), labels.dtype) == ([*range(10), 0, 1], torch.int64)
    assert names == NAMES
    assert images[3].amin((1, 2)).tolist() == images[3].amax((1, 2)).tolist() == [60, 0, 255]
    assert data.cifar10("train")[0] is images


def test_more_photographs_than_are_decoded_at_once(folder):
    write([png((i % 256, i // 256, 0)) for i in range(1003)])
    images, _, _ = data.cifar10("train")
    numbers = images[:, 0, 5, 7].long() + 256 * images[:, 1, 5, 7].long()
    assert torch.equal(numbers, torch.arange(1003))


def test_a_grey_photograph_has_three_equal_channels(folder):
    write([png((9, 8, 7)), png(77, mode="L")])
    images, _, _ = data.cifar10("train")
    assert images[:, :, 5, 7].tolist() == [[9, 8, 7], [77, 77, 77]]


# One sentence for what can't be read


NOT_CIFAR10 = ("mine/cifar10/train.parquet is damaged, or not CIFAR-10 as on the hub: each row "
               "needs a picture img of 32 × 32 pixels and a class label.")
NO_HUB = ("CIFAR-10 needs a network once, and the hub {}; without one, SSL_COURSE_DATA has to name "
          "a folder with cifar10/train.parquet and cifar10/test.parquet in it.")


def read_error(split="train"):
    with pytest.raises(DataError) as error:
        data.cifar10(split)
    assert "\n" not in str(error.value) and error.value.__cause__ is None
    return str(error.value)


def test_a_missing_file_is_named_as_the_user_named_its_folder(folder, monkeypatch):
    sentence = ("is missing; SSL_COURSE_DATA has to name a folder with cifar10/train.parquet and "
                "cifar10/test.parquet in it.")
    assert read_error("test") == f"mine/cifar10/test.parquet {sentence}"
    monkeypatch.setenv("SSL_COURSE_DATA", "elsewhere")
    assert read_error() == f"elsewhere/cifar10/train.parquet {sentence}"


@pytest.mark.parametrize("size", [0, 5, 1000, -10])
def test_a_file_that_is_cut_short(size, folder):
    file = folder / "train.parquet"
    file.write_bytes(file.read_bytes()[:size])
    assert read_error() == "mine/cifar10/train.parquet is damaged: it can't be read as Parquet."


@pytest.mark.parametrize("pictures", [[b"no picture"], [png(0)[:50]],
                                      [png(0), png(0, (28, 28))], [png(0, (32, 1))]])
def test_a_picture_that_is_none(pictures, folder):
    write(pictures)
    assert read_error() == NOT_CIFAR10


def test_other_columns(folder):
    write([png(0)], column="image")
    assert read_error() == NOT_CIFAR10
    write([png(0)], label=Value("int64"))
    assert read_error() == NOT_CIFAR10
    pyarrow.parquet.write_table(pyarrow.table({"text": ["a"]}), folder / "train.parquet")
    assert read_error() == NOT_CIFAR10


# The hub


@pytest.fixture
def hub(monkeypatch):
    """Stand in for the hub and for what was kept of it; returns what they do when asked."""
    does = SimpleNamespace(answer=lambda: None, deliver=lambda split, offline: None)

    def ask(self, name, *, revision, timeout):
        assert (name, revision) == PINNED and 0 < timeout <= 5
        does.answer()

    def load(name, *, revision, split):
        assert (name, revision) == PINNED
        return does.deliver(split, datasets.config.HF_HUB_OFFLINE)

    monkeypatch.setattr(huggingface_hub.HfApi, "dataset_info", ask)
    monkeypatch.setattr(datasets, "load_dataset", load)
    return does


def fail():
    raise OSError("no such host")


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("split", ["train", "test"])
def test_the_hub_or_what_was_kept_of_it_delivers_the_split(split, reached, hub, folder,
                                                           monkeypatch):
    monkeypatch.delenv("SSL_COURSE_DATA")
    shelf = {(split, not reached): data._read(folder / "train.parquet")}
    if not reached:
        hub.answer = fail
    hub.deliver = lambda split, offline: shelf[split, bool(offline)]
    images, labels, names = data.cifar10(split)
    assert images[3, :, 0, 0].tolist() == [60, 0, 255]
    assert labels.tolist() == [*range(10), 0, 1] and names == NAMES


def test_a_hub_that_delivers_something_else(hub):
    hub.deliver = lambda split, offline: Dataset.from_dict({"text": ["a"]})
    assert read_error() == NOT_CIFAR10.replace("mine/cifar10/train.parquet", "uoft-cs/cifar10")


def test_a_hub_that_breaks_off(hub):
    hub.deliver = lambda split, offline: fail()
    assert read_error() == NO_HUB.format("did not deliver it (OSError)")
    hub.answer = fail
    assert read_error() == NO_HUB.format("can't be reached")


@pytest.mark.parametrize("offline", [True, False])
def test_without_a_network_it_gives_up_at_once(offline, monkeypatch, cut_off):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", offline)
    began = time.monotonic()
    assert read_error() == NO_HUB.format("can't be reached")
    assert time.monotonic() - began < 5


# The mirror


@pytest.mark.parametrize(("split", "count"), [("train", 50_000), ("test", 10_000)])
def test_the_mirror_holds_all_of_it(split, count, mirror, monkeypatch):
    """A tenth of its pictures is decoded here; the test of lesson 4 decodes them all."""
    decode = data.decode
    monkeypatch.setattr(data, "decode", lambda column, mode: decode(column.slice(0, 100), mode))
    images, labels, names = data.cifar10(split)
    assert images.shape == (count // 10, 3, 32, 32) and names == NAMES
    assert torch.equal(labels.bincount(), torch.full((10,), count // 10))
    means = (images.double().mean((0, 2, 3)) / 255).tolist()
    assert means == pytest.approx([0.49, 0.48, 0.45], abs=0.01)
