"""The energy meter is right where one knows what it should say, and draws what it measures."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from sklearn.metrics import roc_auc_score

from helpers import energy, plots
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


@pytest.mark.parametrize("unrelated", [torch.randn(50) + 1, torch.zeros(50)])
def test_compare_shows_a_figure_with_words_and_returns_the_auroc(unrelated, displayed):
    related = torch.zeros(30)
    score = energy.compare(related, unrelated, "A title", "What one sees.")
    assert score == energy.auroc(related, unrelated)
    assert [words for words, *_ in gallery.figures(displayed)] == ["What one sees."]


@pytest.fixture
def drawn(monkeypatch):
    """Catch the figure of `compare` before it is shown."""
    def compare(*arguments, **options):
        energy.compare(*arguments, "A title", "What one sees.", **options)
        (figure, caption), = shown
        assert caption == "What one sees."
        return figure.axes[0]

    shown = []
    monkeypatch.setattr(plots, "show", lambda *arguments: shown.append(arguments))
    yield compare
    plt.close("all")


def test_the_bars_count_all_energies_and_the_rarest_hundredth_stands_at_the_edges(drawn):
    """Of the energies 0 to 1000, 0.5 % are below 5, and 0.5 % above 995."""
    energies = torch.arange(1001).float()
    related, unrelated = energies[:501], energies[501:]
    axis = drawn(related, unrelated)
    assert len(axis.containers) == 2
    for bars, part in zip(axis.containers, (related, unrelated)):
        left = np.array([bar.get_x() for bar in bars])
        width = np.array([bar.get_width() for bar in bars])
        assert len(bars) == 49 and left[0] == pytest.approx(5)
        assert left + width == pytest.approx(np.append(left[1:], 995))
        assert width == pytest.approx(990 / 49)
        inside = [((a <= part) & (part < b)).sum().item() for a, b in zip(left, left + width)]
        inside[0] += (part < 5).sum().item()
        inside[-1] += (part >= 995).sum().item()
        assert [bar.get_height() for bar in bars] == inside
        assert sum(inside) == len(part)


def test_title_axes_and_legend_say_what_is_drawn(drawn):
    axis = drawn(torch.Tensor([1, 3]), torch.Tensor([2, 4]), counted="crops", names=("ours", "not"))
    assert axis.get_title(loc="left") + axis.get_title() == "A title: AUROC 0.75"
    assert axis.get_ylabel() == "crops" and "energy" in axis.get_xlabel()
    assert [text.get_text() for text in axis.get_legend().get_texts()] == ["ours", "not"]


def test_without_other_names_pairs_belong_together_or_not(drawn):
    axis = drawn(torch.zeros(2), torch.ones(2))
    assert axis.get_ylabel() == "pairs"
    words = [text.get_text() for text in axis.get_legend().get_texts()]
    assert words == ["belong together", "don't belong"]


def test_both_sets_can_be_told_apart_where_they_overlap(drawn):
    related, unrelated = (bars[0] for bars in drawn(torch.randn(50), torch.randn(50)).containers)
    for bar, kind in ((related, "related"), (unrelated, "unrelated")):
        assert bar.get_facecolor()[:3] == pytest.approx(to_rgb(plots.COLOURS[kind]))
        assert 0.3 < bar.get_facecolor()[3] < 0.9, "one sees what lies behind"
        assert bar.get_edgecolor()[:3] == to_rgb("white"), "the colour of the hatch"
        assert bar.get_linewidth() < 0.5, "the edge leaves room for a narrow bar"
    assert related.get_hatch() is None and unrelated.get_hatch() == "///"


def test_the_histograms_are_less_high_than_other_figures(drawn):
    histograms = drawn(torch.zeros(2), torch.ones(2)).figure
    assert histograms.get_figheight() < plots.subplots()[0].get_figheight()
