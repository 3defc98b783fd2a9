"""Checkers of primer 1."""

import torch
from torch.nn import functional as F

from exercises import checker, choices
from exercises.trying import call, compare, tensor

check_door = choices("P1.0", {
    "last number of [2 * n for n in range(4)]": ("6", "range(4) is 0, 1, 2, 3"),
    "number of keys in dict(cow=9, sun=8)": ("2", "cow and sun are keys, 9 and 8 values"),
    "dimensions of torch.zeros(8, 3, 32, 32).mean(dim=(2, 3))": ("2", "two of four are gone"),
    "numbers in torch.zeros(5, 1) + torch.zeros(4)": ("20", "the shapes meet in (5, 4)"),
    "faster for a million pixels (loop, operation)": ("operation", "part 5 measures it"),
}, "All five. You may go on to primer 2.")


def _mixed(alpha=lambda share: share, paper=lambda share: 1 - share,
           colour=lambda colour: colour[:, None, None]):
    """Drawings on paper, with a rule for each part."""
    def on_colour(drawings, of_paper):
        layer = drawings.float() / 255
        share = layer[:, 3:]
        return layer[:, :3] * alpha(share) + colour(of_paper) * paper(share)
    return on_colour


@checker("P1.1")
def check_on_colour(on_colour):
    """Drawing, paper and the mixture of both come out right, for all drawings at once."""
    drawings = torch.tensor([200, 100, 50, 0], dtype=torch.uint8)[:, None, None].repeat(5, 1, 2, 3)
    drawings[:, 3, 0, 1:], drawings[:, 3, 1], drawings[1, 0, 0] = 51, 255, 90
    colour = torch.tensor([0.2, 0.9, 0.6])
    given = tensor(call(on_colour, drawings, colour))
    yield given.shape == (5, 3, 2, 3) and given.max() > 1.5, (
        "The numbers should lie between 0 and 1, alpha too: begin with drawings.float() / 255.")
    yield from compare(
        on_colour,
        {"drawings of (5, 4, 2, 3)": (drawings, colour),
         "a single drawing": (drawings[:1], torch.tensor([0.7, 0.1, 0.0]))},
        _mixed(),
        {"Alpha plays no part: where it is 0, the paper should be seen.":
            _mixed(lambda share: 1, lambda share: 0),
         "The paper is white. It should have the colour.": _mixed(colour=lambda colour: 1),
         "The paper is black. It should have the colour.": _mixed(colour=lambda colour: 0),
         "The colour has met the columns. Make its shape (3, 1, 1): colour[:, None, None].":
            _mixed(colour=lambda colour: colour),
         "The paper shines through: multiply it by 1 - alpha.": _mixed(paper=lambda share: 1),
         "The drawing shines through: multiply it by alpha.": _mixed(alpha=lambda share: 1),
         "Drawing and paper have changed places: the drawing is seen where alpha is 1.":
            _mixed(lambda share: 1 - share, lambda share: share),
         "There is no mixture: where alpha lies between 0 and 1, both should be seen.": (
            _mixed(lambda share: share > 0.5, lambda share: share <= 0.5),
            _mixed(lambda share: share > 0, lambda share: share == 0))},
        form="Three channels, red, green and blue.")


def _share(likeness):
    """Of questions (rows) whose most alike concept (column) is their own."""
    return (likeness.argmax(dim=1) == torch.arange(len(likeness))).float().mean()


def _answers(means, of_one=lambda mean: F.normalize(mean, dim=1)):
    return lambda question, shown: _share(question @ of_one(means(shown)).T)


@checker("P1.2")
def check_share_right(share_right):
    """This is the nearest class mean of the cow curve. See your curve in the next cell."""
    cases = {}
    for count in (150, 60):
        noise = torch.randn(count, 5, 6) * torch.linspace(0.1, 3, count)[:, None, None]
        both = F.normalize(torch.randn(count, 1, 6) + noise, dim=2)
        cases[f"{count} concepts with 4 drawings each"] = both[:, 0], both[:, 1:]
    yield from compare(
        share_right, cases, _answers(lambda shown: shown.mean(dim=1)),
        {"This is how many are right: divide by the number of all.": lambda question, shown: (
            len(question) * _answers(lambda shown: shown.mean(dim=1))(question, shown)),
         "This is the share in percent: give a share from 0 to 1.": lambda question, shown: (
            100 * _answers(lambda shown: shown.mean(dim=1))(question, shown)),
         "This is the share of wrong answers.": lambda question, shown: (
            1 - _answers(lambda shown: shown.mean(dim=1))(question, shown)),
         "Only the first drawing shown plays a part.": _answers(lambda shown: shown[:, 0]),
         "This is the single most alike drawing. Take the mean of each concept first.":
            lambda question, shown: _share((question @ shown.transpose(1, 2)).amax(dim=2).T),
         "Stretch each mean to length 1: F.normalize does.":
            _answers(lambda shown: shown.mean(dim=1), lambda mean: mean),
         "You normalise over the concepts: each mean, a row, should have length 1.":
            _answers(lambda shown: shown.mean(dim=1), lambda mean: F.normalize(mean, dim=0)),
         "Each concept looks for its question. Each question should look for its concept: argmax "
         "over the columns, dim=1.": lambda question, shown: _share(
             F.normalize(shown.mean(dim=1), dim=1) @ question.T)},
        form="Return the share of right answers.")
