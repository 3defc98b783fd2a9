"""The functions behind the controls draw a figure at the extremes of each control."""

import ast
import datetime
import math
import re
from types import SimpleNamespace

import lessons
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from kornia.color import lab_to_rgb, rgb_to_lab
from kornia.filters import gaussian_blur2d
from torch import nn

from helpers import meadow, models, plots, uploads, views, widgets, writing
from helpers.data import Drawings
from helpers.page import definitions
from tools import gallery

CONCEPT = torch.tensor([0] + 9 * [1])  # one concept by one artist, one by nine
UNSEEN = Drawings(torch.zeros(10, 4, 8, 8, dtype=torch.uint8), CONCEPT, 0 * CONCEPT,
                  torch.arange(10) % 9, ["cow", "sun"], ["group"], ["artist"] * 9)
DRAWN = Drawings(torch.zeros(2, 4, 32, 32, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64),
                 torch.zeros(2), torch.arange(2), ["cow"], ["group"], ["one", "other"])
COMMON = {"torch": torch, "plots": plots, "models": models, "views": views, "math": math, "SEED": 0}
COPY = SimpleNamespace(encode=nn.Flatten(), decode=nn.Unflatten(1, (3, 8, 8)))

LINE = torch.linspace(-1.5, 1.5, 121)
PAIR = nn.ModuleDict({"f": nn.Linear(1, 2), "g": nn.Linear(1, 2)})

SEA = "a large fish that swims in the deep sea"
TOKENIZER = definitions("05").learn_pieces([SEA])

PAINTER = definitions("06").Painter(
    models.UNet(1, 32, width=2), torch.tensor([[0.0, 0.0], [60, 0]]), torch.ones(2)).eval()
PNG = memoryview((lessons.ROOT / "notebooks/pictures/00.png").read_bytes())  # as a browser sends it
PHOTO_PARTS = ["hide_colour", "in_colour", "annealed_mean", "painted", "colour_in", "show_painted"]
PHOTO_FACTS = {"F": nn.functional, "lab_to_rgb": lab_to_rgb, "rgb_to_lab": rgb_to_lab,
               "uploads": uploads, "photo_painter": PAINTER,
               "PHOTOS": {title: torch.rand(1, 3, 21, 32) for title in ("cow", "duck")}}

