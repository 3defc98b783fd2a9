"""Right and wrong answers to the exercises of lesson 05, and the words that tell why."""

import numpy as np
import torch
import tried

from exercises import lesson_05

MASK = 4


def same_word(text, goes_on):
    word = (~goes_on[text]).cumsum(dim=1)
    return word[:, :, None] == word[:, None]


def whole_words(text, chosen, goes_on):
    return (same_word(text, goes_on) & chosen[:, None]).any(dim=2)


def right_only(text, chosen, goes_on):
    return (same_word(text, goes_on) & chosen[:, None]).tril().any(dim=2)


def left_only(text, chosen, goes_on):
    return (same_word(text, goes_on) & chosen[:, None]).triu().any(dim=2)


def one_piece_right(text, chosen, goes_on):
    return chosen | (chosen.roll(1, dims=1) & goes_on[text])


def one_piece_left(text, chosen, goes_on):
    return chosen | (chosen & goes_on[text]).roll(-1, dims=1)


def one_piece_each_way(text, chosen, goes_on):
    return one_piece_right(text, chosen, goes_on) | one_piece_left(text, chosen, goes_on)


def numbers_of_all_rows(text, chosen, goes_on):
    word = (~goes_on[text]).cumsum(dim=1)
    return torch.isin(word, word[chosen])


def numbers_down_the_columns(text, chosen, goes_on):
    word = (~goes_on[text]).cumsum(dim=0)
    return torch.isin(word, word[chosen])


def without_not(text, chosen, goes_on):
    word = goes_on[text].cumsum(dim=1)
    return ((word[:, :, None] == word[:, None]) & chosen[:, None]).any(dim=2)


def in_place(text, chosen, goes_on):
    chosen |= whole_words(text, chosen, goes_on)
    return chosen


def forgets_one(text, chosen, goes_on):
    return whole_words(text, chosen, goes_on).index_fill(1, torch.tensor([3]), False)


def first_two_steps(text, chosen, goes_on):
    for _ in range(2):
        chosen = one_piece_right(text, chosen, goes_on)
    return chosen


def extend_step_by_step(text, chosen, goes_on):
    """Right, in another way than the page's."""
    for _ in range(4):
        chosen = one_piece_each_way(text, chosen, goes_on)
    return chosen


def flat(text, chosen, goes_on):
    """Right as well: all rows in a line, as each begins with a piece that does not go on."""
    word = (~goes_on[text]).flatten().cumsum(dim=0).view(text.shape)
    return torch.isin(word, word[chosen])


def by_loop(text, chosen, goes_on):
    """Right as well: the word of each piece is looked up in lists."""
    rows = []
    for numbers, row in zip(text.tolist(), chosen.tolist()):
        word, words = 0, []
        for number in numbers:
            word += not goes_on[number].item()
            words.append(word)
        hidden = {word for word, is_chosen in zip(words, row) if is_chosen}
        rows.append([word in hidden for word in words])
    return torch.tensor(rows)


def by_counting(text, chosen, goes_on):
    word = (~goes_on[text]).cumsum(dim=1)
    counted = torch.zeros(text.shape[0], text.shape[1] + 1, dtype=torch.int64)
    return counted.scatter_add(1, word, chosen.long()).gather(1, word) > 0


def corrupt(text, ratio, allowed=lambda text: text > MASK, draw=torch.rand):
    chosen = allowed(text) & (draw(text.shape) < ratio)
    return torch.where(chosen, MASK, text), chosen


def always_the_same(text, ratio):
    places = torch.arange(text.numel()).view(text.shape)
    return corrupt(text, ratio, draw=lambda shape: places * 0.37 % 1)


def some_as_they_were(text, ratio):
    hidden, chosen = corrupt(text, ratio)
    return torch.where(torch.rand(text.shape) < 0.1, text, hidden), chosen


def some_others(text, ratio):
    hidden, chosen = corrupt(text, ratio)
    return torch.where(chosen & (torch.rand(text.shape) < 0.1), text + 100, hidden), chosen


def hide_in_place(text, ratio):
    _, chosen = corrupt(text, ratio)
    text[chosen] = MASK
    return text, chosen


def exact_share(text, ratio):
    """Right as well: the rounded share of each text."""
    order = torch.rand(text.shape).masked_fill(text <= MASK, 2.0).argsort(dim=1).argsort(dim=1)
    chosen = order < ((text > MASK).sum(dim=1, keepdim=True) * ratio).round()
    return text.masked_fill(chosen, MASK), chosen


def by_index(text, ratio):
    hidden, chosen = text.clone(), torch.zeros_like(text, dtype=torch.bool)
    rows, columns = (text > MASK).nonzero(as_tuple=True)
    kept = torch.rand(len(rows)) < ratio
    chosen[rows[kept], columns[kept]] = True
    hidden[chosen] = MASK
    return [hidden, chosen]


def by_numpy(text, ratio):
    chosen = torch.from_numpy((text.numpy() > MASK) & (np.random.rand(*text.shape) < ratio))
    return text.masked_fill(chosen, MASK), chosen


