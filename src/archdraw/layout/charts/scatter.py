"""Marks on two axes, each with its name: a filled share inside a shape, bands behind, names placed without a collision.

What is shown is given in the coordinates of the axes: a view that wants a log scale takes the logarithms.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Literal

from archdraw.errors import ArchdrawError
from archdraw.fonts import LINE_HEIGHT, MIDDLE, text_width, wrap
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.charts.clearance import Anchor, Bounds
from archdraw.layout.charts.label_places import Label
from archdraw.layout.charts.labels import places
from archdraw.layout.charts.points import Form, Scatter, Stretch
from archdraw.layout.charts.spread import spread
from archdraw.layout.sections import section
from archdraw.scene import LEAST_TEXT, Circle, Point, Scene, rounded
from archdraw.theme import Theme

RADIUS, STROKE, INNER = 8.25, 1.5, 8.1
"""A mark's ring and its stroke; the radius of its inside where all of it is filled."""
LEFT, RIGHT, BELOW, BREAK = 88.0, 40.0, 88.0, 36.0
"""Margins of the plot; below it stand the ticks and the legend."""
SIDE = 18.0
"""Px that marks keep from the sides of the plot."""
TEXT = 14.0
PAGES = (
    *((width, 26.0) for width in (1224.0, 1440.0, 1656.0, 1880.0, 2120.0, 2400.0, 2700.0, 3040.0)),
    *((width, 36.0) for width in (3040.0, 3420.0, 3840.0)),
    *((width, 48.0) for width in (3840.0, 4320.0, 4860.0)),
)
"""Widths of pages with how far marks are apart on them: a leader can pass between two, or several on wide pages."""
WIDE = 3000.0
"""Pages from this width on are tried however crowded they are."""
ASPECT, HIGHEST = 0.68, 1540.0
"""A page is not higher, so that small text stays legible: what finds no room makes it wider."""
ROWS = 2
"""Lines of words above the plot that find room below the heading."""
NEAR = 19.0
"""Px from the middle of a mark to that of the next, where most have no name."""
CROWD = 0.12
"""How much of the plot marks and labels may cover before a larger page is taken at once."""
TICK = 7.0


def draw(picture: Scatter, theme: Theme) -> Scene:
    """The picture on the smallest page on which every name finds its place.

    Raises :class:`ArchdrawError` where none is large enough.
    """
    for width, apart in PAGES:
        plan = _Plan(picture, width, apart)
        if plan.crowd > CROWD and width < WIDE:
            continue
        labels = plan.labels()
        if labels is not None:
            return _painted(picture, plan, labels, theme)
    raise ArchdrawError(f"{len(picture.marks)} names find no place on one page; give fewer models")


