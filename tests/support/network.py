"""Cut the network off for every test and every notebook, where the system allows it."""

import ctypes
import os
import signal
import socket
import struct
import sys
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
OBSTACLE = pytest.StashKey[str]()


def unshare(flags):
    """Give this process its own namespaces; raises OSError where that is not allowed."""
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def enter_empty_network():
    """Move this process, and all it starts, to a network that has the loopback device only."""
    import fcntl

    user, group = os.geteuid(), os.getegid()
    try:
        unshare(CLONE_NEWNET)
    except PermissionError:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        # Map the user to itself, so that files stay writable and new ones belong to the user.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack_from("16sH", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def rehearse():
    """Try the cut in a child process and return what stands in the way, "" for nothing.

    Some systems allow the first step and forbid a later one, which would leave this process
    without even a loopback device.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            enter_empty_network()
        except OSError as error:
            os.write(writable, str(error).encode())
        os._exit(0)
    os.close(writable)
    with open(readable, encoding="utf-8") as answer:
        obstacle = answer.read()
    os.waitpid(child, 0)
    return obstacle


def pytest_configure(config):
    """Cut the network off, and hear Ctrl-C, before anything starts a thread or a kernel."""
    # A shell that starts pytest in the background has it ignore Ctrl-C, and all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput"):  # one of several processes is where the first one is
        config.stash[OBSTACLE] = config.workerinput["obstacle"]
        return
    obstacle = rehearse() if sys.platform == "linux" else "it needs Linux"
    if not obstacle:
        enter_empty_network()
    config.stash[OBSTACLE] = obstacle
    if config.getoption("numprocesses", None):
        # Lessons with a thread each, two at a time, end sooner than with two threads in turn.
        os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Tell each of several processes what this one found out about the network."""
    node.workerinput["obstacle"] = node.config.stash[OBSTACLE]


def pytest_report_header(config):
    """Say in the first lines whether the network is cut off."""
    obstacle = config.stash[OBSTACLE]
    if obstacle:
        return f"network: could not be cut off here ({obstacle})"
    return "network: cut off for the tests"


@pytest.fixture
def cut_off(request):
    """Skip a test that asks whether the network is cut off where it could not be."""
    obstacle = request.config.stash[OBSTACLE]
    if obstacle:
        pytest.skip(f"the network could not be cut off here: {obstacle}")
