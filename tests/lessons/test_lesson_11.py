"""What is held out, views and twins: the page of lesson 11."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS

from helpers.page import definitions

PAGE = definitions("11")
PAGE.page04 = definitions("04")


# What is held out


def exam_of(labels, first=0):
    """An exam about these labels; the order of their rows begins elsewhere."""
    return PAGE.make_exam(PAGE.held_out(torch.arange(len(labels)).roll(first)), labels)


@given(st.integers(16, 60), st.integers(0, 30))
def test_a_fifth_is_held_out_and_nothing_stands_on_both_sides(count, first):
    exam = exam_of(["cow", "sun"] * count, first)
    both = torch.cat([exam.train, exam.apart])
    assert sorted(both.tolist()) == list(range(2 * count))
    assert len(exam.apart) == -(-2 * count // 5)
    assert torch.equal(exam.train, exam.known) and torch.equal(exam.apart, exam.asked)
    assert exam.names == ["cow", "sun"]
    assert exam.classes.tolist() == [row % 2 for row in exam.known.tolist()]
    assert exam.truth.tolist() == [row % 2 for row in exam.asked.tolist()]


def test_a_class_with_too_few_pictures_is_not_asked_about_but_trained_on():
    exam = exam_of(["rare"] + ["common"] * 500, first=200)
    assert exam.names == ["common"] and len(exam.train) + len(exam.apart) == 501
    assert "Only “common” has" in PAGE.why_not(exam)
    assert "No class has" in PAGE.why_not(exam_of([None] * 30))
    assert PAGE.why_not(exam_of(["a", "b"] * 30)) == ""


# Views and twins


@given(SEEDS, st.integers(0, 180), st.floats(0, 0.9), st.floats(0, 1), st.booleans())
def test_a_view_keeps_shape_and_range(seed, turn, crop, colour, mirror):
    torch.manual_seed(seed)
    pictures = torch.rand(4, 3, 32, 32)
    seen = PAGE.see(pictures, crop, turn, colour, mirror)
    assert seen.shape == pictures.shape and seen.min() >= -1e-5 and seen.max() <= 1 + 1e-5


def test_a_view_that_says_nothing_changes_nothing():
    pictures = torch.rand(4, 3, 32, 32)
    same = PAGE.see(pictures, crop=0, turn=0, colour=0, mirror=False)
    assert torch.allclose(same, pictures, atol=1e-4)
    mirrored = PAGE.see(pictures.repeat(8, 1, 1, 1), crop=0, turn=0, colour=0)
    both = [torch.allclose(one, other, atol=1e-4) or torch.allclose(one, other.flip(2), atol=1e-4)
            for one, other in zip(mirrored, pictures.repeat(8, 1, 1, 1))]
    assert all(both) and not torch.allclose(mirrored, pictures.repeat(8, 1, 1, 1), atol=1e-4)


@pytest.mark.parametrize("size", [32, 64, 96])
def test_twins_of_each_size(size):
    twins = PAGE.twins_of(size, width=2, dim=8)
    a, b = twins(torch.rand(3, 3, size, size), torch.rand(3, 3, size, size))
    assert a.shape == b.shape == (3, 8)


def test_the_meters_see_a_collapse():
    spread, rank = PAGE.meters(torch.randn(500, 16))
    assert spread == pytest.approx(1, abs=0.05) and rank > 15
    spread, rank = PAGE.meters(torch.ones(500, 16) + 1e-6 * torch.randn(500, 16))
    assert spread < 0.01


def test_gather_is_nothing_on_one_process():
    z = torch.rand(3, 4)
    assert PAGE.gather(z) is z
