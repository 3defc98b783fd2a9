"""Typical wrong answers to the exercises of lesson 06, and the word that tells why."""

import pytest

from exercises import lesson_06


def annealed(p, bins, temperature):
    sharp = p.pow(1 / temperature)
    return sharp / sharp.sum(dim=1, keepdim=True) @ bins


@pytest.mark.parametrize(("answer", "word"), [
    (annealed, "Right."),
    (lambda p, bins, t: (p.log() / t).softmax(dim=1) @ bins, "Right."),
    (lambda p, bins, t: p @ bins, "changes nothing"),
    (lambda p, bins, t: p.pow(1 / t) @ bins, "divide by the sum"),
    (lambda p, bins, t: (p / t).softmax(dim=1) @ bins, "add up to 1"),
    (lambda p, bins, t: p.pow(t) / p.pow(t).sum(dim=1, keepdim=True) @ bins, "power is 1 / temp"),
    (lambda p, bins, t: bins[p.argmax(dim=1)], "mean of the colours"),
    (lambda p, bins, t: annealed(p, bins, t).mean(dim=0), "shape (2, 2)"),
    (lambda p, bins, t: 0 * p @ bins / 0, "nan"),
])
def test_annealed(answer, word, verdict):
    assert word in verdict(lesson_06.check_annealed, answer)


@pytest.mark.parametrize(("answer", "word"), [
    (lambda guess, patches, hidden: (guess - patches)[hidden].pow(2).mean(), "Right."),
    (lambda guess, patches, hidden: (guess - patches).pow(2).mean(), "still count"),
    (lambda guess, patches, hidden: (guess - patches)[~hidden].pow(2).mean(), "still count"),
    (lambda guess, patches, hidden: ((guess - patches).pow(2) * hidden[..., None]).mean(),
     "Divide by the number of hidden"),
    (lambda guess, patches, hidden: (guess - patches)[hidden].abs().mean(), "should be 0.01"),
    (lambda guess, patches, hidden: (guess - patches)[hidden].pow(2), "one number"),
])
def test_mended(answer, word, verdict):
    assert word in verdict(lesson_06.check_mended, answer)
