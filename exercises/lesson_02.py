"""Checkers of lesson 02."""

import torch
from torch import Tensor, nn

from exercises import checker
from exercises.concluding import concluding
from exercises.trying import Fault, Mistakes, call, like, shape, slopes, tensor


def _apart(x: Tensor, probability) -> float:
    """How far numbers are from a distribution: the largest gap of the two sums, worst column."""
    x = x.sort(dim=0).values
    below = torch.linspace(0, 1, len(x), dtype=x.dtype)[:, None]
    return (probability(x) - below).abs().amax().item()


def _is_normal(x: Tensor) -> bool:
    """Not more than 0.03 apart: of 20,000 numbers, no fair draw is; uniform ones are 0.06."""
    return _apart(x, torch.distributions.Normal(0.0, 1.0).cdf) < 0.03


def _is_uniform(x: Tensor) -> bool:
    low, high = x.amin(dim=0), x.amax(dim=0)
    return _apart(x, lambda x: (x - low) / (high - low)) < 0.03


@checker("02.1")
def check_sample(sample):
    """The right cloud, a fresh random number in each place, and a way back for the slopes."""
    log_variance = torch.tensor([-2.0, 4.0]).repeat(20_000, 1).requires_grad_()  # s = 0.37 and 7.4
    mean = (torch.tensor([2.0, -1.0]) + 3 * torch.randn(20_000, 2)).requires_grad_()
    codes = call(sample, mean, log_variance)
    z, m, width = tensor(codes).detach().float(), mean.detach(), (log_variance / 2).detach().exp()
    yield shape(z) != (20_000, 2), (
        f"Return one code for each row, with the shape of mean, (20000, 2), not {shape(z)}.")
    noise = (z - m) / width
    yield noise.abs().max() < 1e-3, "This is the mean itself: nothing in it is random."
    yield noise.std(dim=0).max() < 1e-3, (
        "All rows came out alike. Each needs its own random numbers, from torch.randn_like(mean).")
    yield (noise[:, 0] - noise[:, 1]).std() < 1e-3, (
        "The two numbers of a code move together. Each place needs its own random number: "
        "torch.randn_like(mean).")
    yield from _wrong_cloud(z, m, width)
    yield torch.equal(tensor(call(sample, mean, log_variance)).detach().float(), z), (
        "A second call gives the same codes: the noise should be new each time, without a seed.")
    of_mean, of_width = slopes(codes, mean=mean, log_variance=log_variance)
    yield not torch.allclose(of_mean.float(), torch.ones(()), atol=1e-3), (
        "The codes are right, but not their slopes: z grows by 1 where mean does.")
    yield not torch.allclose(of_width.float(), noise * width / 2, atol=1e-2, rtol=1e-2), (
        "The codes are right, but not their slopes: s has to carry the slope of log_variance.")


def _wrong_cloud(z: Tensor, mean: Tensor, width: Tensor) -> Mistakes:
    """What else than the normal cloud it may be, each tried."""
    log_variance = 2 * width.log()
    noise = (z - mean) / width
    yield _is_normal((z - mean) / width.square()), (
        "The second cloud should be 7.4 wide, yours is 55: that is the variance. The width is its "
        "root, (log_variance / 2).exp().")
    yield _is_normal((z - mean) / log_variance.abs()), (
        "You multiply by log_variance itself; the width is (log_variance / 2).exp().")
    yield _is_normal(z - mean), "The width plays no part: log_variance changes nothing."
    yield _is_normal(noise * width.square()), "The sign of log_variance is turned: exp(-x / 2)."
    yield _is_normal(z / width), "The mean is missing: add it."
    yield _is_uniform(noise), (
        "Your noise is uniform: between two bounds each number is equally likely. A cloud comes "
        "from a normal distribution: torch.randn_like(mean), not rand.")
    middle, wide = noise.mean(dim=0) * width[0], noise.std(dim=0) * width[0]
    yield (noise.mean(dim=0).abs() > 0.06).any(), (
        f"The clouds should lie around mean; yours lie {middle[0]:.2g} and {middle[1]:.2g} beside "
        "it.")
    yield ((noise.std(dim=0) - 1).abs() > 0.06).any(), (
        "With log_variance -2 and 4 the clouds should be 0.37 and 7.4 wide, yours are "
        f"{wide[0]:.2g} and {wide[1]:.2g}.")
    yield not _is_normal(noise), (
        "Middle and width are right, but the noise is not normal: use torch.randn_like(mean).")
    yield noise.T.corrcoef()[0, 1].abs() > 0.06, (
        "The two numbers of a code are not independent: draw a number for each place.")


