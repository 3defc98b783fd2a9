"""A lesson starts with its seed, its threads, its style and its hooks."""

import random

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from helpers.start import start


@pytest.fixture(autouse=True)
def style_and_threads_as_before():
    threads = torch.get_num_threads()
    with plt.rc_context():
        yield
    torch.set_num_threads(threads)


def numbers():
    return random.random(), np.random.rand(), torch.rand(1).item()


@pytest.mark.parametrize("seed", [None, "0", "3"])
def test_equal_seeds_give_equal_numbers(seed, monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    if seed:
        monkeypatch.setenv("COURSE_SEED", seed)
    assert start() == int(seed or 0)
    first = numbers()
    start()
    assert numbers() == first
    monkeypatch.setenv("COURSE_SEED", "77")
    start()
    assert not set(numbers()) & set(first)


@pytest.mark.parametrize("seed", ["", "one", "1.5", "-1", "²", "99999999999"])
def test_a_seed_that_is_no_whole_number_is_refused_in_one_sentence(seed, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", seed)
    with pytest.raises(ValueError, match="^COURSE_SEED has to be a whole number .*[.]$"):
        start()


def test_the_start_leaves_threads_for_others(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    torch.set_num_threads(8)
    start()
    assert torch.get_num_threads() == 4
