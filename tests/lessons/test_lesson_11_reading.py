"""Reading any folder of pictures, whatever lies in it: the page of lesson 11."""

import os
import zipfile

import numpy as np
import pytest
import torch
from datasets import Dataset, Features, Value
from datasets import Image as ImageFeature
from PIL import Image

from helpers.page import definitions

PAGE = definitions("11")


def noise(width=40, height=30, seed=0):
    numbers = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(numbers)


def rgba(path):
    image = noise().convert("RGBA")
    image.putalpha(100)
    image.save(path)


def turned(path):
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    noise(60, 30).save(path, exif=exif)


def animated(path):
    noise(seed=1).save(path, save_all=True, append_images=[noise(seed=2), noise(seed=3)])


GOOD = {
    "rgba.png": rgba,
    "palette.png": lambda path: noise().convert("P").save(path),
    "cmyk.jpg": lambda path: noise().convert("CMYK").save(path),
    "deep.tiff": lambda path: Image.fromarray(
        np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50).save(path),
    "turned.jpg": turned,
    "animated.gif": animated,
    "dot.png": lambda path: noise(1, 1).save(path),
    "line.png": lambda path: noise(10_000, 20).save(path),
    "Möwe \U0001f42e [1].png": lambda path: noise(seed=4).save(path),
}
BAD = {
    "letter.jpg": lambda path: path.write_text("Dear pictures"),
    "empty.png": lambda path: path.write_bytes(b""),
    "half.png": lambda path: (noise(seed=5).save(path), path.write_bytes(path.read_bytes()[:900])),
}


@pytest.fixture
def folder(tmp_path):
    """A folder with a name that is no pattern."""
    (tmp_path / "my [best] pictures").mkdir()
    return tmp_path / "my [best] pictures"


def read(source, tmp_path, size=32, count=None):
    return PAGE.cached(str(source), tmp_path / "cache.arrow", size, count)


def fill(folder, count, first=0):
    folder.mkdir(exist_ok=True)
    for seed in range(first, first + count):
        noise(20, 20, seed).save(folder / f"{seed}.png")


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_of_picture_is_read(name, folder, tmp_path):
    GOOD[name](folder / name)
    row, = read(folder, tmp_path)
    assert row["name"] == name and row["fault"] is None and row["label"] is None
    assert len(row["pixels"]) == 32 * 32 * 3 and len(row["sum"]) == 64


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_can_not_be_read_is_named_and_the_others_are_used(name, folder, tmp_path):
    fill(folder, 5)
    BAD[name](folder / name)
    pictures = read(folder, tmp_path)
    faults = {row["name"]: row["fault"] for row in pictures if row["fault"]}
    assert list(faults) == [name] and faults[name].startswith("This ")
    assert len(PAGE.distinct(pictures)) == 5
    table = {what: (many, example) for what, many, example in PAGE.report(pictures)}
    assert table["could be read"] == (5, "")
    assert table["could not be read"] == (1, f"{name}: {faults[name]}")


def test_a_file_that_may_not_be_read_is_named(folder, tmp_path, monkeypatch):
    fill(folder, 3)

    def refuse(path, mode):
        if path.endswith("1.png"):
            raise PermissionError(13, "Permission denied", path)
        return open(path, mode)

    monkeypatch.setattr(PAGE, "xopen", refuse)
    faults = {row["name"]: row["fault"] for row in read(folder, tmp_path)}
    assert faults == {"0.png": None, "1.png": "Permission denied", "2.png": None}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few make links")
def test_a_link_in_a_circle_ends(folder, tmp_path):
    fill(folder, 3)
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert len(PAGE.distinct(read(folder, tmp_path))) == 3


def test_labels_are_the_names_of_folders_and_an_empty_one_is_none(folder, tmp_path):
    fill(folder / "cow", 4)
    fill(folder / "sun", 3, first=4)
    (folder / "moon").mkdir()
    pictures = read(folder, tmp_path)
    assert sorted(pictures["label"][:]) == ["cow"] * 4 + ["sun"] * 3
    assert PAGE.report(pictures)[-1] == ["classes", 2, "cow (4) to sun (3)"]


