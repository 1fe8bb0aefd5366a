"""The command ``archdraw``, and ``python -m archdraw``.

A command that was given before is done again from the cache, before anything else is imported.
"""

from __future__ import annotations

import gc
import os
import sys

# The module of which signal makes enumerations, which take longer than a picture from the cache.
from _signal import SIGTERM, signal  # type: ignore[import-not-found]

from archdraw.cache.replay import replayed
from archdraw.files import give_up

INTERRUPTED, TERMINATED = 130, 143
"""Exit codes after SIGINT and SIGTERM, as a shell gives them."""

OBJECTS_BEFORE_COLLECTING = 300_000
"""Containers; a picture makes a quarter of that, nearly all of them for good, among which nothing is to be found."""


def main() -> None:
    """Runs the program and exits with its code."""
    signal(SIGTERM, _end)
    words = sys.argv[1:]
    if words[:1] and words[0].startswith("-"):
        from archdraw.front import answered

        if answered(words):
            return
    try:
        warnings = replayed(words)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    if warnings is None:
        gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
        from archdraw.cli import main as run

        run()
    elif warnings:
        from archdraw.cli._terminal import report
        from archdraw.errors import from_plain

        report(map(from_plain, warnings))


def _end(*_: object) -> None:
    """Ends the program at once, without half a file; its workers end with it.

    Not by an exception: there are places, such as the forking of a process, in which Python ignores those.
    """
    give_up()
    os._exit(TERMINATED)


if __name__ == "__main__":
    main()
