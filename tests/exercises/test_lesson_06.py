"""Right and wrong answers to the exercises of lesson 06, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_06


def annealed(p, bins, temperature):
    sharp = p.pow(1 / temperature)
    return sharp / sharp.sum(dim=1, keepdim=True) @ bins


def pixel_by_pixel(p, bins, temperature):
    colours = []
    for row in p.tolist():
        weights = [value ** (1 / temperature) for value in row]
        colours.append([sum(w * c for w, c in zip(weights, channel)) / sum(weights)
                        for channel in bins.T.tolist()])
    return colours


def by_numpy(p, bins, temperature):
    sharp = p.numpy().astype(np.float64) ** (1 / temperature)
    return (sharp / sharp.sum(1, keepdims=True)) @ bins.numpy()


def square(guess, patches, hidden):
    return (guess - patches).pow(2)


def patch_by_patch(guess, patches, hidden):
    errors = [F.mse_loss(guess[n, i], patches[n, i]) for n, i in hidden.nonzero().tolist()]
    return torch.stack(errors).mean()


def in_place(guess, patches, hidden):
    guess[~hidden] = patches[~hidden]
    return (guess - patches).pow(2).sum() / hidden.sum() / 48


TRIED = {
    "check_annealed": tried.Tried(
        [annealed, pixel_by_pixel, by_numpy,
         lambda p, bins, t: annealed(p.double(), bins.double(), t),
         lambda p, bins, t: (p.log() / t).softmax(dim=1) @ bins,
         lambda p, bins, t: torch.einsum("nq,qc->nc", F.normalize(p ** (1 / t), p=1), bins)],
        [(lambda p, bins, t: p @ bins, "changes nothing"),
         (lambda p, bins, t: p.pow(1 / t) @ bins, "divide by the sum"),
         (lambda p, bins, t: (p / t).softmax(dim=1) @ bins, "you use it like scores"),
         (lambda p, bins, t: p.pow(t) / p.pow(t).sum(dim=1, keepdim=True) @ bins, "power is 1 / t"),
         (lambda p, bins, t: bins[p.argmax(dim=1)], "most probable colour"),
         (lambda p, bins, t: p.pow(1 / t) / p.pow(1 / t).sum(dim=0) @ bins, "over the pixels"),
         (lambda p, bins, t: p.pow(1 / t) / p.pow(1 / t).sum() @ bins, "by one sum"),
         (lambda p, bins, t: p / t @ bins, "divides by the temperature"),
         (lambda p, bins, t: annealed(p, bins, t).mean(dim=0), "it should have (2, 2)"),
         (lambda p, bins, t: annealed(p, bins, t).int(), "place [0, 0] should be"),
         (lambda p, bins, t: 0 * p @ bins / 0, "nan"), (tried.in_place(annealed), "changes first"),
         (lambda p, bins, t: bins @ p, "One colour (a, b) for each")]),
    "check_mended": tried.Tried(
        [lambda guess, patches, hidden: (guess - patches)[hidden].pow(2).mean(),
         lambda guess, patches, hidden: F.mse_loss(guess[hidden], patches[hidden]), patch_by_patch,
         lambda *facts: (square(*facts) * facts[2][..., None]).sum() / (48 * facts[2].sum()),
         lambda *facts: square(*facts).mean(dim=2)[facts[2]].double().mean(),
         lambda *facts: torch.einsum("nij,ni->", square(*facts), facts[2].float())
         / facts[2].sum() / 48],
        [(lambda *facts: square(*facts).mean(), "patches that were seen count"),
         (lambda *facts: square(*facts)[~facts[2]].mean(), "ask for the patches that were seen"),
         (lambda *facts: (square(*facts) * facts[2][..., None]).mean(), "number of hidden values"),
         (lambda *facts: square(*facts)[facts[2]].sum(1).mean(), "48 in each hidden patch"),
         (lambda *facts: square(*facts)[facts[2]].sum(), "This is the sum"),
         (lambda *facts: square(*facts).sqrt()[facts[2]].mean(), "mean of |error|"),
         (lambda *facts: square(*facts)[facts[2]].mean().sqrt(), "root of the loss"),
         (lambda guess, patches, hidden: (guess - patches)[hidden].mean(), "with their signs"),
         (lambda *facts: square(*facts)[facts[2]], "it should be one number"),
         (lambda *facts: square(*facts)[facts[2]].mean() / 2, "it should be 0.25; yours is 0.125"),
         (lambda *facts: square(*facts)[facts[2]].mean().item(), "gives a float"),
         (lambda guess, patches, hidden: (guess - patches)[hidden].detach().pow(2).mean(), "cut"),
         (in_place, "changes guess")]),
}
test_answer = tried.a_test(lesson_06, TRIED)
