"""Graphs of blocks as graphs of diagrams."""

from __future__ import annotations

from collections.abc import Callable

from archdraw import picture
from archdraw.edges import Edge
from archdraw.glossary import plate, text
from archdraw.picture import Diagram
from archdraw.tree.blocks import Block, Graph
from archdraw.tree.edges import OUTPUT, leading_to, node_of, number_of_line

Drawn = Callable[[Block], Diagram]


def drawn(graph: Graph, node: Drawn) -> picture.Graph:
    """``graph`` with each node as ``node`` draws it."""
    edges = tuple(
        Edge(node_of(start), name, number_of_line(graph, start), back)
        for name in (*dict(graph.nodes), OUTPUT)
        for start, _, back in leading_to(graph, name)
    )
    nodes = tuple((name, node(block)) for name, block in graph.nodes)
    return picture.Graph(nodes, edges, len(graph.inputs), graph.outputs, text(plate.PREVIOUS_STEP()))
