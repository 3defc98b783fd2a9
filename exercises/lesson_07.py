"""Checkers of lesson 07."""

import torch

from exercises import checker, choices
from exercises.concluding import concluding
from exercises.trying import call, compare, like, shape, slopes


def _discounted(rewards, gamma):
    """The definition, from the end."""
    returns = []
    for reward in reversed(rewards):
        returns.append(reward + gamma * (returns[-1] if returns else 0.0))
    return returns[::-1]


@checker("07.1")
def check_discounted(discounted):
    """Each step is worth its own reward and all that came after it, the later the less."""
    yield from compare(
        discounted,
        {f"the rewards {rewards} and gamma {gamma}": (rewards, gamma) for rewards, gamma in (
            ([0.0, 1.0, 0.0, 2.0], 0.5), ([1.0, -1.0, 4.0], 0.9), ([3.0], 0.8))},
        _discounted,
        {"The returns come in the wrong order: the first one is that of the first step.":
            lambda rewards, gamma: _discounted(rewards, gamma)[::-1],
         "A step's own reward belongs to its return as well.":
            lambda rewards, gamma: _discounted([*rewards[1:], 0.0], gamma),
         "A step's own reward is not discounted: gamma counts for each step after it.":
            lambda rewards, gamma: [gamma * value for value in _discounted(rewards, gamma)],
         "A later reward counts less: multiply by gamma once for each step in between.": (
            lambda rewards, gamma: _discounted(rewards, 1.0),
            lambda rewards, gamma: [rewards[t] + gamma * sum(rewards[t + 1:])
                                    for t in range(len(rewards))]),
         "This adds up what came before. A step is worth what comes after it: go backwards.":
            lambda rewards, gamma: _discounted(rewards[::-1], gamma)[::-1],
         "Only the next step's reward is added: G of the next step holds all later ones.":
            lambda rewards, gamma: [now + gamma * after
                                    for now, after in zip(rewards, [*rewards[1:], 0.0])],
         "This discounts from the start of the episode: a step's own reward counts in full.":
            lambda rewards, gamma: [gamma**t * value
                                    for t, value in enumerate(_discounted(rewards, gamma))],
         "These are the rewards, not the returns.": lambda rewards, gamma: rewards},
        form="Each step has a return.")


@checker("07.2")
def check_mended(loss):
    """What went better than expected becomes more probable, and only its error moves the value."""
    log_probability = torch.tensor([-1.0, -2.0, -0.5, -3.0], requires_grad=True)
    value = torch.tensor([0.5, 0.25, 1.0, -0.5], requires_grad=True)
    returns = torch.tensor([1.0, 0.0, 0.5, 1.0])
    result = call(loss, log_probability, returns, value)
    yield isinstance(result, torch.Tensor) and result.numel() != 1, (
        f"A loss is one number, not of shape {shape(result)}: take the mean.")
    of_actions, of_value = slopes(result, log_probability=log_probability, value=value)
    surprise = (returns - value).detach()
    right, leak = -surprise / 4, log_probability.detach() / 4
    for wrong, sentence in (
            (-right, "The loss falls when the better action becomes less probable: the agent still "
                     "avoids the cow."),
            (-returns / 4, "The surprise is missing: the first part takes the return less the "
                           "value."),
            (returns / 4, "The first part takes the return less the value, with its sign turned."),
            (4 * right, "This is a sum over the actions: take the mean.")):
        yield like(of_actions, wrong), sentence
    yield not like(of_actions, right), (
        "The first part is the mean of surprise times log-probability, with its sign turned: its "
        f"slopes here are {_rounded(right)}; yours are {_rounded(of_actions)}.")
    for some, sentence in (
            (leak, "The value is still taught by the first part: there, the surprise is a number, "
                   "not something to change."),
            (-leak, "The value is taught by the first part, too, and with its sign turned: there, "
                    "the surprise is a number, not something to change.")):
        yield _a_multiple(of_value - some, right) or like(of_value, some), sentence
    yield _a_multiple(of_value, -right), "The value moves away from the returns: turn that sign."
    yield not _a_multiple(of_value, right), (
        "The slopes for the value should be those of the mean squared surprise, or a multiple, "
        f"{_rounded(right)}; yours are {_rounded(of_value)}.")


def _a_multiple(given, wanted) -> bool:
    """Is it a positive multiple? How much the value's error weighs is a free choice."""
    factor = (given @ wanted) / (wanted @ wanted)
    return bool(factor > 1e-3) and like(given / factor, wanted)


def _rounded(numbers) -> list[float]:
    return [round(number, 3) for number in numbers.tolist()]


check_ways = choices("07.3", {
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


check_conclusion = concluding(
    "07.4", "more", "less", lambda bonuses: min(bonuses, key=bonuses.get))
