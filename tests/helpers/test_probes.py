"""The probes are right where one knows what they should say, and agree with slow ones."""

import dataclasses
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pictures import solid_drawings
from strategies import SEEDS

from helpers import probes, views
from helpers.data import Drawings


def coloured(concepts=20, artists=9):
    """Drawings of which red tells the concept and green the artist."""
    concept = torch.arange(concepts).repeat_interleave(artists)
    artist = torch.arange(artists).repeat(concepts)
    images = solid_drawings(len(concept), size=4)
    images[:, 0], images[:, 1], images[:, 2] = concept[:, None, None], artist[:, None, None], 0
    names = [f"concept {c}" for c in range(concepts)]
    return Drawings(images, concept, 0 * concept, artist, names, ["group"],
                    [f"artist{a}" for a in range(artists)])


def only(kept, drawings):
    return dataclasses.replace(drawings, **{name: getattr(drawings, name)[kept] for name in
                                            ("images", "concept", "group", "artist")})


def in_blue(drawings):
    pictures = views.on_paper(drawings)
    pictures[:, 2] = 1
    return pictures


def read(pictures, channel):
    return (255 * pictures[:, channel, 0, 0]).round().long()


def see_concept(pictures):
    return torch.eye(20)[read(pictures, 0)]


def see_nothing(pictures):
    return torch.ones(len(pictures), 3)


# Slow versions of retrieval and of both few-shot accuracies, on features in a table


def table_of_features(concepts, artists):
    """Features (2, concepts, artists, 4) far from 0, long and short: clean ones, those in blue."""
    length = 0.2 + 5 * torch.rand(2, concepts, artists, 1)
    direction = torch.randn(concepts, 1, 4) + torch.randn(2, concepts, artists, 4)
    return 3 * torch.randn(4) + length * direction


