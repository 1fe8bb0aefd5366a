"""The command ``archdraw``, and ``python -m archdraw``."""

import gc
import sys

from archdraw.front import answered

OBJECTS_BEFORE_COLLECTING = 300_000
"""Containers; a picture makes a quarter of that, nearly all of them for good, among which nothing is to be found."""


def main() -> None:
    """Runs the program and exits with its code."""
    if not answered(sys.argv[1:]):
        gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
        from archdraw.cli import main as run

        run()


if __name__ == "__main__":
    main()