class _Plan:
    """Where everything would stand on a page of one width."""

    def __init__(self, picture: Scatter, width: float, apart: float) -> None:
        self.picture = picture
        self.width = width
        height = min(ASPECT * width, HIGHEST)
        self.size = max(TEXT, math.ceil(10 * LEAST_TEXT * (height + 105)) / 10)
        self.panels = tuple(_panels(picture.x.stretches, page.MARGIN + LEFT, width - RIGHT))
        rows = max((len(words) for _, words in self.notes()), default=0)
        top = page.HEADER + max(0, rows - ROWS) * self.size * LINE_HEIGHT
        self.plot = Bounds(page.MARGIN + LEFT, top, width - RIGHT, height - BELOW)
        self.names = [text_width(mark.label, self.size, 500) for mark in picture.marks]
        covered = sum(name * 1.2 * self.size for name in self.names) + len(self.names) * apart**2
        self.crowd = covered / ((self.plot.right - self.plot.left) * (self.plot.bottom - self.plot.top))
        # Between marks that have no names no leader has to pass.
        self._apart = NEAR if sum(map(bool, self.names)) < len(self.names) / 2 else apart
        self._wanted = [(self.across(mark.x), self.down(mark.y)) for mark in picture.marks]

    @cached_property
    def middles(self) -> tuple[Point, ...]:
        """Where the marks stand, none of which meets another."""
        inner = [(left + SIDE, right - SIDE) for left, right in self.panels]
        heights = self.plot.top + SIDE, self.plot.bottom - SIDE
        return spread(self._wanted, self._apart, inner, sideways=self.picture.sideways, heights=heights)

    def across(self, value: float) -> float:
        """The x of a value of the x axis."""
        for stretch, (left, right) in zip(self.picture.x.stretches, self.panels, strict=True):
            if value < stretch.high or stretch is self.picture.x.stretches[-1]:
                return left + SIDE + (right - left - 2 * SIDE) * (value - stretch.low) / (stretch.high - stretch.low)
        raise ValueError(value)

    def down(self, value: float) -> float:
        """The y of a value of the y axis."""
        (stretch,) = self.picture.y.stretches
        share = (value - stretch.low) / (stretch.high - stretch.low)
        return self.plot.bottom - share * (self.plot.bottom - self.plot.top)

    def displacement(self) -> str:
        """How far marks are shifted at most, in words; empty where none is."""
        moved = max((math.dist(place, at) for place, at in zip(self.middles, self._wanted, strict=True)), default=0.0)
        diameters = math.ceil(moved / (2 * RADIUS))
        if not diameters:
            return ""
        way = "shifted horizontally" if self.picture.sideways else "shifted apart"
        return f"overlapping marks are {way} (≤ {diameters} diameter{'s' if diameters > 1 else ''})"

    def notes(self) -> Iterator[tuple[float, Sequence[str]]]:
        """What is said of stretches above the plot: where it starts, and its lines."""
        for stretch, (left, right) in zip(self.picture.x.stretches, self.panels, strict=True):
            yield left, wrap(stretch.note, self.size, 400, right - left)

    def edges(self) -> list[float]:
        """The borders of bands."""
        return [self.down(tick.at) for tick in self.picture.y.ticks]

    def labels(self) -> tuple[Label | None, ...] | None:
        """A place for the name of each mark, None for one without; None where there is not enough room."""
        anchors = tuple(
            Anchor(x, y, RADIUS + STROKE / 2, name) for (x, y), name in zip(self.middles, self.names, strict=True)
        )
        walls = tuple(side for panel in self.panels for side in panel)
        area = Bounds(self.plot.left + 4, self.plot.top + 4, self.plot.right - 4, self.plot.bottom - 4)
        found = places(anchors, area, self.size, edges=tuple(self.edges()), walls=walls)
        if found is None:
            return None
        named = iter(found)
        return tuple(next(named) if name else None for name in self.names)


def _panels(stretches: Sequence[Stretch], left: float, right: float) -> Iterator[tuple[float, float]]:
    """The px from where to where each stretch goes."""
    room = right - left - BREAK * (len(stretches) - 1)
    total = sum(stretch.share for stretch in stretches)
    for stretch in stretches:
        yield left, left + room * stretch.share / total
        left += room * stretch.share / total + BREAK


def _painted(picture: Scatter, plan: _Plan, labels: Sequence[Label | None], theme: Theme) -> Scene:
    canvas = Canvas(theme)
    page.header(canvas, picture.name, picture.subtitle, plan.width)
    _bands(canvas, plan)
    for mark, middle, label in zip(picture.marks, plan.middles, labels, strict=True):
        with canvas.group(mark.path, mark.title, mark.href):
            if label and label.leader:
                canvas.line(*label.leader, kind="zoom", width=1.25, radius=0)
            _mark(canvas, *middle, mark.share, mark.form, mark.role)
            if label:
                canvas.text(label.left, label.baseline, mark.label, plan.size, 500)
    _ticks(canvas, plan)
    bottom = _legend(canvas, plan, plan.plot.bottom + 68)
    footer = [part.replace("{moved}", plan.displacement()) for part in picture.footer]
    height = page.footer(canvas, [part for part in footer if part], plan.width, bottom)
    return canvas.scene(plan.width, height, picture.name, picture.description)


