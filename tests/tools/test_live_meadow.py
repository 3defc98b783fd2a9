"""The meadow: the agent's steps are as probable as in PyTorch, and episodes end as in lesson 07."""

import live
import pytest
import torch
from playwright.sync_api import expect

from helpers import weights
from tools import recipes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def agent():
    network = recipes.agent().network
    weights.load("agent", network)
    return network


@pytest.fixture
def opened(page, address):
    page.goto(f"{address}/meadow.html")
    live.wait(page)
    return page


@torch.inference_mode()
def expect_what_the_agent_would_do(opened, agent):
    seen = live.pixels(opened.locator("#agent"))
    if seen.flatten(2).std(dim=2).sum() == 0:
        return  # it has touched something, and takes no further step
    rows = opened.locator("#chances li").all_inner_texts()
    found = torch.tensor([float(row.split("\n")[1]) for row in rows])
    torch.testing.assert_close(found, agent(seen)[0][0].softmax(dim=0), atol=1e-3, rtol=0)


def test_the_agent_finds_each_step_as_probable_as_in_pytorch(opened, agent):
    for _ in range(5):
        opened.get_by_role("button", name="down").click()
        live.wait(opened)
        expect_what_the_agent_would_do(opened, agent)
        opened.get_by_role("button", name="New meadow").click()
        live.wait(opened)
        expect_what_the_agent_would_do(opened, agent)


def test_a_step_moves_the_meadow_and_every_episode_ends(opened):
    you = opened.locator("#you")
    for step in range(1, 25):
        before = live.pixels(you)
        you.press("ArrowRight")
        live.wait(opened)
        if opened.locator("#you-episodes").inner_text() == "1":
            break
        expect(opened.locator("#yours")).to_contain_text(f"Step {step} of 24.")
        assert torch.equal(live.pixels(you)[..., :32], before[..., 16:])
    expect(opened.locator("#said")).to_have_text("Both are done. Press: New meadow.")
    expect(opened.locator("#agent-episodes")).to_have_text("1")
    points = opened.locator("#you-cows").inner_text()
    assert points == str(int("a point" in opened.locator("#yours").inner_text()))
    you.press("ArrowRight")
    expect(opened.locator("#said")).to_have_text("This meadow is done. Press: New meadow.")
    opened.get_by_role("button", name="New meadow").click()
    expect(opened.locator("#yours")).to_have_text("Step 0 of 24.")
