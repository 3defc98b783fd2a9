"""Execute lessons without a browser: `python -m tools.execute [NN ...] [--inplace]`.

The executed notebooks go to `build/`; with `--inplace` to `notebooks/` as well, with the minutes
that the run took and the fingerprint of what it hung on. With `--seeds 0-4` each lesson runs once
for each seed instead: `tools.seeds`.
"""

import argparse
import asyncio
import contextlib
import math
import os
import queue
import re
import signal
import sys
import threading
import time
from pathlib import Path

import nbclient.client
import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from helpers import page
from tools import ROOT, seeds
from tools.fingerprint import fingerprint
from tools.saving import settle
from tools.storage import must_hold_files, write

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LIMIT = 1800  # seconds that a cell may take; on a slow machine the longest took 170
# What a carriage return overwrites. nbclient's own pattern has no ^, and tries each character of a
# line as its beginning: with 400,000 characters that takes minutes.
nbclient.client._RGX_CARRIAGERETURN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)
TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def cell_titles(notebook):
    """Return {cell index: title} of the code cells: the heading just above, or the first line."""
    titles, heading = {}, None
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            found = re.search(r"^#+\s+(.+)$", cell.source, re.MULTILINE)
            heading = found.group(1) if found else heading
        elif cell.cell_type == "code" and cell.source.strip():
            titles[index] = heading or cell.source.strip().splitlines()[0]
            heading = None
    return titles


class PeakMemory(threading.Thread):
    """Watches a process and its children; `peak` is the most memory they held, in bytes."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.process, self.peak, self.done = psutil.Process(pid), 0, threading.Event()

    def run(self):
        """Look four times a second, until `done` is set."""
        while True:
            with contextlib.suppress(psutil.NoSuchProcess):
                family = [self.process, *self.process.children(recursive=True)]
                self.peak = max(self.peak, sum(one.memory_info().rss for one in family))
            if self.done.wait(0.25):
                break


class Lesson:
    """One execution of one lesson: prints a line per cell and keeps what it measured."""

    def __init__(self, path):
        self.path, self.number = path, page.key(path)
        self.notebook = nbformat.read(path, as_version=4)
        self.titles = cell_titles(self.notebook)
        self.place, self.failed, self.interrupted = "", False, False

    def kernel_started(self, notebook):
        """Watch the kernel's memory, hear every reply, and let Ctrl-C end the run.

        nbclient by itself takes Ctrl-C for a kernel that died.
        """
        self.memory = PeakMemory(self.client.km.provisioner.pid)
        self.memory.start()
        self.client.kc.shell_channel.get_msg = patient(self.client.kc.shell_channel.get_msg)
        with contextlib.suppress(NotImplementedError):  # Windows has KeyboardInterrupt only
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self.interrupt)

    def interrupt(self):
        """Stop waiting for the cell that is running; nbclient then ends the kernel."""
        self.interrupted = True
        self.client.task_poll_for_reply.cancel()

    def cell_started(self, cell, cell_index):
        """Show on a terminal which cell is running."""
        order = list(self.titles).index(cell_index) + 1
        self.place = f"{self.number}  cell {order:>2}/{len(self.titles)}"
        self.title = self.titles[cell_index][:60]
        self.since = time.monotonic()
        if sys.stdout.isatty():
            print(f"{self.place}  running  {self.title}", end="\r", flush=True)

    def cell_ended(self, cell, cell_index, execute_reply):
        """Print the cell's line: how long it took and what it is about."""
        seconds = time.monotonic() - self.since
        print(f"{self.place}  {seconds:5.1f} s  {self.title}", flush=True)

    def execute(self):
        """Run the cells in order up to the first that fails, and report that one."""
        began = time.monotonic()
        self.client = NotebookClient(
            self.notebook,
            timeout=LIMIT,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(self.path.parent)}},
            config=Config(KernelManager={"transport_encryption": "auto"}),
            on_notebook_start=self.kernel_started,
            on_cell_execute=self.cell_started,
            on_cell_executed=self.cell_ended,
        )
        try:
            self.client.execute(env=os.environ | {"COURSE_PROGRESS": "off"})
        except CellTimeoutError:
            self.report(f"The cell took longer than {LIMIT / 60:.0f} minutes and was ended.")
        except CellControlSignal as error:
            self.report(getattr(error, "traceback", str(error)))
        except DeadKernelError:
            if self.interrupted:
                raise KeyboardInterrupt from None
            self.report("The kernel ended by itself, most often because memory ran out.")
        self.memory.done.set()
        self.seconds = time.monotonic() - began
        minutes, seconds = divmod(round(self.seconds), 60)
        state = "failed after" if self.failed else "done in"
        print(f"{self.number}  {state} {minutes} min {seconds} s, "
              f"peak memory {self.memory.peak / 1e9:.2f} GB")

    def report(self, error):
        """Print which cell failed and the end of its error message."""
        self.failed = True
        print(f"{self.place} of {self.path.name} failed: {self.title}")
        for line in TERMINAL_COLOURS.sub("", error).strip().splitlines()[-15:]:
            print(f"    {line}")


def patient(get_message):
    """Let a channel look again each second instead of waiting to be woken.

    The wake-up gets lost now and then where a widget sends on the same socket: the reply is there,
    and nbclient waits for ever (its issue 312).
    """
    async def look_again(timeout=None):
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                return await get_message(timeout=min(left, 1))
        raise queue.Empty
    return look_again


def clean(notebook):
    """Take out what differs from run to run, and what needs a kernel to be shown: time, widgets."""
    settle(notebook)
    notebook.metadata["kernelspec"] = KERNELSPEC
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs
                            if "progress" not in output.get("metadata", {})]
    return notebook


def run_lesson(path, build, inplace=False):
    """Execute a lesson, write its notebook, and tell whether every cell ran.

    A lesson that failed is written to `build` as far as it came, never back to `path`.
    """
    lesson = Lesson(path)
    lesson.execute()
    files = [build / path.name]
    if inplace and not lesson.failed:
        lesson.notebook.metadata["course"] = {"minutes": max(round(lesson.seconds / 30), 1) / 2,
                                              "fingerprint": fingerprint(path)}
        files.append(path)
    write(dict.fromkeys(files, (nbformat.writes(clean(lesson.notebook)) + "\n").encode()))
    return not lesson.failed


def main(arguments=None, folder=None, build=ROOT / "build"):
    """Execute the lessons asked for; return 0 if every cell of every lesson ran, else 1."""
    parser = argparse.ArgumentParser(prog="tools.execute", description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="NN")
    parser.add_argument("--inplace", action="store_true")
    parser.add_argument("--seeds", metavar="A-B")
    parser.add_argument("--build", type=Path, default=build, help="where the notebooks go")
    options = parser.parse_args(arguments)
    try:
        lessons = [page.find(name, folder) for name in options.lessons or page.lessons(folder)]
        must_hold_files(options.build)
        if options.seeds is not None:
            return seeds.measure(lessons, seeds.parse(options.seeds), options.build / "seeds",
                                 (folder or page.NOTEBOOKS) / "claims.json")
        failed = [path.stem for path in lessons
                  if not run_lesson(path, options.build, options.inplace)]
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(lessons) - len(failed)} of {len(lessons)} lessons ran; their notebooks are in "
          f"{options.build.name}/.")
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
