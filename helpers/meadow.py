"""A small world: somewhere in a meadow without edges stands a cow, among three other things.

The agent stands in a cell of the meadow and sees the nine cells around it. To touch a thing is to
walk into its cell; it ends the episode, and only the cow is rewarded.
"""

import functools
import math

import gymnasium
import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.nn import functional as F

from helpers import data, views

CELL = 16  # height and width of a cell in pixels
SIDE = 4  # cells across the meadow; who leaves at one edge comes in at the other
SIGHT = 3  # cells across what the agent sees; it stands in the middle one
MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
COW_LIGHT, OTHER_LIGHT = (0, 200, 80), (60, 60, 60)
GROUPS = ["Animals & Nature", "Food & Drink", "Activities", "Travel & Places", "Objects"]


class Meadow(gymnasium.Env):
    """Find the cow.

    Observation: (48, 48, 3) uint8, the nine cells around the agent, or, in the last step of an
    episode, the world's answer to the touch. Action: 0 to 3, the order of `MOVES`. Reward: 1 for
    the touch of the cow, otherwise 0. A touch terminates the episode; after `limit` steps without
    one it is truncated. `info` is empty. `touched` and `found` say how the episode has ended.

    Args:
        split: "train" or "test": which drawings stand beside the cow. The two have no concept in
            common. The cow is one of nine, by nine artists, in both.
        answer: what a touch shows. "light": the world turns green for the cow and dark for anything
            else. "close-up": the drawing that was touched, enlarged.
        render_mode: None, or "rgb_array": the meadow as it is seen from above.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 2}
    limit = 24

    def __init__(self, split: str = "train", answer: str = "light",
                 render_mode: str | None = None):
        if answer not in ("light", "close-up"):
            raise ValueError(f'A meadow answers with "light" or "close-up", not {answer!r}.')
        self.cows, self.others = sprites("cow", "test"), sprites("others", split)
        self.answer, self.render_mode = answer, render_mode
        self.action_space = gymnasium.spaces.Discrete(len(MOVES))
        self.observation_space = gymnasium.spaces.Box(0, 255, (SIGHT * CELL, SIGHT * CELL, 3),
                                                      np.uint8)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        random = self.np_random
        self.steps, self.at = 0, (0, 0)
        self.touched = self.found = False
        self.things = (1 + random.permutation(SIDE * SIDE - 1)[:4]).tolist()  # the cow comes first
        colour = random.integers(90, 256, size=3, dtype=np.uint16)
        self.cells = np.tile(colour.astype(np.uint8), (SIDE * CELL) ** 2)
        self.cells = self.cells.reshape(SIDE, CELL, SIDE, CELL, 3)
        layers = np.stack([pool[random.integers(len(pool)), random.integers(pool.shape[1])]
                           for pool in (self.cows, self.others, self.others, self.others)])
        pictures = layers[..., :3] + (255 - layers[..., 3:]) * colour // 255
        for thing, picture in zip(self.things, pictures):
            self.cells[thing // SIDE, :, thing % SIDE] = picture
        return self.look(), {}

    def step(self, action):
        self.steps += 1
        self.at = tuple((place + move) % SIDE for place, move
                        in zip(self.at, tuple(MOVES.values())[action]))
        cell = self.at[0] * SIDE + self.at[1]
        self.touched, self.found = cell in self.things, cell == self.things[0]
        observation = self._answer() if self.touched else self.look()
        out_of_time = self.steps >= self.limit and not self.touched
        return observation, float(self.found), self.touched, out_of_time, {}

    def render(self):
        """The whole meadow, (192, 192, 3) uint8; a frame marks the agent's cell."""
        meadow = Image.fromarray(self.cells.reshape(SIDE * CELL, SIDE * CELL, 3))
        meadow = meadow.resize((3 * SIDE * CELL, 3 * SIDE * CELL), Image.Resampling.NEAREST)
        top, left = (3 * CELL * place for place in self.at)
        frame = (left, top, left + 3 * CELL - 1, top + 3 * CELL - 1)
        ImageDraw.Draw(meadow).rectangle(frame, outline=(0, 0, 0), width=4)
        return np.asarray(meadow)

    def look(self) -> np.ndarray:
        """The nine cells around the agent, (48, 48, 3) uint8."""
        rows, columns = ([(place + step) % SIDE for step in (-1, 0, 1)] for place in self.at)
        return self.cells[rows][:, :, columns].reshape(SIGHT * CELL, SIGHT * CELL, 3)

    def _answer(self) -> np.ndarray:
        if self.answer == "light":
            light = COW_LIGHT if self.found else OTHER_LIGHT
            return np.full((SIGHT * CELL, SIGHT * CELL, 3), light, np.uint8)
        drawing = self.cells[self.at[0], :, self.at[1]]
        return drawing.repeat(SIGHT, axis=0).repeat(SIGHT, axis=1)


def meadows(count: int, split: str = "train", seed: int = 0, **settings) -> list[Meadow]:
    """`count` meadows, each with random numbers of its own; equal seeds give equal meadows."""
    worlds = [Meadow(split, **settings) for _ in range(count)]
    for number, world in enumerate(worlds):
        world.reset(seed=1_000_000 * seed + number)
    return worlds


def to_tensor(observations: np.ndarray) -> Tensor:
    """Observations (N, 48, 48, 3) uint8 -> (N, 3, 48, 48) float in [0, 1]."""
    return torch.from_numpy(observations).permute(0, 3, 1, 2).float().div_(255)


@functools.cache
def sprites(kind: str, split: str) -> np.ndarray:
    """Drawings as small as a cell, (N, 4, 16, 16, 4) uint8, colours multiplied by alpha.

    Of each there are four, which are mirrored, tilted by up to 15°, shrunk to 0.65 of the width or
    more, and moved, by lot, the same in every run.

    Args:
        kind: "cow", or "others": animals, food, activities, places and objects, no face of a cow.
        split: of the drawings. The cows are in "test".
    """
    drawings = data.drawings(split)
    if kind == "cow":
        rows = drawings.find("cow")
    else:
        groups = torch.tensor([drawings.groups.index(group) for group in GROUPS])
        cows = torch.tensor([name.startswith("cow") for name in drawings.concepts])
        rows = torch.isin(drawings.group, groups) & ~cows[drawings.concept]
    images = drawings.images[rows]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return torch.stack([_variant(images) for _ in range(4)], dim=1).numpy()


def _variant(images: Tensor) -> Tensor:
    """Drawings (N, 4, 32, 32) uint8 -> (N, 16, 16, 4) uint8, each in a position of its own."""
    mirrored = torch.rand(len(images), 1, 1, 1) < 0.5
    scale = 0.65 + 0.35 * torch.rand(len(images))
    centre = 0.5 + (1 - scale[:, None]) * (torch.rand(len(images), 2) - 0.5)
    tilt = math.radians(15) * (2 * torch.rand(len(images)) - 1)
    placed = views.place(torch.where(mirrored, images.flip(3), images), 2 * CELL, centre, scale,
                         tilt)
    return (255 * F.avg_pool2d(placed, 2)).round().byte().permute(0, 2, 3, 1)


gymnasium.register("Meadow-v0", entry_point=Meadow)
