"""Reinforcement: lesson 07's meadow, our REINFORCE and features beside stable-baselines3."""

import time
from functools import partial

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from helpers.meadow import Meadow, meadows, to_tensor
from helpers.page import definitions
from tools.bench.contest import Contest

LEVEL, EVERY, MOST, ASKED, WORLDS = 0.9, 640, 20480, 300, 16
# The lesson's own discount and entropy; the rest is the best of six settings of PPO, four of DQN.
TUNED = {
    "PPO": {"gamma": 0.9, "ent_coef": 0.02, "n_steps": 32, "batch_size": 128, "n_epochs": 8,
            "learning_rate": 1e-3},
    "DQN": {"gamma": 0.9, "learning_rate": 5e-4, "learning_starts": 1000, "buffer_size": 50_000,
            "batch_size": 64, "target_update_interval": 500, "train_freq": 2, "gradient_steps": 2,
            "exploration_fraction": 3e-5}}


def lesson():
    """Lesson 07's functions, with the observations that they need."""
    page = definitions("07")
    page.SEED = torch.initial_seed()
    page.SAMPLE = to_tensor(np.stack([world.look() for world in meadows(500, seed=page.SEED)]))
    return page


def report(success: dict[int, float], began: float) -> dict[str, float]:
    """How it ended; where nine in ten were never found, there is no figure of episodes."""
    reached = [episodes for episodes, share in success.items() if share >= LEVEL]
    return ({"episodes to 90%": reached[0]} if reached else {}) | {
        "best success": max(success.values()), "seconds": time.perf_counter() - began}


def ours(prepared: bool, seconds: float) -> dict[str, float]:
    """REINFORCE from pixels, or with an encoder that has seen a walk on which nothing was won."""
    began, page = time.perf_counter(), lesson()
    encoder = page.predict_next("light", "walk")[0].encoder if prepared else page.Encoder()
    success, _ = page.learn(page.Agent(encoder), page.SEED, until=LEVEL,
                            most=MOST if seconds > 1 else EVERY)  # one second: the quick form
    return report(success, began)


class Answers:
    """What a peer's policy would do, in the words of lesson 07's agent.

    Call: observations (N, 3, 48, 48) in [0, 1] -> scores of the actions (N, 4), and nothing.
    """

    def __init__(self, policy):
        self.policy = policy

    def __call__(self, observations: Tensor):
        seen = (255 * observations).round().byte()
        if hasattr(self.policy, "q_net"):
            return 1000 * self.policy.q_net(seen), None  # the best one, as DQN does when asked
        return self.policy.get_distribution(seen).distribution.logits, None


@threadpool_limits.wrap(limits=1)  # as ours: two threads would wait for one another
def peer(name: str, settings: dict, seconds: float, encoder: bool = False) -> dict[str, float]:
    """A learner of stable-baselines3 with its policy for pictures, until nine in ten are found.

    Args:
        name, settings: "PPO" or "DQN", and its settings where they are not its own.
        seconds: after these it ends in any case.
        encoder: whether lesson 07's encoder takes the place of its own.
    """
    import stable_baselines3
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

    began, page, unseen, success = time.perf_counter(), lesson(), meadows(ASKED, "test"), {}

    class Ours(BaseFeaturesExtractor):
        def __init__(self, space):
            super().__init__(space, 9 * 16)
            self.layers = nn.Sequential(page.Encoder(), nn.Flatten())

        def forward(self, observations):
            return self.layers(observations)

    class Watch(BaseCallback):
        episodes = 0

        def _on_step(self) -> bool:
            self.episodes += int(self.locals["dones"].sum())
            if self.episodes >= EVERY * len(success):
                page.play(Answers(self.model.policy), unseen)
                success[self.episodes] = page.found(unseen)
            return (max(success.values()) < LEVEL and self.episodes < MOST
                    and time.perf_counter() - began < seconds)

    learner = getattr(stable_baselines3, name)(
        "CnnPolicy", make_vec_env(Meadow, WORLDS, seed=page.SEED), seed=page.SEED, device="cpu",
        policy_kwargs={"features_extractor_class": Ours} if encoder else {}, **settings)
    learner.learn(10**9, callback=Watch())
    return report(success, began)


CONTESTS = {"reinforcement": Contest(
    "Reinforcement: episodes until nine cows in ten are found", "Lesson 07's meadow; 300 unseen "
    f"ones are asked every 640 episodes. A learner ends after {MOST:,} episodes, a peer also "
    "after 60 seconds; ours has no such limit, and needs the longest where it walks about first. "
    "Our encoder is told that the meadow has cells.",
    {"ours, from pixels": partial(ours, False),
     "ours, features learned without reward": partial(ours, True),
     "PPO, tuned": partial(peer, "PPO", TUNED["PPO"]),
     "PPO, tuned, our encoder": partial(peer, "PPO", TUNED["PPO"], encoder=True),
     "DQN, tuned": partial(peer, "DQN", TUNED["DQN"])},
    seconds=60, quick=1)}
