"""The ends of a graph's edges: a node by its name, or with one of its lines behind a dot."""

from __future__ import annotations

from archdraw.tree.blocks import Graph
from archdraw.tree.walks import entries, outputs

INPUT, OUTPUT = "input", "output"
"""What edges name the lines that come in and leave by."""


def node_of(end: str) -> str:
    """The node of an end: ``qkv`` of ``qkv.query``."""
    return end.partition(".")[0]


def line_of(end: str) -> str:
    """The name of the line of an end: ``query`` of ``qkv.query``; empty where it names none."""
    return end.partition(".")[2]


def leading_to(graph: Graph, name: str) -> list[tuple[str, str, bool]]:
    """Every edge to a node of ``graph`` with its ends, and whether it comes a step later, in the order of its lines."""
    found = [(start, end, False) for start, end in graph.edges if node_of(end) == name]
    found += [(start, end, True) for start, end in graph.back if node_of(end) == name]
    names = entries(dict(graph.nodes)[name]) if name != OUTPUT else ()
    return sorted(found, key=lambda edge: names.index(line_of(edge[1])) if line_of(edge[1]) in names else 0)


def number_of_line(graph: Graph, start: str) -> int:
    """Which of the lines of its node the edge from ``start`` follows, from 0."""
    name = node_of(start)
    lines = graph.inputs if name == INPUT else outputs(dict(graph.nodes)[name])
    return lines.index(line_of(start)) if len(lines) > 1 else 0