def test_folders_called_train_and_test_are_folders(folder, tmp_path):
    fill(folder / "train", 4)
    fill(folder / "test", 3, first=4)
    assert sorted(read(folder, tmp_path)["label"][:]) == ["test"] * 3 + ["train"] * 4


def test_a_list_of_labels_may_name_missing_files(folder, tmp_path):
    fill(folder, 3)
    (folder / "metadata.csv").write_text(
        "file_name,label\n0.png,cow\n1.png,sun\nlost.png,sun\n2.png,cow\n")
    found = {row["name"]: (row["label"], row["fault"]) for row in read(folder, tmp_path)}
    assert found == {"0.png": ("cow", None), "1.png": ("sun", None), "2.png": ("cow", None),
                     "lost.png": ("sun", "No such file or directory")}


def test_a_zip_and_a_table_are_read_like_a_folder(folder, tmp_path):
    fill(folder / "cow", 4)
    fill(folder / "sun", 4, first=4)
    files = sorted(folder.rglob("*.png"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in files:
            archive.write(file, file.relative_to(folder))
    kinds = Features({"picture": ImageFeature(), "label": Value("string")})
    Dataset.from_dict({"picture": [{"bytes": file.read_bytes(), "path": None} for file in files],
                       "label": [file.parent.name for file in files]},
                      features=kinds).to_parquet(tmp_path / "all.parquet")
    found = [{(row["label"], row["sum"]) for row in PAGE.found(str(source), 32)}
             for source in (folder, tmp_path / "all.zip", tmp_path / "all.parquet")]
    assert len(found[0]) == 8 and found[0] == found[1] == found[2]


def test_what_holds_no_picture_is_told_in_one_sentence(folder, tmp_path, monkeypatch):
    def offline(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr(PAGE, "HfApi", lambda: type("Hub", (), {"dataset_info": offline})())
    for source in (tmp_path / "nowhere", "nobody/nothing"):
        with pytest.raises(ValueError, match="is no folder, no zip and no Parquet file here, and "):
            read(source, tmp_path)
    with pytest.raises(ValueError, match="holds no picture[.]$"):
        read(folder, tmp_path)
    (tmp_path / "x.zip").write_bytes(b"no zip")
    (tmp_path / "x.parquet").write_bytes(b"no table")
    Dataset.from_dict({"text": ["cow"]}).to_parquet(tmp_path / "text.parquet")
    for name in ("x.zip", "x.parquet", "text.parquet"):
        with pytest.raises(ValueError, match=f"{name} [^\n]*$"):
            read(tmp_path / name, tmp_path)
    assert not [path for path in tmp_path.iterdir() if "cache" in path.name]


def test_a_folder_of_letters_has_no_picture(folder, tmp_path):
    (folder / "letter.txt").write_text("Dear pictures")
    try:
        assert not len(PAGE.distinct(read(folder, tmp_path)))
    except ValueError as error:
        assert "\n" not in str(error)


def test_a_full_disk_leaves_no_half_cache(folder, tmp_path, monkeypatch):
    fill(folder, 3)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PAGE.ArrowWriter, "write", full)
    with pytest.raises(OSError, match=r"^cache.arrow could not be made \(No space left"):
        read(folder, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_the_cache_is_read_again_and_not_the_folder(folder, tmp_path):
    fill(folder, 3)
    before = read(folder, tmp_path)["sum"][:]
    (folder / "0.png").unlink()
    assert read(folder, tmp_path)["sum"][:] == before


def test_identical_pictures_count_once(folder, tmp_path):
    for number in range(100):
        noise().save(folder / f"{number}.png")
    pictures = read(folder, tmp_path)
    assert len(PAGE.distinct(pictures)) == 1
    assert PAGE.report(pictures)[2] == ["same as another", 99, ""]


def test_the_middle_square_is_kept_upright(folder, tmp_path):
    image = Image.new("RGB", (90, 30), "blue")
    image.paste("red", (30, 0, 60, 30))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(folder / "a.png", exif=exif)
    picture = PAGE.pixels(read(folder, tmp_path), torch.tensor([0]))
    red = torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    assert torch.allclose(picture[..., 2:-2, 2:-2], red[..., 2:-2, 2:-2], atol=0.05)
