"""The holes, patches and measures that stand on the page of lesson 06."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from torch import nn

from helpers import data, views
from helpers.page import definitions

PAGE = definitions("06")


@pytest.fixture(scope="module")
def pictures():
    """Twenty unseen drawings on paper, (20, 3, 32, 32)."""
    return views.on_paper(data.drawings("test").images[::145][:20])


@given(SEEDS, st.sampled_from([4, 8, 12, 16]))
def test_a_hole_is_one_square_away_from_the_edge(seed, size):
    torch.manual_seed(seed)
    hole = PAGE.random_holes(20, size)
    assert hole.shape == (20, 1, 32, 32) and hole.dtype == torch.bool
    assert (hole.sum(dim=(1, 2, 3)) == size**2).all()
    assert (hole.any(dim=2).sum(dim=2) == size).all() and (hole.any(dim=3).sum(dim=2) == size).all()
    assert not hole[:, :, :4].any() and not hole[:, :, -4:].any()
    assert not hole[..., :4].any() and not hole[..., -4:].any()


def test_holes_reach_every_place_that_they_may():
    everywhere = PAGE.random_holes(3000).any(dim=0)[0]
    assert everywhere[4:-4, 4:-4].all()


@given(SEEDS)
def test_nothing_of_what_is_in_the_hole_is_seen(seed):
    torch.manual_seed(seed)
    pictures, others = torch.rand(2, 4, 3, 32, 32)
    hole = PAGE.random_holes(4)
    other_content = torch.where(hole, others, pictures)
    seen = PAGE.hide(pictures, hole)
    assert torch.equal(seen, PAGE.hide(other_content, hole))
    assert torch.equal(seen[:, :3][~hole.expand(-1, 3, -1, -1)],
                       pictures[~hole.expand(-1, 3, -1, -1)])
    assert torch.equal(seen[:, 3:], hole.float())


class Always(nn.Module):
    """A network that always gives the same."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, *question):
        return self.answer


def test_only_the_hole_is_asked_for():
    pictures, hole = torch.rand(4, 3, 32, 32).clamp(0.05, 0.95), PAGE.random_holes(4)
    right_inside = torch.where(hole, pictures, torch.rand(4, 3, 32, 32)).clamp(0.05, 0.95).logit()
    assert PAGE.hole_loss(Always(right_inside), (pictures, hole)) < 1e-10
    grey = PAGE.hole_loss(Always(torch.zeros(4, 3, 32, 32)), (pictures, hole))
    inside = hole.expand(-1, 3, -1, -1)
    assert grey.item() == pytest.approx((pictures[inside] - 0.5).pow(2).mean().item(), rel=1e-4)


@pytest.mark.parametrize("fill", ["by_mean", "biharmonic"])
def test_a_baseline_leaves_alone_what_is_seen_and_never_looks_into_the_hole(fill, pictures):
    hole, fill = PAGE.random_holes(20), getattr(PAGE, fill)
    filled = fill(pictures, hole)
    seen = ~hole.expand(-1, 3, -1, -1)
    assert torch.allclose(filled[seen], pictures[seen], atol=1e-6)
    other_content = torch.where(hole, 0.123, pictures)
    assert torch.allclose(fill(other_content, hole), filled, atol=1e-4)


def test_the_biharmonic_method_continues_a_slope():
    slope = torch.linspace(0.1, 0.9, 32).expand(2, 3, 32, 32)
    assert torch.allclose(PAGE.biharmonic(slope, PAGE.random_holes(2)), slope, atol=0.02)


def test_the_three_measures_of_a_filled_hole(pictures):
    hole = PAGE.random_holes(10)
    some = pictures[:10]
    assert (PAGE.error_inside(some, some, hole) == 0).all()
    assert torch.allclose(PAGE.ssim_inside(some, some, hole), torch.ones(10), atol=1e-4)
    off = torch.where(hole, some + 0.1, some - 0.5)
    assert torch.allclose(PAGE.error_inside(off, some, hole), torch.full((10,), 0.01), atol=1e-5)
    assert torch.allclose(PAGE.psnr(torch.tensor([0.1, 0.01, 0.001])),
                          torch.tensor([10.0, 20.0, 30.0]), atol=1e-4)
    assert (PAGE.ssim_inside(off, some, hole) < 1).all()


