"""Checkers of primer 2."""

import torch
from torch import nn
from torch.nn import functional as F

from exercises import checker, choices
from exercises.trying import a_type, call, compare, like

check_door = choices("P2.0", {
    "a loss that grows has the slope (positive, negative)": ("positive", "slope is growth"),
    "a step against the slope makes the loss (lower, higher)": ("lower", "along it, it grows"),
    "without ReLU, layers draw this border (line, any)": ("line", "a line of a line is a line"),
    "call it, or the slopes pile up (zero_grad, eval)": ("zero_grad", "backward only adds"),
    "right on training pictures only (overfitting, underfitting)": ("overfitting", "see part 6"),
}, "All five. You may go on to primer 3.")


def _slopes(part=torch.mean, factor=2.0, error=lambda w, b, x, y: w * x + b - y):
    return lambda w, b, x, y: torch.stack([part(factor * error(w, b, x, y) * x),
                                           part(factor * error(w, b, x, y))])


@checker("P2.1")
def check_slopes(slopes):
    """Gradient descent on a line needs no more than these two."""
    yield from compare(
        slopes,
        {f"w = {w}, b = {b} and {len(x)} examples": (w, b, torch.tensor(x), torch.tensor(y))
         for w, b, x, y in ((0.7, -0.2, [0.5, 1.0, 3.0], [2.0, -1.0, 0.5]),
                            (-1.5, 0.4, [2.0, -1.0, 0.5, 4.0], [0.0, 1.0, 3.0, -2.0]))},
        _slopes(),
        {"The signs are turned round: the error is the guess minus the answer.": _slopes(factor=-2),
         "Half of it: the slope of a square has a factor 2.": _slopes(factor=1.0),
         "This is the sum over the examples. The loss is a mean, so take the mean.": (
            _slopes(torch.sum), _slopes(torch.sum, 1.0)),
         "What stands beside w in the guess? That factor is missing.":
            lambda *facts: _slopes()(*facts)[[1, 1]],
         "The slopes have changed places: first that for w.":
            lambda *facts: _slopes()(*facts).flip(0),
         "The error is multiplied by x for b, too: beside b stands a 1.":
            lambda *facts: _slopes()(*facts)[[0, 0]],
         "The guess has no b in it.": _slopes(error=lambda w, b, x, y: w * x - y),
         "The answers y play no part.": _slopes(error=lambda w, b, x, y: w * x + b),
         "The error is squared once more: the slope of a square has the error itself.":
            _slopes(error=lambda w, b, x, y: (w * x + b - y).square())},
        form="Return two numbers: the slope for w, then the slope for b. Take the mean over the "
             "examples.")


OTHER_LOSSES = {
    "The scores go through a softmax before F.cross_entropy, which makes one itself.":
        lambda scores, labels: F.cross_entropy(scores.softmax(dim=1), labels),
    "The step goes up, not down: a sign is turned.":
        lambda scores, labels: -F.cross_entropy(scores, labels),
    "The step is that of the sum over the batch: take the mean loss.":
        lambda scores, labels: F.cross_entropy(scores, labels, reduction="sum"),
    "The step is twice as large as it should be: one backward, one step.":
        lambda scores, labels: 2 * F.cross_entropy(scores, labels),
    "This is a step of the squared error, not of F.cross_entropy.":
        lambda scores, labels: F.mse_loss(scores, F.one_hot(labels, 3).to(scores)),
}


@checker("P2.2")
def check_train_step(train_step):
    """Loss, slopes, step, and nothing left over: this is the loop of the whole course."""
    network, left = nn.Linear(2, 3), 0
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    for _ in range(2):
        pictures, labels = torch.randn(6, 2), torch.randint(3, (6,))

        def slope(loss, pictures=pictures, labels=labels):
            return torch.autograd.grad(loss(network(pictures), labels), network.weight)[0]

        right, loss = slope(F.cross_entropy), F.cross_entropy(network(pictures), labels).item()
        faults = {sentence: slope(other) for sentence, other in OTHER_LOSSES.items()}
        before = network.weight.detach().clone()
        said = call(train_step, network, optimizer, pictures, labels)
        yield network.weight.dtype != before.dtype, "Your answer changes the type of the weights."
        step = (before - network.weight.detach()) / 0.5
        after = F.cross_entropy(network(pictures), labels).item()
        yield not step.any(), "The weights stay as they are. Zero_grad, backward, step: all there?"
        yield like(step, right + left) and not like(step, right), (
            "The second step still carries the slopes of the first: zero_grad is missing.")
        for sentence, wrong in faults.items():
            yield like(step, wrong), sentence
        yield not like(step, right), (
            f"A step, but not that of F.cross_entropy: the first weight should go down by "
            f"{right[0, 0] / 2:.3g}, yours does by {step[0, 0] / 2:.3g}.")
        yield not isinstance(said, float), (
            f"The step is right. Return the loss as a plain number, {loss:.3f} here, not "
            f"{a_type(said)}: loss.item().")
        yield abs(said - after) < 1e-4 < abs(said - loss), (
            "The step is right. Return the loss from before the change; yours is from after it.")
        yield abs(said - loss) > 1e-4, (
            f"The step is right. Return the loss, {loss:.3f} here; yours is {said:.3f}.")
        left = right
