"""Typical wrong answers to the exercises of lesson 02, and the word that tells why."""

import pytest
import torch

from exercises import lesson_02
from helpers import energy

SHOES = torch.zeros(20, 1, 32, 32)
SHOES[:, :, 12:20, 4:28] = torch.linspace(0.3, 1, 20)[:, None, None, None]
COATS = torch.full((20, 1, 32, 32), 0.35)


def brightness(pictures):
    return pictures.mean(dim=(1, 2, 3))


def two_tests(meter):
    """AUROC of small shoes against large coats, and against faint ones."""
    return [energy.auroc(meter(SHOES), meter(COATS * contrast)) for contrast in (1, 0.1)]


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (lambda mean, log_variance: mean, "All rows came out alike"),
        (lambda mean, log_variance: mean + (log_variance / 2).exp() * torch.randn(2), "alike"),
        (lambda mean, log_variance: mean + (log_variance / 2).exp() * torch.randn(len(mean), 1),
         "move together"),
        (lambda mean, log_variance: (log_variance / 2).exp() * torch.randn_like(mean),
         "lie around"),
        (lambda mean, log_variance: mean + (log_variance / 2).exp() * torch.rand_like(mean),
         "lie around"),
        (lambda mean, log_variance: mean + log_variance.exp() * torch.randn_like(mean),
         "that is the variance"),
        (lambda mean, log_variance: mean + log_variance * torch.randn_like(mean),
         "0.4 and 7.4 wide"),
        (lambda mean, log_variance: mean + torch.randn_like(mean), "0.4 and 7.4 wide"),
        (lambda mean, log_variance: (mean + torch.randn_like(mean))[0], "shape of mean"),
    ],
)
def test_sample(sample, reason, verdict):
    assert reason in verdict(lesson_02.check_sample, sample)


def noisy(pictures):
    return pictures + 0.5 * torch.randn_like(pictures)


def compared_with_the_noisy(network, clean):
    spoilt = noisy(clean)
    return (network(spoilt) - spoilt).pow(2).mean()


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        (compared_with_the_noisy, "Which picture is the right answer?"),
        (lambda network, clean: (network(noisy(clean)) - noisy(clean)).pow(2).mean(),
         "Which picture is the right answer?"),
        (lambda network, clean: (network(clean) - clean).pow(2).mean(), "Where is the noise?"),
        (lambda network, clean: (noisy(clean) - clean).pow(2).mean(), "never asks the network"),
        (lambda network, clean: -(network(noisy(clean)) - clean).pow(2).mean(),
         "should be above 0"),
    ],
)
def test_denoising_loss(loss, reason, verdict):
    assert reason in verdict(lesson_02.check_denoising_loss, loss)


@pytest.mark.parametrize(
    ("meter", "reason"),
    [
        (brightness, "AUROC is 0.00, 0.6 is asked for"),
        (lambda pictures: pictures.amax(dim=(1, 2, 3)), "AUROC is 0.00"),
        (lambda pictures: -brightness(pictures), "fell to 0.00"),
        (lambda pictures: torch.ones(len(pictures)), "AUROC is 0.50"),
        (lambda pictures: pictures.mean(), "one energy for each picture, not ()"),
        (lambda pictures: pictures.mean(dim=1), "one energy for each picture, not (20, 32, 32)"),
        (lambda pictures: brightness(pictures) / brightness(0 * pictures), "nan or inf"),
    ],
)
def test_meter(meter, reason, verdict):
    assert reason in verdict(lesson_02.check_meter, meter, two_tests)
