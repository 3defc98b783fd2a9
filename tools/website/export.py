"""The site's live pages, in which networks of the course run: `build` writes all of them.

A page opens from a disk as well as from a server, so all that it loads comes in scripts, in which
bytes are compressed and written as base64. esbuild joins the modules of `live/`, and takes in the
runtime; both come from npm.
"""

import base64
import gzip
import json
import shutil
import string
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from onnx.reference import ReferenceEvaluator
from torch import Tensor, nn

from helpers import page, weights
from tools.website import networks

HERE = Path(__file__).parent
RUNTIME = HERE / "node_modules" / "onnxruntime-web"


class Live(NamedTuple):
    """A live page: its lesson, title and question, its weights and what they reached."""

    lesson: str
    title: str
    question: str
    weights: str | None
    about: str
    make: Callable[[], networks.Loaded] = dict
    control: str = ""  # the function behind the lesson's control that the page does the work of
    ours: str = ""  # what is to be said of our pictures, where one can be chosen

    def origin(self) -> str:
        """What the page says about its network."""
        if not self.weights:
            return self.about
        record = weights.record(self.weights)
        return (f"{self.about.format(**record['figures'])} Weights: "
                f"data/weights/{self.weights}.safetensors, {record['steps']:,} steps of training "
                f"in {record['seconds'] / 60:.0f} minutes. They run with onnxruntime-web "
                f'{version()} (MIT licence). Pictures: <a href="../data/README.html">credits</a>.')


PAGES = {
    "draw": Live(
        "04", "Draw a thing", "One drawing of each of 420 things was shown to a network that had "
        "never met them. Which of them does it take yours for?", "drawings",
        "Asked with the drawing of another artist, it names {one-shot, clean:.0%} of them rightly; "
        "it learned from drawings of other things, and was told only which of these show one "
        "thing.", networks.draw, ours=", by another artist than the one shown"),
    "words": Live(
        "05", "Fill the blank", "Which word belongs into the blank? A network that has read "
        "definitions, and was never told what a word means, says what it expects.", "words",
        "It names {masked accuracy:.0%} of the hidden pieces of definitions that it has never "
        "read.", networks.words, "fill"),
    "hole": Live(
        "06", "Fill the hole", "What is behind the grey square? A network that has seen thousands "
        "of drawings with holes, and never a name, puts there what it expects.", "holes",
        "In holes of 12 × 12 pixels of drawings that it never met, its squared error is "
        "{squared error:.3f}.", networks.hole, ours=", never met in training"),
    "colour": Live(
        "06", "Colour it", "Which colours had this picture? A network that has seen 50,000 "
        "photographs in grey and in colour paints what it expects.", "photo_colours",
        "It tells true colours from turned ones in {energy of turned colours, AUROC:.0%} of the "
        "pairs.", networks.colour, "show_upload", ", never met in training"),
    "collapse": Live(
        "03", "Collapse", "What becomes of an energy that is only ever pushed down? Two small "
        "networks are trained here, in the page, by the loss that you choose.", None,
        "Nothing was trained before: the networks begin with random numbers. Each step sees 128 "
        "pairs.", control="show_point"),
    "meadow": Live(
        "07", "The meadow", "Somewhere in a meadow stands a cow, among three other things. Who "
        "finds it, you or an agent that was never told what a cow looks like?", "agent",
        "It has learned from points alone, and finds the cow in {success:.0%} of the meadows with "
        "things that it never met, in {steps of an episode:.1f} steps on average.",
        networks.walk, "play_yourself"),
    "keypoints": Live(
        "08", "Find it again", "Turn a photograph. Which of its places does a network find again, "
        "that was taught by nothing but photographs which a computer had moved?", "keypoints",
        "With photographs that it never met, tilted and pushed as in training, {matching, strong "
        "warp:.0%} of its matches are right.", networks.find,
        ours=" (it has learned from most of them)"),
    "search": Live(
        "09", "Find it by words", "Which drawings fit what you write? A network that has learned "
        "from drawings and their names looks through 420 things that it never met.", "names",
        "Where it has met every word of a name, it has the right one among its first ten of 420 "
        "for {all words met, among the first 10:.0%} of the drawings.", networks.search, "search"),
}


def is_ready() -> bool:
    """Whether npm's packages are there, after a try to fetch them; say so where they are not."""
    npm, wanted = shutil.which("npm"), json.loads((HERE / "package.json").read_text("utf-8"))
    if not npm:
        print("The site has no live pages: they need npm, which comes with Node.js (nodejs.org).")
        return False
    if version() != wanted["dependencies"]["onnxruntime-web"]:
        subprocess.run([npm, "install", "--no-package-lock", "--silent", "--fetch-retries=0"],
                       cwd=HERE)
    if not version():
        print("The site has no live pages: npm could not fetch what they need.")
    return bool(version())


def version() -> str | None:
    """The runtime's version, None where it is not installed."""
    path = RUNTIME / "package.json"
    return json.loads(path.read_text(encoding="utf-8"))["version"] if path.exists() else None


def to_onnx(module: nn.Module, inputs: dict[str, Tensor], free: tuple | None = None) -> bytes:
    """A network as ONNX, which answers these inputs as PyTorch does, to 1e-4 of its largest answer.

    Raises:
        ArithmeticError: It does not.
    """
    program = torch.onnx.export(module.eval(), tuple(inputs.values()), dynamo=True, verbose=False,
                                input_names=[*inputs], output_names=["answer"], dynamic_shapes=free)
    (answer,) = ReferenceEvaluator(program.model_proto).run(
        None, {name: value.numpy() for name, value in inputs.items()})
    expected = module(*inputs.values()).detach().numpy()
    if np.abs(answer - expected).max() > 1e-4 * np.abs(expected).max():
        raise ArithmeticError(f"{type(module).__name__} answers otherwise as ONNX.")
    return program.model_proto.SerializeToString()


def build(folder: Path) -> None:
    """Write all live pages to a folder."""
    modules = [f"live/{name}.js" for name in ("runtime", *PAGES)]
    subprocess.run([shutil.which("npm"), "run", "--silent", "bundle", "--", *modules,
                    f"--outdir={folder}"], cwd=HERE, check=True)
    files = {"wasm": (RUNTIME / "dist" / "ort-wasm-simd-threaded.wasm").read_bytes()}
    live = HERE / "live"
    skeleton, choice = (string.Template((live / f"{name}.html").read_text(encoding="utf-8"))
                        for name in ("page", "choice"))
    for name, one in PAGES.items():
        files |= one.make()
        text = skeleton.substitute(
            name=name, title=one.title, question=one.question, number=one.lesson,
            lesson=page.find(one.lesson).stem, origin=one.origin(),
            body=string.Template((live / f"{name}.html").read_text(encoding="utf-8")).substitute(
                choice=choice.substitute(ours=one.ours)))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    shutil.copy2(live / "live.css", folder)
    for name, content in files.items():
        content = content if isinstance(content, bytes) else to_onnx(*content)
        packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
        (folder / f"{name}.js").write_text(f'(self.packed ??= {{}})["{name}"] = "{packed}";\n')
