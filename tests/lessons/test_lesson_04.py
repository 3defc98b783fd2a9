"""The views, losses and meters that stand on the pages of lesson 04 keep their properties."""

import dataclasses
import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers import data, weights
from helpers.page import definitions

PAGE = definitions("04")


@pytest.fixture(scope="module")
def drawings():
    PAGE.train, PAGE.unseen = data.drawings("train"), data.drawings("test")
    return PAGE.train


def embeddings(count=8, dim=5):
    return torch.randn(count, dim), torch.randn(count, dim)


# Views


@pytest.mark.parametrize("statement", [
    {}, {"position": 0.0}, {"colour": 0.0}, {"background": False},
    {"position": 0.6, "colour": 0.9}, {"position": 0.7, "colour": 1.0, "background": False}])
def test_a_view_keeps_shape_and_range(statement, drawings):
    before = drawings.images[:50].clone()
    seen = PAGE.view(drawings.images[:50], **statement)
    assert seen.shape == (50, 3, 32, 32) and seen.dtype == torch.float32
    assert seen.min() >= 0 and seen.max() <= 1
    assert torch.equal(drawings.images[:50], before)


def test_without_any_claim_a_view_is_the_drawing_on_paper(drawings):
    some = drawings.images[:20]
    seen = PAGE.view(some, position=0.0, colour=0.0, background=False)
    assert torch.allclose(seen, PAGE.views.on_paper(some), atol=0.02)


def test_three_in_ten_views_are_the_drawing_as_it_is(drawings):
    some = drawings.images[:2000]
    untouched = (PAGE.view(some) == PAGE.views.on_paper(some)).flatten(1).all(dim=1)
    assert untouched.float().mean() == pytest.approx(0.3, abs=0.05)


def test_two_views_are_of_the_same_drawing(drawings):
    quiet = {"position": 0.0, "colour": 0.0, "background": False}
    x, y = PAGE.two_views(40, **quiet)
    assert torch.allclose(x, y, atol=0.02) and x.shape == (40, 3, 32, 32)


def test_a_natural_pair_is_one_concept_by_two_artists(drawings, monkeypatch):
    numbered = dataclasses.replace(drawings, images=torch.arange(len(drawings)))
    monkeypatch.setattr(PAGE, "train", numbered)
    first, second = PAGE.two_artists(300, see=lambda rows: rows)
    assert torch.equal(drawings.concept[first], drawings.concept[second])
    assert (drawings.artist[first] != drawings.artist[second]).all()
    assert len(drawings.concept[first].unique()) == 300, "no concept twice, so no false negative"


# Views as other artists draw


def test_a_view_as_another_artist_draws_keeps_shape_and_range(drawings):
    for seen in PAGE.two_artist_views(60):
        assert seen.shape == (60, 3, 32, 32)
        assert seen.min() >= 0 and seen.max() <= 1 and seen.isfinite().all()


def test_three_in_ten_stand_before_a_ground(drawings, monkeypatch):
    monkeypatch.setattr(PAGE, "restyle", lambda pictures: pictures)
    seen = PAGE.artist_view(drawings.images[:2000])
    corner = (seen[:, :, 0, 0] == 1).all(dim=1)
    assert corner.float().mean() == pytest.approx(0.7, abs=0.06)


def test_without_strength_nothing_is_bent(drawings):
    pictures = PAGE.views.on_paper(drawings.images[:20])
    inside = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    assert torch.allclose(PAGE.bend(pictures, strength=0.0)[inside], pictures[inside], atol=1e-4)
    assert not torch.allclose(PAGE.bend(pictures)[inside], pictures[inside], atol=0.1)


def test_outlines_are_dark_where_lightness_changes_and_white_elsewhere():
    half = torch.zeros(1, 3, 8, 8)
    half[..., 4:] = 1
    lines = PAGE.outlines(half)
    assert lines.shape == (1, 1, 8, 8)
    assert (lines[..., 3] == 0).all()
    assert (lines[..., [0, 1, 2, 4, 5, 6, 7]] == 1).all()


