"""The maker of committed weights: a run that was stopped ends like one that was not."""

import os
import re
import signal
import textwrap

import lessons
import pytest
import torch
from toy import STEPS, at_step, squared_error, start_process, toy

from helpers import data, weights
from helpers.data import DataError
from helpers.weights import WeightsError
from tools import pretrain, recipes


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """An empty data/weights/ and an empty build/pretrain/; returns the latter's checkpoint."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path / "pretrain")
    return tmp_path / "pretrain" / "toy" / "checkpoint.safetensors"


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def interrupt():
    raise KeyboardInterrupt


def run(recipe, every=200):
    record = pretrain.pretrain("toy", recipe, every=every)
    return record, pretrain.pack(recipe.network.state_dict())


def without_seconds(record):
    return {key: value for key, value in record.items() if key != "seconds"}


def test_the_record_says_how_the_weights_came_about(folder):
    record, content = run(toy())
    assert record == weights.record("toy")
    assert (weights.FOLDER / "toy.safetensors").read_bytes() == content
    assert list(record) == ["command", "seed", "steps", "learning_rate", "precision", "processes",
                            "data", "seconds", "figures", "torch", "sha256"]
    assert record["command"] == "python -m tools.pretrain toy"
    assert (record["seed"], record["steps"], record["precision"]) == (0, STEPS, "no")
    assert record["data"]["photos/photos.parquet"] in (data.FOLDER / "SHA256SUMS").read_text()
    assert record["seconds"] >= 0 and isinstance(record["figures"]["mean"], float)
    assert not folder.parent.exists()


def test_the_loss_falls():
    recipe = toy()
    pictures = torch.rand(64, 3, 8, 8)
    before = squared_error(recipe.network.eval(), pictures)
    run(recipe)
    assert squared_error(recipe.network, pictures) < before / 2
    assert all(torch.equal(weight, weights_again) for weight, weights_again in zip(
        recipe.network.parameters(), loaded().parameters()))


def loaded():
    network = toy().network
    weights.load("toy", network)
    return network


@pytest.mark.parametrize("stops", [[5], [1], [12], [3, 4], [5, 1, 1]])
def test_a_run_that_was_stopped_ends_like_one_that_was_not(stops, capsys):
    record, content = run(toy())
    done = 0
    for stop in stops:
        with pytest.raises(KeyboardInterrupt, match=f"^Stopped at step {done + stop} of 12; the "
                                                    "same command goes on from there[.]$"):
            run(toy(at_step(stop, press_ctrl_c)))
        done += stop
    capsys.readouterr()
    record_again, content_again = run(toy())
    assert capsys.readouterr().out.splitlines()[0] == f"Going on from step {done} of 12."
    assert content_again == content
    assert without_seconds(record_again) == without_seconds(record)


@pytest.mark.parametrize("stop", [2, 6, 9])
def test_a_run_that_broke_off_within_a_step_goes_on_from_the_last_checkpoint(stop, capsys):
    _, content = run(toy())
    with pytest.raises(KeyboardInterrupt):
        run(toy(at_step(stop, interrupt)), every=2)
    capsys.readouterr()
    assert run(toy())[1] == content
    saved = (stop - 1) // 2 * 2
    assert (f"Going on from step {saved} of 12." in capsys.readouterr().out) == (saved > 0)


def test_seconds_are_those_of_all_parts_together(monkeypatch):
    clock = iter(range(100, 10_000, 100))
    monkeypatch.setattr(pretrain.time, "monotonic", lambda: next(clock))
    with pytest.raises(KeyboardInterrupt):
        run(toy(at_step(5, press_ctrl_c)))
    assert run(toy())[0]["seconds"] == 300, "began, stopped; began, last checkpoint, ended"


def test_ctrl_c_works_as_before_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt, match="Stopped at step 2"):
        run(toy(at_step(2, press_ctrl_c)))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_does_not_wait():
    def press_twice():
        press_ctrl_c()
        press_ctrl_c()

    with pytest.raises(KeyboardInterrupt, match="^$"):
        run(toy(at_step(2, press_twice)))


# One sentence for what can't go on


def stop_at_step_2(recipe=toy):
    with pytest.raises(KeyboardInterrupt):
        run(recipe(at_step(2, press_ctrl_c)))


@pytest.mark.parametrize("content", [b"", b"no tensors", b"\x08" + 7 * b"\0" + b"{}      "])
def test_a_damaged_checkpoint(content, folder):
    stop_at_step_2()
    for harmed in (content, folder.read_bytes()[:-9]):
        folder.write_bytes(harmed)
        with pytest.raises(WeightsError) as error:
            run(toy())
        assert str(error.value) == f"{folder} is damaged; delete it to start anew."
    folder.unlink()
    run(toy())


def test_a_checkpoint_of_another_network(folder):
    stop_at_step_2()
    with pytest.raises(WeightsError) as error:
        run(toy(width=6))
    assert str(error.value) == (
        f"{folder} does not fit this network: 0.weight should be float32 (6, 3, 3, 3) and is "
        "float32 (5, 3, 3, 3); delete it to start anew.")


def test_a_checkpoint_of_another_run(folder):
    stop_at_step_2()
    with pytest.raises(WeightsError) as error:
        run(toy(learning_rate=0.2))
    assert str(error.value) == (f"{folder} is of a run with learning_rate 0.1, not 0.2; "
                                "delete it to start anew.")


def test_a_full_disk_keeps_the_last_checkpoint(folder, monkeypatch):
    stop_at_step_2()
    before = folder.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="^checkpoint.safetensors could not be written"):
            run(toy())
    assert os.listdir(folder.parent) == [folder.name] and folder.read_bytes() == before


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_in_one_sentence(value):
    with pytest.raises(ArithmeticError, match=f"^The loss became {value} at step 1: try .*[.]$"):
        run(toy(loss=lambda network, batch: value * network(batch).pow(2).sum()))
    assert not weights.FOLDER.exists()


def test_a_misspelt_data_file_is_found_before_the_training():
    with pytest.raises(DataError, match="does not list photo/photos.parquet"):
        run(toy(batch=interrupt, files=["photo/photos.parquet"]))


def test_the_origin_of_cifar10_is_the_sum_of_the_file_or_the_revision_on_the_hub(
        monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_COURSE_DATA", "mine")
    (tmp_path / "mine" / "cifar10").mkdir(parents=True)
    (tmp_path / "mine" / "cifar10" / "train.parquet").write_bytes(b"photographs")
    made = run(toy(files=["cifar10/train.parquet"]))[0]
    assert made["data"] == {"cifar10/train.parquet": data.sha256(b"photographs")}
    with pytest.raises(DataError, match="^mine/cifar10/test.parquet is missing"):
        run(toy(files=["cifar10/test.parquet"]))
    monkeypatch.delenv("SSL_COURSE_DATA")
    made = run(toy(files=["cifar10/train.parquet"]))[0]
    assert made["data"] == {"cifar10/train.parquet": f"uoft-cs/cifar10@{data.REVISION}"}


# The command


def test_the_command_says_what_was_reached(monkeypatch, capsys):
    monkeypatch.setitem(recipes.RECIPES, "toy", toy)
    assert pretrain.main(["toy"]) == 0
    figure = weights.record("toy")["figures"]["mean"]
    said = capsys.readouterr().out
    assert re.fullmatch(rf"toy: 12 steps in \d+ s\. mean {figure:.3g}\n", said)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [(press_ctrl_c, "Stopped at step 3 of 12; the same command goes on from there."),
     (interrupt, "Stopped; the same command goes on from the last checkpoint.")],
)
def test_the_command_says_how_to_go_on(act, sentence, monkeypatch, capsys):
    monkeypatch.setitem(recipes.RECIPES, "toy", lambda: toy(at_step(3, act)))
    assert pretrain.main(["toy"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == sentence


@pytest.mark.parametrize(
    ("recipe", "seed", "sentence"),
    [(toy, "nought", "COURSE_SEED has to be a whole number"),
     (lambda: toy(files=["photo/photos.parquet"]), "0", "data/SHA256SUMS does not list photo/"),
     (lambda: toy(loss=lambda network, batch: network(batch).sum() / 0), "0", "The loss became")],
)
def test_the_command_fails_in_one_sentence(recipe, seed, sentence, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SEED", seed)
    monkeypatch.setitem(recipes.RECIPES, "toy", recipe)
    assert pretrain.main(["toy"]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(sentence)


def test_an_unknown_name_is_answered_with_the_names_there_are():
    done = start_process(["tools.pretrain", "nonsense"])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no recipe 'nonsense'; the recipes are: ")
    assert done.stderr.count("\n") == 1


def test_accelerate_launches_it_in_another_precision(tmp_path, monkeypatch):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(f"""
        import sys
        from pathlib import Path
        sys.path[:0] = [{str(lessons.ROOT)!r}, {str(lessons.ROOT / "tests" / "support")!r}]
        from helpers import weights
        from tools import pretrain, recipes
        from toy import toy
        weights.FOLDER, pretrain.CHECKPOINTS = Path({str(tmp_path)!r}), Path({str(tmp_path)!r})
        recipes.RECIPES["toy"] = toy
        sys.exit(pretrain.main(["toy"]))
    """))
    done = start_process(["accelerate.commands.launch", "--cpu", "--num_processes", "1",
                          "--mixed_precision", "bf16", str(script)])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("toy: 12 steps in ")
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    assert weights.load("toy", toy().network)["precision"] == "bf16"
