"""The twins, the losses and the meters that stand on the page of lesson 10."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import SEEDS
from torch import nn
from torch.nn import functional as F

from helpers import data
from helpers.page import definitions

PAGE = definitions("10")
PAGE.page04 = definitions("04")


@pytest.fixture
def train(monkeypatch):
    monkeypatch.setattr(PAGE, "train", data.drawings("test"), raising=False)
    return PAGE.train


def some_views(count=8):
    return torch.rand(2, count, 3, 32, 32)


# The slow twin


@given(SEEDS, st.floats(0, 1))
def test_the_slow_twin_goes_a_part_of_the_way(seed, momentum):
    torch.manual_seed(seed)
    slow, fast = nn.Linear(3, 2), nn.Linear(3, 2)
    before = [weight.clone() for weight in slow.parameters()]
    PAGE.follow(slow, fast, momentum)
    for old, new, target in zip(before, slow.parameters(), fast.parameters()):
        assert torch.allclose(new, momentum * old + (1 - momentum) * target, atol=1e-5)


def test_a_learner_has_what_its_method_needs_and_nothing_else():
    plain = {name for name, _ in PAGE.Learner().named_children()}
    assert plain == {"fast"}
    full = PAGE.Learner(momentum=0.9, predictor=16, prototypes=32, queue=10)
    assert {name for name, _ in full.named_children()} == {"fast", "slow", "predictor"}
    assert full.look(*some_views())[0].shape == (8, 32)
    assert full.queue.shape == (10, 64) and full.centre.shape == (32,)
    assert all(not weight.requires_grad for weight in full.slow.parameters())
    assert all(weight.requires_grad for weight in full.fast.parameters())


def test_at_momentum_zero_the_slow_twin_is_the_fast_one():
    net, (x, y) = PAGE.Learner(momentum=0.0, predictor=16), some_views()
    with torch.no_grad():
        for weight in net.fast.parameters():
            weight.add_(0.1)
    for slow, fast in zip(net.look_slowly(x, y), net.look(x, y)):
        assert torch.allclose(slow, fast, atol=1e-4) and not slow.requires_grad


def test_at_momentum_one_it_stays():
    net = PAGE.Learner(momentum=1.0)
    before = copy.deepcopy(net.slow)
    with torch.no_grad():
        for weight in net.fast.parameters():
            weight.add_(0.1)
    net.look_slowly(*some_views())
    assert all(torch.equal(old, new) for old, new in
               zip(before.parameters(), net.slow.parameters()))


@given(SEEDS)
def test_directions_are_apart_by_the_square_of_their_distance(seed):
    torch.manual_seed(seed)
    a, b = torch.randn(2, 6, 9)
    cosine = F.cosine_similarity(a, b)
    assert torch.allclose(PAGE.apart(a, 3 * b), 2 - 2 * cosine, atol=1e-5)


# Losses


@pytest.mark.parametrize("name", PAGE.family())
def test_each_method_gives_one_number_whose_gradient_reaches_the_encoder(name, train):
    loss, net = PAGE.family()[name]
    batch = some_views(16) if isinstance(net, PAGE.Learner) else PAGE.drawings(8)
    value = loss(net, *batch)
    assert value.shape == () and value.isfinite()
    value.backward()
    encoder = net.fast[0] if isinstance(net, PAGE.Learner) else net.eye
    assert all(weight.grad is not None for weight in encoder.parameters())
    assert any(weight.grad.abs().sum() > 0 for weight in encoder.parameters())
    for weight in (getattr(net, "slow", None) or nn.Identity()).parameters():
        assert weight.grad is None


def fixed(a, b, slow=None, **more):
    """A learner whose answers are given."""
    net = nn.Module()
    net.look = lambda x, y: (a, b)
    net.look_slowly = lambda x, y: slow or (a, b)
    net.predictor = nn.Identity()
    for name, value in more.items():
        net.register_buffer(name, value)
    return net


@given(SEEDS)
def test_margin_and_nt_xent_are_those_of_lesson_04(seed):
    torch.manual_seed(seed)
    a, b = torch.randn(2, 9, 5)
    net = fixed(a, b)
    assert PAGE.margin(net, None, a, m=1.0).item() == pytest.approx(
        PAGE.page04.margin_loss(a, b).item(), rel=1e-4)
    assert PAGE.nt_xent(net, a, b).item() == pytest.approx(
        PAGE.page04.nt_xent(a, b).item(), rel=1e-4)
    assert PAGE.vicreg(net, a, b, weight=25.0).item() == pytest.approx(
        PAGE.page04.vicreg(a, b).item(), rel=1e-4)


def test_byol_is_simsiams_loss_of_lesson_04():
    a, b, u, v = torch.randn(4, 9, 5)
    assert PAGE.byol(fixed(a, b, (u, v)), a, b).item() == pytest.approx(
        ((PAGE.page04.distance(a, v).pow(2) + PAGE.page04.distance(b, u).pow(2)).mean() / 2).item(),
        rel=1e-4)


def test_the_queue_takes_new_strangers_in_front_and_drops_the_oldest():
    queue = F.normalize(torch.randn(20, 5))
    u, v = torch.randn(2, 4, 5)
    net = fixed(*torch.randn(2, 4, 5), (u, v), queue=queue.clone())
    PAGE.moco(net, u, v)
    assert net.queue.shape == (20, 5)
    assert torch.allclose(net.queue[:8], F.normalize(torch.cat([u, v])))
    assert torch.equal(net.queue[8:], queue[:12])


def test_moco_is_nt_xent_with_the_queue_as_strangers():
    a, queue = torch.randn(6, 5), F.normalize(torch.randn(30, 5))
    net = fixed(a, a, queue=queue)
    likeness = torch.cat([torch.ones(6, 1), F.normalize(a) @ queue.T], dim=1) / 0.2
    expected = F.cross_entropy(likeness, torch.zeros(6, dtype=torch.int64))
    assert PAGE.moco(net, a, a).item() == pytest.approx(expected.item(), rel=1e-4)


@given(SEEDS)
def test_shares_are_equal(seed):
    torch.manual_seed(seed)
    p = PAGE.equal_shares(2 * torch.rand(40, 8) - 1, rounds=300)
    assert torch.allclose(p.sum(dim=1), torch.ones(40), atol=1e-4)
    assert torch.allclose(p.sum(dim=0), torch.full((8,), 5.0), rtol=0.1)


def test_one_winner_gets_no_more_than_its_share():
    scores = torch.zeros(40, 8)
    scores[:, 3] = 1
    assert PAGE.equal_shares(scores + 0.01 * torch.rand(40, 8)).sum(dim=0).max() < 7


@given(SEEDS)
def test_barlow_likes_views_that_agree_and_numbers_that_do_not(seed):
    torch.manual_seed(seed)
    z = torch.linalg.qr(torch.randn(50, 6)).Q
    z = z - z.mean(dim=0)
    agree = PAGE.barlow(fixed(z, z), z, z)
    same = z[:, :1].expand(-1, 6) + 1e-3 * torch.randn(50, 6)
    assert agree < PAGE.barlow(fixed(z, z.roll(1, 0)), z, z)
    assert agree < PAGE.barlow(fixed(same, same), z, z)
    assert PAGE.barlow(fixed(3 * z + 1, z), z, z).item() == pytest.approx(agree.item(), rel=1e-3)


# DINO


@given(SEEDS)
def test_dino_centres_and_sharpens(seed):
    torch.manual_seed(seed)
    a, b, u, v = 2 * torch.rand(4, 6, 8) - 1
    centre = torch.rand(8)
    net = fixed(a, b, (u, v), centre=centre.clone())
    p, q = (((one - centre) / 0.02).softmax(dim=1) for one in (u, v))
    expected = -((q * (a / 0.1).log_softmax(1)).sum(1) + (p * (b / 0.1).log_softmax(1)).sum(1))
    assert PAGE.dino(net, a, b).item() == pytest.approx(expected.mean().item() / 2, rel=1e-4)
    moved = 0.9 * centre + 0.1 * torch.cat([u, v]).mean(dim=0)
    assert torch.allclose(net.centre, moved, atol=1e-5)
    assert torch.allclose(net.answers, torch.cat([p, q]))


def test_without_centring_the_centre_stays():
    net = fixed(*torch.randn(2, 6, 8), centre=torch.zeros(8))
    PAGE.dino(net, torch.zeros(6, 1), None, centring=0.0)
    assert not net.centre.any()


@pytest.mark.parametrize(("answers", "expected"), [
    (torch.eye(8)[:1].expand(16, -1), (1, 1)), (torch.full((16, 8), 1 / 8), (8, 8)),
    (torch.eye(8).repeat(2, 1), (1, 8))])
def test_two_numbers_tell_the_collapses_apart(answers, expected):
    assert PAGE.counted(answers) == pytest.approx(expected, rel=1e-4)


def test_prototypes_are_directions():
    prototypes, z = PAGE.Prototypes(5, 7), torch.randn(3, 5)
    fit = prototypes(z)
    assert fit.shape == (3, 7) and fit.abs().max() <= 1 + 1e-5
    assert torch.allclose(prototypes(9 * z), fit, atol=1e-5)


# The table


def test_the_rank_counts_directions():
    z = torch.linalg.qr(torch.randn(60, 5)).Q
    z = z - z.mean(dim=0)
    assert PAGE.effective_rank(torch.cat([z, z], dim=1) + 7) == pytest.approx(5, rel=0.05)
    assert PAGE.effective_rank(torch.randn(60, 1) @ torch.randn(1, 9)) < 1.1


def test_held_counts_the_network_and_grows_with_the_batch(train):
    loss, net = PAGE.family()["BYOL"]
    own = sum(tensor.nbytes for tensor in net.state_dict().values()) / 1e6
    small, large = (PAGE.held(net, loss, some_views(count)) for count in (8, 16))
    assert own < small < large < small + 2 * (small - own)
    before = copy.deepcopy(net.state_dict())
    PAGE.held(net, loss, some_views(8))
    assert all(torch.equal(before[key], value) for key, value in net.state_dict().items())
