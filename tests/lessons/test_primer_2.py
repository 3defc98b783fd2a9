"""Slopes, layers and training loops that stand on the page of primer 2."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("P2")


@pytest.fixture
def place(monkeypatch):
    """Give the page names that only a run of its cells makes."""
    def place(**values):
        for name, value in values.items():
            monkeypatch.setattr(PAGE, name, value, raising=False)
    return place


def test_the_slope_by_hand_is_that_of_the_table(place):
    place(x=torch.tensor([1.0, 2.0]), y=torch.tensor([2.0, 4.0]))
    assert [PAGE.slope(w) for w in (0.0, 1.0, 2.0)] == [-10, -5, 0]


def test_the_cross_entropy_is_that_of_pytorch_and_never_without_end():
    z, y = torch.randn(50, 1), torch.randint(2, (50, 1)).float()
    assert torch.allclose(PAGE.cross_entropy(z, y), F.binary_cross_entropy_with_logits(z, y))
    assert PAGE.cross_entropy(torch.tensor([-1e4]), torch.tensor([1.0])).isfinite()


def test_pixels_are_right_where_the_score_has_the_sign_of_the_answer(place):
    place(inside=torch.tensor([[1.0], [1.0], [0.0], [0.0]]))
    assert PAGE.share_right(torch.tensor([[3.0], [-1.0], [-2.0], [-0.1]])) == 0.75


def test_the_two_layers_are_those_of_pytorch():
    W1, b1, W2, b2 = PAGE.new_weights(5)
    x = torch.randn(7, 2)
    a, h, z = PAGE.forward(x, W1, b1, W2, b2)
    hidden = F.linear(x, W1.T, b1)
    assert torch.allclose(a, hidden, atol=1e-6) and torch.equal(h, a.relu())
    assert torch.allclose(z, F.linear(hidden.relu(), W2.T, b2), atol=1e-6)


def test_the_slopes_by_hand_are_those_of_autograd():
    weights = [weight.double().requires_grad_() for weight in PAGE.new_weights(6)]
    x, y = torch.randn(9, 2).double(), torch.randint(2, (9, 1)).double()
    a, h, z = PAGE.forward(x, *weights)
    slopes = torch.autograd.grad(F.binary_cross_entropy_with_logits(z, y), weights)
    by_hand = PAGE.backward(x, y, a, h, z, weights[2])
    assert all(torch.allclose(ours, theirs) for ours, theirs in zip(by_hand, slopes))


def test_training_by_hand_learns_a_square_that_no_line_cuts_out(place):
    places = torch.cartesian_prod(torch.linspace(-1, 1, 12), torch.linspace(-1, 1, 12))
    inside = (places.abs().amax(dim=1, keepdim=True) < 0.6).float()
    place(places=places, inside=inside)
    weights = PAGE.train_by_hand(32, steps=600, rate=1.0)
    assert PAGE.share_right(PAGE.forward(places, *weights)[2]) > 0.9 > 1 - inside.mean()


def test_the_classifier_has_the_weights_that_the_page_counts():
    network = PAGE.Classifier()
    assert sum(weight.numel() for weight in network.parameters()) == 784 * 128 + 128 + 128 * 10 + 10
    assert network(torch.rand(3, 1, 28, 28)).shape == (3, 10)


@pytest.fixture
def blocks(place):
    """Pictures of two kinds, bright above and bright below, in place of clothes."""
    labels = torch.randint(2, (200,))
    clothes = 0.2 * torch.rand(200, 1, 28, 28)
    clothes[labels == 0, :, :14] += 0.5
    clothes[labels == 1, :, 14:] += 0.5
    place(clothes=clothes, labels=labels, test_clothes=clothes[:50], test_labels=labels[:50])


def test_training_in_batches_tells_two_kinds_apart(blocks):
    network = PAGE.Classifier(hidden=8)
    history = PAGE.train_in_batches(network, 1e-2, steps=40)
    assert len(history) == 40 and history[-1] < 0.2 < history[0]
    assert PAGE.accuracy(network, PAGE.clothes, PAGE.labels) == 1
    assert PAGE.accuracy(network, PAGE.clothes, 1 - PAGE.labels) == 0
    pictures, labels = PAGE.batch()
    assert pictures.shape == (128, 1, 28, 28) and labels.shape == (128,)
    assert PAGE.loss(network, (pictures, labels)) < 0.2


def test_what_is_watched_are_pictures_of_the_training_and_new_ones(blocks, place):
    place(test_labels=1 - PAGE.test_labels)
    curves, (known, new) = PAGE.watch(100, steps=30)
    assert curves.shape == (3, 2)
    assert known == 1 and new == 0 and curves[-1, 0] < 0.2 < curves[-1, 1]


def test_a_network_without_a_hidden_layer_draws_a_line():
    z = nn.Sequential(nn.Linear(2, 8), nn.Linear(8, 1))
    first, last = torch.randn(2, 50, 2)
    middle = z((first + last) / 2)
    assert torch.allclose(middle, (z(first) + z(last)) / 2, atol=1e-5)
