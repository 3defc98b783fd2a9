"""Recipes of the committed weights, made of the functions that stand in the lessons."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from accelerate.utils import find_batch_size
from torch import Tensor, nn

from helpers import data, models, probes, views
from helpers.page import definitions
from tools.recipes.family import side_by_side
from tools.recipes.palette import palette


@dataclass
class Recipe:
    """How weights come about: what `training.train` needs, with functions of the lessons.

    `batch` draws its random numbers from torch, and keeps nothing from one call to the next: a run
    that was stopped could not go on otherwise. Several processes draw the same batch, and each gets
    its share of the rows: a loss that compares rows has to `gather` them (lesson 11), and one that
    is a mean over something else than rows has to `count` it.
    """

    network: nn.Module
    batch: Callable[[], object]
    loss: Callable
    steps: int
    learning_rate: float  # the highest rate of the cycle
    figures: Callable[[nn.Module], dict[str, float]]  # what the trained network reaches, by name
    data: list[str]  # the files it learns from, such as "drawings/train.parquet"
    count: Callable[[object], int | Tensor] = find_batch_size  # what the loss is a mean over
    kept: Callable[[nn.Module], nn.Module] = nn.Module.eval  # of the network, what is committed


def _nt_xent_of_all(page) -> Callable:
    """Lesson 04's loss, in which each picture is told from the strangers of all processes."""
    gather = definitions("11").gather
    return lambda twins, batch: page.nt_xent(*map(gather, twins(*batch)))


def drawings() -> Recipe:
    """Twins on pairs of drawings of one thing, by two artists: lesson 04, part 9."""
    return _twins(lambda page: lambda: page.two_artists(256))


def drawings_distortions() -> Recipe:
    """Twins on distortions alone, which nobody had to know: lesson 04, part 9."""
    return _twins(lambda page: page.two_artist_views)


def _twins(batch_of: Callable) -> Recipe:
    page = definitions("04")
    page.train, page.unseen = data.drawings("train"), data.drawings("test")

    def figures(twins) -> dict[str, float]:
        embed, reached = page.features(twins), {}
        for ask, where in ((None, "clean"), (probes.in_the_wild, "in the wild")):
            mean, _ = probes.cow_curve(embed, page.unseen, ask)
            reached[f"one-shot, {where}"] = probes.one_shot(embed, page.unseen, ask)
            reached |= {f"cow curve {where}, {shots} shown": accuracy
                        for shots, accuracy in zip(probes.SHOTS, mean, strict=True)}
        return reached

    return Recipe(network=page.Twins(width=48, dim=128), batch=batch_of(page),
                  loss=_nt_xent_of_all(page), steps=3000, learning_rate=3e-3, figures=figures,
                  data=["drawings/train.parquet"])


def photographs() -> Recipe:
    """Twins on two views of a photograph of CIFAR-10: lesson 04, part 10, wider and longer."""
    page = definitions("04")
    images, _, _ = data.cifar10("train")

    def figures(twins) -> dict[str, float]:
        embeds = {"SSL, long training": page.features(twins), "raw pixels": probes.raw_pixels,
                  "random network": page.features(page.Twins(width=64))}
        return {f"{name}, {labels} labels, {part}": value
                for name, embed in embeds.items()
                for part, values in zip(("mean", "spread"), page.photo_curve(embed), strict=True)
                for labels, value in zip((10, 100), values, strict=True)}

    return Recipe(network=page.Twins(width=64, dim=128), batch=lambda: page.two_photos(images),
                  loss=_nt_xent_of_all(page), steps=5000, learning_rate=3e-3, figures=figures,
                  data=["cifar10/train.parquet"])


def words() -> Recipe:
    """The mini-BERT of lesson 05, part 3, wider, deeper and longer."""
    page = definitions("05")
    page.tokenizer = page.learn_pieces(data.load("glosses", "train")["text"][:])
    train, held = (page.by_length(page.encode(data.load("glosses", split)["text"][:]))
                   for split in ("train", "test"))

    return Recipe(network=page.MiniBert(width=192, layers=4), batch=lambda: page.masked(train, 256),
                  loss=page.guess_loss, steps=6500, learning_rate=1.5e-3,
                  figures=lambda network: {"masked accuracy": page.accuracy(network, held)},
                  data=["glosses/train.parquet"], count=lambda batch: batch[1].sum())


def colours() -> Recipe:
    """The painter of lesson 06, part 2, wider, longer, with dropout and rebalanced more mildly.

    Without dropout, a network of this width learns the training drawings by heart. The `weight`
    that is kept, by which its energy counts, is rebalanced as in the lesson. (Its loss is a mean by
    the weight of each colour: with several processes it is near that of one, not equal.)
    """
    page = definitions("06")
    known, unseen = (page.to_lab(views.on_paper(data.drawings(split).images))
                     for split in ("train", "test"))
    bins, share = palette(page, known[::4, 1:])
    mild = page.rebalanced(share, mix=0.93)

    def loss(painter, batch):
        return page.colour_loss(painter, batch, mild.to(batch[0].device))

    unet = models.UNet(1, 32, width=32, dropout=0.1)
    return Recipe(network=page.Painter(unet, bins, page.rebalanced(share)),
                  batch=lambda: page.hide_colour(page.some_pictures(known)),
                  loss=loss, steps=2500, learning_rate=2e-2,
                  figures=lambda painter: page.judge_painter(painter, unseen),
                  data=["drawings/train.parquet"])


