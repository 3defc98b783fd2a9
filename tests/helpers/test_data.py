"""The data sets as tensors, mostly of files made up here, and a sentence for each damaged file."""

import dataclasses
import io
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import ClassLabel, Dataset, Features, Image, Value
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from strategies import SEEDS
from torch.testing import assert_close

from helpers import data

GROUPS, ARTISTS = ["sky", "farm"], ["sun", "sun-v1", "moon", "sun-flat-v2"]
KINDS = {"image": Image(), "concept": Value("string"), "label": ClassLabel(names=["bag", "coat"]),
         "group": ClassLabel(names=GROUPS), "artist": ClassLabel(names=ARTISTS)}


@pytest.fixture
def course(monkeypatch, tmp_path):
    """The folder of a course under git, whose data are still to be written; nothing is kept."""
    monkeypatch.setattr(data, "COURSE", tmp_path)
    monkeypatch.setattr(data, "FOLDER", tmp_path / "data")
    for name in ("drawings", "fashion"):
        monkeypatch.setattr(data, name, getattr(data, name).__wrapped__)
    (tmp_path / ".git").mkdir()
    data.load.cache_clear()
    yield tmp_path
    data.load.cache_clear()


def store(file, pictures, **columns):
    """Write a Parquet file and record its SHA-256."""
    cells = [{"bytes": png(picture), "path": None} for picture in pictures]
    file.parent.mkdir(parents=True, exist_ok=True)
    kinds = Features({name: KINDS[name] for name in ["image", *columns]})
    Dataset.from_dict({"image": cells, **columns}, kinds).to_parquet(file)
    with (file.parents[1] / "SHA256SUMS").open("a") as sums:
        digest = sha256(file.read_bytes()).hexdigest()
        sums.write(f"{digest}  {file.parent.name}/{file.name}\n")


def png(pixels):
    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


# Drawings


def draw(course, split, pictures, concepts):
    rows = range(len(pictures))
    store(course / f"data/drawings/{split}.parquet", pictures, concept=concepts,
          group=[i % 2 for i in rows], artist=[i % 4 for i in rows])


@pytest.mark.parametrize("split", ["train", "test"])
def test_drawings_are_what_the_file_holds(split, course):
    draw(course, split, pictures := noise(5, 64, 64, 4), ["cow", "sun", "cow", "ant", "sun"])
    drawings = data.drawings(split, 64)
    assert_close(drawings.images, torch.tensor(np.moveaxis(pictures, -1, 1)))
    assert (drawings.concepts, drawings.groups, drawings.artists) == (
        ["ant", "cow", "sun"], GROUPS, ARTISTS)
    assert len(drawings) == 5
    for column, numbers in (("concept", [1, 2, 1, 0, 2]), ("group", [0, 1, 0, 1, 0]),
                            ("artist", [0, 1, 2, 3, 0])):
        assert_close(getattr(drawings, column), torch.tensor(numbers))


def test_a_drawing_without_alpha_is_opaque(course):
    draw(course, "train", [noise(64, 64, 3)], ["cow"])
    assert data.drawings("train", 64).images[0, 3].unique().tolist() == [255]


def test_drawings_are_half_as_large_unless_asked_otherwise(course):
    draw(course, "train", noise(3, 64, 64, 4), ["cow", "sun", "cow"])
    small, large = data.drawings(), data.drawings(size=64)
    assert small.images.shape == (3, 4, 32, 32)
    assert_close(small.images, data._shrink(large.images, 32))


def test_many_drawings_keep_their_order(course):
    pictures = np.full((2050, 2, 2, 4), 255, dtype=np.uint8)
    pictures[..., :2] = np.stack(np.divmod(np.arange(2050), 256), axis=-1)[:, None, None]
    draw(course, "train", pictures, ["cow"] * 2050)
    red, green, *_ = data.drawings("train", 1).images.flatten(1).long().T
    assert_close(256 * red + green, torch.arange(2050))


@given(SEEDS, st.sampled_from([1, 2, 3]), st.sampled_from([1, 9, 255]))
def test_a_small_pixel_is_the_mean_of_a_block_weighted_by_alpha(seed, size, most):
    random = np.random.default_rng(seed)
    large = random.integers(0, 256, (2, 4, 6, 6))
    large[:, 3] = random.integers(0, most + 1, (2, 6, 6))
    small = data._shrink(torch.tensor(large).byte(), size)
    assert (small.shape, small.dtype) == ((2, 4, size, size), torch.uint8)
    side = 6 // size
    for i, y, x in np.ndindex(2, size, size):
        *colours, alpha = large[i, :, y * side:(y + 1) * side, x * side:(x + 1) * side]
        means = [(colour * alpha).sum() / max(alpha.sum(), 1) for colour in colours]
        assert small[i, :, y, x].tolist() == pytest.approx([*means, alpha.mean()], abs=0.501)


def test_a_red_pixel_beside_see_through_ones_stays_red():
    corner = torch.zeros(1, 4, 2, 2, dtype=torch.uint8)
    corner[0, :, 0, 0] = torch.tensor([255, 0, 0, 255])
    assert data._shrink(corner, 1).flatten().tolist() == [255, 0, 0, 64]
    assert data._shrink(torch.zeros_like(corner), 1).flatten().tolist() == [0, 0, 0, 0]


