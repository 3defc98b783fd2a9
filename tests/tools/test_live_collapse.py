"""Collapse: the page's steps are PyTorch's, and it shows what lesson 03 shows."""

import live
import pytest
import torch
from playwright.sync_api import expect

from helpers.page import definitions

pytestmark = pytest.mark.slow
STEPS = """async ([address, f, g, x, y, kind]) => {
    const {Net, step} = await import(`${address}/circle.js`);
    const nets = [new Net(f), new Net(g)];
    const [xs, ys] = [x, y].map(all => all.map(one => Float64Array.from(one)));
    const losses = xs.map((_, i) => step(...nets, xs[i], ys[i], kind));
    return [losses, ...nets.map(net => net.parts.map(part => [...part.numbers]))];
}"""


def numbers(net):
    return [part.flatten().tolist() for part in net.parameters()]


@pytest.mark.parametrize("kind, loss", [("down", "push_down"), ("contrastive", "contrastive"),
                                        ("regularised", "regularised")])
def test_twenty_steps_end_where_those_of_pytorch_end(kind, loss, page):
    lesson = definitions("03")
    pair = lesson.new_pair().double()  # as JavaScript's numbers: AdamW makes much of little
    batches = [[one.double() for one in lesson.circle(64)] for _ in range(20)]
    start = [numbers(pair[name]) for name in "fg"]
    optimizer = torch.optim.AdamW(pair.parameters(), lr=5e-3, weight_decay=0.01)
    losses = []
    for batch in batches:
        value = getattr(lesson, loss)(pair, batch)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        losses.append(value.item())
    x, y = ([one.flatten().tolist() for one in side] for side in zip(*batches))
    with live.modules(page) as address:
        found, *nets = page.evaluate(STEPS, [address, *start, x, y, kind])
    assert found == pytest.approx(losses, abs=1e-6)
    for name, net in zip("fg", nets):
        for part, expected in zip(net, numbers(pair[name])):
            assert part == pytest.approx(expected, abs=1e-6)


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/collapse.html")
    return page


def number(opened, name):
    return float(opened.locator(f"#{name}").inner_text())


def train(opened, loss, steps):
    opened.get_by_role("radio", name=loss).check()
    goal = number(opened, "steps") + steps
    opened.get_by_role("button", name="Train").click()
    opened.wait_for_function("goal => Number(document.getElementById('steps').textContent) > goal",
                             arg=goal)
    opened.get_by_role("button", name="Pause").click()


def test_one_loss_collapses_and_the_push_up_brings_it_back(opened):
    train(opened, "and nothing else", 100)
    assert abs(number(opened, "depth")) < 0.01
    train(opened, "push up", 600)
    assert number(opened, "depth") > 0.5
    opened.get_by_role("button", name="Begin again").click()
    assert number(opened, "steps") == 0


def test_keys_and_hands_ask_about_a_pair(opened):
    pair = opened.locator("#pair")
    expect(pair).to_contain_text("x = 0.60, y = 0.80")
    opened.locator("#map").press("ArrowLeft")
    expect(pair).to_contain_text("x = 0.55, y = 0.80")
    opened.locator("#map").click()
    expect(pair).to_contain_text("x = 0.00, y = 0.00")
