"""What several tests of pretraining need."""

import pytest

from helpers import weights
from tools import pretrain


@pytest.fixture
def checkpoint(monkeypatch, tmp_path):
    """The toy's checkpoint, which is not there yet, as no folder of weights is either."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path / "pretrain")
    return tmp_path / "pretrain" / "toy" / "checkpoint.safetensors"