def test_patches_are_the_picture():
    pictures = torch.rand(3, 3, 32, 32)
    patches = PAGE.to_patches(pictures)
    assert patches.shape == (3, 64, 48)
    assert torch.equal(patches[1, 9].view(3, 4, 4), pictures[1, :, 4:8, 4:8])
    assert torch.equal(PAGE.to_pictures(patches), pictures)


@given(SEEDS, st.sampled_from([0.1, 0.15, 0.5, 0.75, 0.9, 0.95]))
def test_as_many_patches_are_hidden_as_were_asked_for(seed, ratio):
    torch.manual_seed(seed)
    seen = PAGE.choose(20, ratio)
    hidden = PAGE.is_hidden(seen)
    assert seen.shape == (20, round(64 * (1 - ratio)))
    assert (hidden.sum(dim=1) == 64 - seen.shape[1]).all()
    assert not hidden.gather(1, seen).any()
    hole = PAGE.patches_as_hole(hidden)
    assert hole.shape == (20, 1, 32, 32) and (hole.sum(dim=(1, 2, 3)) == 16 * hidden.sum(1)).all()
    assert torch.equal(hole[:, 0, ::4, ::4].flatten(1), hidden)


@given(SEEDS)
def test_a_masked_autoencoder_never_sees_what_is_hidden(seed):
    torch.manual_seed(seed)
    network = PAGE.MaskedAutoencoder(width=32, layers=1).eval()
    patches, seen = torch.rand(3, 64, 48), PAGE.choose(3)
    hidden = PAGE.is_hidden(seen)[..., None]
    other_content = torch.where(hidden, torch.rand(3, 64, 48), patches)
    with torch.inference_mode():
        assert network.encode(patches, seen).shape == (3, 16, 32)
        assert torch.equal(network(patches, seen), network(other_content, seen))


def test_the_order_of_the_visible_patches_makes_no_difference():
    network = PAGE.MaskedAutoencoder(width=32, layers=1).eval()
    patches, seen = torch.rand(3, 64, 48), PAGE.choose(3)
    with torch.inference_mode():
        assert torch.allclose(network(patches, seen), network(patches, seen.flip(1)), atol=1e-5)


def test_only_hidden_patches_are_asked_for():
    patches, seen = torch.rand(3, 64, 48), PAGE.choose(3)
    hidden = PAGE.is_hidden(seen)[..., None]
    off = torch.where(hidden, patches + 0.1, patches + 5)
    assert PAGE.patch_loss(Always(off), (patches, seen)).item() == pytest.approx(0.01, rel=1e-3)


@given(SEEDS)
def test_the_energy_of_a_filling_is_its_error_inside(seed):
    torch.manual_seed(seed)
    pictures, hole = torch.rand(150, 3, 32, 32), PAGE.random_holes(150)
    own, another = PAGE.energies_inside(lambda pictures, hole: pictures, pictures, hole)
    assert (own == 0).all() and another.shape == (150,)
    expected = PAGE.error_inside(pictures, pictures.roll(100, dims=0), hole)
    assert torch.equal(another, expected)


def test_a_network_without_bridges_knows_only_what_passes_its_deepest_map():
    network = PAGE.WithoutBridges(4, 3, width=4).eval()
    pictures = torch.rand(2, 4, 32, 32)
    with torch.inference_mode():
        assert network(pictures).shape == (2, 3, 32, 32)
        network.down[-1].register_forward_hook(lambda layer, given, out: 0 * out)
        assert torch.equal(network(pictures), network(torch.rand(2, 4, 32, 32)))


def test_detail_is_measured_in_the_hole_only():
    stripes = (torch.arange(32) % 2).float().expand(5, 3, 32, 32)
    hole = PAGE.random_holes(5)
    assert PAGE.detail(stripes, hole) == pytest.approx(3**0.5)
    assert PAGE.detail(torch.where(hole, 0.5, stripes), hole) == 0
