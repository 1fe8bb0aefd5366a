"""The command ``archdraw``, and ``python -m archdraw``.

A command that was given before is done again from the cache, before anything else is imported.
"""

import sys

from archdraw.cache.replay import replayed


def main() -> None:
    """Runs the program and exits with its code."""
    warnings = replayed(sys.argv[1:])
    if warnings is None:
        from archdraw.cli import main as run

        run()
    elif warnings:
        from archdraw.cli._terminal import report
        from archdraw.errors import from_plain

        report(map(from_plain, warnings))


if __name__ == "__main__":
    main()
