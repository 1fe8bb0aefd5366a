"""What is said of a picture that cannot be drawn, and at which line of the document."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.documents.asking import Block
from archdraw.errors import Problem

MARK = "archdraw"
"""What is in the line before the text of a block."""


def split(problem: Problem, document: str = "") -> tuple[str, str]:
    """The message of ``problem``, and below it the line with its caret and the hint.

    Its place stands in the message, unless it is in ``document``, which is said by the program that builds it.
    """
    first, _, more = str(problem).partition("\n")
    if problem.span.file == document:
        first = first.partition(f": {problem.severity}: ")[2]
    return first, more


def found_in(lines: Sequence[str], source: str, file: str, after: int = 0) -> Block | None:
    """The block with the text ``source`` in the ``lines`` of ``file``, below a line that names archdraw.

    Of several it is the first one below the line ``after``, if there is one.

    Programs hand on the text of a block without its place and without what stands before each line of it: the
    indentation of a list, the signs of a quotation.
    """
    given = source.splitlines()
    # An empty block is where its end follows on its beginning.
    wanted = [line.strip() for line in given] or [FENCE]
    places = range(1, len(lines) - len(wanted) + 1)
    for start in (*places[after:], *places[:after]):
        bare = [line.lstrip(QUOTED).rstrip() for line in lines[start : start + len(wanted)]]
        if MARK in lines[start - 1] and (bare == wanted or (not given and bare[0].startswith(FENCE))):
            before = len(lines[start]) - len(lines[start].lstrip(QUOTED))
            own = len(given[0]) - len(given[0].lstrip()) if given else before
            return Block(file, start + 1, 1 + max(0, before - own))
    return None


FENCE = "```"
QUOTED = "> \t"
