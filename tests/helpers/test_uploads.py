"""A picture of any kind is read kindly, and what is not one gets a sentence."""

import io
import random
import struct
import subprocess
import sys
import tracemalloc
import zlib

import lessons
import numpy as np
import pytest
import torch
from PIL import Image

from helpers import uploads

NOISE = Image.effect_noise((80, 50), 60).convert("RGB")


def stored(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "ICO"])
def test_any_format_that_pillow_reads(kind):
    picture = uploads.read(stored(NOISE, kind))
    assert picture.shape[:2] == (1, 3) and picture.dtype == torch.float32
    assert picture.min() >= 0 and picture.max() <= 1 and picture.std() > 0.05


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I",
                                  "F", "I;16"])
def test_any_way_of_storing_a_pixel(mode):
    slope = Image.linear_gradient("L").resize((80, 50))
    if mode == "I;16":
        image = Image.fromarray(257 * np.asarray(slope, dtype=np.uint16))
    else:
        image = (slope if mode in ("LA", "I", "F") else slope.convert("RGB")).convert(mode)
    picture = uploads.read(stored(image, "TIFF" if mode != "P" else "PNG"))
    assert picture.shape == (1, 3, 50, 80)
    rows = picture.mean(dim=(0, 1, 3))
    assert rows[:5].mean() < 0.25 and rows[-5:].mean() > 0.75, "black on top, white below"


def test_pixels_come_as_they_are():
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8))
    picture = uploads.read(stored(image))
    assert np.array_equal(255 * picture[0].permute(1, 2, 0).numpy(), np.asarray(image))


def test_what_is_see_through_lies_on_white_paper():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 10, 20))
    picture = uploads.read(stored(image))
    assert torch.equal(picture[0, :, 0, 0], torch.tensor([1.0, 0, 0]))
    assert torch.equal(picture[0, :, 0, 19], torch.ones(3))
    palette = Image.new("P", (20, 20), 0)
    assert uploads.read(stored(palette, transparency=0)).min() == 1


@pytest.mark.parametrize(("orientation", "size"), [(1, (50, 80)), (3, (50, 80)), (6, (80, 50)),
                                                   (8, (80, 50))])
def test_a_photograph_stands_as_the_camera_was_held(orientation, size):
    image, exif = Image.new("RGB", (80, 50), "blue"), Image.Exif()
    image.paste((255, 255, 255), (0, 0, 80, 10))
    exif[0x0112] = orientation
    picture = uploads.read(stored(image, "JPEG", exif=exif))
    assert picture.shape[2:] == size
    edges = {1: picture[0, 0, 2, 20], 3: picture[0, 0, -3, 20], 6: picture[0, 0, 40, -3],
             8: picture[0, 0, 40, 2]}
    assert edges[orientation] > 0.9, "the white stripe is not where it should be"


@pytest.mark.parametrize(("size", "shape"), [((4000, 3000), (240, 320)), ((1, 5000), (320, 1)),
                                             ((1, 1), (1, 1)), ((320, 10), (10, 320))])
def test_any_size(size, shape):
    assert uploads.read(stored(Image.new("RGB", size))).shape == (1, 3, *shape)


def test_a_large_picture_of_16_bits_is_read_without_all_its_values_at_once():
    light = np.linspace(0, 65535, 7000, dtype=np.uint16)
    content = stored(Image.fromarray(np.tile(light, (7000, 1))))
    tracemalloc.start()
    picture = uploads.read(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert picture.shape == (1, 3, 320, 320) and peak < 7000 ** 2 * 5
    assert picture[0, 0, 0, 0] < 0.01 and picture[0, 0, 0, -1] > 0.99
    assert torch.allclose(picture[0, 0, 0, 160], torch.tensor(0.5), atol=0.01)


LIMITED = """
import re, resource, sys
from pathlib import Path
from helpers import uploads
content = Path(sys.argv[1]).read_bytes()
held = 1000 * int(re.search(r"VmData:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
resource.setrlimit(resource.RLIMIT_DATA, 2 * (held + int(sys.argv[2]),))
try:
    print(*uploads.read(content).shape)
except ValueError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory a program writes")
@pytest.mark.parametrize(("mode", "kind"), [("RGB", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
                                            ("F", "TIFF"), ("RGB", "JPEG")])
def test_the_largest_picture_fits_beside_a_lesson_where_a_student_has_3_gb(mode, kind, tmp_path):
    light = np.tile(np.linspace(0, 65535, 7000, dtype=np.uint16), (7000, 1))
    image = Image.fromarray(light if mode == "I;16" else np.uint8(light // 257))
    image.convert(mode).save(tmp_path / "picture", kind)

    def read(memory):
        return subprocess.run([sys.executable, "-c", LIMITED, tmp_path / "picture", str(memory)],
                              cwd=lessons.ROOT, capture_output=True, text=True).stdout

    assert read(700_000_000) == "1 3 320 320\n"  # lesson 06 and JupyterLab hold 2.1 GB
    if (mode, kind) != ("RGB", "JPEG"):  # which is read small from the beginning
        assert read(50_000_000) == ("There is not enough memory for this picture. Please make it "
                                    "smaller first.\n")


def test_of_an_animation_the_first_picture_is_taken():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    content = stored(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert torch.equal(uploads.read(content)[0, :, 5, 5], torch.tensor([1.0, 0, 0]))


def png_that_claims(width, height):
    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "empty"),
    (b"a letter to my aunt", "not a picture"),
    (b"%PDF-1.7\n" + bytes(500), "not a picture"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    (b"PK\x03\x04" + bytes(500), "not a picture"),
    (stored(NOISE, "JPEG")[:700], "damaged"),
    (stored(NOISE)[:3000], "damaged"),
    (png_that_claims(200, 200), "damaged"),
    (png_that_claims(7_100, 7_100), "50 million"),
    (png_that_claims(100_000, 100_000), "50 million"),
])
def test_a_bad_file_gets_one_sentence(content, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        uploads.read(content)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".")
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_damage_anywhere_never_gives_more_than_a_sentence(kind):
    content, damage = stored(NOISE, kind), random.Random(0)
    for _ in range(60):
        spoiled = bytearray(content)
        for _ in range(damage.randint(1, 20)):
            spoiled[damage.randrange(len(spoiled))] = damage.randrange(256)
        try:
            assert uploads.read(bytes(spoiled)).shape[:2] == (1, 3)
        except ValueError as error:
            assert "picture" in str(error)
