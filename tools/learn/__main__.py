"""Train on any pictures, and say whether it helped: `python3 course.py learn FOLDER`.

`accelerate launch -m tools.learn FOLDER` does the same with the devices, the processes and the
precision that it is told. All that is judged and written stands on the page of lesson 11.
"""

import argparse
import copy
import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, send_to_device
from datasets import disable_progress_bars
from datasets.distributed import split_dataset_by_node

from helpers import data, training
from helpers.page import definitions
from helpers.start import start
from helpers.weights import WeightsError
from tools import ROOT
from tools.learn import log, trainer
from tools.learn.conclusion import conclude
from tools.recipes import Recipe
from tools.storage import must_hold_files

FEWEST = 16  # different pictures
LEARNING_RATE = 3e-3


def parse(words: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="course.py learn", description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="a folder of pictures (of folders, if their names are "
                        "labels), a zip, a Parquet file, or a data set of the hub")
    parser.add_argument("--out", type=Path, help="where the results go (build/learn/NAME)")
    how_long = parser.add_mutually_exclusive_group()
    how_long.add_argument("--steps", type=whole, help="how many times the weights are changed")
    how_long.add_argument("--minutes", type=float, default=2.0, help="about how long to train (2)")
    parser.add_argument("--size", type=int, choices=(32, 64, 96), default=32, help="pixels (32)")
    parser.add_argument("--width", type=whole, default=16, help="of the network (16)")
    parser.add_argument("--batch", type=whole, default=256, help="pictures a step (256)")
    parser.add_argument("--seed", default=os.environ.get("COURSE_SEED", "0"), help="(0)")
    parser.add_argument("--crop", type=share, default=0.5, help="share that may be lost (0.5)")
    parser.add_argument("--turn", type=int, default=10, help="degrees at most (10)")
    parser.add_argument("--colour", type=share, default=0.5, help="other light, 0 to 1 (0.5)")
    parser.add_argument("--no-mirror", dest="mirror", action="store_false",
                        help="left and right matter")
    return parser.parse_args(words)


def lesson() -> SimpleNamespace:
    """The functions of lesson 11, and of lesson 04 where these look for them."""
    disable_progress_bars()  # the lesson's functions show their own
    page = definitions("11")
    page.page04, page.SEED = definitions("04"), torch.initial_seed()
    return page


def stamp(source: str) -> str:
    """A checksum that changes when files come, go or change; nothing of them is read."""
    path = Path(source)
    files = sorted(path.rglob("*")) if path.is_dir() else [path] if path.exists() else []
    told = [(str(file), (found := file.lstat()).st_size, found.st_mtime_ns) for file in files]
    return data.sha256(repr((source, told)).encode())[:12]


def look(page: SimpleNamespace, options: argparse.Namespace, accelerator: Accelerator):
    """Read the pictures once, by the first process; return the cache and its different rows.

    Raises:
        ValueError: They can't be opened, or there are too few.
        OSError: The disk is full.
    """
    file = options.out / f"pictures-{options.size}-{stamp(options.folder)}.arrow"
    with accelerator.main_process_first():
        pictures = page.cached(options.folder, file, options.size)
        for old in set(options.out.glob("pictures-*.arrow")) - {file}:
            old.unlink(missing_ok=True)
    rows, lines = page.distinct(pictures), page.report(pictures)
    for what, how_many, example in lines:
        accelerator.print(f"{what}: {how_many:,}" + f" ({example})" * bool(example))
    if len(rows) < FEWEST:
        raise ValueError(f"{options.folder} holds {len(rows)} different pictures that can be read; "
                         f"there have to be {FEWEST} to learn from.")
    return pictures, rows, lines


