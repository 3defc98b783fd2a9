"""Checkers of lesson 06."""

import torch

from exercises import call, checker, choices, shape


@checker
def check_annealed(annealed):
    """The mean of the colours, after the probabilities were sharpened. A cold one picks."""
    p = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    bins = torch.tensor([[0.0, 0.0], [60.0, 0.0], [0.0, 60.0]])
    warm = call(annealed, p.clone(), bins.clone(), 1.0)
    yield shape(warm) != (2, 2), f"Two pixels and (a, b) make the shape (2, 2), not {shape(warm)}."
    yield not torch.allclose(warm, p @ bins, atol=1e-3), (
        "At temperature 1 it should be the mean of the colours, each weighted by its probability. "
        "Do the weights of each pixel add up to 1?")
    cold = call(annealed, p.clone(), bins.clone(), 0.05)
    yield torch.allclose(cold, warm, atol=1e-3), "The temperature changes nothing."
    yield torch.allclose(cold, p.pow(20) @ bins, atol=1e-3), (
        "After p is raised to a power its sum is no longer 1: divide by the sum.")
    yield not torch.allclose(cold, bins[[0, 2]], atol=1.0), (
        "At temperature 0.05 only the most probable colour should be left. A low temperature "
        "sharpens: the power is 1 / temperature.")


@checker
def check_mended(loss):
    """Only what was hidden is asked for: copying what one sees is no achievement."""
    patches, hidden = torch.rand(4, 64, 48), torch.arange(64).expand(4, 64) % 3 == 0
    guesses = patches + 0.1, patches + 0.1 + ~hidden[..., None]  # worse where nothing is hidden
    value, same = (call(loss, guess, patches.clone(), hidden.clone()) for guess in guesses)
    yield value.dim(), "A loss is one number: take the mean."
    yield not torch.isclose(value, same, atol=1e-5), (
        "Patches that were seen still count: choose the rows where hidden is True.")
    yield torch.isclose(value, hidden.float().mean() * 0.01, atol=1e-4), (
        "Divide by the number of hidden values, not by the number of all.")
    yield not torch.isclose(value, torch.tensor(0.01), atol=1e-4), (
        f"With an error of 0.1 everywhere the loss should be 0.01, not {float(value):.4g}.")


check_wishes = choices({
    "the lowest squared error, summed over all pictures":
        ("mean", "no other single answer has a lower expected squared error"),
    "strong colours, the same ones each time":
        ("mode", "the most probable answer is bold, and always the same"),
    "another picture each time, as probable as in the data":
        ("sample", "only drawing at random shows all answers, as often as they occur"),
}, "Each wish has its answer, and none has them all.")
