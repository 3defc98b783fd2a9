"""Linear probes, few-shot accuracy and retrieval: how good are these features?

Asked of any function from pictures to vectors.
"""

from collections.abc import Callable

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn import functional as F

from helpers import scenes, views
from helpers.data import Drawings

SHOTS = [1, 2, 4, 7]


def raw_pixels(pictures: Tensor) -> Tensor:
    """The baseline that knows nothing: (N, 3, H, W) -> (N, 3·H·W)."""
    return pictures.flatten(1)


def label_curve(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], labels: list[int],
                repeats: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Label efficiency: a linear probe's accuracy against the number of labels per class.

    The probe is a logistic regression on frozen, standardised features.

    Args:
        train, test: features (N, dim) float and classes (N,) int64.
        labels: how many labelled examples of each class to draw from `train`.
        repeats: draws at each number; the spread is the standard deviation over them.

    Returns:
        mean and spread, each (len(labels),), of the share of `test` that is named rightly.
    """
    features, classes = train
    accuracy = np.zeros((len(labels), repeats))
    for i, count in enumerate(labels):
        for repeat in range(repeats):
            order = torch.randperm(len(classes))
            rows = torch.cat([order[classes[order] == c][:count] for c in classes.unique()])
            probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
            probe.fit(features[rows].numpy(), classes[rows].numpy())
            accuracy[i, repeat] = probe.score(test[0].numpy(), test[1].numpy())
    return accuracy.mean(axis=1), accuracy.std(axis=1)


def in_the_wild(drawings: Tensor) -> Tensor:
    """What lesson 04's `view` does in training, number for number: (N, 4, H, W) uint8 -> pictures.

    Each drawing stands somewhere before a gradient, three quarters to all as wide, tilted by up to
    15° and tinted by up to 0.3.
    """
    return scenes.compose(drawings[:, None], drawings.shape[-1], (0.75, 1.0)).pictures


def cow_curve(embed: Callable[[Tensor], Tensor], drawings: Drawings,
              ask: Callable[[Tensor], Tensor] | None = None, repeats: int = 5
              ) -> tuple[np.ndarray, np.ndarray]:
    """Few-shot accuracy on unseen classes, by nearest class mean: the "cow curve" of the lessons.

    Of each concept drawn by at least eight artists, one drawing is the question and `SHOTS` others
    are shown, none by the question's maker. The answer is the concept whose shown drawings have the
    nearest mean, by cosine: prototypes as in Snell, Swersky and Zemel (2017).

    Args:
        embed: pictures (N, 3, H, W) float in [0, 1] -> features (N, dim).
        drawings: of concepts that `embed` never saw in training.
        ask: drawings (N, 4, H, W) uint8 -> the pictures that are asked about, such as
            `in_the_wild`; clean ones, as the drawings shown always are, without it.
        repeats: how often artists are drawn anew; the spread is the standard deviation over them.

    Returns:
        mean and spread, each (4,), of the share of questions answered rightly.
    """
    clean = embed(views.on_paper(drawings.images))
    mean = clean.mean(dim=0)
    maker = drawings.maker[drawings.artist]
    enough = torch.bincount(drawings.concept) > SHOTS[-1]
    concepts = [drawings.concept == concept for concept in enough.nonzero()]
    accuracy = np.zeros((len(SHOTS), repeats))
    for repeat in range(repeats):
        rows = torch.stack([question_and_shown(maker, within) for within in concepts])
        question = embed(ask(drawings.images[rows[:, 0]])) if ask else clean[rows[:, 0]]
        question = F.normalize(question - mean, dim=1)
        for i, shots in enumerate(SHOTS):
            shown = F.normalize(clean[rows[:, 1:shots + 1]] - mean, dim=2).mean(dim=1)
            answer = (question @ F.normalize(shown, dim=1).T).argmax(dim=1)
            accuracy[i, repeat] = (answer == torch.arange(len(rows))).float().mean()
    return accuracy.mean(axis=1), accuracy.std(axis=1)


def question_and_shown(maker: Tensor, within: Tensor) -> Tensor:
    """Rows (8,) of those `within` (N,) bool: one by lot, and seven not by its maker (N,) int64."""
    rows = within.nonzero()[torch.randperm(int(within.sum())), 0]
    others = maker[rows] != maker[rows, None]
    question = (others.sum(dim=1) >= SHOTS[-1]).nonzero()[0, 0]
    return torch.cat([rows[question, None], rows[others[question]][:SHOTS[-1]]])


def one_shot(embed: Callable[[Tensor], Tensor], drawings: Drawings,
             ask: Callable[[Tensor], Tensor] | None = None) -> float:
    """One-shot accuracy: one drawing of each concept is shown, all by one artist.

    The answer is the concept whose drawing has the most similar features, as in `nearest`, out of
    all concepts of the artist, or of both artists.

    Args:
        embed, drawings: as in `cow_curve`.
        ask: drawings (N, 4, H, W) uint8 -> pictures, such as `in_the_wild`: ask with the same
            drawing, changed by it. Without it, ask with a clean drawing by another maker.

    Returns:
        The share of questions answered rightly, the mean over artists or over pairs of artists.
    """
    clean = embed(views.on_paper(drawings.images))
    asked = embed(ask(drawings.images)) if ask else clean
    maker = drawings.maker
    row = torch.full((len(drawings.concepts), len(maker)), -1)
    row[drawings.concept, drawings.artist] = torch.arange(len(drawings))
    pairs = [(first, second) for first in range(len(maker)) for second in range(first, len(maker))
             if (first == second if ask else maker[first] != maker[second])]
    accuracy = []
    for first, second in pairs:
        both = row[(row[:, first] >= 0) & (row[:, second] >= 0)]
        found = nearest(asked[both[:, second]], clean[both[:, first]], 1)[:, 0]
        accuracy.append((found == torch.arange(len(both))).float().mean())
    return torch.stack(accuracy).mean().item()


def nearest(questions: Tensor, gallery: Tensor, count: int = 5) -> Tensor:
    """Retrieval: the rows (N, count) int64 of gallery (M, dim) most like each question (N, dim).

    By cosine, after the mean of the gallery is taken away; the most alike come first.
    """
    mean = gallery.mean(dim=0)
    likeness = F.normalize(questions - mean, dim=1) @ F.normalize(gallery - mean, dim=1).T
    return likeness.topk(count, dim=1).indices
