"""Edges of the graphs in a picture."""

from __future__ import annotations

from typing import NamedTuple


class Edge(NamedTuple):
    """From a node of a graph to another: the line number ``line`` of those that leave ``start``.

    One that leads ``back`` is drawn with a delay of one step.
    """

    start: str
    end: str
    line: int = 0
    back: bool = False
