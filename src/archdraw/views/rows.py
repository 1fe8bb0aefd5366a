"""Diagrams with fewer rows: boxes that follow each other become one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.picture import Box, Branches, Chain, Diagram, Graph
from archdraw.records import replaced
from archdraw.views.levels import levels

TIMES = re.compile(r"[\d,]+ × ")
"""How the label of a box of so many layers begins."""


def rows(item: Diagram) -> Diagram:
    """``item`` with one box in place of each run of boxes; the levels of a graph in the shape of a U are its rows."""
    match item:
        case Chain(items=items):
            found: list[Diagram] = []
            for is_plain, run in groupby(items, _is_plain):
                several = list(run)
                found += [_first_of([box for box in several if isinstance(box, Box)])] if is_plain else several
            return Chain(tuple(map(rows, found)))
        case Branches(items=items):
            return replaced(item, items=tuple(map(rows, items)))
        case Graph():
            return levels(item)
        case _:
            return item


def _is_plain(item: Diagram) -> bool:
    """Whether ``item`` is a box that may become one with its neighbours: not one of several layers."""
    return isinstance(item, Box) and item.inputs == 1 and len(item.outputs) == 1 and not TIMES.match(item.label)


def _first_of(run: Sequence[Box]) -> Box:
    """One box for a ``run``: the first that is no norm, and how many there are besides."""
    if len(run) == 1:
        return run[0]
    first = next((box for box in run if not box.cap), run[0])
    label = text(words.AND_MORE(first=first.label, number=len(run) - 1))
    return replace(first, label=label, title="; ".join(box.title or box.label for box in run), cap=False)