@pytest.fixture
def four():
    return data.Drawings(torch.zeros(4, 4, 1, 1), torch.tensor([1, 0, 1, 1]), torch.zeros(4),
                         torch.arange(4), ["ant", "cow"], GROUPS, ARTISTS)


def test_a_concept_is_found_in_the_order_of_the_rows(four):
    assert four.find("cow").tolist() == [0, 2, 3] and four.find("ant").tolist() == [1]
    with pytest.raises(ValueError, match="no such thing"):
        four.find("no such thing")


def test_sets_whose_names_begin_alike_are_by_one_maker(four):
    assert four.maker.tolist() == [0, 0, 2, 0]


def test_what_all_share_nobody_assigns_to(four):
    with pytest.raises(dataclasses.FrozenInstanceError):
        four.concept = four.group


# Fashion, and what all have in common


def test_fashion_is_what_the_file_holds(course):
    train, test = noise(5, 28, 28)[:3], noise(5, 28, 28)[3:]
    coloured = np.stack([test[1]] * 3, axis=-1)
    store(course / "data/fashion/train.parquet", train, label=[1, 0, 1])
    store(course / "data/fashion/test.parquet", [test[0], coloured], label=[0, 1])
    for split, pictures, numbers in (("train", train, [1, 0, 1]), ("test", test, [0, 1])):
        images, labels, names = data.fashion(split)
        assert_close(images, torch.tensor(pictures[:, None]))
        assert_close(labels, torch.tensor(numbers))
        assert names == ["bag", "coat"]


@pytest.mark.parametrize(("read", "key"), [  # no other test reads this split
    (data.load, ("fashion", "kept")), (data.drawings, ("kept", 2)), (data.fashion, ("kept",))])
def test_nothing_is_read_twice(read, key, course):
    draw(course, "kept", noise(1, 4, 4, 4), ["cow"])
    store(course / "data/fashion/kept.parquet", noise(1, 4, 4), label=[0])
    assert read(*key) is read(*key)


def test_load_gives_a_dataset():
    photos = data.load("photos", "photos")
    assert photos.num_rows == len(photos["title"]) == 60
    assert max(photos[0]["image"].size) == 320


def test_both_embedded_splits_have_the_same_groups_and_artists():
    assert data.load("drawings").features == data.load("drawings", "test").features


@pytest.mark.parametrize("split", ["train", "test"])
def test_an_artist_drew_an_embedded_concept_once_and_they_stand_in_order(split):
    table = data.load("drawings", split).select_columns(["concept", "artist"]).to_pandas()
    artists = table.groupby("concept")["artist"].apply(list).to_dict()
    assert all(numbers == sorted(set(numbers)) for numbers in artists.values())
    assert artists.get("cow") == (list(range(9)) if split == "test" else None)


# One sentence for a file that is not as it should be


@pytest.fixture
def file(course):
    """A file of photographs, to be damaged."""
    store(course / "data/photos/photos.parquet", noise(2, 40, 40, 3))
    return course / "data/photos/photos.parquet"


def alter(file):
    content = file.read_bytes()
    file.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])


def garble(file):
    file.write_bytes(b"\xff\x00 no sums\n\n")


def make_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(("name", "harm", "reason"), [
    ("photos/photos.parquet", Path.unlink, "is missing"),
    ("photos/photos.parquet", garble, "is damaged"),
    ("photos/photos.parquet", alter, "is damaged"),
    ("photos/photos.parquet", make_folder, "can't be read (Is a directory)"),
    ("SHA256SUMS", Path.unlink, "is missing"),
    ("SHA256SUMS", garble, "does not list photos/photos.parquet"),
    ("SHA256SUMS", make_folder, "can't be read (Is a directory)"),
])
@pytest.mark.parametrize("git", [True, False])
def test_a_harmed_file_is_named_with_the_way_out(name, harm, reason, git, file, course):
    harm(course / "data" / name)
    if not git:
        (course / ".git").rmdir()
    way_out = (f"Bring it back with: git checkout -- data/{name}" if git else
               "Take this file from a fresh download of the course.")
    with pytest.raises(data.DataError) as error:
        data.load("photos", "photos")
    assert str(error.value).startswith(f"data/{name} {reason}")
    assert str(error.value).endswith(way_out)
    assert "\n" not in str(error.value) and error.value.__cause__ is None


def test_a_file_that_was_brought_back_is_read(file):
    content = file.read_bytes()
    file.unlink()
    with pytest.raises(data.DataError):
        data.load("photos", "photos")
    file.write_bytes(content)
    assert data.load("photos", "photos").num_rows == 2


def test_a_misspelt_name_is_not_taken_for_a_lost_file():
    with pytest.raises(data.DataError, match="not list drawing/train.parquet. Is it spelt right?"):
        data.load("drawing")


def test_a_name_may_hold_spaces(tmp_path):
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of FIPS 180
    (tmp_path / " so  many").mkdir()
    (tmp_path / " so  many" / "and  more").write_bytes(b"abc")
    (tmp_path / "SHA256SUMS").write_text(f"{digest}   so  many/and  more\n")
    assert data.verify(tmp_path / " so  many" / "and  more") == data.sha256(b"abc") == digest
