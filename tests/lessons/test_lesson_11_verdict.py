"""Who is judged on what, and which sentence follows: the page of lesson 11."""

import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given
from strategies import SEEDS

from helpers import models
from helpers.page import definitions

PAGE = definitions("11")
PAGE.page04, PAGE.SEED = definitions("04"), 0


def exam(classes, truth, names):
    rows = torch.arange(len(classes)), torch.arange(len(truth))
    return PAGE.Exam(*rows, *rows, torch.tensor(classes), torch.tensor(truth), names)


def answers(share, draws=3, counts=2, asked=400):
    return torch.rand(draws, counts, asked) < share


# Draws


@given(SEEDS)
def test_a_draw_has_so_many_of_each_class_and_is_the_same_each_time(seed):
    torch.manual_seed(seed)
    classes = torch.randint(3, (60,)).tolist() + [0, 1, 2] * 5
    some = exam(classes, [0], ["a", "b", "c"])
    rows = PAGE.draw(some, 5, seed=3)
    assert some.classes[rows].bincount().tolist() == [5, 5, 5] and len(set(rows.tolist())) == 15
    assert torch.equal(rows, PAGE.draw(some, 5, seed=3))
    assert not torch.equal(rows, PAGE.draw(some, 5, seed=4))


def test_numbers_of_labels_are_those_that_each_class_has():
    some = exam([0] * 7 + [1] * 30, [0], ["a", "b"])
    assert PAGE.numbers_of_labels(some) == [1, 5]
    assert PAGE.numbers_of_labels(some, (1, 3, 7, 8)) == [1, 3, 7]


def test_each_contender_gets_the_same_labels_and_is_asked_the_same():
    some, given = exam([0, 1] * 20, [0, 1, 1], ["a", "b"]), {"one": [], "two": []}

    def contender(name, named):
        def answer(shown):
            given[name].append(shown.tolist())
            return torch.tensor(named)
        return answer

    right = PAGE.judge({"one": contender("one", [0, 1, 1]), "two": contender("two", [0, 0, 0])},
                       some, [1, 5], draws=4)
    assert given["one"] == given["two"] and len(given["one"]) == 8
    assert right["one"].shape == (4, 2, 3) and right["one"].all()
    assert right["two"].float().mean().item() == pytest.approx(1 / 3)


def test_the_labels_are_drawn_by_the_seed(monkeypatch):
    some, given = exam(list(range(2)) * 50, [0], ["a", "b"]), []
    for seed in (0, 0, 1):
        monkeypatch.setattr(PAGE, "SEED", seed)
        drawn = []
        PAGE.judge({"one": lambda shown, drawn=drawn: drawn.append(shown.tolist())
                    or torch.tensor([0])}, some, [5])
        given.append(drawn)
    assert given[0] == given[1] and not any(rows in given[0] for rows in given[2])
    assert len({tuple(rows) for rows in given[0] + given[2]}) == 12


# The gain


def test_the_gain_is_the_mean_of_paired_differences():
    ours, theirs = answers(0.8), answers(0.6)
    more, error = PAGE.gain(ours, theirs)
    assert more == pytest.approx((ours.float().mean() - theirs.float().mean()).item(), abs=1e-6)
    assert PAGE.gain(theirs, ours)[0] == pytest.approx(-more, abs=1e-6)
    assert PAGE.gain(ours, ours) == (0, 0) and error > 0


def test_the_error_is_that_of_many_repetitions():
    def again():
        hard = torch.rand(400)  # pictures differ in how often both are right
        ours = torch.rand(3, 1, 400) < 0.3 + 0.6 * hard
        return PAGE.gain(ours, torch.rand(3, 1, 400) < 0.2 + 0.6 * hard)

    gains, errors = zip(*(again() for _ in range(300)))
    assert np.mean(gains) == pytest.approx(0.1, abs=0.01)
    assert 0.8 < np.mean(errors) / np.std(gains) < 1.8, "rather too large than too small"


@pytest.mark.parametrize(("ssl", "rival", "word"), [
    (0.8, 0.6, "It helps here"), (0.6, 0.8, "It does worse here"),
    (0.7, 0.7, "No clear difference here")])
def test_the_verdict_follows_from_the_figures(ssl, rival, word):
    right = {"SSL, from scratch": answers(ssl), "SSL, lent": answers(ssl - 0.3),
             "raw pixels": answers(rival), "random network": answers(0.3)}
    sentence, more = PAGE.verdict(right, [1, 5])
    assert sentence.startswith(f"{word}: with 1, 5 labels a class, “SSL, from scratch” names ")
    assert "“raw pixels”, the best without self-supervision" in sentence
    assert f"a gain of {more:+.3f} ± 0.0" in sentence and sentence.endswith(".")


@pytest.mark.parametrize(("facts", "word"), [
    ((0.1, 5000, 2, 0.99), "collapsed"), ((0.1, 5000, 60, 0.7), "taken for strangers"),
    ((0.1, 400, 60, 0.99), "few pictures"), ((0.1, 5000, 60, 0.99), "longer or wider"),
    ((-0.1, 5000, 60, 0.99), "Look at the neighbours")])
def test_the_advice_follows_from_the_figures(facts, word):
    assert word in PAGE.advice(*facts)


def test_labels_by_hand_are_asked_like_others(monkeypatch):
    monkeypatch.setattr(PAGE, "pictures", None, raising=False)
    monkeypatch.setattr(PAGE, "exam", exam([0], [0], []), raising=False)
    monkeypatch.setattr(PAGE, "features_of", lambda embed, pictures, rows: embed(rows))
    told = {row: "cow" if row % 2 else "sun" for row in range(60)}
    embeds = {"SSL, from scratch": lambda rows: torch.stack([rows % 2, rows % 2], 1).float(),
              "raw pixels": lambda rows: torch.rand(len(rows), 2)}
    assert PAGE.verdict_by_hand(told, embeds).startswith("It helps here: with 1, 3")
    assert PAGE.verdict_by_hand({}, embeds).startswith("Nothing can be said about naming: No class")


# Take home


@pytest.mark.slow
def test_onnx_gives_the_features_of_pytorch_for_any_number_of_pictures(tmp_path):
    size = 64
    encoder = models.Encoder(width=2, size=size)
    encoder(torch.rand(8, 3, size, size))  # batch normalisation has seen something
    assert PAGE.export(encoder, tmp_path / "encoder.onnx", size) < 1e-4
    session = onnxruntime.InferenceSession(str(tmp_path / "encoder.onnx"))
    for count in (1, 7):
        pictures = torch.rand(count, 3, size, size)
        features, = session.run(None, {"pictures": pictures.numpy()})
        assert np.allclose(features, encoder(pictures).detach(), atol=1e-4)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder.onnx"]
