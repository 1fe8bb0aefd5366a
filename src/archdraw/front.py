"""What is answered before anything else is imported: the version, and the page of all commands.

The page is a file, what click makes of the commands (``tests/write_indexes.py`` writes it). It stands for all terminals
that are wide enough to have it as it is, unless another package adds to archdraw.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from archdraw.installed import adds_to
from archdraw.version import VERSION

PAGE = os.path.join(os.path.dirname(__file__), "help.txt")  # noqa: PTH118, PTH120 - pathlib takes as long as all of this
WIDTH = 80
"""Columns of a file or a pipe, and of a terminal that the page fits."""


def answered(words: Sequence[str]) -> bool:
    """Prints the version or the page of commands if that is what ``words`` ask for, and says whether it was.

    Where it cannot be printed it has not been: that is reported as of any command.
    """
    if list(words) in (["--version"], ["-V"]):
        text = f"archdraw {VERSION}\n"
    elif list(words) in (["--help"], ["-h"]) and _fits() and not adds_to("archdraw."):
        text = page()
    else:
        return False
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):  # no room, no reader, no stdout
        return False
    return True


def page() -> str:
    """The page of all commands of archdraw itself."""
    with open(PAGE, encoding="utf-8") as stream:  # noqa: PTH123
        return stream.read()


def summaries() -> Mapping[str, str]:
    """What each command does, by its name, as the page says it."""
    _, _, commands = page().partition("Commands:\n")
    rows = [line.split(None, 1) for line in commands.partition("\n\n")[0].splitlines()]
    return {row[0]: row[1] for row in rows}


def _fits() -> bool:
    if "COLUMNS" in os.environ or sys.stdout is None:
        return False
    try:
        return not sys.stdout.isatty() or os.get_terminal_size(sys.stdout.fileno()).columns >= WIDTH
    except (OSError, ValueError):
        return False
