"""What the course says of a machine is what was measured on it."""

import json
from types import SimpleNamespace

import pytest
import torch

from helpers import machine, page


def test_the_rate_counts_whole_training_steps_in_the_time_they_took(monkeypatch):
    clock, backward, steps = iter([100.0, 100.0, 100.25, 100.5]), torch.Tensor.backward, []
    monkeypatch.setattr(machine, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr(torch.Tensor, "backward", lambda loss: steps.append(backward(loss)))
    assert machine.training_rate(seconds=0.3) == 2 / 0.5
    assert len(steps) == 2


def test_a_lesson_takes_as_many_times_longer_as_the_machine_is_slower():
    measured = {page.title(path): json.loads(path.read_bytes())["metadata"]["course"]["minutes"]
                for path in page.lessons().values()}
    assert "00 · Start here" in measured
    assert machine.lesson_minutes(machine.REFERENCE_RATE) == measured
    assert machine.lesson_minutes(machine.REFERENCE_RATE / 4) == {
        lesson: 4 * minutes for lesson, minutes in measured.items()}


@pytest.mark.parametrize(("memory", "disk", "complaints"), [
    (2.6, 0.6, []), (2.4, 0.6, ["2.4 GB of memory"]), (2.6, 0.4, ["0.4 GB are free on this disk"]),
    (0.1, 0.1, ["0.1 GB of memory", "0.1 GB are free on this disk"])])
def test_a_machine_that_is_too_small_is_told_what_of_it(memory, disk, complaints, monkeypatch):
    monkeypatch.setattr(machine.psutil, "virtual_memory",
                        lambda: SimpleNamespace(available=memory * 1e9))
    monkeypatch.setattr(machine.shutil, "disk_usage",
                        lambda folder: SimpleNamespace(free=disk * 1e9))
    found = machine.shortcomings()
    assert len(found) == len(complaints)
    assert all(words in sentence for words, sentence in zip(complaints, found))
