"""The contests of contrastive vision: equal pictures, cores, seconds and probe; parts swapped."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from helpers import data, probes
from tools.bench import clock, ways
from tools.bench.contest import Contest
from tools.bench.ways import LESSON, LIGHTLY, OURS, TUTORIAL, Way, clothes

ASKED = 4000  # pictures, of as many others some are given with their labels
CLOTHES = 10  # seconds; the same where parts are swapped


def embedding(encoder: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Pictures (N, 3, 32, 32) in [0, 1] -> their features (N, dim), a part at a time."""
    @torch.inference_mode()
    def embed(pictures: Tensor) -> Tensor:
        return torch.cat([encoder(part.contiguous(memory_format=torch.channels_last))
                          for part in pictures.split(500)])
    return embed


def compete(way: Way, pictures: Callable, judge: Callable, seconds: float,
            share: float = 1.0) -> dict[str, float]:
    """Train for a share of the seconds, and let `judge` ask the features.

    Args:
        way: what trains.
        pictures: returns what is trained on, as the way's views take it, and its classes.
        judge: called with a function from pictures to features; returns figures.
        seconds, share: seconds times share is how long it trains.
    """
    network, batches = way.network(), way.views(pictures()[0])
    ran = clock.train(network, *way.optimizer(network, clock.TICKS), lambda: next(batches),
                      lambda network, pair: way.loss(*network(*pair)), seconds * share)
    rate = 2 * ways.BATCH * ran["steps"] / ran["seconds"]
    return judge(embedding(network.encoder)) | {"views a second": rate}


def untrained(judge: Callable, seconds: float) -> dict[str, float]:
    """Our network as it begins."""
    return judge(embedding(LESSON.Twins().eval().encoder))


def pixels(judge: Callable, seconds: float) -> dict[str, float]:
    """No network."""
    return judge(probes.raw_pixels)


def photographs(split: str = "train") -> tuple[Tensor, Tensor]:
    """CIFAR-10, (N, 3, 32, 32) uint8, and its classes."""
    return data.cifar10(split)[:2]


def drawings() -> tuple[Tensor, Tensor]:
    """The drawings, (N, 4, 32, 32) uint8, and their concepts."""
    train = data.drawings("train")
    return train.images, train.concept


def drawings_on_paper() -> tuple[Tensor, Tensor]:
    """The drawings on white paper, (N, 3, 32, 32) uint8, and their concepts."""
    images, concepts = drawings()
    return ways.on_paper(images), concepts


def by_labels(pictures: Callable, embed: Callable) -> dict[str, float]:
    """Accuracy of a linear probe on frozen features with 10 and with 100 labels a class."""
    sets = []
    for split in ("train", "test"):
        images, classes = pictures(split)
        sets.append((embed(images[:ASKED].float() / 255), classes[:ASKED]))
    few, many = probes.label_curve(*sets, [10, 100])[0]
    return {"10 labels a class": few, "100 labels a class": many}


def by_one_shot(embed: Callable) -> dict[str, float]:
    """One-shot recognition of things never met, in the wild and clean, across artists."""
    unseen = data.drawings("test")
    return {"in the wild": probes.one_shot(embed, unseen, probes.in_the_wild),
            "clean, another artist's": probes.one_shot(embed, unseen)}


def others(pictures: Callable, judge: Callable) -> dict[str, Callable]:
    """The two peers, and no training."""
    return {
        "lightly's SimCLR": partial(compete, LIGHTLY, pictures, judge),
        "a tutorial's SimCLR": partial(compete, TUTORIAL, pictures, judge),
        "ours, untrained": partial(untrained, judge),
        "raw pixels": partial(pixels, judge)}


def three(pictures: Callable, judge: Callable) -> dict[str, Callable]:
    """Ours after all of the time and after parts of it, beside the others."""
    return {
        "ours": partial(compete, OURS, pictures, judge),
        "ours, a tenth of the time": partial(compete, OURS, pictures, judge, share=0.1),
        "ours, a thirtieth of the time": partial(compete, OURS, pictures, judge, share=1 / 30),
        **others(pictures, judge)}


judge_clothes, judge_photographs = partial(by_labels, clothes), partial(by_labels, photographs)
WIDE = replace(OURS, network=partial(LESSON.Twins, width=32))
OUR_VIEW = replace(OURS, views=ways.whole_batches(LESSON.view))
SAME_KIND = replace(OURS, views=ways.whole_batches(ways.drawing_photo_view))
SWAPS = {
    "ours, lightly's loss": replace(OURS, loss=LIGHTLY.loss),
    "ours, lightly's network": replace(OURS, network=LIGHTLY.network),
    "ours, lightly's views": replace(OURS, views=LIGHTLY.views),
    "lightly's, our loss": replace(LIGHTLY, loss=OURS.loss),
    "lightly's, our network": replace(LIGHTLY, network=OURS.network)}
CONTESTS = {
    "fashion": Contest(
        "Clothes: time to accuracy", "Fashion-MNIST, ten classes; a linear probe on frozen "
        "features.", three(clothes, judge_clothes), seconds=CLOTHES, quick=1),
    "drawings": Contest(
        "Drawings: one-shot recognition", "Things that no training met, of up to 420. In the wild "
        "is asked with the kinds of change that lesson 04's own view makes, which its peers are "
        "not told; the second row has their kinds of view.",
        {"ours": partial(compete, OUR_VIEW, drawings, by_one_shot),
         "ours, the peers' kinds of view": partial(compete, SAME_KIND, drawings, by_one_shot),
         **others(drawings_on_paper, by_one_shot)}, seconds=12, quick=1),
    "photographs": Contest(
        "Photographs: time to accuracy", "CIFAR-10, ten classes; a linear probe on frozen "
        "features.", three(photographs, judge_photographs) | {
            "ours, twice as wide": partial(compete, WIDE, photographs, judge_photographs)},
        seconds=120, quick=1),
    "swaps": Contest(
        "Whose part is it? One part of one way in the other's hands", "Fashion-MNIST, as many "
        "seconds as above, where each way stands with its own parts.",
        {name: partial(compete, way, clothes, judge_clothes) for name, way in SWAPS.items()},
        seconds=CLOTHES, quick=1)}
