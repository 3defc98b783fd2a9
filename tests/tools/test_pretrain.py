"""The maker of committed weights: a run that was stopped ends like one that was not."""

import dataclasses
import signal

import pytest
import torch
from toy import STEPS, at_step, interrupt, press_ctrl_c, run, squared_error, toy

from helpers import data, weights
from helpers.data import DataError
from tools.learn import trainer

pytestmark = pytest.mark.usefixtures("checkpoint")


def without_seconds(record):
    return {key: value for key, value in record.items() if key != "seconds"}


def test_the_record_says_how_the_weights_came_about(checkpoint):
    record, content = run(toy())
    assert record == weights.record("toy")
    assert (weights.FOLDER / "toy.safetensors").read_bytes() == content
    assert list(record) == ["command", "seed", "steps", "learning_rate", "precision", "data",
                            "processes", "seconds", "figures", "torch", "sha256"]
    assert record["command"] == "python -m tools.pretrain toy"
    assert (record["seed"], record["steps"], record["precision"]) == (0, STEPS, "no")
    assert record["data"]["photos/photos.parquet"] in (data.FOLDER / "SHA256SUMS").read_text()
    assert isinstance(record["figures"]["mean"], float)
    assert not checkpoint.parent.exists()


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


def test_what_is_kept_is_committed_and_asked_for_its_figures():
    asked = []
    recipe = dataclasses.replace(toy(), kept=lambda network: network[:2],
                                 figures=lambda part: {"parts": float(asked.append(part) or 1)})
    run(recipe)
    part = toy().network[:2]
    weights.load("toy", part)
    assert len(asked[0]) == 2 and not asked[0][1].training
    assert torch.equal(part[0].weight, recipe.network[0].weight)


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
    monkeypatch.setattr(trainer.time, "monotonic", lambda: next(clock))
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
