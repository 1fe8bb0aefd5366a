"""Graphs of blocks as graphs of diagrams."""

from __future__ import annotations

from collections.abc import Callable

from archdraw import picture
from archdraw.edges import Edge
from archdraw.picture import Diagram
from archdraw.tree.blocks import Block, Graph

Drawn = Callable[[Block], Diagram]


def drawn(block: Graph, node: Drawn) -> picture.Graph:
    """``block`` with each node as ``node`` draws it."""
    return picture.Graph(
        tuple((name, node(part)) for name, part in block.nodes), tuple(Edge(start, end) for start, end in block.edges)
    )
