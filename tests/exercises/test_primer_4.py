"""Right and wrong answers to the exercises of primer 4, and the words that tell why."""

import torch
import tried
from torch import nn
from torch.nn import functional as F

from exercises import primer_4


def rnn_step(x, h, W_x, W_h, b):
    return torch.tanh(x @ W_x + h @ W_h + b)


def by_cell(x, h, W_x, W_h, b):
    cell = nn.RNNCell(*W_x.shape)
    weights = {"weight_ih": W_x.T, "weight_hh": W_h.T, "bias_ih": b, "bias_hh": 0 * b}
    return torch.func.functional_call(cell, weights, (x, h))


def by_exponentials(x, h, W_x, W_h, b):
    grown = (2 * (x @ W_x + h @ W_h + b).double()).exp()
    return (grown - 1) / (grown + 1)


def backwards(text):
    return text.flip(1)[:, :-1], text.flip(1)[:, 1:]


TRIED = {
    "check_rnn_step": tried.Tried(
        [rnn_step, by_cell, by_exponentials,
         lambda x, h, W_x, W_h, b: (b + torch.cat([x, h], 1) @ torch.cat([W_x, W_h])).tanh(),
         lambda x, h, W_x, W_h, b: torch.stack([(one @ W_x + old @ W_h + b).tanh()
                                                for one, old in zip(x, h)]),
         lambda x, h, W_x, W_h, b: torch.tanh(F.linear(x, W_x.T, b) + torch.einsum(
             "nw,wv->nv", h, W_h))],
        [(lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b, "tanh is missing"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + b).tanh(), "nothing is carried along"),
         (lambda x, h, W_x, W_h, b: (h @ W_h + b).tanh(), "input plays no part"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh(), "bias b is missing"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).sigmoid(), "sigmoid"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).relu(), "ReLU"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh() + b, "everything up first"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h + b).tanh(), "without its weights W_h"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h.T + b).tanh(), "turned over"),
         (lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + 2 * b).tanh(), "place [0, 0] should be"),
         (lambda x, h, W_x, W_h, b: (h @ W_x + x @ W_h + b).tanh(), "stopped with RuntimeError"),
         (lambda x, h, W_x, W_h, b: h[0], "has the shape (3,); it should have (6, 3)"),
         (lambda *facts: rnn_step(*facts).detach(), "cut off from what went in"),
         (lambda x, h, W_x, W_h, b: rnn_step(x, h, W_x, W_h.detach(), b), "to W_h"),
         (lambda *facts: rnn_step(*facts).detach().numpy(), "gives a ndarray"),
         (tried.in_place(rnn_step), "changes first")]),
    "check_letter_before": tried.Tried(
        [backwards, lambda text: [text[:, 1:].flip(1), text[:, :-1].flip(1)],
         lambda text: (text[:, range(text.shape[1] - 1, 0, -1)],
                       text[:, range(text.shape[1] - 2, -1, -1)]),
         lambda text: tuple(torch.tensor([row[::-1][part] for row in text.tolist()])
                            for part in (slice(-1), slice(1, None))),
         lambda text: tuple(torch.from_numpy(text.numpy()[:, ::-1].copy())[:, part]
                            for part in (slice(-1), slice(1, None)))],
        [(lambda text: (text[:, :-1], text[:, 1:]), "the letter that comes next"),
         (lambda text: (text[:, 1:], text[:, :-1]), "still runs forwards, so"),
         (lambda text: (text[:, :-1].flip(1), text[:, 1:].flip(1)), "changed places"),
         (lambda text: (backwards(text)[0],) * 2, "the label is in the question"),
         (lambda text: (text.flip(1), text.flip(1)), "should have the shape (5, 7)"),
         (lambda text: text.flip(1), "a question and an answer"),
         (lambda text: (backwards(text)[0], text[:, :-1]), "The answer still runs forwards"),
         (lambda text: (text[:, 1:], backwards(text)[1]), "The question still runs forwards: turn"),
         (lambda text: (text.flip(0)[:, 1:], text.flip(0)[:, :-1]), "in another order"),
         (lambda text: (text.flip(0)[:, :-1], text.flip(0)[:, 1:]), "without its last letter"),
         (lambda text: tuple(part.float() for part in backwards(text)), "should be of int64"),
         (lambda text: tuple(part.tolist() for part in backwards(text)), "not a list"),
         (lambda text: (text[:, range(7, 0, -1)], text[:, range(6, -1, -1)]), "IndexError"),
         (lambda text: (text[:, 1:].flip(1), text.flip(1)[:, -7:]), "(2, 3); yours has (2, 4)"),
         (tried.in_place(backwards), "changes first")]),
}
test_answer = tried.a_test(primer_4, TRIED)
