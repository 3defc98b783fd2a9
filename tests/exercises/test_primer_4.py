"""Typical right and wrong answers to the exercises of primer 4, and the word that tells why."""

import pytest
import torch

from exercises import primer_4


@pytest.mark.parametrize(("answer", "word"), [
    (lambda x, h, W_x, W_h, b: torch.tanh(x @ W_x + h @ W_h + b), "Right."),
    (lambda x, h, W_x, W_h, b: (b + torch.cat([x, h], 1) @ torch.cat([W_x, W_h])).tanh(), "Right."),
    (lambda x, h, W_x, W_h, b: torch.stack([(one @ W_x + old @ W_h + b).tanh()
                                            for one, old in zip(x, h)]), "Right."),
    (lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b, "tanh is missing"),
    (lambda x, h, W_x, W_h, b: (x @ W_x + b).tanh(), "nothing is carried along"),
    (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh(), "bias b is missing"),
    (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).sigmoid(), "sigmoid"),
    (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh() + b, "everything up first"),
    (lambda x, h, W_x, W_h, b: (x @ W_x + h + b).tanh(), "Not the tanh"),
    (lambda x, h, W_x, W_h, b: (h @ W_x + x @ W_h + b).tanh(), "stopped with RuntimeError"),
    (lambda x, h, W_x, W_h, b: h[0], "not (3,)"),
])
def test_rnn_step(answer, word, verdict):
    assert word in verdict(primer_4.check_rnn_step, answer)


@pytest.mark.parametrize(("answer", "word"), [
    (lambda text: (text.flip(1)[:, :-1], text.flip(1)[:, 1:]), "Right."),
    (lambda text: [text[:, 1:].flip(1), text[:, :-1].flip(1)], "Right."),
    (lambda text: (text[:, range(7, 0, -1)], text[:, range(6, -1, -1)]), "Right."),
    (lambda text: (text[:, :-1], text[:, 1:]), "the letter that comes next"),
    (lambda text: (text[:, 1:], text[:, :-1]), "still runs forwards"),
    (lambda text: (text[:, :-1].flip(1), text[:, 1:].flip(1)), "changed places"),
    (lambda text: (text.flip(1)[:, :-1], text.flip(1)[:, :-1]), "the label is in the question"),
    (lambda text: (text.flip(1), text.flip(1)), "(5, 7) for each"),
    (lambda text: text.flip(1), "a question and an answer"),
    (lambda text: (text.flip(0)[:, :-1], text.flip(0)[:, 1:]), "without its last letter"),
])
def test_letter_before(answer, word, verdict):
    assert word in verdict(primer_4.check_letter_before, answer)
