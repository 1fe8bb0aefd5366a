"""The lines of a graph's nodes: whether the edges bring and take as many as each block has, by their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from archdraw.errors import nearest
from archdraw.kinds.base import KindError
from archdraw.kinds.layers.graph_edges import Wire
from archdraw.tree import walks
from archdraw.tree.blocks import Block, Experts, Leaf, Module
from archdraw.tree.edges import OUTPUT, line_of


def misfits(nodes: Mapping[str, Block], edges: Collection[Wire]) -> Iterator[KindError]:
    """Nodes that need other lines than the edges bring or take."""
    for name, block in nodes.items():
        yield from _entering(name, block, [edge for edge in edges if edge.target == name])
        yield from _leaving(name, block, [edge for edge in edges if edge.source == name])


def _entering(name: str, block: Block, edges: list[Wire]) -> Iterator[KindError]:
    takes, arriving = walks.inputs(block), len(edges)
    lead = "1 edge leads" if arriving == 1 else f"{arriving} edges lead"
    if takes == 0 and arriving:
        yield KindError(f"{name} takes no line, but {lead} to it", f"nodes.{name}")
    elif takes > 1 and takes != arriving:
        yield KindError(f"{name} takes {takes} lines, but {lead} to it", f"nodes.{name}")
    elif takes == 1 < arriving and not isinstance(block, Experts | Leaf | Module):
        hint = "join them in a node before it, such as sum: {op: +}"
        yield KindError(f"{name} takes 1 line, but {lead} to it", f"nodes.{name}", hint)
    names = walks.entries(block)
    named = [edge for edge in edges if line_of(edge.end)]
    for edge in named:
        line = line_of(edge.end)
        if line not in names:
            known = [one for one in names if one]
            hint = nearest(line, known) or (f"they are {', '.join(known)}" if known else "their order is that of edges")
            yield KindError(f"no line that {name} takes is called {line[:40]}", edge.place, hint)
        elif sum(line_of(other.end) == line for other in edges) > 1:
            yield KindError(f"several edges lead to {edge.end[:80]}", edge.place)
    if named and len(named) < arriving:
        first = next(edge for edge in edges if not line_of(edge.end))
        yield KindError(f"some edges name the line of {name} that they lead to, this one does not", first.place)


def _leaving(name: str, block: Block, edges: list[Wire]) -> Iterator[KindError]:
    lines = walks.outputs(block)
    for edge in edges:
        line = line_of(edge.start)
        if line and line not in lines:
            known = [one for one in lines if one]
            hint = nearest(line, known) or (f"they are {', '.join(known)}" if known else f"write {name} alone")
            yield KindError(f"no line that leaves {name} is called {line[:40]}", edge.place, hint)
        elif not line and len(lines) > 1:
            hint = f"say which: {' or '.join(f'{name}.{one}' for one in lines)}"
            yield KindError(f"{name} leaves {len(lines)} lines: {', '.join(lines)}", edge.place, hint)
    used = {line_of(edge.start) for edge in edges}
    if len(lines) > 1 and "" not in used:
        for line in lines:
            if line not in used:
                hint = f"add an edge from {name}.{line}"
                yield KindError(f"the line {line} that leaves {name} leads nowhere", f"nodes.{name}", hint)


def end_of(edge: Wire) -> str:
    """The end of ``edge`` as the tree has it: lines out have their names in the graph."""
    return edge.target if edge.target == OUTPUT else edge.end
