"""Figures carry words for those who can't see them; controls call their function; the start."""

import io
import random
from itertools import combinations

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import pytest
import torch

from helpers import data, machine, page, plots, widgets
from helpers.start import start
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


# Controls


@pytest.fixture
def drawn(displayed):
    """A function with a control; returns the control and what the function was called with."""
    calls = []

    def draw(noise, colour):
        calls.append((noise, colour))
        if noise > 8:
            raise ValueError("So much noise leaves nothing.")

    box = widgets.explore(draw, "At which noise does it break?",
                          noise=widgets.slider("noise", 0, 10, 3),
                          colour=widgets.choice("colour", ["red", "blue"]))
    return box, calls


def test_a_control_draws_at_once_and_after_each_move(drawn):
    box, calls = drawn
    question, controls, _ = box.children
    assert "At which noise does it break?" in question.value
    noise, colour = controls.children
    noise.value, colour.value = 5, "blue"
    assert calls == [(3, "red"), (5, "red"), (5, "blue")]


def test_a_value_error_becomes_its_sentence(drawn, capsys):
    drawn[0].children[1].children[0].value = 9
    output = capsys.readouterr()
    assert output.out.endswith("So much noise leaves nothing.\n") and not output.err


@pytest.mark.parametrize(("step", "kind"), [(1, int), (0.05, float)])
def test_a_slider_acts_when_it_is_let_go(step, kind):
    slider = widgets.slider("noise", 0, 10, 3, step)
    assert (slider.min, slider.max, slider.value, slider.step) == (0, 10, 3, step)
    assert isinstance(slider.value, kind) and slider.description == "noise"
    assert not slider.continuous_update


def test_a_choice_starts_with_the_first():
    choice = widgets.choice("concept", ["cow", "teapot"])
    assert isinstance(choice, ipywidgets.Dropdown)
    assert (choice.value, choice.description) == ("cow", "concept")


def test_a_sentence_acts_when_it_is_finished():
    sentence = widgets.sentence("a ___ that barks")
    assert isinstance(sentence, ipywidgets.Text) and sentence.value == "a ___ that barks"
    assert not sentence.continuous_update


# The machine


def test_a_machine_does_some_steps_a_second():
    assert machine.training_rate(seconds=0.1) > 0


def test_a_machine_twice_as_fast_needs_half_the_time():
    slow, fast = machine.lesson_minutes(10), machine.lesson_minutes(20)
    assert slow == {lesson: pytest.approx(2 * minutes) for lesson, minutes in fast.items()}
    first = page.lessons()["00"]
    assert machine.lesson_minutes(machine.REFERENCE_RATE)["00 · Start here"] == page.minutes(first)


@pytest.mark.parametrize(("gigabytes", "sentences"), [(100, 0), (0.1, 2)])
def test_a_machine_that_is_too_small_is_told_so(gigabytes, sentences, monkeypatch):
    memory = type("Memory", (), {"available": gigabytes * 1e9})
    disk = type("Disk", (), {"free": gigabytes * 1e9})
    monkeypatch.setattr(machine.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: disk)
    found = machine.shortcomings()
    assert len(found) == sentences
    assert all("Only 0.1 GB" in sentence for sentence in found)


# The start of a lesson


@pytest.fixture(autouse=True)
def style_and_threads_as_before():
    threads = torch.get_num_threads()
    with plt.rc_context():
        yield
    torch.set_num_threads(threads)


def numbers():
    return random.random(), np.random.rand(), torch.rand(1).item()


@pytest.mark.parametrize("seed", [None, "0", "3"])
def test_equal_seeds_give_equal_numbers(seed, monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    if seed:
        monkeypatch.setenv("COURSE_SEED", seed)
    assert start() == int(seed or 0)
    first = numbers()
    start()
    assert numbers() == first
    monkeypatch.setenv("COURSE_SEED", "77")
    start()
    assert not set(numbers()) & set(first)


@pytest.mark.parametrize("seed", ["", "one", "1.5", "-1", "²", "99999999999"])
def test_a_seed_that_is_no_whole_number_is_refused_in_one_sentence(seed, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", seed)
    with pytest.raises(ValueError, match="^COURSE_SEED has to be a whole number .*[.]$"):
        start()


def test_the_start_leaves_threads_for_others(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)
    torch.set_num_threads(8)
    start()
    assert torch.get_num_threads() == 4
