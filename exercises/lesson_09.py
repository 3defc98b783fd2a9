"""Checkers of lesson 09."""

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.trying import a_type, call, compare, slopes


def _asks(a, b, scale):
    """Each a asks for its b."""
    return F.cross_entropy(scale * a @ b.T, torch.arange(len(a)))


def _raw(a, b, scale):
    return (_asks(a, b, scale) + _asks(b, a, scale)) / 2


def _on_unit(loss, dim=1):
    return lambda a, b, scale: loss(F.normalize(a, dim=dim), F.normalize(b, dim=dim), scale)


def _sum(a, b, scale):
    return 2 * _raw(a, b, scale)


@checker("09.1")
def check_two_way(mended_two_way):
    """Both sides ask, and only the direction of an embedding counts, not its length."""
    cases = {}
    for pairs, scale in ((12, 5.0), (5, 10.0)):
        a, b = torch.randn(2, pairs, 8)
        b = b + a * torch.linspace(0.5, 3, pairs)[:, None]
        cases[f"{pairs} random pairs and the scale {scale:g}"] = a, b, scale
    yield from compare(
        mended_two_way, cases, _on_unit(_raw),
        {"Still the broken one, or the broken one turned around: what of part 1 is missing?": (
            _asks, lambda a, b, scale: _asks(b, a, scale)),
         "Both sides ask now. But a longer embedding still counts more: bring each to length 1.": (
            _raw, _sum),
         "The lengths are right. But only the pictures ask: which picture is a text's?":
            _on_unit(_asks),
         "The lengths are right. But only the texts ask: which text is a picture's?":
            _on_unit(lambda a, b, scale: _asks(b, a, scale)),
         "Take the mean of the two directions, not their sum.": _on_unit(_sum),
         "You normalise over the batch (dim=0). Each row should have length 1, so dim=1.": (
            _on_unit(_asks, 0), _on_unit(_raw, 0), _on_unit(_sum, 0)),
         "Only one of the two embeddings is brought to length 1.": (
            lambda a, b, scale: _raw(F.normalize(a), b, scale),
            lambda a, b, scale: _raw(a, F.normalize(b), scale)),
         "Multiply the likeness by scale, which is 1 / τ already.": (
            _on_unit(lambda a, b, scale: _raw(a, b, 1)),
            _on_unit(lambda a, b, scale: _raw(a, b, 1 / scale))),
         "Both terms are the same direction: turn the likenesses with .T.":
            lambda a, b, scale: (_on_unit(_asks)(a, b, scale)
                                 + _asks(F.normalize(a), b, scale)) / 2,
         "The sign is turned: this grows when the pairs agree.":
            lambda a, b, scale: -_on_unit(_raw)(a, b, scale)},
        form="Take the mean over the pairs.")
    a, b = torch.randn(2, 4, 3)
    a.requires_grad_(), b.requires_grad_()
    slopes(call(mended_two_way, a, b, 2.0), a=a, b=b)


def _named() -> tuple[torch.Tensor, torch.Tensor]:
    """How well names fit (40, 6), as small whole numbers, so that many are equal, and the right."""
    fit, truth = torch.randint(4, (40, 6)).float(), torch.randint(6, (40,))
    fit[0], truth[0] = torch.tensor([3.0, 3, 0, 0, 0, 0]), 1
    return fit, truth


def _best(fit):
    return (fit == fit.max(dim=1, keepdim=True).values).float()


def _of_right(values, truth):
    return values.gather(1, truth[:, None])


@checker("09.2")
def check_by_lot(by_lot):
    """A lot among the best: neither the strict count nor the lenient one."""
    def lots(names):
        """A lot among these names, whether the right one is among them or not."""
        return lambda fit, truth: (1 / names(fit, _of_right(fit, truth)).sum(dim=1)).mean()

    def share(fit, truth):
        return _of_right(_best(fit), truth)[:, 0] / _best(fit).sum(dim=1)

    three = torch.tensor([[1.0, 1, 0], [0, 2, 2], [5, 4, 4]]), torch.tensor([0, 2, 1])
    yield from compare(
        by_lot, {"three rows, right once in 2, once in 2 and never": three,
                 "forty rows with ties": _named()},
        lambda fit, truth: share(fit, truth).mean(),
        {"That is the lenient count: a tie is always right. Give it only its share of the lot.":
            lambda fit, truth: _of_right(_best(fit), truth).mean(),
         "That is the strict count of part 2: a tie is always wrong.":
            lambda fit, truth: ((fit >= _of_right(fit, truth)).sum(dim=1) == 1).float().mean(),
         "argmax takes the first of equal names, which is no lot: it depends on their order.":
            lambda fit, truth: (fit.argmax(dim=1) == truth).float().mean(),
         "You draw lots among the names that fit as well as the right one, even where others fit "
         "better. Such a row counts 0.": lots(lambda fit, own: fit == own),
         "You draw lots among the best names, and don't ask whether the right one is among them.":
            lots(lambda fit, own: _best(fit)),
         "You draw lots among all names that fit at least as well. Only the best take part.":
            lots(lambda fit, own: fit >= own),
         "You draw lots among all names. Only the best take part.":
            lots(lambda fit, own: torch.ones_like(fit)),
         "Take the mean over the rows.": (
            lambda fit, truth: _of_right(_best(fit), truth).sum(),
            lambda fit, truth: share(fit, truth).sum()),
         "That is the share of wrong answers.": lambda fit, truth: 1 - share(fit, truth).mean(),
         "Rows in which the right name is not among the best are left out: they count 0.":
            lambda fit, truth: share(fit, truth)[share(fit, truth) > 0].mean()},
        form="Take the mean over the rows.", near=1e-4)


GAIN = 0.01
NAMES = ("cow", "woman cook", "police car")


def _bare(name: str) -> list[str]:
    return [name]


@checker("09.3")
def check_prompts(prompts, first_ten):
    """Your sentences beat the bare name. Say why they do, then try them without the name."""
    for name in NAMES:
        lines = call(prompts, name)
        yield not isinstance(lines, list | tuple), (
            f"Return a list of sentences; for “{name}” it is {a_type(lines)}.")
        yield not lines, f"The list for “{name}” is empty: then nothing stands for the name."
        yield not all(isinstance(line, str) for line in lines), (
            f"The list for “{name}” holds something that is no text.")
        yield not all(line.strip() for line in lines), f"One text for “{name}” is empty."
    yield all({*call(prompts, name)} == {name} for name in NAMES), (
        "That is the bare name. Say something more, or the same in other words.")
    yield len({tuple(call(prompts, name)) for name in NAMES}) == 1, (
        "The sentences are the same for each name, so all names tie.")
    yours, bare = call(first_ten, prompts), first_ten(_bare)
    yield yours <= bare - GAIN, (
        f"That does harm: {yours:.3f} of the drawings, {bare:.3f} with the bare name. May some "
        "of your words be such as the tower has never read in such a place?")
    yield yours < bare + GAIN, (
        f"{yours:.3f} of the drawings, {bare:.3f} with the bare name: that is no gain yet "
        f"(less than {GAIN}). What could you tell that the name doesn't?")


check_different = choices("09.4", {
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
