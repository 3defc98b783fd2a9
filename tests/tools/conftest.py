"""What several tests of training need."""

import os

import live
import pytest
from filelock import FileLock
from own import command, mine, unjudged  # noqa: F401 (fixtures)

from helpers import weights
from tools import pretrain
from tools.website import export


@pytest.fixture
def checkpoint(monkeypatch, tmp_path):
    """The toy's checkpoint, which is not there yet, as no folder of weights is either."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    monkeypatch.setattr(pretrain, "CHECKPOINTS", tmp_path / "pretrain")
    return tmp_path / "pretrain" / "toy" / "checkpoint.safetensors"


@pytest.fixture(scope="session")
def live_site(tmp_path_factory):
    """The live pages, each network checked, built once for all processes that test.

    Skip where npm's packages are not there.
    """
    if not export.version():
        pytest.skip("no live pages: npm install --prefix tools/website --no-package-lock")
    together = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        together = together.parent
    with FileLock(together / "live.lock"):
        if not (together / "site").exists():
            export.build(together / "making" / "live")
            (together / "making").rename(together / "site")
    return together / "site" / "live"


@pytest.fixture(scope="module", params=["disk", "server"])
def address(request, live_site):
    """Where the live pages are: on a disk, or on a server."""
    if request.param == "disk":
        yield live_site.as_uri()
        return
    with live.served(live_site) as address:
        yield address
