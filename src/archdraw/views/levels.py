"""Graphs in the shape of a U with one row for each level: what leads to the next level sits at the row it leaves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.layout.diagram.u_shape import shape_of
from archdraw.picture import Box, Diagram, Graph


def levels(graph: Graph) -> Graph:
    """``graph`` with fewer boxes, if it is a U: each that joins a skip becomes one with the box that it leads to, and
    boxes between two levels are caps."""
    if shape_of(graph) is None:
        return graph
    boxes = dict(graph.nodes)
    chain = [name for name, _ in graph.nodes]
    after = dict(pairwise(chain))
    joins = {name: after[name] for name, box in boxes.items() if name in after and _joins(box, boxes[after[name]])}
    edges = tuple(
        edge._replace(end=joins.get(edge.end, edge.end)) for edge in graph.edges if joins.get(edge.start) != edge.end
    )
    nodes: dict[str, Diagram] = {}
    joined = {end: start for start, end in joins.items()}
    for name, box in boxes.items():
        if name not in joins:
            nodes[name] = _one(boxes[joined[name]], box) if name in joined else box
    found = replace(graph, nodes=tuple(nodes.items()), edges=edges)
    shape = shape_of(found)
    if shape is None:
        return graph
    on_skips = {name for skip in shape.skips for name in skip}
    between = {*shape.left, *shape.right} - on_skips
    return replace(found, nodes=tuple((name, _cap(box) if name in between else box) for name, box in found.nodes))


def _joins(box: Diagram, following: Diagram) -> bool:
    return (
        isinstance(box, Box)
        and isinstance(following, Box)
        and box.inputs > 1
        and following.inputs == 1
        and box.role == "plain"
    )


def _one(first: Diagram, second: Diagram) -> Box:
    """One box for both, with the words of both; how large the second is stands at the other end of its skip."""
    assert isinstance(first, Box)
    assert isinstance(second, Box)
    title = "; ".join(box.title or box.label for box in (first, second))
    label = text(words.BOTH(first=first.label, second=second.label.partition(", ")[0]))
    return replace(second, label=label, title=title, inputs=first.inputs)


def _cap(box: Diagram) -> Diagram:
    return replace(box, cap=True) if isinstance(box, Box) else box