def read_in(table):
    return lambda pictures: table[read(pictures, 2) // 255, read(pictures, 0), read(pictures, 1)]


def cosine(one, other):
    return one @ other / np.sqrt(one @ one) / np.sqrt(other @ other)


def slow_nearest(questions, gallery, count):
    centre = sum(gallery) / len(gallery)
    likeness = [[cosine(question - centre, row - centre) for row in gallery]
                for question in questions]
    return [sorted(range(len(gallery)), key=lambda row: -alike[row])[:count] for alike in likeness]


def slow_one_shot(table, drawings, asked):
    shares = []
    for first, second in [(a, a) for a in range(3)] if asked else combinations(range(3), 2):
        drawn = [set(drawings.concept[drawings.artist == a].tolist()) for a in (first, second)]
        both = sorted(drawn[0] & drawn[1])
        found = slow_nearest(table[asked][both, second], table[0][both, first], 1)
        shares.append(np.mean([answer == [i] for i, answer in enumerate(found)]))
    return np.mean(shares)


def slow_cow_curve(table, asked, repeats=5):
    """Of each concept, artists come in a random order; the first one is asked about."""
    concepts, artists = table.shape[1:3]
    centre = table[0].reshape(-1, 4).mean(axis=0)
    clean, question = table[0] - centre, table[asked] - centre
    right = np.zeros((4, repeats, concepts))
    for repeat in range(repeats):
        order = [torch.randperm(artists).tolist() for _ in range(concepts)]
        for i, shots in enumerate([1, 2, 4, 7]):
            prototypes = [sum(clean[c, a] / np.sqrt(clean[c, a] @ clean[c, a])
                              for a in order[c][1:1 + shots]) for c in range(concepts)]
            for c in range(concepts):
                likeness = [cosine(question[c, order[c][0]], prototype) for prototype in prototypes]
                right[i, repeat, c] = np.argmax(likeness) == c
    return right.mean(axis=2).mean(axis=1), right.mean(axis=2).std(axis=1)


@given(SEEDS, st.sampled_from([8, 9]), st.booleans())
def test_cow_curve_agrees_with_a_slow_one(seed, artists, asked):
    torch.manual_seed(seed)
    table = table_of_features(5, artists)
    torch.manual_seed(seed)
    fast = probes.cow_curve(read_in(table), coloured(5, artists), in_blue if asked else None)
    torch.manual_seed(seed)
    assert np.allclose(fast, slow_cow_curve(table.numpy(), int(asked)))


@given(SEEDS, st.booleans())
def test_one_shot_agrees_with_a_slow_one_where_drawings_are_missing(seed, asked):
    torch.manual_seed(seed)
    drawings, table = coloured(8, 3), table_of_features(8, 3)
    missing = torch.randint(4, (8,))  # of each concept, the drawing of one artist, or none
    missing[:2] = 3
    drawings = only(drawings.artist != missing[drawings.concept], drawings)
    fast = probes.one_shot(read_in(table), drawings, in_blue if asked else None)
    assert fast == pytest.approx(slow_one_shot(table.numpy(), drawings, int(asked)))


@given(SEEDS, st.integers(1, 10))
def test_nearest_agrees_with_a_slow_one(seed, count):
    torch.manual_seed(seed)
    gallery, questions = table_of_features(1, 10)[:, 0]
    found = probes.nearest(questions, gallery, count)
    assert found.dtype == torch.int64
    assert found.tolist() == slow_nearest(questions.numpy(), gallery.numpy(), count)
    assert torch.equal(probes.nearest(gallery, gallery), probes.nearest(gallery, gallery, 5))


# Who is asked about what, and in which pictures


@pytest.mark.parametrize("fewer", [0, 1])
def test_no_question_is_by_the_maker_of_a_drawing_that_is_shown(fewer):
    """Noto's two sets of a concept are equal here, all others differ."""
    artists = [*(f"artist{a}" for a in range(7)), "noto", "noto-v1"]
    drawings = dataclasses.replace(coloured(), artists=artists)
    if fewer:  # eight drawings of each concept: one of the others is missing
        drawings = only(drawings.artist != drawings.concept % 7, drawings)

    def see_maker(pictures):
        return torch.eye(180)[9 * read(pictures, 0) + read(pictures, 1).clamp(max=7)]

    assert probes.cow_curve(see_maker, drawings, repeats=20)[0].max() < 0.2
    assert probes.one_shot(see_maker, drawings) < 0.2


def test_cow_curve_asks_about_concepts_with_eight_artists_only():
    embedded = []

    def embed(pictures):
        embedded.append(len(pictures))
        return see_concept(pictures)

    seven_of_the_first = only(slice(2, None), coloured())
    mean, spread = probes.cow_curve(embed, seven_of_the_first, views.on_paper, repeats=2)
    assert embedded == [178, 19, 19], "once the clean drawings, then the questions"
    assert mean.tolist() == [1, 1, 1, 1] and spread.tolist() == [0, 0, 0, 0]


def test_one_shot_of_one_who_knows_is_one():
    assert probes.one_shot(see_concept, coloured()) == 1


def test_one_who_knows_nothing_reaches_chance():
    assert np.allclose(probes.cow_curve(see_nothing, coloured())[0], 1 / 20)
    for ask in (None, probes.in_the_wild):
        assert probes.one_shot(see_nothing, coloured(), ask) == pytest.approx(1 / 20)


def test_one_shot_leaves_out_the_pair_that_is_one_drawing_in_two_finishes():
    drawings = dataclasses.replace(coloured(artists=3), artists=["fluent-emoji", "noto",
                                                                 "fluent-emoji-flat"])

    def see_no_noto(pictures):
        features = see_concept(pictures)
        return torch.where(read(pictures, 1)[:, None] == 1, torch.randn_like(features), features)

    assert probes.one_shot(see_no_noto, drawings) < 0.3


def test_raw_pixels_are_all_numbers_of_a_picture():
    pictures = torch.rand(2, 3, 4, 5)
    assert torch.equal(probes.raw_pixels(pictures), pictures.reshape(2, 60))


@pytest.mark.parametrize("size", [64, 96])
def test_in_the_wild_a_drawing_is_three_quarters_to_all_as_wide_as_before(size):
    disc, line = solid_drawings(100, size=size), torch.linspace(-1, 1, size)
    disc[:, :3], disc[:, 3] = 0, 255 * (line**2 + line[:, None] ** 2 < 1)
    pictures = probes.in_the_wild(disc)
    assert pictures.shape == (100, 3, size, size)
    black = (pictures.amax(dim=1) < 0.01).float().mean(dim=(1, 2))
    width = (4 / torch.pi * black).sqrt()
    measured = [width.min().item(), width.mean().item(), width.max().item()]
    assert measured == pytest.approx([0.75, 0.875, 1], abs=0.05)


# The label curve


def test_label_curve_of_separable_classes_is_one_and_of_noise_is_chance():
    classes = torch.arange(4).repeat(30)
    separable, noise = torch.eye(4)[classes], torch.randn(120, 5)
    mean, spread = probes.label_curve((separable, classes), (separable, classes), [1, 5, 20])
    assert mean.tolist() == [1, 1, 1] and spread.tolist() == [0, 0, 0]
    mean, _ = probes.label_curve((noise, classes), (torch.randn(120, 5), classes), [5], repeats=9)
    assert mean[0] == pytest.approx(0.25, abs=0.1)


def test_label_curve_draws_as_many_of_each_class_as_it_says():
    """Nothing links the examples: all that were not drawn get the same answer."""
    examples = torch.eye(18), torch.arange(3).repeat(6)
    mean, spread = probes.label_curve(examples, examples, [1, 2, 6])
    assert np.allclose(mean, [(3 + 5) / 18, (6 + 4) / 18, 1]) and np.allclose(spread, 0)


def test_label_curve_draws_three_times_and_gives_mean_and_spread():
    """With one question, each draw is right or wrong."""
    train = torch.randn(60, 3), torch.arange(2).repeat(30)
    mean, spread = probes.label_curve(train, (torch.zeros(1, 3), torch.tensor([0])), [1] * 10)
    assert set((3 * mean).round(6)) <= {0, 1, 2, 3} and len(set(mean)) > 2
    assert np.allclose(spread, (mean * (1 - mean)) ** 0.5)


def test_the_probe_is_a_regularised_logistic_regression_on_standardised_features():
    """Where it changes its mind tells of C: the sum of losses + weight² / 2C is least there."""
    feature, classes = np.array([0, 1, 2, 3, 4, 5, 6, 7, 6.5, 9]), np.array([0] * 8 + [1] * 2)
    x = (feature - feature.mean()) / feature.std()
    weight = bias = 0.0
    for _ in range(3000):
        error = 1 / (1 + np.exp(-weight * x - bias)) - classes
        weight -= 0.05 * ((error * x).sum() + weight / 0.1)
        bias -= 0.05 * error.sum()
    asked = torch.linspace(0, 30, 3001)[:, None]
    ones = (feature.mean() - feature.std() * bias / weight < asked).float().mean().item()
    train = torch.tensor(feature[:, None]), torch.tensor(classes)
    mean, _ = probes.label_curve(train, (asked.double(), torch.ones(3001)), [8], repeats=1)
    assert mean[0] == pytest.approx(ones, abs=0.003)


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_the_probe_is_trained_to_the_end_where_that_takes_more_than_a_hundred_steps():
    examples = torch.randn(300, 200).cumsum(0).cumsum(1), torch.arange(10).repeat_interleave(30)
    probes.label_curve(examples, examples, [30], repeats=1)
