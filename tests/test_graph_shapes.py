"""Shapes of graphs: chains with nested skips as a U, dense ones drawn or refused, any one without fault."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archdraw.edges import Edge
from archdraw.layout.diagram import u_shape
from archdraw.layout.diagram.measures import INSET, SPINE, Measures
from archdraw.picture import Box, Frame, Graph
from archdraw.scene import Line
from archdraw.tree.walks import walk
from archdraw.views.diagrams import diagram as drawn_block
from test_graph import heads
from test_graph_lines import made, refused, scene_of, wrong


def u_net(skips: int) -> Graph:
    """A chain with ``skips`` skips, each inside the other."""
    down = [f"down{level}" for level in range(skips)]
    up = [f"up{level}" for level in reversed(range(skips))]
    way = ["input", *down, "middle", *up, "output"]
    edges = [Edge(start, end) for start, end in pairwise(way)]
    edges += [Edge(f"down{level}", f"up{level}") for level in range(skips)]
    return Graph(tuple((name, Box(name, name)) for name in way[1:-1]), tuple(edges))


@pytest.mark.parametrize("measures", [INSET, SPINE], ids=["inset", "spine"])
def test_nested_skips_make_a_u_with_level_lines(measures: Measures) -> None:
    graph = u_net(4)
    shape = u_shape.shape_of(graph)
    assert shape is not None
    assert shape.bottom == "middle"
    scene = scene_of(graph, measures)
    assert wrong(scene) == []
    level = [
        line
        for line in scene.shapes()
        if isinstance(line, Line) and len(line.points) == 2 and line.points[0][1] == line.points[1][1]
        if line.kind == "edge"
    ]
    assert len(level) == 4
    assert heads(scene) == len(graph.edges)


def test_other_graphs_are_no_u() -> None:
    assert u_shape.shape_of(u_net(2)) is None
    crossed = u_net(3)
    exchange = {Edge("down0", "up0"): Edge("down0", "up1"), Edge("down1", "up1"): Edge("down1", "up0")}
    assert u_shape.shape_of(Graph(crossed.nodes, tuple(exchange.get(edge, edge) for edge in crossed.edges))) is None
    framed = tuple((name, Frame(box, "2 ×", name, "") if name == "down0" else box) for name, box in crossed.nodes)
    assert u_shape.shape_of(Graph(framed, crossed.edges)) is None


def every_way(number: int) -> str:
    names = [f"n{index}" for index in range(number)]
    nodes = ", ".join(f"{name}: {{op: x}}" for name in names)
    edges = [f"[{one}, {other}]" for index, one in enumerate(names) for other in names[index + 1 :]]
    return f"{{nodes: {{{nodes}}}, edges: [[input, n0], {', '.join(edges)}, [{names[-1]}, output]]}}"


def fan(number: int) -> str:
    nodes = ", ".join(f"m{index}: {{op: x}}" for index in range(number))
    ways = ", ".join(f"[a, m{index}, z]" for index in range(number))
    return f"{{nodes: {{a: {{op: x}}, z: {{op: y}}, {nodes}}}, edges: [[input, a], {ways}, [z, output]]}}"


@pytest.mark.parametrize("graph", [every_way(9), fan(20)], ids=["9 nodes and 36 edges", "fans of 20"])
def test_dense_graphs_are_drawn(graph: str) -> None:
    block = made(graph)
    picture = drawn_block(block, {id(part): path for path, part in walk(block)})
    assert isinstance(picture, Graph)
    scene = scene_of(picture)
    assert wrong(scene) == []
    assert heads(scene) == len(block.edges)


def test_graphs_that_nobody_could_follow_are_refused() -> None:
    hint = "split it: make nodes that belong together a module, with a graph of their own"
    assert refused(every_way(14)) == [
        f"1,001 pairs of these edges overlap, more than can be drawn clearly (200) ({hint})"
    ]
    assert refused(fan(100)) == [f"a graph of 202 edges is more than can be drawn (130) ({hint})"]


LABELS = ["norm", "feed-forward network", "a"]


def any_graph(seed: int, size: int, density: float) -> Graph:
    """A graph with boxes that split, frames, sources, lines back, several lines in and out."""
    pick = random.Random(seed)
    lines, items, edges = [("input", line) for line in range(pick.choice([1, 1, 2, 3]))], {}, []
    count = len(lines)
    for index in range(size):
        name = f"n{index}"
        names = tuple(pick.sample(["query", "key", "hidden state"], 2)) if pick.random() < 0.15 else ("",)
        box = Box(name, pick.choice(LABELS), outputs=names)
        items[name] = Frame(box, "4 ×", f"{name}f", "") if pick.random() < 0.1 and names == ("",) else box
        number = 1 if items[name] is not box else min(len(lines), 1 + int(pick.random() * density))
        source = index and items[name] is box and pick.random() < 0.1
        edges += [Edge(start, name, line) for start, line in (() if source else pick.sample(lines, number))]
        lines += [(name, line) for line in range(len(names))]
    led = {(edge.start, edge.line) for edge in edges}
    ends = [line for line in lines if line not in led]
    edges += [Edge(start, "output", line) for start, line in ends]
    for _ in range(pick.choice([0, 0, 1, 2])):
        start, line = pick.choice([one for one in lines if one[0] != "input"])
        end = f"n{pick.randrange(size)}"
        if isinstance(items[end], Box) and Edge(start, end, line) not in edges:
            edges.append(Edge(start, end, line, back=True))
    edges = list(dict.fromkeys(edges))
    outward = tuple(f"line {index}" for index in range(len(ends))) if len(ends) > 1 else ("",)
    return Graph(tuple(items.items()), tuple(edges), count, outward, "t−1")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1.0, 2.0, 3.0]))
def test_any_graph_is_drawn_without_fault(seed: int, size: int, density: float) -> None:
    assert wrong(scene_of(any_graph(seed, size, density))) == []


FOUND = [(168, 5, 2.0), (82, 10, 1.0), (116096, 6, 1.0), (2004, 9, 1.0), (478001, 2, 2.0), (667914, 6, 2.0)]
"""Graphs in which a line met two boxes beside their middle, had no gap where two lines cross it, or was not drawn."""


@pytest.mark.parametrize("found", FOUND)
def test_graphs_that_were_found_are_drawn_without_fault(found: tuple[int, int, float]) -> None:
    assert wrong(scene_of(any_graph(*found))) == []
