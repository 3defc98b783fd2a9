"""What a trained network is worth on these pictures: drawn, said in a sentence, and written."""

import argparse
import json
from pathlib import Path
from types import SimpleNamespace

import safetensors.torch
from datasets import Dataset
from torch import nn

from helpers import data, writing
from tools.learn import report
from tools.storage import write

FURTHEST = 1e-3  # that a feature by ONNX may be from PyTorch's
HOW_TO_LOAD = """# pictures: (N, 3, {size}, {size}) float32, 0 to 1
import onnxruntime
session = onnxruntime.InferenceSession("encoder.onnx")
features, = session.run(None, {{"pictures": pictures}})

# or with PyTorch, in the course's folder
import safetensors.torch
from helpers import models
encoder = models.Encoder(width={width}, size={size})
encoder.load_state_dict(safetensors.torch.load_file("encoder.safetensors"))
encoder.eval()
"""
HOW_TO_READ = """
How to read this: a fifth of the pictures was held out, and no training has seen them. Each
contender got some of the others with their labels and named the held-out ones. What is called SSL
has learned without a label, from your pictures or from others (lent weights); beside it stand the
pixels as they are, networks that were never trained, and training on the labelled pictures alone.
A gain of 0.05 says that of a hundred pictures five more are named rightly. What follows ± is how
far the luck of the draw may move it; a gain of less than twice that is no clear difference."""


def judge(page: SimpleNamespace, options: argparse.Namespace, pictures: Dataset, exam,
          twins: nn.Module) -> tuple[str, list[str], dict[str, float]]:
    """Draw what the network makes of the held-out pictures.

    Returns:
        The verdict, paragraphs below it of which the first is advice, and figures by name.
    """
    ours, view = page.features(twins), options.view
    sentence, more, named = page.why_not(exam), 0.0, {}
    if not sentence:
        right, counts = compete(page, options, pictures, exam, ours)
        page.label_curve(right, counts, exam.names)
        sentence, more = page.verdict(right, counts)
        named = {f"{name}, {count} labels": share for name, answers in right.items()
                 for count, share in zip(counts, answers.float().mean(dim=(0, 2)).tolist())}
    page.show_neighbours(page.small_pixels, pictures, exam, "raw pixels")
    page.show_neighbours(ours, pictures, exam, "SSL, from scratch")
    page.show_map(ours, pictures, exam, "SSL, from scratch")
    auroc = page.energy_plot(twins, pictures, exam, view, "SSL from scratch")
    some = page.pixels(pictures, exam.train[:1000])
    spread, rank = page.meters(twins(some, some)[0].detach())
    said = ([page.advice(more, len(exam.train), rank, auroc), HOW_TO_READ.strip()] if named else
            ["Look at the neighbours: are they what you would call alike?"])
    return sentence, said, {"energy, AUROC": auroc, "spread": spread,
                            "effective rank": rank} | named


def compete(page: SimpleNamespace, options: argparse.Namespace, pictures: Dataset, exam,
            ours) -> tuple[dict, list[int]]:
    """Let all contenders name the held-out pictures; return their answers, and of how many labels.

    Args:
        ours: features by the network that was trained here.
    """
    counts = page.numbers_of_labels(exam)
    embeds = {"SSL, from scratch": ours,
              "SSL, lent weights": page.features(page.committed(options.size)),
              "raw pixels": page.small_pixels,
              "random network": page.features(page.twins_of(options.size, options.width)),
              "random network, wide": page.features(page.twins_of(options.size, 64))}
    contenders = {name: page.by_probe(embed, pictures, exam) for name, embed in embeds.items()}
    contenders["supervised"] = page.by_labels_alone(pictures, exam, options.view, options.size,
                                                    options.width)
    return page.judge(contenders, exam, counts), counts


def conclude(page: SimpleNamespace, options: argparse.Namespace, pictures: Dataset, exam,
             twins: nn.Module, lines: list[list], record: dict) -> str:
    """Judge the network, and write it with its record and a page, all or nothing.

    Args:
        page: lesson 11's functions.
        options: of the command line.
        pictures, exam: the cache, and its rows by what they are for.
        twins: trained.
        lines: the report on the pictures.
        record: what is known of the run.

    Returns:
        What to print: the verdict, and where the page is.

    Raises:
        ArithmeticError: ONNX gives other features.
        OSError: The disk is full.
    """
    with report.kept() as pieces:
        writing.table(["what", "how many", "for example"], lines, caption=options.folder)
        sentence, said, figures = judge(page, options, pictures, exam, twins)
    name = Path(options.folder).name
    out, part = options.out, options.out / "encoder.part.onnx"
    try:
        if (apart := page.export(twins.encoder, part, options.size)) > FURTHEST:
            raise ArithmeticError(f"ONNX gives features that are {apart:.2g} from PyTorch's.")
        onnx = part.read_bytes()
    finally:
        part.unlink(missing_ok=True)
    weights = safetensors.torch.save({name: tensor.contiguous() for name, tensor in
                                      twins.encoder.state_dict().items()})
    record = {**record, "verdict": sentence, "advice": said[0], "figures": figures,
              "sha256": data.sha256(weights)}
    view = ", ".join(f"{name} {value}" for name, value in options.view.items())
    settings = record["run"] | {"view": view} | {
        name: record[name] for name in ("processes", "seconds", "torch")}
    files = {"encoder.onnx": onnx, "encoder.safetensors": weights,
             "record.json": (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode(),
             "verdict.html": report.page(
                 f"Does self-supervision help on {name}?", sentence, said, pieces,
                 HOW_TO_LOAD.format(size=options.size, width=options.width), settings)}
    write({out / name: content for name, content in files.items()})
    return f"{sentence}\n{said[0]}\n{out / 'verdict.html'}"
