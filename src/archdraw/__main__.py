"""The command ``archdraw``, and ``python -m archdraw``."""

import sys

from archdraw.front import answered


def main() -> None:
    """Runs the program and exits with its code."""
    if not answered(sys.argv[1:]):
        from archdraw.cli import main as run

        run()


if __name__ == "__main__":
    main()
