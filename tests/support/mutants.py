"""How many small faults in a module of the helpers do the module's own tests find?

    python tests/support/mutants.py [MODULE ...]

A fault ("mutant") changes one place: a number, an operator, an argument, or a call that is left
out; words stay as they are. Each is tried on the tests of its module alone. The scores and the
survivors are kept in tests/mutants.json, where a reason can be written to a survivor.
"""

import difflib
import gc
import importlib
import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import libcst as cst
from mutmut.mutation import mutators

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "mutants.json"
MODULES = ["data", "views", "scenes", "models", "training", "probes", "energy", "claims", "meadow"]
FURTHER_TESTS = {"data": ["tests/data/test_cifar10.py"]}
# What the tests import is imported once, before a process is forked for each mutant.
WARM = ["accelerate", "bs4", "datasets", "gymnasium", "hypothesis", "ipywidgets",
        "matplotlib.pyplot", "nbformat", "playwright.sync_api", "psutil", "pyarrow.parquet",
        "pytest", "sklearn.metrics", "sklearn.pipeline", "sklearn.linear_model", "torch"]


def left_out(line: cst.SimpleStatementLine):
    """A call whose value nobody uses, left out."""
    match line.body:
        case [cst.Expr(value=cst.Call())]:
            yield line.with_changes(body=[cst.Pass()])


OPERATORS = [*((kind, change) for kind, change in mutators.mutation_operators
               if change is not mutators.operator_string), (cst.SimpleStatementLine, left_out)]


class Places(cst.CSTVisitor):
    """Collects (node, changed node), but not of what only people and type checkers read."""

    def __init__(self):
        self.found = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom):
            return False
        self.found += [(node, changed) for kind, change in OPERATORS if isinstance(node, kind)
                       for changed in change(node)]
        return True


def mutants(code: str) -> dict[str, str]:
    """The changed line (old -> new) of each mutant, and its whole code."""
    module, places = cst.parse_module(code), Places()
    module.visit(places)
    made = {}
    for node, changed in places.found:
        new = module.deep_replace(node, changed).code
        lines = [line for line in difflib.ndiff(code.splitlines(), new.splitlines())
                 if line[0] in "-+"]
        old, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign)
                      for sign in "-+")
        made[f"{old} -> {after}"] = new
    return made


def test(module: str, code: str) -> None:
    """Run a module's tests in this process, with other code in the module's place; then end."""
    for name in [name for name in sys.modules if name.startswith("helpers")]:
        if name not in ("helpers", "helpers.data") or module == "data":
            del sys.modules[name]
    mutant = ModuleType(f"helpers.{module}")
    mutant.__file__ = str(ROOT / "helpers" / f"{module}.py")
    sys.modules[mutant.__name__] = mutant
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    try:
        exec(compile(code, mutant.__file__, "exec"), vars(mutant))
        setattr(importlib.import_module("helpers"), module, mutant)
        import pytest
        code = pytest.main(["-x", "-q", "-o", "addopts=--import-mode=importlib", "-p", "no:nbval",
                            "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist",
                            f"tests/helpers/test_{module}.py", *FURTHER_TESTS.get(module, [])])
    finally:
        os._exit(int(code != 0) if isinstance(code, int) else 1)


def start(module: str, code: str) -> int:
    """Fork a process that tests some code; return its number."""
    child = os.fork()
    if not child:
        test(module, code)
    return child


def score(module: str) -> dict:
    """Try all mutants of a module, one on each core at a time."""
    code = (ROOT / "helpers" / f"{module}.py").read_text(encoding="utf-8")
    begin = time.monotonic()
    if os.waitpid(start(module, code), 0)[1]:
        sys.exit(f"The tests of {module} fail without a fault.")
    patience = 20 + 4 * (time.monotonic() - begin)
    waiting, running, survivors = list(mutants(code).items()), {}, []
    count = len(waiting)
    while waiting or running:
        while waiting and len(running) < len(os.sched_getaffinity(0)):
            change, changed = waiting.pop()
            running[start(module, changed)] = change, time.monotonic()
        for child, (change, begun) in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.monotonic() - begun > patience:
                os.kill(child, 9)  # an endless loop is found, too
            elif ended:
                del running[child]
                if not status:
                    survivors.append(change)
                    print(f"{module}: {change}", flush=True)
        time.sleep(0.02)
    return {"mutants": count, "killed": count - len(survivors), "survivors": sorted(survivors)}


def main(names: list[str]) -> None:
    """Score some modules, or all; a survivor that was known keeps its reason."""
    os.chdir(ROOT)
    os.environ["OMP_NUM_THREADS"] = "1"
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
    for name in WARM:
        importlib.import_module(name)
    from helpers import data
    for split in ("train", "test"):
        data.drawings(split)
    gc.freeze()  # a forked process shares what it doesn't touch
    for name in names or MODULES:
        found = score(name)
        table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
        known = table.get(name, {}).get("survivors", {})
        found["survivors"] = {change: known.get(change, "") for change in found["survivors"]}
        table[name] = found
        TABLE.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"{name}: {found['killed']} of {found['mutants']} found "
              f"({found['killed'] / found['mutants']:.0%})", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
