"""Checkers of lesson 09."""

import torch
from torch import Tensor
from torch.nn import functional as F

from exercises import call, checker, choices, shape

SCALE = 5.0


def _losses(a: Tensor, b: Tensor) -> list[Tensor]:
    """The loss of lesson 09, pictures asking and texts asking: two numbers."""
    likeness, right = SCALE * a @ b.T, torch.arange(len(a))
    return [F.cross_entropy(likeness, right), F.cross_entropy(likeness.T, right)]


@checker
def check_two_way(mended_two_way):
    """Both sides ask, and only the direction of an embedding counts, not its length."""
    a, b = torch.randn(12, 8), torch.randn(12, 8)
    b = b + a * torch.linspace(0.5, 3, 12)[:, None]
    given = (a.clone(), b.clone())
    loss = call(mended_two_way, *given, SCALE)
    yield not isinstance(loss, float | Tensor) or torch.as_tensor(loss).is_complex(), (
        "It should give one real number in a tensor.")
    loss = torch.as_tensor(loss, dtype=torch.float32)
    yield loss.shape != (), f"It should give one number; yours has the shape {shape(loss)}."
    yield not (given[0].equal(a) and given[1].equal(b)), (
        "Your function changes the embeddings it is given.")
    unit = F.normalize(a), F.normalize(b)
    picture, text = _losses(*unit)

    def is_any(*values: Tensor) -> bool:
        return any(torch.isclose(loss, value, rtol=1e-4) for value in values)

    yield is_any(*_losses(a, b)), (
        "Still the broken one, or the broken one turned around: what of part 1 is missing?")
    yield is_any(sum(_losses(a, b)), sum(_losses(a, b)) / 2), (
        "Both sides ask now. But a longer embedding still counts more: bring each to length 1.")
    yield is_any(picture), (
        "The lengths are right. But only the pictures ask: which picture is a text's?")
    yield is_any(text), "The lengths are right. But only the texts ask: which text is a picture's?"
    yield is_any(picture + text), "Take the mean of the two directions, not their sum."
    across = _losses(F.normalize(a, dim=0), F.normalize(b, dim=0))
    yield is_any(*across, sum(across) / 2), (
        "You normalise over the batch (dim=0). Each row should have length 1, so dim=1.")
    half = [_losses(unit[0], b), _losses(a, unit[1])]
    yield is_any(*(sum(pair) / 2 for pair in half)), (
        "Only one of the two embeddings is brought to length 1.")
    unscaled = [sum(_losses(unit[0] / factor, unit[1])) / 2 for factor in (SCALE, SCALE**2)]
    yield is_any(*unscaled), "Multiply the likeness by scale, which is 1 / τ already."
    doubled = (_losses(*unit)[0] + _losses(unit[0], unit[1])[0]) / 2
    yield is_any(doubled), "Both terms are the same direction: turn the likenesses with .T."
    yield is_any(-(picture + text) / 2), "The sign is turned: this grows when the pairs agree."
    yield not is_any((picture + text) / 2), (
        f"For our embeddings it should be {(picture + text) / 2:.3f} and is {loss:.3f}.")


def _named() -> tuple[Tensor, Tensor]:
    """How well names fit (40, 6), as small whole numbers, so that many are equal, and the right."""
    fit = torch.randint(4, (40, 6)).float()
    return fit, torch.randint(6, (40,))


@checker
def check_by_lot(by_lot):
    """A lot among the best: neither the strict count nor the lenient one."""
    fit, truth = _named()
    fit[0], truth[0] = torch.tensor([3.0, 3, 0, 0, 0, 0]), 1
    own = fit.gather(1, truth[:, None])
    best = fit == fit.max(dim=1, keepdim=True).values
    right = best.gather(1, truth[:, None])[:, 0]
    copies = fit.clone(), truth.clone()
    share = call(by_lot, *copies)
    yield not isinstance(share, float | Tensor) or torch.as_tensor(share).is_complex(), (
        "It should give one real number in a tensor.")
    share = torch.as_tensor(share, dtype=torch.float32)
    yield share.shape != (), (
        f"It should give one number, the mean over the rows; yours has the shape {shape(share)}.")
    yield not (copies[0].equal(fit) and copies[1].equal(truth)), (
        "Your function changes what it is given.")

    def is_any(*values: Tensor) -> bool:
        return any(torch.isclose(share, value.float(), atol=1e-5) for value in values)

    yield is_any(right.float().mean()), (
        "That is the lenient count: a tie is always right. Give it only its share of the lot.")
    yield is_any(((fit >= own).sum(dim=1) == 1).float().mean()), (
        "That is the strict count of part 2: a tie is always wrong.")
    yield is_any((fit.argmax(dim=1) == truth).float().mean()), (
        "argmax takes the first of equal names, which is no lot: it depends on their order.")
    ties = (fit == own).sum(dim=1)
    yield is_any((1 / ties).mean()), (
        "You draw lots among the names that fit as well as the right one, even where others fit "
        "better. Such a row counts 0.")
    yield is_any((1 / best.sum(dim=1)).mean()), (
        "You draw lots among the best names, and don't ask whether the right one is among them.")
    yield is_any((1 / (fit >= own).sum(dim=1)).mean()), (
        "You draw lots among all names that fit at least as well. Only the best take part.")
    yield is_any(right.sum(), (right / best.sum(dim=1)).sum()), "Take the mean over the rows."
    yield not is_any((right / best.sum(dim=1)).mean()), (
        f"For our example it should be {(right / best.sum(dim=1)).mean():.3f} and is {share:.3f}.")


GAIN = 0.01
NAMES = ("cow", "woman cook", "police car")


def _bare(name: str) -> list[str]:
    return [name]


@checker
def check_prompts(prompts, first_ten):
    """Your sentences beat the bare name. Say why they do, then try them without the name."""
    for name in NAMES:
        lines = call(prompts, name)
        yield not isinstance(lines, list | tuple), (
            f"Return a list of sentences; for “{name}” it is {type(lines).__name__}.")
        yield not lines, f"The list for “{name}” is empty: then nothing stands for the name."
        yield not all(isinstance(line, str) for line in lines), (
            f"The list for “{name}” holds something that is no text.")
        yield not all(line.strip() for line in lines), f"One text for “{name}” is empty."
    yield all({*call(prompts, name)} == {name} for name in NAMES), (
        "That is the bare name. Say something more, or the same in other words.")
    yield len({tuple(call(prompts, name)) for name in NAMES}) == 1, (
        "The sentences are the same for each name, so all names tie.")
    yours, bare = first_ten(prompts), first_ten(_bare)
    yield yours <= bare - GAIN, (
        f"That does harm: {yours:.3f} of the drawings, {bare:.3f} with the bare name. Which of "
        "your words has the tower never heard in such a place?")
    yield yours < bare + GAIN, (
        f"{yours:.3f} of the drawings, {bare:.3f} with the bare name: that is no gain yet "
        f"(less than {GAIN}). What could you tell that the name doesn't?")


check_different = choices({
    "red heart / blue heart":
        ("yes", "both colours were met, so the means differ"),
    "dog with cat / cat with dog":
        ("no", "the same words in another order have the same mean"),
    "cow / axe":
        ("no", "of neither a word was met, so nothing is left of both"),
    "white cow / white axe":
        ("no", "the words never met are left out, and white is left of both"),
    "cow / horse":
        ("yes", "horse was met, and of cow nothing is left: these are two embeddings"),
    "face with hand / face without hand":
        ("yes", "with and without are two words that were met"),
}, "A mean knows which words there are, and nothing about their order.")
