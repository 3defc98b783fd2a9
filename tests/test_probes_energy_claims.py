"""The numbers that the course reports are right where one knows what they should be."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from helpers import claims, energy, probes, views
from helpers.data import Drawings
from tools import gallery

ENERGIES = st.lists(st.integers(-5, 5), min_size=1, max_size=20).map(torch.Tensor)
few = settings(max_examples=25, deadline=None)


# The energy meter


@pytest.mark.parametrize(
    ("related", "unrelated", "score"),
    [([1, 2], [3, 4], 1), ([3, 4], [1, 2], 0), ([1, 1], [1, 1], 0.5), ([1, 3], [2, 4], 0.75)],
)
def test_auroc_by_hand(related, unrelated, score):
    assert energy.auroc(torch.Tensor(related), torch.Tensor(unrelated)) == score


@few
@given(ENERGIES, ENERGIES)
def test_auroc_is_the_share_of_pairs_in_order(related, unrelated):
    score = energy.auroc(related, unrelated)
    difference = unrelated[:, None] - related
    assert score == pytest.approx(((difference > 0) + 0.5 * (difference == 0)).mean().item())
    assert score == pytest.approx(1 - energy.auroc(unrelated, related))
    labels = [0] * len(related) + [1] * len(unrelated)
    assert score == pytest.approx(roc_auc_score(labels, torch.cat([related, unrelated])))


@pytest.mark.parametrize("unrelated", [torch.randn(50) + 1, torch.ones(50)])
def test_compare_draws_and_returns_the_auroc(unrelated, displayed):
    related = torch.zeros(30)
    score = energy.compare(related, unrelated, "A title", "What one sees.")
    assert score == energy.auroc(related, unrelated)
    assert [words for words, *_ in gallery.figures(displayed)] == ["What one sees."]


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


@few
@given(st.integers(0, 2**31), st.sampled_from([views.on_paper, probes.in_the_wild]))
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


@few
@given(st.integers(0, 2**31), st.integers(1, 6))
def test_nearest_finds_itself_first(seed, count):
    torch.manual_seed(seed)
    gallery = torch.randn(10, 8)
    found = probes.nearest(gallery, gallery, count)
    assert found.shape == (10, count) and found.dtype == torch.int64
    assert found[:, 0].tolist() == list(range(10))
    assert all(len(set(row.tolist())) == count for row in found)
    assert torch.equal(probes.nearest(gallery[3:4], gallery, count), found[3:4])


# Claims


@pytest.fixture(autouse=True)
def no_claims_yet(monkeypatch):
    monkeypatch.setattr(claims, "_checked", {})


@pytest.mark.parametrize("value", [0.5, torch.tensor(0.5), np.float32(0.5)])
@pytest.mark.parametrize("bounds", [{"above": 0.4}, {"below": 0.6}, {"above": 0.4, "below": 0.6}])
def test_a_claim_that_holds_is_quiet(value, bounds, capsys):
    claims.check("pixels know something", value, **bounds)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("value, said", [(0.3, "0.3"), (0.5, "0.5"), (float("nan"), "nan")])
def test_a_claim_that_fails_says_so_in_one_line_with_the_value(value, said):
    with pytest.raises(AssertionError) as error:
        claims.check("pixels know something", value, above=0.5, below=0.9)
    assert str(error.value) == (f"Not so in this run: pixels know something. Measured {said}, "
                                "but the claim needs above 0.5 and below 0.9.")
    assert claims._checked == {}


def test_a_claim_that_fails_on_a_second_run_is_in_no_table(displayed):
    claims.check("it works", 0.7, above=0.5)
    with pytest.raises(AssertionError):
        claims.check("it works", 0.3, above=0.5)
    claims.table()
    assert "it works" not in displayed[-1]["data"]["text/markdown"]


def test_a_claim_without_a_bound_is_none():
    with pytest.raises(ValueError, match="needs a bound"):
        claims.check("pixels know something", 0.5)


def test_the_table_shows_each_claim_once_with_its_last_value(displayed):
    claims.check("first", 0.25, above=0.1)
    claims.check("second", 3, below=4)
    claims.check("first", 0.5, above=0.1)
    claims.table()
    lines = displayed[0]["data"]["text/markdown"].splitlines()
    assert lines[2:] == ["| first | 0.5 | above 0.1 |", "| second | 3 | below 4 |"]


@pytest.mark.parametrize(("value", "written"), [(0.06666, "0.0667"), (126, "126"), (-1.5, "-1.5"),
                                                (4313, "4,313"), (12345.6, "12,346")])
def test_the_table_writes_numbers_as_people_do(value, written, displayed):
    claims.check("so many", value, above=-2)
    claims.table()
    assert f"| so many | {written} | above -2 |" in displayed[0]["data"]["text/markdown"]


def test_a_bar_in_a_claim_does_not_break_the_table(displayed):
    claims.check("length |x| of a feature", 1, above=0)
    claims.table()
    assert r"\|x\|" in displayed[0]["data"]["text/markdown"]