# Callback -> the functions that it calls, small stand-ins for what it reads, values of its control.
CALLBACKS = {
    "show_concept": (
        ["show_rows"],
        {"unseen": UNSEEN, "lab_to_rgb": lab_to_rgb, "grey": torch.full((10, 1, 8, 8), 50.0),
         "colour": torch.zeros(10, 2, 8, 8), "lab_unseen": torch.zeros(10, 3, 8, 8)},
        [{"concept": "cow"}, {"concept": "sun"}],
    ),
    "show_detections": (
        ["draw_boxes"],
        {"crowd": torch.rand(6, 3, 64, 64), "found_boxes": torch.rand(6, 8, 4),
         "scores": torch.linspace(0, 1, 48).view(6, 8),
         "present": torch.ones(6, 4, dtype=torch.bool)},
        [{"threshold": 0.0}, {"threshold": 0.05}, {"threshold": 0.95}, {"threshold": 1.0}],
    ),
    "show_walk": (
        [],
        {"unseen": UNSEEN, "unseen_paper": torch.rand(10, 3, 8, 8), "autoencoders": {64: COPY}},
        [{"start": "cow", "end": "sun"}, {"start": "cow", "end": "cow"}],
    ),
    "show_noise": (
        ["noisy"],
        {"shown": torch.rand(10, 3, 16, 16), "gaussian_blur2d": gaussian_blur2d,
         "denoiser": nn.Identity(), "bridgeless": nn.Identity()},
        [{"sigma": 0.0}, {"sigma": 1.5}],
    ),
    "show_point": (
        ["pair_energy", "draw_surfaces"],
        {"plt": plt, "line": LINE, "GRID": torch.cartesian_prod(LINE, LINE),
         "pairs": dict.fromkeys(["push down", "contrastive", "regularised"], PAIR)},
        [{"x": -1.5, "y": -1.5}, {"x": 0.0, "y": 0.0}, {"x": 1.5, "y": 1.5}],
    ),
    "show_views": (
        ["view"],
        {"unseen": UNSEEN},
        [{"concept": "cow", "position": 0.0, "colour": 0.0, "background": "white"},
         {"concept": "sun", "position": 0.7, "colour": 1.0, "background": "gradient"}],
    ),
    "show_push": (
        ["push"],
        {"crowd": torch.rand(512, 3, 8, 8), "z": nn.functional.normalize(torch.randn(512, 64))},
        [{"number": 0, "temperature": 0.05}, {"number": 511, "temperature": 2.0}],
    ),
    "show_ratio": (
        ["marked", "show_hiding"],
        {"writing": writing, "tokenizer": TOKENIZER, "MASK": 4, "EXAMPLES": {"a fish": SEA},
         "cut": torch.clone, "encode": lambda texts: torch.tensor([[2, 5, 6, 7, 3, 0]]),
         "corrupt": lambda text, ratio: (text.masked_fill(text > 9 * ratio, 4), text > 4)},
        [{"thing": "a fish", "ratio": 0.05}, {"thing": "a fish", "ratio": 0.95}],
    ),
    "show_temperature": (
        ["in_colour", "annealed_mean", "painted"],
        {"unseen": UNSEEN, "lab_to_rgb": lab_to_rgb, "pictures": torch.rand(10, 3, 8, 8),
         "grey": torch.full((10, 1, 8, 8), 50.0), "painter": PAINTER},
        [{"concept": "cow", "temperature": 0.05}, {"concept": "sun", "temperature": 2.0}],
    ),
    "show_patches": (
        ["to_patches", "to_pictures", "choose", "is_hidden", "patches_as_hole", "by_patches"],
        {"unseen": UNSEEN, "F": nn.functional, "PATCH": 4, "PATCHES": 64,
         "pictures": torch.rand(10, 3, 32, 32),
         "masked_at": {0.75: lambda patches, seen: patches}},
        [{"concept": "cow", "ratio": 0.1}, {"concept": "sun", "ratio": 0.95}],
    ),
    "show_photo": (PHOTO_PARTS, PHOTO_FACTS, [{"photo": "cow", "temperature": 0.05},
                                              {"photo": "cow", "temperature": 1.5}]),
    "show_upload": (PHOTO_PARTS, PHOTO_FACTS, [{"file": (), "temperature": 0.05},
                                               {"file": ({"content": PNG},), "temperature": 1.5}]),
    "play_yourself": (
        [],
        {"meadow": meadow,
         "LIGHTS": {meadow.COW_LIGHT: "cow", meadow.OTHER_LIGHT: "other"},
         "game": {"world": meadow.Meadow("test"), "seen": None, "episodes": 0, "cows": 0}},
        [{"button": button} for button in [*meadow.MOVES, "new meadow"]],
    ),
    "show_exploring": (
        ["play", "found", "ends"],
        {"meadows": lambda count, split, seed: meadow.meadows(20, split, seed),
         "agent": lambda seen: (torch.randn(len(seen), 4), None), "np": np,
         "to_tensor": meadow.to_tensor},
        [{"temperature": 0.1}, {"temperature": 5.0}],
    ),
    "show_generation": (
        ["distort"],
        {"unseen": DRAWN, "np": np, "F": nn.functional, "KINDS": list("abcdefgh"),
         "bred": dict.fromkeys(["parents by lot", "parents by energy"],
                               (None, torch.rand(160, 64, 8), None))},
        [{"generation": 0}, {"generation": 159}],
    ),
    "fill": (
        ["with_blank"],
        {"writing": writing, "tokenizer": TOKENIZER, "MASK": 4, "re": re,
         "BLANK": definitions("05").BLANK,
         "bert": lambda text, where: torch.randn(1, TOKENIZER.get_vocab_size())},
        [{"sentence": "a ___"}, {"sentence": "the large ___ that swims" + 16 * " in the sea"}],
    ),
}
CASES = [(lesson, name, values) for lesson in lessons.LESSONS for name in lessons.callbacks(lesson)
         for values in CALLBACKS[name][2]]


