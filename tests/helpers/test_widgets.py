"""A control calls its function, at once and when it is let go; a button when it is pressed."""

from types import SimpleNamespace

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, display

from helpers import widgets


@pytest.fixture
def kernel(displayed):
    """A stand-in for a kernel, whose widgets catch what it displays; returns what stands there."""
    request = {"header": {"msg_id": "this click"}}
    InteractiveShell.instance().kernel = SimpleNamespace(get_parent=lambda: request)
    return displayed


def below(kernel):
    """What stands below the controls."""
    return [shown["data"] for shown in kernel]


@pytest.fixture
def drawn(displayed):
    """A function with two controls; returns their box and what the function was called with."""
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


def test_a_control_draws_below_itself_in_place_of_the_last(kernel):
    boxes, places = [], []

    def draw(noise):
        places.append([box.children[2].msg_id for box in boxes])
        display({"text/plain": noise}, raw=True)

    boxes.append(widgets.explore(draw, "Where?", noise=widgets.slider("noise", 0, 10, 3)))
    boxes[0].children[1].children[0].value = 5
    assert places == [[], ["this click"]] and below(kernel) == [{"text/plain": 5}]


def test_a_value_error_becomes_its_sentence(drawn, capsys):
    drawn[0].children[1].children[0].value = 9
    output = capsys.readouterr()
    assert output.out.endswith("So much noise leaves nothing.\n") and not output.err


def test_a_press_shows_what_the_function_makes_of_the_name_below_the_buttons(kernel):
    calls = []

    def answer(name):
        calls.append((name, output.msg_id))
        display({"text/plain": name}, raw=True)

    box = widgets.press(answer, "Which way?", ["up", "down"])
    shown, = below(kernel)
    assert shown["application/vnd.jupyter.widget-view+json"]["model_id"] == box.model_id
    question, buttons, output = box.children
    assert "Which way?" in question.value and not calls
    assert [button.description for button in buttons.children] == ["up", "down"]
    for button in reversed(buttons.children):
        button.click()
    assert calls == [("down", "this click"), ("up", "this click")] and not output.msg_id
    assert below(kernel) == [{"text/plain": "up"}], "it replaces the last"


def test_a_quiz_keeps_the_last_answer_and_its_verdict_in_the_output_of_the_cell(displayed):
    box = widgets.quiz(lambda answer: display(HTML(f"<b>{len(answer)}</b>")), "Who was it?",
                       ["the <cow>", "a person"])
    question, buttons = box.children
    assert "Who was it?" in question.value
    shown = displayed[-1]
    assert shown["data"]["text/html"] == "" and not shown["update"]
    for button, words in zip(buttons.children, ["the &lt;cow&gt;", "a person"]):
        button.click()
        after = displayed.pop()
        assert after["data"]["text/html"] == f"<p>{words}</p><b>{len(button.description)}</b>"
        assert after["update"] and after["transient"] == shown["transient"]
        assert displayed[-1] is shown, "the verdict stands beside its answer only"


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


@pytest.mark.parametrize(("limit", "said"), [(None, "10 MB"), ("200", "200 MB")])
def test_an_upload_says_how_large_a_file_may_be(limit, said, monkeypatch):
    monkeypatch.delenv("COURSE_UPLOADS", raising=False)
    if limit:
        monkeypatch.setenv("COURSE_UPLOADS", limit)
    assert widgets.upload().description == f"your picture, up to {said}"
