"""Right and wrong answers to the exercises of lesson 02, and the words that tell why."""

import numpy as np
import torch
import tried
from torch.distributions import Laplace, Normal
from torch.nn import functional as F

from exercises import lesson_02
from helpers import energy

SHOES = torch.zeros(20, 1, 32, 32)
SHOES[:, :, 12:20, 4:28] = torch.linspace(0.3, 1, 20)[:, None, None, None]
COATS = torch.full((20, 1, 32, 32), 0.35)


def two_tests(meter):
    """AUROC of small shoes against large coats, and against faint ones."""
    return [energy.auroc(meter(SHOES), meter(COATS * contrast)) for contrast in (1, 0.1)]


def with_noise(noise, width=lambda log_variance: (log_variance / 2).exp()):
    """A cloud of another noise, or of another width."""
    return lambda mean, log_variance: mean + width(log_variance) * noise(mean)


def same_noise(mean):
    return torch.randn(mean.shape, generator=torch.Generator().manual_seed(3))


def one_by_one(mean, log_variance):
    columns = [m + torch.exp(0.5 * v) * torch.normal(0, 1, m.shape)
               for m, v in zip(mean.T, log_variance.T)]
    return torch.stack(columns, dim=1)


def width_without_slope(mean, log_variance):
    return mean + (log_variance.detach() / 2).exp() * torch.randn_like(mean)


def noisy(pictures, strength=0.5):
    return pictures + strength * torch.randn_like(pictures)


def square(loss):
    """The mean square of a network's error, by its own rules."""
    return lambda network, clean: loss(network, clean).pow(2).mean()


def compared_with_the_noisy(network, clean):
    spoilt = noisy(clean)
    return (network(spoilt) - spoilt).pow(2).mean()


def by_loop(network, clean):
    return sum(F.mse_loss(network(noisy(one[None])), one[None]) for one in clean) / len(clean)


def masked(network, clean):
    return F.mse_loss(network(clean * (torch.rand_like(clean) < 0.7)), clean)


def noise_in_place(network, clean):
    clean += 0.5 * torch.randn_like(clean)
    return (network(clean) - clean).pow(2).mean()


def seeded(network, clean):
    torch.manual_seed(1)
    return F.mse_loss(network(noisy(clean)), clean)


def brightness(pictures):
    return pictures.mean(dim=(1, 2, 3))


