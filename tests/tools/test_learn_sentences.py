"""What keeps `course.py learn` from going on is said in one sentence."""

import os
from contextlib import contextmanager

import pytest
from own import fill

from tools.learn import __main__ as learn
from tools.learn import conclusion


@pytest.mark.parametrize(("count", "sentence"), [
    (1, "holds 1 different pictures that can be read; there have to be 16 to learn from."),
    (0, "holds no picture.")])
def test_too_few_pictures_end_in_a_sentence(count, sentence, command, tmp_path):
    fill(tmp_path, "few", count)
    code, _, faults = command("--steps", 2, source=tmp_path / "few")
    assert code == 1 and len(faults) == 1 and faults[0].endswith(sentence)


def test_identical_pictures_teach_nothing(command, tmp_path):
    fill(tmp_path, "same", 1)
    content = (tmp_path / "same" / "0.png").read_bytes()
    for number in range(1, 100):
        (tmp_path / "same" / f"{number}.png").write_bytes(content)
    code, said, faults = command("--steps", 2, source=tmp_path / "same")
    assert code == 1 and "same as another: 99" in said and "holds 1 different" in faults[0]


def test_a_full_disk_is_told(command, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, faults = command("--steps", 2)
    assert code == 1 and len(faults) == 1 and "could not be made (No space left" in faults[0]


def test_onnx_that_differs_is_not_published(command, monkeypatch, tmp_path):
    @contextmanager
    def kept():
        yield ["<table></table>"]

    page = learn.lesson()
    page.export = lambda encoder, file, size: file.write_bytes(b"onnx") and 0.5
    monkeypatch.setattr(learn, "lesson", lambda: page)
    monkeypatch.setattr(conclusion.report, "kept", kept)
    monkeypatch.setattr(conclusion, "judge", lambda *_: ("It helps here.", ["Go on."], {}))
    code, _, faults = command("--steps", 2)
    assert code == 1 and faults == ["ONNX gives features that are 0.5 from PyTorch's."]
    assert not (tmp_path / "out" / "record.json").exists()
    assert not (tmp_path / "out" / "encoder.part.onnx").exists()


def test_a_damaged_record_is_told(command, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "record.json").write_text("{")
    code, _, faults = command("--steps", 2)
    assert code == 1 and faults[-1].endswith("record.json is damaged; delete it to start anew.")


@pytest.mark.parametrize("words", [["--steps", "1"], ["--steps", "x"], ["--crop", "2"],
                                   ["--size", "40"], ["--steps", "5", "--minutes", "1"]])
def test_what_can_not_be_meant_is_refused(words, command, capsys):
    with pytest.raises(SystemExit):
        command(*words)
    assert "error: argument" in capsys.readouterr().err


@pytest.mark.parametrize("change", [
    lambda folder: (folder / "new").write_text(""), lambda folder: (folder / "a").unlink(),
    lambda folder: (folder / "a").write_text("longer")])
def test_the_stamp_of_a_folder_changes_with_its_files(change, tmp_path):
    (tmp_path / "a").write_text("a")
    before = learn.stamp(str(tmp_path))
    assert before == learn.stamp(str(tmp_path))
    change(tmp_path)
    assert learn.stamp(str(tmp_path)) != before
