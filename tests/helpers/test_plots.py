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


@pytest.fixture
def figure(monkeypatch):
    """Draw one of the FIGURES, or what a function draws, and return it in place of showing it."""
    shown = []
    monkeypatch.setattr(plots, "show", lambda *arguments: shown.append(arguments))

    def figure(draw):
        draw()
        (drawn, caption), = shown
        assert caption == CAPTION
        drawn.canvas.draw()
        return drawn
    yield figure
    plt.close("all")


def words(texts):
    return [text.get_text() for text in texts]


# What is shown and stored


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


def test_what_is_stored_is_what_was_drawn(displayed):
    figure, axis = plots.subplots(height=1)
    axis.set_position([0, 0, 1, 1])
    axis.imshow([[[1.0, 0, 0], [0, 0, 1.0]]], aspect="auto")
    axis.set_axis_off()
    plots.show(figure, CAPTION)
    (_, _, content), = gallery.figures(displayed)
    stored = PIL.Image.open(io.BytesIO(content)).convert("RGB")
    assert stored.size == (800, 100)
    assert (stored.getpixel((10, 50)), stored.getpixel((790, 50))) == ((255, 0, 0), (0, 0, 255))


# How it looks


def test_a_figure_has_the_style_of_the_course():
    with plt.rc_context():
        plt.rcdefaults()
        plots.use_style()
        figure, axis = plots.subplots()
        axis.plot([1, 2], label="a")
        axis.set_title("at the left")
        image = axis.imshow(np.eye(2))
        visible = {side for side, spine in axis.spines.items() if spine.get_visible()}
        assert visible == {"left", "bottom"} and not axis.legend().get_frame_on()
        assert axis.get_title("left") == "at the left"
        assert axis.xaxis.get_gridlines()[0].get_visible() and axis.get_axisbelow()
        assert axis.xaxis.label.get_fontsize() == 12 and image.get_interpolation() == "nearest"
        assert figure.get_layout_engine() is not None and figure.dpi == 100
    plt.close(figure)


@pytest.mark.parametrize("rows, columns, shape", [(1, 1, ()), (1, 6, (6,)), (2, 3, (2, 3))])
def test_axes_come_as_in_matplotlib(rows, columns, shape):
    figure, axes = plots.subplots(rows, columns, height=2.5)
    assert np.shape(axes) == shape
    assert figure.get_size_inches().tolist() == [8, 2.5]
    plt.close(figure)


@pytest.mark.parametrize("channels", [1, 3])
def test_to_array_gives_colour_pictures(channels):
    pictures = 2 * torch.rand(2, channels, 4, 5) - 0.5
    array = plots.to_array(pictures)
    assert array.shape == (2, 4, 5, 3)
    for n, y, x, channel in np.ndindex(array.shape):
        value = pictures[n, channel if channels == 3 else 0, y, x].item()
        assert array[n, y, x, channel] == min(max(value, 0), 1)


def test_pictures_stand_in_rows_with_names_and_titles(figure):
    rows = {"first": torch.rand(3, 3, 8, 8), "second": torch.rand(2, 1, 8, 8)}
    axes = np.reshape(figure(lambda: plots.pictures(rows, CAPTION, ["a", "b", "c"])).axes, (2, 3))
    for line, (name, batch) in zip(axes, rows.items()):
        drawn = [axis.images[0].get_array() for axis in line[:len(batch)]]
        assert np.array_equal(drawn, plots.to_array(batch))
        assert words(line[0].texts) == [name]
        name, = line[0].texts
        assert name.get_window_extent().x1 < line[0].get_window_extent().x0, "left of its row"
    assert not axes[1, 2].images and not any(axis.axison for axis in axes.flat)
    assert [axis.get_title() for axis in axes.flat] == ["a", "b", "c", "", "", ""]


def test_a_loss_is_drawn_with_its_running_mean(figure):
    history = torch.rand(98).tolist() + [100.0]
    axis, = figure(lambda: plots.loss_curve(history, "It falls", CAPTION, "error")).axes
    each, smooth = axis.lines
    assert each.get_ydata().tolist() == history
    assert smooth.get_xdata().tolist() == list(range(1, 98)), "in the middle of three steps"
    assert smooth.get_ydata() == pytest.approx([sum(history[i:i + 3]) / 3 for i in range(97)])
    assert (axis.get_title(), axis.get_xlabel(), axis.get_ylabel()) == ("It falls", "step", "error")
    bottom, top = axis.get_ylim()
    assert bottom == 0 and np.sort(history)[-3] < top < 2, "one outlier doesn't press the rest down"


