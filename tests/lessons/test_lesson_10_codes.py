"""What the codes of patches say, the rules for them, and the meters, on the page of lesson 10."""

import pytest
import torch
from hypothesis import given
from strategies import SEEDS
from torch.nn import functional as F

from helpers import data, views
from helpers.page import definitions

PAGE = definitions("10")


@pytest.fixture
def train(monkeypatch):
    monkeypatch.setattr(PAGE, "train", data.drawings("test"), raising=False)
    return PAGE.train


WHERE, WHICH, WHAT = torch.randn(1, 64, 8), torch.randn(90, 1, 8), torch.randn(90, 64, 8)


def test_a_code_says_where_or_which_or_what():
    assert PAGE.shares_of(WHERE.expand(90, -1, -1))["where"] == pytest.approx(1, abs=1e-4)
    assert PAGE.shares_of(WHICH.expand(-1, 64, -1))["which"] == pytest.approx(1, abs=1e-4)
    shares = PAGE.shares_of(WHAT)
    assert shares["where"] == pytest.approx(1 / 90, rel=0.5)
    assert shares["which"] == pytest.approx(1 / 64, rel=0.5)
    mixed = PAGE.shares_of(2 * WHERE + WHICH + WHAT + 5)
    assert sum(mixed.values()) == pytest.approx(1, abs=1e-4)
    assert mixed["where"] == pytest.approx(4 / 6, abs=0.1)
    assert mixed["which"] == pytest.approx(1 / 6, abs=0.1)


def test_what_is_left_is_neither_place_nor_drawing():
    codes = WHERE + WHICH + WHAT
    left = PAGE.what_is_left(codes)
    assert torch.allclose(left, PAGE.what_is_left(WHAT), atol=1e-4)
    for axis in (0, 1):
        assert left.mean(dim=axis).abs().max() < 1e-4


def test_it_is_told_which_part_is_guessed():
    codes = WHERE + WHICH + WHAT
    parts = PAGE.parts_of(codes)
    assert torch.allclose(sum(parts.values()), codes - codes.mean(dim=(0, 1)), atol=1e-4)
    assert torch.allclose(parts["what"], PAGE.what_is_left(codes), atol=1e-4)
    net = PAGE.Jepa()
    net.features = lambda patches: codes
    net.forward = lambda patches, seen: WHERE + WHICH + 0 * WHAT
    told = PAGE.guessed(net, torch.zeros(90, 64, 48))
    assert told["where"] > 0.9 and told["which"] > 0.9
    assert abs(told["what"]) < 0.05


@given(SEEDS)
def test_numbers_are_kept_apart(seed):
    torch.manual_seed(seed)
    z = torch.randn(500, 8)
    assert PAGE.keep_apart(0 * z) > 0.9
    assert PAGE.keep_apart(2 * z[:, :1].expand(-1, 8)) > 10 * PAGE.keep_apart(2 * z)
    covariance = torch.cov(z.T)
    expected = (F.relu(1 - (covariance.diag() + 1e-4).sqrt()).mean()
                + (covariance - covariance.diag().diag()).pow(2).sum() / 8)
    assert PAGE.keep_apart(z).item() == pytest.approx(expected.item(), rel=1e-3)


@pytest.mark.parametrize(("loss", "spared"), [
    (PAGE.kept_apart, WHERE + WHICH), (PAGE.lejepa, WHERE + WHICH)])
def test_the_free_lunch_is_not_counted_by_the_rule(loss, spared):
    """A guesser that is always right is left with the rule alone."""
    rules = []
    for features in (spared, spared + WHAT):
        def always_right(patches, seen, features=features):
            return features
        always_right.features = lambda patches, features=features: features
        torch.manual_seed(0)
        rules.append(loss(always_right, None, None, torch.ones(90, 64, dtype=torch.bool)).item())
    assert rules[0] > 3 * rules[1]


def test_averaged_codes_and_remembered_features(monkeypatch):
    paper, net = torch.rand(5, 3, 32, 32), PAGE.Jepa().eval()
    monkeypatch.setattr(PAGE, "paper", paper, raising=False)
    embed, calls = PAGE.averaged(net), []

    def noted(pictures):
        calls.append(len(pictures))
        return embed(pictures)

    remembering = PAGE.once(noted)
    assert torch.allclose(remembering(paper), PAGE.codes_of(net.eye, paper).mean(dim=1))
    assert torch.allclose(remembering(paper.flip(3)), embed(paper.flip(3)))
    assert calls == [5, 5]


@pytest.mark.parametrize("spoil", [
    lambda z: 0 * z, lambda z: z + 1, lambda z: 2 * z, lambda z: z / 3,
    lambda z: z[:1].expand_as(z), lambda z: z[..., :1].expand_as(z)])
def test_a_normal_cloud_looks_most_normal(spoil):
    torch.manual_seed(0)
    z = torch.randn(300, 2, 8)
    assert PAGE.normal_looks(spoil(z)) > 2 * PAGE.normal_looks(z)


def test_the_glass_reads_what_is_linear(train):
    net = PAGE.Jepa(momentum=0.9)
    mix = torch.randn(48, 64)
    net.features = lambda patches: patches @ mix + 3
    read = PAGE.reading_glass(net, 60)
    patches = PAGE.to_patches(views.on_paper(train.images[5:8]))
    assert (read(net.features(patches)) - patches).abs().mean() < 0.01


def test_energies_are_of_hidden_places_only():
    net, patches = PAGE.Jepa(momentum=0.9).eval(), torch.rand(3, 64, 48)
    seen, hidden = PAGE.scattered(3)
    miss = (net(patches, seen) - net.features(patches)).pow(2).mean(dim=2)
    expected = torch.stack([row[inside].mean() for row, inside in zip(miss, hidden)])
    assert torch.allclose(PAGE.misses(net, patches, seen, hidden), expected, atol=1e-4)
    pixels = PAGE.Predictive().eval()
    guess = pixels(patches, seen)
    expected = torch.stack([(one - true)[inside].pow(2).mean()
                            for one, true, inside in zip(guess, patches, hidden)])
    assert torch.allclose(PAGE.misses(pixels, patches, seen, hidden), expected, atol=1e-4)


def test_the_stretched_surface_is_exact_on_even_ground():
    patches = PAGE.to_patches(torch.full((2, 3, 32, 32), 0.4))
    seen, hidden = PAGE.scattered(2, 32)
    assert PAGE.stretched(patches, seen, hidden).max() < 1e-4
