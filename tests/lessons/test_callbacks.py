"""The controls of the lessons, as they stand there: what a reader sees when they are moved.

Of each lesson those statements run that its controls need, found by the names that they set and
read. Nothing is trained, and what takes long has a stand-in.
"""

import ast
import datetime
import re
from functools import cache

import ipywidgets
import lessons
import matplotlib.pyplot as plt
import pytest

from helpers import data, meadow, training
from helpers.page import definitions
from tools import gallery

PNG = memoryview((lessons.ROOT / "notebooks/pictures/00.png").read_bytes())  # as a browser sends it
CALLS = {(lesson, ast.unparse(call.args[0])): call for lesson in lessons.LESSONS
         for kind in ("widgets.explore", "widgets.press") for call in lessons.calls(lesson, kind)}
CONTROLS = [(*place, part.arg) for place, call in CALLS.items() for part in call.keywords]
BUTTONS = [(*place, button) for place, call in CALLS.items() if not call.keywords
           for button in ast.literal_eval(call.args[2])]
# What takes seconds to compute, and what is put in its place: lesson -> name -> code.
STAND_INS = {
    "00": {"colour": "lab_unseen[:, 1:]"},
    "04": {"z": "F.normalize(torch.randn(512, 64))"},
    "05": {"tokenizer": "learn_pieces(unseen['text'][:1000])"},
    "06": {"share": "torch.ones(len(bins)) / len(bins)"},
    "07": {"bred": "{name: (None, torch.rand(160, 64, 8)) for name in "
                   "('parents by lot', 'parents by energy')}"},
    "08": {"wide": "keypoints(harris, patches, count=300)"},
    "09": {"glosses": "data.load('glosses', 'test')['text'][:1000]",
           "line_features": "torch.randn(len(lines), 192)"},
    "10": {"momenta": "{str(m): Learner(momentum=m, predictor=8).eval() for m in MOMENTA.values()}",
           "distilled": "{name: (lambda net: (net.centre.copy_(net.fast(paper[:99]).mean(0)), net))"
                        "(Learner(momentum=0.9, prototypes=PROTOTYPES, centred=False).eval()"
                        ".requires_grad_(False))[1] for name in WAYS}",
           "masked": "Predictive().eval()", "guesses": "Jepa().eval()",
           "read": "lambda features: features[..., :48].clamp(0, 1)"},
    "11": {"pictures": "cached(source, work / 'few.arrow', count=200)"},
}


@cache
def statements(lesson):
    """The code of a lesson in its order; of each statement the names it sets and those it reads."""
    found = []
    for node in lessons.tree(lesson).body:
        made, *read = lessons.names(code := ast.unparse(node))
        for name in made & STAND_INS.get(lesson, {}).keys():
            made, *read = lessons.names(code := f"{name} = {STAND_INS[lesson][name]}")
        loops = {name.id for loop in ast.walk(node) if isinstance(loop, ast.For)
                 for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
        found.append((code, made - loops, set().union(*read) - loops))
    return found


def needed(lesson, wanted):
    """The statements that set the wanted names, and all that these need."""
    before = set()
    while wanted > before:
        before = wanted
        wanted = wanted.union(*(read for _, made, read in statements(lesson) if made & wanted))
        wanted = wanted - {"SEED"}
    return [code for code, made, _ in statements(lesson) if made & wanted]


@cache
def namespace(lesson):
    """What the controls of a lesson need, under the names that it has there."""
    drawings, meadows, names = data.drawings, meadow.meadows, {"SEED": 0}
    wanted = set().union(*(lessons.names(ast.unparse(call))[1]
                           for (number, _), call in CALLS.items() if number == lesson))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "fit", lambda *what, **how: None)
        patch.setattr(data, "drawings", lambda split, **size: drawings("test", **size))
        patch.setattr(meadow, "meadows", lambda count, *which, **seed: meadows(20, *which, **seed))
        for code in needed(lesson, wanted):
            exec(code, names)
    return names


def ends(control):
    """The values between which all others lie; of a choice all, if they are few."""
    match control:
        case ipywidgets.Dropdown(options=options):
            return options if len(options) < 6 else (options[0], options[-1])
        case ipywidgets.Text(value=sentence):
            return sentence, " ".join(reversed(sentence.split()))
        case ipywidgets.FileUpload():
            return (), ({"content": PNG},)
    return control.min, control.max


@pytest.fixture
def draw(displayed, monkeypatch):
    """Call the function of a control; return what is to be seen, without alternative texts."""
    monkeypatch.setitem(plt.rcParams, "figure.dpi", 20)

    def look(lesson, callback, *button, **values):
        displayed.clear()
        namespace(lesson)[callback](*button, **values)
        assert all(words.strip() for words, *_ in gallery.figures(displayed))
        page = "".join(output["data"].get("text/html", "") for output in displayed)
        return re.sub('alt="[^"]*"', "", page)
    return look


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("lesson, callback, moved", CONTROLS)
def test_a_control_shows_something_else_at_each_end(lesson, callback, moved, draw):
    controls = {part.arg: eval(ast.unparse(part.value), namespace(lesson))
                for part in CALLS[lesson, callback].keywords}
    values = {name: control.value for name, control in controls.items()}
    seen = [draw(lesson, callback, **values | {moved: end}) for end in ends(controls[moved])]
    assert all(seen) and len(set(seen)) == len(seen) > 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("lesson, callback, button", BUTTONS)
def test_a_button_shows_something(lesson, callback, button, draw):
    assert draw(lesson, callback, button)


def enter(lesson, callback, argument, value, displayed):
    """Show a control of a lesson and give it a value, as a hand would."""
    call = CALLS[lesson, callback]
    box = eval(ast.unparse(call), namespace(lesson))
    displayed.clear()
    arguments = [part.arg for part in call.keywords]
    box.children[1].children[arguments.index(argument)].value = value


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [("", "Type a sentence"), ("a fish", "There is no blank"), ("___ ___", "There are 2 blanks"),
     ("___ \U0001f42c", "never met"), ("<script> ___", "never met"), ("___ $x$", "never met")],
)
def test_a_strange_sentence_shows_ours_in_place_of_a_figure(sentence, answer, displayed, capsys):
    enter("05", "fill", "sentence", sentence, displayed)
    output = capsys.readouterr()
    assert answer in output.out and not output.err and not displayed


@pytest.mark.parametrize(("sentence", "answer"), [
    ("", "Type a few English words"), ("qqq", "has taught the word"), ("no " * 41, "41 words")])
def test_a_search_for_nothing_says_so(sentence, answer, displayed, capsys):
    enter("09", "search", "sentence", sentence, displayed)
    output = capsys.readouterr()
    assert answer in output.out and not output.err and not displayed


@pytest.mark.parametrize(("content", "answer"), [
    (b"", "This file is empty"), (b"a letter", "not a picture"), (bytes(PNG[:2000]), "damaged")])
def test_a_bad_upload_shows_a_sentence_in_place_of_a_figure(content, answer, displayed, capsys):
    enter("06", "show_upload", "file", [
        {"name": "x", "type": "image/png", "size": len(content), "content": memoryview(content),
         "last_modified": datetime.datetime(2020, 1, 1)}], displayed)
    output = capsys.readouterr()
    assert answer in output.out and not output.err and not displayed


def test_the_game_counts_cows_and_ends_at_a_touch(displayed, monkeypatch):
    world, names = meadow.Meadow("test"), namespace("07")
    monkeypatch.setitem(names, "game", {"world": world, "seen": None, "episodes": 0, "cows": 0})

    def caption(button):
        names["play_yourself"](button)
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
