"""What is pinned is imported, and what is imported is pinned."""

import importlib.metadata
import re
import sys

import imports
import lessons
import pytest

# Pinned though no file imports them -> what needs them.
NEEDED = {
    "ipykernel": "the kernel of the lessons",
    "jupyterlab": "course.py starts it",
    "jupyterlab-deck": "JupyterLab finds it, for the slides",
    "onnx": "torch.onnx.export writes with it",
    "onnxscript": "torch.onnx.export writes with it",
    "pycocotools": "torchmetrics' average precision",
    "nbval": "pytest finds it, for the lessons",
    "pytest-xdist": "pytest finds it, for two processes",
    "pytest-randomly": "pytest finds it, for another order each time",
    "ruff": "tests/lint/test_ruff.py starts it",
    "furo": "Sphinx finds it by its name, as a theme",
    "myst-nb": "Sphinx finds it by its name, for the notebooks",
    "sphinx-mathjax-offline": "Sphinx finds it by its name, for the formulas",
    "setuptools": "it builds the course's own package",
}


def pins(file):
    return {name.replace("_", "-") for name in re.findall(
        r"^([\w.-]+)==", (lessons.ROOT / file).read_text(), re.MULTILINE)}


PINS = pins("requirements.txt")
MUTANTS = "tests/support/mutants.py"
BENCH = [file for file in imports.files()
         if file.startswith(("tools/bench/", "tests/tools/test_bench"))]
FILES = [file for file in imports.files()
         if not file.startswith("data/") and file not in [MUTANTS, *BENCH]]


def packages(files):
    """The registry's names of all packages that some files import, but Python's and our own."""
    own = {*imports.OWN, *(path.stem for path in (lessons.ROOT / "tests").rglob("*.py"))}
    names = {name.split(".")[0] for file in files for name in imports.imported(file)}
    known = {"cv2": ["opencv-python-headless"], **importlib.metadata.packages_distributions()}
    return {known.get(name, [name])[0].lower().replace("_", "-")
            for name in names - own - set(sys.stdlib_module_names)}


def test_what_is_imported_is_pinned():
    assert packages(FILES) - PINS == set()


def test_what_is_pinned_is_imported_or_needed_otherwise():
    assert PINS - packages(FILES) == NEEDED.keys() - packages(FILES)


def test_what_only_those_need_who_count_mutants_is_not_installed_for_all():
    assert packages([MUTANTS]) - PINS == pins("requirements-dev.txt")


def test_what_only_the_bench_needs_is_not_installed_for_lessons():
    assert packages(BENCH) - PINS == pins("requirements-bench.txt")


@pytest.mark.parametrize("file", [file for file in imports.files()
                                  if file.startswith(("launcher/", "course.py"))])
def test_the_first_start_needs_no_package(file):
    assert packages([file]) == set()
