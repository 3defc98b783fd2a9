"""Ways to train contrastively: lesson 04's, that of lightly's example, and that of a tutorial.

The example is lightly's own for SimCLR on pictures of 32 pixels. The tutorial is the 17th of the
deep learning course at the University of Amsterdam, of which this has the settings: each view is
made of one picture by torchvision, the network is its ResNet-18. What a peer leaves open, such as
how many processes load pictures, was set to what is fastest on two cores.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torchvision
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from helpers import data, training, views
from helpers.page import definitions

BATCH = 256
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LESSON = definitions("04")


@dataclass
class Way:
    """How somebody trains: the views, the network, the loss, and what changes the weights."""

    views: Callable[[Tensor], Iterator[tuple[Tensor, Tensor]]]  # of pictures (N, C, 32, 32) uint8
    network: Callable[[], nn.Module]
    loss: Callable[[Tensor, Tensor], Tensor]
    optimizer: Callable[[nn.Module, int], tuple]  # and its schedule, of so many steps


class Peer(nn.Module):
    """An encoder and its head: two views, each (N, 3, 32, 32) -> embeddings, each (N, dim).

    Args:
        encoder: pictures, normalised -> (N, ...).
        head: (N, features) -> (N, dim).
        mean, spread: of the red, green and blue that the peer's transform takes away.
        together: both views in one pass, or each in one of its own.
    """

    def __init__(self, encoder: nn.Module, head: nn.Module, mean: tuple, spread: tuple,
                 together: bool):
        super().__init__()
        self.features, self.head, self.together = encoder, head, together
        self.normalise = transforms.Normalize(mean, spread)

    def embed(self, pictures: Tensor) -> Tensor:
        return self.head(self.features(pictures).flatten(1))

    def forward(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        if self.together:
            return self.embed(torch.cat([first, second])).chunk(2)
        return self.embed(first), self.embed(second)

    def encoder(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, 32, 32) in [0, 1] -> features (N, dim)."""
        return self.features(self.normalise(pictures)).flatten(1)


class OneByOne(Dataset):
    """Pictures (N, 3, 32, 32) uint8, of which each is opened and changed alone, as by torchvision.

    Args:
        transform: PIL image -> a list of two views (3, 32, 32).
    """

    def __init__(self, pictures: Tensor, transform: Callable):
        self.pictures, self.transform = pictures.permute(0, 2, 3, 1).numpy(), transform

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, number):
        return self.transform(Image.fromarray(self.pictures[number]))


def loaded(transform: Callable) -> Callable[[Tensor], Iterator]:
    """Views that a loader with two processes makes, one picture at a time."""
    def batches(pictures: Tensor) -> Iterator:
        loader = DataLoader(OneByOne(pictures, transform), BATCH, shuffle=True, drop_last=True,
                            num_workers=2, persistent_workers=True)
        return itertools.chain.from_iterable(itertools.repeat(loader))
    return batches


def whole_batches(view: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Iterator]:
    """Views as lesson 04 makes them: of all pictures of a batch at once."""
    def batches(pictures: Tensor) -> Iterator:
        while True:
            some = pictures[torch.randperm(len(pictures))[:BATCH]]
            yield view(some), view(some)
    return batches


def photo_view(pictures: Tensor) -> Tensor:
    """Lesson 04's view of photographs (N, 3, 32, 32) uint8."""
    return LESSON.photo_view(pictures.float() / 255)


def drawing_photo_view(drawings: Tensor) -> Tensor:
    """The same kinds of view of drawings (N, 4, 32, 32) uint8 on paper."""
    return LESSON.photo_view(views.on_paper(drawings))


@functools.cache
def clothes(split: str = "train") -> tuple[Tensor, Tensor]:
    """Up to 20,000 of Fashion-MNIST in three colours, (N, 3, 32, 32) uint8, and their classes."""
    images, classes, _ = data.fashion(split, 20_000)
    return F.pad(images, (2, 2, 2, 2)).expand(-1, 3, -1, -1).contiguous(), classes


