"""Where the nodes of a small directed graph stand to each other: ranks and orders, by Graphviz.

Graphviz decides what is on top of what and what is beside what; coordinates, lines and type are the layout's own, so
that a picture does not depend on the version of Graphviz.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import TypeVar

from archdraw.edges import Edge
from archdraw.errors import ArchdrawError

Slot = str | Edge
"""What stands in a row: a node, or an edge that passes the row on its way to a later one."""
Row = tuple[Slot, ...]
Key = TypeVar("Key", bound=Hashable)

PURE = "graphviz-pure"
"""The port of Graphviz that is installed with archdraw, for where the system has none."""


def binaries() -> tuple[Path, ...]:
    """The programs that can lay out a graph: the system's ``dot``, then the one installed with archdraw."""
    found = (shutil.which("dot"), shutil.which(PURE, path=sysconfig.get_path("scripts")) or shutil.which(PURE))
    return tuple(Path(place) for place in found if place)


def arranged(
    nodes: tuple[str, ...], edges: tuple[Edge, ...], last: frozenset[str] = frozenset(), binary: Path | None = None
) -> tuple[Row, ...]:
    """``nodes`` in rows along the flow, each row in its order across it.

    The first row holds what no edge leads to. Every edge leads to a later row; where it passes rows it has a slot in
    each. Crossings are few; where none hangs on it, passing edges stand first and nodes in the order given. What stands
    behind a node of ``last`` counts as a crossing: it is in the way of a line to the node from that side. ``binary`` is
    the program that is asked (the first of :func:`binaries` if None).

    Raises :class:`ArchdrawError` where there is no Graphviz or it fails, ValueError for edges that lead in a circle.
    """
    if binary is None:
        known = binaries()
        if not known:
            raise ArchdrawError(f"a graph needs Graphviz: install it, or pip install {PURE}")
        binary = known[0]
    return _arranged(nodes, edges, last, binary)


@cache
def _arranged(nodes: tuple[str, ...], edges: tuple[Edge, ...], last: frozenset[str], binary: Path) -> tuple[Row, ...]:
    order = _sorted(nodes, edges)
    heights = {node: y for node, (_, y) in _asked([list(nodes)], [edge[:2] for edge in edges], binary).items()}
    steps = sorted(set(heights.values()))
    ranks = _lowered(order, edges, {node: steps.index(heights[node]) for node in nodes})
    levels = sorted(set(ranks.values()))
    ranks = {node: levels.index(rank) for node, rank in ranks.items()}
    rows: list[list[Slot]] = [[node for node in nodes if ranks[node] == rank] for rank in range(len(levels))]
    # A slot in its row, since an edge that passes several rows has a slot in each.
    links: list[tuple[tuple[int, Slot], tuple[int, Slot]]] = []
    for edge in edges:
        low, high = ranks[edge.start], ranks[edge.end]
        for rank in range(low + 1, high):
            rows[rank].append(edge)
        way: list[Slot] = [edge.start, *[edge] * (high - low - 1), edge.end]
        links += pairwise(zip(range(low, high + 1), way, strict=True))
    placed = _asked([[(rank, slot) for slot in row] for rank, row in enumerate(rows)], links, binary)
    for rank, row in enumerate(rows):
        row.sort(key=lambda slot: placed[rank, slot])
    gaps = [[(start[1], end[1]) for start, end in links if start[0] == rank] for rank in range(len(rows) - 1)]
    return _settled(rows, gaps, [*edges, *nodes], last)


def _sorted(nodes: tuple[str, ...], edges: tuple[Edge, ...]) -> list[str]:
    """``nodes`` in an order in which no edge leads back."""
    order, waiting = list[str](), list(nodes)
    while waiting:
        blocked = {edge.end for edge in edges if edge.start in waiting}
        ready = [node for node in waiting if node not in blocked]
        if not ready:
            raise ValueError(f"edges lead in a circle among {', '.join(waiting)}")
        order += ready
        waiting = [node for node in waiting if node in blocked]
    return order


