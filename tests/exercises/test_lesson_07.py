"""Right and wrong answers to the exercises of lesson 07, and the words that tell why."""

import ast

import lessons
import numpy as np
import pytest
import torch
import tried
from torch.nn import functional as F

from exercises import lesson_07


def discounted(rewards, gamma):
    return [sum(gamma**k * reward for k, reward in enumerate(rewards[t:]))
            for t in range(len(rewards))]


def backwards(rewards, gamma):
    returns, after = [], 0.0
    for reward in reversed(rewards):
        after = reward + gamma * after
        returns.insert(0, after)
    return returns


def by_powers(rewards, gamma):
    step = torch.arange(len(rewards))
    weight = (gamma ** (step - step[:, None]).float()).triu()
    return weight @ torch.tensor(rewards)


def recursive(rewards, gamma):
    rest = recursive(rewards[1:], gamma) if len(rewards) > 1 else []
    return (rewards[0] + gamma * (rest[0] if rest else 0), *rest)


def by_generator(rewards, gamma):
    for t in range(len(rewards)):
        yield np.polyval(rewards[t:][::-1], gamma)


def of_what_came_before(rewards, gamma):
    return [sum(gamma ** (t - k) * rewards[k] for k in range(t + 1)) for t in range(len(rewards))]


def used_up(rewards, gamma):
    returns = [0.0]
    while rewards:
        returns.insert(0, rewards.pop() + gamma * returns[0])
    return returns[:-1]


def without_an_end(rewards, gamma):
    while True:
        yield gamma


def loss(first=lambda p, r, v: -((r - v).detach() * p).mean(), weight=0.5,
         second=lambda r, v: (r - v).pow(2).mean()):
    """The two parts of the loss, each by its own rules."""
    return lambda p, r, v: first(p, r, v) + weight * second(r, v)


def step_by_step(log_probability, returns, value):
    total = 0
    for p, r, v in zip(log_probability, returns, value):
        total = total - (r - v.item()) * p + (r - v) ** 2 / 2
    return total / len(returns)


TRIED = {
    "check_discounted": tried.Tried(
        [discounted, backwards, by_powers, recursive, by_generator,
         lambda rewards, gamma: np.array(discounted(rewards, gamma)),
         lambda rewards, gamma: [torch.tensor(value) for value in discounted(rewards, gamma)]],
        [(lambda rewards, gamma: discounted(rewards, gamma)[::-1], "wrong order"),
         (lambda rewards, gamma: discounted([*rewards[1:], 0], gamma), "own reward belongs"),
         (lambda rewards, gamma: [gamma * value for value in discounted(rewards, gamma)],
          "own reward is not discounted"),
         (lambda rewards, gamma: discounted(rewards, 1), "once for each step"),
         (of_what_came_before, "what came before"),
         (lambda rewards, gamma: [a + gamma * b for a, b in zip(rewards, [*rewards[1:], 0])],
          "Only the next step's"),
         (lambda rewards, gamma: discounted(rewards, gamma)[:1], "has the shape (1,); it should"),
         (lambda rewards, gamma: rewards, "the rewards, not the returns"),
         (lambda rewards, gamma: [gamma**t * value for t, value in enumerate(
             discounted(rewards, gamma))], "start of the episode"),
         (lambda rewards, gamma: discounted(rewards, gamma**2), "place [0] should be 0.75; yours"),
         (lambda rewards, gamma: sum(rewards), "Each step has a return"),
         (used_up, "changes rewards, which it is given"),
         (lambda rewards, gamma: str(rewards), "gives a str"),
         (lambda rewards, gamma: rewards[10], "stopped with IndexError")]),
    "check_mended": tried.Tried(
        [loss(), loss(lambda p, r, v: ((v - r).detach() * p).mean()), step_by_step,
         loss(weight=1), loss(second=lambda r, v: F.mse_loss(v, r, reduction="sum")),
         lambda p, r, v: loss()(p.double(), r.double(), v.double()),
         loss(lambda p, r, v: -torch.dot(r - v.detach(), p) / len(p), 0.25)],
        [(lambda p, r, v: ((r - v) * p).mean() + (r - v).pow(2).mean() / 2, "avoids the cow"),
         (loss(lambda p, r, v: ((r - v).detach() * p).mean()), "avoids the cow"),
         (loss(lambda p, r, v: -((r - v) * p).mean()), "taught by the first"),
         (loss(lambda p, r, v: -((r - v) * p).mean(), 1), "taught by the first"),
         (lambda p, r, v: -((r - v) * p).mean(), "taught by the first"),
         (lambda p, r, v: -((r - v.detach()) * p).mean(), "No slope gets through to value"),
         (lambda p, r, v: -(r * p).mean() + (r - v).pow(2).mean() / 2, "surprise is missing"),
         (lambda p, r, v: (r - v).pow(2).mean() / 2, "No slope gets through to log_probability"),
         (loss(lambda p, r, v: -((r - v).detach() * p).sum()), "sum over the actions"),
         (loss(weight=-0.5), "moves away"),
         (loss(second=lambda r, v: (r - v).abs().mean()), "or a multiple, [-0.125"),
         (loss(lambda p, r, v: -((r - v).detach() * p.exp()).mean()), "its slopes here are"),
         (lambda p, r, v: -((r - v).detach() * p) + (r - v).pow(2) / 2, "A loss is one number"),
         (lambda p, r, v: loss()(p, r, v).item(), "gives a float"),
         (tried.detached(loss()), "cut off"), (tried.in_place(loss()), "changes first")]),
}
test_answer = tried.a_test(lesson_07, TRIED)


def test_an_answer_without_an_end_is_stopped(verdict, monkeypatch):
    monkeypatch.setattr("exercises.SECONDS", 0.2)
    assert "did not come to an end" in verdict(lesson_07.check_discounted, without_an_end)


@pytest.mark.parametrize(("question", "answer", "word"), [
    ("a car predicts the next picture of its camera", "reinforcement", "one picture later"),
    ("a network learns from X-rays that doctors have marked", "self-supervised", "a person"),
])
def test_a_wrong_way_has_its_reason(question, answer, word, verdict):
    (right,) = [ast.literal_eval(solution.removeprefix("answers = "))
                for solution in lessons.solutions("07") if question in solution]
    assert word in verdict(lesson_07.check_ways, right | {question: answer})
