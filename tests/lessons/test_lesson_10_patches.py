"""Patches, eye, guesser, features and their rules, as they stand on the page of lesson 10."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from torch.nn import functional as F

from helpers import data, views
from helpers.page import definitions

PAGE = definitions("10")


@pytest.fixture
def train(monkeypatch):
    monkeypatch.setattr(PAGE, "train", data.drawings("test"), raising=False)
    return PAGE.train


# Pixels, patches and places


def test_a_smudge_keeps_even_ground_and_is_the_mean_of_what_lies_around():
    assert torch.allclose(PAGE.smudge(torch.full((1, 3, 32, 32), 0.3)), torch.tensor(0.3))
    picture = torch.rand(1, 3, 32, 32)
    found = PAGE.smudge(picture)
    assert found.shape == picture.shape
    assert torch.allclose(found[0, :, 10, 12], picture[0, :, 7:14, 9:16].mean(dim=(1, 2)))


def test_patches_are_cut_and_joined_again():
    pictures = torch.rand(3, 3, 32, 32)
    patches = PAGE.to_patches(pictures)
    assert patches.shape == (3, 64, 48)
    assert torch.equal(patches[:, 9], pictures[:, :, 4:8, 4:8].flatten(1))
    assert torch.equal(PAGE.to_pictures(patches), pictures)


@given(SEEDS, st.integers(1, 63))
def test_a_place_is_visible_or_hidden(seed, visible):
    torch.manual_seed(seed)
    seen, hidden = PAGE.scattered(5, visible)
    assert seen.shape == (5, visible) and hidden.shape == (5, 64)
    for row, inside in zip(seen, hidden):
        assert sorted({*range(64)} - {*row.tolist()}) == inside.nonzero()[:, 0].tolist()


def test_a_batch_has_drawings_and_half_of_them_mirrored(train):
    patches, seen, hidden = PAGE.drawings(400)
    paper = views.on_paper(train.images)
    known = {picture.numpy().tobytes() for picture in paper}
    mirrored = {picture.numpy().tobytes() for picture in paper.flip(3)}
    found = [picture.numpy().tobytes() for picture in PAGE.to_pictures(patches)]
    assert all(one in known or one in mirrored for one in found)
    share = sum(one not in known for one in found) / 400
    assert 0.3 < share < 0.6, "some drawings are their own mirror image"
    assert seen.shape == (400, 16) and hidden.sum() == 400 * 48


def test_each_place_has_a_vector_of_its_own():
    places = PAGE.waves()
    assert places.shape == (64, 64)
    assert torch.cdist(places, places).add(9 * torch.eye(64)).min() > 0.1


def test_the_eye_sees_what_is_visible_only():
    eye, patches = PAGE.Eye().eval(), torch.rand(2, 64, 48)
    seen, hidden = PAGE.scattered(2)
    with torch.inference_mode():
        codes = eye(patches, seen)
        changed = torch.where(hidden[..., None], torch.rand(2, 64, 48), patches)
        assert codes.shape == (2, 16, 64) and eye(patches).shape == (2, 64, 64)
        assert torch.allclose(eye(changed, seen), codes, atol=1e-4)
        order = torch.randperm(16)
        assert torch.allclose(eye(patches, seen[:, order]), codes[:, order], atol=1e-4)


def test_the_guess_does_not_depend_on_what_is_hidden():
    net, patches = PAGE.Predictive().eval(), torch.rand(2, 64, 48)
    seen, hidden = PAGE.scattered(2)
    other = torch.where(hidden[..., None], 1 - patches, patches)
    with torch.inference_mode():
        assert torch.allclose(net(patches, seen), net(other, seen), atol=1e-4)


def test_only_hidden_pixels_are_asked_for():
    patches, (seen, hidden) = torch.rand(4, 64, 48), PAGE.scattered(4)
    right = torch.where(hidden[..., None], patches + 0.2, 9.0)
    assert PAGE.pixels(lambda *what: right, patches, seen, hidden).item() == pytest.approx(0.04)


def test_what_is_visible_stays():
    net, patches = PAGE.Predictive(), torch.rand(2, 64, 48)
    seen, hidden = PAGE.scattered(2)
    filled = PAGE.filled(net, patches, seen, hidden)
    assert torch.equal(filled[~hidden], patches[~hidden])
    assert filled.min() >= 0 and filled.max() <= 1 and not torch.equal(filled, patches)


def test_the_error_has_two_parts_that_add_up():
    true, guess = torch.rand(2, 50, 64, 48)
    hidden = torch.rand(50, 64) < 0.5
    colour, pattern, rich = PAGE.parts_of_error(guess, true, hidden)
    assert (colour + pattern).item() == pytest.approx(
        (guess - true)[hidden].pow(2).mean().item(), rel=1e-4)
    assert 0.1 < rich < 0.35, "of random patches none is much richer than another"
    shifted = true + 0.1
    colour, pattern, _ = PAGE.parts_of_error(shifted, true, hidden)
    assert colour.item() == pytest.approx(0.01, rel=1e-3) and pattern < 1e-6


def test_the_rich_fifth_is_found():
    true = torch.full((5, 64, 48), 0.5)
    true[:, ::5] += 0.4 * torch.rand(5, 13, 48).round()
    hidden = torch.ones(5, 64, dtype=torch.bool)
    *_, rich = PAGE.parts_of_error(torch.full_like(true, 0.5), true, hidden)
    assert rich > 0.95


# Features


def test_the_features_are_the_slow_twins_and_of_one_scale():
    net, patches = PAGE.Jepa(momentum=0.9), torch.rand(2, 64, 48)
    features = net.features(patches)
    assert features.shape == (2, 64, 64) and not features.requires_grad
    assert torch.allclose(features.mean(dim=2), torch.zeros(2, 64), atol=1e-4)
    assert torch.allclose(features.std(dim=2, correction=0), torch.ones(2, 64), atol=1e-2)
    assert torch.allclose(features, F.layer_norm(net.slow(patches), (64,)))


def test_without_a_slow_twin_the_features_are_the_eyes_own():
    net, patches = PAGE.Jepa(), torch.rand(2, 64, 48)
    assert not hasattr(net, "slow")
    assert torch.equal(net.features(patches), net.eye(patches))
    assert net.features(patches).requires_grad


def test_jepa_asks_for_hidden_features_and_moves_the_slow_twin():
    net, patches = PAGE.Jepa(momentum=0.5), torch.rand(4, 64, 48)
    with torch.no_grad():
        for weight in net.eye.parameters():
            weight.add_(0.02)
    before = copy.deepcopy(net.slow)
    seen, hidden = PAGE.scattered(4)
    value = PAGE.jepa(net, patches, seen, hidden)
    for old, new, fast in zip(before.parameters(), net.slow.parameters(), net.eye.parameters()):
        assert torch.allclose(new, (old + fast) / 2, atol=1e-5)
    miss = (net(patches, seen) - net.features(patches))[hidden].pow(2).mean()
    assert value.item() == pytest.approx(miss.item(), rel=1e-4)
