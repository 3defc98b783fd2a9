"""Two starts of course.py at once wait for each other while an environment is prepared."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from launcher import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
DRIVER = """
import sys, time
from pathlib import Path
from launcher import environment, venv
from launcher.programs import interpreter

folder = Path(sys.argv[1])
venv.FOLDER, environment.LOCK = folder / ".venv", folder / "build" / "environment.lock"
filled = folder / "filled"

def make(fault):
    print("made", flush=True)
    time.sleep(0.5)
    interpreter(venv.FOLDER).parent.mkdir(parents=True)
    interpreter(venv.FOLDER).symlink_to(sys.executable)

def install(*arguments):
    print("installing", flush=True)
    time.sleep(float(sys.argv[2]))
    filled.touch()

venv.must_be_ours = lambda: None
venv.make, environment.install = make, install
environment.active_python = lambda: None
environment.read_pins = dict
environment.find_missing = lambda found, pins: [] if filled.exists() else ["helpers"]
environment.prepare()
print("ready", flush=True)
time.sleep(float(sys.argv[3]))
"""


def drive(folder, installing, using=0.0):
    """Start a process that prepares an environment; installing and using it take some seconds."""
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, folder, str(installing), str(using)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


WAITS = "Another start of course.py is at work here: waiting for it ...\n"


def test_starts_at_the_same_time_wait_for_each_other(tmp_path):
    started, processes = time.monotonic(), []
    for moment in (0, 0, 1, 2):  # seconds; the first is ready after 3.5 or more
        time.sleep(max(0, started + moment - time.monotonic()))
        processes.append(drive(tmp_path, 3))
    texts = [process.communicate(timeout=30) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, texts
    assert sorted(out for out, _ in texts[:2]) == [WAITS + "ready\n", "made\ninstalling\nready\n"]
    assert [out for out, _ in texts[2:]] == [WAITS + "ready\n"] * 2
    assert drive(tmp_path, 3).communicate(timeout=30)[0] == "ready\n"


def test_nobody_waits_for_one_that_is_in_use(tmp_path):
    with drive(tmp_path, 0, 30) as using:
        while using.stdout.readline() != "ready\n":
            pass
        assert drive(tmp_path, 0).communicate(timeout=10)[0] == "ready\n"
        using.kill()


@posix
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_ends_with_its_process(end, tmp_path):
    with drive(tmp_path, 30) as first:
        while first.stdout.readline() != "installing\n":
            pass
        with drive(tmp_path, 0) as second:
            assert second.stdout.readline() == WAITS
            first.send_signal(end)
            assert second.communicate(timeout=10)[0] == "installing\nready\n"


@posix
def test_ctrl_c_ends_the_waiting_in_one_sentence(tmp_path):
    for name in ("course.py", "launcher", "helpers", "tools", "requirements.txt"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    with drive(tmp_path, 30) as first:
        while first.stdout.readline() != "installing\n":
            pass
        with subprocess.Popen([sys.executable, tmp_path / "course.py", "test"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as second:
            assert second.stdout.readline() == WAITS
            second.send_signal(signal.SIGINT)
            out, err = second.communicate(timeout=10)
        first.kill()
    assert (second.returncode, out) == (130, "")
    assert err == "\nStopped: the same command goes on from here.\n"
