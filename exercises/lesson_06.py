"""Checkers of lesson 06."""

import torch

from exercises import call, checker, wrong_choice


@checker
def check_annealed(annealed):
    """The mean of the colours, after the probabilities were sharpened. A cold one picks."""
    p = torch.tensor([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    bins = torch.tensor([[0.0, 0.0], [60.0, 0.0], [0.0, 60.0]])
    given = call(annealed, p.clone(), bins.clone(), 1.0)
    if tuple(given.shape) != (2, 2):
        return f"Two pixels and (a, b) make the shape (2, 2), not {tuple(given.shape)}."
    if not torch.allclose(given, p @ bins, atol=1e-3):
        return ("At temperature 1 it should be the mean of the colours, each weighted by its "
                "probability. Do the weights of each pixel add up to 1?")
    cold = call(annealed, p.clone(), bins.clone(), 0.05)
    if torch.allclose(cold, given, atol=1e-3):
        return "The temperature changes nothing."
    if not torch.allclose(cold, bins[[0, 2]], atol=1.0):
        sharp = p.pow(20)
        if torch.allclose(cold, sharp @ bins, atol=1e-3):
            return "After p is raised to a power its sum is no longer 1: divide by the sum."
        return ("At temperature 0.05 only the most probable colour should be left. A low "
                "temperature sharpens: the power is 1 / temperature.")
    return None


@checker
def check_mended(loss):
    """Only what was hidden is asked for: copying what one sees is no achievement."""
    torch.manual_seed(0)
    patches, hidden = torch.rand(4, 64, 48), torch.zeros(4, 64, dtype=torch.bool)
    hidden[:, ::3] = True
    guess = patches + 0.1
    wrong_where_seen = torch.where(hidden[..., None], guess, guess + 1)
    value, same = (call(loss, g, patches, hidden) for g in (guess, wrong_where_seen))
    if torch.as_tensor(value).dim():
        return "A loss is one number: take the mean."
    if not torch.isclose(value, same, atol=1e-5):
        return "Patches that were seen still count: choose the rows where hidden is True."
    if not torch.isclose(value, torch.tensor(0.01), atol=1e-4):
        if torch.isclose(value, hidden.float().mean() * 0.01, atol=1e-4):
            return "Divide by the number of hidden values, not by the number of all."
        return f"With an error of 0.1 everywhere the loss should be 0.01, not {float(value):.4g}."
    return None


@checker
def check_wishes(answers):
    """Each wish has its answer, and none has them all."""
    return wrong_choice(answers, {
        "the lowest squared error, summed over all pictures":
            ("mean", "no other single answer has a lower expected squared error"),
        "strong colours, the same ones each time":
            ("mode", "the most probable answer is bold, and always the same"),
        "another picture each time, as probable as in the data":
            ("sample", "only drawing at random shows all answers, as often as they occur"),
    })
