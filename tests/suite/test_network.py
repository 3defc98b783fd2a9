"""The suite runs without a network, and so does every process that it starts."""

import os
import subprocess
import sys

import psutil

LIST = "import psutil; print(*[n for n, s in psutil.net_if_stats().items() if s.isup])"


def test_this_process_has_the_loopback_device_only(cut_off):
    assert [name for name, stats in psutil.net_if_stats().items() if stats.isup] == ["lo"]


def test_a_child_process_has_the_loopback_device_only(cut_off):
    child = subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["lo"]


def test_files_stay_writable_and_belong_to_the_user(cut_off, tmp_path):
    path = tmp_path / "file"
    path.write_text("text")
    assert path.stat().st_uid == os.geteuid()


def test_the_hub_is_not_asked():
    assert os.environ["HF_HUB_OFFLINE"] == "1"