def test_restyled_white_stays_white_and_grey_stays_grey():
    white = PAGE.restyle(torch.ones(300, 3, 4, 4))
    assert torch.allclose(white, torch.ones(()), atol=1e-4)
    grey = PAGE.restyle(torch.full((300, 3, 4, 4), 0.5))
    assert torch.allclose(grey.amax(dim=1), grey.amin(dim=1), atol=1e-4)


@pytest.mark.parametrize("behind", ["stripes", "photographs"])
def test_backgrounds_of_other_wilds_fill_the_picture(behind, monkeypatch):
    photos = torch.arange(60).view(-1, 1, 1, 1).expand(-1, 3, 96, 96) / 60
    monkeypatch.setattr(PAGE, "photos", photos, raising=False)
    grounds = getattr(PAGE, behind)(120, 32)
    assert grounds.shape == (120, 3, 32, 32) and grounds.min() >= 0 and grounds.max() <= 1
    colours = {len(ground.flatten(1).T.unique(dim=0)) for ground in grounds}
    assert colours <= ({1, 2} if behind == "stripes" else {1})
    assert len(grounds.flatten(1).unique(dim=0)) > 50


def test_elsewhere_is_the_usual_wild_unless_something_is_changed(drawings):
    some = drawings.images[:1500]
    def darkness(pictures):
        return (1 - pictures).mean().item()
    usual = PAGE.probes.in_the_wild(some)
    assert PAGE.elsewhere(some).shape == usual.shape
    assert darkness(PAGE.elsewhere(some)) == pytest.approx(darkness(usual), abs=0.02)

    def white(count, size):
        return torch.ones(count, 3, size, size)
    small, large = (PAGE.elsewhere(some, narrow, wide, behind=white)
                    for narrow, wide in ((0.5, 0.5), (1.0, 1.0)))
    assert darkness(small) < 0.4 * darkness(large)


def test_views_of_photographs_keep_shape_and_range():
    images = torch.randint(256, (40, 3, 32, 32), dtype=torch.uint8)
    for seen in PAGE.two_photos(images, 30):
        assert seen.shape == (30, 3, 32, 32) and seen.min() >= 0 and seen.max() <= 1


# Energy and losses


