"""The views and meters that stand on the pages of lesson 04 keep their properties."""

import dataclasses
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers import data, weights
from helpers.page import definitions

PAGE = definitions("04")


@pytest.fixture(scope="module")
def drawings():
    PAGE.train = PAGE.unseen = data.drawings("test")
    return PAGE.train


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
    some = drawings.images[:1000]
    untouched = (PAGE.view(some) == PAGE.views.on_paper(some)).flatten(1).all(dim=1)
    assert untouched.float().mean() == pytest.approx(0.3, abs=0.05)


def test_two_views_are_of_the_same_drawing(drawings):
    quiet = {"position": 0.0, "colour": 0.0, "background": False}
    x, y = PAGE.two_views(40, **quiet)
    assert torch.allclose(x, y, atol=0.02) and x.shape == (40, 3, 32, 32)


def test_a_natural_pair_is_one_concept_by_two_artists(drawings, monkeypatch):
    numbered = dataclasses.replace(drawings, images=torch.arange(len(drawings)))
    monkeypatch.setattr(PAGE, "train", numbered)
    first, second = PAGE.two_artists(200, see=lambda rows: rows)
    assert torch.equal(drawings.concept[first], drawings.concept[second])
    assert (drawings.artist[first] != drawings.artist[second]).all()
    assert len(drawings.concept[first].unique()) == 200, "no concept twice, so no false negative"


# Views as other artists draw


def test_a_view_as_another_artist_draws_keeps_shape_and_range(drawings):
    for seen in PAGE.two_artist_views(60):
        assert seen.shape == (60, 3, 32, 32)
        assert seen.min() >= 0 and seen.max() <= 1 and seen.isfinite().all()


def test_three_in_ten_stand_before_a_ground(drawings, monkeypatch):
    monkeypatch.setattr(PAGE, "restyle", lambda pictures: pictures)
    seen = PAGE.artist_view(drawings.images[:1000])
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
    some = drawings.images[:500]
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


@pytest.mark.slow
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
