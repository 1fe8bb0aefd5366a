"""A small directed graph as an author writes it: what sequences and branches cannot say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

from archdraw.checked import Field
from archdraw.errors import nearest
from archdraw.glossary import layers as words
from archdraw.glossary.phrases import Term
from archdraw.kinds.base import AnyBlock, Composed, Family, Kind, KindError, Line, Scope
from archdraw.kinds.expanding import expand_placed
from archdraw.kinds.fields import Label, Size
from archdraw.kinds.layers.declared import Declaring
from archdraw.kinds.layers.graph_edges import (
    Wire,
    in_order,
    outputs,
    stray,
    too_many,
    unused_inputs,
    wires,
    wrong_names,
    wrong_outputs,
    wrong_ways,
)
from archdraw.kinds.layers.graph_lines import end_of, misfits
from archdraw.kinds.layers.primitives import AUTHORS_OWN, Linear, Op
from archdraw.kinds.lines import common_grid, merged
from archdraw.tree import blocks, walks
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.edges import INPUT, OUTPUT, line_of, node_of
from archdraw.tree.runs import number_of_layers

Way = Annotated[tuple[str, ...], Field(min_length=2)]


class Graph(Composed):
    """Blocks by name and the edges between them, where one line is read in several places.

    A node takes the lines of all edges that lead to it, in their order. One of ``op: +`` or ``op: ×`` is drawn as that
    sign. Where a node leaves several lines an edge names one: ``qkv.query``; several edges to output are several lines
    out. An edge of ``back`` brings a line of the step before: it may lead in a circle.
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
    edges: tuple[Way, ...] = Field(
        description=(
            "Ways through two or more names each: [input, router, experts] is two edges. "
            "input is the line that comes in, output one that leaves; qkv.query is one of several lines of a node."
        )
    )
    back: tuple[Way, ...] = Field(
        default=(), description="Edges whose line is read one step later, as the state of a recurrent cell is."
    )
    inputs: Annotated[tuple[Label, ...], Field(max_length=64)] | dict[Label, Size] = Field(
        default=(),
        description="Names of the lines that come in where they are several, with their features where they differ.",
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
        nodes = {
            name: _named(name, self.nodes[name], block, own)
            for (name, own), block in zip(scopes.items(), made, strict=True)
        }
        sources = [name for name, block in nodes.items() if walks.inputs(block) == 0]
        back = list(wires(self.back, "back"))
        self._raise(stray(self.nodes, [*sources, *(edge.target for edge in back)], [*edges, *back]))
        self._raise(misfits(nodes, [*edges, *back]))
        return blocks.Graph(
            tuple(nodes.items()),
            tuple((edge.start, end_of(edge)) for edge in edges),
            tuple((edge.start, end_of(edge)) for edge in back),
            self._lines_in(edges),
            outputs(edges),
        )

    def _lines_in(self, edges: Iterable[Wire]) -> tuple[str, ...]:
        if self.inputs:
            return tuple(self.inputs)
        return ("",) if any(edge.source == INPUT for edge in edges) else ()

    def _checked(self) -> list[Wire]:
        """The edges. Raises where they don't make a graph of the nodes."""
        self._raise(self._wrong_names())
        found = list(wires(self.edges, "edges"))
        self._raise([*unused_inputs(self.inputs, found), *wrong_outputs(found)])
        self._raise(too_many(in_order(self.nodes, found), [*found, *wires(self.back, "back")]))
        return found

    def _wrong_names(self) -> Iterator[KindError]:
        yield from wrong_names(self.nodes)
        for name in self.widths:
            if name not in self.nodes:
                yield KindError(f"no node is called {name[:40]}", f"widths.{name}", nearest(name, self.nodes))
        yield from wrong_ways(self.edges, "edges", self.nodes, tuple(self.inputs))
        yield from wrong_ways(self.back, "back", self.nodes, tuple(self.inputs))

    def _scopes(self, edges: list[Wire], scope: Scope) -> dict[str, Scope]:
        """What each node knows, in the order of the flow; up to the first one that has no width to hand on.

        Raises :class:`KindError` for a node that could read lines of different widths.
        """
        leaving = {INPUT: self._arriving(scope)}
        scopes: dict[str, Scope] = {}
        for name in in_order(self.nodes, edges):
            lines = {edge.start: self._line(edge.start, leaving[edge.source]) for edge in edges if edge.target == name}
            scopes[name] = self._scope_of(name, lines, scope)
            try:
                leaving[name] = self.nodes[name].lines_out(scopes[name])
            except (KindError, ExceptionGroup):
                break  # its expansion raises the same error
        return scopes

    def _arriving(self, scope: Scope) -> tuple[Line, ...]:
        """The lines that come in, by the widths that the graph says where it does."""
        if isinstance(self.inputs, dict):
            grids = [line.grid for line in scope.lines] if len(scope.lines) == len(self.inputs) else []
            widths = self.inputs.values()
            return tuple(Line(width, grids[index] if grids else None) for index, width in enumerate(widths))
        return scope.lines if len(scope.lines) == len(self.inputs) else scope.lines[:1] * max(1, len(self.inputs))

    def _line(self, start: str, lines: tuple[Line, ...]) -> Line:
        """The line that an edge from ``start`` follows, of those that its node leaves."""
        name, line = node_of(start), line_of(start)
        names = tuple(self.inputs if name == INPUT else getattr(self.nodes[name], "outputs", None) or ())
        return lines[names.index(line)] if line in names and len(names) == len(lines) else lines[0]

    def _scope_of(self, name: str, lines: Mapping[str, Line], scope: Scope) -> Scope:
        """What the node ``name`` knows, to which these ``lines`` lead.

        Raises :class:`KindError` where it reads one line and they are of different widths.
        """
        kind, arriving = self.nodes[name], tuple(lines.values())
        if name in self.widths:
            return scope.at(Line(self.widths[name], common_grid(arriving) if arriving else None))
        if not arriving:
            return scope.begun()
        own = scope.at(*arriving)
        # What is made of other blocks says inside which of them reads which line.
        made_of_blocks = isinstance(kind, Composed) and not isinstance(kind, Declaring)
        if len(arriving) > 1 and made_of_blocks and kind.lines_in(own) == len(arriving):
            return own
        widths = [line.features for line in arriving if line.features is not None]
        if len(set(widths)) > 1:
            listed = " and ".join(f"{line.features:,} (from {start})" for start, line in lines.items() if line.features)
            hint = f"say which it reads: widths: {{{name}: {max(widths)}}}"
            raise KindError(f"{name} gets lines of {listed} features", f"nodes.{name}", hint)
        if kind.lines_in(own) == len(arriving):
            return own
        if isinstance(kind, Op) and kind.label in ("+", "×"):
            return scope.at(merged(arriving, "add" if kind.label == "+" else "multiply", f"nodes.{name}"))
        return scope.at(Line(arriving[0].features, common_grid(arriving)))

    def lines_in(self, scope: Scope) -> int:
        """As many as come in by name, else one; none where no edge starts at the input."""
        edges = self._checked()
        entering, led = self._lines_in(edges), {edge.target for edge in edges}
        if not entering and any(kind.lines_in(scope) for name, kind in self.nodes.items() if name not in led):
            return 1  # which lacks an edge, as its expansion says
        return len(entering)

    def lines_out(self, scope: Scope) -> tuple[Line, ...]:
        """One for each edge to the output."""
        edges = self._checked()
        scopes = self._scopes(edges, scope)
        last = [edge for edge in edges if edge.target == OUTPUT]
        made = {INPUT: self._arriving(scope)}
        for name in {edge.source for edge in last} - {INPUT}:
            # Where it has no scope, the last node that has one raises what is wrong with it.
            known = name if name in scopes else [*scopes][-1]
            made[name] = self.nodes[known].lines_out(scopes[known])
        return tuple(self._line(edge.start, made[edge.source]) for edge in last)

    def _raise(self, errors: Iterable[KindError]) -> None:
        """Raises all of ``errors``, signed, if there are any."""
        found = list(errors)
        if len(found) == 1:
            raise found[0]
        if found:
            for error in found:
                error.passes(self)
            raise ExceptionGroup("these edges make no graph of these nodes", found)


def _named(name: str, kind: Kind, made: Block, scope: Scope) -> Block:
    """The ``made`` block of a node as one box, named as the node unless the author gave it a name of its own.

    Layers, repeats and residual branches stay what they are, to be drawn as such.
    """
    if number_of_layers(made) or isinstance(made, blocks.Repeat | blocks.Residual):
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
            return replace(made, name=name)
        case blocks.Experts(body=Leaf() | Module() as body):
            return replace(made, body=replace(body, name=name))
        case _:
            label = name.replace("_", " ")
            return Module(name, label[:1].upper() + label[1:], made)
