"""Checkers of lesson 05."""

import torch
from torch import Tensor

from exercises import call, checker, wrong_choice

PAD, CLS, SEP, MASK = 0, 2, 3, 4
SIZE, FIRST_ENDING = 40, 25  # the pieces from here on go on with the word before them
LENGTH = 48


def _texts(count: int) -> tuple[Tensor, Tensor]:
    """Numbers (N, L) of random texts, and the word of each place (N, L)."""
    texts, words = [], []
    for _ in range(count):
        text, word = [CLS], [0]
        for number in range(int(torch.randint(4, 12, ()))):
            endings = torch.randint(FIRST_ENDING, SIZE, (int(torch.randint(4, ())),)).tolist()
            text += [int(torch.randint(MASK + 1, FIRST_ENDING, ())), *endings]
            word += (1 + len(endings)) * [1 + number]
        rest = LENGTH - len(text)
        texts.append(text + [SEP] + (rest - 1) * [PAD])
        words.append(word + list(range(100, 100 + rest)))  # each a word of its own
    return torch.tensor(texts), torch.tensor(words)


def _misshapen(name: str, given, dtype: torch.dtype, text: Tensor) -> str | None:
    """What is wrong with the form of a tensor that should be as large as the texts."""
    kind = str(dtype).removeprefix("torch.")
    if not isinstance(given, Tensor):
        return f"{name} should be a tensor of {kind}, not {type(given).__name__}."
    if given.dtype != dtype:
        return f"{name} should be of {kind}; yours is of {str(given.dtype).removeprefix('torch.')}."
    if given.shape != text.shape:
        return (f"{name} should be as large as the texts, {tuple(text.shape)}; yours is "
                f"{tuple(given.shape)}.")
    return None


@checker
def check_whole_words(whole_words) -> str | None:
    """A word is hidden as a whole or not at all, and no piece of it gives it away."""
    text, word = _texts(60)
    chosen = (text > MASK) & (torch.rand(text.shape) < 0.15)
    chosen[:5] = False
    goes_on = torch.arange(SIZE) >= FIRST_ENDING
    facts = text, chosen, goes_on
    copies = [fact.clone() for fact in facts]
    given = call(whole_words, *copies)
    if wrong := _misshapen("What you return", given, torch.bool, text):
        return wrong
    if not all(map(torch.equal, facts, copies)):
        return "Your function changes what it is given. Make a new tensor for the answer."
    if given.equal(chosen):
        return "You return what was chosen, as it was: the rest of the words is missing."
    if (chosen & ~given).any():
        return "Some pieces that were chosen are not chosen any more. Only add to them."
    return _strangers(given, chosen, text, word) or _missing(given, chosen, word)


def _strangers(given: Tensor, chosen: Tensor, text: Tensor, word: Tensor) -> str | None:
    """Why there are pieces of words that nobody chose."""
    right = (_same_word(word) & chosen[:, None]).any(dim=2)
    more = given & ~right
    numbered_by_endings = (text >= FIRST_ENDING).cumsum(dim=1)
    if given.equal((_same_word(numbered_by_endings) & chosen[:, None]).any(dim=2)):
        return "A new word begins where a piece does not go on: a ~ is missing."
    pieces = more & (text > MASK)
    if pieces[~chosen.any(dim=1)].any():
        return ("In texts of which no piece was chosen you choose some. The word numbers begin "
                "anew in each row: compare them within their row only.")
    if pieces.any():
        return "It spills over: you choose pieces of words of which no piece was chosen."
    if more.any():
        return "You choose [CLS], [SEP] or padding. They belong to no word."
    return None


def _missing(given: Tensor, chosen: Tensor, word: Tensor) -> str | None:
    """Why pieces of the chosen words are left out."""
    reach = _same_word(word) & chosen[:, None]  # (N, L, L): is the second chosen, in my word?
    if given.equal(reach.any(dim=2)):
        return None
    partly = {
        "You choose what comes after a chosen piece, not what comes before it in its word.":
            [reach.tril()],
        "You choose what comes before a chosen piece, not what comes after it in its word.":
            [reach.triu()],
        "You go on by one piece only. A word can have more, so choose all of them.":
            [reach.tril().triu(-1), reach.tril(1).triu(), reach.tril(1).triu(-1)],
    }
    for reason, kinds in partly.items():
        if any(given.equal(kind.any(dim=2)) for kind in kinds):
            return reason
    return "Some pieces are left out, although another piece of their word was chosen."


