"""course.py as a person starts it."""

import os
import subprocess
import sys

import lessons
import pytest

root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                          reason="only the root user may do this")


def course(*arguments, python=sys.executable, folder=lessons.ROOT, user=None, **environment):
    """Run course.py with an empty home; return its exit code, what it said, and its faults."""
    done = subprocess.run(
        [python, "-B", folder / "course.py", *arguments], text=True, capture_output=True,
        cwd="/", timeout=120, user=user, env={**os.environ, "HOME": "/nowhere", **environment})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr
