"""The model of a page with little room: its column with the measures of the page, a name above it, notes below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.forks import is_forked
from archdraw.layout.diagram.measures import SMALL, Measures
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.mirrored import mirrored
from archdraw.layout.plate import letters, panels, terminals
from archdraw.layout.plate.column import Column, column_of
from archdraw.picture import Chain, Inset, Plate, Tap, Terminal
from archdraw.records import record

LINE = 20.0
"""Px from one line of notes to the next."""
LONGEST = 3.0
"""How many times as long the arrows of a column may become that has room to spare."""
Footer: TypeAlias = Callable[[Sequence[Inset]], Sequence[str]]
"""What is said below all where these panels are left out, the longest wording first."""


@record
class Page:
    """A page of ``width`` by at most ``height`` design px with a ``margin``.

    ``measures`` are those of its column, ``columns`` those of each of several; it has so many panels and facts at most.
    """

    width: float
    height: float
    margin: float
    measures: Measures
    columns: Measures
    panels: int
    facts: int

    def measures_of(self, plate: Plate) -> Measures:
        """Those of each column of ``plate``."""
        several = bool(plate.towers or plate.wires) or is_forked(plate.column)
        return self.columns if several else self.measures

    @property
    def room(self) -> float:
        """Px across within the margins."""
        return self.width - 2 * self.margin


def column_in(plate: Plate, measures: Measures) -> Column:
    """The columns of ``plate`` with ``measures``; without inputs their lines begin below the container."""
    beside = bool(plate.towers or plate.wires)
    cell = _cell(plate.column, plate.inputs, measures)
    towers = tuple((tower, _cell(tower.column, tower.inputs, measures)) for tower in plate.towers)
    taps = (item for item in plate.column.items if isinstance(item, Tap) and item.direction == "in" and not item.aside)
    inputs = plate.inputs
    if beside:
        cell, inputs = mirrored(cell), inputs[::-1]
    column = column_of(cell, tuple(taps), measures, inputs=inputs, towers=towers, wires=plate.wires)
    return replace(column, bare=not inputs)


def _cell(column: Chain, inputs: tuple[Terminal, ...], measures: Measures) -> Cell:
    wanted = diagram.gaps(column, (), len(inputs) or diagram.inputs_of(column) or 1, measures)
    rooms = terminals.spread(inputs, measures) if inputs else (0.0,) * len(wanted)
    ports = [0.0]
    for distance, room in zip(wanted, rooms, strict=True):
        ports.append(ports[-1] + max(distance, room))
    return diagram.place(column, tuple(ports), (), measures)


def stretched(plate: Plate, column: Column, height: float) -> Column:
    """``column`` with arrows up to :data:`LONGEST` times as long, as far as ``height`` allows, and as wide as it is."""
    best = column
    for gap in range(int(column.measures.gap) + 1, int(column.measures.gap * LONGEST)):
        longer = column_in(plate, replace(column.measures, gap=float(gap)))
        if longer.height > height:
            break
        best = replace(longer, left=column.left, right=column.right)
    return best


def openable(canvas: Canvas, insets: tuple[Inset, ...]) -> tuple[Inset, ...]:
    """Those of ``insets`` that may stand on the page: those of boxes that are not on it have their titles only."""
    found = []
    for inset in insets:
        if not inset.beside:
            also = tuple(path for path in inset.also if path in canvas.places)
            found.append(replace(inset, source=inset.source if inset.source in canvas.places else "", also=also))
    return tuple(found)


def lettered(found: list[panels.Panel], canvas: Canvas) -> list[panels.Panel]:
    """``found`` in the order of their boxes from the top down, with letters."""
    opening = sorted(
        (panel for panel in found if panel.inset.source), key=lambda one: letters.rank(one.inset, canvas.places)
    )
    named = [
        replace(panel, inset=replace(panel.inset, letter=letters.letter(number)))
        for number, panel in enumerate(opening)
    ]
    return [*named, *(panel for panel in found if not panel.inset.source)]


def missing(insets: tuple[Inset, ...], shown: list[panels.Panel]) -> tuple[Inset, ...]:
    """Those of ``insets`` that none of the panels ``shown`` is of."""
    kept = [(panel.inset.source, panel.inset.title) for panel in shown]
    return tuple(inset for inset in insets if not {(inset.source, inset.title), ("", inset.title)} & {*kept})


def notes(footer: Footer, left_out: Sequence[Inset], room: float) -> tuple[Row, ...]:
    """What stands below the content in ``room`` px, where panels are ``left_out``, in the fewest lines."""
    found = [fitted(said, room, SMALL, SMALL, 400) for said in footer(left_out)]
    return min(found, key=len)
