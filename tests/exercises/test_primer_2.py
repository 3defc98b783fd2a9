"""Typical right and wrong answers to the exercises of primer 2, and the word that tells why."""

import pytest
import torch
from torch.nn import functional as F

from exercises import primer_2


def error(w, b, x, y):
    return w * x + b - y


def by_autograd(w, b, x, y):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    error(w, b, x, y).pow(2).mean().backward()
    return w.grad, b.grad


@pytest.mark.parametrize(("answer", "word"), [
    (lambda *f: ((2 * error(*f) * f[2]).mean(), 2 * error(*f).mean()), "Right."),
    (lambda *f: [2 * (error(*f) @ f[2]).item() / 3, 2 * error(*f).mean().item()], "Right."),
    (lambda *f: torch.stack([(2 * error(*f) * f[2]).mean(), 2 * error(*f).mean()]), "Right."),
    (by_autograd, "Right."),
    (lambda *f: ((error(*f) * f[2]).mean(), error(*f).mean()), "factor 2"),
    (lambda *f: ((2 * error(*f) * f[2]).sum(), (2 * error(*f)).sum()), "sum over the examples"),
    (lambda *f: ((-2 * error(*f) * f[2]).mean(), (-2 * error(*f)).mean()), "signs are turned"),
    (lambda *f: ((2 * error(*f)).mean(), (2 * error(*f)).mean()), "beside w"),
    (lambda *f: (2 * error(*f) * f[2], 2 * error(*f)), "a slope for each example"),
    (lambda *f: (2 * error(*f)).mean(), "stopped with"),
    (lambda *f: (1.0, 2.0, 3.0), "Return two numbers"),
    (lambda *f: (2 * error(*f).mean(), (2 * error(*f) * f[2]).mean()), "the slopes are"),
])
def test_slopes(answer, word, verdict):
    assert word in verdict(primer_2.check_slopes, answer)


def step(*order, loss=F.cross_entropy, returned=lambda loss: loss.item()):
    """A training step that calls these in this order"""
    def answer(network, optimizer, pictures, labels):
        value = loss(network(pictures), labels)
        calls = {"zero": optimizer.zero_grad, "back": value.backward, "step": optimizer.step}
        for name in order:
            calls[name]()
        return returned(value)
    return answer


def with_gradients(network, optimizer, pictures, labels):
    loss = torch.nn.CrossEntropyLoss()(network(pictures), labels)
    for weight, slope in zip(network.parameters(),
                             torch.autograd.grad(loss, list(network.parameters()))):
        weight.grad = slope
    optimizer.step()
    return float(loss.detach())


@pytest.mark.parametrize(("answer", "word"), [
    (step("zero", "back", "step"), "Right."),
    (step("back", "step", "zero"), "Right."),
    (with_gradients, "Right."),
    (step("back", "step"), "zero_grad is missing"),
    (step("zero", "back"), "stay as they are"),
    (step("zero", "step"), "stay as they are"),
    (step("back", "zero", "step"), "stay as they are"),
    (step(), "stay as they are"),
    (step("zero", "back", "step", loss=lambda s, y: F.cross_entropy(s.softmax(1), y)), "softmax"),
    (step("zero", "back", "step", loss=lambda s, y: -F.cross_entropy(s, y)), "sign"),
    (step("zero", "back", "step", returned=lambda loss: loss), "a plain number"),
    (step("zero", "back", "step", returned=lambda loss: None), "a plain number"),
    (step("zero", "back", "step", returned=lambda loss: 0.0), "a plain number"),
])
def test_train_step(answer, word, verdict):
    assert word in verdict(primer_2.check_train_step, answer)
