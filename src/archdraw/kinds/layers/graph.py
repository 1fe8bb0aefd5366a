"""A small directed graph as an author writes it: what sequences and branches cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from archdraw.errors import nearest
from archdraw.glossary import layers as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Family, Kind, KindError, Scope
from archdraw.kinds.expanding import expand_placed
from archdraw.kinds.fields import Size
from archdraw.kinds.layers.primitives import AUTHORS_OWN, Linear
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.runs import number_of_layers

INPUT, OUTPUT = "input", "output"

Edge = tuple[str, str]
Edges = Mapping[Edge, str]
"""Each edge with the field that says it."""


class Graph(Kind):
    """Blocks by name and the edges between them, where one line is read in several places.

    A node takes the lines of all edges that lead to it. One of ``op: +`` or ``op: ×`` is drawn as that sign.
    """

    keyword: ClassVar[str] = "graph"
    family: ClassVar[Family] = "block"
    example: ClassVar[str] = (
        "graph:\n"
        "  nodes:\n"
        "    down: {linear: 1024}\n"
        "    router: {linear: 64}\n"
        "    experts: {experts: {total: 64, active: 6, router: false, body: {swiglu: {intermediate_size: 1408}}}}\n"
        "    up: {linear: 4096}\n"
        "    shared: {swiglu: {intermediate_size: 2816}}\n"
        "    sum: {op: +}\n"
        "  edges:\n"
        "    - [input, down, experts, up, sum, output]\n"
        "    - [input, router, experts]\n"
        "    - [input, shared, sum]\n"
        "  widths: {experts: 1024}"
    )
    source: ClassVar[str] = AUTHORS_OWN
    term: ClassVar[Term] = words.GRAPH
    aliases: ClassVar[tuple[str, ...]] = ("dag", "nodes", "edges", "network")

    nodes: dict[str, AnyBlock] = Field(description="The blocks by name: letters, digits, - and _.")
    edges: tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...] = Field(
        description=(
            "Ways through two or more names each: [input, router, experts] is two edges. "
            "input is the line that comes in, output the one that leaves."
        )
    )
    widths: dict[str, Size] = Field(
        default_factory=dict,
        description="Features that a node reads where edges of different widths lead to it, by the node's name.",
    )

    def expand(self, scope: Scope) -> Block:
        """The graph, its nodes in the order of the flow; a node that is not one box becomes a module.

        Raises :class:`KindError`, or an :class:`ExceptionGroup` of them, for edges that name no node or lead in a
        circle, for nodes that are on no way from input to output, and for nodes whose lines the edges don't fit.
        """
        edges = self._checked()
        scopes = self._scopes(edges, scope)
        made = expand_placed((self.nodes[name], own) for name, own in scopes.items())
        nodes = [
            (name, _named(name, self.nodes[name], block, own))
            for (name, own), block in zip(scopes.items(), made, strict=True)
        ]
        self._raise(_misfits(nodes, edges))
        return blocks.Graph(tuple(nodes), tuple(edges))

    def features_out(self, scope: Scope) -> int:
        """The width of the node that leads to the output."""
        edges = self._checked()
        *_, (name, own) = self._scopes(edges, scope).items()
        return self.nodes[name].features_out(own)

    def _checked(self) -> Edges:
        """The edges. Raises where they don't make a graph of the nodes."""
        found: dict[Edge, str] = {}
        self._raise(self._wrong_names())
        for index, way in enumerate(self.edges):
            for step, edge in enumerate(pairwise(way)):
                place = f"edges.{index}.{step + 1}"
                if edge in found:
                    raise KindError(f"an edge leads from {edge[0]} to {edge[1]} twice", place)
                found[edge] = place
        self._raise(self._wrong_ends(found))
        _, circle = self._sorted(found)
        if circle:
            *_, place = (place for edge, place in found.items() if edge in set(pairwise(circle)))
            raise KindError(f"edges lead in a circle: {' -> '.join(circle)}", place)
        self._raise(self._stray(found))
        return found

    def _wrong_names(self) -> Iterator[KindError]:
        if not self.nodes:
            yield KindError("a graph needs at least one node", "nodes")
        for name in self.nodes:
            if name in (INPUT, OUTPUT):
                flow = "comes in" if name == INPUT else "leaves"
                yield KindError(f"{name} is the line that {flow} and cannot be a node", f"nodes.{name}")
            elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,59}", name):
                yield KindError(f'"{name[:40]}" cannot name a node', "nodes", "use letters, digits, - and _")
        for name in self.widths:
            if name not in self.nodes:
                yield KindError(f"no node is called {name[:40]}", f"widths.{name}", nearest(name, self.nodes))
        known = [INPUT, OUTPUT, *self.nodes]
        for index, way in enumerate(self.edges):
            for step, name in enumerate(way):
                place = f"edges.{index}.{step}"
                if name not in known:
                    hint = nearest(name, known) or f"the nodes are {', '.join(self.nodes)}"
                    yield KindError(f"no node is called {name[:40]}", place, hint)
                elif name == INPUT and step > 0:
                    yield KindError("no edge can lead to input", place)
                elif name == OUTPUT and step < len(way) - 1:
                    yield KindError("no edge can start at output", place)

    def _wrong_ends(self, edges: Edges) -> Iterator[KindError]:
        if not any(start == INPUT for start, _ in edges):
            yield KindError("no edge starts at input", "edges")
        last = [start for start, end in edges if end == OUTPUT]
        if not last:
            yield KindError("no edge leads to output", "edges")
        if len(last) > 1:
            hint = f"join {' and '.join(last)} in a node, such as sum: {{op: +}}"
            yield KindError(f"{len(last)} edges lead to output, which is one line", "edges", hint)

    def _stray(self, edges: Edges) -> Iterator[KindError]:
        reached = _reached(INPUT, edges)
        leading = _reached(OUTPUT, [(end, start) for start, end in edges])
        for name in self.nodes:
            if name not in reached:
                yield KindError(f"nothing leads from input to {name}", f"nodes.{name}", "add an edge to it")
            elif name not in leading:
                yield KindError(f"{name} does not lead to output", f"nodes.{name}", "add an edge from it")

    def _sorted(self, edges: Edges) -> tuple[list[str], list[str]]:
        """The nodes in an order in which no edge leads back, the author's where possible; and a circle if there is one.

        The nodes of a circle and behind it are left out.
        """
        order, waiting = list[str](), list(self.nodes)
        while waiting:
            ready = next((name for name in waiting if not _before(name, edges) & set(waiting)), None)
            if ready is None:
                break
            order.append(ready)
            waiting.remove(ready)
        circle = waiting[:1]
        while circle and circle[-1] not in circle[:-1]:
            # Backwards, since every node that waits has one before it that waits.
            before = _before(circle[-1], edges)
            circle.append(next(name for name in waiting if name in before))
        return order, circle[circle.index(circle[-1]) :][::-1] if circle else []

    def _scopes(self, edges: Edges, scope: Scope) -> dict[str, Scope]:
        """What each node knows, in the order of the flow; up to the first one that has no width to hand on.

        Raises :class:`KindError` for a node that could read lines of different widths.
        """
        widths = {INPUT: scope.hidden_size}
        scopes: dict[str, Scope] = {}
        for name in self._sorted(edges)[0]:
            arriving = {start: widths[start] for start, end in edges if end == name}
            if name not in self.widths and len(set(arriving.values())) > 1:
                listed = " and ".join(f"{width:,} (from {start})" for start, width in arriving.items())
                hint = f"say which it reads: widths: {{{name}: {max(arriving.values())}}}"
                raise KindError(f"{name} gets lines of {listed} features", f"nodes.{name}", hint)
            width = self.widths.get(name) or next(iter(arriving.values()))
            scopes[name] = replace(scope, hidden_size=width)
            try:
                widths[name] = self.nodes[name].features_out(scopes[name])
            except (KindError, ExceptionGroup):
                break  # its expansion raises the same error
        return scopes

    def _raise(self, errors: Iterable[KindError]) -> None:
        """Raises all of ``errors``, signed, if there are any."""
        found = list(errors)
        if len(found) == 1:
            raise found[0]
        if found:
            for error in found:
                error.trail.append(self)
            raise ExceptionGroup("these edges make no graph of these nodes", found)


