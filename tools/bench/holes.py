"""Holes and colours: lesson 06 beside what fills a hole without learning."""

import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from helpers import data, models, training, views, weights
from helpers.page import definitions
from tools.bench import clock
from tools.bench.contest import Contest

SIDES = (8, 12)
ASKED = 300  # drawings of things that no training met


def opencv(method: str, pictures: Tensor, hole: Tensor) -> Tensor:
    """OpenCV's `inpaint`, a picture at a time, with a radius of three pixels."""
    import cv2
    bytes_ = (255 * pictures).round().byte().permute(0, 2, 3, 1).numpy()
    filled = [cv2.inpaint(picture, inside, 3, getattr(cv2, method))
              for picture, inside in zip(bytes_, hole[:, 0].byte().numpy())]
    return torch.stack([torch.from_numpy(one) for one in filled]).permute(0, 3, 1, 2).float() / 255


def judge_holes(page, fill: Callable[[Tensor, Tensor], Tensor]) -> dict[str, float]:
    """Milliseconds a picture, and how far off the guess is, for holes of two sizes."""
    unseen = views.on_paper(data.drawings("test").images)
    figures = {}
    for side in SIDES:
        pictures = unseen[torch.randperm(len(unseen))[:ASKED]]
        hole = page.random_holes(ASKED, side)
        began = time.perf_counter()
        guess = fill(pictures, hole)
        figures["ms a picture"] = 1000 * (time.perf_counter() - began) / ASKED
        found = page.judge_holes(lambda *_, guess=guess: guess, pictures, hole)
        figures |= {f"{measure}, {side} × {side}": found[measure]
                    for measure in ("squared error", "SSIM")}
    return figures


def live_holes(seconds: float) -> dict[str, float]:
    """The context encoder, trained just now."""
    page, network = definitions("06"), models.UNet(inputs=4, outputs=3)
    train = views.on_paper(data.drawings("train").images)
    network.to(memory_format=torch.channels_last)
    clock.train(network, *training.one_cycle(network, 1e-2, clock.TICKS),
                lambda: page.with_holes(train), page.hole_loss, seconds)
    return judge_holes(page, page.by_network(network))


def kept_holes(seconds: float) -> dict[str, float]:
    """The committed weights, which were trained for longer."""
    page, network = definitions("06"), models.UNet(inputs=4, outputs=3, width=32)
    weights.load("holes", network)
    return judge_holes(page, page.by_network(network))


def without_learning(fill_of: Callable, seconds: float) -> dict[str, float]:
    """What needs no training; `fill_of` gets lesson 06 and returns what fills holes."""
    page = definitions("06")
    return judge_holes(page, fill_of(page))


def lab(split: str, page) -> Tensor:
    """Drawings on paper in Lab, (N, 3, 32, 32)."""
    return page.to_lab(views.on_paper(data.drawings(split).images))


def judge_colours(page, painter) -> dict[str, float]:
    """Milliseconds a picture, and how far the colours are from the artist's."""
    asked = lab("test", page)[::8]
    began = time.perf_counter()
    page.painted(painter, asked[:, :1], page.TEMPERATURE)
    passed = time.perf_counter() - began
    found = page.judge_painter(painter, asked)
    return {"ms a picture": 1000 * passed / len(asked)} | {
        name: found[name] for name in ("ab error", "ab error, left grey",
                                       "energy of turned colours, AUROC")}


def colour_share(page, known: Tensor) -> tuple[Tensor, Tensor]:
    """Lesson 06's colours (Q, 2), and how much each counts (Q,)."""
    bins = page.colour_grid()
    numbers = page.nearest_bin(known[::4, 1:], bins).flatten()
    return bins, page.rebalanced(numbers.bincount(minlength=len(bins)) / len(numbers))


def live_colours(seconds: float) -> dict[str, float]:
    """The painter, trained just now."""
    page = definitions("06")
    known = lab("train", page)
    painter = page.Painter(models.UNet(1, 32), *colour_share(page, known))
    painter.to(memory_format=torch.channels_last)
    clock.train(painter, *training.one_cycle(painter, 1e-2, clock.TICKS),
                lambda: page.hide_colour(page.some_pictures(known)), page.colour_loss, seconds)
    return judge_colours(page, painter)


def kept_colours(seconds: float) -> dict[str, float]:
    """The committed weights, which were trained for longer."""
    page = definitions("06")
    painter = page.Painter(models.UNet(1, 32, width=32),
                           *colour_share(page, lab("train", page)[:400]))
    weights.load("colours", painter)
    return judge_colours(page, painter)


def table_of_lightness(seconds: float) -> dict[str, float]:
    """How often each colour went with each lightness."""
    page = definitions("06")
    known = lab("train", page)
    return judge_colours(page, page.LightnessTable(known[::4], *colour_share(page, known)))


CONTESTS = {
    "holes": Contest(
        "Holes", f"{ASKED} drawings of things never met, a square hole in each. A low error and a "
        "high SSIM (likeness of structure) are good.",
        {"ours, trained just now": live_holes, "ours, committed weights": kept_holes,
         "scikit-image, biharmonic": partial(without_learning, lambda page: page.biharmonic),
         "OpenCV, Telea": partial(without_learning,
                                  lambda page: partial(opencv, "INPAINT_TELEA")),
         "OpenCV, Navier–Stokes": partial(without_learning,
                                          lambda page: partial(opencv, "INPAINT_NS")),
         "mean around the hole": partial(without_learning, lambda page: page.by_mean)},
        seconds=20, quick=1),
    "colours": Contest(
        "Colours", "Drawings of things never met, of which only the lightness is given. No library "
        "that we know fills in colours without learned weights; the rival is lesson 06's table.",
        {"ours, trained just now": live_colours, "ours, committed weights": kept_colours,
         "table of lightness": table_of_lightness},
        seconds=20, quick=1)}
