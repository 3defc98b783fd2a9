"""Checkers of lesson 10."""

import math

import torch
from torch.nn import functional as F

from exercises import call, checker, choices, shape


@checker
def check_half_life(half_life):
    """The nearer to 1, the older the teacher: at 0.9 it forgets in seven steps, at 0.996 in 173."""
    momenta = 0.5, 0.9, 0.99, 0.996
    given = [float(call(half_life, momentum)) for momentum in momenta]
    right = [math.log(0.5) / math.log(momentum) for momentum in momenta]

    def all_near(others) -> bool:
        return all(math.isclose(one, other, rel_tol=1e-3) for one, other in zip(given, others))

    yield all_near(map(math.ceil, right)) or all_near(map(round, right)), (
        "Rounded: leave it as it is, it need not be a whole number of steps.")
    yield all_near([1 / (1 - momentum) for momentum in momenta]), (
        "That is the mean age of what it is made of, 1 / (1 - m). Asked for is when half is newer.")
    yield all_near([0.5 / (1 - momentum) for momentum in momenta]), (
        "You add up what comes in, step by step, as if nothing of it went out again: what is left "
        "after k steps is m to the power k.")
    yield all_near([1 / one for one in right]), "Turned round: is it the log of m over that of 0.5?"
    yield all_near([-one for one in right]), "Both logarithms are negative: does a sign get lost?"
    yield not all_near(right), (
        f"At momentum 0.9 half is newer after {right[1]:.2f} steps; yours says {given[1]:.4g}.")


@checker
def check_mended(loss):
    """The features hold still, and only what was hidden is asked for."""
    guess, features = torch.randn(2, 6, 8, 12)
    hidden = torch.rand(6, 8) < 0.6
    hidden[0, 0], hidden[0, 1] = True, False
    target = F.layer_norm(features, (12,))
    square = (guess - target).pow(2)
    right = square[hidden].mean()
    guess.requires_grad_(), features.requires_grad_()
    value = call(loss, guess, features, hidden.clone())
    yield shape(value) != (), f"A loss is one number in a tensor; yours is {shape(value)}."
    yield torch.isclose(value, square.mean()), (
        "What was visible still counts: choose the rows where hidden is True.")
    yield torch.isclose(value, square[~hidden].mean()), "Those are the visible ones."
    yield torch.isclose(value, (square * hidden[..., None]).mean()), (
        "Divide by the number of hidden values, not by the number of all.")
    yield torch.isclose(value, (guess - features)[hidden].pow(2).mean()), (
        "The layer norm is gone: it was right as it was.")
    yield torch.isclose(value, (guess - target)[hidden].abs().mean()), "The distance is squared."
    yield not torch.isclose(value, right, atol=1e-4), (
        f"For random numbers it should be {float(right):.3f}; yours says {value.item():.3f}.")
    yield not value.requires_grad, "No gradient at all comes through: hold only the features still."
    value.backward()
    yield features.grad is not None and features.grad.abs().sum() > 0, (
        "The features still move towards the guess: a detach is missing.")
    yield guess.grad is None or not guess.grad.abs().sum(), (
        "The guess holds still, and nothing is learned: you have detached the wrong one.")


@checker
def check_cure(cure, short_run):
    """Better than without. Now say which sentence about the codes your rule makes impossible."""
    z = torch.randn(32, 64, 64)
    same, note = z[:1].expand(32, -1, -1), z[:, :1].expand(-1, 64, -1)
    value = call(cure, z.clone())
    yield shape(value) != (), f"A cure is one number in a tensor; yours is {shape(value)}."
    alike = call(cure, same.clone().requires_grad_())
    yield not alike.requires_grad, "No gradient comes through your number: it can't cure anything."
    yield not alike > value, (
        "When all drawings have equal codes, your number should be larger than when they differ. "
        f"It is {alike.item():.3g} then, and {value.item():.3g} for random codes.")
    yield call(cure, note.clone()) - value < 0.1 * (alike - value), (
        "When a drawing has one code at all its places, your number should be larger: such a code "
        "says which drawing it is, and any visible patch gives that away.")
    plain, cured = short_run(lambda z: 0 * z.sum()), short_run(cure)
    yield cured < plain - 0.005, (
        f"It does harm: {cured:.3f} of the unseen drawings are recognised, without it {plain:.3f}. "
        "Is it too strong?")
    yield cured <= plain + 0.005, (
        f"No gain: {cured:.3f} of the unseen drawings are recognised, without it {plain:.3f}. Is "
        "it too weak, or do the codes of a place still agree?")


check_map = choices({
    "a picture has to find its caption among 32,768 captions":
        ("strangers", "the same answer for all finds no caption"),
    "guess the word that was hidden":
        ("data", "words are what they are, the network can't make them equal"),
    "the mean answer of the slow twin is taken away, then its answers are sharpened":
        ("asymmetry", "only the slow twin's answers are treated so, and the fast one learns them"),
    "all correlations between two numbers of the embedding shall be 0":
        ("numbers", "it speaks of the numbers of the embedding, not of pairs of pictures"),
    "k-means names the pictures, the network learns the names, no cluster may be empty":
        ("shares", "one name for all would leave the other clusters empty"),
    "guess what a slow twin makes of the hidden part of a film":
        ("asymmetry", "features can become equal; a predictor and a slow twin stand against it"),
}, "Two questions, and every paper has its place.")
