"""The boxes, masks, peaks and clusters that stand on the page of lesson 01."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from strategies import SEEDS
from torch import nn

from helpers.page import definitions

PAGE = definitions("01")
PAGE.cells = (torch.arange(PAGE.GRID) + 0.5) / PAGE.GRID


class Always(nn.Module):
    """A network that always gives the same."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, pictures):
        return self.answer


# Classification


def test_a_moved_drawing_stays_on_white_paper():
    drawings = torch.zeros(20, 4, 32, 32, dtype=torch.uint8)
    assert (PAGE.moved(drawings) == 1).all()
    drawings[:, 3, 12:20, 12:20] = 255
    pictures = PAGE.moved(drawings)
    assert pictures.shape == (20, 3, 32, 32) and pictures.min() >= 0 and pictures.max() <= 1
    ink = (1 - pictures[:, 0]).sum(dim=(1, 2))
    assert ink.min() > 0.6 * 64 and ink.max() < 1.6 * 64, "wholly there, at 0.8 to 1.2 of its size"


def test_accuracy_is_the_share_that_is_named_rightly():
    group = torch.tensor([3, 1, 3, 0])
    drawings = SimpleNamespace(images=torch.zeros(4, 4, 32, 32, dtype=torch.uint8), group=group)
    scores = torch.eye(8)[torch.tensor([3, 1, 2, 5])]
    assert PAGE.accuracy(Always(scores), drawings) == 0.5


def test_an_energy_of_a_drawing_and_a_group_is_minus_log_p(monkeypatch):
    monkeypatch.setattr(PAGE, "unseen", SimpleNamespace(group=torch.tensor([0, 7])), raising=False)
    monkeypatch.setattr(PAGE, "wrong", torch.tensor([2, 1]), raising=False)
    log_p = torch.arange(-16.0, 0).view(2, 8)
    right, wrong = PAGE.energies(log_p)
    assert right.tolist() == [16, 1] and wrong.tolist() == [14, 7]


# Regression and segmentation


def test_a_box_has_a_middle_and_a_size():
    boxes = torch.tensor([[[0.1, 0.2, 0.5, 0.8]], [[0.0, 0.0, 1.0, 1.0]]])
    expected = torch.tensor([[[0.3, 0.5, 0.4, 0.6]], [[0.5, 0.5, 1.0, 1.0]]])
    assert torch.allclose(PAGE.middle_and_size(boxes), expected)


def test_the_overlap_of_masks_is_divided_by_their_union():
    masks = torch.zeros(4, 1, 4, 4, dtype=torch.bool)
    masks[0, :, :2], masks[1, :, 1:3], masks[2, :, 3] = True, True, True
    iou = PAGE.intersection_over_union(masks[[0, 0, 0, 3]], masks[[0, 1, 2, 3]])
    assert torch.allclose(iou, torch.tensor([1, 1 / 3, 0, 0])), "0 where both are empty"


# Detection


@pytest.fixture
def scene():
    """Three objects and a missing one: boxes (1, 4, 4), present (1, 4), groups (1, 4)."""
    boxes = torch.tensor([[[0.1, 0.1, 0.3, 0.38], [0.5, 0.2, 0.9, 0.5], [0.2, 0.62, 0.6, 0.9],
                           [0.7, 0.7, 0.8, 0.8]]])
    return boxes, torch.tensor([[True, True, True, False]]), torch.tensor([[5, 0, 7, 2]])


def right_output(boxes, present, groups):
    """What a perfect detector gives, (1, 13, 32, 32): at each middle the sides and the group."""
    output = torch.zeros(1, 13, PAGE.GRID, PAGE.GRID)
    output[:, 0] = PAGE.heat_map(boxes, present).logit(eps=1e-4)
    for box, group in zip(boxes[present], groups[present]):
        left, top, right, bottom = box
        column, row = int((left + right) / 2 * 32), int((top + bottom) / 2 * 32)
        x, y = (column + 0.5) / 32, (row + 0.5) / 32
        sides = torch.stack([x - left, y - top, right - x, bottom - y])
        output[0, 1:5, row, column], output[0, 5 + group, row, column] = sides.logit(), 20
    return output


