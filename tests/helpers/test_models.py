"""The networks compute what they say: step by step from their own weights they give the same."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from helpers import models


def slow_block(maps, layer, stride=1):
    """A convolution over maps with a border of zeros, batch normalisation, and no negative value.

    In training the mean and variance are those of the batch, afterwards those gathered so far.
    """
    convolution, norm = layer[0], layer[1]
    maps = F.conv2d(F.pad(maps, (1, 1, 1, 1)), convolution.weight, stride=stride)
    mean, variance = norm.running_mean, norm.running_var
    if layer.training:
        mean, variance = maps.mean((0, 2, 3)), maps.var((0, 2, 3), correction=0)
    mean, variance, scale, shift = (
        values[:, None, None] for values in (mean, variance, norm.weight, norm.bias))
    return (scale * (maps - mean) / (variance + 1e-5).sqrt() + shift).clamp(min=0)


def doubled(maps):
    return maps.repeat_interleave(2, 2).repeat_interleave(2, 3)


def slow_encoder(network, pictures):
    maps = 2 * pictures - 1
    for number in range(4):
        maps = slow_block(maps, network.layers[number], stride=2)
    return maps.reshape(len(pictures), -1)


def slow_decoder(network, codes):
    maps = codes @ network.expand.weight.T + network.expand.bias
    channels = 8 * network.head.in_channels
    side = round((maps.shape[1] / channels) ** 0.5)
    maps = maps.reshape(-1, channels, side, side)
    for number in range(4):
        maps = slow_block(doubled(maps), network.layers[number][1])
    maps = F.conv2d(F.pad(maps, (1, 1, 1, 1)), network.head.weight, network.head.bias)
    return 1 / (1 + (-maps).exp())


def slow_unet(network, pictures):
    whole = slow_block(pictures, network.stem)
    half = slow_block(whole, network.down[0], stride=2)
    quarter = slow_block(half, network.down[1], stride=2)
    eighth = slow_block(quarter, network.down[2], stride=2)
    out = doubled(slow_block(eighth, network.up[2])) + quarter
    out = doubled(slow_block(out, network.up[1])) + half
    out = doubled(slow_block(out, network.up[0])) + whole
    return F.conv2d(out, network.head.weight, network.head.bias)


def used(network, inputs):
    """Give a network weights that all matter, and statistics that were gathered a while."""
    network.double()
    for weight in network.parameters():
        weight.data += 0.2 * torch.randn_like(weight)
    for _ in range(10):
        network(torch.rand_like(inputs))
    return network


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("make, slow, inputs, shape", [
    (lambda: models.Encoder(width=2), slow_encoder, (3, 3, 32, 32), (3, 64)),
    (lambda: models.Encoder(1, 3, size=64), slow_encoder, (3, 1, 64, 64), (3, 384)),
    (lambda: models.Decoder(7, width=2), slow_decoder, (3, 7), (3, 3, 32, 32)),
    (lambda: models.Decoder(5, 1, 3, size=64), slow_decoder, (3, 5), (3, 1, 64, 64)),
    (lambda: models.UNet(2, 5, width=2), slow_unet, (3, 2, 32, 32), (3, 5, 32, 32)),
    (lambda: models.UNet(1, 1, width=3), slow_unet, (3, 1, 16, 24), (3, 1, 16, 24)),
])
def test_a_network_equals_its_description_step_by_step(make, slow, inputs, shape, training):
    inputs = torch.rand(*inputs, dtype=torch.float64)
    network = used(make(), inputs).train(training)
    expected = slow(network, inputs)
    out = network(inputs)
    assert out.shape == shape
    assert_close(out, expected)


def convolutions(*widths):
    """How many weights 3×3 convolutions from each width to the next have, with their norms."""
    return sum(9 * a * b + 2 * b for a, b in zip(widths, widths[1:]))


@pytest.mark.parametrize("network, count", [
    (models.Encoder(1, width=2), convolutions(1, 2, 4, 8, 16)),
    (models.Encoder(), convolutions(3, 16, 32, 64, 128)),
    (models.Decoder(7, 1, width=2),
     (7 + 1) * 16 * 4 + convolutions(16, 8, 4, 2, 2) + 9 * 2 * 1 + 1),
    (models.Decoder(7), (7 + 1) * 128 * 4 + convolutions(128, 64, 32, 16, 16) + 9 * 16 * 3 + 3),
    (models.UNet(1, 3, width=2), convolutions(1, 2, 4, 8, 16, 8, 4, 2) + 2 * 3 + 3),
    (models.UNet(1, 3), convolutions(1, 16, 32, 64, 128, 64, 32, 16) + 16 * 3 + 3),
])
def test_a_network_has_as_many_weights_as_by_hand(network, count):
    assert sum(weight.numel() for weight in network.parameters()) == count


@pytest.mark.parametrize("size", [32, 64])
def test_a_decoder_takes_what_an_encoder_gives(size):
    encoder = models.Encoder(width=1, size=size)
    decoder = models.Decoder(encoder.dim, width=1, size=size)
    assert decoder(encoder(torch.rand(2, 3, size, size))).shape == (2, 3, size, size)


def test_a_unet_that_leaves_all_maps_out_sees_nothing():
    network = models.UNet(1, 1, width=4, dropout=1.0)
    assert torch.equal(network(torch.rand(2, 1, 8, 8)), network(torch.rand(2, 1, 8, 8)))


def test_a_trained_unet_leaves_nothing_out():
    network, pictures = models.UNet(1, 1, width=4, dropout=0.5).eval(), torch.rand(2, 1, 8, 8)
    assert_close(network(pictures), slow_unet(network, pictures))


def test_a_unet_leaves_out_whole_maps_and_makes_up_for_them():
    network = models.UNet(1, 16, width=16, dropout=0.25)
    nn.init.zeros_(network.up[0][1].weight)  # only the topmost bridge is left,
    nn.init.dirac_(network.head.weight)  # and the outputs are its maps
    nn.init.zeros_(network.head.bias)
    pictures = torch.rand(40, 1, 8, 8)
    bridge, maps = network.stem(pictures), network(pictures)
    seen = bridge.amax((2, 3)) > 0
    kept = maps.amax((2, 3)) > 0
    assert_close(maps, kept[:, :, None, None] * bridge / 0.75)
    assert 0.7 < kept[seen].float().mean() < 0.8


def test_a_unet_without_dropout_draws_no_random_numbers():
    network = models.UNet(1, 1, width=4)
    before = torch.get_rng_state()
    network(torch.ones(2, 1, 8, 8))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_apply_equals_one_large_batch_in_the_same_order(batch):
    network = models.Encoder(width=4)
    inputs = torch.rand(7, 3, 32, 32)
    in_parts = models.apply(network, inputs, batch)
    assert not network.training and not in_parts.requires_grad
    assert torch.allclose(in_parts, network(inputs), atol=1e-5)


class Sizes(nn.Module):
    """Answers each input with the size of its batch."""

    def forward(self, inputs):
        return torch.full((len(inputs),), len(inputs))


@pytest.mark.parametrize("batch, expected", [
    ((), [512] * 512 + [2] * 2), ((300,), [300] * 300 + [214] * 214)])
def test_apply_takes_512_inputs_at_a_time_unless_it_is_told(batch, expected):
    assert models.apply(Sizes(), torch.zeros(514, 1), *batch).tolist() == expected