def _asked(
    rows: Sequence[Sequence[Key]], edges: Iterable[tuple[Key, Key]], binary: Path
) -> dict[Key, tuple[float, float]]:
    """Where Graphviz places the nodes in ``rows``, each on one rank; a single row is no row, its ranks are free.

    All nodes have one size: their order does not depend on it, and answers can be kept.
    """
    from graphviz import Digraph

    graph = Digraph(
        graph_attr={"rankdir": "BT"},
        node_attr={"shape": "box", "fixedsize": "true", "width": "1", "height": "0.5", "label": ""},
    )
    keys = [key for row in rows for key in row]
    names = {key: f"n{number}" for number, key in enumerate(keys)}
    for row in rows:
        with graph.subgraph(graph_attr={"rank": "same"} if len(rows) > 1 else {}) as level:
            for key in row:
                level.node(names[key])
    for start, end in edges:
        graph.edge(names[start], names[end])
    lines = [line.split() for line in _answered(graph.source, binary).splitlines() if line.startswith("node ")]
    found = {name: (float(x), float(y)) for _, name, x, y, *_ in lines}
    return {key: found[name] for key, name in names.items()}


def _answered(source: str, binary: Path) -> str:
    """What ``binary`` writes for a graph in DOT, in the format ``plain``. Raises :class:`ArchdrawError`.

    The package graphviz writes the graph but does not run the program: it takes that from a variable of its module,
    which two threads, or a program that uses graphviz as well, would change for each other.
    """
    command = [str(binary), "-Kdot", "-Tplain"]
    try:
        answer = subprocess.run(command, input=source, capture_output=True, encoding="utf-8", check=True)
    except OSError as error:
        raise ArchdrawError(f"{binary} cannot be run: {error.strerror or error}") from None
    except subprocess.CalledProcessError as error:
        raise ArchdrawError(f"{binary} cannot lay out a graph: {error.stderr.strip() or error}") from None
    return answer.stdout


def _lowered(order: Iterable[str], edges: tuple[Edge, ...], ranks: dict[str, int]) -> dict[str, int]:
    """``ranks`` with every node as low as it can be without longer edges: one answer where several are as good."""
    for node in order:
        before = [ranks[edge.start] for edge in edges if edge.end == node]
        leaving = sum(1 for edge in edges if edge.start == node)
        if before and len(before) >= leaving:
            ranks[node] = max(before) + 1
    return ranks


def _settled(
    rows: list[list[Slot]], gaps: list[list[tuple[Slot, Slot]]], wanted: list[Slot], last: frozenset[str]
) -> tuple[Row, ...]:
    """``rows`` with neighbours exchanged where that saves crossings, or brings them nearer to the ``wanted`` order."""

    def crossed(rank: int) -> int:
        near = [gap for gap in (rank - 1, rank) if 0 <= gap < len(gaps)]
        return hidden(rows[rank]) + sum(_crossings(rows[gap], rows[gap + 1], gaps[gap]) for gap in near)

    def hidden(row: list[Slot]) -> int:
        return sum(len(row) - 1 - row.index(slot) for slot in row if slot in last)

    def disorder(row: list[Slot]) -> int:
        places = [wanted.index(slot) for slot in row]
        return sum(1 for first, second in combinations(places, 2) if first > second)

    mirrored = [row[::-1] for row in rows]
    if _sums(mirrored, hidden, disorder) < _sums(rows, hidden, disorder):
        rows = mirrored
    changed = True
    while changed:
        changed = False
        for rank, row in enumerate(rows):
            for place in range(len(row) - 1):
                before = (crossed(rank), disorder(row))
                row[place], row[place + 1] = row[place + 1], row[place]
                if (crossed(rank), disorder(row)) < before:
                    changed = True
                else:
                    row[place], row[place + 1] = row[place + 1], row[place]
    return tuple(map(tuple, rows))


def _sums(rows: list[list[Slot]], *measures: Callable[[list[Slot]], int]) -> list[int]:
    return [sum(map(measure, rows)) for measure in measures]


def _crossings(lower: list[Slot], upper: list[Slot], links: list[tuple[Slot, Slot]]) -> int:
    ends = [(lower.index(start), upper.index(end)) for start, end in links]
    return sum(1 for one, other in combinations(ends, 2) if (one[0] - other[0]) * (one[1] - other[1]) < 0)
