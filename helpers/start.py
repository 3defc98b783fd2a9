"""The one call at the top of each lesson."""

import contextlib
import ctypes
import os
import random

import numpy as np
import torch
from IPython import get_ipython

from helpers import plots


def start() -> int:
    """Set the seed, the number of threads and the style of the figures; return the seed.

    The seed is the environment variable COURSE_SEED, or 0. Networks as small as ours gain nothing
    from more than four threads. In a notebook, freed memory goes back to the system after each
    cell, and a name that a cell misses comes with the advice to run the cells above.

    Raises:
        ValueError: COURSE_SEED is not a whole number below 2**32.
    """
    text = os.environ.get("COURSE_SEED", "0")
    if not text.isdecimal() or int(text) >= 2**32:
        raise ValueError("COURSE_SEED has to be a whole number such as 0 or 3, below 2**32, "
                         f"not {text!r}.")
    seed = int(text)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(min(torch.get_num_threads(), 4))
    plots.use_style()
    if shell := get_ipython():
        shell.events.register("post_run_cell", _give_memory_back)
        shell.set_custom_exc((NameError,), _advise)
    return seed


def _give_memory_back(result) -> None:
    """Hand back what glibc keeps in the gaps that batches of ever new sizes leave: gigabytes."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _advise(shell, kind, error, trace, tb_offset=None) -> None:
    error.add_note("If a cell above makes it, run that first: Run, Run All Above Selected Cell.")
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
