"""`course.py learn`: any pictures, from a folder to a page with a verdict."""

import csv
import json
import re
from functools import partial

import pytest
import safetensors.torch
import torch
from own import fill
from toy import press_ctrl_c, start_process

from helpers import models
from tools.learn import __main__ as learn
from tools.learn import trainer

FILES = ["encoder.onnx", "encoder.safetensors", "log.csv", "record.json", "verdict.html"]


@pytest.mark.slow
def test_a_folder_becomes_a_page_weights_and_a_log(command, tmp_path, monkeypatch):
    lesson = learn.lesson()
    lesson.by_labels_alone = partial(lesson.by_labels_alone, steps=3)
    monkeypatch.setattr(learn, "lesson", lambda: lesson)
    code, said, faults = command("--steps", 20)
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
    assert len(shares) == 12 and all(0 <= value <= 1 for value in shares)
    encoder = models.Encoder(width=2)
    encoder.load_state_dict(safetensors.torch.load_file(out / "encoder.safetensors"))
    rows = list(csv.DictReader((out / "log.csv").open()))
    assert [row["step"] for row in rows] == ["10", "20"]
    assert list(rows[0]) == ["step", "loss", "learning_rate", "spread", "rank", "seconds"]
    code, said, _ = command("--steps", 20)
    assert code == 0 and said.endswith(f"It is there already: {out / 'verdict.html'}\n")
    code, _, faults = command("--steps", 30)
    assert code == 1 and faults == [f"{out} holds the result of a run with steps 20, not 30: name "
                                    "another folder with --out."]


@pytest.mark.slow
def test_pictures_without_names_have_neighbours_and_no_verdict(command, tmp_path, monkeypatch):
    page = learn.lesson()
    page.export = lambda encoder, file, size: file.write_bytes(b"onnx") and 0.0  # takes seconds
    monkeypatch.setattr(learn, "lesson", lambda: page)
    fill(tmp_path, "plain", 40)
    code, said, _ = command("--steps", 4, source=tmp_path / "plain")
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
        command, unjudged, monkeypatch, tmp_path):
    def weights():
        network = learn.lesson().twins_of(32, 2)
        kept = tmp_path / "out" / "kept"
        network.load_state_dict(safetensors.torch.load_file(kept))
        return network.state_dict()

    def keep(page, options, pictures, exam, twins, lines, record):
        (options.out / "kept").write_bytes(trainer.pack(twins.state_dict()))
        return "It was judged."

    monkeypatch.setattr(learn, "conclude", keep)
    assert command("--steps", 8)[0] == 0
    whole = weights()
    with monkeypatch.context() as patch:
        stop_at(patch, 3)
        code, _, faults = command("--steps", 8)
    assert code == 130
    assert faults == ["Stopped at step 3 of 8; the same command goes on from there."]
    code, said, _ = command()
    assert code == 0 and "Going on from step 3 of 8." in said, "the steps are those of before"
    assert all(torch.equal(tensor, whole[name]) for name, tensor in weights().items())


def test_a_run_that_is_stopped_while_it_judges_only_judges_again(command, unjudged, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(learn, "conclude", interrupted)
        assert command("--steps", 4)[0] == 130
    with monkeypatch.context() as patch:
        stop_at(patch, 1, lambda: pytest.fail("it trains again"))
        code, said, _ = command("--steps", 4)
    assert code == 0 and "It was judged." in said


def test_another_run_does_not_go_on_from_a_checkpoint(command, unjudged, monkeypatch, mine):
    with monkeypatch.context() as patch:
        stop_at(patch, 2)
        command("--steps", 4)
    for words, what in ((("--steps", 5), "steps 4, not 5"),
                        (("--steps", 4, "--turn", 90), "view"),
                        (("--steps", 4, "--seed", 3), "seed 0, not 3")):
        code, _, faults = command(*words)
        assert code == 1 and what in faults[-1] and faults[-1].endswith("delete it to start anew.")
    (mine / "sun" / "0.png").unlink()
    assert "pictures 40, not 39" in command("--steps", 4, "--seed", 0)[2][-1]


def test_minutes_become_steps(command, unjudged, tmp_path):
    assert command("--minutes", 0.02)[0] == 0
    assert json.loads((tmp_path / "out" / "record.json").read_text())["run"]["steps"] >= 20


def test_fewer_pictures_than_a_batch_are_told(command, unjudged):
    said = command("--steps", 2, "--batch", "64")[1]
    assert "A batch of 64 is more than there is to learn from: it has 32.\n" in said


@pytest.mark.slow
def test_two_processes_learn_together(tmp_path):
    fill(tmp_path, "plain", 40)  # without names there is less to judge
    done = start_process(["torch.distributed.run", "--nproc_per_node", "2", "-m", "tools.learn",
                          str(tmp_path / "plain"), "--out", str(tmp_path / "out"), "--steps", "10",
                          "--width", "2", "--batch", "16"], OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("could be read: 40") == 1 and "verdict.html" in done.stdout
    assert json.loads((tmp_path / "out" / "record.json").read_text())["processes"] == 2
