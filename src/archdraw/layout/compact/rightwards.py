"""A page whose model flows to the right: a row with the model, under it its layers, and what is opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import facts, heading, slide, slide_words
from archdraw.layout.compact.framed import CORNER, STUB, stubs
from archdraw.layout.compact.model import LINE, Footer, Page, column_in, missing, notes, openable
from archdraw.layout.compact.panel_rows import rows_of
from archdraw.layout.compact.upright import narrow
from archdraw.layout.diagram import diagram, forks
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.plate import strip
from archdraw.layout.plate.column import Column, paint_model
from archdraw.layout.sections import section
from archdraw.layout.sketch import Sketch
from archdraw.layout.turned import Turned
from archdraw.picture import Fact, Frame, Plate
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme

WIDEST = (300.0, 170.0, 150.0, 132.0, 116.0, 100.0, 88.0, 76.0)
"""The widths at which the words of a box wrap, the most generous first."""
GAPS = (36.0, 30.0, 25.0, 21.0, 18.0, 16.0, 14.0)
"""Lengths of arrows."""
BETWEEN = 26.0
"""Px between two rows of a page."""
FACTS = 170.0
"""The least width of the place for figures beside panels."""
SPACE, END = 14.0, 24.0
"""Px between two things side by side, and from a zoom line to the ends of the side that it reaches, at least."""
STRIP_SPACE = 22.0


@record
class _Laid:
    """A model laid out as rows: its column, and a frame of it that stands below, both flowing to the right."""

    column: Column
    opened: Cell | None

    @property
    def width(self) -> float:
        """Of the longer one."""
        return max(self.column.height + self.column.measures.leaving, self.framed)

    @property
    def framed(self) -> float:
        """How long the frame is, with its lines."""
        return self.opened.length + 2 * STUB if self.opened else 0.0

    @property
    def height(self) -> float:
        """Of both, with what is between them."""
        return self.column.width + (BETWEEN + self.opened.width if self.opened else 0.0)


def fits(plate: Plate, opened: Frame | None, page: Page, footer: Footer, *, fixed: bool) -> bool:
    """Whether ``plate`` finds room on ``page``, which has one height if it is ``fixed``; panels need no room."""
    laid = _laid(plate, opened, page)
    if laid is None:
        return False
    spare = _height(plate, page, footer, fixed=fixed) - laid.height
    shown = plate.facts[: page.facts]
    if spare < 0 or not shown or _beside(laid, page, shown):
        return spare >= 0
    return facts.fits(shown, page.room) and spare >= BETWEEN + facts.least(shown, page.room)


def draw(plate: Plate, opened: Frame | None, page: Page, footer: Footer, theme: Theme, *, fixed: bool) -> Scene:
    """The scene of ``plate`` on ``page``, below its row the frame ``opened``. It has to fit."""
    canvas = Canvas(theme, plate.accent)
    laid = _laid(plate, opened, page)
    assert laid is not None
    shown = plate.facts[: page.facts]
    top = _header(canvas, plate, page, fixed=fixed)
    height = _height(plate, page, footer, fixed=fixed)
    sketch = Sketch(theme, plate.accent)
    _paint(sketch, laid, opened, page, 0.0, 0.0)
    beside = _beside(laid, page, shown)
    under = () if beside else shown
    wide = max(FACTS, facts.rows_width(under)) if under else 0.0
    rows = rows_of(
        openable(sketch, plate.insets),
        page,
        height - laid.height - BETWEEN,
        facts.least(under, wide) if under else 0.0,
        wide + SPACE if under else 0.0,
        whole=not fixed,
    )
    if not rows.rows and under:
        rows = replace(rows, least=facts.least(under, page.room))
    below = BETWEEN + rows.height if rows.height else 0.0
    end = top + (height if fixed else laid.height + below)
    # What is to spare goes to the panels, or above and below all.
    spare = end - top - laid.height - below
    above = 0.0 if rows.rows else spare / 2
    bottom = _paint(canvas, laid, opened, page, top + above, 0.0 if rows.rows else spare / 4)
    if beside:
        place = _place_of_facts(laid, page, beside, top + above, bottom)
        facts.paint(canvas, shown, place)
    y = bottom + BETWEEN
    apart = bool(plate.towers or plate.wires) or (_is_forked(plate) and not opened)
    right = page.width - page.margin
    if under:
        left = right - (wide if rows.rows else page.room)
        facts.paint(canvas, under, Place(left, y, right, end if rows.rows else y + rows.height))
        right = left - SPACE
    rows.paint(canvas, Place(page.margin, y, right, max(end, y)), bottom, apart=apart)
    left_out = missing(plate.insets, rows.panels)
    if plate.strip and not fixed:
        end += STRIP_SPACE
        layers = narrow(plate.strip, page.room)
        strip.paint(canvas, layers, page.margin, end, page.room)
        end += strip.height(layers, page.room)
    said = notes(footer, left_out, page.room)
    if fixed:
        slide_words.footer_of(canvas, said, page)
    high = page.height if fixed else heading.note(canvas, said, page, end)
    scene = canvas.scene(page.width, high, f"{plate.name} architecture", plate.description)
    return replace(scene, left_out=tuple(inset.title for inset in left_out))


def _is_forked(plate: Plate) -> bool:
    """Whether ``plate`` has several columns."""
    return bool(plate.towers) or forks.is_forked(plate.column)


def _header(canvas: Canvas, plate: Plate, page: Page, *, fixed: bool) -> float:
    """The name above all; where the content begins."""
    if not fixed:
        return heading.header(canvas, plate, page) - heading.UNDER_HEADER / 2
    slide_words.header(canvas, plate, page.width)
    return slide.HEADER


def _height(plate: Plate, page: Page, footer: Footer, *, fixed: bool) -> float:
    """What a page has for its content."""
    lines = LINE * (len(notes(footer, plate.insets, page.room)) - 1)
    if fixed:
        return page.height - slide.HEADER - slide.FOOT - lines
    below = STRIP_SPACE + strip.height(narrow(plate.strip, page.room), page.room) if plate.strip else 0.0
    return page.height - heading.subtitle(plate, page)[1] - below - 32 - lines


def _laid(plate: Plate, opened: Frame | None, page: Page) -> _Laid | None:
    """``plate`` with boxes and arrows as long as there is room for; None where there is none.

    They are shorter where that makes room for figures beside one of the rows.
    """
    shown = plate.facts[: page.facts]
    if opened and _is_forked(plate):
        # A line to it may have to cross the line of another column.
        opened = replace(opened, caption=opened.short or opened.title)
    for widest in WIDEST:
        found = []
        for gap in reversed(GAPS):
            measures = _measures(page.measures, widest, gap)
            own = replace(measures, frame_left=CORNER, frame_right=CORNER)
            cell = diagram.place(opened, (0.0,), (), own) if opened else None
            laid = _Laid(column_in(plate, measures), cell)
            if laid.width > page.room:
                break
            found.append(laid)
        if found:
            with_room = [laid for laid in found if _beside(laid, page, shown)]
            return (with_room or found)[-1]
    return None


def _measures(page: Measures, widest: float, gap: float) -> Measures:
    """Those of a ``page`` for what flows to the right."""
    own: dict[str, Any] = {
        "widest_box": widest,
        "widest_branch": widest,
        "bar_width": 1.5 * widest,
        "side_width": max(page.side_width, min(0.8 * widest, 120.0)),
        "gap": gap,
        "tap": 34.0,
        "frame_top": max(page.frame_top, 14.0),
        "frame_bottom": max(page.frame_bottom, 12.0),
        "container_pad": max(page.container_pad, 8.0),
        "input_gap": max(page.input_gap, 16.0),
        "leaving": max(page.leaving, 16.0),
        "side_gap": 12.0,
        "cap": page.cap or 26.0,
    }
    bare = replace(page, right=True, box_width=0, rail=0, frame_left=0, frame_right=0, column=None)
    return replace(bare, least_width=48, gutter=28, **own)


def _beside(laid: _Laid, page: Page, shown: tuple[Fact, ...]) -> str:
    """Which row the figures ``shown`` stand beside: that of the model, or of its layers; empty for none."""
    for row, length, high in (
        ("model", laid.column.height + laid.column.measures.leaving, laid.column.width),
        ("opened", laid.framed, laid.opened.width if laid.opened else 0.0),
    ):
        width = page.room - length - slide.CHANNEL
        if shown and width >= facts.LEAST_WIDTH and facts.fits(shown, width) and facts.least(shown, width) <= high:
            return row
    return ""


def _place_of_facts(laid: _Laid, page: Page, row: str, top: float, bottom: float) -> Place:
    right = page.width - page.margin
    if row == "model":
        length = laid.column.height + laid.column.measures.leaving
        return Place(page.margin + length + slide.CHANNEL, top, right, top + laid.column.width)
    assert laid.opened
    return Place(page.margin + laid.framed + slide.CHANNEL, bottom - laid.opened.width, right, bottom)


def _paint(canvas: Canvas, laid: _Laid, opened: Frame | None, page: Page, top: float, space: float) -> float:
    """The rows from ``top`` on, so much ``space`` more between them; where the last one ends."""
    column = laid.column
    paint_model(Turned(canvas, page.margin, 0.0), column, 0.0, left=top, top=-column.height)
    bottom = top + column.width
    if not (laid.opened and opened):
        return bottom
    upper = bottom + BETWEEN + space
    _layers(canvas, laid.opened, opened, page.margin, bottom, upper)
    return upper + laid.opened.width


@section("model")
def _layers(canvas: Canvas, cell: Cell, opened: Frame, left: float, bottom: float, upper: float) -> None:
    """The frame ``opened`` as a row from ``upper`` on, and the line to it from its bar in the row that ends at
    ``bottom``, unless another line is in its way.
    """
    bar = canvas.places[opened.path]
    row = Turned(canvas, left + STUB, upper - cell.left)
    cell.paint(row, 0.0, 0.0)
    stubs(row, cell, 0.0, 0.0)
    frame = canvas.places[opened.path]
    start = (bar.left + bar.right) / 2
    if canvas.is_barred(Place(start - 1, bar.bottom + 2, start + 1, bottom)):
        return
    end = min(max(start, frame.left + END), frame.right - END)
    level = (bottom + upper) / 2
    points = [(start, bar.bottom), (end, frame.top)]
    if abs(start - end) > 0.01:
        points = [(start, bar.bottom), (start, level), (end, level), (end, frame.top)]
    canvas.line(*points, kind="zoom", width=1.75, start=opened.path, end=opened.path)
    for point in (points[0], points[-1]):
        canvas.dot(*point, colour=canvas.theme.zoom, layer="object")
