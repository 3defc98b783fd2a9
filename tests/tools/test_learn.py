"""`course.py learn`: any pictures, from a folder to a page with a verdict."""

import csv
import json
import os
import re
from contextlib import contextmanager

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from toy import press_ctrl_c, start_process

from helpers import models
from tools.learn import __main__ as learn
from tools.learn import conclusion, trainer

FILES = ["encoder.onnx", "encoder.safetensors", "log.csv", "record.json", "verdict.html"]


def fill(folder, name, count, seed=0):
    """Pictures of one class: noise around a colour of its own."""
    (folder / name).mkdir(parents=True)
    numbers = np.random.default_rng(seed)
    for number in range(count):
        pixels = numbers.normal(60 + 120 * seed, 40, (24, 32, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{number}.png")


@pytest.fixture
def folder(tmp_path):
    """Two classes of 20 pictures, and a letter that is none."""
    for seed, name in enumerate(("<cow>", "sun")):
        fill(tmp_path / "mine", name, 20, seed)
    (tmp_path / "mine" / "sun" / "letter.jpg").write_text("Dear pictures")
    return tmp_path / "mine"


@pytest.fixture
def run(folder, tmp_path, capsys):
    """Run the command; returns its exit code, what it said, and its faults without the bar."""
    def run(*words, source=folder):
        code = learn.main([str(source), "--out", str(tmp_path / "out"), "--width", "2", "--batch",
                           "16", *map(str, words)])
        said, faults = capsys.readouterr()
        return code, said, [line for line in re.split(r"[\r\n]+", faults)
                            if line.strip() and "it/s" not in line and "s/it" not in line
                            and "%|" not in line]
    return run


@pytest.fixture
def unjudged(monkeypatch):
    """Leave out what takes seconds: nothing is judged, and nothing is written but a record."""
    def conclude(page, options, pictures, exam, twins, lines, record):
        (options.out / "record.json").write_text(json.dumps(record))
        return "It was judged."

    monkeypatch.setattr(learn, "conclude", conclude)


@pytest.mark.slow
def test_a_folder_becomes_a_page_weights_and_a_log(run, folder, tmp_path):
    code, said, faults = run("--steps", 20)
    out = tmp_path / "out"
    assert (code, faults) == (0, [])
    assert "could not be read: 1 (sun/letter.jpg: This file is not a picture" in said
    assert re.search(r"^(It helps|No clear difference|It does worse) here: with 1, 5", said, re.M)
    assert sorted(path.name for path in out.iterdir() if not path.name.startswith((".", "pict"))
                  ) == FILES
    page = (out / "verdict.html").read_text(encoding="utf-8")
    record = json.loads((out / "record.json").read_text())
    assert record["verdict"].replace("<", "&lt;") in page.replace("&gt;", ">")
    assert page.count("<img alt=") == 5 and "src=\"http" not in page and "<cow>" not in page
    assert record["run"]["steps"] == 20 and record["run"]["pictures"] == 40
    shares = [value for name, value in record["figures"].items() if name.endswith("labels")]
    assert len(shares) == 10 and all(0 <= value <= 1 for value in shares)
    encoder = models.Encoder(width=2)
    encoder.load_state_dict(safetensors.torch.load_file(out / "encoder.safetensors"))
    rows = list(csv.DictReader((out / "log.csv").open()))
    assert [row["step"] for row in rows] == ["10", "20"]
    assert list(rows[0]) == ["step", "loss", "learning_rate", "spread", "rank", "seconds"]
    assert run("--steps", 20)[:2] == (0, said.split("It ")[0].split("No clear")[0]
                                      + f"It is there already: {out / 'verdict.html'}\n")
    code, _, faults = run("--steps", 30)
    assert code == 1 and faults == [f"{out} holds the result of a run with steps 20, not 30: name "
                                    "another folder with --out."]


@pytest.mark.slow
def test_pictures_without_names_have_neighbours_and_no_verdict(run, tmp_path):
    fill(tmp_path, "plain", 40)
    code, said, _ = run("--steps", 4, source=tmp_path / "plain")
    assert code == 0 and "Nothing can be said about naming: No class has" in said
    assert (tmp_path / "out" / "verdict.html").read_text().count("<img alt=") == 4


def stop_at(monkeypatch, step, act=press_ctrl_c):
    """Act when the batch of a step is asked for."""
    make, asked = learn.make_recipe, []

    def made(*arguments):
        recipe = make(*arguments)
        batch = recipe.batch

        def held():
            asked.append(None)
            if len(asked) == step:
                act()
            return batch()
        recipe.batch = held
        return recipe
    monkeypatch.setattr(learn, "make_recipe", made)


def test_a_run_that_was_stopped_goes_on_and_ends_like_one_that_was_not(
        run, unjudged, monkeypatch, tmp_path):
    def weights():
        network = learn.lesson().twins_of(32, 2)
        kept = tmp_path / "out" / "kept"
        network.load_state_dict(safetensors.torch.load_file(kept))
        return network.state_dict()

    def keep(page, options, pictures, exam, twins, lines, record):
        (options.out / "kept").write_bytes(trainer.pack(twins.state_dict()))
        return "It was judged."

    monkeypatch.setattr(learn, "conclude", keep)
    assert run("--steps", 8)[0] == 0
    whole = weights()
    with monkeypatch.context() as patch:
        stop_at(patch, 3)
        code, _, faults = run("--steps", 8)
    assert code == 130
    assert faults == ["Stopped at step 3 of 8; the same command goes on from there."]
    code, said, _ = run()
    assert code == 0 and "Going on from step 3 of 8." in said, "the steps are those of before"
    assert all(torch.equal(tensor, whole[name]) for name, tensor in weights().items())


def test_a_run_that_is_stopped_while_it_judges_only_judges_again(run, unjudged, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(learn, "conclude", interrupted)
        assert run("--steps", 4)[0] == 130
    with monkeypatch.context() as patch:
        stop_at(patch, 1, lambda: pytest.fail("it trains again"))
        code, said, _ = run("--steps", 4)
    assert code == 0 and "It was judged." in said


def test_another_run_does_not_go_on_from_a_checkpoint(run, unjudged, monkeypatch, folder):
    with monkeypatch.context() as patch:
        stop_at(patch, 2)
        run("--steps", 4)
    for words, what in ((("--steps", 4, "--seed", 3), "seed 0, not 3"),
                        (("--steps", 5), "steps 4, not 5"),
                        (("--steps", 4, "--turn", 90), "view")):
        code, _, faults = run(*words)
        assert code == 1 and what in faults[-1] and faults[-1].endswith("delete it to start anew.")
    (folder / "sun" / "0.png").unlink()
    assert "pictures 40, not 39" in run("--steps", 4)[2][-1]


def test_minutes_become_steps(run, unjudged, tmp_path):
    assert run("--minutes", 0.02)[0] == 0
    assert json.loads((tmp_path / "out" / "record.json").read_text())["run"]["steps"] >= 20


def test_fewer_pictures_than_a_batch_are_told(run, unjudged):
    said = run("--steps", 2, "--batch", "64")[1]
    assert "A batch of 64 is more than there is to learn from: it has 32.\n" in said


@pytest.mark.parametrize(("count", "sentence"), [
    (1, "holds 1 different pictures that can be read; there have to be 16 to learn from."),
    (0, "holds no picture.")])
def test_too_few_pictures_end_in_a_sentence(count, sentence, run, tmp_path):
    fill(tmp_path, "few", count)
    code, _, faults = run("--steps", 2, source=tmp_path / "few")
    assert code == 1 and len(faults) == 1 and faults[0].endswith(sentence)


def test_identical_pictures_teach_nothing(run, tmp_path):
    fill(tmp_path, "same", 1)
    content = (tmp_path / "same" / "0.png").read_bytes()
    for number in range(1, 100):
        (tmp_path / "same" / f"{number}.png").write_bytes(content)
    code, said, faults = run("--steps", 2, source=tmp_path / "same")
    assert code == 1 and "same as another: 99" in said and "holds 1 different" in faults[0]


def test_a_full_disk_is_told(run, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, faults = run("--steps", 2)
    assert code == 1 and len(faults) == 1 and "could not be written (No space left" in faults[0]


def test_onnx_that_differs_is_not_published(run, monkeypatch, tmp_path):
    @contextmanager
    def kept():
        yield ["<table></table>"]

    page = learn.lesson()
    page.export = lambda encoder, file, size: file.write_bytes(b"onnx") and 0.5
    monkeypatch.setattr(learn, "lesson", lambda: page)
    monkeypatch.setattr(conclusion.report, "kept", kept)
    monkeypatch.setattr(conclusion, "judge", lambda *_: ("It helps here.", "Go on.", {}))
    code, _, faults = run("--steps", 2)
    assert code == 1 and faults == ["ONNX gives features that are 0.5 from PyTorch's."]
    assert not (tmp_path / "out" / "record.json").exists()
    assert not (tmp_path / "out" / "encoder.part.onnx").exists()


def test_a_damaged_record_is_told(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "record.json").write_text("{")
    code, _, faults = run("--steps", 2)
    assert code == 1 and faults[-1].endswith("record.json is damaged; delete it to start anew.")


@pytest.mark.parametrize("words", [["--steps", "1"], ["--steps", "x"], ["--crop", "2"],
                                   ["--size", "40"], ["--steps", "5", "--minutes", "1"]])
def test_what_can_not_be_meant_is_refused(words, run, capsys):
    with pytest.raises(SystemExit):
        run(*words)
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


@pytest.mark.slow
def test_two_processes_learn_together(folder, tmp_path):
    done = start_process(["torch.distributed.run", "--nproc_per_node", "2", "-m", "tools.learn",
                          str(folder), "--out", str(tmp_path / "out"), "--steps", "10", "--width",
                          "2", "--batch", "16"], OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("could be read: 40") == 1 and "verdict.html" in done.stdout
    assert json.loads((tmp_path / "out" / "record.json").read_text())["processes"] == 2
