"""A picture that the reader brings along, made fit for a network. Nothing of it is kept."""

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor
from torchvision.transforms.functional import pil_to_tensor

from helpers import views

LARGEST = 50_000_000  # pixels; a picture with more would take more memory than a lesson has
FINEST = 2000  # of each side, the pixels of a picture of 16 or 32 bits that are looked at


def read(content: bytes, longest: int = 320) -> Tensor:
    """Read a picture of any format and size that Pillow opens.

    It is turned upright as the camera noted (EXIF), laid on white paper where it is transparent,
    and of an animation the first picture is taken.

    Args:
        content: of the file.
        longest: what the longer side may have at most, in pixels; larger pictures are made smaller.

    Returns:
        (1, 3, H, W) float in [0, 1].

    Raises:
        ValueError: The file is empty, is not a picture, is damaged, or has more than 50 million
            pixels, or there is no memory for it.
    """
    if not content:
        raise ValueError("This file is empty. Please choose a picture.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content))
            if image.width * image.height > LARGEST:
                raise Image.DecompressionBombError
            image.draft("RGB", (2 * longest, 2 * longest))
            image = _eight_bits(ImageOps.exif_transpose(image))
            image.thumbnail((longest, longest))
            image = image.convert("RGBA")
    except UnidentifiedImageError:
        raise ValueError("This file is not a picture that can be read here. Try a PNG, a JPEG, a "
                         "GIF or a WebP.") from None
    except Image.DecompressionBombError:
        raise ValueError(f"This picture has more than {LARGEST // 10**6} million pixels. Please "
                         "make it smaller first.") from None
    except MemoryError:
        raise ValueError("There is not enough memory for this picture. Please make it smaller "
                         "first.") from None
    except Exception:  # the errors of damaged pictures have no common class
        raise ValueError("This picture is damaged, or not all of it is there. Please choose "
                         "another one.") from None
    paper = views.on_paper(pil_to_tensor(image)[None])
    return (255 * paper).round() / 255  # each pixel is one of 8 bits again


def _eight_bits(image: Image.Image) -> Image.Image:
    """Stretch a picture of 16 or 32 bits a pixel to black and white; leave others as they are."""
    if not image.mode.startswith(("I", "F")):
        image.load()
        return image
    scale = min(1, FINEST / max(image.size))  # all values of a large one would take gigabytes
    size = [max(1, round(scale * side)) for side in image.size]
    values = np.nan_to_num(np.float64(image.resize(size, Image.Resampling.NEAREST)))
    span = max(np.ptp(values), 1e-9)
    return Image.fromarray(np.uint8(255 * (values - values.min()) / span))
