"""Boxes of at most two lines in panels: what a narrow box would say in more stands in words below the diagram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from archdraw.layout.diagram import boxes, diagram, lanes, lettering
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.diagram.text import room, rows_of
from archdraw.layout.plate.ladder import UNBROKEN, laid_out
from archdraw.parts import rebuilt
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Item, Lanes, Rail, Tap, Words
from archdraw.records import replaced
from archdraw.setters import kept

MOST_LINES = 2
FACTS = ", "
"""What stands between the facts in a box: "RoPE, YaRN ×40"."""


@kept(1024)
def lightened(item: Diagram, inner: float) -> tuple[Item, ...]:
    """``item`` for a panel with ``inner`` px of room, without the second lines of boxes that would take more than two
    lines with them, and what these say in words; ``item`` alone where there are none.
    """
    full = _too_full(item, item, inner)
    if not full:
        return (item,)
    light = _without(item, frozenset(full))
    # Where some boxes say less, others have more room.
    still = frozenset(_too_full(item, light, inner))
    if still < full.keys() and not _too_full(tried := _without(item, still), tried, inner):
        light, full = tried, {path: full[path] for path in still}
    # Boxes that say the same are named together, also where one says in its label what another says below it.
    saying: dict[frozenset[str], tuple[str, dict[str, None]]] = {}
    for box in full.values():
        name, *said = box.label.split(FACTS)
        is_setting = box.role == "position"
        key = frozenset((*said, *box.detail.split(FACTS))) if is_setting else frozenset((box.detail,))
        detail = FACTS.join((*said, box.detail)) if is_setting else box.detail
        saying.setdefault(key, (detail, {}))[1][name if is_setting else box.label] = None
    return light, Words("; ".join(f"{', '.join(labels)}: {detail}" for detail, labels in saying.values()))


def _too_full(item: Diagram, drawn: Diagram, inner: float) -> dict[str, Box]:
    """The boxes of ``item`` by their paths, of more than two lines by the measures with which ``drawn`` is drawn."""
    measures = laid_out(drawn).measures(inner)
    if measures.widest_branch == UNBROKEN:
        return {}  # no words wrap
    return {box.path: box for box in _full(item, diagram.inputs_of(item), measures) if box.detail}


def _full(item: Diagram, inputs: int, measures: Measures) -> Iterator[Box]:
    """The boxes of ``item``, into which ``inputs`` lines come, that take more than two lines by ``measures``."""
    match item:
        case Box():
            width = room(boxes.natural_width(item, measures), measures.pad)
            if len(rows_of(item.label, item.detail, width, measures, item.strong)) > MOST_LINES and not item.figure:
                yield item
        case Chain():
            for part, taken in zip(diagram.flat(item), diagram.lines_through(item, inputs), strict=False):
                yield from _full(part, taken, measures)
        case Branches(items=items):
            for index, (part, taken) in enumerate(zip(items, diagram.dealt(items, inputs), strict=True)):
                own = diagram.beside(measures, item, index) if inputs == 1 else measures.slim
                yield from _full(part, max(1, taken), own)
        case Graph(items=items):
            for part in items:
                yield from _full(part, diagram.inputs_of(part), measures)
        case Choice(headings=(_, _)):
            return
        case Choice(options=options):
            for part in options:
                yield from _full(part, inputs, measures)
        case Lanes(items=items):
            for part in items:
                yield from _full(part, 1, lanes.beside(item, measures))
        case Rail(body=body):
            yield from _full(body, 1, measures)
        case Frame(body=body):
            yield from _full(body, inputs, lettering.of_one_size(body, measures, diagram.beside))
        case Bar() | Tap():
            return
        case _:
            assert_never(item)


def _without(item: Diagram, paths: frozenset[str]) -> Diagram:
    """``item`` without the second lines of the boxes at ``paths``."""

    def again(part: Diagram) -> Diagram:
        return _without(part, paths)

    match item:
        case Box(path=path):
            title = item.title or f"{item.label}: {item.detail}"
            return replaced(item, detail="", title=title) if path in paths else item
        case _:
            return rebuilt(item, again)
