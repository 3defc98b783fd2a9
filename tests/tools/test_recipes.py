"""The committed weights are those of the recipes, and the recipes can be stopped."""

import copy
import dataclasses
import signal

import pytest
import torch

from helpers import weights
from tools import pretrain
from tools.recipes import RECIPES


@pytest.fixture(params=RECIPES)
def name(request):
    """Each recipe; the one that needs CIFAR-10 where its mirror is beside the project."""
    if "photo" in request.param:
        request.getfixturevalue("mirror")
    return request.param


def test_every_file_of_weights_has_a_recipe_and_is_small():
    files = {path.name: path.stat().st_size for path in weights.FOLDER.iterdir()}
    assert sorted(files) == sorted(f"{name}.{kind}" for name in RECIPES
                                   for kind in ("json", "safetensors"))
    assert max(files.values()) <= 20e6 and sum(files.values()) <= 50e6


def test_the_committed_weights_are_those_of_the_recipe(name):
    recipe, record = RECIPES[name](), weights.record(name)
    assert (record["steps"], record["learning_rate"]) == (recipe.steps, recipe.learning_rate)
    assert record["command"] == f"python -m tools.pretrain {name}" and record["seed"] == 0
    assert list(record["data"]) == recipe.data
    batch = recipe.batch()
    untrained = recipe.loss(recipe.network, batch).item()
    weights.load(name, recipe.network)
    share = 0.7 if "colours" in name else 0.5  # no picture tells all of its colours
    assert recipe.loss(recipe.network, batch).item() < share * untrained


def test_a_recipe_that_was_stopped_ends_like_one_that_was_not(name, monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path / "checkpoints")

    torch.manual_seed(0)
    recipe = RECIPES[name]()

    def three_steps(stop_at=None):
        torch.manual_seed(0)
        asked = []

        def batch():
            asked.append(None)
            if len(asked) == stop_at:
                signal.raise_signal(signal.SIGINT)
            return recipe.batch()

        short = dataclasses.replace(recipe, network=copy.deepcopy(recipe.network), batch=batch,
                                    steps=3, figures=lambda network: {})
        return pretrain.pretrain(name, short)["sha256"]

    whole = three_steps()
    with pytest.raises(KeyboardInterrupt, match="Stopped at step 2 of 3"):
        three_steps(stop_at=2)
    assert three_steps() == whole