def _misfits(nodes: Iterable[tuple[str, Block]], edges: Edges) -> Iterator[KindError]:
    """Nodes that need other lines than the edges bring or take."""
    for name, block in nodes:
        arriving = sum(1 for _, end in edges if end == name)
        takes, leaves = walks.inputs(block), len(walks.outputs(block))
        if takes > 1 and takes != arriving:
            lead = "1 edge leads" if arriving == 1 else f"{arriving} edges lead"
            yield KindError(f"{name} takes {takes} lines, but {lead} to it", f"nodes.{name}")
        if leaves > 1:
            hint = "merge them, or make each a node of its own"
            yield KindError(f"{name} leaves {leaves} lines, which edges cannot tell apart", f"nodes.{name}", hint)


def _named(name: str, kind: Kind, made: Block, scope: Scope) -> Block:
    """The ``made`` block of a node as one box, named as the node unless the author gave it a name of its own.

    Layers stay what they are.
    """
    if number_of_layers(made):
        return made
    match made:
        case Leaf() | Module() if "name" in kind.model_fields_set:
            return made
        case Leaf() if isinstance(kind, Linear):
            # Its label includes its name.
            leaf = kind.model_copy(update={"name": name}).expand(scope)
            assert isinstance(leaf, Leaf)
            return leaf
        case Leaf() | Module():
            return blocks.renamed(made, name)
        case blocks.Experts(body=Leaf() | Module() as body):
            return replace(made, body=blocks.renamed(body, name))
        case _:
            label = name.replace("_", " ")
            return Module(name, label[:1].upper() + label[1:], made)


def _before(name: str, edges: Iterable[Edge]) -> set[str]:
    return {start for start, end in edges if end == name}


def _reached(start: str, edges: Iterable[Edge]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        further = [end for begin, end in edges if begin == name and end not in found]
        found.update(further)
        waiting += further
    return found
