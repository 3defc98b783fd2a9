"""Checkers of primer 2."""

import torch
from torch import nn
from torch.nn import functional as F

from exercises import call, checker, choices

check_door = choices({
    "a loss that grows has the slope (positive, negative)": ("positive", "slope is growth"),
    "a step against the slope makes the loss (lower, higher)": ("lower", "along it, it grows"),
    "without ReLU, layers draw this border (line, any)": ("line", "a line of a line is a line"),
    "call it, or the slopes pile up (zero_grad, eval)": ("zero_grad", "backward only adds"),
    "right on training pictures only (overfitting, underfitting)": ("overfitting", "see part 6"),
}, "All five. You may go on to primer 3.")


@checker
def check_slopes(slopes):
    """Gradient descent on a line needs no more than these two."""
    x, y = torch.tensor([0.5, 1.0, 3.0]), torch.tensor([2.0, -1.0, 0.5])
    error = 0.7 * x - 0.2 - y
    right = torch.stack([(2 * error * x).mean(), (2 * error).mean()])
    given = call(slopes, 0.7, -0.2, x.clone(), y.clone())
    yield len(given) != 2, "Return two numbers: the slope for w, then the slope for b."
    given = torch.stack([torch.as_tensor(value).float() for value in given])
    yield given.ndim > 1, "There is a slope for each example. Take the mean over the examples."
    for wrong, why in (
            (-right, "The signs are turned round: the error is the guess minus the answer."),
            (right / 2, "Half of it: the slope of a square has a factor 2."),
            (3 * right, "This is the sum over the examples. The loss is a mean, so take the mean."),
            (right[[1, 1]], "What stands beside w in the guess? That factor is missing.")):
        yield torch.allclose(given, wrong, atol=1e-4), why
    yield not torch.allclose(given, right, atol=1e-4), (
        f"For the examples of the check the slopes are {right.tolist()}, not {given.tolist()}.")


@checker
def check_train_step(train_step):
    """Loss, slopes, step, and nothing left over: this is the loop of the whole course."""
    network, left = nn.Linear(2, 3, bias=False), 0
    optimizer = torch.optim.SGD(network.parameters(), lr=1)
    for _ in range(2):
        pictures, labels = torch.randn(6, 2), torch.arange(6) % 3
        before, loss = network.weight.detach().clone(), F.cross_entropy(network(pictures), labels)
        slope, = torch.autograd.grad(loss, network.weight)
        said = train_step(network, optimizer, pictures.clone(), labels.clone())
        step = before - network.weight.detach()
        if said is None and not step.any():
            raise NotImplementedError
        yield not step.any(), "The weights stay as they are. Zero_grad, backward, step: all there?"
        yield not torch.allclose(step, slope, atol=1e-4), (
            "The second step still carries the slopes of the first: zero_grad is missing."
            if torch.allclose(step, slope + left, atol=1e-4) else
            "A step, but not that of F.cross_entropy. Is there a softmax or a sign too many?")
        yield not isinstance(said, float) or abs(said - loss.item()) > 1e-4, (
            f"The step is right. Return the loss as a plain number, {loss:.3f} here: loss.item().")
        left = slope
