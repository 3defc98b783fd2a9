"""The commands in strange places: odd names, other languages, no rights, and strangers."""

import contextlib
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import browser
import lessons
import nbformat
import pytest
from launched import course, posix, root
from nbformat.v4 import new_code_cell

from launcher import copies

NOBODY = 65534
SAME = "import sys, psutil; sys.exit(list(sys.version_info[:2]) != {})"
PARTS = ["launcher", "helpers", "exercises", "notebooks", "tools", "tests"]
NO_RIGHTS = r"Nothing can be written to \w+/ \(Permission denied\): free some of the disk, or .*"


@pytest.mark.parametrize(("name", "language"), [
    *((name, "C") for name in ["two words", "it's \"mine\"", "Übung", "\U0001f42e", "a\nline", "-n",
                               "$HOME", "%s{}", 250 * "a"]),
    ("Übung", "tr_TR.UTF-8"), ("\U0001f42e", "tr_TR.UTF-8"), ("IiIi", "tr_TR.UTF-8"),
])
def test_copies_have_any_name_in_any_language(name, language, tmp_path):
    work = tmp_path / name
    told = course("copies", COURSE_WORK=str(work), LANG=language, LC_ALL=language)
    assert told == (0, "", "")
    copied = [*work.glob("*.ipynb"), *work.glob("primer/*.ipynb")]
    assert {path.relative_to(work).as_posix() for path in copied} == {*lessons.PLACES.values()}
    (work / "00_start_here.ipynb").write_text("broken")
    code, said, _ = course("again", "0", COURSE_WORK=str(work), LANG=language, LC_ALL=language)
    assert code == 0 and said.startswith("00_start_here.ipynb begins again; your copy before is ")


@pytest.fixture(scope="module")
def guest():
    """A user without rights in a course, with a folder and an environment of their own.

    Yields the course, the folder, and what starts a program as that user. They lie beside pytest's
    own folders, which each run of pytest shuts against other users.
    """
    with tempfile.TemporaryDirectory() as place:
        yield settled(Path(place))


def settled(place):
    place.chmod(0o755)
    folder, own = place / "course", place / "own"
    for name in PARTS:
        shutil.copytree(lessons.ROOT / name, folder / name,
                        ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for name in ("course.py", "conftest.py", "requirements.txt", "pyproject.toml", "README.md"):
        shutil.copy(lessons.ROOT / name, folder)
    (folder / "data").symlink_to(lessons.ROOT / "data")
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    variables = {"PATH": os.environ["PATH"], "HOME": str(own), "VIRTUAL_ENV": str(own / "venv"),
                 "COURSE_WORK": str(own / "my"), "OMP_NUM_THREADS": "1", "COURSE_SEED": "0"}

    def start(*command, seconds=300, **environment):
        return subprocess.run(command, user=NOBODY, group=NOBODY, cwd="/", timeout=seconds,
                              env={**variables, **environment}, text=True, capture_output=True)

    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python or start(python, "-m", "venv", "--without-pip", own / "venv").returncode:
        pytest.skip("no Python here that makes environments for every user")
    packages, = (own / "venv").glob("lib/python*/site-packages")
    (packages / "course.pth").write_text(f"{sysconfig.get_path('purelib')}\n{folder}\n")
    python = own / "venv" / "bin" / "python"
    if start(python, "-c", SAME.format(list(sys.version_info[:2]))).returncode:
        pytest.skip("the packages here can't be used by another user's Python")
    return folder, own, functools.partial(start, python, "-B")


@root
@pytest.mark.parametrize(("command", "code", "sentence"), [
    ("course.py copies", 0, ""),
    ("course.py again 0", 0, "00_start_here.ipynb begins again; your copy before is .*"),
    ("course.py update", 1, "This copy of the course was not made with git: .*"),
    ("course.py site", 1, NO_RIGHTS),
    *(pytest.param(*slow, marks=pytest.mark.slow) for slow in [
        ("course.py lab --version", 0, r"[\d.]+"),
        ("course.py present 0 --version", 0, r"[\d.]+"),
        ("course.py test tests/helpers/test_writing.py -qq", 0, r"(?s)\.+ +\[100%\].*"),
        ("course.py run 0", 1, NO_RIGHTS),
        ("course.py run 0 --inplace", 1, NO_RIGHTS),
        ("course.py run --seeds 0 0", 1, NO_RIGHTS),
        ("-m tools.pretrain holes", 1, NO_RIGHTS),
        ("-m tools.gallery", 1, r"\d\d\.png could not be written \(Permission denied\); .*"),
    ]),
])
def test_who_has_no_rights_in_the_course_gets_a_sentence_or_what_was_asked(command, code, sentence,
                                                                          guest):
    folder, _, start = guest
    done = start(*[folder / word if word == "course.py" else word for word in command.split()])
    assert done.returncode == code, done.stderr
    assert re.fullmatch(sentence, (done.stderr if code else done.stdout).strip())
    assert "Traceback" not in done.stderr


@root
def test_who_has_no_rights_in_the_course_is_told_where_copies_can_be(guest):
    folder, own, start = guest
    done = start(folder / "course.py", "copies", COURSE_WORK="")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "my can't hold your copies of the lessons (Permission denied): name" in done.stderr
    assert start(folder / "course.py", "copies").returncode == 0
    assert (own / "my" / "04_siamese_contrastive_vision.ipynb").stat().st_uid == NOBODY


TWICE = """
import sys
from pathlib import Path
from tools import execute
sys.exit(execute.main(["0"], Path(sys.argv[1]), Path(sys.argv[1]) / "build"))
"""


@root
@pytest.mark.slow
def test_who_has_no_rights_in_the_course_runs_a_lesson_with_each_cell_twice(guest):
    """Trained for some steps only, so without the claims of a network that was trained."""
    _, own, start = guest
    notebook = nbformat.read(lessons.LESSONS["00"], as_version=4)
    code = [re.sub(r"steps=\d+", "steps=10", cell.source) for cell in lessons.cells("00")
            if "claim" not in cell.metadata.get("tags", [])]
    notebook.cells = [new_code_cell(source) for source in code for _ in range(2)]
    nbformat.write(notebook, own / "00_twice.ipynb")
    done = start("-c", TWICE, own, seconds=1200)
    assert "1 of 1 lessons ran" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]


