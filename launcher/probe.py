"""Say what a Python is and what it holds: `python probe.py MARK PACKAGE ...`.

Every Python can run this file, so that an old one can say that it is old. It answers in lines of
JSON between two marks, as an environment may print lines of its own at each start. The first line
says that Python has started, the second what it holds.
"""

import json
import sys


def tell(mark, answer):
    """Print an answer at once: what comes next may fail."""
    sys.stdout.write(mark + json.dumps(answer) + mark + "\n")
    sys.stdout.flush()


def look(names):
    """Return whether there is a pip, the packages' versions, and where the course's own lie."""
    import importlib.metadata
    import importlib.util

    def version(name):
        try:
            return importlib.metadata.version(name)
        except Exception:  # a damaged package counts as none
            return None

    specs = {name: importlib.util.find_spec(name) for name in ("pip", "helpers", "exercises")}
    return {
        "pip": specs.pop("pip") is not None,
        "versions": {name: version(name) for name in names},
        "origins": {name: spec and spec.origin for name, spec in specs.items()},
    }


def main(mark, names):
    """Answer with the version of Python, then with the rest, at which an old Python fails."""
    answer = {"python": sys.version_info[:2]}
    tell(mark, answer)
    answer.update(look(names))
    tell(mark, answer)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
