"""Colour drawings of things, the same concept by up to nine artists, 64x64 pixels with alpha.

From nine npm packages `@iconify-json/...`: ARTISTS names them, with their versions and licences.
noto's `metadata.json` says which concepts there are and which Unicode group each belongs to; the
other artists' drawings are matched to them by name. Flags and skin-tone variants are left out.
Makes `data/drawings/` in two minutes. Needs `npm`.
"""

import hashlib
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import resvg_py
from common import contact_sheet, encode_image, npm_package, write_parquet
from datasets import ClassLabel, Features, Image, Value
from PIL import Image as PILImage
from tqdm import tqdm

SIZE = 64
TEST_SHARE = 0.25
EXAMPLES = ["cow", "penguin", "watermelon", "alarm-clock", "rocket", "ghost"]  # by all nine
ARTISTS = {
    "twemoji": ("1.2.5", "CC-BY-4.0"),
    "noto": ("1.2.9", "Apache-2.0"),
    "noto-v1": ("1.2.5", "Apache-2.0"),
    "openmoji": ("1.2.29", "CC-BY-SA-4.0"),
    "fluent-emoji": ("1.2.7", "MIT"),
    "fluent-emoji-flat": ("1.2.6", "MIT"),
    "emojione": ("1.2.3", "CC-BY-4.0"),
    "emojione-v1": ("1.2.3", "CC-BY-SA-4.0"),
    "fxemoji": ("1.2.2", "Apache-2.0"),
}
GROUPS = ["Smileys & Emotion", "People & Body", "Animals & Nature", "Food & Drink",
          "Travel & Places", "Activities", "Objects", "Symbols"]
FEATURES = Features({
    "image": Image(mode="RGBA"),
    "concept": Value("string"),
    "group": ClassLabel(names=GROUPS),
    "artist": ClassLabel(names=list(ARTISTS)),
    "licence": Value("string"),
})
# Words that tell the concepts of one family apart: cow-face, woman-cook, blue-heart.
VARIANT_WORDS = set("""
    man woman person men women people mens womens mx mrs adult boy girl child face facing
    right left up down rightwards leftwards upwards downwards black white red orange yellow green
    blue light purple pink brown grey small medium large one two three four five six seven eight
    nine ten eleven twelve grinning smiling pouting closed open
    """.split())


def key(name: str) -> str:
    """A name without punctuation, which artists use differently: `t-rex` and `trex` -> `trex`."""
    return re.sub("[^a-z0-9]", "", name)


def family(concept: str) -> str:
    """A name without the words for variants: `man-cook`, `woman-cook` and `cook` -> `cook`.

    An artist often draws the members of a family nearly alike, sometimes as the very same picture.
    A family therefore stays on one side of the split: no test drawing equals a training drawing.
    Names that consist of such words only (`woman`, `smiling-face`) make up one family, "shared".
    """
    words = concept.split("-")
    if words[0] in ("family", "keycap", "letter", "couple", "kiss"):
        return words[0]
    return "-".join(word for word in words if word not in VARIANT_WORDS) or "shared"


def choose_test_concepts(concepts: list[str]) -> set[str]:
    """Whole families up to a quarter of the concepts: the cow's, then in the order of SHA-256.

    A family that would go beyond the quarter is passed over.
    """
    sizes = Counter(map(family, concepts))
    order = sorted(sizes, key=lambda f: (f != "cow", hashlib.sha256(f.encode()).hexdigest()))
    chosen, count = set(), 0
    for name in order:
        if count + sizes[name] <= TEST_SHARE * len(concepts):
            chosen.add(name)
            count += sizes[name]
    return {concept for concept in concepts if family(concept) in chosen}


def render(icon: dict, icons: dict) -> np.ndarray:
    """Render one icon of an Iconify set to (64, 64, 4) uint8: red, green, blue, alpha."""
    box = [icon.get(side, icons.get(side, default))
           for side, default in (("left", 0), ("top", 0), ("width", 16), ("height", 16))]
    svg = ('<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
           f'width="{SIZE}" height="{SIZE}" viewBox="{" ".join(map(str, box))}">'
           f'{icon["body"]}</svg>')
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIZE, height=SIZE))
    return np.asarray(PILImage.open(io.BytesIO(png)).convert("RGBA"))


def on_white(encoded: bytes) -> PILImage.Image:
    """Lay an encoded drawing on white paper."""
    drawing = PILImage.open(io.BytesIO(encoded)).convert("RGBA")
    paper = PILImage.new("RGBA", drawing.size, "white")
    return PILImage.alpha_composite(paper, drawing).convert("RGB")


def main() -> None:
    folders = {artist: npm_package(f"@iconify-json/{artist}", version)
               for artist, (version, _) in ARTISTS.items()}

    def read(artist: str, file: str) -> dict:
        return json.loads(Path(folders[artist], file).read_text(encoding="utf-8"))

    groups = {concept: group for group, names in read("noto", "metadata.json")["categories"].items()
              for concept in names if group in GROUPS and "skin-tone" not in concept}
    by_key = {key(concept): concept for concept in groups}
    rows = []
    for artist, (_, licence) in ARTISTS.items():
        icons = read(artist, "icons.json")
        drawn = {by_key[key(name)]: name for name in icons["icons"] if key(name) in by_key}
        for concept, name in tqdm(sorted(drawn.items()), desc=artist):
            encoded = encode_image(render(icons["icons"][name], icons), method=4)
            rows.append({"image": {"bytes": encoded, "path": None}, "concept": concept,
                         "group": groups[concept], "artist": artist, "licence": licence})

    artists_of = Counter(row["concept"] for row in rows)
    rows = sorted((row for row in rows if artists_of[row["concept"]] > 1),
                  key=lambda row: (row["concept"], list(ARTISTS).index(row["artist"])))
    test = choose_test_concepts(sorted({row["concept"] for row in rows}))
    for split in ("train", "test"):
        part = [row for row in rows if (row["concept"] in test) == (split == "test")]
        write_parquet({name: [row[name] for row in part] for name in FEATURES}, FEATURES,
                      f"drawings/{split}.parquet")
    contact_sheet([on_white(row["image"]["bytes"])
                   for concept in EXAMPLES for row in rows if row["concept"] == concept],
                  len(ARTISTS), "drawings.png", colours=256)


if __name__ == "__main__":
    main()