TRIED = {
    "check_sample": tried.Tried(
        [with_noise(torch.randn_like), with_noise(torch.randn_like, lambda v: v.exp().sqrt()),
         lambda mean, log_variance: Normal(mean, (log_variance / 2).exp()).rsample(), one_by_one,
         lambda mean, log_variance: torch.addcmul(
             mean, torch.exp(log_variance / 2), torch.empty_like(mean).normal_()),
         with_noise(lambda mean: torch.from_numpy(np.random.normal(size=mean.shape))),
         lambda mean, log_variance: with_noise(torch.randn_like)(
             mean.double(), log_variance.double())],
        [(with_noise(torch.zeros_like), "the mean itself"),
         (with_noise(lambda mean: torch.randn(2)), "All rows came out alike"),
         (with_noise(lambda mean: torch.randn(len(mean), 1)), "move together"),
         (with_noise(torch.rand_like), "noise is uniform"),
         (with_noise(lambda mean: 12**0.5 * (torch.rand_like(mean) - 0.5)), "noise is uniform"),
         (with_noise(lambda mean: torch.randn_like(mean).sign()), "not normal"),
         (with_noise(lambda mean: Laplace(0, 0.5**0.5).sample(mean.shape)), "not normal"),
         (with_noise(same_noise), "second call"),
         (with_noise(lambda mean: torch.manual_seed(0) and torch.randn_like(mean)), "second call"),
         (tried.detached(with_noise(torch.randn_like)), "cut off from what went in"),
         (lambda mean, log_variance: torch.normal(mean, (log_variance / 2).exp()), "to mean"),
         (lambda mean, log_variance: Normal(mean, (log_variance / 2).exp()).sample(), "cut off"),
         (width_without_slope, "to log_variance"),
         (lambda mean, log_variance: (log_variance / 2).exp() * torch.randn_like(mean),
          "mean is missing"),
         (with_noise(torch.randn_like, torch.exp), "that is the variance"),
         (with_noise(torch.randn_like, lambda v: v), "log_variance itself"),
         (with_noise(torch.randn_like, lambda v: 1), "width plays no part"),
         (with_noise(torch.randn_like, lambda v: (-v / 2).exp()), "sign of log_variance"),
         (with_noise(torch.randn_like, lambda v: 2 * (v / 2).exp()), "0.37 and 7.4 wide, yours"),
         (with_noise(lambda mean: 1 + torch.randn_like(mean)), "beside it"),
         (lambda mean, log_variance: mean.numpy(), "No slope comes through numpy"),
         (lambda mean, log_variance: (mean + torch.randn_like(mean))[0], "shape of mean")]),
    "check_denoising_loss": tried.Tried(
        [square(lambda network, clean: network(noisy(clean)) - clean), by_loop, masked,
         lambda network, clean: F.mse_loss(network(noisy(clean)), clean, reduction="sum"),
         lambda network, clean: F.l1_loss(network(noisy(clean, 0.1)), clean),
         lambda network, clean: (network(noisy(clean)) - clean).flatten(1).norm(dim=1).mean(),
         lambda network, clean: F.mse_loss(network(noisy(clean)).double(), clean.double())],
        [(compared_with_the_noisy, "hands on the noise has loss 0, one that returns the clean"),
         (square(lambda network, clean: network(noisy(clean)) - noisy(clean)),
          "should have loss 0, yours gives it"),
         (square(lambda network, clean: network(clean) - clean), "Where is the noise?"),
         (square(lambda network, clean: noisy(clean) - clean), "never asks the network"),
         (lambda network, clean: -(network(noisy(clean)) - clean).pow(2).mean(), "above 0"),
         (lambda network, clean: (network(noisy(clean)) - clean).mean(), "above 0"),
         (lambda network, clean: (network(noisy(clean)) - clean).pow(2), "one number"),
         (lambda network, clean: F.mse_loss(network(noisy(clean)), clean).item(), "a float, which"),
         (tried.detached(lambda network, clean: F.mse_loss(network(noisy(clean)), clean)), "cut"),
         (square(lambda network, clean: network(noisy(clean)).detach() - clean), "cut off"),
         (noise_in_place, "changes clean"), (seeded, "noise is the same each time"),
         (square(lambda network, clean: network(clean + torch.randn_like(clean[0])) - clean),
          "the same noise"),
         (lambda network, clean: network(noisy(clean)) and clean, "stopped with RuntimeError")]),
    "check_meter": tried.Tried(
        [lambda pictures: (pictures > 0).float().mean(dim=(1, 2, 3)), lambda pictures: [
            float((one > 0).sum()) for one in pictures],
         lambda pictures: (pictures.numpy() > 0.01).mean((1, 2, 3)),
         lambda pictures: (pictures[:, :, :4] > 0).double().sum((1, 2, 3)),
         lambda pictures: brightness(pictures) / pictures.amax(dim=(1, 2, 3)),
         lambda pictures: torch.einsum("nchw->n", pictures.sign())],
        [(brightness, "AUROC is 0.00, 0.6 is asked for"),
         (lambda pictures: pictures.amax(dim=(1, 2, 3)), "AUROC is 0.00"),
         (lambda pictures: -brightness(pictures), "fell to 0.00"),
         (lambda pictures: torch.ones(len(pictures)), "AUROC is 0.50"),
         (lambda pictures: pictures.mean(), "one energy for each picture, (20,), not ()"),
         (lambda pictures: pictures.mean(dim=1), "not (20, 32, 32)"),
         (lambda pictures: brightness(pictures) / brightness(0 * pictures), "nan or inf"),
         (lambda pictures: brightness(pictures).mean().expand(len(pictures)), "those beside it"),
         (lambda pictures: -brightness(pictures) / brightness(pictures).std(), "those beside it"),
         (tried.in_place(lambda pictures: (pictures > 0).float().mean((1, 2, 3))), "changes first"),
         (lambda pictures: "dark", "gives a str"),
         (lambda pictures: pictures.numpy().foo, "stopped with AttributeError")],
        facts=(two_tests,)),
}
test_answer = tried.a_test(lesson_02, TRIED)
