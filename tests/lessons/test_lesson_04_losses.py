"""The energy and the losses that stand on the page of lesson 04 keep their properties."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers.page import definitions

PAGE = definitions("04")


def embeddings(count=8, dim=5):
    return torch.randn(count, dim), torch.randn(count, dim)


@given(SEEDS)
def test_the_energy_is_symmetric_between_0_and_2_and_ignores_length(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    energy = PAGE.distance(a, b)
    assert torch.allclose(energy, PAGE.distance(b, a))
    assert torch.allclose(energy, PAGE.distance(3 * a, b / 7), atol=1e-5)
    assert torch.allclose(PAGE.distance(a, a), torch.zeros(8), atol=1e-5)
    assert torch.allclose(PAGE.distance(a, -a), 2 * torch.ones(8), atol=1e-5)
    assert energy.min() >= 0 and energy.max() <= 2 + 1e-5
    assert torch.allclose(1 - energy.pow(2) / 2, F.cosine_similarity(a, b), atol=1e-5)


@given(SEEDS, st.sampled_from([0.05, 0.1, 0.5, 2.0]))
def test_nt_xent_is_what_its_formula_says(seed, temperature):
    torch.manual_seed(seed)
    a, b = embeddings()
    z = F.normalize(torch.cat([a, b]))
    slow = 0.0
    for i in range(16):
        weights = [math.exp(float(z[i] @ z[k]) / temperature) for k in range(16) if k != i]
        slow -= math.log(math.exp(float(z[i] @ z[(i + 8) % 16]) / temperature) / sum(weights)) / 16
    assert PAGE.nt_xent(a, b, temperature).item() == pytest.approx(slow, rel=1e-4, abs=1e-4)


def test_nt_xent_of_equal_embeddings_is_the_log_of_the_choices():
    same = torch.ones(10, 4)
    assert PAGE.nt_xent(same, same).item() == pytest.approx(math.log(19), rel=1e-5)


# What lightly 1.6.0 gives for these (NTXentLoss, VICRegLoss with the paper's sum over both views,
# NegativeCosineSimilarity); pytorch-metric-learning 2.9.0 agrees on NT-Xent.
KNOWN_A = torch.tensor([[0.9, 0.1, -0.3], [0.2, -0.8, 0.5], [-0.4, 0.6, 0.7], [1.0, 0.3, 0.2]])
KNOWN_B = torch.tensor([[0.8, 0.3, -0.1], [0.1, -0.6, 0.9], [-0.7, 0.5, 0.2], [0.4, 0.9, -0.5]])


def test_the_losses_give_the_values_of_known_implementations():
    assert PAGE.nt_xent(KNOWN_A, KNOWN_B, 0.5).item() == pytest.approx(0.9692078, abs=1e-6)
    assert PAGE.nt_xent(KNOWN_A, KNOWN_B, 0.1).item() == pytest.approx(1.0467160, abs=1e-6)
    assert PAGE.vicreg(KNOWN_A, KNOWN_B).item() == pytest.approx(24.3942871, rel=5e-4)
    simsiam = PAGE.simsiam(KNOWN_A, KNOWN_B, nn.Identity()).item()
    assert simsiam == pytest.approx(2 - 2 * 0.7885077, abs=1e-5)


@given(SEEDS, st.sampled_from([0.5, 1.0, 2.0]))
def test_the_margin_loss_is_what_its_formula_says(seed, margin):
    torch.manual_seed(seed)
    a, b = embeddings()
    a_unit, b_unit, slow = F.normalize(a), F.normalize(b), 0.0
    for i in range(8):
        right, wrong = (float((a_unit[i] - b_unit[j]).norm()) for j in (i, i - 1))
        slow += (right ** 2 + max(0.0, margin - wrong) ** 2) / 8
    assert PAGE.margin_loss(a, b, margin).item() == pytest.approx(slow, rel=1e-4)
    contrastive = nn.CosineEmbeddingLoss(margin=-1)  # its pull is half of the squared distance
    pull = 2 * contrastive(a, b, torch.ones(8)).item()
    assert PAGE.pull_only(a, b).item() == pytest.approx(pull, rel=1e-4)


@given(SEEDS)
def test_the_losses_with_fewer_or_more_strangers_are_what_their_formulas_say(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    a_unit, b_unit = F.normalize(a), F.normalize(b)
    one, mean, hardest = 0.0, 0.0, 0.0
    for i in range(8):
        right, wrong = (math.exp(float(a_unit[i] @ b_unit[j]) / 0.1) for j in (i, i - 1))
        one -= math.log(right / (right + wrong)) / 8
        pull = float((a_unit[i] - b_unit[i]).norm()) ** 2
        pushes = [max(0.0, 1 - float((a_unit[i] - b_unit[j]).norm())) ** 2
                  for j in range(8) if j != i]
        mean += (pull + sum(pushes) / 7) / 8
        hardest += (pull + max(pushes)) / 8
    assert PAGE.one_stranger(a, b).item() == pytest.approx(one, rel=1e-3, abs=1e-4)
    assert PAGE.margin_of_all(a, b).item() == pytest.approx(mean, rel=1e-4)
    assert PAGE.margin_of_hardest(a, b).item() == pytest.approx(hardest, rel=1e-4)


def test_without_a_predictor_the_stop_gradient_halves_the_gradient_of_pull_only():
    a, b = (z.requires_grad_() for z in embeddings())
    PAGE.simsiam(a, b, nn.Identity()).backward()
    still = a.grad.clone()
    a.grad = None
    PAGE.pull_only(a, b).backward()
    assert torch.allclose(a.grad, 2 * still, atol=1e-6)


@given(SEEDS)
def test_vicreg_is_what_its_formula_says(seed):
    torch.manual_seed(seed)
    a, b = embeddings()
    slow = 25 * sum(float(x - y) ** 2 for x, y in zip(a.flatten(), b.flatten())) / 40
    for z in (a, b):
        for i in range(5):
            column = z[:, i] - z[:, i].mean()
            slow += 25 * max(0.0, 1 - float(column.pow(2).sum() / 7) ** 0.5) / 5
            for j in set(range(5)) - {i}:
                slow += float((column * (z[:, j] - z[:, j].mean())).sum() / 7) ** 2 / 5
    assert PAGE.vicreg(a, b).item() == pytest.approx(slow, rel=1e-4)


def test_no_gradient_reaches_the_twin_that_holds_still():
    a, b = (z.requires_grad_() for z in embeddings())
    gate = torch.tensor(1.0, requires_grad=True)
    (gate * PAGE.simsiam(a, b, lambda z: z.detach() + gate)).backward()
    assert a.grad is None and b.grad is None and gate.grad != 0
    PAGE.simsiam(a, b, lambda z: z.detach() + 1, torch.clone).backward()
    assert a.grad.abs().sum() > 0


def test_only_the_losses_that_may_collapse_are_content_with_a_collapse():
    same = torch.ones(16, 64)
    assert PAGE.pull_only(same, same) == 0
    assert PAGE.simsiam(same, same, nn.Identity()) == 0
    assert PAGE.margin_loss(same, same) == pytest.approx(1)
    assert PAGE.nt_xent(same, same) > 3
    assert PAGE.vicreg(same, same) == pytest.approx(50)
