"""What the scripts share: fetch a package, encode a picture, write Parquet and its checksum.

Downloads go to `build/sources/`, which git ignores. The versions that shape the bytes of the files
(Pillow, pyarrow, datasets, resvg) are pinned in `requirements.txt` beside this file.
"""

import hashlib
import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from datasets import Dataset, Features
from PIL import Image

DATA = Path(__file__).resolve().parent.parent
SOURCES = DATA.parent / "build" / "sources"


def npm_package(name: str, version: str) -> Path:
    """Install one npm package of an exact version into a folder of its own; return its folder.

    In a shared folder npm would remove each package when it installs the next.
    """
    prefix = SOURCES / "npm" / f"{name}@{version}"
    folder = prefix / "node_modules" / name
    if not folder.exists():
        command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", prefix]
        subprocess.run([*command, f"{name}@{version}"], check=True)
    return folder


def debian_package(name: str) -> Path:
    """Download and unpack one Debian package without installing it; return the folder."""
    folder = SOURCES / "debian" / name
    if not folder.exists():
        download = SOURCES / "debian" / f"{name}.download"
        shutil.rmtree(download, ignore_errors=True)
        download.mkdir(parents=True)
        subprocess.run(["apt-get", "download", name], cwd=download, check=True)
        subprocess.run(["dpkg-deb", "-x", next(download.glob("*.deb")), folder], check=True)
    return folder


def encode_image(pixels: np.ndarray, method: int = 6, quality: int = 100) -> bytes:
    """Losslessly encode (H, W), (H, W, 3) or (H, W, 4) uint8 as WebP or PNG, whichever is smaller.

    `method` (0-6) and `quality` (0-100) say how long WebP searches; the pixels stay the same.
    """
    image = Image.fromarray(pixels)
    encodings = []
    for options in ({"format": "WEBP", "lossless": True, "exact": True,
                     "method": method, "quality": quality},
                    {"format": "PNG", "optimize": True}):
        buffer = io.BytesIO()
        image.save(buffer, **options)
        encodings.append(buffer.getvalue())
    return min(encodings, key=len)


def write_parquet(rows: dict[str, list], features: Features, name: str) -> None:
    """Write columns to `data/<name>` (such as `drawings/train.parquet`) and record its SHA-256.

    Pictures are given as `{"bytes": ..., "path": None}` for an `Image` feature.
    """
    path = DATA / name
    path.parent.mkdir(exist_ok=True)
    table = Dataset.from_dict(rows, features=features).data.table.combine_chunks()
    pq.write_table(table, path, compression="zstd", row_group_size=4096)

    sums = DATA / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.exists() else []
    lines = [line for line in lines if not line.endswith(f"  {name}")]
    lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}")
    sums.write_text("\n".join(sorted(lines, key=lambda line: line.split("  ")[1])) + "\n")
    print(f"{name}: {table.num_rows} rows, {path.stat().st_size / 1e6:.1f} MB")


def contact_sheet(pictures: list[Image.Image], columns: int, name: str, colours: int = 128) -> None:
    """Paste pictures of one size side by side into `data/pictures/<name>`, a PNG of few colours."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (width + 2) - 2, rows * (height + 2) - 2), "white")
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * (width + 2), i // columns * (height + 2)))
    (DATA / "pictures").mkdir(exist_ok=True)
    sheet.quantize(colours).save(DATA / "pictures" / name, optimize=True)
