"""The energy meter is right where one knows what it should say."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from helpers import energy
from tools import gallery

ENERGIES = st.lists(st.integers(-5, 5), min_size=1, max_size=20).map(torch.Tensor)


@pytest.mark.parametrize(
    ("related", "unrelated", "score"),
    [([1, 2], [3, 4], 1), ([3, 4], [1, 2], 0), ([1, 1], [1, 1], 0.5), ([1, 3], [2, 4], 0.75)],
)
def test_auroc_by_hand(related, unrelated, score):
    assert energy.auroc(torch.Tensor(related), torch.Tensor(unrelated)) == score


@given(ENERGIES, ENERGIES)
def test_auroc_is_the_share_of_pairs_in_order(related, unrelated):
    score = energy.auroc(related, unrelated)
    difference = unrelated[:, None] - related
    assert score == pytest.approx(((difference > 0) + 0.5 * (difference == 0)).mean().item())
    assert score == pytest.approx(1 - energy.auroc(unrelated, related))
    labels = [0] * len(related) + [1] * len(unrelated)
    assert score == pytest.approx(roc_auc_score(labels, torch.cat([related, unrelated])))


@pytest.mark.parametrize("unrelated", [torch.randn(50) + 1, torch.ones(50)])
def test_compare_draws_and_returns_the_auroc(unrelated, displayed):
    related = torch.zeros(30)
    score = energy.compare(related, unrelated, "A title", "What one sees.")
    assert score == energy.auroc(related, unrelated)
    assert [words for words, *_ in gallery.figures(displayed)] == ["What one sees."]
