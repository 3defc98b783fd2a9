#!/usr/bin/env python3
"""The commands of the course: lab, present, update, copies, again, hand-in, class, learn.

For those who change it: test, lint, run, site, bench.

Each makes first what is missing. An active virtualenv or named conda environment is used as it is;
otherwise `.venv` is made once beside this file and used again.
"""

# Every Python can read this file, so that an old one can say what is needed instead.
import os
import sys

OLDEST = (3, 11)


def main():
    """Run the command; return its exit code, 1 for a Python that is too old, 130 for Ctrl-C."""
    if sys.version_info < OLDEST:
        sys.stderr.write(
            "The course needs Python 3.11 or newer: install one and start course.py with it.\n")
        return 1
    # Python leaves this folder out where the variable PYTHONSAFEPATH is set.
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from launcher import commands, environment

    return commands.main(environment.prepare)


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        import signal

        # A second Ctrl-C would show a traceback after all.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("\nStopped: the same command goes on from here.\n")
        code = 130
    sys.exit(code)
