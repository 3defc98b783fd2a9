"""The embedded data as tensors, and one clear sentence for each damaged file."""

import shutil

import pytest
import torch

from helpers import data


@pytest.mark.parametrize("split, size", [("train", 32), ("test", 32), ("test", 64)])
def test_drawings_are_tensors_of_equal_length(split, size):
    drawings = data.drawings(split, size)
    assert drawings.images.shape == (len(drawings), 4, size, size)
    assert drawings.images.dtype == torch.uint8
    for column, names in (("concept", "concepts"), ("group", "groups"), ("artist", "artists")):
        numbers, names = getattr(drawings, column), getattr(drawings, names)
        assert (numbers.shape, numbers.dtype) == ((len(drawings),), torch.int64)
        assert 0 <= numbers.min() and numbers.max() < len(names) == len(set(names))


def test_drawings_are_decoded_once():
    assert data.drawings("test", 32) is data.drawings("test", 32)
    assert data.load("drawings", "test") is data.load("drawings", "test")


def test_splits_share_no_concept_but_all_groups_and_artists():
    train, test = data.drawings("train", 32), data.drawings("test", 32)
    assert not set(train.concepts) & set(test.concepts)
    assert (train.groups, train.artists) == (test.groups, test.artists)


def test_find_returns_every_drawing_of_a_concept_in_the_order_of_the_artists():
    unseen = data.drawings("test", 32)
    rows = unseen.find("cow")
    assert len(rows) == (unseen.concept == unseen.concepts.index("cow")).sum() > 1
    assert unseen.artist[rows].tolist() == sorted(set(unseen.artist[rows].tolist()))
    with pytest.raises(ValueError, match="no such thing"):
        unseen.find("no such thing")


def test_rows_keep_their_order_at_every_size():
    small, large = data.drawings("test", 32), data.drawings("test", 64)
    assert torch.equal(small.concept, large.concept)
    averaged = large.images[::50, 3].unfold(1, 2, 2).unfold(2, 2, 2).float().mean(dim=(3, 4))
    assert torch.equal(small.images[::50, 3], averaged.round().byte())


def test_a_red_pixel_beside_see_through_ones_stays_red():
    corner = torch.zeros(1, 4, 2, 2, dtype=torch.uint8)
    corner[0, :, 0, 0] = torch.tensor([255, 0, 0, 255])
    assert data._shrink(corner, 1).flatten().tolist() == [255, 0, 0, 64]
    assert data._shrink(torch.zeros_like(corner), 1).flatten().tolist() == [0, 0, 0, 0]


def test_fashion():
    images, labels, names = data.fashion("test")
    assert (images.shape, images.dtype) == ((10_000, 1, 28, 28), torch.uint8)
    assert (labels.shape, labels.dtype) == ((10_000,), torch.int64)
    assert names[labels[0]] == "Ankle boot" and len(names) == 10


def test_load_gives_a_dataset():
    photos = data.load("photos", "photos")
    assert photos.num_rows == len(photos["title"]) > 0
    assert max(photos[0]["image"].size) == 320


# One sentence for a file that is not as it should be


@pytest.fixture
def copied(monkeypatch, tmp_path):
    """A copy of the photographs that may be damaged; returns its file."""
    shutil.copytree(data.FOLDER / "photos", tmp_path / "photos")
    shutil.copy(data.FOLDER / "SHA256SUMS", tmp_path)
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    data.load.cache_clear()
    yield tmp_path / "photos" / "photos.parquet"
    data.load.cache_clear()


def truncate(file):
    file.write_bytes(file.read_bytes()[:1000])


def alter(file):
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    file.write_bytes(content)


def forget(file):
    sums = file.parent.parent / "SHA256SUMS"
    sums.write_text("".join(line for line in sums.open() if "photos" not in line))


def garble_sums(file):
    (file.parent.parent / "SHA256SUMS").write_bytes(b"\xff\x00 no sums\n\n")


def make_folder(file):
    file.unlink()
    file.mkdir()


def remove_sums(file):
    (file.parent.parent / "SHA256SUMS").unlink()


@pytest.mark.parametrize(
    ("harm", "file", "reason"),
    [
        (lambda file: file.unlink(), "photos/photos.parquet", "is missing"),
        (truncate, "photos/photos.parquet", "is damaged"),
        (lambda file: file.write_bytes(b""), "photos/photos.parquet", "is damaged"),
        (alter, "photos/photos.parquet", "is damaged"),
        (remove_sums, "SHA256SUMS", "is missing"),
        (make_folder, "photos/photos.parquet", "can't be read (Is a directory)"),
        (garble_sums, "SHA256SUMS", "does not list photos/photos.parquet"),
        (forget, "SHA256SUMS", "does not list photos/photos.parquet"),
    ],
)
def test_a_harmed_file_is_named_with_the_way_out(harm, file, reason, copied):
    harm(copied)
    with pytest.raises(data.DataError) as error:
        data.load("photos", "photos")
    assert str(error.value).startswith(f"data/{file} {reason}")
    assert str(error.value).endswith(f"Bring it back with: git checkout -- data/{file}")
    assert "\n" not in str(error.value)
    assert error.value.__cause__ is None


def test_without_git_the_way_out_is_a_fresh_download(copied, monkeypatch, tmp_path):
    monkeypatch.setattr(data, "COURSE", tmp_path)
    copied.unlink()
    with pytest.raises(data.DataError, match="^data/photos/photos.parquet is missing. Take this "
                                             "file from a fresh download of the course[.]$"):
        data.load("photos", "photos")


def test_a_file_that_was_brought_back_is_read(copied):
    content = copied.read_bytes()
    copied.unlink()
    with pytest.raises(data.DataError):
        data.load("photos", "photos")
    copied.write_bytes(content)
    assert data.load("photos", "photos").num_rows > 0


def test_a_misspelt_name_is_not_taken_for_a_lost_file():
    with pytest.raises(data.DataError, match="not list drawing/train.parquet. Is it spelt right?"):
        data.load("drawing")
