"""Figures carry words for those who can't see them, and look alike in every lesson."""

import io
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import pytest
import torch

from helpers import data, plots
from tools import gallery

CAPTION = "What one sees."
FIGURES = {
    "show": lambda: plots.show(plots.subplots()[0], CAPTION),
    "colour": lambda: plots.pictures({"a": torch.rand(3, 3, 8, 8), "b": torch.rand(2, 3, 8, 8)},
                                     CAPTION, titles=["one", "two", "three"]),
    "grey": lambda: plots.pictures({"a": torch.rand(1, 1, 8, 8)}, CAPTION),
    "out of range": lambda: plots.pictures({"a": 3 * torch.randn(4, 1, 8, 8)}, CAPTION),
    "loss": lambda: plots.loss_curve([3.0, 2.0, 1.5], "Loss", CAPTION),
    "one step": lambda: plots.loss_curve([3.0], "Loss", CAPTION),
    "curves": lambda: plots.curves({"SSL": ([0.1, 0.5], [0, 0.1]), "mine": ([0.2, 0.3], [0, 0])},
                                   [1, 7], "Curves", CAPTION, "shown", "right", chance=0.1),
    "gap": lambda: plots.curves({"raw pixels": ([0.1, float("nan")], [0, 0])}, [1, 7], "Curves",
                                CAPTION, "shown", "right"),
    "bars": lambda: plots.bars({"p": {"cow": 0.5, "the": 0.25}}, "Bars", CAPTION, "p"),
    "bars of two": lambda: plots.bars({"old": {"cow": 0.5}, "new": {"cow": 0.0}}, "Bars", CAPTION,
                                      "accuracy"),
    "dollars": lambda: plots.bars({"p": {"$": 0.5, "$\\frac$": 0.1, "_": 0.1}}, "$ \\frac ___ $",
                                  CAPTION, "p"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_shown_once_with_words(name, displayed):
    FIGURES[name]()
    image, words = displayed
    (alternative, kind, content), = gallery.figures([image])
    assert (alternative, kind, content[1:4]) == (CAPTION, "png", b"PNG")
    assert words["data"]["text/markdown"] == f"*{CAPTION}*"
    assert not plt.get_fignums(), "the figure would be shown a second time"


@pytest.mark.parametrize(("name", "mode"), [("curves", "P"), ("loss", "P"), ("bars", "P"),
                                            ("colour", "RGB")])
def test_only_a_figure_that_looks_the_same_is_stored_with_a_palette(name, mode, displayed):
    FIGURES[name]()
    (_, _, content), = gallery.figures(displayed)
    assert PIL.Image.open(io.BytesIO(content)).mode == mode


def test_a_photograph_is_stored_as_jpeg(displayed):
    photo = data.load("photos", "photos")[0]["image"]
    figure, axis = plots.subplots()
    axis.imshow(photo)
    plots.show(figure, CAPTION)
    (_, kind, content), = gallery.figures(displayed)
    assert kind == "jpeg" and PIL.Image.open(io.BytesIO(content)).size[0] == 800


def test_a_file_is_shown_as_it_is_with_its_caption(displayed):
    plots.show_file(b"any bytes", "png", 'A "<cow>" & more')
    image, words = displayed
    assert list(gallery.figures([image])) == [('A "<cow>" & more', "png", b"any bytes")]
    assert "<cow" not in image["data"]["text/html"]
    assert words["data"]["text/markdown"] == '*A "<cow>" & more*'


@pytest.mark.parametrize("rows, columns, shape", [(1, 1, ()), (1, 6, (6,)), (2, 3, (2, 3))])
def test_axes_come_as_in_matplotlib(rows, columns, shape):
    figure, axes = plots.subplots(rows, columns)
    assert np.shape(axes) == shape
    assert figure.get_figwidth() == plots.WIDTH
    plt.close(figure)


def test_to_array_gives_colour_pictures():
    for channels in (1, 3):
        assert plots.to_array(torch.rand(2, channels, 4, 5)).shape == (2, 4, 5, 3)


def test_colours_and_markers_tell_the_methods_apart():
    def rgb(colour):
        return np.array(plt.matplotlib.colors.to_rgb(colour))

    for one, other in combinations(plots.COLOURS.values(), 2):
        assert abs(rgb(one) - rgb(other)).max() > 0.15
    methods = {"SSL", "raw pixels", "random network", "supervised"}
    assert set(plots.MARKERS) == methods < set(plots.COLOURS)
    assert len(set(plots.MARKERS.values())) == len(methods)


def test_curves_draw_each_method_in_its_own_way(displayed, monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "show", lambda figure, caption: drawn.append(figure.axes[0]))
    names = ["SSL: rotation", "raw pixels", "random network", "SSL: jigsaw", "PCA", "SSL: signed",
             "denoising"]
    plots.curves({name: ([0.1, 0.5], [0, 0]) for name in names}, [1, 7], "Curves", CAPTION,
                 "shown", "right")
    lines = [line for line, _, _ in drawn[0].containers]
    looks = [(line.get_color(), line.get_marker()) for line in lines]
    for name, look in zip(["SSL", "raw pixels", "random network"], looks):
        assert look == (plots.COLOURS[name], plots.MARKERS[name])
    for alike in ([colour for colour, _ in looks], [marker for _, marker in looks]):
        assert len(set(alike)) == len(names)
    plt.close("all")


def test_bars_stand_in_the_order_given_each_with_its_value(monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "show", lambda figure, caption: drawn.append(figure.axes[0]))
    plots.bars({"old": {"cow": 0.5, "sun": 0.123}, "new": {"cow": 0.25, "sun": 0.75}}, "Bars",
               CAPTION, "accuracy")
    axis, = drawn
    assert [label.get_text() for label in axis.get_yticklabels()] == ["cow", "sun"]
    assert axis.yaxis_inverted(), "the first name stands at the top"
    assert [text.get_text() for text in axis.texts] == ["0.50", "0.12", "0.25", "0.75"]
    old, new = axis.containers
    assert (old.get_label(), new.get_label()) == ("old", "new")
    assert {bar.get_hatch() for bar in old} != {bar.get_hatch() for bar in new}
    for first, second in zip(old, new):
        assert first.get_y() + first.get_height() == pytest.approx(second.get_y())
    plt.close("all")