@given(SEEDS)
def test_the_energy_is_symmetric_between_0_and_2_and_ignores_length(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    energy = PAGE.distance(a, b)
    assert torch.allclose(energy, PAGE.distance(b, a))
    assert torch.allclose(energy, PAGE.distance(3 * a, b / 7), atol=1e-5)
    assert torch.allclose(PAGE.distance(a, a), torch.zeros(8), atol=1e-5)
    assert torch.allclose(PAGE.distance(a, -a), 2 * torch.ones(8), atol=1e-5)
    assert energy.min() >= 0 and energy.max() <= 2 + 1e-5
    assert torch.allclose(1 - energy.pow(2) / 2, F.cosine_similarity(a, b), atol=1e-5)


@given(SEEDS, st.sampled_from([0.05, 0.1, 0.5, 2.0]))
def test_nt_xent_is_what_its_formula_says(seed, temperature):
    torch.manual_seed(seed)
    a, b = embeddings()
    z = F.normalize(torch.cat([a, b]))
    slow = 0.0
    for i in range(16):
        weights = [math.exp(float(z[i] @ z[k]) / temperature) for k in range(16) if k != i]
        slow -= math.log(math.exp(float(z[i] @ z[(i + 8) % 16]) / temperature) / sum(weights)) / 16
    assert PAGE.nt_xent(a, b, temperature).item() == pytest.approx(slow, rel=1e-4, abs=1e-4)


def test_nt_xent_of_equal_embeddings_is_the_log_of_the_choices():
    same = torch.ones(10, 4)
    assert PAGE.nt_xent(same, same).item() == pytest.approx(math.log(19), rel=1e-5)


# What lightly 1.6.0 gives for these (NTXentLoss, VICRegLoss with the paper's sum over both views,
# NegativeCosineSimilarity); pytorch-metric-learning 2.9.0 agrees on NT-Xent.
KNOWN_A = torch.tensor([[0.9, 0.1, -0.3], [0.2, -0.8, 0.5], [-0.4, 0.6, 0.7], [1.0, 0.3, 0.2]])
KNOWN_B = torch.tensor([[0.8, 0.3, -0.1], [0.1, -0.6, 0.9], [-0.7, 0.5, 0.2], [0.4, 0.9, -0.5]])


def test_the_losses_give_the_values_of_known_implementations():
    assert PAGE.nt_xent(KNOWN_A, KNOWN_B, 0.5).item() == pytest.approx(0.9692078, abs=1e-6)
    assert PAGE.nt_xent(KNOWN_A, KNOWN_B, 0.1).item() == pytest.approx(1.0467160, abs=1e-6)
    assert PAGE.vicreg(KNOWN_A, KNOWN_B).item() == pytest.approx(24.3942871, rel=5e-4)
    simsiam = PAGE.simsiam(KNOWN_A, KNOWN_B, nn.Identity()).item()
    assert simsiam == pytest.approx(2 - 2 * 0.7885077, abs=1e-5)


@given(SEEDS, st.sampled_from([0.5, 1.0, 2.0]))
def test_the_margin_loss_is_what_its_formula_says(seed, margin):
    torch.manual_seed(seed)
    a, b = embeddings()
    a_unit, b_unit, slow = F.normalize(a), F.normalize(b), 0.0
    for i in range(8):
        right, wrong = (float((a_unit[i] - b_unit[j]).norm()) for j in (i, i - 1))
        slow += (right ** 2 + max(0.0, margin - wrong) ** 2) / 8
    assert PAGE.margin_loss(a, b, margin).item() == pytest.approx(slow, rel=1e-4)
    contrastive = nn.CosineEmbeddingLoss(margin=-1)  # its pull is half of the squared distance
    pull = 2 * contrastive(a, b, torch.ones(8)).item()
    assert PAGE.pull_only(a, b).item() == pytest.approx(pull, rel=1e-4)


@given(SEEDS)
def test_the_losses_with_fewer_or_more_strangers_are_what_their_formulas_say(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    a_unit, b_unit = F.normalize(a), F.normalize(b)
    one, mean, hardest = 0.0, 0.0, 0.0
    for i in range(8):
        right, wrong = (math.exp(float(a_unit[i] @ b_unit[j]) / 0.1) for j in (i, i - 1))
        one -= math.log(right / (right + wrong)) / 8
        pull = float((a_unit[i] - b_unit[i]).norm()) ** 2
        pushes = [max(0.0, 1 - float((a_unit[i] - b_unit[j]).norm())) ** 2
                  for j in range(8) if j != i]
        mean += (pull + sum(pushes) / 7) / 8
        hardest += (pull + max(pushes)) / 8
    assert PAGE.one_stranger(a, b).item() == pytest.approx(one, rel=1e-3, abs=1e-4)
    assert PAGE.margin_of_all(a, b).item() == pytest.approx(mean, rel=1e-4)
    assert PAGE.margin_of_hardest(a, b).item() == pytest.approx(hardest, rel=1e-4)


def test_without_a_predictor_the_stop_gradient_halves_the_gradient_of_pull_only():
    a, b = (z.requires_grad_() for z in embeddings())
    PAGE.simsiam(a, b, nn.Identity()).backward()
    still = a.grad.clone()
    a.grad = None
    PAGE.pull_only(a, b).backward()
    assert torch.allclose(a.grad, 2 * still, atol=1e-6)


@given(SEEDS)
def test_vicreg_is_what_its_formula_says(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    slow = 25 * sum(float(x - y) ** 2 for x, y in zip(a.flatten(), b.flatten())) / 40
    for z in (a, b):
        for i in range(5):
            column = z[:, i] - z[:, i].mean()
            slow += 25 * max(0.0, 1 - float(column.pow(2).sum() / 7) ** 0.5) / 5
            for j in set(range(5)) - {i}:
                slow += float((column * (z[:, j] - z[:, j].mean())).sum() / 7) ** 2 / 5
    assert PAGE.vicreg(a, b).item() == pytest.approx(slow, rel=1e-4)


def test_no_gradient_reaches_the_twin_that_holds_still():
    a, b = (z.requires_grad_() for z in embeddings())
    gate = torch.tensor(1.0, requires_grad=True)
    (gate * PAGE.simsiam(a, b, lambda z: z.detach() + gate)).backward()
    assert a.grad is None and b.grad is None and gate.grad != 0
    PAGE.simsiam(a, b, lambda z: z.detach() + 1, torch.clone).backward()
    assert a.grad.abs().sum() > 0


def test_only_the_losses_that_may_collapse_are_content_with_a_collapse():
    same = torch.ones(16, 64)
    assert PAGE.pull_only(same, same) == 0
    assert PAGE.simsiam(same, same, nn.Identity()) == 0
    assert PAGE.margin_loss(same, same) == pytest.approx(1)
    assert PAGE.nt_xent(same, same) > 3
    assert PAGE.vicreg(same, same) == pytest.approx(50)


# Meters


class Fixed(nn.Module):
    """Twins that give the embeddings they were made with."""

    def __init__(self, z):
        super().__init__()
        self.z = z

    def forward(self, x, y):
        return self.z, self.z


@pytest.fixture
def meters(monkeypatch):
    monkeypatch.setattr(PAGE, "paper", None, raising=False)
    return PAGE.meters


def test_meters_of_a_collapse(meters):
    spread, rank = meters(Fixed(torch.ones(500, 64)))
    assert spread == pytest.approx(0, abs=1e-5) and rank == pytest.approx(1, abs=0.01)


def test_meters_of_embeddings_all_around_the_sphere(meters):
    spread, rank = meters(Fixed(torch.randn(5000, 64)))
    assert spread == pytest.approx(1, abs=0.02) and rank == pytest.approx(64, abs=0.5)


def test_effective_rank_counts_the_directions_in_use(meters):
    _, rank = meters(Fixed(torch.eye(64)[torch.arange(640) % 8]))
    assert rank == pytest.approx(8, abs=0.01)


def test_the_push_is_shared_out_completely_and_never_comes_from_oneself(monkeypatch):
    monkeypatch.setattr(PAGE, "z", F.normalize(torch.randn(50, 8)), raising=False)
    for temperature in (0.05, 2.0):
        share, who = PAGE.push(3, temperature)
        assert share.sum() == pytest.approx(1) and share[who == 3] == 0
        assert (share.diff() <= 0).all()


# Photographs


def test_the_lesson_runs_on_photographs(mirror, monkeypatch):
    """Every fiftieth photograph of the mirror, and a few steps."""
    def some(split):
        images, labels, names = data.cifar10(split)
        return images[::50], labels[::50], names

    train_twins = PAGE.train_twins
    monkeypatch.setattr(PAGE, "data", SimpleNamespace(cifar10=some))
    monkeypatch.setattr(PAGE, "photo_twins", PAGE.Twins(width=4), raising=False)
    monkeypatch.setattr(PAGE, "train_twins", lambda loss, batch, steps, label: train_twins(
        loss, batch, 3, label))
    shown = PAGE.photo_lesson()
    assert list(shown) == ["SSL, long training", "SSL, trained just now", "raw pixels",
                           "random network"]
    for mean, spread in shown.values():
        assert mean.shape == spread.shape == (2,) and (mean > 0.05).all()


def test_the_recorded_figures_have_the_form_of_the_measured_ones():
    curves = PAGE.recorded_curves(weights.record("photographs"))
    assert list(curves) == ["SSL, long training", "raw pixels", "random network"]
    for mean, spread in curves.values():
        assert len(mean) == len(spread) == 2
