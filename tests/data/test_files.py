"""The data files are what their cards in `data/README.md` say. Offline, in a few seconds."""

import hashlib
import re
from functools import cache
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Features, Image, List, Value

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.parquet"))
TEXT = Value("string")
FASHION = {"image": Image(mode="L"), "label": ClassLabel(names=[
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"])}
LICENCES = {
    "drawings": {"CC-BY-4.0", "Apache-2.0", "MIT", "CC-BY-SA-4.0"},
    "photos": {"CC0", "public domain", "CC-BY-2.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"},
}


@cache
def table(name: str):
    return pq.read_table(DATA / name)


def features(name: str) -> Features:
    return Features.from_arrow_schema(table(name).schema)


def column(name: str, key: str) -> list:
    return table(name)[key].to_pylist()


def pictures(name: str, at_most: int) -> list:
    """Decode pictures spread evenly over a file, at most so many, as `datasets` does."""
    step = -(-table(name).num_rows // at_most)
    decode = features(name)["image"].decode_example
    return [decode(cell) for cell in column(name, "image")[::step]]


def test_sums_list_exactly_the_files_and_match():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sorted(sums) == FILES
    for name, digest in sums.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name


def test_folder_stays_within_120_mb():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) <= 120e6


def test_cards_name_every_set_and_every_picture_exists():
    page = (DATA / "README.md").read_text()
    for name in FILES:
        assert f"## {name.split('/')[0]}\n" in page
    for alt, picture in re.findall(r"!\[([^]]*)\]\(([^)]*)\)", page):
        assert len(alt) > 20
        assert (DATA / picture).stat().st_size <= 150_000


@pytest.mark.parametrize("split, rows", [("train", 60_000), ("test", 10_000)])
def test_fashion(split, rows):
    name = f"fashion/{split}.parquet"
    assert features(name) == Features(FASHION)
    labels = column(name, "label")
    assert [labels.count(label) for label in range(10)] == [rows // 10] * 10
    for picture in pictures(name, 500):
        assert (picture.mode, picture.size) == ("L", (28, 28))


@pytest.mark.parametrize("split, rows", [("train", 105_967), ("test", 11_692)])
def test_glosses(split, rows):
    name = f"glosses/{split}.parquet"
    kinds = features(name)
    assert table(name).num_rows == rows
    assert list(kinds) == ["id", "text", "lemmas", "pos", "topic", "hypernym"]
    assert kinds["id"] == kinds["text"] == kinds["hypernym"] == TEXT
    assert kinds["lemmas"] == List(TEXT)
    assert kinds["pos"].names == ["noun", "verb", "adjective", "adverb"]
    assert len(kinds["topic"].names) == 45
    assert set(column(name, "topic")) == set(range(45))
    assert all(column(name, "text")) and all(column(name, "lemmas"))


def test_glosses_share_no_text_and_no_id():
    for key in ("text", "id"):
        train, test = (column(f"glosses/{split}.parquet", key) for split in ("train", "test"))
        assert not {text.casefold() for text in train} & {text.casefold() for text in test}


def test_glosses_know_a_cow():
    rows = table("glosses/train.parquet")
    (cow,) = rows.filter(pc.equal(rows["id"], "02403454-n")).to_pylist()
    assert cow["text"] == "female of domestic cattle"
    assert cow["lemmas"] == ["cow", "moo-cow"] and cow["hypernym"] == "cattle"


def test_photos():
    name = "photos/photos.parquet"
    keys = ["title", "author", "licence", "source", "link"]
    assert features(name) == Features({"image": Image()} | dict.fromkeys(keys, TEXT))
    assert 30 <= table(name).num_rows <= 60
    assert set(column(name, "licence")) <= LICENCES["photos"]
    for key in ("title", "author", "source"):
        assert all(column(name, key)), key
    for picture in pictures(name, 60):
        assert picture.mode == "RGB" and max(picture.size) == 320


def test_photos_are_credited_in_the_card():
    page = (DATA / "README.md").read_text()
    for row in table("photos/photos.parquet").select(["author", "licence"]).to_pylist():
        assert f"| {row['author']} | {row['licence']} |" in page


@pytest.mark.parametrize("split", ["train", "test"])
def test_drawings(split):
    name = f"drawings/{split}.parquet"
    kinds = features(name)
    assert list(kinds) == ["image", "concept", "group", "artist", "licence"]
    assert isinstance(kinds["image"], Image)
    assert kinds["concept"] == kinds["licence"] == TEXT
    assert isinstance(kinds["group"], ClassLabel) and isinstance(kinds["artist"], ClassLabel)
    assert set(column(name, "artist")) == set(range(len(kinds["artist"].names)))
    assert set(column(name, "licence")) <= LICENCES["drawings"]
    for picture in pictures(name, 3_000):
        assert (picture.mode, picture.size) == ("RGBA", (64, 64))


def test_drawings_share_no_concept():
    train, test = (column(f"drawings/{split}.parquet", "concept") for split in ("train", "test"))
    assert train and test and not set(train) & set(test)
