"""Where the variable CI is "true", a test may be skipped for one of these reasons only."""

import os
import re

import pytest

# What a skip says -> why it can't be otherwise there.
ALLOWED = {
    "Windows (sends|has) ": "its signals are other ones",
    "only Linux ": "/proc, network namespaces and limits of memory are Linux's own",
    "the stand-ins are shell scripts": "Windows has no shell that runs them",
    "this Python knows no Python 2": "lib2to3 left Python with 3.13",
    "there is no Python 2 here": "Debian has none any more; its grammar is asked in its place",
    "only the root user may do this": "a runner's user may not be root",
    "to the root user ": "what is forbidden to others is allowed to root",
    "no mirror of CIFAR-10 stands beside the course": "it is not a part of the course",
    "the network could not be cut off here": "its own system's rule, shown in the first lines",
    "no file system of 1 MB can be made here": "a container may forbid mounts",
    "no Python here that makes environments for every user": "root's own may be the only one",
    "the packages here can't be used by another user's Python": "that may be an older one",
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        *_, reason = report.longrepr
        reason = reason.removeprefix("Skipped: ")
        if not any(re.match(allowed, reason) for allowed in ALLOWED):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} may not be skipped here: {reason}"
    return report
