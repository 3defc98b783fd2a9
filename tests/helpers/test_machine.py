"""What the course says of a machine is what was measured on it."""

import pytest

from helpers import machine, page


def test_a_machine_does_some_steps_a_second():
    assert machine.training_rate(seconds=0.1) > 0


def test_a_machine_twice_as_fast_needs_half_the_time():
    slow, fast = machine.lesson_minutes(10), machine.lesson_minutes(20)
    assert slow == {lesson: pytest.approx(2 * minutes) for lesson, minutes in fast.items()}
    first = page.lessons()["00"]
    assert machine.lesson_minutes(machine.REFERENCE_RATE)["00 · Start here"] == page.minutes(first)


@pytest.mark.parametrize(("gigabytes", "sentences"), [(100, 0), (0.1, 2)])
def test_a_machine_that_is_too_small_is_told_so(gigabytes, sentences, monkeypatch):
    memory = type("Memory", (), {"available": gigabytes * 1e9})
    disk = type("Disk", (), {"free": gigabytes * 1e9})
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: disk)
    found = machine.shortcomings()
    assert len(found) == sentences
    assert all("Only 0.1 GB" in sentence for sentence in found)
