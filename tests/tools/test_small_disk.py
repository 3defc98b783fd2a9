"""Every writer on a disk that is full: one sentence, and what was there before is as it was."""

import json
import os
import re
import shutil
import subprocess

import lessons
import nbformat
import pytest
from launched import course, root
from nbformat.v4 import new_code_cell, new_notebook
from toy import toy

from helpers import weights
from tools import execute, gallery, pretrain
from tools.learn import __main__ as learn
from tools.website import __main__ as website

ROOM = "could not be written (No space left on device); what was there before is unchanged."
NOTHING = r"Nothing can be written to tiny/ \(No space left on device\): free some of the disk, or "


@pytest.fixture
def tiny(tmp_path):
    """A disk of 1 MB."""
    (tmp_path / "tiny").mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path / "tiny"],
                           capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"no file system of 1 MB can be made here: {mount.stderr.strip()}")
    yield tmp_path / "tiny"
    subprocess.run(["umount", tmp_path / "tiny"], check=True)


def fill(folder):
    """Leave no room in a folder; return what it holds."""
    with pytest.raises(OSError, match="No space"), open(folder / "ballast", "wb", 0) as file:
        while True:
            file.write(bytes(4096))
    return contents(folder)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@root
def test_copies_are_whole_or_not_there(tiny):
    code, said, fault = course("copies", COURSE_WORK=str(tiny))
    assert (code, said, fault.count("\n")) == (1, "", 1)
    assert f" {ROOM}" in fault
    found = [path for path in tiny.rglob("*") if path.suffix != ".svg"]
    assert not [path for path in found if path.name.endswith(".part")]
    assert all(json.loads(path.read_text()) for path in found if path.suffix == ".ipynb")


@root
@pytest.mark.parametrize("command", [["copies"], ["again", "0"], ["lab", "--version"],
                                     ["present", "0", "--version"]])
def test_commands_change_no_copy(command, tiny):
    (tiny / "00_start_here.ipynb").write_text("mine")
    before = fill(tiny)
    code, said, fault = course(*command, COURSE_WORK=str(tiny))
    assert (code, said, fault.count("\n")) == (1, "", 1)
    assert "No space left on device" in fault
    assert {path: content for path, content in contents(tiny).items() if content} == before


def run(disk, options):
    lesson = disk.with_name("notebooks") / "00_small.ipynb"
    lesson.parent.mkdir()
    nbformat.write(new_notebook(cells=[new_code_cell("6 * 7")]), lesson)
    execute.main(options, lesson.parent, disk)


def train(disk, holder, name):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "FOLDER", disk.with_name("weights"))
        patch.setattr(pretrain, "CHECKPOINTS", disk.with_name("checkpoints"))
        patch.setattr(holder, name, disk)
        pretrain.pretrain("toy", toy(), every=1)


def take_out_pictures(disk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery, "ROOT", disk)
        gallery.main(lessons.ROOT / "README.md")


@root
@pytest.mark.parametrize(("write", "sentence"), [
    (lambda disk: run(disk, ["0"]), NOTHING),
    (lambda disk: run(disk, ["--seeds", "0"]), NOTHING),
    (lambda disk: website.main([], disk), NOTHING),
    (lambda disk: train(disk, weights, "FOLDER"), rf"toy\.safetensors {re.escape(ROOM)}"),
    (lambda disk: train(disk, pretrain, "CHECKPOINTS"),
     rf"checkpoint\.safetensors {re.escape(ROOM)}"),
    (take_out_pictures, rf"\d\d\.png {re.escape(ROOM)}"),
], ids=["run", "seeds", "site", "weights", "checkpoint", "pictures"])
def test_tools_leave_nothing_half_written(write, sentence, tiny, capsys):
    before = fill(tiny)
    try:
        write(tiny)
    except (SystemExit, OSError) as ended:
        told = str(ended)
    else:
        told = capsys.readouterr().err.strip()
    assert re.match(sentence, told) and "\n" not in told
    assert contents(tiny) == before


@root
def test_a_lesson_that_finds_no_room_at_its_end_keeps_what_was_there(tiny, tmp_path, capsys):
    nbformat.write(new_notebook(cells=[new_code_cell("print(3 * 10 ** 6 * '.')")]),
                   tmp_path / "00_large.ipynb")
    before = (tmp_path / "00_large.ipynb").read_bytes()
    assert execute.main(["--inplace"], tmp_path, tiny) == 1
    assert capsys.readouterr().err == f"00_large.ipynb {ROOM}\n"
    assert (tmp_path / "00_large.ipynb").read_bytes() == before and not os.listdir(tiny)


@root
def test_a_site_asks_for_its_room_first(tiny, capsys):
    assert website.main([], tiny) == 1
    assert capsys.readouterr().err == "The site needs 150 MB of the disk: free some of it.\n"
    assert not os.listdir(tiny)


@root
def test_pictures_that_find_no_room_leave_no_half_cache(tiny, mine, capsys):
    (tiny / "out").mkdir()
    fill(tiny)
    os.truncate(tiny / "ballast", os.path.getsize(tiny / "ballast") - 50_000)
    assert learn.main([str(mine), "--out", str(tiny / "out"), "--steps", "2"]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert re.fullmatch(r"pictures-32-\w+\.arrow could not be made \(No space left on .*\)\.", told)
    assert [path.name for path in (tiny / "out").iterdir()] == [".lock"]


@root
def test_pictures_on_a_disk_that_can_not_be_written_are_learned_from(tiny, mine, command, unjudged):
    shutil.copytree(mine, tiny / "mine")
    subprocess.run(["mount", "-o", "remount,ro", tiny], check=True)
    assert command("--steps", 2, source=tiny / "mine")[0] == 0