@section("bands")
def _bands(canvas: Canvas, plan: _Plan) -> None:
    """Every other step of the y axis, in each stretch of the x axis."""
    edges = sorted({plan.plot.top, plan.plot.bottom, *(edge for edge in plan.edges())}, reverse=True)
    first = round(plan.picture.y.ticks[0].at) if plan.picture.y.ticks else 0
    for number, (bottom, top) in enumerate(pairwise(edges)):
        for left, right in plan.panels:
            fill = canvas.theme.band if (number + first) % 2 == 0 else None
            if fill:
                canvas.rect(left, top, right - left, bottom - top, fill=fill, radius=0, kind="ground", layer="ground")
    for x, lines in plan.notes():
        for row, words in enumerate(reversed(lines)):
            baseline = plan.plot.top - 10 - plan.size * LINE_HEIGHT * row
            canvas.text(x, baseline, words, plan.size, 400, fill=canvas.theme.muted)


def _mark(canvas: Canvas, x: float, y: float, share: float, form: Form, role: str) -> None:
    """A shape of constant size; its inside covers ``share`` of it."""
    colour = canvas.theme.paint(role).fill if role else canvas.theme.muted
    ground = canvas.theme.page
    if form == "disc":
        canvas.add(Circle(rounded(x), rounded(y), RADIUS, ground, colour, STROKE))
        canvas.add(Circle(rounded(x), rounded(y), rounded(INNER * math.sqrt(share)), colour))
        return
    for half, fill, stroke, radius in (
        (RADIUS * 0.92, ground, colour, 4.0),
        (INNER * 0.92 * math.sqrt(share), colour, None, 3.0 * math.sqrt(share)),
    ):
        canvas.rect(
            x - half, y - half, 2 * half, 2 * half, fill=fill, stroke=stroke, stroke_width=STROKE, radius=radius,
            kind="mark",
        )  # fmt: skip


@section("axes")
def _ticks(canvas: Canvas, plan: _Plan) -> None:
    size, theme = plan.size, canvas.theme
    for tick in plan.picture.y.ticks:
        y = plan.down(tick.at) + MIDDLE * (size + 2)
        canvas.text(plan.plot.left - 14, y, tick.label, size + 2, 600, anchor="end")
    bottom = plan.plot.bottom
    taken: list[tuple[float, float]] = []
    # The strong ones have their words first, the others where there is room left.
    for tick in sorted(plan.picture.x.ticks, key=lambda tick: not tick.strong):
        x = plan.across(tick.at)
        weight: Literal[400, 600] = 600 if tick.strong else 400
        canvas.line((x, bottom + 2), (x, bottom + 2 + TICK), stroke=theme.muted, width=1.5, kind="rule", radius=0)
        half = text_width(tick.label, size + 2 * tick.strong, weight) / 2
        if tick.label and all(x + half + 8 < left or right < x - half - 8 for left, right in taken):
            fill = theme.ink if tick.strong else theme.muted
            canvas.text(x, bottom + 14 + size, tick.label, size + 2 * tick.strong, weight, fill=fill, anchor="middle")
            taken.append((x - half, x + half))


@section("legend")
def _legend(canvas: Canvas, plan: _Plan, middle: float) -> float:
    """What the shapes mean, in one row if it fits; returns where it ends."""
    x, start = plan.plot.left + 10, plan.plot.left + 10
    for key in plan.picture.legend:
        width = text_width(key.label, plan.size + 1, 400)
        x += 36 if key.gap else 0
        if x + 22 + width > plan.plot.right:
            x, middle = start, middle + 30
        _mark(canvas, x, middle, key.share, key.form, key.role)
        canvas.text(x + 18, middle + MIDDLE * (plan.size + 1), key.label, plan.size + 1, 400, fill=canvas.theme.muted)
        x += 18 + width + 38
    return middle + 12
