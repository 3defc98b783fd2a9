"""A control calls its function, at once and when it is let go."""

import ipywidgets
import pytest

from helpers import widgets


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
