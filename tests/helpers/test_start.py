"""A lesson starts with its seed, its threads, its style and its hooks."""

import ctypes
import random
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from helpers import plots
from helpers.start import start


@pytest.fixture(autouse=True)
def style_threads_and_seed_as_before(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    threads = torch.get_num_threads()
    with plt.rc_context():
        yield
    torch.set_num_threads(threads)


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run the code of a cell in a notebook that has started; returns what is written below it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    monkeypatch.setattr("helpers.start.get_ipython", lambda: shell)
    start()

    def run(code):
        shell.run_cell(code)
        return capsys.readouterr().out
    yield run
    shell.restore_sys_module_state()


def numbers():
    return random.random(), np.random.rand(), torch.rand(1).item()


@pytest.mark.parametrize("seed", [None, "0", "3"])
def test_equal_seeds_give_equal_numbers(seed, monkeypatch):
    if seed:
        monkeypatch.setenv("COURSE_SEED", seed)
    assert start() == int(seed or 0)
    first = numbers()
    start()
    assert numbers() == first
    monkeypatch.setenv("COURSE_SEED", "77")
    start()
    assert not set(numbers()) & set(first)


@pytest.mark.parametrize("seed", ["", "one", "1.5", "-1", "²", "99999999999", str(2**32)])
def test_a_seed_that_is_no_whole_number_is_refused_in_one_sentence(seed, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", seed)
    with pytest.raises(ValueError, match="^COURSE_SEED has to be a whole number .*[.]$"):
        start()


@pytest.mark.parametrize(("before", "after"), [(8, 4), (4, 4), (1, 1)])
def test_the_start_leaves_threads_for_others(before, after):
    torch.set_num_threads(before)
    start()
    assert torch.get_num_threads() == after


def test_figures_have_the_style_of_the_course_from_the_start():
    plt.rcdefaults()
    plots.use_style()
    style = dict(plt.rcParams)
    plt.rcdefaults()
    assert plt.rcParams != style
    start()
    assert plt.rcParams == style


def test_freed_memory_goes_back_after_each_cell(run, monkeypatch):
    def library(name):
        return SimpleNamespace(malloc_trim=lambda kept: print("all but", kept))
    monkeypatch.setattr(ctypes, "CDLL", library)
    assert run("print('the cell')") == "the cell\nall but 0\n"
    assert run("1 / 0").endswith("division by zero\nall but 0\n")


@pytest.mark.parametrize("error", [OSError, AttributeError, TypeError])
def test_a_system_that_takes_no_memory_back_is_no_fault(error, run, monkeypatch):
    def none(name):
        raise error
    monkeypatch.setattr(ctypes, "CDLL", none)
    assert run("print('all is well')") == "all is well\n"


def test_a_missing_name_comes_with_advice_and_no_other_error_does(run):
    text = run("train")
    assert "name 'train' is not defined" in text and "Run All Above" in text
    text = run("1 / 0")
    assert "ZeroDivisionError" in text and "Run All Above" not in text
    assert "Run All Above" not in run("print('all is well')")