def photo_colours() -> Recipe:
    """The painter of lesson 06, part 2, on photographs of CIFAR-10, wider and longer."""
    page = definitions("06")
    images, asked = (data.cifar10(split)[0] for split in ("train", "test"))

    def lab(photos):
        return page.to_lab(photos.float() / 255)

    bins, share = palette(page, lab(images[::20])[:, 1:])
    return Recipe(network=page.Painter(models.UNet(1, 32, width=32), bins, page.rebalanced(share)),
                  batch=lambda: page.hide_colour(lab(page.some_pictures(images, 128))),
                  loss=page.colour_loss, steps=7000, learning_rate=5e-3,
                  figures=lambda painter: page.judge_painter(painter, lab(asked[::5])),
                  data=["cifar10/train.parquet"])


def holes() -> Recipe:
    """The context encoder of lesson 06, part 3, wider and longer.

    Its drawings are mirrored, and moved and tilted as by lesson 04's `view`: with the drawings as
    they are, a network of this width learns them by heart.
    """
    page, view = definitions("06"), definitions("04").view
    drawings, unseen = data.drawings("train").images, views.on_paper(data.drawings("test").images)

    def batch():
        some = page.some_pictures(drawings, 128)
        moved = view(some, position=0.2, colour=0.0, background=False)
        return moved, page.random_holes(128)

    def figures(network):
        return page.judge_holes(page.by_network(network), unseen, page.random_holes(len(unseen)))

    return Recipe(network=models.UNet(4, 3, width=32),
                  batch=batch, loss=page.hole_loss, steps=8000, learning_rate=5e-3,
                  figures=figures, data=["drawings/train.parquet"])


def keypoints() -> Recipe:
    """A describer and a detector on warped photographs: lesson 08, parts 2 and 3, wider, longer.

    (Each of several processes compares the places of its own looks, and of no others.)
    """
    page = definitions("08")
    page.known, unseen, _ = page.photographs()

    def figures(network):
        marks = page.marks(page.keypoints(network.detector, network.describer), page.exam(unseen))
        return {f"{mark}, {condition}": value for condition, values in marks.items()
                for mark, value in zip(page.MARKS, values, strict=True)}

    return Recipe(network=page.Keypoints(), batch=page.some_looks, loss=page.keypoint_loss,
                  steps=2500, learning_rate=5e-3, figures=figures, data=["photos/photos.parquet"])


def agent() -> Recipe:
    """The agent of lesson 07, part 2, with one rate for all of it, and more episodes."""
    page = definitions("07")
    page.SAMPLE = page.to_tensor(np.stack([world.look() for world in page.meadows(500)]))
    network = page.Agent(page.Encoder())
    for name in ("mean", "spread"):  # they belong to the network: let them be kept with it
        network.register_buffer(name, vars(network).pop(name))

    def loss(network, seeds):
        worlds = [world for seed in seeds.tolist() for world in page.meadows(1, seed=seed)]
        return page.reinforce(network, page.play(network, worlds))

    def figures(network):
        worlds = page.meadows(1000, "test", seed=100)
        page.play(network, worlds)
        return {"success": page.found(worlds),
                "steps of an episode": float(np.mean([world.steps for world in worlds]))}

    return Recipe(network=network, batch=lambda: torch.randint(1, 2**20, (16,)), loss=loss,
                  steps=1600, learning_rate=3e-3, figures=figures,
                  data=["drawings/train.parquet", "drawings/test.parquet"])


def names() -> Recipe:
    """Two towers from nothing, on drawings and their names: lesson 09, part 7."""
    page = definitions("09")
    page.page04, page.gather = definitions("04"), definitions("11").gather
    page.train, page.unseen = data.drawings("train"), data.drawings("test")
    page.vocabulary = page.learn_words(page.train.concepts)
    page.train_numbers, asked = (page.numbers_of(drawings.concepts, page.vocabulary)
                                 for drawings in (page.train, page.unseen))
    page.kind = page.kind_of(page.unseen.concepts)

    def figures(towers):
        shares = page.named(page.likeness(towers, views.on_paper(page.unseen.images), asked))
        return {f"{kind}, among the first {first}": share
                for kind, line in zip(page.KINDS, shares.tolist(), strict=True)
                for first, share in zip(page.FIRST, line, strict=True)}

    def two_way_of_all(towers, batch):
        return page.two_way(*map(page.gather, towers(*batch)), towers.log_scale)

    return Recipe(network=page.live_towers(width=48), batch=page.live_pairs,
                  loss=two_way_of_all, steps=3000, learning_rate=3e-3, figures=figures,
                  data=["drawings/train.parquet"])


def family() -> Recipe:
    """The methods of lesson 10, part 5, side by side; what is kept of each is its encoder."""
    return Recipe(**side_by_side(), steps=800, learning_rate=3e-3,
                  data=["drawings/train.parquet"])


RECIPES = {recipe.__name__: recipe for recipe in (
    drawings, drawings_distortions, photographs, words, colours, photo_colours, holes, keypoints,
    names, agent, family)}
