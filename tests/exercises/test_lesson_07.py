"""Typical wrong answers to the exercises of lesson 07, and the word that tells why."""

import ast

import lessons
import pytest

from exercises import lesson_07


def discounted(rewards, gamma):
    return [sum(gamma**k * reward for k, reward in enumerate(rewards[t:]))
            for t in range(len(rewards))]


def of_what_came_before(rewards, gamma):
    return [sum(gamma ** (t - k) * rewards[k] for k in range(t + 1)) for t in range(len(rewards))]


@pytest.mark.parametrize(("answer", "word"), [
    (discounted, "Right."),
    (lambda rewards, gamma: discounted(rewards, gamma)[::-1], "wrong order"),
    (lambda rewards, gamma: discounted([*rewards[1:], 0], gamma), "own reward"),
    (lambda rewards, gamma: discounted(rewards, 1), "once for each step"),
    (of_what_came_before, "what came before"),
    (lambda rewards, gamma: discounted(rewards, gamma)[:1], "not 1"),
    (lambda rewards, gamma: rewards, "the returns are"),
])
def test_returns(answer, word, verdict):
    assert word in verdict(lesson_07.check_discounted, answer)


@pytest.mark.parametrize(("answer", "word"), [
    (lambda p, r, v: -((r - v).detach() * p).mean() + (r - v).pow(2).mean() / 2, "Right."),
    (lambda p, r, v: ((v - r).detach() * p).mean() + (v - r).pow(2).mean() / 2, "Right."),
    (lambda p, r, v: ((r - v) * p).mean() + (r - v).pow(2).mean() / 2, "avoids the cow"),
    (lambda p, r, v: ((r - v).detach() * p).mean() + (r - v).pow(2).mean() / 2, "avoids the cow"),
    (lambda p, r, v: -((r - v) * p).mean() + (r - v).pow(2).mean() / 2, "taught by the first"),
    (lambda p, r, v: -((r - v.detach()) * p).mean(), "learns nothing"),
    (lambda p, r, v: -(r * p).mean() + (r - v).pow(2).mean() / 2, "surprise times"),
    (lambda p, r, v: (r - v).pow(2).mean() / 2, "no difference"),
    (lambda p, r, v: -((r - v).detach() * p) + (r - v).pow(2) / 2, "one number"),
])
def test_mended_loss(answer, word, verdict):
    assert word in verdict(lesson_07.check_mended, answer)


@pytest.mark.parametrize(("question", "answer", "word"), [
    ("a car predicts the next picture of its camera", "reinforcement", "one picture later"),
    ("a network learns from X-rays that doctors have marked", "self-supervised", "a person"),
])
def test_a_wrong_way_has_its_reason(question, answer, word, verdict):
    (right,) = [ast.literal_eval(solution.removeprefix("answers = "))
                for solution in lessons.solutions("07") if question in solution]
    assert word in verdict(lesson_07.check_ways, right | {question: answer})
