"""The codes, the clouds and the measures that stand on the page of lesson 02."""

import pytest
import torch
from hypothesis import given
from strategies import SEEDS
from torch.distributions import Normal
from torch.distributions import kl_divergence as divergence

from helpers.page import definitions

PAGE = definitions("02")
PAGE.SEED = 0


def test_a_perfect_copy_explains_all_and_an_answer_of_zero_nothing():
    pictures = torch.randn(5, 7)
    assert PAGE.explained(pictures, pictures) == 1
    assert PAGE.explained(0 * pictures, pictures) == 0
    assert PAGE.explained(pictures / 2, pictures) == pytest.approx(0.75)


def test_principal_components_rebuild_what_lies_along_them(monkeypatch):
    axes, _ = torch.linalg.qr(torch.randn(3072, 3))
    monkeypatch.setattr(PAGE, "mean", torch.rand(3072), raising=False)
    monkeypatch.setattr(PAGE, "axes", axes.T, raising=False)
    code = torch.randn(4, 3)
    pictures = (PAGE.mean + code @ PAGE.axes).view(4, 3, 32, 32)
    assert torch.allclose(PAGE.pca_code(pictures, 2), code[:, :2], atol=1e-4)
    assert torch.allclose(PAGE.pca_rebuild(pictures, 3), pictures, atol=1e-4)
    lost = (PAGE.pca_rebuild(pictures, 2) - pictures).pow(2).sum(dim=(1, 2, 3))
    assert torch.allclose(lost, code[:, 2].pow(2), atol=1e-3)


@torch.inference_mode()
def test_an_autoencoder_rebuilds_from_as_many_numbers_as_were_asked_for():
    network, pictures = PAGE.Autoencoder(5, channels=1, width=4).eval(), torch.rand(3, 1, 32, 32)
    assert network.encode(pictures).shape == (3, 5)
    assert network(pictures).shape == pictures.shape
    network.encode.register_forward_hook(lambda layer, given, code: 0 * code)
    assert torch.equal(network(pictures), network(1 - pictures))


@torch.inference_mode()
def test_without_bridges_all_has_to_pass_through_the_smallest_map():
    network, pictures = PAGE.Bridgeless(3, 3, width=4).eval(), torch.rand(2, 3, 32, 32)
    assert network(pictures).shape == pictures.shape
    network.down[-1].register_forward_hook(lambda layer, given, out: 0 * out)
    assert torch.equal(network(pictures), network(1 - pictures))


def test_the_denoiser_is_asked_for_the_clean_pictures():
    clean = torch.rand(200, 3, 16, 16)
    spoilt = PAGE.noisy(clean, 0.5)
    assert (spoilt - clean).std() == pytest.approx(0.5, abs=0.01)
    assert PAGE.denoising_loss(lambda pictures: clean, (clean, spoilt)) == 0
    copied = PAGE.denoising_loss(lambda pictures: pictures, (clean, spoilt))
    assert copied == pytest.approx(0.25, abs=0.01)


# Clouds


@given(SEEDS)
def test_a_cloud_pays_its_divergence_from_the_standard_normal(seed):
    torch.manual_seed(seed)
    mean, log_variance = torch.randn(2, 6, 4)
    theirs = divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0))
    assert torch.allclose(PAGE.kl_divergence(mean, log_variance), theirs, atol=1e-5)


@torch.inference_mode()
def test_the_variational_loss_adds_the_squared_error_and_the_price_of_the_clouds(monkeypatch):
    network = PAGE.VariationalAutoencoder(3, channels=1, width=4).eval()
    pictures = torch.rand(5, 1, 32, 32)
    monkeypatch.setattr(torch, "randn_like", torch.ones_like)
    rebuilt, mean, log_variance = network(pictures)
    assert mean.shape == log_variance.shape == (5, 3)
    assert torch.allclose(rebuilt, network.decode(mean + (log_variance / 2).exp()), atol=1e-5)
    slow = sum(float((one - other).pow(2).sum()) for one, other in zip(rebuilt, pictures)) / 5
    slow += float(divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum()) / 5
    assert PAGE.variational_loss(network, pictures).item() == pytest.approx(slow, rel=1e-4)


def test_codes_are_drawn_from_where_the_codes_lie():
    codes = torch.cat([torch.randn(300, 2) / 10 + 5, torch.randn(900, 2) / 10 - 5])
    drawn = PAGE.drawn_from(codes, 2)
    right = (drawn > 0).all(dim=1)
    assert drawn.shape == (1000, 2) and drawn.dtype == torch.float32
    assert right.float().mean() == pytest.approx(0.25, abs=0.05)
    assert (drawn.abs() - 5).abs().max() < 0.6
    assert 0 < right[:100].sum() < 100, "in no order"


# Measures of what was made


def test_framed_clothes_keep_their_pixels_and_get_a_black_frame():
    clothes = torch.randint(1, 256, (2, 1, 28, 28), dtype=torch.uint8)
    pictures = PAGE.framed(clothes)
    assert pictures.shape == (2, 1, 32, 32) and pictures.max() <= 1
    assert torch.equal((255 * pictures[..., 2:-2, 2:-2]).round().byte(), clothes)
    assert ((pictures > 0).sum(dim=(1, 2, 3)) == 28 * 28).all()


def test_the_energy_distance_is_what_its_formula_says():
    made, real = torch.rand(4, 1, 3, 3), torch.rand(6, 1, 3, 3) + 0.2

    def mean_distance(first, second):
        return sum(float((x - y).norm()) for x in first for y in second) / len(first) / len(second)

    slow = 2 * mean_distance(made, real) - mean_distance(made, made) - mean_distance(real, real)
    assert PAGE.energy_distance(made, real) == pytest.approx(slow, abs=1e-4)
    assert PAGE.energy_distance(real, real.flip(0)) == pytest.approx(0, abs=1e-4)


def test_the_nearest_real_picture_is_near_for_a_copy(monkeypatch):
    real = torch.rand(9, 1, 4, 4)
    monkeypatch.setattr(PAGE, "real", real, raising=False)
    assert PAGE.nearest_real(real[[2, 5]]) == pytest.approx(0, abs=1e-3)
    assert PAGE.nearest_real(real[[3]] + 100) == pytest.approx(400, abs=5)


def test_a_meter_is_tried_on_other_clothes_and_on_faint_bags(monkeypatch):
    pictures, is_shoe = torch.rand(20, 1, 4, 4) + 1, torch.arange(20) < 10
    pictures[~is_shoe] += 2
    monkeypatch.setattr(PAGE, "test_pictures", pictures, raising=False)
    monkeypatch.setattr(PAGE, "is_shoe", is_shoe, raising=False)
    monkeypatch.setattr(PAGE, "kinds", {"bag, at 30 % contrast": pictures[:5] / 9}, raising=False)
    assert PAGE.two_tests(lambda pictures: pictures.mean(dim=(1, 2, 3))) == [1, 0]