def callback(lesson, name):
    """The function as it stands in its lesson, among its stand-ins."""
    called, stand_ins, _ = CALLBACKS[name]
    namespace = COMMON | stand_ins
    functions = lessons.functions(lesson)
    for function in (*called, name):
        exec(ast.unparse(functions[function]), namespace)
    return namespace[name]


@pytest.mark.parametrize("lesson, name, values", CASES)
def test_a_callback_shows_something_at_the_extremes_of_its_control(lesson, name, values, displayed):
    callback(lesson, name)(**values)
    assert displayed[0]["data"]["text/html"]
    assert all(words for words, *_ in gallery.figures(displayed))


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [("", "Type a sentence"), ("a fish", "There is no blank"), ("___ ___", "There are 2 blanks"),
     ("___ \U0001f42c", "never met"), ("<script> ___", "never met"), ("___ $x$", "never met")],
)
def test_a_strange_sentence_shows_ours_in_place_of_a_figure(sentence, answer, displayed, capsys):
    box = widgets.explore(callback("05", "fill"), "What fits?", sentence=widgets.sentence("a ___"))
    displayed.clear()
    box.children[1].children[0].value = sentence
    output = capsys.readouterr()
    assert answer in output.out and not output.err and not displayed


@pytest.mark.parametrize(("content", "answer"), [
    (b"", "This file is empty"), (b"a letter", "not a picture"), (bytes(PNG[:2000]), "damaged")])
def test_a_bad_upload_shows_a_sentence_in_place_of_a_figure(content, answer, displayed, capsys):
    box = widgets.explore(callback("06", "show_upload"), "Known?", file=widgets.upload(),
                          temperature=widgets.slider("T", 0.05, 1.5, 0.38, 0.01))
    displayed.clear()
    box.children[1].children[0].value = [
        {"name": "x", "type": "image/png", "size": len(content), "content": memoryview(content),
         "last_modified": datetime.datetime(2020, 1, 1)}]
    output = capsys.readouterr()
    assert answer in output.out and not output.err and not displayed


def test_the_game_counts_cows_and_ends_at_a_touch(displayed, monkeypatch):
    world = meadow.Meadow("test")
    game = {"world": world, "seen": None, "episodes": 0, "cows": 0}
    monkeypatch.setitem(CALLBACKS["play_yourself"][1], "game", game)
    play = callback("07", "play_yourself")

    def caption(button):
        play(button)
        return displayed[-1]["data"]["text/markdown"]

    assert "A new meadow." in caption("new meadow")
    while not world.touched:
        words = caption([*meadow.MOVES][definitions("07").way_to_cow(world)])
    assert "Reward 1." in words and "Cows: 1, episodes: 1." in words
    assert "This episode is over" in caption("up") and world.touched
    assert "A new meadow." in caption("new meadow") and not world.touched
    while world.steps < world.limit and not world.touched:
        words = caption("up" if world.steps % 2 else "down")
    assert ("Out of time" in words) != world.touched


@pytest.mark.parametrize(("limit", "said"), [(None, "10 MB"), ("200", "200 MB")])
def test_an_upload_says_how_large_a_file_may_be(limit, said, monkeypatch):
    monkeypatch.delenv("COURSE_UPLOADS", raising=False)
    if limit:
        monkeypatch.setenv("COURSE_UPLOADS", limit)
    assert widgets.upload().description == f"your picture, up to {said}"


def test_a_button_shows_the_answer_to_it(displayed):
    box = widgets.press(print, "Which way?", ["up", "down"])
    assert [button.description for button in box.children[1].children] == ["up", "down"]
    assert "Which way?" in box.children[0].value


def test_a_press_calls_the_function_with_the_name(displayed):
    pressed = []
    box = widgets.press(pressed.append, "Which way?", ["up", "down"])
    for button in reversed(box.children[1].children):
        button.click()
    assert pressed == ["down", "up"]