def test_the_heat_is_highest_in_the_middle_of_each_object_that_is_there(scene):
    boxes, present, _ = scene
    heat = PAGE.heat_map(boxes, present)
    assert heat.shape == (1, 32, 32) and heat.max() <= 1
    for box, there in zip(boxes[0], present[0]):
        column, row = ((box[:2] + box[2:]) / 2 * 32).long().tolist()
        assert (heat[0, row, column] > 0.8) == there
    assert torch.equal(PAGE.heat_map(boxes[:, [0, 0]], present[:, :2]),
                       PAGE.heat_map(boxes[:, [0]], present[:, [0]])), "two heats don't add up"


def test_what_the_loss_asks_for_is_what_detect_reads(scene, monkeypatch):
    boxes, present, groups = scene
    monkeypatch.setattr(PAGE, "detector", Always(right_output(*scene)), raising=False)
    scores, found, named = PAGE.detect(torch.rand(1, 3, 64, 64), count=4)
    order = found[0, :3, 0].argsort()
    assert torch.allclose(found[0, order], boxes[0, [0, 2, 1]], atol=1e-4)
    assert named[0, order].tolist() == [5, 7, 0]
    assert scores[0, :3].min() > 0.8 and scores[0, 3] < 0.01


@pytest.mark.parametrize("spoilt", [
    lambda output: output[:, [0, 2, 1, 4, 3, *range(5, 13)]],  # width for height
    lambda output: torch.cat([output[:, :5], output[:, 5:].roll(1, dims=1)], dim=1),
    lambda output: torch.cat([output[:, :1].roll(9, dims=3), output[:, 1:]], dim=1),
    lambda output: output.roll(2, dims=3),
    lambda output: output.transpose(2, 3),
])
def test_a_right_output_has_a_lower_loss_than_a_spoilt_one(spoilt, scene):
    output, batch = right_output(*scene), (None, *scene)
    right = PAGE.detection_loss(Always(output), batch)
    assert PAGE.detection_loss(Always(spoilt(output)), batch) > right + 0.1


def test_average_precision_asks_for_the_place_and_the_class(scene, monkeypatch):
    boxes, present, groups = scene
    for name, value in {"found_boxes": boxes, "true_boxes": boxes, "present": present,
                        "scores": torch.tensor([[0.9, 0.8, 0.7, 0.1]])}.items():
        monkeypatch.setattr(PAGE, name, value, raising=False)
    assert PAGE.average_precision(groups, groups) == pytest.approx(1)
    assert PAGE.average_precision((groups + 1) % 8, groups) < 0.2
    monkeypatch.setattr(PAGE, "found_boxes", boxes + 0.3)
    assert PAGE.average_precision(groups, groups) == 0


# Clusters


@given(SEEDS)
def test_purity_is_the_share_of_the_commonest_labels(seed):
    torch.manual_seed(seed)
    clusters, labels = torch.randint(4, (2, 30))
    pairs = list(zip(clusters.tolist(), labels.tolist()))
    slow = sum(max(pairs.count((c, label)) for label in range(4)) for c in range(4)) / 30
    assert PAGE.purity(clusters, labels) == pytest.approx(slow)
    assert PAGE.purity(torch.arange(30), labels) == 1
    assert PAGE.purity(clusters, torch.zeros(30, dtype=torch.int64)) == 1


def test_together_is_the_share_whose_nearest_neighbour_is_of_their_kind(monkeypatch):
    monkeypatch.setattr(PAGE, "names", ["Bag", "Shirt"], raising=False)
    monkeypatch.setattr(PAGE, "labels", torch.tensor([0, 0, 1, 0, 1]), raising=False)
    points = np.array([[0.0, 0], [0, 1], [0, 9], [0, 8], [5, 50]])
    assert PAGE.together(points, "Bag") == pytest.approx(2 / 3)
    assert PAGE.together(points, "Shirt") == pytest.approx(1 / 2)
