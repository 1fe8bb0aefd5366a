"""Lines that come a step later: which lead back down, and which go up through a box that delays them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdraw.edges import Edge
from archdraw.picture import Box, Diagram, Graph


def with_delays(graph: Graph) -> tuple[Graph, tuple[Edge, ...]]:
    """``graph`` with a box on each late line that leads upwards, as block diagrams of signals have it.

    Also what keeps the others leading down: each node that such a line enters is to be below the one it starts at.
    """
    edges, bound = list[Edge](), [edge for edge in graph.edges if not edge.back]
    boxes: list[tuple[str, Diagram]] = []
    below = list[Edge]()
    for number, edge in enumerate(graph.edges):
        if not edge.back or edge.start == edge.end:
            edges.append(edge)
        elif _leads(edge.start, edge.end, bound):
            key = f"{edge.start}|{edge.line}|{edge.end}|{number}"
            boxes.append((key, Box(key, graph.delay)))
            late = (Edge(edge.start, key, edge.line), Edge(key, edge.end))
            edges += late
            bound += late
        else:
            edges.append(edge)
            below.append(Edge(edge.end, edge.start))
            bound.append(below[-1])
    return replace(graph, nodes=(*graph.nodes, *boxes), edges=tuple(edges)), tuple(below)


def _leads(start: str, end: str, edges: Iterable[Edge]) -> bool:
    """Whether a way leads from one node to another."""
    onwards: dict[str, list[str]] = {}
    for edge in edges:
        onwards.setdefault(edge.start, []).append(edge.end)
    found, waiting = {start}, [start]
    while waiting:
        further = [name for name in onwards.get(waiting.pop(), ()) if name not in found]
        found.update(further)
        waiting += further
    return end in found
