"""Where the nodes of a small directed graph stand to each other: ranks and orders, by Graphviz.

Graphviz decides what is on top of what and what is beside what; coordinates, lines and type are the layout's own, so
that a picture does not depend on the version of Graphviz.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import TypeVar

from archdraw.edges import INPUT, OUTPUT, Edge
from archdraw.errors import ArchdrawError

Slot = str | Edge
"""What stands in a row: a node, or an edge that passes the row on its way to a later one."""
Row = tuple[Slot, ...]
Key = TypeVar("Key", bound=Hashable)
_Link = tuple[Slot, Slot, int, int]
"""From a slot to one in the next row, with the number of the line that leaves and of the one that enters."""

PURE = "graphviz-pure"
"""The port of Graphviz that is installed with archdraw, for where the system has none."""


def binaries() -> tuple[Path, ...]:
    """The programs that can lay out a graph: the system's ``dot``, then the one installed with archdraw."""
    found = _binaries(os.environ.get("PATH"))
    if not found:
        _binaries.cache_clear()  # it may be installed before the next picture is drawn
    return found


@lru_cache(maxsize=4)
def _binaries(path: str | None) -> tuple[Path, ...]:
    """Those on ``path``, kept: a plate with graphs asks dozens of times."""
    import shutil
    import sysconfig

    scripts = sysconfig.get_path("scripts")
    found = (shutil.which("dot", path=path), shutil.which(PURE, path=scripts) or shutil.which(PURE, path=path))
    return tuple(Path(place) for place in found if place)


def arranged(
    nodes: tuple[str, ...],
    edges: tuple[Edge, ...],
    last: frozenset[str] = frozenset(),
    fixed: frozenset[str] = frozenset(),
    below: tuple[Edge, ...] = (),
    binary: Path | None = None,
) -> tuple[Row, ...]:
    """``nodes`` in rows along the flow, each row in its order across it.

    The first row holds "input", the last one "output" where they are among the nodes; other nodes that no edge leads to
    stand as near as can be to those they lead to. Every edge leads to a later row; where it passes rows it has a slot
    in each. Lines enter the nodes of ``fixed`` in the order of the edges. Each of ``below`` starts below its end,
    though no line leads there. Crossings are few; where none hangs on it, passing edges stand first and nodes in the
    order given. What stands behind a node of ``last`` counts as a crossing: it is in the way of a line to the node from
    that side. ``binary`` is the program that is asked (the first of :func:`binaries` if None).

    Raises :class:`ArchdrawError` where there is no Graphviz or it fails, ValueError for edges that lead in a circle.
    """
    if binary is None:
        known = binaries()
        if not known:
            raise ArchdrawError(f"a graph needs Graphviz: install it, or pip install {PURE}")
        binary = known[0]
    return _arranged(nodes, edges, last, fixed, below, binary)


@cache
def _arranged(
    nodes: tuple[str, ...],
    edges: tuple[Edge, ...],
    last: frozenset[str],
    fixed: frozenset[str],
    below: tuple[Edge, ...],
    binary: Path,
) -> tuple[Row, ...]:
    ranks = _ranks(nodes, edges, below, binary)
    rows: list[list[Slot]] = [
        [node for node in nodes if ranks[node] == rank] for rank in range(max(ranks.values()) + 1)
    ]
    # A slot in its row, since an edge that passes several rows has a slot in each.
    links: list[tuple[tuple[int, Slot], tuple[int, Slot]]] = []
    ports: list[list[_Link]] = [[] for _ in rows]
    entered: dict[str, int] = {}
    for edge in edges:
        low, high = ranks[edge.start], ranks[edge.end]
        for rank in range(low + 1, high):
            rows[rank].append(edge)
        entry = entered[edge.end] = entered.get(edge.end, -1) + 1
        way: list[Slot] = [edge.start, *[edge] * (high - low - 1), edge.end]
        for rank, (start, end) in enumerate(pairwise(way), low):
            links.append(((rank, start), (rank + 1, end)))
            line = edge.line if start == edge.start else 0
            ports[rank].append((start, end, line, entry if end == edge.end and end in fixed else 0))
    placed = _asked([[(rank, slot) for slot in row] for rank, row in enumerate(rows)], links, binary)
    for rank, row in enumerate(rows):
        row.sort(key=lambda slot: placed[rank, slot])
    return _settled(rows, ports, [*edges, *nodes], last)


