"""What the tests of a lesson's page have in common: names set on it, photographs of lesson 08."""

import pytest
import torch

from helpers.page import definitions


@pytest.fixture
def put(request, monkeypatch):
    """Set names of the PAGE of a file of tests that its functions need."""
    def put(**values):
        for name, value in values.items():
            monkeypatch.setattr(request.module.PAGE, name, value, raising=False)
    return put


@pytest.fixture(scope="module")
def unseen():
    """The fifteen photographs that are asked about, (15, 3, 240, 320) uint8."""
    return definitions("08").photographs()[1]


@pytest.fixture(scope="module")
def pictures(unseen):
    """A window of each, (15, 3, 192, 192)."""
    torch.manual_seed(0)
    return definitions("08").two_looks(unseen, 192, push=0, tilt=(0, 0), light=lambda some: some)[0]
