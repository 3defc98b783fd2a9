"""On the machine that decides, a test is skipped for a known reason or not at all."""

import os
import subprocess
import sys

import lessons
import pytest

FILE = """
import pytest

@pytest.mark.skipif(True, reason="Windows sends Ctrl-C to whole consoles only")
def test_known(): pass

def test_unknown(): pytest.skip("no Chromium is installed here")

@pytest.fixture
def browser(): pytest.skip("axe-core is not installed")

def test_of_a_fixture(browser): pass

@pytest.mark.xfail(reason="as it should")
def test_expected_to_fail(): assert False
"""


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "said"), [
    ("true", "1 failed, 1 skipped, 1 xfailed, 1 error"), ("", "3 skipped, 1 xfailed")])
def test_a_skip_without_a_good_reason_fails(ci, said, tmp_path):
    (tmp_path / "test_it.py").write_text(FILE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "skips", "-p", "no:randomly", tmp_path,
         f"--rootdir={tmp_path}"], text=True, capture_output=True, cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(lessons.ROOT / "tests" / "support")})
    assert f"== {said} in " in done.stdout
    assert ("may not be skipped here: axe-core is not installed" in done.stdout) == bool(ci)
