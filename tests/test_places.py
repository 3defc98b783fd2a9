"""The commands in strange places: odd names, other languages, no rights, no room, and strangers."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import browser
import lessons
import pytest

root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0,
                          reason="only the root user may do this")
NOBODY = 65534
NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 11))"


def course(*arguments, python=sys.executable, folder=lessons.ROOT, user=None, **environment):
    """Run course.py with an empty home; return its exit code, what it said, and its faults."""
    done = subprocess.run(
        [python, "-B", folder / "course.py", *arguments], text=True, capture_output=True,
        cwd="/", timeout=120, user=user, env={**os.environ, "HOME": "/nowhere", **environment})
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def small(tmp_path):
    """A copy of the course without data, in a folder that is as large as it has to be."""
    for name in ("launcher", "helpers", "notebooks", "tools"):
        shutil.copytree(lessons.ROOT / name, tmp_path / "course" / name)
    shutil.copy(lessons.ROOT / "course.py", tmp_path / "course")
    ours = [path for path in (tmp_path, *tmp_path.parents) if "pytest" in str(path)]
    for path in ours:
        path.chmod(0o755)
    return tmp_path / "course"


@pytest.mark.parametrize("name", ["two words", "it's \"mine\"", "Übung", "\U0001f42e", "a\nline",
                                  "-n", "$HOME", "%s{}", 250 * "a"])
@pytest.mark.parametrize("language", ["C", "tr_TR.UTF-8"])
def test_copies_have_any_name_in_any_language(name, language, tmp_path):
    work = tmp_path / name
    told = course("copies", COURSE_WORK=str(work), LANG=language, LC_ALL=language)
    assert told == (0, "", "")
    assert {path.name for path in work.glob("*.ipynb")} == {
        path.name for path in lessons.LESSONS.values()}
    (work / "00_start_here.ipynb").write_text("broken")
    code, said, _ = course("again", "0", COURSE_WORK=str(work), LANG=language, LC_ALL=language)
    assert code == 0 and said.startswith("00_start_here.ipynb begins again; your copy before is ")


@root
def test_who_has_no_rights_in_the_course_is_told_where_copies_can_be(small, tmp_path):
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if not python or subprocess.run([python, "-c", NEW_ENOUGH], user=NOBODY).returncode:
        pytest.skip("no Python from 3.11 on that every user may start")
    code, said, fault = course("copies", python=python, folder=small, user=NOBODY)
    assert (code, said, fault.count("\n")) == (1, "", 1)
    assert "my can't hold your copies of the lessons (Permission denied): name another" in fault
    (tmp_path / "own").mkdir()
    os.chown(tmp_path / "own", NOBODY, NOBODY)
    assert course("copies", python=python, folder=small, user=NOBODY,
                  COURSE_WORK=str(tmp_path / "own")) == (0, "", "")
    assert (tmp_path / "own" / "04_siamese_contrastive_vision.ipynb").stat().st_uid == NOBODY


@root
def test_where_there_is_no_room_nothing_is_half_written(tmp_path):
    (tmp_path / "tiny").mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path / "tiny"],
                           capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"no file system of 1 MB can be made here: {mount.stderr.strip()}")
    try:
        code, said, fault = course("copies", COURSE_WORK=str(tmp_path / "tiny"))
        assert (code, said, fault.count("\n")) == (1, "", 1)
        assert " could not be written (No space left on device); what was there before is" in fault
        found = [path for path in (tmp_path / "tiny").rglob("*") if path.suffix != ".svg"]
        assert not [path for path in found if path.name.endswith(".part")]
        assert all(json.loads(path.read_text()) for path in found if path.suffix == ".ipynb")
    finally:
        subprocess.run(["umount", tmp_path / "tiny"], check=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to whole consoles only")
def test_whenever_a_start_is_ended_the_next_one_succeeds(tmp_path):
    for number, way in enumerate([signal.SIGINT, signal.SIGTERM, signal.SIGKILL] * 4):
        with subprocess.Popen([sys.executable, lessons.ROOT / "course.py", "copies"], cwd="/",
                              env={**os.environ, "COURSE_WORK": str(tmp_path / "my")},
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            time.sleep(0.04 * number)
            process.send_signal(way)
            process.communicate(timeout=60)
    assert course("copies", COURSE_WORK=str(tmp_path / "my")) == (0, "", "")
    for name, path in lessons.LESSONS.items():
        assert (tmp_path / "my" / path.name).read_bytes() == path.read_bytes(), name


def status(address, **headers):
    """The status with which a server answers a request."""
    parts = urlsplit(address)
    with contextlib.closing(HTTPConnection(parts.netloc, timeout=60)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        return connection.getresponse().status


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
