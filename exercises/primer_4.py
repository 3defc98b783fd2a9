"""Checkers of primer 4."""

import torch

from exercises import call, checker, choices, shape

check_door = choices({
    "handed on from letter to letter (state, label)": ("state", "it holds what came before"),
    "surprise at a letter of probability 1 (0, 1)": ("0", "the logarithm of 1 is 0"),
    "halved 20 times, under a millionth (yes, no)": ("yes", "ten halvings make a thousandth"),
    "steps from letter 50 to letter 1 in attention (1, 49)": ("1", "each place sees all others"),
    "who knows which letter comes next (person, text)": ("text", "it stands there"),
}, "All five. You may go on to lesson 00.")


@checker
def check_rnn_step(rnn_step):
    """The old state and the new input become one new state, for all texts at once."""
    x, h, W_x, W_h = (torch.randn(sizes) for sizes in ((6, 2), (6, 3), (2, 3), (3, 3)))
    b = torch.tensor([0.5, -0.4, 0.3])
    given = call(rnn_step, *(fact.clone() for fact in (x, h, W_x, W_h, b)))
    yield shape(given) != (6, 3), f"Six states should come out, (6, 3), not {shape(given)}."
    new, old = x @ W_x, h @ W_h
    for wrong, why in (
            (new + old + b, "The tanh is missing: without it a state can grow without end."),
            ((new + b).tanh(), "The old state plays no part: nothing is carried along."),
            ((new + old).tanh(), "The bias b is missing."),
            ((new + old + b).sigmoid(), "This is a sigmoid. The state goes through tanh."),
            ((new + old).tanh() + b, "Add everything up first, then comes the tanh.")):
        yield torch.allclose(given, wrong, atol=1e-4), why
    right = (new + old + b).tanh()
    yield not torch.allclose(given, right, atol=1e-4), "Not the tanh of x @ W_x + h @ W_h + b."


@checker
def check_letter_before(letter_before):
    """Read from the end, the letter before is the next one: a question that costs nothing."""
    text = torch.arange(40).reshape(5, 8)
    pair = call(letter_before, text.clone())
    yield not isinstance(pair, tuple | list) or [*map(shape, pair)] != [(5, 7)] * 2, (
        "Return a question and an answer. Texts of (5, 8) letters should give (5, 7) for each.")
    first, last = text[:, :-1], text[:, 1:]
    for question, answer, why in (
            (pair[0], pair[0], "Question and answer are the same: the label is in the question."),
            (first, last, "This asks for the letter that comes next. Turn the text round first."),
            (last, first, "The question still runs forwards, so the network has read the answer "
                          "one letter earlier. Turn the text round first."),
            (first.flip(1), last.flip(1), "Question and answer have changed places.")):
        yield torch.equal(pair[0], question) and torch.equal(pair[1], answer), why
    yield not all(map(torch.equal, pair, (last.flip(1), first.flip(1)))), (
        "The question is the turned text without its last letter, the answer without its first.")
