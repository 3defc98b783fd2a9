"""Three small networks for 32×32 or 64×64 pictures: an encoder, a decoder and a U-Net."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A 3×3 convolution, batch normalisation (Ioffe and Szegedy, 2015) and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True))


class Encoder(nn.Module):
    """Pictures to feature vectors through four convolutions, each halving height and width.

    Call: (N, channels, size, size) float in [0, 1] -> (N, dim) float, where the last feature map is
    flattened, so that a little of *where* is kept.
    """

    def __init__(self, channels: int = 3, width: int = 16, size: int = 32):
        super().__init__()
        widths = [channels, width, 2 * width, 4 * width, 8 * width]
        self.layers = nn.Sequential(*(block(a, b, stride=2) for a, b in zip(widths, widths[1:])))
        self.dim = 8 * width * (size // 16) ** 2

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(2 * pictures - 1).flatten(1)


class Decoder(nn.Module):
    """Feature vectors to pictures: the encoder's mirror image.

    Call: (N, dim) float -> (N, channels, size, size) float in [0, 1].
    """

    def __init__(self, dim: int, channels: int = 3, width: int = 16, size: int = 32):
        super().__init__()
        widths = [8 * width, 4 * width, 2 * width, width, width]
        self.shape = (8 * width, size // 16, size // 16)
        self.expand = nn.Linear(dim, 8 * width * (size // 16) ** 2)
        self.layers = nn.Sequential(*(
            nn.Sequential(nn.Upsample(scale_factor=2), block(a, b))
            for a, b in zip(widths, widths[1:])))
        self.head = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, codes: Tensor) -> Tensor:
        maps = self.expand(codes).unflatten(1, self.shape)
        return self.head(self.layers(maps)).sigmoid()


class UNet(nn.Module):
    """Pictures to pictures: an encoder, a decoder, and bridges between equal sizes.

    Call: (N, inputs, H, W) float -> (N, outputs, H, W) float, H and W multiples of 8.
    Ronneberger, Fischer and Brox, "U-Net" (2015), with sums in place of concatenations. In training
    a share `dropout` of the encoder's maps is left out (Tompson and others, 2015).
    """

    def __init__(self, inputs: int, outputs: int, width: int = 16, dropout: float = 0.0):
        super().__init__()
        widths = [width, 2 * width, 4 * width, 8 * width]
        self.stem = block(inputs, width)
        self.down = nn.ModuleList(block(a, b, stride=2) for a, b in zip(widths, widths[1:]))
        self.up = nn.ModuleList(block(b, a) for a, b in zip(widths, widths[1:]))
        self.head = nn.Conv2d(width, outputs, 1)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, pictures: Tensor) -> Tensor:
        maps = [self.stem(pictures)]
        for layer in self.down:
            maps.append(layer(maps[-1]))
        out = self.dropout(maps.pop())
        for layer in reversed(self.up):
            out = F.interpolate(layer(out), scale_factor=2) + self.dropout(maps.pop())
        return self.head(out)


@torch.inference_mode()
def apply(network: nn.Module, inputs: Tensor, batch: int = 512) -> Tensor:
    """Run a network in evaluation mode over many inputs (N, ...), a batch at a time."""
    network.eval()
    return torch.cat([network(part) for part in inputs.split(batch)])
