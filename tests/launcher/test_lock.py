"""Two starts of course.py at once wait for each other while an environment is prepared."""

import contextlib
import errno
import shutil
import signal
import subprocess
import sys

import pytest
from launched import posix

from launcher import ROOT
from launcher.lock import alone

DRIVER = """
import sys
from pathlib import Path
from launcher import environment, lock, venv
from launcher.programs import interpreter

folder = Path(sys.argv[1])
venv.FOLDER, environment.LOCK = folder / ".venv", folder / "build" / "environment.lock"
lock.PAUSE = 0.02

def say(word):
    print(word, flush=True)

def make(fault):
    say("made")
    interpreter(venv.FOLDER).parent.mkdir(parents=True)
    interpreter(venv.FOLDER).symlink_to(sys.executable)

def install(*arguments):
    say("installing")
    input()
    (folder / "filled").touch()

venv.must_be_ours = lambda: None
venv.make, environment.install = make, install
environment.active_python = lambda: None
environment.read_pins = lambda path: {}
environment.find_missing = lambda found, pins: [] if (folder / "filled").exists() else ["helpers"]
environment.prepare()
say("ready")
input()
"""
WAITS = "Another start of course.py is at work here: waiting for it ..."


@pytest.fixture
def drive(tmp_path):
    """Start processes that prepare one environment; installing and using it last until a line."""
    with contextlib.ExitStack() as ends:
        def start():
            process = ends.enter_context(subprocess.Popen(
                [sys.executable, "-c", DRIVER, tmp_path], cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
            ends.callback(process.kill)
            return process
        yield start


def says(process):
    return process.stdout.readline().strip()


def test_starts_at_the_same_time_wait_for_each_other(drive):
    first, second = together = [drive(), drive()]
    said = [says(process) for process in together]
    assert sorted(said) == [WAITS, "made"]
    if said[0] == WAITS:
        first, second = second, first
    assert says(first) == "installing"
    third = drive()
    assert says(third) == WAITS
    first.communicate("go on\n\n", timeout=30)
    rest = [process.communicate("\n", timeout=30) for process in (second, third)]
    assert rest == [("ready\n", "")] * 2
    assert [process.returncode for process in (first, second, third)] == [0] * 3


def test_nobody_waits_for_one_that_is_in_use(drive, tmp_path):
    (tmp_path / "filled").touch()
    using = drive()
    assert (says(using), says(using)) == ("made", "ready")
    assert (says(drive()), using.poll()) == ("ready", None)


@posix
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_ends_with_its_process(end, drive):
    first = drive()
    assert (says(first), says(first)) == ("made", "installing")
    second = drive()
    assert says(second) == WAITS
    first.send_signal(end)
    assert says(second) == "installing"


@posix
def test_ctrl_c_ends_the_waiting_in_one_sentence(drive, tmp_path):
    for name in ("course.py", "launcher", "helpers", "tools", "requirements.txt"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, tmp_path / name)
    first = drive()
    assert (says(first), says(first)) == ("made", "installing")
    with subprocess.Popen([sys.executable, tmp_path / "course.py", "test"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as second:
        assert says(second) == WAITS
        second.send_signal(signal.SIGINT)
        out, err = second.communicate(timeout=30)
    assert (second.returncode, out) == (130, "")
    assert err == "\nStopped: the same command goes on from here.\n"


# Where there can be no lock


@posix
@pytest.mark.parametrize("obstacle", [errno.ENOLCK, errno.ENOSYS])
def test_a_disk_without_locks_stops_nobody(obstacle, tmp_path, monkeypatch):
    def flock(*arguments):
        raise OSError(obstacle, "no locks here")

    monkeypatch.setattr("fcntl.flock", flock)
    with alone(tmp_path / "build" / "lock"):
        assert (tmp_path / "build" / "lock").read_bytes() == b""


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path, capsys):
    (tmp_path / "build").write_text("in the place of the folder")
    with alone(tmp_path / "build" / "lock"):
        assert capsys.readouterr().out == ""
