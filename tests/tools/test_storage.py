"""Files are written whole or not at all, and a folder that takes nothing is told in a sentence."""

import io
import os
from pathlib import Path

import pytest

from tools import storage

FULL = OSError(28, "No space left on device")


@pytest.fixture
def three(tmp_path):
    """Three files, of which the first is there already."""
    files = {tmp_path / name: name.encode() for name in ("one", "two", "new/three")}
    (tmp_path / "one").write_bytes(b"before")
    return files


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def test_files_are_written_and_their_folders_made(three, tmp_path):
    (tmp_path / "two.part").write_bytes(b"left over")
    storage.write(three)
    assert contents(tmp_path) == {"one": b"one", "two": b"two", "new/three": b"new/three"}


@pytest.mark.parametrize("error", [FULL, OSError(30, "Read-only file system")])
@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_where_one_file_finds_no_room_all_stay_as_they_were(name, error, three, tmp_path,
                                                            monkeypatch):
    write = Path.write_bytes

    def half(path, content):
        write(path, content[:1])
        if path.name.startswith(name):
            raise error

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError) as told:
        storage.write(three)
    assert str(told.value) == (f"{name} could not be written ({error.strerror}); what was there "
                               "before is unchanged.")
    assert contents(tmp_path) == {"one": b"before"}


def test_a_file_that_cannot_be_put_in_its_place_stays_as_it_was(tmp_path, monkeypatch):
    def replace(*_):
        raise FULL

    (tmp_path / "one").write_bytes(b"before")
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="^one could not be written"):
        storage.write({tmp_path / "one": b"one"})
    assert contents(tmp_path) == {"one": b"before"}


def test_a_folder_is_made_and_left_empty(tmp_path):
    storage.must_hold_files(tmp_path / "new" / "folder")
    assert not os.listdir(tmp_path / "new" / "folder")


def test_a_folder_that_takes_no_byte_is_told_in_a_sentence(tmp_path, monkeypatch):
    class Full(io.BytesIO):
        def write(self, content):
            if content:
                raise FULL

    monkeypatch.setattr(storage.tempfile, "TemporaryFile", lambda dir: Full())
    with pytest.raises(OSError) as told:
        storage.must_hold_files(tmp_path / "build")
    assert str(told.value) == ("Nothing can be written to build/ (No space left on device): free "
                               "some of the disk, or copy the course to a folder of your own.")


def test_a_file_in_the_place_of_a_folder_is_told_in_a_sentence(tmp_path):
    (tmp_path / "build").write_text("a file")
    with pytest.raises(OSError, match=r"^Nothing can be written to build/ \("):
        storage.must_hold_files(tmp_path / "build")
