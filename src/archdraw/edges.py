"""Edges of the graphs in a picture."""

from __future__ import annotations

from typing import NamedTuple

INPUT, OUTPUT = "input", "output"
"""What edges name the lines that come in and leave by."""


class Edge(NamedTuple):
    """From a node of a graph to another: the line number ``line`` of those that leave ``start``.

    One that leads ``back`` is drawn with a delay of one step.
    """

    start: str
    end: str
    line: int = 0
    back: bool = False