def test_colours_and_markers_tell_the_methods_apart():
    def rgb(colour):
        return np.array(plt.matplotlib.colors.to_rgb(colour))

    for one, other in combinations(plots.COLOURS.values(), 2):
        assert abs(rgb(one) - rgb(other)).max() > 0.15
    methods = {"SSL", "raw pixels", "random network", "supervised"}
    assert set(plots.MARKERS) == methods < set(plots.COLOURS)
    assert len(set(plots.MARKERS.values())) == len(methods)


def test_curves_draw_each_method_in_its_own_way(figure):
    names = ["SSL: rotation", "raw pixels", "random network", "SSL: jigsaw", "PCA", "SSL: signed",
             "denoising", "autoencoder"]
    axis, = figure(lambda: plots.curves({name: ([0.1, 0.5], [0, 0]) for name in names}, [1, 7],
                                        "Curves", CAPTION, "shown", "right")).axes
    lines = [line for line, _, _ in axis.containers]
    *looks, eighth = [(line.get_color(), line.get_marker()) for line in lines]
    for name, look in zip(["SSL", "raw pixels", "random network"], looks):
        assert look == (plots.COLOURS[name], plots.MARKERS[name])
    for alike in zip(*looks):
        assert len(set(alike)) == 7
    assert eighth == looks[3], "with more than that they take turns"


def test_curves_have_their_spread_their_names_and_the_level_of_chance(figure):
    series = {"SSL": ([0.1, 0.2, 0.5], [0.05, 0, 0.1]), "mine": ([0.2, 0.3, 0.4], [0, 0, 0])}
    drawn = figure(lambda: plots.curves(series, [1, 4, 16], "Curves", CAPTION, "shown", "right",
                                        chance=0.1))
    axis, = drawn.axes
    for (line, _, (spread,)), (mean, size) in zip(axis.containers, series.values()):
        assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == ([1, 4, 16], mean)
        ends = [segment[:, 1].tolist() for segment in spread.get_segments()]
        assert ends == [pytest.approx([m - s, m + s]) for m, s in zip(mean, size)]
    level = axis.lines[-1]
    assert (set(level.get_ydata()), level.get_linestyle()) == ({0.1}, ":")
    assert sorted(words(drawn.legends[0].get_texts())) == ["SSL", "chance", "mine"]
    first, second, third = axis.transData.transform([(x, 0) for x in (1, 4, 16)])[:, 0]
    assert second - first == pytest.approx(third - second), "an axis of doublings"
    ticks = dict(zip(axis.get_xticks(), words(axis.get_xticklabels())))
    assert ticks == {1: "1", 4: "4", 16: "16"} and axis.get_ylim()[0] == 0
    labels = axis.get_title(), axis.get_xlabel(), axis.get_ylabel()
    assert labels == ("Curves", "shown", "right")


def test_bars_stand_in_the_order_given_each_with_its_value(figure):
    series = {"old": {"cow": 0.5, "sun": 0.123}, "new": {"cow": 0.25, "sun": 0.75}}
    drawn = figure(lambda: plots.bars(series, "Bars", CAPTION, "accuracy"))
    axis, = drawn.axes
    assert (axis.get_title(), axis.get_xlabel()) == ("Bars", "accuracy")
    assert words(axis.get_yticklabels()) == ["cow", "sun"]
    assert axis.yaxis_inverted(), "the first name stands at the top"
    assert words(axis.texts) == ["0.50", "0.12", "0.25", "0.75"]
    old, new = axis.containers
    assert words(drawn.legends[0].get_texts()) == ["old", "new"]
    assert [bar.get_width() for bar in (*old, *new)] == [0.5, 0.123, 0.25, 0.75]
    assert {bar.get_hatch() for bar in old} != {bar.get_hatch() for bar in new}
    for place, first, second in zip(axis.get_yticks(), old, new):
        assert first.get_y() + first.get_height() == pytest.approx(place)
        assert second.get_y() == pytest.approx(place)


@pytest.mark.parametrize("name", ["bars", "dollars"])
def test_bars_of_one_thing_need_no_legend_and_take_any_name(name, figure):
    drawn = figure(FIGURES[name])
    assert not drawn.legends
    assert words(drawn.axes[0].texts)[0] == "0.50"
    assert all(not text.get_parse_math() for text in drawn.axes[0].get_yticklabels())
