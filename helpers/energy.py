"""Energies (LeCun and others, 2006): low when two things belong together; AUROC and plot."""

import numpy as np
from sklearn.metrics import roc_auc_score
from torch import Tensor

from helpers import plots


def auroc(related: Tensor, unrelated: Tensor) -> float:
    """The probability that a pair that doesn't belong has the higher energy: 0.5 is a coin toss.

    Args:
        related, unrelated: (N,) and (M,) energies.
    """
    is_unrelated = np.repeat([0, 1], [len(related), len(unrelated)])
    return float(roc_auc_score(is_unrelated, np.concatenate([related, unrelated])))


def compare(related: Tensor, unrelated: Tensor, title: str, caption: str,
            names: tuple[str, str] = ("belong together", "don't belong"),
            counted: str = "pairs") -> float:
    """Draw the histograms of two sets of energies (N,) and (M,), and return their AUROC."""
    score = auroc(related, unrelated)
    figure, axis = plots.subplots(height=2.8)
    low, high = np.quantile(np.concatenate([related, unrelated]), [0.005, 0.995])
    bins = np.linspace(low, high, 50)
    for energies, name, colour, hatch in ((related, names[0], "related", None),
                                          (unrelated, names[1], "unrelated", "///")):
        axis.hist(np.clip(energies, low, high), bins, label=name, color=plots.COLOURS[colour],
                  alpha=0.65, hatch=hatch, edgecolor="white", linewidth=0.3)
    axis.set(title=f"{title}: AUROC {score:.2f}", xlabel="energy E(x, y)", ylabel=counted)
    axis.legend()
    plots.show(figure, caption)
    return score
