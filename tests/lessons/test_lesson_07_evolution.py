"""The evolution of distortions on the page of lesson 07."""

import pytest
import torch
from hypothesis import given
from strategies import SEEDS

from helpers import data, views
from helpers.page import definitions

PAGE = definitions("07")


@given(SEEDS)
def test_a_generation_keeps_within_its_limits(seed):
    torch.manual_seed(seed)
    genomes = PAGE.within_limits(3 * torch.randn(64, 8))
    for _ in range(5):
        assert genomes.shape == (64, 8) and genomes.min() >= 0 and genomes.max() <= 1
        assert genomes.sum(dim=1).max() <= 2 + 1e-5
        genomes = PAGE.next_generation(genomes, torch.rand(64))


def test_genomes_that_may_stay_are_not_changed_by_the_limits():
    genomes = torch.rand(10, 8) / 8
    assert torch.equal(PAGE.within_limits(genomes), genomes)


def test_the_fit_have_children_and_the_others_have_none():
    genomes = torch.zeros(64, 8)
    genomes[:16, 3] = 1  # tinted, and the fittest
    children = PAGE.next_generation(genomes, genomes[:, 3] + 0.1 * torch.rand(64))
    assert children[:, 3].mean() > 0.7 and children[:, 4].mean() < 0.2


def test_without_strength_nothing_is_distorted():
    drawings = data.drawings("test").images[:50:5]
    same = PAGE.distort(drawings, torch.zeros(10, 8))
    assert torch.allclose(same, views.on_paper(drawings), atol=0.02)


@given(SEEDS)
def test_a_distorted_drawing_is_a_picture(seed):
    torch.manual_seed(seed)
    drawings = data.drawings("test").images[:200:10]
    pictures = PAGE.distort(drawings, PAGE.within_limits(torch.rand(20, 8)))
    assert pictures.shape == (20, 3, 32, 32)
    assert pictures.min() >= 0 and pictures.max() <= 1


@pytest.mark.parametrize("kind", PAGE.KINDS)
def test_each_kind_of_distortion_does_something(kind):
    drawings = data.drawings("test").images[:200:10]
    genome = torch.eye(8)[PAGE.KINDS.index(kind)].expand(20, 8)
    change = (PAGE.distort(drawings, genome) - views.on_paper(drawings)).abs().mean(dim=(1, 2, 3))
    assert (change > 0.003).float().mean() > 0.8


def test_a_hole_is_square_grey_and_reaches_every_part():
    drawings = torch.zeros(300, 4, 32, 32, dtype=torch.uint8)
    holes = PAGE.distort(drawings, torch.eye(8)[7].expand(300, 8))[:, 0] < 1
    area = holes.sum(dim=(1, 2))
    assert (area >= 15 * 15).all() and (area <= 17 * 17).all()
    assert holes.any(dim=0)[2:-2, 2:-2].all()
