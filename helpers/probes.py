"""Linear probes, few-shot accuracy and retrieval: how good are these features?

Asked of any function from pictures to vectors.
"""

import itertools
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
WILD = (0.75, 1.0)  # smallest and largest width of a drawing in the wild, as a share of the picture


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


def cow_curve(embed: Callable[[Tensor], Tensor], drawings: Drawings, wild: bool = False,
              repeats: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Few-shot accuracy on unseen classes, by nearest class mean: the "cow curve" of the lessons.

    Of each concept drawn by at least eight artists, one drawing is the question and `SHOTS` others
    are shown. The answer is the concept whose shown drawings have the nearest mean, by cosine,
    among all such concepts: prototypes as in Snell, Swersky and Zemel (2017).

    Args:
        embed: pictures (N, 3, H, W) float in [0, 1] -> features (N, dim).
        drawings: of concepts that `embed` never saw in training.
        wild: ask with the drawing at a random place, size and tilt before a random background; the
            drawings shown stay clean.
        repeats: how often artists are drawn anew; the spread is the standard deviation over them.

    Returns:
        mean and spread, each (4,), of the share of questions answered rightly.
    """
    clean = embed(views.on_paper(drawings.images))
    mean = clean.mean(dim=0)
    counts = torch.bincount(drawings.concept)
    rows_of = [(drawings.concept == c).nonzero().flatten() for c in (counts >= 8).nonzero()[:, 0]]
    accuracy = np.zeros((len(SHOTS), repeats))
    for repeat in range(repeats):
        rows = torch.stack([rows[torch.randperm(len(rows))[:8]] for rows in rows_of])
        question = clean[rows[:, 7]]
        if wild:
            question = embed(_in_the_wild(drawings.images[rows[:, 7]]))
        question = F.normalize(question - mean, dim=1)
        for i, shots in enumerate(SHOTS):
            shown = F.normalize(clean[rows[:, :shots]] - mean, dim=2).mean(dim=1)
            answer = (question @ F.normalize(shown, dim=1).T).argmax(dim=1)
            accuracy[i, repeat] = (answer == torch.arange(len(rows))).float().mean()
    return accuracy.mean(axis=1), accuracy.std(axis=1)


def one_shot(embed: Callable[[Tensor], Tensor], drawings: Drawings, wild: bool = False) -> float:
    """One-shot accuracy: one drawing of each concept is shown, all by one artist.

    The answer is the concept whose drawing has the most similar features, by cosine, after the mean
    of the features shown is taken away; out of all concepts of the artist, or of both artists.

    Args:
        embed: pictures (N, 3, H, W) float in [0, 1] -> features (N, dim).
        drawings: of concepts that `embed` never saw in training.
        wild: ask with the same drawing at a random place, size and tilt before a random background.
            Otherwise ask with a clean drawing by another artist; not between the two Fluent sets,
            which are one drawing in two finishes.

    Returns:
        The share of questions answered rightly, the mean over artists or over pairs of artists.
    """
    clean = embed(views.on_paper(drawings.images))
    artists = range(len(drawings.artists))
    row = torch.full((len(drawings.concepts), len(artists)), -1)
    row[drawings.concept, drawings.artist] = torch.arange(len(drawings))
    asked = embed(_in_the_wild(drawings.images)) if wild else clean
    pairs = [(artist, artist) for artist in artists] if wild else [
        pair for pair in itertools.combinations(artists, 2)
        if not all(drawings.artists[artist].startswith("fluent") for artist in pair)]
    accuracy = []
    for first, second in pairs:
        both = row[(row[:, first] >= 0) & (row[:, second] >= 0)]
        found = nearest(asked[both[:, second]], clean[both[:, first]], 1)[:, 0]
        accuracy.append((found == torch.arange(len(both))).float().mean())
    return torch.stack(accuracy).mean().item()


def _in_the_wild(drawings: Tensor) -> Tensor:
    return scenes.compose(drawings[:, None], drawings.shape[-1], WILD).pictures


def nearest(questions: Tensor, gallery: Tensor, count: int = 5) -> Tensor:
    """Retrieval: the rows of gallery (M, dim) most like each question (N, dim), by cosine.

    Returns:
        Row numbers (N, count) int64, the most alike first.
    """
    mean = gallery.mean(dim=0)
    likeness = F.normalize(questions - mean, dim=1) @ F.normalize(gallery - mean, dim=1).T
    return likeness.topk(count, dim=1).indices
