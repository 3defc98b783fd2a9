"""course.py sees which packages are missing, and installs them from where they shall come."""

import os
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from launched import library, make

from launcher import ROOT, environment, packages, programs
from launcher.programs import Problem, interpreter

PINS = {"torch": "2.14.1", "torchvision": "0.29.1", "pytest": "9.2.0"}
READY = {
    "python": list(sys.version_info[:2]),
    "pip": True,
    "versions": {"torch": "2.14.1+cpu", "torchvision": "0.29.1", "pytest": "9.2.0"},
    "origins": {name: str(ROOT / name / "__init__.py") for name in ("helpers", "exercises")},
}
ELSEWHERE = {"helpers": "elsewhere/helpers/__init__.py"}
slow = pytest.mark.slow  # each start of pip takes about half a second of computing


# What is missing


def test_a_complete_environment_lacks_nothing_and_local_versions_count():
    assert packages.find_missing(READY, PINS) == []


@pytest.mark.parametrize(
    ("part", "change", "missing"),
    [
        ("versions", {"torch": None}, ["torch"]),
        ("versions", {"torch": "2.13.0"}, ["torch"]),
        ("origins", {"helpers": None}, ["helpers"]),
        ("origins", {"exercises": None}, ["exercises"]),
        ("origins", ELSEWHERE, ["helpers"]),
    ],
)
def test_what_is_absent_or_differs_is_found(part, change, missing):
    found = {**READY, part: {**READY[part], **change}}
    assert packages.find_missing(found, PINS) == missing


# What is asked of pip


@pytest.fixture
def asked(monkeypatch):
    """Returns the commands that would have been run, without the interpreter."""
    commands = []
    monkeypatch.setattr(packages, "must_run", lambda task, command, python, **streams:
                        commands.append([str(part) for part in command[1:]]))
    return commands


def install(found=READY, missing=("torch", "torchvision"), index=None):
    packages.install(Path(sys.executable), found, list(missing), PINS, index)


def test_an_environment_without_pip_gets_it(asked):
    install({**READY, "pip": False})
    assert asked[0] == ["-m", "ensurepip", "--upgrade"]


def test_all_requirements_are_installed_where_a_package_is_missing(asked, capsys):
    install(missing=["pytest", "helpers"])
    assert asked[0][-2:] == ["--requirement", "requirements.txt"]
    assert capsys.readouterr().out == "Installing pytest, helpers ...\n"


def test_the_packages_of_the_bench_are_pinned_beside_those_of_the_course():
    course, bench = map(packages.read_pins, (ROOT / "requirements.txt",
                                             ROOT / "requirements-bench.txt"))
    assert course.items() < bench.items() and not {"lightly", "stable-baselines3"} & course.keys()


def test_further_requirements_are_installed_from_their_own_file(asked):
    packages.install(Path(sys.executable), READY, ["lightly"], PINS, None, "requirements-bench.txt")
    assert asked[0][-2:] == ["--requirement", "requirements-bench.txt"]


