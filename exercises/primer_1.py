"""Checkers of primer 1."""

import torch
from torch.nn import functional as F

from exercises import call, checker, choices, shape

check_door = choices({
    "last number of [2 * n for n in range(4)]": ("6", "range(4) is 0, 1, 2, 3"),
    "number of keys in dict(cow=9, sun=8)": ("2", "cow and sun are keys, 9 and 8 values"),
    "dimensions of torch.zeros(8, 3, 32, 32).mean(dim=(2, 3))": ("2", "two of four are gone"),
    "numbers in torch.zeros(5, 1) + torch.zeros(4)": ("20", "the shapes meet in (5, 4)"),
    "faster for a million pixels (loop, operation)": ("operation", "part 5 measures it"),
}, "All five. You may go on to primer 2.")


@checker
def check_on_colour(on_colour):
    """Drawing, paper and the mixture of both come out right, for all drawings at once."""
    drawings = torch.tensor([200, 100, 50, 0], dtype=torch.uint8)[:, None, None].repeat(5, 1, 2, 3)
    drawings[:, 3, 0, 1:], drawings[:, 3, 1] = 51, 255
    layer, colour = drawings.float() / 255, torch.tensor([0.2, 0.9, 0.6])
    picture, alpha, paper = layer[:, :3], layer[:, 3:], colour[:, None, None]
    given = call(on_colour, drawings, colour.clone())
    yield shape(given) != (5, 3, 2, 3), (
        f"Drawings of (5, 4, 2, 3) should give pictures of (5, 3, 2, 3), not {shape(given)}.")
    yield not given.is_floating_point() or given.max() > 1.5, (
        "The numbers should lie between 0 and 1, alpha too: begin with drawings.float() / 255.")
    for wrong, why in (
            (picture, "Alpha plays no part: where it is 0, the paper should be seen."),
            (picture * alpha + 1 - alpha, "The paper is white. It should have the colour."),
            (picture * alpha + colour * (1 - alpha),
             "The colour has met the columns. Make its shape (3, 1, 1): colour[:, None, None]."),
            (picture * alpha + paper, "The paper shines through: multiply it by 1 - alpha.")):
        yield torch.allclose(given.float(), wrong, atol=1e-3), why
    yield not torch.allclose(given.float(), picture * alpha + paper * (1 - alpha), atol=1e-3), (
        "At each pixel: the drawing times alpha plus the paper times 1 - alpha.")


@checker
def check_share_right(share_right):
    """This is the nearest class mean of the cow curve. See your curve in the next cell."""
    random = torch.Generator().manual_seed(0)
    noise = torch.randn(150, 5, 6, generator=random) * torch.linspace(0.1, 3, 150)[:, None, None]
    both = F.normalize(torch.randn(150, 1, 6, generator=random) + noise, dim=2)
    question, shown = both[:, 0], both[:, 1:]
    means = shown.mean(dim=1)

    def share(likeness):
        return (likeness.argmax(dim=1) == torch.arange(150)).float().mean().item()

    right = share(question @ F.normalize(means, dim=1).T)
    given = call(share_right, question.clone(), shown.clone())
    yield shape(given) not in ((), "float"), f"Return one number, not {shape(given)}."
    for wrong, why in (
            (150 * right, "This is how many are right: divide by the number of all."),
            (share(question @ shown[:, 0].T), "Only the first drawing shown plays a part."),
            (share((question @ shown.transpose(1, 2)).amax(dim=2).T),
             "This is the single most alike drawing. Take the mean of each concept first."),
            (share(question @ means.T), "Stretch each mean to length 1: F.normalize does.")):
        yield abs(given - wrong) < 1e-3 < abs(wrong - right), why
    yield abs(given - right) > 1e-3, (f"The check has {right:.2f} right, yours {given:.2f}. The "
                                      "mean goes over the drawings, argmax over the concepts.")
