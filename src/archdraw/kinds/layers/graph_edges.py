"""The edges of a graph as an author writes them: which nodes they join, in which order, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from archdraw.errors import nearest
from archdraw.kinds.base import KindError
from archdraw.tree.edges import INPUT, OUTPUT, line_of, node_of

Ways = tuple[tuple[str, ...], ...]
"""Ways through two or more ends each: an end is a node, or one of its lines behind a dot."""


MOST_NODES, MOST_EDGES, MOST_PASSED, MOST_CROSSED = 150, 130, 250, 200
"""What one picture of a graph can show: its nodes, its edges, the rows of nodes that edges lead past, and the pairs of
edges that overlap without one lying within the other, so that most of them cross."""


class Wire(NamedTuple):
    """One edge, with the field that says it; ``back`` where its line comes a step later."""

    start: str
    end: str
    place: str
    back: bool = False

    @property
    def source(self) -> str:
        """The node that it starts at."""
        return node_of(self.start)

    @property
    def target(self) -> str:
        """The node that it leads to."""
        return node_of(self.end)


def wires(ways: Ways, field: str) -> Iterator[Wire]:
    """The edges of the ways in ``field``. Raises :class:`KindError` for one that is there twice."""
    seen = set[tuple[str, str]]()
    for index, way in enumerate(ways):
        for step, (start, end) in enumerate(pairwise(way)):
            place = f"{field}.{index}.{step + 1}"
            if (start, end) in seen:
                raise KindError(f"an edge leads from {start} to {end} twice", place)
            seen.add((start, end))
            yield Wire(start, end, place, field == "back")


def wrong_names(nodes: Collection[str]) -> Iterator[KindError]:
    """Names that no node can have."""
    if not nodes:
        yield KindError("a graph needs at least one node", "nodes")
    for name in nodes:
        if name in (INPUT, OUTPUT):
            flow = "comes in" if name == INPUT else "leaves"
            yield KindError(f"{name} is the line that {flow} and cannot be a node", f"nodes.{name}")
        elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,59}", name):
            yield KindError(f'"{name[:40]}" cannot name a node', "nodes", "use letters, digits, - and _")


def wrong_ways(ways: Ways, field: str, nodes: Collection[str], inputs: Collection[str]) -> Iterator[KindError]:
    """Ends that are no node, and ways that leave the graph before their end. ``inputs`` are the lines that come in."""
    known = [INPUT, OUTPUT, *nodes]
    for index, way in enumerate(ways):
        for step, end in enumerate(way):
            place, name, line = f"{field}.{index}.{step}", node_of(end), line_of(end)
            if name not in known:
                hint = nearest(name, known) or f"the nodes are {', '.join(nodes)}"
                yield KindError(f"no node is called {name[:40]}", place, hint)
            elif field == "back" and name in (INPUT, OUTPUT):
                yield KindError(f"a line that leads back joins two nodes, {name} is none", place)
            elif name == INPUT and step > 0:
                yield KindError("no edge can lead to input", place)
            elif name == OUTPUT and step < len(way) - 1:
                yield KindError("no edge can start at output", place)
            elif name == INPUT and line and line not in inputs:
                hint = nearest(line, inputs) or (
                    f"the lines are {', '.join(inputs)}" if inputs else f"name the lines: inputs: [{line[:40]}, ...]"
                )
                yield KindError(f"no line that comes in is called {line[:40]}", place, hint)
            elif name == INPUT and not line and len(inputs) > 1:
                named = " or ".join(f"{INPUT}.{one}" for one in inputs)
                yield KindError(f"{len(inputs)} lines come in: {', '.join(inputs)}", place, f"say which: {named}")
            elif line and 0 < step < len(way) - 1:
                yield KindError(f"a way cannot go on through {end[:60]}", place, f"begin another one with {name}")


def unused_inputs(inputs: Iterable[str], edges: Collection[Wire]) -> Iterator[KindError]:
    """Lines that come in and lead nowhere."""
    for line in inputs:
        if all(edge.start not in (INPUT, f"{INPUT}.{line}") for edge in edges):
            hint = f"add an edge from {INPUT}.{line}"
            yield KindError(f"the line {line} that comes in leads nowhere", "inputs", hint)


def wrong_outputs(edges: Iterable[Wire]) -> Iterator[KindError]:
    """Lines out that are not distinguished."""
    last = [edge for edge in edges if edge.target == OUTPUT]
    if not last:
        yield KindError("no edge leads to output", "edges")
    names = outputs(last)
    for index, edge in enumerate(last):
        if names[index] in names[:index]:
            hint = f"name each: [..., {OUTPUT}.NAME]"
            yield KindError(f"two lines called {names[index][:40]} leave", edge.place, hint)


def outputs(edges: Iterable[Wire]) -> tuple[str, ...]:
    """The names of the lines that leave: of several each has the name that its edge gives it, its line or its node."""
    last = [edge for edge in edges if edge.target == OUTPUT]
    if len(last) == 1:
        return (line_of(last[0].end),)
    return tuple(line_of(edge.end) or line_of(edge.start) or edge.source for edge in last)


def stray(nodes: Collection[str], sources: Collection[str], edges: Collection[Wire]) -> Iterator[KindError]:
    """Nodes on no way from the input or from one of the ``sources`` to the output."""
    reached = _reached((INPUT, *sources), [(edge.source, edge.target) for edge in edges])
    leading = _reached((OUTPUT,), [(edge.target, edge.source) for edge in edges])
    for name in nodes:
        if name not in reached:
            yield KindError(f"nothing leads from input to {name}", f"nodes.{name}", "add an edge to it")
        elif name not in leading:
            yield KindError(f"{name} does not lead to output", f"nodes.{name}", "add an edge from it")


def in_order(nodes: Iterable[str], edges: Collection[Wire]) -> list[str]:
    """The nodes in an order in which no edge leads back, the author's where possible.

    Raises :class:`KindError` where edges lead in a circle.
    """
    before: dict[str, set[str]] = {name: set() for name in nodes}
    for edge in edges:
        if edge.target in before and edge.source in before:
            before[edge.target].add(edge.source)
    order, waiting = list[str](), list(before)
    while waiting:
        ready = next((name for name in waiting if before[name].isdisjoint(waiting)), None)
        if ready is None:
            circle = _circle(waiting, before)
            *_, last = (edge for edge in edges if (edge.source, edge.target) in set(pairwise(circle)))
            hint = f"where {last.target} reads the step before: back: [[{last.start}, {last.end}]]"
            raise KindError(f"edges lead in a circle: {' -> '.join(circle)}", last.place, hint)
        order.append(ready)
        waiting.remove(ready)
    return order


def too_many(order: list[str], edges: Collection[Wire]) -> Iterator[KindError]:
    """What makes a graph too large or too dense to be drawn; ``order`` has its nodes in the order of the flow."""
    hint = "split it: make nodes that belong together a module, with a graph of their own"
    if len(order) > MOST_NODES:
        yield KindError(f"a graph of {len(order):,} nodes is more than can be drawn ({MOST_NODES})", "nodes", hint)
    if len(edges) > MOST_EDGES:
        yield KindError(f"a graph of {len(edges):,} edges is more than can be drawn ({MOST_EDGES})", "edges", hint)
    leading: dict[str, list[str]] = {}
    for edge in edges:
        if not edge.back and edge.source != INPUT and edge.target != OUTPUT:
            leading.setdefault(edge.source, []).append(edge.target)
    rows = dict.fromkeys(order, 0)
    for name in order:
        for end in leading.get(name, ()):
            rows[end] = max(rows[end], rows[name] + 1)
    spans = [(rows[name], rows[end]) for name, ends in leading.items() for end in ends]
    passed = sum(high - low - 1 for low, high in spans)
    long = [(low, high) for low, high in spans if high - low > 1]
    crossed = sum(1 for low, high in long for start, end in long if low < start < high < end)
    if crossed > MOST_CROSSED:
        message = f"{crossed:,} pairs of these edges overlap, more than can be drawn clearly ({MOST_CROSSED})"
        yield KindError(message, "edges", hint)
    elif crossed and passed > MOST_PASSED:
        message = f"these edges lead past {passed:,} rows of nodes, more than can be drawn clearly ({MOST_PASSED})"
        yield KindError(message, "edges", hint)


def _circle(waiting: list[str], before: Mapping[str, set[str]]) -> list[str]:
    """A circle among nodes each of which waits for another one."""
    circle = waiting[:1]
    while circle[-1] not in circle[:-1]:
        # Backwards, since every node that waits has one before it that waits.
        circle.append(next(name for name in waiting if name in before[circle[-1]]))
    return circle[circle.index(circle[-1]) :][::-1]


def _reached(starts: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    leading: dict[str, list[str]] = {}
    for start, end in edges:
        leading.setdefault(start, []).append(end)
    found = set(starts)
    waiting = list(found)
    while waiting:
        further = [end for end in leading.get(waiting.pop(), ()) if end not in found]
        found.update(further)
        waiting += further
    return found