def _same_word(word: Tensor) -> Tensor:
    """(N, L) -> (N, L, L): are two places of a text in the same word?"""
    return word[:, :, None] == word[:, None]


@checker
def check_mended(mended_corrupt) -> str | None:
    """Every question is about a word now, so the loss falls only when something is learned."""
    text, _ = _texts(400)
    shares = {}
    for ratio in (0.15, 0.5):
        copy = text.clone()
        pair = call(mended_corrupt, copy, ratio)
        if wrong := (_no_pair(pair, copy, text) or _asks_for_special(*pair, text)
                     or _badly_hidden(*pair, text)):
            return wrong
        shares[ratio] = pair[1][text > MASK].float().mean().item()
    _, again = call(mended_corrupt, text.clone(), 0.5)
    if pair[1].equal(again):
        return "It chooses the same pieces each time. Draw new ones at each call."
    return _wrong_share(shares, pair[1], text)


def _no_pair(pair, copy: Tensor, text: Tensor) -> str | None:
    """What is wrong with the form of an answer about a copy of the text."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return "Return two tensors: the hidden texts, and which pieces were chosen."
    wrong = (_misshapen("The first, hidden,", pair[0], torch.int64, text)
             or _misshapen("The second, chosen,", pair[1], torch.bool, text))
    if not wrong and not copy.equal(text):
        return "Your function changes the text it is given. Make a new tensor: the text is needed."
    return wrong


def _asks_for_special(hidden: Tensor, chosen: Tensor, text: Tensor) -> str | None:
    padding, frame = chosen[text == PAD].any(), chosen[(text == CLS) | (text == SEP)].any()
    if padding and frame and hidden.equal(torch.where(chosen, MASK, text)):
        return "Still the broken one: what does it ask for that is always the same?"
    if padding:
        return "It asks for padding. Any network soon knows that after padding comes padding."
    if frame:
        return "It asks for [CLS] or [SEP], which stand in the same places in every text."
    return None


def _badly_hidden(hidden: Tensor, chosen: Tensor, text: Tensor) -> str | None:
    if (hidden != text)[~chosen].any():
        return "Pieces that were not chosen are changed as well. Use one draw for both tensors."
    if not chosen.any():
        return "No piece is chosen at all."
    if (hidden == text)[chosen].any():
        return "Some chosen pieces can still be read. Here each is to be hidden behind MASK."
    if (hidden != MASK)[chosen].any():
        return "Some chosen pieces are replaced by something other than MASK."
    return None


def _wrong_share(shares: dict[float, float], chosen: Tensor, text: Tensor) -> str | None:
    """Why the share of chosen pieces is not the ratio, in all and in each place or text."""
    low, high = shares.values()
    if abs(low - high) < 0.05:
        return f"It ignores the ratio: {low:.0%} of the pieces are chosen, whatever the ratio is."
    for dim, unit in ((0, "the same places in every text"), (1, "all of a text or nothing of it")):
        count = (text > MASK).sum(dim)
        share = (chosen.sum(dim) / count)[count > 0]
        if ((share == 0) | (share == 1)).all():
            return f"It chooses {unit}. Draw for each piece anew."
    for ratio, share in shares.items():
        if abs(share - ratio) > 0.05:
            return f"At a ratio of {ratio} it chooses {share:.0%} of the pieces, not {ratio:.0%}."
    return None


@checker
def check_family(answers) -> str | None:
    """What is hidden and what may be seen: that alone tells the relatives apart."""
    right = {
        "it writes a story, one piece after the other":
            ("next word", "a story grows to the right, so only the pieces before may be seen"),
        "it sees a single word and names the company it keeps":
            ("skip-gram", "one word is seen, and its neighbours are asked for"),
        "it uses both sides of a blank, and their order":
            ("masked words", "both sides are seen, each piece with its place"),
        "it uses both sides of a blank, and would answer the same if the sides were scrambled":
            ("cbow", "a mean of the neighbours forgets their order"),
        "it practises for writing summaries":
            ("gap sentences", "a whole part is hidden, and the rest has to say what stood there"),
        "two halves of one text, and it says whether they were swapped":
            ("sentence order", "both halves are of the same text, and only their order is asked"),
    }
    return wrong_choice(answers, right)
