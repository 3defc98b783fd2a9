"""Checkers of lesson 07."""

import torch

from exercises import call, checker, choices


@checker
def check_discounted(discounted):
    """Each step is worth its own reward and all that came after it, the later the less."""
    rewards, gamma, right = [0.0, 1.0, 0.0, 2.0], 0.5, [0.75, 1.5, 1.0, 2.0]
    given = [round(float(value), 4) for value in call(discounted, list(rewards), gamma)]
    yield len(given) != len(rewards), f"Four rewards have four returns, not {len(given)}."
    yield given == right[::-1], (
        "The returns come in the wrong order: the first one is that of the first step.")
    yield given[3] == 0, "A step's own reward belongs to its return as well."
    yield given[0] == 3, (
        "A later reward counts less: multiply by gamma once for each step in between.")
    yield given == [0.0, 1.0, 0.5, 2.25], (
        "This adds up what came before. A step is worth what comes after it: go backwards.")
    yield given != right, (
        f"For the rewards {rewards} and gamma {gamma} the returns are {right}, not {given}.")


@checker
def check_mended(loss):
    """What went better than expected becomes more probable, and only its error moves the value."""
    log_probability = torch.tensor([-1.0, -2.0], requires_grad=True)
    value = torch.tensor([0.5, 0.25], requires_grad=True)
    result = call(loss, log_probability, torch.tensor([1.0, 0.0]), value)
    yield result.dim(), "A loss is one number: take the mean."
    result.backward()
    slope, right = log_probability.grad, torch.tensor([-0.25, 0.125])
    yield slope is None or not slope.any(), (
        "The probability of the actions makes no difference to this loss.")
    yield slope[0] > 0, ("The loss falls when the better action becomes less probable: the agent "
                         "still avoids the cow.")
    yield not torch.allclose(slope, right), (
        "The first part is the mean of surprise times log-probability, with its sign turned.")
    yield value.grad is None, (
        "The value learns nothing any more: only the first part should leave it alone.")
    yield not torch.allclose(value.grad, right), (
        "The value is still taught by the first part: there, the surprise is a number, not "
        "something to change.")


check_ways = choices({
    "a program plays chess against itself, and learns from who won":
        ("reinforcement", "its own games are the data, and all it is told is a score"),
    "a network is shown half of each sentence, and asked for the other half":
        ("self-supervised", "the answer is a part of the data that was hidden"),
    "customers are put into five groups by what they buy":
        ("unsupervised", "nobody has an answer, and nothing is hidden to be guessed"),
    "a network learns from X-rays that doctors have marked":
        ("supervised", "a person wrote the answer to each"),
    "a car predicts the next picture of its camera":
        ("self-supervised", "the world writes the answer, one picture later"),
    "a robot tries grips, and gets a point for each cup that it lifts":
        ("reinforcement", "it makes its data by trying, and a point doesn't say what was right"),
}, "Ask where the data come from, and who wrote the answer.")
