"""Checkers of lesson 05."""

import torch
from torch import Tensor

from exercises import checker, choices
from exercises.concluding import concluding
from exercises.trying import call, formed, shape

PAD, CLS, SEP, MASK = 0, 2, 3, 4
SIZE, FIRST_ENDING, LENGTH = 40, 15, 48  # pieces from 15 on go on with the word before them


def _texts(count: int) -> tuple[Tensor, Tensor]:
    """Numbers (N, L) of random texts, and the word of each place (N, L)."""
    text = torch.randint(MASK + 1, SIZE, (count, LENGTH))
    text[:, 1::4].clamp_(max=FIRST_ENDING - 1)  # so no word has more than four pieces
    place, end = torch.arange(LENGTH), torch.randint(10, LENGTH, (count, 1))
    text[:, 0], text[place == end], text[place > end] = CLS, SEP, PAD
    return text, (text < FIRST_ENDING).cumsum(dim=1)


@checker("05.1")
def check_whole_words(whole_words):
    """A word is hidden as a whole or not at all, and no piece of it gives it away."""
    text, word = _texts(60)
    chosen = (text > MASK) & (torch.rand(text.shape) < 0.15)
    chosen[:5] = False
    given = call(whole_words, text, chosen, torch.arange(SIZE) >= FIRST_ENDING)
    yield from formed("What you return", given, torch.bool, shape(text))
    yield given.equal(chosen), (
        "You return what was chosen, as it was: the rest of the words is missing.")
    yield (chosen & ~given).any(), (
        "Some pieces that were chosen are not chosen any more. Only add to them.")

    def in_reach(word: Tensor) -> Tensor:  # (N, L, L): is the second chosen, in the first's word?
        return (word[:, :, None] == word[:, None]) & chosen[:, None]

    def reaches(*kinds: Tensor) -> bool:
        return any(given.equal(kind.any(dim=2)) for kind in kinds)

    yield reaches(in_reach((text >= FIRST_ENDING).cumsum(dim=1))), (
        "A new word begins where a piece does not go on: a ~ is missing.")
    reach = in_reach(word)
    more = given & ~reach.any(dim=2)
    pieces = more & (text > MASK)
    yield pieces[~chosen.any(dim=1)].any(), (
        "In texts of which no piece was chosen you choose some. The word numbers begin anew in "
        "each row: compare them within their row only.")
    yield pieces.any(), "It spills over: you choose pieces of words of which no piece was chosen."
    yield more.any(), "You choose [CLS], [SEP] or padding. They belong to no word."
    yield reaches(reach.tril()), (
        "You choose what comes after a chosen piece, not what comes before it in its word.")
    yield reaches(reach.triu()), (
        "You choose what comes before a chosen piece, not what comes after it in its word.")
    yield reaches(reach.tril().triu(-1), reach.tril(1).triu(), reach.tril(1).triu(-1)), (
        "You go on by one piece only. A word can have more, so choose all of them.")
    yield not reaches(reach), (
        "Some pieces are left out, although another piece of their word was chosen.")


def _spread(chosen: Tensor, piece: Tensor, share: float, dim: int) -> float:
    """How far the numbers of chosen pieces are apart, against draws of each piece: about 1."""
    count, each = (chosen & piece).sum(dim), piece.sum(dim)
    many = each > 5
    apart = (count - share * each).square() / (each * share * (1 - share))
    return apart[many].mean().item()


@checker("05.2")
def check_mended(mended_corrupt):
    """Every question is about a word now, so the loss falls only when something is learned."""
    text, shares = _texts(400)[0], {}
    piece = text > MASK
    for ratio in (0.15, 0.5):
        pair = call(mended_corrupt, text, ratio)
        yield not isinstance(pair, tuple | list) or len(pair) != 2, (
            "Return two tensors: the hidden texts, and which pieces were chosen.")
        hidden, chosen = pair
        yield from formed("The first, hidden,", hidden, torch.int64, shape(text))
        yield from formed("The second, chosen,", chosen, torch.bool, shape(text))
        pads, frame = chosen[text == PAD].any(), chosen[(text == CLS) | (text == SEP)].any()
        yield pads and frame and hidden.equal(torch.where(chosen, MASK, text)), (
            "Still the broken one: what does it ask for that is always the same?")
        yield pads, "It asks for padding. Any network soon knows that after padding comes padding."
        yield frame, "It asks for [CLS] or [SEP], which stand in the same places in every text."
        yield (hidden != text)[~chosen].any(), (
            "Pieces that were not chosen are changed as well. Use one draw for both tensors.")
        yield not chosen.any(), "No piece is chosen at all."
        yield (hidden == text)[chosen].any(), (
            "Some chosen pieces can still be read. Here each is to be hidden behind MASK.")
        yield (hidden != MASK)[chosen].any(), (
            "Some chosen pieces are replaced by something other than MASK.")
        shares[ratio] = chosen[piece].float().mean().item()
    yield chosen.equal(call(mended_corrupt, text, ratio)[1]), (
        "It chooses the same pieces each time. Draw new ones at each call.")
    yield _spread(chosen, piece, shares[0.5], 0) > 3, (
        "Some places are chosen far more often than others, over all texts: draw for each piece "
        "of each text anew.")
    yield _spread(chosen, piece, shares[0.5], 1) > 2, (
        "Of some texts far more is chosen than of others: draw for each piece anew.")
    yield abs(shares[0.5] - shares[0.15]) < 0.05, (
        f"It ignores the ratio: {shares[0.15]:.0%} of the pieces are chosen, whatever the ratio "
        "is.")
    for ratio, share in shares.items():
        yield abs(share - ratio) > 0.05, (
            f"At a ratio of {ratio} it chooses {share:.0%} of the pieces, not {ratio:.0%}.")
    together = (chosen[:, 1:] & chosen[:, :-1])[piece[:, 1:] & piece[:, :-1]].float().mean()
    yield abs(together - 0.25) > 0.06, (
        f"Of two neighbours, both are chosen in {together:.0%}; if each piece is drawn by itself, "
        "it is a quarter.")


check_family = choices("05.3", {
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
}, "What is hidden and what may be seen: that alone tells the relatives apart.")


check_conclusion = concluding(
    "05.4", "more", "less", lambda ratios: min(ratios, key=ratios.get))
