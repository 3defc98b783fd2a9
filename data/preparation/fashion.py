"""Fashion-MNIST: 70,000 grey pictures of clothes, 28x28 pixels, in 10 classes.

From the Debian package `dataset-fashion-mnist` 0.0~git20200523.55506a9-1.
Copyright 2017 Zalando SE, MIT licence (Debian calls it Expat). Makes `data/fashion/` in half a
minute on two processes. Order, pixels and labels are those of the source. The feature says mode
"L" because WebP knows no grey: else some pictures would decode with one channel, some with three.
"""

import gzip
from functools import partial
from multiprocessing import Pool

import numpy as np
from common import DATA, contact_sheet, debian_package, encode_image, write_parquet
from datasets import ClassLabel, Features, Image
from PIL.Image import fromarray
from tqdm import tqdm

CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
LICENCE = """\
Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist

The MIT License (MIT)

Copyright (c) 2017 Zalando SE, https://tech.zalando.com

"""


def read_idx(path, header: int) -> np.ndarray:
    """Read the bytes of a gzipped IDX file: 16 bytes of header for images, 8 for labels."""
    return np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header)


def licence(copyright_file: str) -> str:
    """Take the licence's own words from the Debian copyright file."""
    words = copyright_file.split("\nLicense: Expat\n")[-1]
    lines = [line.strip() for line in words.splitlines()]
    return LICENCE + "\n".join("" if line == "." else line for line in lines) + "\n"


def main() -> None:
    package = debian_package("dataset-fashion-mnist")
    source = package / "usr/share/datasets/fashion-mnist"
    features = Features({"image": Image(mode="L"), "label": ClassLabel(names=CLASSES)})
    encode = partial(encode_image, method=4, quality=75)  # 25 times faster, 2 % larger
    with Pool(2) as pool:
        for split, stem in [("train", "train"), ("test", "t10k")]:
            pixels = read_idx(source / f"{stem}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
            labels = read_idx(source / f"{stem}-labels-idx1-ubyte.gz", 8)
            encoded = tqdm(pool.imap(encode, pixels, chunksize=256), split, len(pixels))
            images = [{"bytes": image, "path": None} for image in encoded]
            write_parquet({"image": images, "label": labels.tolist()}, features,
                          f"fashion/{split}.parquet")
    examples = [fromarray(picture).resize((56, 56), 0)  # of the test split: a row for each class
                for label in range(10) for picture in pixels[labels == label][:12]]
    contact_sheet(examples, 12, "fashion.png")

    text = (package / "usr/share/doc/dataset-fashion-mnist/copyright").read_text()
    (DATA / "fashion/LICENSE.txt").write_text(licence(text))


if __name__ == "__main__":
    main()