def _ranks(nodes: tuple[str, ...], edges: tuple[Edge, ...], below: tuple[Edge, ...], binary: Path) -> dict[str, int]:
    """The row of each node."""
    entered, left = {edge.end for edge in edges}, {edge.start for edge in edges}
    bound = [*edges, *below]
    if INPUT in nodes:
        bound += (Edge(INPUT, node) for node in nodes if node != INPUT and node not in entered)
    if OUTPUT in nodes:
        bound += (Edge(node, OUTPUT) for node in nodes if node != OUTPUT and node not in left)
    order = _sorted(nodes, tuple(bound))
    heights = {node: y for node, (_, y) in _asked([list(nodes)], [edge[:2] for edge in bound], binary).items()}
    steps = sorted(set(heights.values()))
    ranks = _lowered(order, tuple(bound), {node: steps.index(heights[node]) for node in nodes})
    for node in reversed(order):
        if node not in entered and node != INPUT and node in left:
            ranks[node] = min(ranks[edge.end] for edge in bound if edge.start == node) - 1
    levels = sorted(set(ranks.values()))
    return {node: levels.index(rank) for node, rank in ranks.items()}


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
    import subprocess

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
    rows: list[list[Slot]], gaps: list[list[_Link]], wanted: list[Slot], last: frozenset[str]
) -> tuple[Row, ...]:
    """``rows`` with neighbours exchanged where that saves crossings, or brings them nearer to the ``wanted`` order."""
    order = {slot: number for number, slot in enumerate(wanted)}
    above = [_by_end((start, end, entry) for start, end, _, entry in links) for links in gaps]
    below = [_by_end((end, start, line) for start, end, line, _ in links) for links in gaps]

    def cost(rows: list[list[Slot]]) -> tuple[int, int, int]:
        crossed = sum(
            _crossings(lower, upper, links) for (lower, upper), links in zip(pairwise(rows), gaps, strict=False)
        )
        hidden = sum(len(row) - 1 - row.index(slot) for row in rows for slot in row if slot in last)
        disorder = sum(order[one] > order[other] for row in rows for one, other in combinations(row, 2))
        return crossed, hidden, disorder

    def saved(rank: int, one: Slot, other: Slot) -> tuple[int, int]:
        """Crossings, and steps out of order, that are saved if ``other`` stands before its neighbour ``one``."""
        crossed = (one in last) - (other in last)
        for near, gap, ends in ((rank - 1, rank - 1, below), (rank + 1, rank, above)):
            if 0 <= near < len(rows) and 0 <= gap < len(ends):
                place = {slot: number for number, slot in enumerate(rows[near])}
                mine, theirs = ([(place[slot], port) for slot, port in ends[gap].get(key, ())] for key in (one, other))
                crossed += sum((a > b) - (a < b) for a in mine for b in theirs)
        return crossed, 1 if order[one] > order[other] else -1

    # Crossings differ where lines of one box have an order.
    mirrored = [row[::-1] for row in rows]
    if cost(mirrored) < cost(rows):
        rows = mirrored
    changed = True
    while changed:
        changed = False
        for rank, row in enumerate(rows):
            for place in range(len(row) - 1):
                if saved(rank, row[place], row[place + 1]) > (0, 0):
                    row[place], row[place + 1] = row[place + 1], row[place]
                    changed = True
    return tuple(map(tuple, rows))


def _by_end(links: Iterable[tuple[Slot, Slot, int]]) -> dict[Slot, list[tuple[Slot, int]]]:
    """For the first slot of each of ``links`` the second ones, with the number of the line there."""
    found: dict[Slot, list[tuple[Slot, int]]] = {}
    for slot, other, port in links:
        found.setdefault(slot, []).append((other, port))
    return found


def _crossings(lower: list[Slot], upper: list[Slot], links: list[_Link]) -> int:
    down, up = ({slot: number for number, slot in enumerate(row)} for row in (lower, upper))
    ends = [((down[start], line), (up[end], entry)) for start, end, line, entry in links]
    return sum(
        1
        for one, other in combinations(ends, 2)
        if (one[0] < other[0] and one[1] > other[1]) or (one[0] > other[0] and one[1] < other[1])
    )
