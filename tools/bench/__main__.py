"""Hold the contests in turns: `python -m tools.bench [NAME ...]`.

Each turn runs in a process of its own, A B A B, and is written to `build/bench/` at once.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress

import torch

from helpers.start import start
from tools import ROOT
from tools.bench import contrastive, holes, machine, reinforcement, report, words
from tools.storage import must_hold_files, write

FOLDER = ROOT / "build" / "bench"
CONTESTS = (contrastive.CONTESTS | words.CONTESTS | holes.CONTESTS | reinforcement.CONTESTS
            | machine.CONTESTS)
TURNS = 3
PROCESSES = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
PROCESSES.set_forkserver_preload(["tools.bench.__main__"])


def hold(contest: str, contestant: str, number: int, seconds: float) -> dict[str, float]:
    """Let one contestant have its turn; return what was measured.

    Raises:
        RuntimeError: It failed; the message says how.
    """
    receiver, sender = PROCESSES.Pipe(duplex=False)
    turn = PROCESSES.Process(target=have_turn, args=(sender, contest, contestant, number, seconds))
    turn.start()
    sender.close()
    try:
        figures = receiver.recv()
    except EOFError:
        figures = "it was ended"
    except BaseException:
        turn.terminate()
        raise
    turn.join()
    if isinstance(figures, str):
        raise RuntimeError(figures)
    return figures


def have_turn(sender, contest: str, contestant: str, number: int, seconds: float) -> None:
    """Send what was measured, or how it failed; `number` is the seed."""
    # Loaders start their own processes as they do anywhere else.
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
    os.environ["COURSE_SEED"] = str(number)
    start()
    torch.set_flush_denormal(True)  # numbers next to zero make Adam's steps many times slower
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            figures = CONTESTS[contest].contestants[contestant](seconds)
            sender.send({name: float(value) for name, value in figures.items()})
        except Exception as error:
            sender.send(f"{type(error).__name__}: {error}")


def keep(results: dict) -> None:
    """Write what there is so far: the figures, and the tables."""
    write({FOLDER / "results.json": (json.dumps(results, indent=1) + "\n").encode(),
           FOLDER / "results.md": report.page(results).encode()})


def begun(names: list[str], quick: bool) -> dict:
    """Results without the contests of these names, but with all that was measured like this before.

    Like this: by the same processor, with as many threads, the same PyTorch and the same form.
    """
    results = {"quick": quick, "processor": report.processor(), "threads": torch.get_num_threads(),
               "torch": torch.__version__, "contests": {}, "turns": []}
    with suppress(OSError, ValueError):
        before = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
        if all(before[key] == results[key] for key in ("quick", "processor", "threads", "torch")):
            results = before
    results["turns"] = [turn for turn in results["turns"] if turn["contest"] not in names]
    for name in names:
        one = CONTESTS[name]
        results["contests"][name] = {
            "title": one.title, "explanation": one.explanation, "date": time.strftime("%Y-%m-%d"),
            "seconds": one.quick if quick else one.seconds, "minutes": 0.0, "failed": [],
            "contestants": list(one.contestants)}
    results["contests"] = {name: results["contests"][name] for name in CONTESTS
                           if name in results["contests"]}
    return results


def bench(names: list[str], quick: bool) -> tuple[dict, bool]:
    """Hold contests; return the results, those so far after Ctrl-C, and whether it was pressed."""
    results = begun(names, quick)
    order = [(contest, number, contestant) for contest in names
             for number in range(1 if quick else TURNS)
             for contestant in entered(contest, quick)]
    for place, (contest, number, contestant) in enumerate(order, 1):
        about, begin = results["contests"][contest], time.monotonic()
        print(f"{place} of {len(order)}  {contest}, turn {number + 1}, {contestant}: ", end="",
              flush=True)
        try:
            figures = hold(contest, contestant, number, about["seconds"])
            results["turns"].append({"contest": contest, "contestant": contestant,
                                     "turn": number, "figures": figures})
            print(", ".join(f"{name} {report.number(value)}" for name, value in figures.items()))
        except RuntimeError as error:
            about["failed"].append(f"{contestant}: {error}")
            print(f"failed: {error}")
        except KeyboardInterrupt:
            print("stopped")
            return results, True
        about["minutes"] += (time.monotonic() - begin) / 60
        keep(results)
    return results, False


def entered(contest: str, quick: bool) -> list[str]:
    """Who takes part: all, but of ours only the first in the quick form."""
    first, *others = CONTESTS[contest].contestants
    return [first, *(who for who in others if not (quick and who.startswith("ours")))]


def default(quick: bool) -> list[str]:
    """All contests, that of CIFAR-10 only where it is; in the quick form four of them."""
    if quick:
        return ["fashion", "words", "holes", "reinforcement"]
    return [name for name in CONTESTS if name != "photographs" or "SSL_COURSE_DATA" in os.environ]


def main(arguments: list[str] | None = None) -> int:
    """Hold what was asked for; return 0, 1 if a turn failed, or 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="course.py bench", description="The course's code beside "
                                     "what others would use, in turns, on this machine.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=", ".join(CONTESTS))
    parser.add_argument("--quick", action="store_true", help="one turn of a second each, in "
                        "some contests, which says only that they run")
    parser.add_argument("--publish", action="store_true", help="write what was last measured into "
                        "BENCH.md and README.md, and hold nothing")
    parser.add_argument("--list", action="store_true", help="name the contests, and hold none")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(f"{name:15}{one.title}" for name, one in CONTESTS.items()))
        return 0
    try:
        if unknown := [name for name in options.names if name not in CONTESTS]:
            raise ValueError(f"There is no contest {unknown[0]!r}; the contests are: "
                             f"{', '.join(CONTESTS)}.")
        if options.publish:
            report.publish(json.loads((FOLDER / "results.json").read_text(encoding="utf-8")))
            return 0
        must_hold_files(FOLDER)
        results, stopped = bench(options.names or default(options.quick), options.quick)
        write({FOLDER / "results.png": report.picture(results)})
    except FileNotFoundError:
        print("There is nothing to publish: run course.py bench first.", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The tables and the picture are in {FOLDER}.")
    return 130 if stopped else int(any(about["failed"] for about in results["contests"].values()))


if __name__ == "__main__":
    # Under its own name, by which the processes of the turns find its functions.
    sys.exit(importlib.import_module("tools.bench.__main__").main())
