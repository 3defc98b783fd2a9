"""What the live pages load: networks as ONNX, checked against PyTorch, and pictures."""

import io
import json

import numpy as np
import torch
from onnx.reference import ReferenceEvaluator
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F


def to_onnx(network: nn.Module, inputs: dict[str, Tensor], **options) -> bytes:
    """A network as ONNX, which answers these inputs as PyTorch does, to 1e-4 of its largest answer.

    Raises:
        ArithmeticError: It does not.
    """
    program = torch.onnx.export(network.eval(), tuple(inputs.values()), dynamo=True, verbose=False,
                                input_names=[*inputs], output_names=["answer"], **options)
    (answer,) = ReferenceEvaluator(program.model_proto).run(
        None, {name: value.numpy() for name, value in inputs.items()})
    expected = network(*inputs.values()).detach().numpy()
    if np.abs(answer - expected).max() > 1e-4 * np.abs(expected).max():
        raise ArithmeticError(f"{type(network).__name__} answers otherwise as ONNX.")
    return program.model_proto.SerializeToString()


def to_pictures(pixels: Tensor) -> Tensor:
    """(N, H, W, 4) uint8, as a canvas holds them -> (N, 3, H, W) in [0, 1]"""
    return (pixels.float() / 255).permute(0, 3, 1, 2)[:, :3]


def to_pixels(pictures: Tensor) -> Tensor:
    """(N, 3, H, W) in [0, 1] -> (N, H, W, 4), 0 to 255, as a canvas shows them"""
    return 255 * F.pad(pictures, (0, 0, 0, 0, 0, 1), value=1).permute(0, 2, 3, 1)


def files(name: str, titles: list[str], pictures: list[Image.Image], **how) -> dict[str, bytes]:
    """Pictures to choose from, each a file, and their titles."""
    packed = {f"{name}-names": json.dumps(titles).encode()}
    for number, picture in enumerate(pictures):
        picture.save(file := io.BytesIO(), "webp", **how)
        packed[f"{name}-{number}"] = file.getvalue()
    return packed
