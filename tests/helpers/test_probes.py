"""The probes are right where one knows what they should say."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers import probes, views
from helpers.data import Drawings

# The cow curve, on drawings whose colour is their concept


def coloured(concepts=20, artists=9):
    """Red tells the concept, green tells the artist."""
    concept = torch.arange(concepts).repeat_interleave(artists)
    artist = torch.arange(artists).repeat(concepts)
    images = torch.zeros(len(concept), 4, 4, 4, dtype=torch.uint8)
    images[:, 3] = 255
    images[:, 0], images[:, 1] = concept[:, None, None], artist[:, None, None]
    names = [f"concept {c}" for c in range(concepts)]
    return Drawings(images, concept, 0 * concept, artist, names, ["group"],
                    [f"artist{a}" for a in range(artists)])


def read(pictures, channel):
    return (255 * pictures[:, channel, 0, 0]).round().long()


def see_concept(pictures):
    return torch.eye(20)[read(pictures, 0)]


def see_nothing(pictures):
    return torch.ones(len(pictures), 3)


def test_cow_curve_of_one_who_knows_is_one():
    mean, spread = probes.cow_curve(see_concept, coloured())
    assert mean.tolist() == [1, 1, 1, 1] and spread.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("embed", [see_nothing, lambda pictures: torch.randn(len(pictures), 50)])
def test_cow_curve_of_one_who_knows_nothing_is_chance(embed):
    mean, spread = probes.cow_curve(embed, coloured(), repeats=20)
    assert mean.shape == spread.shape == (len(probes.SHOTS),)
    assert np.allclose(mean, 1 / 20, atol=0.04)


def see_each_drawing(pictures):
    """Each drawing at right angles to all others: only the very same one can be recognised."""
    return torch.eye(180)[9 * read(pictures, 0) + read(pictures, 1)]


def test_cow_curve_never_shows_the_drawing_of_the_question():
    mean, _ = probes.cow_curve(see_each_drawing, coloured(), repeats=20)
    assert mean.max() < 0.2


TWO_BY_ONE = [*(f"artist{a}" for a in range(7)), "noto", "noto-v1"]


@pytest.mark.parametrize("fewer", [0, 1])
def test_no_question_is_by_the_maker_of_a_drawing_that_is_shown(fewer):
    """Noto's two sets of a concept are equal here, all others differ."""
    drawings = dataclasses.replace(coloured(), artists=TWO_BY_ONE)
    if fewer:  # eight drawings of each concept: one of the others is missing
        kept = drawings.artist != drawings.concept % 7
        drawings = dataclasses.replace(drawings, **{name: getattr(drawings, name)[kept] for name in
                                                    ("images", "concept", "group", "artist")})

    def see_maker(pictures):
        return see_each_drawing(torch.where(
            read(pictures, 1)[:, None, None, None] == 8, pictures - 1 / 255 * torch.tensor(
                [0, 1, 0]).view(3, 1, 1), pictures))

    assert probes.cow_curve(see_maker, drawings, repeats=20)[0].max() < 0.2
    assert probes.one_shot(see_maker, drawings) < 0.2


def test_cow_curve_asks_in_the_wild_about_concepts_with_eight_artists_only():
    drawings, embedded = coloured(), []
    drawings.concept[:2] = 1  # concept 0 keeps seven drawings

    def embed(pictures):
        embedded.append(len(pictures))
        return see_nothing(pictures)

    probes.cow_curve(embed, drawings, probes.in_the_wild, repeats=2)
    assert embedded == [180, 19, 19], "once the clean drawings, then the questions"


@given(SEEDS, st.sampled_from([views.on_paper, probes.in_the_wild]))
def test_cow_curve_is_a_share(seed, ask):
    torch.manual_seed(seed)
    weights = torch.randn(48, 2)
    mean, spread = probes.cow_curve(lambda pictures: pictures.flatten(1) @ weights, coloured(),
                                    ask, repeats=2)
    assert 0 <= mean.min() and mean.max() <= 1 and 0 <= spread.min() and spread.max() <= 0.5


# One-shot recognition


def test_one_shot_of_one_who_knows_is_one_and_of_one_who_knows_nothing_is_chance():
    assert probes.one_shot(see_concept, coloured()) == 1
    for ask in (None, probes.in_the_wild):
        assert probes.one_shot(see_nothing, coloured(), ask) == pytest.approx(1 / 20)


def test_one_shot_asks_in_the_wild_about_every_drawing_once():
    embedded = []

    def embed(pictures):
        embedded.append(pictures)
        return see_nothing(pictures)

    probes.one_shot(embed, coloured(), probes.in_the_wild)
    assert [len(pictures) for pictures in embedded] == [180, 180]
    assert not torch.equal(*embedded)


def test_one_shot_counts_concepts_that_both_artists_have_drawn():
    drawings = coloured(concepts=20, artists=2)
    some = dataclasses.replace(drawings, **{
        name: getattr(drawings, name)[1:] for name in ("images", "concept", "group", "artist")})
    assert probes.one_shot(see_concept, some) == 1


def test_one_shot_leaves_out_the_pair_that_is_one_drawing_in_two_finishes():
    drawings = dataclasses.replace(coloured(artists=3), artists=["fluent-emoji", "noto",
                                                                 "fluent-emoji-flat"])

    def see_no_noto(pictures):
        features = see_concept(pictures)
        return torch.where(read(pictures, 1)[:, None] == 1, torch.randn_like(features), features)

    assert probes.one_shot(see_no_noto, drawings) < 0.3


# The label curve and retrieval


def test_label_curve_of_separable_classes_is_one_and_of_noise_is_chance():
    classes = torch.arange(4).repeat(30)
    separable, noise = torch.eye(4)[classes], torch.randn(120, 5)
    mean, spread = probes.label_curve((separable, classes), (separable, classes), [1, 5, 20])
    assert mean.tolist() == [1, 1, 1] and spread.tolist() == [0, 0, 0]
    mean, _ = probes.label_curve((noise, classes), (torch.randn(120, 5), classes), [5], repeats=9)
    assert mean[0] == pytest.approx(0.25, abs=0.1)


@given(SEEDS, st.integers(1, 6))
def test_nearest_finds_itself_first(seed, count):
    torch.manual_seed(seed)
    gallery = torch.randn(10, 8)
    found = probes.nearest(gallery, gallery, count)
    assert found.shape == (10, count) and found.dtype == torch.int64
    assert found[:, 0].tolist() == list(range(10))
    assert all(len(set(row.tolist())) == count for row in found)
    assert torch.equal(probes.nearest(gallery[3:4], gallery, count), found[3:4])
