"""course.py itself: any Python can read it, and Ctrl-C ends it in one sentence at any moment."""

import ast
import os
import shutil
import signal
import subprocess
import sys

import pytest

import course
from launcher import ROOT, environment

TOO_OLD = "The course needs Python 3.11 or newer: install one and start course.py with it.\n"
COURSE = ROOT / "course.py"


def test_an_old_python_is_told_so():
    code = "import sys; sys.version_info = (3, 10, 0); sys.argv = ['course.py', 'test']; " \
           "import runpy; runpy.run_path('course.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", TOO_OLD)
    assert course.OLDEST == environment.OLDEST


@pytest.mark.parametrize("name", ["course.py", "launcher/probe.py"])
def test_what_an_old_python_reads_is_written_for_it(name):
    text = (ROOT / name).read_text(encoding="ascii")
    ast.parse(text, feature_version=(3, 7))
    pygram = pytest.importorskip("lib2to3.pygram", reason="this Python knows no Python 2")
    from lib2to3 import pytree
    from lib2to3.pgen2.driver import Driver

    # The grammar of Python 2; it lets f-strings pass, as strings with a prefix.
    leaves = Driver(pygram.python_grammar, convert=pytree.convert).parse_string(text).leaves()
    assert not [leaf for leaf in leaves if leaf.value[:2].lower() in ("f'", 'f"', "->")]


def test_python_2_says_the_same():
    python = shutil.which("python2") or "python2"
    try:
        subprocess.run([python, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no Python 2 here")
    done = subprocess.run([python, COURSE, "lab"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", TOO_OLD)


@pytest.mark.parametrize("arguments", [[], ["-I"], ["-P"]])
def test_it_finds_its_own_modules_from_any_folder(arguments, tmp_path):
    command = [sys.executable, *arguments, COURSE, "present", "99"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no lesson 99; the lessons are 00, 01")
    assert done.stderr.count("\n") == 1


# Ctrl-C

SLOW = """
import os, sys, time

class Pause:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["PAUSE"]:
            print("now", flush=True)
            time.sleep(30)

sys.meta_path.insert(0, Pause())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
@pytest.mark.parametrize("module", ["launcher", "argparse", "helpers.page", "launcher.lock"])
def test_ctrl_c_during_an_import_ends_in_one_sentence(module, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SLOW)
    variables = {**os.environ, "PYTHONPATH": str(tmp_path), "PAUSE": module}
    with subprocess.Popen([sys.executable, COURSE, "present", "99"], env=variables, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGINT)
        error = process.stderr.readline() + process.stderr.readline()
        process.send_signal(signal.SIGINT)  # as impatient people do
        error += process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert error == "\nStopped: the same command goes on from here.\n"
