"""Checkers of lesson 02."""

import torch

from exercises import call, checker, shape


@checker
def check_sample(sample):
    """The right middle, the right width, and a fresh random number in each place."""
    mean, log_variance = torch.tensor([[[2.0, -1.0]], [[-2.0, 4.0]]]).repeat(1, 4000, 1)
    codes = call(sample, mean, log_variance)  # s = 0.37 and 7.4
    yield shape(codes) != (4000, 2), "Return one code for each row, with the shape of mean."
    yield not codes.std(dim=0).min() > 0, (
        "All rows came out alike. Each needs its own random numbers, from torch.randn_like(mean).")
    x, y = codes.T
    yield ((x - 2) / (y + 1)).std() < 1e-3, ("The two numbers of a code move together. Each place "
                                             "needs its own random number: torch.randn_like(mean).")
    yield abs(y.std() - 54.6) < 6, ("The second cloud should be 7.4 wide, yours is 55: that is the "
                                    "variance. The width is its root, (log_variance / 2).exp().")
    yield abs(x.mean() - 2) > 0.6 or abs(y.mean() + 1) > 0.6, (
        f"The clouds should lie around 2 and -1, yours lie around {x.mean():.1f} and "
        f"{y.mean():.1f}: add the mean, and take noise whose own mean is 0.")
    yield abs(x.std() - 0.37) > 0.05 or abs(y.std() - 7.39) > 0.6, (
        "With log_variance -2 and 4 the clouds should be 0.4 and 7.4 wide, yours are "
        f"{x.std():.1f} and {y.std():.1f}.")


@checker
def check_denoising_loss(loss):
    """The clean pictures as an answer cost nothing, and noise handed on costs something."""
    clean, seen = torch.rand(8, 1, 16, 16), []
    of_perfect = float(call(loss, lambda spoilt: seen.append(spoilt) or clean, clean.clone()))
    yield not seen, (
        "The loss never asks the network: it should compare network(spoilt) with something.")
    yield torch.equal(seen[0], clean), "The network gets the clean pictures. Where is the noise?"
    yield of_perfect > 1e-6, ("A network that returns the clean pictures should have loss 0, yours "
                              f"gives it {of_perfect:.3g}. Which picture is the right answer?")
    of_copier = float(call(loss, lambda pictures: pictures, clean))
    yield of_copier <= 0, (
        f"A network that hands on the noise has loss {of_copier:.3g}: it should be above 0.")


@checker
def check_fool(picture, energy, shoes):
    """Low energy, and no shoe: the energy says what is easy to rebuild, not what belongs."""
    right = (1, *shoes.shape[1:])
    yield shape(picture) != right, f"fool should be one picture, a tensor of the shape {right}."
    yield not 0 <= picture.min() <= picture.max() <= 1, (
        "A pixel is between 0 (black) and 1 (white); some of yours are not.")
    yield picture.max() < 0.5, (
        f"The brightest pixel is {picture.max():.2f}; at least 0.5 is asked for.")
    distance = torch.cdist(picture.flatten(1), shoes.flatten(1)).min() / picture.numel() ** 0.5
    yield distance < 0.1, "That is close to a real shoe, which was not the question."
    higher = (energy(shoes) > energy(picture)).float().mean()
    yield higher < 0.9, (f"{higher:.0%} of the shoes have a higher energy than your picture; 90 % "
                         "is asked for. What is easier to rebuild?")