def on_paper(drawings: Tensor) -> Tensor:
    """Drawings (N, 4, 32, 32) uint8 on paper -> (N, 3, 32, 32) uint8."""
    return (255 * views.on_paper(drawings)).round().byte()


def one_cycle(network: nn.Module, steps: int) -> tuple:
    """The optimizer and schedule of each lesson."""
    network.to(memory_format=torch.channels_last)
    return training.one_cycle(network, 3e-3, steps)


# lightly's example
def lightly_views(pictures: Tensor) -> Iterator:
    """Its transform for pictures of 32 pixels, which leaves the blur out."""
    from lightly.transforms.simclr_transform import SimCLRTransform
    return loaded(SimCLRTransform(input_size=32, gaussian_blur=0.0))(pictures)


def lightly_network() -> Peer:
    """torchvision's ResNet-18 without its last layer, and lightly's head."""
    from lightly.models.modules import SimCLRProjectionHead
    encoder = nn.Sequential(*list(torchvision.models.resnet18().children())[:-1])
    return Peer(encoder, SimCLRProjectionHead(512, 512, 128), *IMAGENET, together=False)


def lightly_loss(first: Tensor, second: Tensor) -> Tensor:
    """Its NT-Xent, with the temperature that it has unless told another, 0.5."""
    from lightly.loss import NTXentLoss
    return NTXentLoss()(first, second)


def lightly_optimizer(network: nn.Module, steps: int) -> tuple:
    """Gradient descent at a constant rate."""
    optimizer = torch.optim.SGD(network.parameters(), lr=0.06)
    return optimizer, ConstantLR(optimizer, factor=1.0)


# the tutorial's settings
def tutorial_views(pictures: Tensor) -> Iterator:
    """Crop, mirror, colours, blur: torchvision's, one after the other; 96 pixels became 32."""
    change = transforms.Compose([
        transforms.RandomHorizontalFlip(), transforms.RandomResizedCrop(32),
        transforms.RandomApply([transforms.ColorJitter(0.5, 0.5, 0.5, 0.1)], p=0.8),
        transforms.RandomGrayscale(p=0.2), transforms.GaussianBlur(3), transforms.ToTensor(),
        transforms.Normalize((0.5,), (0.5,))])
    return loaded(lambda picture: [change(picture), change(picture)])(pictures)


def tutorial_network() -> Peer:
    """ResNet-18, whose last layer becomes the first of a head of two."""
    encoder = nn.Sequential(*list(torchvision.models.resnet18().children())[:-1])
    head = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 128))
    return Peer(encoder, head, (0.5,) * 3, (0.5,) * 3, together=True)


def tutorial_loss(first: Tensor, second: Tensor) -> Tensor:
    """InfoNCE, with all cosines by broadcasting, temperature 0.07."""
    embeddings = torch.cat([first, second])
    likeness = F.cosine_similarity(embeddings[:, None], embeddings[None], dim=-1) / 0.07
    itself = torch.eye(len(likeness), dtype=torch.bool)
    likeness = likeness.masked_fill(itself, -9e15)
    twin = likeness[itself.roll(len(first), dims=0)]
    return (likeness.logsumexp(dim=-1) - twin).mean()


def tutorial_optimizer(network: nn.Module, steps: int) -> tuple:
    """AdamW, whose rate falls to a fiftieth along a cosine."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-4, weight_decay=1e-4)
    return optimizer, CosineAnnealingLR(optimizer, steps, eta_min=1e-5)


OURS = Way(whole_batches(photo_view), LESSON.Twins, LESSON.nt_xent, one_cycle)
LIGHTLY = Way(lightly_views, lightly_network, lightly_loss, lightly_optimizer)
TUTORIAL = Way(tutorial_views, tutorial_network, tutorial_loss, tutorial_optimizer)