STOP = """
import os, time
from pathlib import Path

def stopping(act):
    def wrapped(*arguments):
        done.append(act)
        if len(done) == int(os.environ["STOP"]):
            print("now", flush=True)
            time.sleep(60)
        return act(*arguments)
    return wrapped

done = []
os.replace, Path.write_bytes = stopping(os.replace), stopping(Path.write_bytes)
"""


@posix
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("step", range(1, 6))  # a lesson is two files, which then get their names
def test_whenever_a_start_is_ended_the_next_one_succeeds(way, step, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(STOP)
    monkeypatch.setenv("COURSE_WORK", str(tmp_path / "my"))
    with subprocess.Popen([sys.executable, lessons.ROOT / "course.py", "copies"], cwd="/",
                          env={**os.environ, "STOP": str(step), "PYTHONPATH": str(tmp_path)},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"now\n"
        process.send_signal(way)
        process.communicate(timeout=60)
    assert copies.refresh() == []
    for lesson, path in lessons.LESSONS.items():
        assert (tmp_path / "my" / lessons.PLACES[lesson]).read_bytes() == path.read_bytes()


def status(address, **headers):
    """The status with which a server answers a request."""
    parts = urlsplit(address)
    with contextlib.closing(HTTPConnection(parts.netloc, timeout=60)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        return connection.getresponse().status


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says in /proc who listens where")
def test_the_server_answers_nobody_but_its_user(tmp_path):
    with subprocess.Popen([sys.executable, "-c", browser.START, "lab", "--no-browser"], text=True,
                          cwd=lessons.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          start_new_session=True,
                          env={**os.environ, "COURSE_WORK": str(tmp_path / "my"),
                               "HOME": str(tmp_path)}) as server:
        address = next(found[0] for line in server.stderr
                       if (found := re.search(r"http://127\.0\.0\.1:\d+/\S+token=\w{30,}", line)))
        try:
            place, token = re.match(r"(http://[^/]+).*token=(\w+)", address).groups()
            port = int(place.rsplit(":", 1)[1])
            contents, right = f"{place}/api/contents", {"Authorization": f"token {token}"}
            browser.wait_for(f"{place}/login", server, tmp_path / "no log")
            heard = {line.split()[1].split(":")[0] for table in ("tcp", "tcp6")
                     for line in Path(f"/proc/{server.pid}/net/{table}").read_text().splitlines()
                     if f":{port:04X} " in line and " 0A " in line}  # 0A: it listens
            assert heard and heard <= {"0100007F", 24 * "0" + "01000000"}, "not loopback alone"
            assert status(contents, **right) == 200
            assert status(contents) == 403
            assert status(contents, Authorization="token wrong") == 403
            assert status(contents, **right, Host="elsewhere.example") == 403
            jar = CookieJar()
            build_opener(HTTPCookieProcessor(jar)).open(address)
            events = f"{place}/api/events/subscribe"
            socket = {"Cookie": "; ".join(f"{one.name}={one.value}" for one in jar),
                      "Connection": "Upgrade", "Upgrade": "websocket",
                      "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": 22 * "A" + "=="}
            assert status(events, **socket, Origin=place) == 101
            assert status(events, **socket, Origin="http://elsewhere.example") == 403
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