def a_span(text, ratio):
    """One row of neighbours in each text, from anywhere; after the last comes the first."""
    size = (text > MASK).sum(dim=1, keepdim=True)
    first = (torch.rand(len(text), 1) * size).floor()
    place = torch.arange(text.shape[1]) - 1
    chosen = (text > MASK) & ((place - first) % size < (ratio * size).round())
    return torch.where(chosen, MASK, text), chosen


def seeded(text, ratio):
    torch.manual_seed(5)
    return corrupt(text, ratio)


TRIED = {
    "check_whole_words": tried.Tried(
        [whole_words, extend_step_by_step, flat, by_loop, by_counting],
        [(lambda text, chosen, goes_on: chosen, "as it was"),
         (lambda text, chosen, goes_on: chosen.clone(), "as it was"),
         (right_only, "not what comes before"), (left_only, "not what comes after"),
         (one_piece_right, "one piece only"), (one_piece_left, "one piece only"),
         (one_piece_each_way, "one piece only"), (first_two_steps, "pieces are left out"),
         (lambda *facts: whole_words(*facts) | whole_words(*facts).roll(1, dims=1), "spills over"),
         (lambda text, chosen, goes_on: chosen | chosen.roll(1, dims=1), "spills over"),
         (lambda text, chosen, goes_on: whole_words(text, chosen, goes_on) | (text == 3), "[SEP]"),
         (without_not, "a ~ is missing"), (numbers_of_all_rows, "within their row"),
         (numbers_down_the_columns, "within their row"),
         (lambda text, chosen, goes_on: text > MASK, "within their row"),
         (lambda *facts: ~whole_words(*facts), "not chosen any more"),
         (lambda text, chosen, goes_on: chosen & goes_on[text], "not chosen any more"),
         (forgets_one, "not chosen any more"), (in_place, "changes chosen, which it is given"),
         (lambda *facts: whole_words(*facts).long(), "should be of bool; yours is of int64"),
         (lambda *facts: whole_words(*facts)[0], "should have the shape (60, 48); yours has (48,)"),
         (lambda text, chosen, goes_on: same_word(text, goes_on), "yours has (60, 48, 48)"),
         (lambda *facts: whole_words(*facts).numpy(), "tensor of bool, not a ndarray"),
         (lambda *facts: whole_words(*facts).tolist(), "not a list")]),
    "check_mended": tried.Tried(
        [corrupt, exact_share, by_index, by_numpy, lambda text, ratio: corrupt(
            text, ratio, draw=lambda shape: torch.distributions.Uniform(0, 1).sample(shape))],
        [(lambda text, ratio: corrupt(text, ratio)[0], "Return two tensors"),
         (lambda text, ratio: (*corrupt(text, ratio), text), "Return two tensors"),
         (lambda text, ratio: corrupt(text, ratio)[::-1], "should be of int64; yours is of bool"),
         (lambda text, ratio: [corrupt(text, ratio)[0], 1.0], "not a float"),
         (lambda text, ratio: (corrupt(text, ratio)[0].float(), text > MASK), "is of float32"),
         (lambda text, ratio: (text.clone(), corrupt(text, ratio)[1].long()), "should be of bool"),
         (lambda text, ratio: corrupt(text[:, 1:-1], ratio), "should have the shape (400, 48)"),
         (hide_in_place, "changes text, which it is given"),
         (lambda text, ratio: corrupt(text, ratio, lambda text: text >= 0), "Still the broken one"),
         (lambda text, ratio: corrupt(text, ratio, lambda text: (text > MASK) | (text == 0)),
          "asks for padding"),
         (lambda text, ratio: corrupt(text, ratio, lambda text: text != 0), "[CLS] or [SEP]"),
         (lambda text, ratio: corrupt(text, ratio, lambda text: (text > MASK) | (text == 3)),
          "[CLS] or [SEP]"),
         (lambda text, ratio: (text, corrupt(text, ratio)[1]), "can still be read"),
         (some_as_they_were, "can still be read"), (some_others, "other than MASK"),
         (lambda text, ratio: (corrupt(text, ratio)[0], corrupt(text, ratio)[1]), "one draw"),
         (lambda text, ratio: corrupt(text, 0.0), "No piece is chosen"),
         (lambda text, ratio: corrupt(text, 0.15), "ignores the ratio"),
         (lambda text, ratio: corrupt(text, 1 - ratio), "At a ratio of 0.15 it chooses 8"),
         (lambda text, ratio: corrupt(text, 0.76 * ratio), "At a ratio of 0.5 it chooses 3"),
         (always_the_same, "the same pieces each time"), (seeded, "the same pieces each time"),
         (lambda text, ratio: corrupt(text, ratio, draw=lambda shape: torch.rand(1, shape[1])),
          "Some places are chosen far more often"),
         (lambda text, ratio: corrupt(text, ratio, draw=lambda shape: torch.rand(shape[0], 1)),
          "Of some texts far more"),
         (a_span, "Of two neighbours, both are chosen in 4")]),
}
test_answer = tried.a_test(lesson_05, TRIED)
