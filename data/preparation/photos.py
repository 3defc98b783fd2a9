"""Sixty colour photographs, longest side 320 pixels, each with its author and licence.

From the Debian packages `lomiri-wallpapers-16.04` 20.04.0-2, `lomiri-wallpapers-20.04` 20.04.0-2
and `gcompris-qt-data` 3.1-2, and from scikit-image 0.26.0 and scikit-learn 1.9.1. Authors and
licences are read from the packages where they can be read, and stand here where a package says them
in prose. The pictures were chosen by eye: photographs only, in colour, no two alike, and only under
CC0, CC-BY, CC-BY-SA or in the public domain. Makes `data/photos/` in 10 seconds.
"""

import io
import re
import struct
import zlib
from pathlib import Path

import skimage
import sklearn
from common import contact_sheet, debian_package, write_parquet
from datasets import Features, Value
from datasets import Image as ImageFeature
from PIL import Image, ImageOps
from tqdm import tqdm

LOMIRI = {
    "16.04": """aitzgorri_by_Aitzol_Berasategi Bridge_by_Sander_Klootwijk Dragonfly_by_Bolly
        free_by_Peter_Nerlich friends_by_Aitzol_Berasategi greentock_by_Peter_Nerlich
        life_by_Aitzol_Berasategi picosdeeuropa_by_Aitzol_Berasategi Picture_0B_by_freespace
        Picture_1A_by_freespace seeding_by_Clements_Engelhardt sunset_by_Aitzol_Berasategi
        Wine_by_Jakkub_Mede""",
    "20.04": "Kleiber_by_Lukas_Baubkus",
}
GCOMPRIS = {
    "explore_farm_animals": "cat chicken cow dog duck horse owl pig sheep",
    "explore_world_animals": """bison chameleon crocodile dragon giraffe hedgehog jaguar kangaroo
        koala lemur moose narwhal panda scarlet_macaw""",
    "erase": "bee butterfly calf caterpillar crab gosling kingfisher kitten penguin red_panda",
    "explore_monuments": """canyondeChelly hawaMahal machuPicchu neuschwansteinCastle petra
        pontduGard tajMahal""",
}
# Package, file, title, author, licence, link; from the docstrings in skimage/data/_fetchers.py and
# from sklearn/datasets/images/README.txt (for flower.jpg, the name in the two links that it gives).
PYTHON = [
    (skimage, "data/chelsea.png", "Chelsea the cat", "Stefan van der Walt", "CC0", ""),
    (skimage, "data/coffee.png", "Coffee cup", "Rachel Michetti", "CC0", ""),
    (skimage, "data/astronaut.png", "Astronaut Eileen Collins", "NASA", "public domain",
     "https://flic.kr/p/r9qvLn"),
    (skimage, "data/rocket.jpg", "Launch photo of DSCOVR on Falcon 9", "SpaceX", "public domain",
     "https://www.flickr.com/photos/spacexphotos/16511594820/in/photostream/"),
    (sklearn, "datasets/images/china.jpg", "china", "danielbuechele", "CC-BY-2.0",
     "https://www.flickr.com/photos/danielbuechele/6061409035/sizes/z/in/photostream/"),
    (sklearn, "datasets/images/flower.jpg", "flower", "vultilion", "CC-BY-2.0",
     "https://www.flickr.com/photos/vultilion/6056698931/sizes/z/in/photostream/"),
]
FEATURES = Features({"image": ImageFeature(), "title": Value("string"), "author": Value("string"),
                     "licence": Value("string"), "source": Value("string"),
                     "link": Value("string")})


def row(picture: bytes, title: str, author: str, licence: str, source: str, link: str) -> dict:
    """Scale a picture to 320 pixels and store it as WebP of quality 90, with its credits."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(picture))).convert("RGB")
    image = ImageOps.contain(image, (320, 320), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", quality=90, method=6)
    author = re.sub(r"^(© )?\d{4}[.,]? |, \d{4}$", "", author)
    licence = licence.replace("CC0-1.0", "CC0").replace("CC-BY-SA ", "CC-BY-SA-")
    licence = "public domain" if licence.lower() == "public domain" else licence
    return {"image": {"bytes": buffer.getvalue(), "path": None}, "title": title.replace("_", " "),
            "author": author, "licence": licence, "source": source, "link": link}


def lomiri(release: str, names: str):
    """Yield the rows of one wallpaper package; its copyright file has a paragraph per picture."""
    package = f"lomiri-wallpapers-{release}"
    folder = debian_package(package)
    credits = (folder / "usr/share/doc" / package / "copyright").read_text()
    for name in names.split():
        paragraph = credits.split(f"Files: {release}/{name}.jpg\n")[1].split("\n\n")[0]
        author, licence = re.findall(r": (.*)", paragraph)
        file = f"usr/share/backgrounds/{name}.jpg"
        yield row((folder / file).read_bytes(), name.split("_by_")[0], author, licence,
                  f"{package}: {file}", "")


def read_resources(path: Path) -> dict[str, bytes]:
    """Unpack a Qt resource file: a tree of 22-byte nodes, names in UTF-16, data with a length."""
    file = path.read_bytes()
    tree, data, names = struct.unpack(">3I", file[8:20])

    def walk(node: int, folder: str):
        name, flags, first, second = struct.unpack(">IHII", file[tree + 22 * node:][:14])
        length, = struct.unpack(">H", file[names + name:][:2])
        here = folder + file[names + name + 6:][:2 * length].decode("utf-16-be") if node else ""
        if flags & 2:  # a folder: `first` children from node `second` on
            for child in range(second, second + first):
                yield from walk(child, f"{here}/")
        else:
            length, = struct.unpack(">I", file[data + second:][:4])
            content = file[data + second + 4:][:length]
            yield here, zlib.decompress(content[4:]) if flags & 1 else content

    return dict(walk(0, ""))


def gcompris(activity: str, names: str):
    """Yield the rows of one activity of GCompris; a README beside its pictures credits them."""
    file = f"usr/share/gcompris-qt/rcc/{activity}.rcc"
    resources = read_resources(debian_package("gcompris-qt-data") / file)
    readme = next(text.decode() for name, text in resources.items() if name.endswith("README"))
    pictures = {Path(name).stem: picture for name, picture in resources.items()
                if name.endswith(".webp")}
    for name in names.split():
        paragraph, = [p for p in readme.split("\n\n") if re.search(rf"\b{name}\.webp", p)]
        credit = dict(re.findall(r"^(Copyright|License|Source): (.*)", paragraph, re.MULTILINE))
        yield row(pictures[name], name, credit["Copyright"], credit["License"],
                  f"gcompris-qt-data: {file}, {name}.webp", credit["Source"])


def main() -> None:
    rows = [photo for release, names in LOMIRI.items() for photo in lomiri(release, names)]
    for activity, names in tqdm(GCOMPRIS.items(), "GCompris"):
        rows += gcompris(activity, names)
    for package, file, *credit, link in PYTHON:
        picture = (Path(package.__file__).parent / file).read_bytes()
        rows.append(row(picture, *credit, f"{package.__name__}/{file}", link))

    rows.sort(key=lambda photo: (photo["title"].casefold(), photo["source"]))
    write_parquet({column: [photo[column] for photo in rows] for column in FEATURES}, FEATURES,
                  "photos/photos.parquet")
    contact_sheet([ImageOps.fit(Image.open(io.BytesIO(photo["image"]["bytes"])), (72, 54))
                   for photo in rows], 10, "photos.png")


if __name__ == "__main__":
    main()