@pytest.mark.parametrize("missing", [["helpers"], ["exercises"], ["helpers", "exercises"]])
def test_the_course_alone_is_installed_without_a_network(missing, asked, capsys):
    install(missing=missing)
    assert asked == [["-m", "pip", "--disable-pip-version-check", "install",
                      "--no-build-isolation", "--no-deps", "--editable", "."]]
    assert "own packages importable" in capsys.readouterr().out


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_a_long_installation_says_what_it_costs(system, asked, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", system)
    install(missing=["torch", *"abcdef"])
    text = capsys.readouterr().out
    assert "7 packages (about 4 minutes plus a download of up to 3.3 GB, 7 GB on disk" in text
    assert ("--cpu leaves out" in text) == (system == "linux")
    install(index="index")
    assert "torch, torchvision (some minutes, 2.5 GB on disk) ..." in capsys.readouterr().out


def test_only_a_missing_pytorch_comes_from_its_own_index(asked):
    install(missing=["pytest"], index=packages.CPU_INDEX)
    assert len(asked) == 1
    asked.clear()
    install(index=packages.CPU_INDEX)
    assert asked[0][3:] == ["install", "--no-deps", "--index-url", packages.CPU_INDEX,
                            "torch==2.14.1", "torchvision==0.29.1"]
    assert asked[1][3:] == ["install", "--requirement", "requirements.txt"]


# With a true pip, and wheels that hold nothing


def add_wheel(folder, name, version, needs=""):
    """Write a wheel, and the page about it in a simple index in the same folder."""
    page = folder / name
    page.mkdir(parents=True, exist_ok=True)
    wheel, info = f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": metadata + f"Requires-Dist: {needs}\n" * bool(needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    with zipfile.ZipFile(folder / wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    link = f"../{wheel}".replace("+", "%2B")
    with (page / "index.html").open("a") as index:
        index.write(f'<a href="{link}">{wheel}</a>\n')


@pytest.fixture
def python(tmp_path):
    """The interpreter of an environment that has nothing but the pip of this one."""
    folder = make(tmp_path / "environment")
    (library(folder) / "pip").symlink_to(Path(find_spec("pip").origin).parent)
    return interpreter(folder)


@pytest.fixture
def shops(monkeypatch, tmp_path):
    """A stand-in for PyPI, which pip is told of; and one for PyTorch's own index, in `cpu`."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    add_wheel(tmp_path / "pypi", "torch", "2.14.1", "filelock")
    add_wheel(tmp_path / "pypi", "torchvision", "0.29.1", "torch==2.14.1")
    add_wheel(tmp_path / "pypi", "filelock", "3.0")
    add_wheel(tmp_path / "cpu", "torch", "2.14.1+cpu", "filelock")
    add_wheel(tmp_path / "cpu", "torchvision", "0.29.1+cpu", "torch==2.14.1")
    add_wheel(tmp_path / "cpu", "filelock", "66.6")
    (tmp_path / "empty").mkdir()
    (tmp_path / "requirements.txt").write_text("torch==2.14.1\ntorchvision==0.29.1\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "pypi").as_uri())
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setattr(programs, "ROOT", tmp_path)
    return tmp_path


def fill(python, index, missing=("torch", "torchvision")):
    """Install; returns the versions of torch, of torchvision, and of what torch needs."""
    packages.install(python, READY, list(missing), PINS, index)
    found = environment.ask(python, ["torch", "torchvision", "filelock"])
    return list(found["versions"].values())


@pytest.mark.parametrize("kind", ["folder", pytest.param("address", marks=slow)])
def test_pytorch_alone_comes_without_its_libraries(kind, python, shops):
    index = shops / "cpu"
    versions = fill(python, str(index) if kind == "folder" else index.as_uri())
    assert versions == ["2.14.1+cpu", "0.29.1+cpu", "3.0"]


@slow
@pytest.mark.parametrize("obstacle", ["nobody answers", "no wheel", "an empty folder"])
def test_the_ordinary_pytorch_follows_where_the_index_has_none(obstacle, python, shops, capfd):
    index = {"nobody answers": "http://127.0.0.1:9/cpu", "no wheel": (shops / "empty").as_uri(),
             "an empty folder": str(shops / "empty")}[obstacle]
    assert fill(python, index) == ["2.14.1", "0.29.1", "3.0"]
    out, err = capfd.readouterr()
    sentence = f"PyTorch could not be had from {index}: the ordinary one is installed instead.\n"
    assert sentence in out and err == ""


@slow
def test_another_index_does_not_hide_that_pytorch_was_not_had(python, shops, monkeypatch, capfd):
    mirror = (shops / "pypi").as_uri()
    (shops / "pip.conf").write_text(f"[global]\nindex-url = http://127.0.0.1:9\n"
                                    f"extra-index-url = {mirror}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(shops / "pip.conf"))
    monkeypatch.delenv("PIP_INDEX_URL")
    assert fill(python, (shops / "empty").as_uri()) == ["2.14.1", "0.29.1", "3.0"]
    assert "PyTorch could not be had from file:" in capfd.readouterr().out


@slow
def test_without_a_choice_and_with_pytorch_there_nothing_changes(python, shops):
    assert fill(python, None) == ["2.14.1", "0.29.1", "3.0"]
    assert fill(python, str(shops / "cpu"), ["pytest"]) == ["2.14.1", "0.29.1", "3.0"]


@slow
def test_the_variables_of_pip_are_respected(python, shops, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shops / "pypi"))
    assert fill(python, "http://127.0.0.1:9/cpu") == ["2.14.1", "0.29.1", "3.0"]


@slow
def test_a_package_that_pip_cannot_replace_is_named(python, shops):
    fill(python, None)
    (record,) = library(shops / "environment").glob("filelock*/RECORD")
    record.unlink()
    add_wheel(shops / "pypi", "filelock", "66.6")
    (shops / "requirements.txt").write_text("filelock==66.6\n")
    with pytest.raises(Problem, match="holds filelock, which pip cannot replace"):
        fill(python, None, ["filelock"])


def test_packages_that_do_not_fit_together_are_told(python, shops):
    (shops / "requirements.txt").write_text("torch==2.14.1\nfilelock==66.6\n")
    add_wheel(shops / "pypi", "torch", "2.14.1", "filelock<4")
    add_wheel(shops / "pypi", "filelock", "66.6")
    with pytest.raises(Problem, match="The packages do not fit together here"):
        fill(python, None)


# The files that name packages


def test_requirements_pin_everything_and_environment_follows_them():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert wanted[-1] == "-e ."
    assert len(packages.read_pins()) == len(wanted) - 1
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    index = f"- --extra-index-url {packages.CPU_INDEX}"
    assert text.rstrip().endswith(f"- pip:\n      {index}\n      - -r requirements.txt")
    assert "==" not in text
    assert "python={}.{}".format(*environment.OLDEST) in text
