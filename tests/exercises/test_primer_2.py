"""Right and wrong answers to the exercises of primer 2, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import primer_2


def error(w, b, x, y):
    return w * x + b - y


def by_autograd(w, b, x, y):
    w, b = torch.tensor(w, requires_grad=True), torch.tensor(b, requires_grad=True)
    error(w, b, x, y).pow(2).mean().backward()
    return w.grad, b.grad


def by_loop(w, b, x, y):
    examples = list(zip(x.tolist(), y.tolist()))
    errors = [2 * (w * x + b - y) / len(examples) for x, y in examples]
    return [sum(e * x for e, (x, _) in zip(errors, examples)), sum(errors)]


def by_numpy(w, b, x, y):
    return np.stack([x.numpy(), np.ones(len(x))]) @ (2 * error(w, b, x, y).numpy()) / len(x)


def by_difference(w, b, x, y):
    """The slopes as the growth over a small step, in double precision."""
    def loss(w, b):
        return error(w, b, x.double(), y.double()).square().mean()
    return ((loss(w + 1e-5, b) - loss(w, b)) / 1e-5, (loss(w, b + 1e-5) - loss(w, b)) / 1e-5)


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


def by_hand(network, optimizer, pictures, labels):
    """Without the optimizer: its learning rate is all that is asked of it."""
    network.zero_grad()
    loss = F.nll_loss(network(pictures).log_softmax(dim=1), labels)
    loss.backward()
    with torch.no_grad():
        for weight in network.parameters():
            weight -= optimizer.param_groups[0]["lr"] * weight.grad
    return loss.tolist()


def of_the_change(network, optimizer, pictures, labels):
    step("zero", "back", "step")(network, optimizer, pictures, labels)
    return F.cross_entropy(network(pictures), labels).item()


ALL = "zero", "back", "step"
TRIED = {
    "check_slopes": tried.Tried(
        [lambda *f: ((2 * error(*f) * f[2]).mean(), 2 * error(*f).mean()), by_autograd, by_loop,
         lambda *f: [2 * (error(*f) @ f[2]).item() / len(f[2]), 2 * error(*f).mean().item()],
         lambda *f: torch.stack([(2 * error(*f) * f[2]).mean(), 2 * error(*f).mean()]), by_numpy,
         by_difference],
        [(lambda *f: ((error(*f) * f[2]).mean(), error(*f).mean()), "factor 2"),
         (lambda *f: ((2 * error(*f) * f[2]).sum(), (2 * error(*f)).sum()), "sum over the"),
         (lambda *f: ((-2 * error(*f) * f[2]).mean(), (-2 * error(*f)).mean()), "signs are turned"),
         (lambda *f: ((2 * error(*f)).mean(), (2 * error(*f)).mean()), "beside w"),
         (lambda *f: (2 * error(*f) * f[2], 2 * error(*f)), "mean over the examples"),
         (lambda *f: (2 * error(*f)).mean(), "Return two numbers"),
         (lambda *f: (1.0, 2.0, 3.0), "Return two numbers"),
         (lambda *f: (2 * error(*f).mean(), (2 * error(*f) * f[2]).mean()), "changed places"),
         (lambda w, b, x, y: ((2 * (w * x - y) * x).mean(), 2 * (w * x - y).mean()), "no b in it"),
         (lambda w, b, x, y: ((2 * (w * x + b) * x).mean(), 2 * (w * x + b).mean()), "answers y"),
         (lambda *f: ((2 * error(*f) * f[2]).mean(),) * 2, "for b, too"),
         (lambda *f: ((error(*f) * f[2]).mean(), 2 * error(*f).mean()), "place [0] should be"),
         (lambda w, b, x, y: x.sub_(y), "changes x"), (lambda *f: "steep", "gives a str")]),
    "check_train_step": tried.Tried(
        [step(*ALL), step("back", "step", "zero"), with_gradients, by_hand,
         step(*ALL, loss=lambda s, y: F.nll_loss(F.log_softmax(s, 1), y), returned=float)],
        [(step("back", "step"), "zero_grad is missing"), (step("zero", "back"), "stay as they"),
         (step("zero", "step"), "stay as they"), (step("back", "zero", "step"), "stay as they"),
         (step(), "stay as they are"), (step(*ALL, "step"), "twice as large"),
         (step(*ALL, loss=lambda s, y: F.cross_entropy(s.softmax(1), y)), "go through a softmax"),
         (step(*ALL, loss=lambda s, y: -F.cross_entropy(s, y)), "a sign is turned"),
         (step(*ALL, loss=lambda s, y: F.cross_entropy(s, y, reduction="sum")), "of the sum"),
         (step(*ALL, loss=lambda s, y: F.mse_loss(s, F.one_hot(y, 3).float())), "squared error"),
         (step(*ALL, loss=lambda s, y: 3 * F.cross_entropy(s, y)), "A step, but not that of"),
         (step(*ALL, returned=lambda loss: loss), "not a Tensor: loss.item()"),
         (step(*ALL, returned=lambda loss: None), "gives nothing back"),
         (step(*ALL, returned=lambda loss: 0.0), "yours is 0.000"),
         (of_the_change, "yours is from after it"),
         (lambda *facts: step(*ALL)(*facts[:2], facts[2].mul_(2), facts[3]), "changes")]),
}
test_answer = tried.a_test(primer_2, TRIED)