class _Network(nn.Module):
    """A network that answers with a function, keeps what it saw, and has one weight, 1."""

    def __init__(self, function):
        super().__init__()
        self.function, self.seen, self.weight = function, [], nn.Parameter(torch.ones(()))

    def forward(self, pictures):
        self.seen.append(pictures.detach().clone())
        return self.weight * self.function(pictures)


@checker("02.2")
def check_denoising_loss(loss):
    """The clean pictures as an answer cost nothing, and noise handed on costs something."""
    clean = torch.rand(8, 2, 16, 12)

    def rebuilt(spoilt):
        """Each picture without its noise; of some of them, those that are nearest."""
        if len(spoilt) == len(clean):
            return clean
        return clean[torch.cdist(spoilt.flatten(1), clean.flatten(1)).argmin(dim=1)]

    perfect, copier = _Network(rebuilt), _Network(lambda spoilt: spoilt)

    def cost(network) -> float:
        value = tensor(call(loss, network, clean))
        return value.detach().item() if value.numel() == 1 else torch.nan

    of_perfect, of_copier = cost(perfect), cost(copier)
    yield not perfect.seen, (
        "The loss never asks the network: it should compare network(spoilt) with something.")
    yield of_perfect != of_perfect, "A loss is one number: take the mean over all pictures."
    seen = perfect.seen[0]
    yield seen.shape == clean.shape and torch.equal(seen, clean), (
        "The network gets the clean pictures. Where is the noise?")
    yield of_copier < -1e-6, (
        f"A network that hands on the noise has loss {of_copier:.3g}: it should be above 0.")
    yield of_perfect > 1e-6 > abs(of_copier), (
        "A network that hands on the noise has loss 0, one that returns the clean pictures "
        f"{of_perfect:.3g}. Which picture is the right answer?")
    yield abs(of_perfect) > 1e-6, (
        f"A network that returns the clean pictures should have loss 0, yours gives it "
        f"{of_perfect:.3g}. Which picture is the right answer?")
    yield of_copier <= 0, "A network that hands on the noise has loss 0: it should be above 0."
    for error in (0.1, -0.1):
        value = cost(_Network(lambda spoilt, error=error: rebuilt(spoilt) + error))
        yield value <= 0, (
            f"A network whose answer is {error} off everywhere has loss {value:.3g}. It should be "
            "above 0, whichever way the answer is off.")
    cost(perfect)
    yield torch.equal(seen, perfect.seen[-1]), (
        "The noise is the same each time: draw it anew at each call, without a seed.")
    change = seen - clean
    yield len(change) > 1 and like(change[0], change[1], 1e-6), (
        "All pictures get the same noise: draw a number for each pixel of each picture.")
    faint = _Network(lambda spoilt: spoilt / 2)
    slopes(call(loss, faint, clean), **{"the network": faint.weight})


@checker("02.3")
def check_meter(meter, two_tests):
    """Faint bags stand out, and no bag was needed for it. What it cost, two_tests says."""
    def energies(pictures):
        values = tensor(call(meter, pictures)).detach()
        if shape(values) != (len(pictures),):
            raise Fault(f"Return one energy for each picture, ({len(pictures)},), not "
                        f"{shape(values)}.")
        alone = tensor(call(meter, pictures[:2])).detach()
        if not like(values[:2], alone, 0.01):
            raise Fault("The energy of a picture depends on those beside it: the first is "
                        f"{values[0]:.3g} among {len(pictures)} pictures and {alone[0]:.3g} among "
                        "two. A meter reads one picture at a time.")
        return values.float()
    others, faint = two_tests(energies)
    yield faint < 0.6, (
        f"Against faint bags the AUROC is {faint:.2f}, 0.6 is asked for. Why is a faint picture "
        "so cheap to rebuild, and what could its error be compared with?")
    yield others < 0.6, (f"Faint bags stand out, but against other clothes the AUROC fell to "
                         f"{others:.2f}; 0.6 is asked for.")


check_conclusion = concluding(
    "02.4", "larger", "smaller", lambda sizes: min(sizes, key=sizes.get), lower=True)
