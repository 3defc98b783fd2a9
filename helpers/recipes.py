"""Recipes of the committed weights, made of the functions that stand in the lessons."""

from helpers import data, probes
from helpers.page import definitions
from helpers.photographs import cifar10
from helpers.pretrain import Recipe


def drawings() -> Recipe:
    """Twins on natural pairs of drawings: lesson 04, part 7, wider and longer."""
    page = definitions("04")
    page.train, page.unseen = data.drawings("train"), data.drawings("test")

    def figures(twins) -> dict[str, float]:
        embed = page.features(twins)
        reached = {}
        for wild, where in ((False, "clean"), (True, "in the wild")):
            mean, _ = probes.cow_curve(embed, page.unseen, wild)
            reached[f"one-shot, {where}"] = probes.one_shot(embed, page.unseen, wild)
            reached |= {f"cow curve {where}, {shots} shown": accuracy
                        for shots, accuracy in zip(probes.SHOTS, mean, strict=True)}
        return reached

    return Recipe(network=page.Twins(width=48, dim=128), batch=page.two_artists,
                  loss=lambda twins, batch: page.nt_xent(*twins(*batch)),
                  steps=3000, learning_rate=3e-3, figures=figures,
                  data=["drawings/train.parquet"])


def photographs() -> Recipe:
    """Twins on two views of a photograph of CIFAR-10: lesson 04, part 10, wider and longer."""
    page = definitions("04")
    images, _, _ = cifar10("train")

    def figures(twins) -> dict[str, float]:
        embeds = {"SSL, long training": page.features(twins), "raw pixels": probes.raw_pixels,
                  "random network": page.features(page.Twins(width=64))}
        return {f"{name}, {labels} labels, {part}": value
                for name, embed in embeds.items()
                for part, values in zip(("mean", "spread"), page.photo_curve(embed), strict=True)
                for labels, value in zip((10, 100), values, strict=True)}

    return Recipe(network=page.Twins(width=64, dim=128), batch=lambda: page.two_photos(images),
                  loss=lambda twins, batch: page.nt_xent(*twins(*batch)),
                  steps=5000, learning_rate=3e-3, figures=figures,
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
                  data=["glosses/train.parquet"])


RECIPES = {"drawings": drawings, "photographs": photographs, "words": words}
