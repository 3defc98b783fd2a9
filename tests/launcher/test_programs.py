"""Programs start with the course's variables, and a failure ends in one sentence."""

import os
import sys
from pathlib import Path

import pytest

from launcher import commands, programs
from launcher.programs import explain


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("Retrying ... connection broken by 'NewConnectionError()'", "connect to the internet"),
        ("SSLError(... CERTIFICATE_VERIFY_FAILED ...) Max retries", "set PIP_CERT"),
        ("ERROR: OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: [Errno 13] Permission denied: '/x'", "cannot be written"),
        ("BlockingIOError: [Errno 11] Resource temporarily unavailable", "close some and run"),
        ("File ensurepip/__init__.py, line 9\nMemoryError", "close some and run"),
        ("created successfully because ensurepip is not available", "install its venv module"),
        ("python3: No module named venv", "install its venv module"),
        ("error: externally-managed-environment", "deactivate it"),
        ("HINT: ... does not have Windows Long Path support enabled", "too long a name"),
        ("ERROR: No matching distribution found for torch==2.14.1", "torch==2.14.1 is not made"),
        ("ERROR: ResolutionImpossible: for help visit", "use Python 3.11 on 64-bit"),
        ("Retrying ... Connection\nERROR: ResolutionImpossible", "use Python 3.11 on 64-bit"),
        ("error: uninstall-no-record-file\n\n× Cannot uninstall numpy 1.2\n╰─> The package's "
         "contents are unknown: no RECORD file was found for numpy.", "holds numpy, which pip"),
        ("ERROR: Cannot uninstall numpy 1.2, RECORD file not found.", "holds numpy, which pip"),
        ("ERROR: Cannot uninstall 'PyYAML'. It is a distutils", "holds PyYAML, which pip"),
        ("ERROR: something new", "Making .venv failed: ERROR: something new"),
        ("", "Making .venv failed: it gave no reason"),
    ],
)
def test_a_failure_ends_in_one_sentence(output, sentence):
    told = explain(output, "Making .venv", Path("place"))
    assert sentence in told and "\n" not in told


def test_a_failed_program_is_explained(capsys, tmp_path):
    def prepare(index):
        programs.must_run("Making", [sys.executable, "-c", "import venv.nothing"],
                          tmp_path / "bin" / "python")

    assert commands.main(prepare, ["test"]) == 1
    assert "install its venv module" in (error := capsys.readouterr().err)
    assert error.count("\n") == 1


@pytest.mark.parametrize("own", [{}, {"GLIBC_TUNABLES": "glibc.malloc.perturb=1"}])
def test_programs_start_without_the_cache_that_spoils_memory(own, monkeypatch):
    monkeypatch.setattr(os, "environ", own)
    started = programs.variables(Path(sys.executable))
    assert started["GLIBC_TUNABLES"] == own.get(
        "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.hugetlb=1")
    assert started["PATH"].startswith(str(Path(sys.executable).parent))