def make_recipe(page: SimpleNamespace, options: argparse.Namespace, accelerator: Accelerator,
                pictures, exam, meter: list) -> Recipe:
    """Lesson 11's twins, their loss, and batches of which each process draws its own share."""
    mine = split_dataset_by_node(pictures.select(exam.train.tolist()), accelerator.process_index,
                                 accelerator.num_processes)
    share = max(min(options.batch, len(exam.train)) // accelerator.num_processes, 1)
    if share * accelerator.num_processes < options.batch:
        accelerator.print(f"A batch of {options.batch} is more than there is to learn from: it has "
                          f"{share * accelerator.num_processes}.")
    rows = torch.arange(len(mine))
    return Recipe(network=page.twins_of(options.size, options.width),
                  batch=lambda: page.two_views(mine, rows, options.view, share),
                  loss=page.watched(meter, log.EVERY, page.gather), steps=options.steps,
                  learning_rate=LEARNING_RATE, figures=lambda network: {}, data=[])


def steps_in(minutes: float, recipe: Recipe, accelerator: Accelerator) -> int:
    """How many steps fit, found by six that a copy takes; the same number for all processes."""
    device = accelerator.device
    network = copy.deepcopy(recipe.network).train().to(device, memory_format=torch.channels_last)
    optimizer, _ = training.one_cycle(network, LEARNING_RATE, 10)
    with torch.random.fork_rng(devices=[]):
        for number in range(6):
            if number == 1:  # the first is slow
                began = time.monotonic()
            recipe.loss(network, send_to_device(recipe.batch(), device)).backward()
            optimizer.step()
            optimizer.zero_grad()
    steps = [max(20, round(60 * minutes * 5 / (time.monotonic() - began)))]
    return broadcast_object_list(steps)[0]


def earlier(record: Path, checkpoint: Path) -> dict:
    """The run whose result or checkpoint is there; empty if there is none.

    Raises:
        WeightsError: It is damaged.
    """
    if not record.exists():
        return trainer.state_of(checkpoint)["run"] if checkpoint.exists() else {}
    try:
        return json.loads(record.read_bytes())["run"]
    except (ValueError, KeyError, TypeError):
        raise WeightsError(f"{record} is damaged; delete it to start anew.") from None


def learn(options: argparse.Namespace) -> None:
    """Read, train, judge and write; what the results' folder has already is not done again."""
    accelerator = trainer.accelerator(f"tools.learn {options.folder}")
    page, out, meter = lesson(), options.out, []
    pictures, rows, lines = look(page, options, accelerator)
    exam = page.make_exam(page.held_out(rows), pictures["label"][:])
    checkpoint, record = out / "checkpoint.safetensors", out / "record.json"
    before = earlier(record, checkpoint)
    options.steps = options.steps or before.get("steps")  # the minutes count at the first start
    recipe = make_recipe(page, options, accelerator, pictures, exam, meter)
    if not recipe.steps:
        recipe.steps = steps_in(options.minutes, recipe, accelerator)
    sums = pictures["sum"][:]
    run = {"seed": torch.initial_seed(), "steps": recipe.steps, "size": options.size,
           "width": options.width, "batch": options.batch, "view": options.view,
           "precision": accelerator.mixed_precision, "pictures": len(rows),
           "data": data.sha256("".join(sums[row] for row in rows.tolist()).encode())}
    if record.exists():
        if other := next((key for key in run if before.get(key) != run[key]), None):
            raise ValueError(f"{out} holds the result of a run with {other} {before.get(other)}, "
                             f"not {run[other]}: name another folder with --out.")
        accelerator.print(f"It is there already: {out / 'verdict.html'}")
        return
    table = log.Log(out / "log.csv", meter)
    accelerator.trackers.append(table)
    try:
        seconds = trainer.train(accelerator, recipe, run, checkpoint, "training", apart=True)
    finally:
        table.finish()
    accelerator.end_training()
    if accelerator.is_main_process:
        torch.manual_seed(run["seed"])
        kept = {"run": run, "processes": accelerator.num_processes, "seconds": seconds,
                "torch": torch.__version__}
        print(conclude(page, options, pictures, exam, recipe.network, lines, kept))
        checkpoint.unlink()


def whole(text: str) -> int:
    """A whole number of 2 or more."""
    if not text.isdecimal() or int(text) < 2:
        raise argparse.ArgumentTypeError(f"a whole number of 2 or more, not {text!r}")
    return int(text)


def share(text: str) -> float:
    """A number from 0 to 1."""
    if not 0 <= (value := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"a number from 0 to 1, not {text!r}")
    return value


def main(words: list[str] | None = None) -> int:
    """Do what the command line says; return 0 if all was written, else 1, or 130 after Ctrl-C."""
    options = parse(words)
    os.chdir(os.environ.get("COURSE_CALLED_FROM") or ".")  # paths are those of whoever calls
    if os.path.exists(options.folder):
        options.folder = os.path.abspath(options.folder)
    name = Path(options.folder).stem or "pictures"
    options.out = (options.out or ROOT / "build" / "learn" / name).absolute()
    options.view = {"crop": options.crop, "turn": options.turn, "colour": options.colour,
                    "mirror": options.mirror}
    os.environ["COURSE_SEED"] = options.seed

    def work() -> None:
        start()
        must_hold_files(options.out)
        with trainer.alone(options.out / ".lock", options.out.name), trainer.others_heard():
            learn(options)

    return trainer.ended(work)


if __name__ == "__main__":
    sys.exit(main())
