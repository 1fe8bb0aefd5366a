"""A diagram in a panel: with the largest type and the widest spaces for which there is room."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from archdraw.layout.diagram import diagram, unbroken
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.least import least_width
from archdraw.layout.diagram.measures import INSET, Measures
from archdraw.layout.diagram.text import room
from archdraw.picture import Diagram
from archdraw.setters import kept

NARROWEST = 432.0
"""Room in a panel of the usual width."""
UNBROKEN = 10000.0
"""Room for a diagram of which no words would wrap in what there is."""
ROUNDING = 0.01
"""Sums of widths are not exact."""


class LaidOut:
    """A diagram by itself, laid out once by each measures."""

    def __init__(self, item: Diagram) -> None:
        self._item = item
        self._words = unbroken.words_width(item, INSET)
        self._has_figures = unbroken.has_figures(item)
        self._measures: dict[float, Measures] = {}
        self._least: dict[Measures, float] = {}
        self._cells: dict[Measures, Cell] = {}

    def fitting(self, inner: float, gap: float) -> Cell:
        """The cell with the most generous measures that fits ``inner``, its arrows of ``gap``."""
        # How wide it is does not depend on how long its arrows are.
        measures = self.measures(inner)
        return self._placed(measures if gap == INSET.gap else _with_arrows(measures, gap))

    def measures(self, inner: float) -> Measures:
        """The most generous measures by which the diagram fits ``inner``."""
        if inner not in self._measures:
            self._measures[inner] = self._fitting(inner)
        return self._measures[inner]

    def _fitting(self, inner: float) -> Measures:
        """The first measures by which the diagram fits ``inner``, else the smallest."""
        # Where no words wrap, one layout is that of every width.
        ladder = tuple(
            dict.fromkeys(map(self._plain, _ladder(UNBROKEN if self._words <= room(inner, INSET.pad) else inner)))
        )
        for measures in ladder[:-1]:
            # To lay a diagram out takes far longer than to find that what stands side by side is too wide.
            if self._least_width(measures) <= inner + ROUNDING and self._placed(measures).width <= inner:
                return measures
        # Wider boxes than in the narrowest panel would make what does not fit wider still.
        return _ladder(min(inner, NARROWEST))[-1]

    def _plain(self, measures: Measures) -> Measures:
        """``measures``, alike where they differ by nothing that the diagram has: figures, and words that wrap."""
        return _plainer(measures, self._words > room(measures.widest_branch, measures.pad), self._has_figures)

    def _least_width(self, measures: Measures) -> float:
        if measures not in self._least:
            self._least[measures] = least_width(self._item, diagram.inputs_of(self._item), measures)
        return self._least[measures]

    def _placed(self, measures: Measures) -> Cell:
        if measures not in self._cells:
            ports = diagram.natural_ports(self._item, measures)
            self._cells[measures] = diagram.place(self._item, ports, (), measures)
        return self._cells[measures]


@kept(256)
def laid_out(item: Diagram) -> LaidOut:
    """``item``, kept, since a plate asks for the same one for every way to arrange its panels, and in every theme."""
    return LaidOut(item)


@lru_cache(maxsize=512)
def _with_arrows(measures: Measures, gap: float) -> Measures:
    """``measures`` with arrows of ``gap``; those of all diagrams are one object, and what follows from it is kept."""
    return replace(measures, gap=gap)


@lru_cache(maxsize=512)
def _plainer(measures: Measures, wraps: bool, has_figures: bool) -> Measures:
    return replace(
        measures,
        widest_branch=measures.widest_branch if wraps else UNBROKEN,
        figure_scale=measures.figure_scale if has_figures else 1,
    )


@lru_cache(maxsize=64)
def _ladder(inner: float) -> tuple[Measures, ...]:
    """Measures for a diagram in a panel with ``inner`` px of room, from the most generous to the smallest."""
    usual = replace(INSET, widest_box=inner, widest_branch=inner)
    tight = replace(usual, branch_gap=14, pad=10, least_width=48)
    return (
        replace(usual, branch_gap=36, least_width=168),
        replace(usual, branch_gap=28, least_width=124),
        usual,
        tight,
        replace(tight, figure_scale=0.8),
        replace(tight, widest_branch=200, figure_scale=0.8),
        replace(tight, branch_gap=12, pad=9, widest_branch=160, figure_scale=0.8),
        replace(tight, branch_gap=12, pad=9, widest_branch=145, figure_scale=0.8),
        replace(tight, branch_gap=12, pad=9, widest_branch=130, figure_scale=0.8),
        replace(tight, branch_gap=12, pad=9, widest_branch=116, figure_scale=0.8),
        replace(tight, branch_gap=12, pad=8, widest_branch=104, figure_scale=0.72),
        replace(tight, branch_gap=10, pad=8, widest_branch=104, figure_scale=0.62, port_gap=36),
    )
