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
def check_meter(meter, two_tests):
    """Faint bags stand out, and no bag was needed for it. What it cost, two_tests says."""
    def energies(pictures):
        values = call(meter, pictures)
        if shape(values) != (len(pictures),):
            raise ValueError(f"return one energy for each picture, not {shape(values)}.")
        return values
    others, faint = two_tests(energies)
    yield faint < 0.6, (
        f"Against faint bags the AUROC is {faint:.2f}, 0.6 is asked for. Why is a faint picture "
        "so cheap to rebuild, and what could its error be compared with?")
    yield others < 0.6, (f"Faint bags stand out, but against other clothes the AUROC fell to "
                         f"{others:.2f}; 0.6 is asked for.")
