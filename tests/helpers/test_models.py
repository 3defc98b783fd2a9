"""The networks keep their shapes and compute what they say."""

import pytest
import torch

from helpers import models


@pytest.mark.parametrize("size", [32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_encoder_and_decoder_mirror_each_other(size, channels):
    encoder = models.Encoder(channels, width=4, size=size)
    decoder = models.Decoder(encoder.dim, channels, width=4, size=size)
    pictures = torch.rand(2, channels, size, size)
    codes = encoder(pictures)
    assert codes.shape == (2, encoder.dim)
    rebuilt = decoder(100 * codes)
    assert rebuilt.shape == pictures.shape
    assert 0 <= rebuilt.min() and rebuilt.max() <= 1


@pytest.mark.parametrize("height, width", [(32, 32), (64, 64), (8, 24)])
def test_unet_keeps_height_and_width(height, width):
    network = models.UNet(inputs=2, outputs=5, width=4)
    assert network(torch.rand(2, 2, height, width)).shape == (2, 5, height, width)


def test_unet_leaves_maps_out_in_training_only_and_draws_nothing_without_dropout():
    pictures = torch.rand(2, 1, 8, 8)
    network = models.UNet(1, 1, width=4, dropout=0.5)
    assert not torch.equal(network(pictures), network(pictures))
    network.eval()
    assert torch.equal(network(pictures), network(pictures))
    before = torch.get_rng_state()
    network = models.UNet(1, 1, width=4)
    made = torch.get_rng_state()
    network(pictures)
    assert torch.equal(torch.get_rng_state(), made) and not torch.equal(made, before)


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_apply_equals_one_large_batch_in_the_same_order(batch):
    network = models.Encoder(width=4)
    inputs = torch.rand(7, 3, 32, 32)
    in_parts = models.apply(network, inputs, batch)
    assert not network.training and not in_parts.requires_grad
    assert torch.allclose(in_parts, network(inputs), atol=1e-5)
