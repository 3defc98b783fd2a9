"""Checkers of lesson 02."""

from collections.abc import Callable

import torch
from torch import Tensor

from exercises import call, checker


@checker
def check_sample(sample) -> str | None:
    """The right middle, the right width, and a fresh random number in each place."""
    torch.manual_seed(0)
    mean = torch.tensor([[2.0, -1.0]]).repeat(4000, 1)
    log_variance = torch.tensor([[-2.0, 4.0]]).repeat(4000, 1)  # s = 0.37 and 7.4
    codes = call(sample, mean, log_variance)
    if not isinstance(codes, Tensor) or codes.shape != mean.shape:
        return "Return one code for each row, with the shape of mean."
    if not codes.std(dim=0).min() > 0:
        return ("All rows came out alike. Each needs its own random numbers, from "
                "torch.randn_like(mean).")
    if codes[:, 0].sub(2).div(codes[:, 1].add(1)).std() < 1e-3:
        return ("The two numbers of a code move together. Each place needs its own random number: "
                "torch.randn_like(mean).")
    middle, width = codes.mean(dim=0), codes.std(dim=0)
    if (middle - mean[0]).abs().max() > 0.6:
        return (f"The clouds should lie around 2 and -1, yours lie around {middle[0]:.1f} and "
                f"{middle[1]:.1f}: add the mean, and take noise whose own mean is 0.")
    if abs(width[1] - 54.6) < 6:
        return ("The second cloud should be 7.4 wide, yours is 55: that is the variance. The width "
                "is its root, (log_variance / 2).exp().")
    if abs(width[0] - 0.37) > 0.05 or abs(width[1] - 7.39) > 0.6:
        return (f"With log_variance -2 and 4 the clouds should be 0.4 and 7.4 wide, yours are "
                f"{width[0]:.1f} and {width[1]:.1f}.")
    return None


@checker
def check_denoising_loss(loss) -> str | None:
    """The clean pictures as an answer cost nothing, and noise handed on costs something."""
    torch.manual_seed(0)
    clean = torch.rand(8, 1, 16, 16)
    seen = []

    def perfect(pictures):
        seen.append(pictures)
        return clean

    of_perfect = float(call(loss, perfect, clean))
    if not seen:
        return "The loss never asks the network: it should compare network(spoilt) with something."
    if torch.equal(seen[0], clean):
        return "The network gets the clean pictures. Where is the noise?"
    of_copier = float(call(loss, lambda pictures: pictures, clean))
    if of_perfect > 1e-6:
        return (f"A network that returns the clean pictures should have loss 0, yours gives it "
                f"{of_perfect:.3g}. Which picture is the right answer?")
    if of_copier <= 0:
        return f"A network that hands on the noise has loss {of_copier:.3g}: it should be above 0."
    return None


@checker
def check_fool(picture, energy: Callable[[Tensor], Tensor], shoes: Tensor) -> str | None:
    """Low energy, and no shoe: the energy says what is easy to rebuild, not what belongs."""
    shape = (1, *shoes.shape[1:])
    if not isinstance(picture, Tensor) or picture.shape != shape:
        return f"fool should be one picture, a tensor of the shape {shape}."
    if not 0 <= picture.min() <= picture.max() <= 1:
        return "A pixel is between 0 (black) and 1 (white); some of yours are not."
    if picture.max() < 0.5:
        return f"The brightest pixel is {picture.max():.2f}; at least 0.5 is asked for."
    if torch.cdist(picture.flatten(1), shoes.flatten(1)).min() < 0.1 * shoes[0].numel() ** 0.5:
        return "That is close to a real shoe, which was not the question."
    higher = (energy(shoes) > energy(picture)).float().mean().item()
    if higher < 0.9:
        return (f"{higher:.0%} of the shoes have a higher energy than your picture; 90 % is asked "
                "for. What is easier to rebuild?")
    return None
