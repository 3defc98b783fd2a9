"""Checkers of primer 4."""

import torch

from exercises import checker, choices
from exercises.trying import call, compare, formed, slopes

check_door = choices("P4.0", {
    "handed on from letter to letter (state, label)": ("state", "it holds what came before"),
    "surprise at a letter of probability 1 (0, 1)": ("0", "the logarithm of 1 is 0"),
    "halved 20 times, under a millionth (yes, no)": ("yes", "ten halvings make a thousandth"),
    "steps from letter 50 to letter 1 in attention (1, 49)": ("1", "each place sees all others"),
    "who knows which letter comes next (person, text)": ("text", "it stands there"),
}, "All five. You may go on to lesson 00.")


def _facts(count):
    """Inputs, old states and weights of a network of width 3."""
    return *map(torch.randn, ((count, 2), (count, 3), (2, 3), (3, 3))), torch.tensor([0.5, -0.4, 1])


@checker("P4.1")
def check_rnn_step(rnn_step):
    """The old state and the new input become one new state, for all texts at once."""
    yield from compare(
        rnn_step, {"six texts": _facts(6), "a single text": _facts(1)},
        lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).tanh(),
        {"The tanh is missing: without it a state can grow without end.":
            lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b,
         "The old state plays no part: nothing is carried along.":
            lambda x, h, W_x, W_h, b: (x @ W_x + b).tanh(),
         "The input plays no part.": lambda x, h, W_x, W_h, b: (h @ W_h + b).tanh(),
         "The bias b is missing.": lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh(),
         "This is a sigmoid. The state goes through tanh.":
            lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).sigmoid(),
         "This is a ReLU. The state goes through tanh.":
            lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h + b).relu(),
         "Add everything up first, then comes the tanh.": (
            lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h).tanh() + b,
            lambda x, h, W_x, W_h, b: (x @ W_x + b).tanh() + h @ W_h,
            lambda x, h, W_x, W_h, b: (x @ W_x).tanh() + (h @ W_h).tanh() + b),
         "The old state goes on without its weights W_h.":
            lambda x, h, W_x, W_h, b: (x @ W_x + h + b).tanh(),
         "W_h is turned over: leave it as it is.":
            lambda x, h, W_x, W_h, b: (x @ W_x + h @ W_h.T + b).tanh()},
        form="A new state for each text.")
    *facts, W_x, W_h, b = _facts(4)
    for weight in (W_x, W_h, b):
        weight.requires_grad_()
    slopes(call(rnn_step, *facts, W_x, W_h, b), W_x=W_x, W_h=W_h, b=b)


@checker("P4.2")
def check_letter_before(letter_before):
    """Read from the end, the letter before is the next one: a question that costs nothing."""
    for rows, letters in ((5, 8), (2, 4)):
        text = torch.arange(rows * letters).reshape(rows, letters)
        pair = call(letter_before, text)
        yield not isinstance(pair, tuple | list) or len(pair) != 2, (
            "Return two things, a question and an answer.")
        for name, given in zip(("the question", "the answer"), pair):
            yield from formed(f"For texts of {(rows, letters)} letters, {name}", given, text.dtype,
                              (rows, letters - 1))
        first, last = text[:, :-1], text[:, 1:]
        for question, answer, why in (
                (pair[0], pair[0], "Question and answer are the same: the label is in the "
                                   "question."),
                (first, last, "This asks for the letter that comes next. Turn the text round "
                              "first."),
                (last, first, "The question still runs forwards, so the network has read the "
                              "answer one letter earlier. Turn the text round first."),
                (first.flip(1), last.flip(1), "Question and answer have changed places."),
                (last.flip(1), first, "The answer still runs forwards: turn both round."),
                (last, first.flip(1), "The question still runs forwards: turn both round."),
                (last.flip(0), first.flip(0), "The texts are in another order: turn round the "
                                              "letters of each, dimension 1.")):
            yield torch.equal(pair[0], question) and torch.equal(pair[1], answer), why
        yield not all(map(torch.equal, pair, (last.flip(1), first.flip(1)))), (
            "The question is the turned text without its last letter, the answer without its "
            "first.")
