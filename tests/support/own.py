"""Pictures of one's own, and `course.py learn` on them, as tests run it."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from tools.learn import __main__ as learn


def fill(folder, name, count, seed=0):
    """Pictures of one class: noise around a colour of its own."""
    (folder / name).mkdir(parents=True)
    numbers = np.random.default_rng(seed)
    for number in range(count):
        pixels = numbers.normal(60 + 120 * seed, 40, (24, 32, 3)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / name / f"{number}.png")


@pytest.fixture
def mine(tmp_path):
    """Two classes of 20 pictures, and a letter that is none."""
    for seed, name in enumerate(("<cow>", "sun")):
        fill(tmp_path / "mine", name, 20, seed)
    (tmp_path / "mine" / "sun" / "letter.jpg").write_text("Dear pictures")
    return tmp_path / "mine"


@pytest.fixture
def command(mine, tmp_path, capsys, monkeypatch):
    """Run the command; returns its exit code, what it said, and its faults without the bar."""
    monkeypatch.setenv("COURSE_SEED", "0")  # the command sets it

    def command(*words, source=mine):
        code = learn.main([str(source), "--out", str(tmp_path / "out"), "--width", "2", "--batch",
                           "16", *map(str, words)])
        said, faults = capsys.readouterr()
        return code, said, [line for line in re.split(r"[\r\n]+", faults)
                            if line.strip() and " steps [" not in line and "%|" not in line]
    return command


@pytest.fixture
def unjudged(monkeypatch):
    """Leave out what takes seconds: nothing is judged, and nothing is written but a record."""
    def conclude(page, options, pictures, exam, twins, lines, record):
        (options.out / "record.json").write_text(json.dumps(record))
        return "It was judged."

    monkeypatch.setattr(learn, "conclude", conclude)
