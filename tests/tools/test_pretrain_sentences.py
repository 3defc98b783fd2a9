"""What keeps the maker of weights from going on is said in one sentence, and so is its end."""

import os
import re

import pytest
from toy import at_step, interrupt, press_ctrl_c, run, start_process, toy

from helpers import weights
from helpers.data import DataError
from helpers.weights import WeightsError
from tools import pretrain, recipes

pytestmark = pytest.mark.usefixtures("checkpoint")


def stop_at_step_2():
    with pytest.raises(KeyboardInterrupt):
        run(toy(at_step(2, press_ctrl_c)))


@pytest.mark.parametrize("content", [b"", b"no tensors", b"\x08" + 7 * b"\0" + b"{}      "])
def test_a_damaged_checkpoint(content, checkpoint):
    stop_at_step_2()
    for harmed in (content, checkpoint.read_bytes()[:-9]):
        checkpoint.write_bytes(harmed)
        with pytest.raises(WeightsError) as error:
            run(toy())
        assert str(error.value) == f"{checkpoint} is damaged; delete it to start anew."
    checkpoint.unlink()
    run(toy())


def test_a_checkpoint_of_another_network(checkpoint):
    stop_at_step_2()
    with pytest.raises(WeightsError) as error:
        run(toy(width=6))
    assert str(error.value) == (
        f"{checkpoint} does not fit this network: 0.weight should be float32 (6, 3, 3, 3) and is "
        "float32 (5, 3, 3, 3); delete it to start anew.")


def test_a_checkpoint_of_another_run(checkpoint):
    stop_at_step_2()
    with pytest.raises(WeightsError) as error:
        run(toy(learning_rate=0.2))
    assert str(error.value) == (f"{checkpoint} is of a run with learning_rate 0.1, not 0.2; "
                                "delete it to start anew.")


def test_a_full_disk_keeps_the_last_checkpoint(checkpoint, monkeypatch):
    stop_at_step_2()
    before = checkpoint.read_bytes()

    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="^checkpoint.safetensors could not be written"):
            run(toy())
    assert os.listdir(checkpoint.parent) == [checkpoint.name] and checkpoint.read_bytes() == before


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_in_one_sentence(value):
    with pytest.raises(ArithmeticError, match=f"^The loss became {value} at step 1: try .*[.]$"):
        run(toy(loss=lambda network, batch: value * network(batch).pow(2).sum()))
    assert not weights.FOLDER.exists()


def test_a_misspelt_data_file_is_found_before_the_training():
    with pytest.raises(DataError, match="does not list photo/photos.parquet"):
        run(toy(batch=interrupt, files=["photo/photos.parquet"]))


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


@pytest.mark.slow
def test_an_unknown_name_is_answered_with_the_names_there_are():
    done = start_process(["tools.pretrain", "nonsense"])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no recipe 'nonsense'; the recipes are: ")
    assert done.stderr.count("\n") == 1
