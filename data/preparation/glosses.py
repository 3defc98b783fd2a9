"""WordNet glosses: 117,659 short English definitions with lemmas, part of speech, topic, hypernym.

From the Debian package `wordnet-base` 1:3.0-37. Copyright 2006 Princeton University, WordNet 3.0
licence. Makes `data/glosses/` in a few seconds. The manual page wndb(5WN) describes the source: one
line per synset, `offset topic type words pointers | gloss`.
"""

import hashlib
import re

from common import DATA, debian_package, write_parquet
from datasets import ClassLabel, Features, List, Value

PARTS = {"noun": "noun", "verb": "verb", "adj": "adjective", "adv": "adverb"}
LETTERS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
TOPICS = """
    adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body
    noun.cognition noun.communication noun.event noun.feeling noun.food noun.group noun.location
    noun.motive noun.object noun.person noun.phenomenon noun.plant noun.possession noun.process
    noun.quantity noun.relation noun.shape noun.state noun.substance noun.time verb.body verb.change
    verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation
    verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
    adj.ppl""".split()  # the 45 lexicographer files; their order is the number in the source

FEATURES = Features({
    "id": Value("string"),
    "text": Value("string"),
    "lemmas": List(Value("string")),
    "pos": ClassLabel(names=list(PARTS.values())),
    "topic": ClassLabel(names=TOPICS),
    "hypernym": Value("string"),
})


def definition(gloss: str) -> str:
    """Cut the quoted examples off a gloss: 'a feline; "the cat purred"' becomes 'a feline'."""
    return re.split(r'\s*;\s*"|(?<!")\s*[:,]\s*"', gloss.strip())[0].strip(" ;:,")


def read_synset(line: str, part: str) -> dict:
    """Read one line of a data file; the hypernym is still an id here."""
    data, gloss = line.split(" | ", 1)
    offset, topic, _, count, *rest = data.split()
    words, pointers = rest[:2 * int(count, 16):2], rest[2 * int(count, 16) + 1:]
    hypernyms = [f"{pointers[i + 1]}-{pointers[i + 2]}"
                 for i, symbol in enumerate(pointers) if symbol in ("@", "@i")]
    return {
        "id": f"{offset}-{LETTERS[part]}",
        "text": definition(gloss),
        "lemmas": [re.sub(r"\((a|p|ip)\)$", "", word).replace("_", " ") for word in words],
        "pos": PARTS[part],
        "topic": TOPICS[int(topic)],
        "hypernym": hypernyms[0] if hypernyms else "",
    }


def is_test(text: str) -> bool:
    """Put a tenth of the texts aside by their SHA-256, so that equal texts never part."""
    return int(hashlib.sha256(text.casefold().encode()).hexdigest(), 16) % 10 == 0


def licence(copyright_file: str) -> str:
    """Take the licence's own words from the Debian copyright file."""
    words = copyright_file.split("License: WordNet3.0\n")[1].split("\nFiles: debian/*")[0]
    lines = [line.strip() for line in words.strip().splitlines()]
    return "\n".join("" if line == "." else line for line in lines) + "\n"


def main() -> None:
    package = debian_package("wordnet-base")
    synsets = []
    for part in PARTS:
        lines = (package / f"usr/share/wordnet/data.{part}").read_text().splitlines()
        synsets += [read_synset(line, part) for line in lines if not line.startswith("  ")]

    name = {synset["id"]: synset["lemmas"][0] for synset in synsets}
    for synset in synsets:
        synset["hypernym"] = name.get(synset["hypernym"], "")
    for split in ("train", "test"):
        chosen = [synset for synset in synsets if is_test(synset["text"]) == (split == "test")]
        rows = {column: [synset[column] for synset in chosen] for column in FEATURES}
        write_parquet(rows, FEATURES, f"glosses/{split}.parquet")

    text = (package / "usr/share/doc/wordnet-base/copyright").read_text()
    (DATA / "glosses/LICENSE.txt").write_text(licence(text))


if __name__ == "__main__":
    main()
