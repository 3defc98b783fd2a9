"""What each live page loads, by the names of its scripts: bytes, and networks that become ONNX.

With each network come the inputs with which it is checked and, where they are free, its lengths.
"""

import io
import json
from collections.abc import Callable

import numpy as np
import torch
from kornia.color import lab_to_rgb, rgb_to_lab
from PIL import Image, ImageOps
from torch import Tensor, nn
from torch.export import Dim
from torch.nn import functional as F

from helpers import data, meadow, models, page, views, weights

Loaded = dict[str, bytes | tuple]

ASKED = ["cow", "penguin", "violin", "airplane", "umbrella", "watermelon", "volcano", "honeybee"]
SIGHT = 160  # height and width of the pictures in which keypoints are found
THINGS = 80  # that stand in the page's meadows
PHOTOS = ["horse", "cat", "duck", "cow", "penguin", "flower", "owl", "sunset"]


def _to_pictures(pixels: Tensor) -> Tensor:
    """(N, H, W, 4) uint8, as a canvas holds them -> (N, 3, H, W) in [0, 1]"""
    return (pixels.float() / 255).permute(0, 3, 1, 2)[:, :3]


def _to_pixels(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) in [0, 1] -> (N, H, W, 4), 0 to 255, as a canvas shows them"""
    return 255 * F.pad(pictures, (0, 0, 0, 0, 0, 1), value=1).permute(0, 2, 3, 1)


def _files(name: str, titles: list[str], pictures: list[Image.Image], **how) -> dict[str, bytes]:
    """Pictures to choose from, each a file, and their titles."""
    packed = {f"{name}-names": json.dumps(titles).encode()}
    for number, picture in enumerate(pictures):
        picture.save(file := io.BytesIO(), "webp", **how)
        packed[f"{name}-{number}"] = file.getvalue()
    return packed


class Recogniser(nn.Module):
    """Pixels (32, 32, 4) uint8 on paper -> the direction (dim,) of their features.

    It is taken from the mean of the features of what is shown, as in `probes.nearest`. The distance
    of two directions, from 0 to 2, is their energy.
    """

    def __init__(self, encoder: nn.Module, shown: Tensor):
        super().__init__()
        self.encoder = encoder
        self.register_buffer("mean", encoder(_to_pictures(shown)).mean(dim=0))

    def forward(self, pixels: Tensor) -> Tensor:
        return F.normalize(self.encoder(_to_pictures(pixels[None]))[0] - self.mean, dim=0)


@torch.no_grad()
def draw() -> Loaded:
    """One drawing of each unseen concept, their directions, and others to ask with."""
    unseen = data.drawings("test")
    shown = [int(unseen.find(concept)[0]) for concept in unseen.concepts]
    asked = [int(unseen.find(concept)[-1]) for concept in unseen.concepts]
    pixels = _to_pixels(views.on_paper(unseen.images[shown + asked])).round().byte()
    twins = page.definitions("04").Twins(width=48, dim=128)
    weights.load("drawings", twins)
    recogniser = Recogniser(twins.encoder, pixels[:len(shown)])
    gallery, others = (torch.stack([*map(recogniser, some)]) for some in (
        pixels[:len(shown)], pixels[len(shown):]))
    far = torch.cdist(others, gallery)
    found = {"asked": ASKED, "shown": [name.replace("-", " ") for name in unseen.concepts],
             "energies": {"same": far.diagonal().mean().item(), "other": far.mean().item()}}
    rows = [unseen.concepts.index(concept) for concept in ASKED]
    kept = torch.cat([pixels[:len(shown)], pixels[len(shown):][rows]])
    return {"twins": (recogniser, {"pixels": pixels[0].contiguous()}),
            "gallery": gallery.numpy().tobytes(), "drawings": kept.numpy().tobytes(),
            "names": json.dumps(found).encode()}


class Guesser(nn.Module):
    """Numbers of pieces (N, L) int32, and a place in each (N,) int32 -> log p there (N, 4000)."""

    def __init__(self, bert: nn.Module):
        super().__init__()
        self.bert = bert

    def forward(self, text: Tensor, place: Tensor) -> Tensor:
        found = self.bert.features(text.long())[torch.arange(text.shape[0]), place.long()]
        pieces = self.bert.encoder.embeddings.tok_embeddings.weight
        return F.linear(self.bert.head(found), pieces, self.bert.bias).log_softmax(dim=1)


def words() -> Loaded:
    """A BERT that guesses hidden pieces, and all its pieces."""
    lesson = page.definitions("05")
    tokenizer = lesson.learn_pieces(data.load("glosses", "train")["text"][:])
    bert = lesson.MiniBert(width=192, layers=4)
    weights.load("words", bert)
    inputs = {"text": torch.arange(5, 26).view(3, 7).int(), "place": torch.tensor([1, 2, 5]).int()}
    free = Dim.DYNAMIC
    return {"bert": (Guesser(bert), inputs, ({0: free, 1: free}, {0: free})),
            "pieces": json.dumps([*map(tokenizer.id_to_token, range(lesson.SIZE))]).encode()}


class Listener(nn.Module):
    """Numbers of words (L,) int32 -> the direction (dim,) of what they say together."""

    def __init__(self, reader: nn.Module):
        super().__init__()
        self.reader = reader

    def forward(self, words: Tensor) -> Tensor:
        together = self.reader.words.weight[words.long()].mean(dim=0)
        return F.normalize(self.reader.project(together), dim=0)


@torch.no_grad()
def search() -> Loaded:
    """A reader of names, the words that it has met, and the directions of the unseen concepts."""
    lesson, unseen = page.definitions("09"), data.drawings("test")
    lesson.page04 = page.definitions("04")
    lesson.vocabulary = lesson.learn_words(data.drawings("train").concepts)
    towers = lesson.live_towers(width=48)
    weights.load("names", towers)
    asked = F.normalize(models.apply(towers.eye.eval(), views.on_paper(unseen.images)))
    concepts = F.normalize(lesson.summed(asked, unseen.concept, len(unseen.concepts)))
    inputs = {"words": torch.arange(5, 8).int()}
    listener = Listener(towers.reader), inputs, ({0: Dim.DYNAMIC},)
    return {"listener": listener, "concepts": concepts.numpy().tobytes(),
            "vocabulary": json.dumps(lesson.vocabulary).encode()}


class Walker(nn.Module):
    """Pixels (48, 48, 4) uint8 of what an agent sees -> the probability of each step (4,)."""

    def __init__(self, agent: nn.Module):
        super().__init__()
        self.agent = agent

    def forward(self, pixels: Tensor) -> Tensor:
        return self.agent(_to_pictures(pixels[None]))[0][0].softmax(dim=0)


def walk() -> Loaded:
    """The agent of the meadow, the cows, and things that it never met."""
    lesson = page.definitions("07")
    lesson.SAMPLE = torch.zeros(2, 3, 48, 48)
    agent = lesson.Agent(lesson.Encoder())
    for name in ("mean", "spread"):
        agent.register_buffer(name, vars(agent).pop(name))
    weights.load("agent", agent)
    (world,) = meadow.meadows(1, "test")
    pixels = _to_pixels(meadow.to_tensor(world.look()[None]))[0].byte()
    things = meadow.sprites("others", "test")
    return {"walker": (Walker(agent), {"pixels": pixels}),
            "cows": meadow.sprites("cow", "test").tobytes(),
            "things": things[::len(things) // THINGS, 0].tobytes()}


class Filler(nn.Module):
    """Pixels (32, 32, 4) uint8 and a hole (32, 32) bool -> the pixels, 0 to 255, with it filled."""

    def __init__(self, unet: nn.Module):
        super().__init__()
        self.unet = unet

    def forward(self, pixels: Tensor, hole: Tensor) -> Tensor:
        pictures, hole = _to_pictures(pixels[None]), hole[None, None]
        seen = torch.cat([torch.where(hole, 0.5, pictures), hole.float()], dim=1)
        return _to_pixels(torch.where(hole, self.unet(seen).sigmoid(), pictures))[0]


def hole() -> Loaded:
    """A U-Net that fills holes, and unseen drawings to cut them into."""
    unet = models.UNet(4, 3, width=32)
    weights.load("holes", unet)
    unseen = data.drawings("test")
    rows = [int(unseen.find(concept)[0]) for concept in ASKED]
    pixels = _to_pixels(views.on_paper(unseen.images[rows])).round().byte()
    mask = torch.zeros(32, 32, dtype=torch.bool)
    mask[10:22, 4:16] = True
    return {"filler": (Filler(unet), {"pixels": pixels[0].contiguous(), "hole": mask}),
            **_files("drawn", ASKED, [*map(Image.fromarray, pixels.numpy())], lossless=True)}


class Colourist(nn.Module):
    """Pixels (288, 288, 4) uint8 and a temperature () -> pixels, 0 to 255, in a painter's colours.

    As lesson 06 does it: the painter looks at a copy of a third of the size.
    """

    def __init__(self, painter: nn.Module):
        super().__init__()
        self.painter = painter

    def forward(self, pixels: Tensor, temperature: Tensor) -> Tensor:
        lightness = rgb_to_lab(_to_pictures(pixels[None]))[:, :1]
        scores = self.painter(F.avg_pool2d(lightness, 3))
        colour = torch.einsum("nqhw,qc->nchw", (scores / temperature).softmax(dim=1),
                              self.painter.bins)
        colour = F.interpolate(colour, scale_factor=3, mode="bilinear")
        return _to_pixels(lab_to_rgb(torch.cat([lightness, colour], dim=1)).clamp(0, 1))[0]


def colour() -> Loaded:
    """A painter of photographs, and some that it has never met."""
    lesson = page.definitions("06")
    painter = lesson.Painter(models.UNet(1, 32, width=32), torch.zeros(126, 2), torch.zeros(126))
    weights.load("photo_colours", painter)
    photos = {row["title"]: row["image"] for row in data.load("photos", "photos")}
    shown = [ImageOps.fit(photos[name].convert("RGBA"), (288, 288)) for name in PHOTOS]
    inputs = {"pixels": torch.from_numpy(np.array(shown[0])), "temperature": torch.tensor(0.38)}
    return {"painter": (Colourist(painter), inputs),
            **_files("photos", PHOTOS, shown, quality=90)}


class Marker(nn.Module):
    """Pixels (160, 160, 4) uint8 -> 200 keypoints (200, 131): height of the peak, x, y, their list.

    Where there are fewer peaks, the heights of the last rows are minus infinity.
    """

    def __init__(self, keypoints: nn.Module, look: Callable):
        super().__init__()
        self.keypoints, self.look = keypoints, look

    def forward(self, pixels: Tensor) -> Tensor:
        picture, edge = _to_pictures(pixels[None]), 4
        score = self.keypoints.detector(picture)
        inner = F.pad(score[..., edge:-edge, edge:-edge], 4 * (edge,), value=-torch.inf)
        peaks = inner.masked_fill(F.max_pool2d(score, 7, 1, 3) > score, -torch.inf)
        heights, numbers = peaks.flatten().topk(200)
        places = torch.stack([numbers % SIGHT, numbers // SIGHT], dim=1) + 0.5
        lists = self.look(self.keypoints.describer(picture), places[None], SIGHT, SIGHT)[0]
        return torch.cat([heights[:, None], places, F.normalize(lists, dim=1)], dim=1)


def find() -> Loaded:
    """A network that finds and describes the keypoints of a picture."""
    lesson = page.definitions("08")
    keypoints = lesson.Keypoints()
    weights.load("keypoints", keypoints)
    photo = ImageOps.fit(data.load("photos", "photos")[0]["image"].convert("RGBA"), (SIGHT, SIGHT))
    pixels = torch.from_numpy(np.array(photo))
    return {"marker": (Marker(keypoints, lesson.look), {"pixels": pixels})}
