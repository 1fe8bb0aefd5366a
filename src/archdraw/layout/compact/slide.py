"""A page of one size: the model, what is opened beside it, some figures, and as little else as says what it is."""

from __future__ import annotations

from dataclasses import replace

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import facts, panel, zoom
from archdraw.layout.compact.framed import STUB, framed, stubs
from archdraw.layout.compact.model import LINE, Footer, Page, column_in, lettered, missing, notes, openable, stretched
from archdraw.layout.compact.panel_choice import chosen, ranked, worth
from archdraw.layout.compact.slide_words import MARGIN, footer_of, header
from archdraw.layout.diagram import forks
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.forks import frames
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.diagram.measures import Measures
from archdraw.layout.plate.column import Column, paint_model
from archdraw.layout.plate.stretching import longest
from archdraw.layout.sections import section
from archdraw.picture import Fact, Frame, Inset, Plate
from archdraw.records import record
from archdraw.scene import Scene
from archdraw.theme import Theme

HEADER = 52.0
"""Where the content begins."""
FOOT = 26.0
"""From the end of the content to the end of the page where the footer has one line."""
CHANNEL, SPACE = 28.0, 14.0
"""Px between the model and what stands beside it, and between two things above each other there."""
LEAST_PANEL = 186.0
"""The narrowest place for a panel."""
OVERVIEW, OVERVIEW_OF_SEVERAL = 148.0, 128.0
"""The widths of boxes of a column whose layers stand beside it, and of each of several."""
WIDTHS = (240.0, 208.0, 184.0, 160.0, 0.0)
"""Those of boxes of columns without frames, where nothing stands beside them."""
LEAST_BOX = 120.0
"""The least width of boxes that are as wide as their words."""
NARROW = 172.0
"""That of boxes in what is opened, where it leaves no room for a panel otherwise."""
OVERVIEW_SIDE, SIDE_GAP = 96.0, 20.0
"""The width of a module beside the line of such a column, and how far from the line it stands."""
MOST_GAP = 20.0
"""Px of the longest arrows in a frame by itself."""
END = 24.0
"""From a zoom line to the ends of the side of the frame that it reaches, at least."""


@record
class _Laid:
    """A model laid out for a page: its column, a frame of it that stands beside it, and how high the content may be.

    The frame has the ``measures``.
    """

    column: Column
    measures: Measures
    opened: Cell | None
    height: float

    @property
    def fits(self) -> bool:
        """Whether neither is too high."""
        lower = self.opened.length + 2 * STUB if self.opened else 0.0
        return self.column.height <= self.height and lower <= self.height

    @property
    def width(self) -> float:
        """Of both, with what is between them."""
        return self.column.width + (CHANNEL + self.opened.width if self.opened else 0.0)


@record
class _Framed:
    """A frame by itself."""

    cell: Cell

    @property
    def height(self) -> float:
        return self.cell.length


def fits(plate: Plate, opened: Frame | None, page: Page, footer: Footer) -> bool:
    """Whether ``plate`` finds room on ``page``, beside it the frame ``opened`` of its column where there is one."""
    laid = _laid(plate, opened, page, footer)
    shown = plate.facts[: page.facts]
    if not laid.fits or laid.width > page.room:
        return False
    return _facts_at(laid, page, shown) is not None


def _facts_at(laid: _Laid, page: Page, shown: tuple[Fact, ...]) -> str | None:
    """Where facts stand: under what is opened, at the right of all, or under the column; None where they cannot."""
    if not shown:
        return "right"
    beside = page.room - laid.width - CHANNEL
    # What is too narrow for a panel has room for facts.
    if laid.opened and not facts.LEAST_WIDTH <= beside < LEAST_PANEL:
        below = SPACE + facts.height(shown, laid.opened.width)
        if facts.fits(shown, laid.opened.width) and laid.opened.length + 2 * STUB + below <= laid.height:
            return "opened"
    if laid.width <= page.room - CHANNEL - facts.LEAST_WIDTH:
        return "right"
    width = laid.column.width + page.room - laid.width
    return "column" if laid.column.height + SPACE + facts.least(shown, width) <= laid.height else None


def _is_worth(laid: _Laid, plate: Plate, page: Page, shown: tuple[Fact, ...]) -> bool:
    """Whether the panel that is worth most finds room only where the figures ``shown`` stand under the column."""
    insets = tuple(inset for inset in plate.insets if not inset.beside)
    lacking = max(0.0, facts.rows_width(shown) - laid.column.width)
    beside = page.room - laid.width - CHANNEL
    column = laid.column.height + SPACE + facts.least(shown, laid.column.width + lacking)
    if not (shown and insets and page.panels) or column > laid.height or beside - lacking < LEAST_PANEL:
        return False
    best = insets[ranked(insets)[0][0]].title

    def has_best(width: float, height: float) -> bool:
        return best in [one.inset.title for one in chosen(insets, width, height, page.panels, SPACE)]

    high = laid.height - facts.height(shown, beside) - SPACE
    return not has_best(beside, high) and has_best(beside - lacking, laid.height)


def draw(plate: Plate, opened: Frame | None, page: Page, footer: Footer, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, with the frame ``opened`` beside its column. It has to fit."""
    laid = _laid(plate, opened, page, footer)
    shown = plate.facts[: page.facts]
    canvas = Canvas(theme, plate.accent)
    bottom = end = HEADER + laid.height
    header(canvas, plate, page.width)
    where = _facts_at(laid, page, shown)
    if where == "right" and laid.opened and _is_worth(laid, plate, page, shown):
        where, lacking = "column", max(0.0, facts.rows_width(shown) - laid.column.width)
        laid = replace(laid, column=replace(laid.column, right=laid.column.right + lacking))
    column = laid.column
    if laid.width > page.room - CHANNEL - facts.LEAST_WIDTH:
        # Nothing stands at the right: the column has what is left.
        spare = page.room - laid.width
        column = replace(column, left=column.left + spare / 2, right=column.right + spare / 2)
    if where == "column":
        high = facts.height(shown, column.width)
        end -= SPACE + (high if column.height + SPACE + high <= laid.height else facts.least(shown, column.width))
    column = stretched(plate, column, end - HEADER)
    paint_model(canvas, column, end, left=MARGIN, top=HEADER)
    x = MARGIN + column.width
    if where == "column":
        facts.paint(canvas, shown, Place(MARGIN, end + SPACE, x, bottom))
    spine_frame = canvas.places[FRAME]
    # What stands beside the column ends with its container, below which a line without a box comes in.
    level = bottom - column.measures.input_gap if where != "column" and column.bare and not column.below else bottom
    if laid.opened and opened:
        below = SPACE + facts.height(shown, laid.opened.width) if where == "opened" else 0.0
        if below and laid.opened.length + 2 * STUB + below <= laid.height - bottom + level:
            below += bottom - level
        frame = longest(
            _Framed(laid.opened),
            lambda gap: _Framed(framed(opened, replace(laid.measures, gap=gap))),
            laid.height - 2 * STUB - below,
            laid.measures.gap,
            MOST_GAP,
        )
        left = x + CHANNEL
        x = _beside(canvas, frame.cell, opened, x, bottom - below)
        if below:
            foot = bottom - below + SPACE + facts.height(shown, laid.opened.width)
            facts.paint(canvas, shown, Place(left, bottom - below + SPACE, x, foot))
    facts_there = shown if where == "right" else ()
    left_out = _right(canvas, plate, page, facts_there, x, (level, bottom), opened=bool(opened))
    canvas.places.setdefault(FRAME, spine_frame)
    footer_of(canvas, notes(footer, left_out, page.room), page)
    scene = canvas.scene(page.width, page.height, f"{plate.name} architecture", plate.description)
    return replace(scene, left_out=tuple(inset.title for inset in left_out))


def _laid(plate: Plate, opened: Frame | None, page: Page, footer: Footer) -> _Laid:
    """``plate`` laid out for ``page``, with boxes of the widest of the possible widths with which it fits."""
    height = page.height - HEADER - FOOT - LINE * (len(notes(footer, plate.insets, page.room)) - 1)
    measures = page.measures_of(plate)
    if not opened and any(frames(plate.column)):
        return _Laid(column_in(plate, measures), page.measures, None, height)
    several = measures == page.columns
    widths = (OVERVIEW_OF_SEVERAL if several else OVERVIEW,) if opened else WIDTHS
    beside = CHANNEL + (LEAST_PANEL if page.panels and opened else facts.LEAST_WIDTH)
    found: list[_Laid] = []
    narrow = replace(page.measures, box_width=NARROW, least_width=NARROW)
    for inner in (page.measures, narrow) if opened else (measures,):
        frame = framed(opened, inner) if opened else None
        for width in widths:
            own = slim(measures, width)
            own = own if several else replace(own, column=slim(measures, OVERVIEW_OF_SEVERAL))
            laid = _Laid(column_in(plate, own), inner, frame, height)
            if laid.fits and laid.width <= page.room - beside:
                return laid
            found.append(laid)
    return next((laid for laid in found if laid.fits and laid.width <= page.room), found[-1])


def slim(measures: Measures, width: float) -> Measures:
    """Those of a column without frames: nothing is around its boxes of ``width``, but modules beside the line."""
    half = (width or OVERVIEW) / 2 + 8
    return replace(
        measures,
        box_width=width,
        least_width=width or LEAST_BOX,
        bar_width=2 * half,
        frame_left=0,
        frame_right=0,
        rail=half,
        side_width=OVERVIEW_SIDE,
        side_gap=SIDE_GAP - width / 2,
        gutter=0,
        column=None,
    )


@section("model")
def _beside(canvas: Canvas, cell: Cell, frame: Frame, x: float, bottom: float) -> float:
    """Paints ``cell``, that of the ``frame`` whose bar stands in the column that ends at ``x``; where it ends."""
    bar = canvas.places[frame.path]
    left = x + CHANNEL
    slack = bottom - HEADER - cell.length
    # Level with its bar where there is room for that, else in the middle.
    low = bottom - bar.middle
    level = min(max(slack / 2, low + END - cell.length), low - END)
    slack = min(max(level, STUB), slack - STUB) if slack > 2 * STUB else slack / 2
    canvas.places.pop(FRAME, None)
    cell.paint(canvas, left - cell.left, bottom - slack)
    place = canvas.places[FRAME]
    stubs(canvas, cell, left - cell.left, bottom - slack)
    y = min(max(bar.middle, place.top + END), place.bottom - END)
    middle = x + CHANNEL / 2
    points = [(bar.right, bar.middle), (place.left, y)]
    if abs(y - bar.middle) > 0.01:
        points = [(bar.right, bar.middle), (middle, bar.middle), (middle, y), (place.left, y)]
    canvas.line(*points, kind="zoom", width=1.75, start=frame.path, end=frame.path)
    for end in (points[0], points[-1]):
        canvas.dot(*end, colour=canvas.theme.zoom, layer="object")
    return left + cell.width


def _right(
    canvas: Canvas,
    plate: Plate,
    page: Page,
    shown: tuple[Fact, ...],
    x: float,
    bottoms: tuple[float, float],
    *,
    opened: bool,
) -> tuple[Inset, ...]:
    """Panels and facts at the right of ``x``; the panels that found no room.

    They end at the first of ``bottoms``, or at the second where more panels find room for that.
    """
    left, right = x + CHANNEL, page.width - MARGIN
    width = right - left
    every = plate.insets
    if width < facts.LEAST_WIDTH:
        return every
    high = facts.height(shown, width)
    most, may = page.panels if width >= LEAST_PANEL else 0, openable(canvas, every)
    rooms = [level - HEADER - (high + SPACE if shown else 0.0) for level in bottoms]
    # Equal numbers: the first.
    choices = [chosen(may, width, room, most, SPACE) for room in rooms]
    found, room, bottom = max(zip(choices, rooms, bottoms, strict=True), key=lambda choice: worth(choice[0]))
    if not found:
        facts.paint(canvas, shown, Place(left, HEADER, right, bottom))
        return every
    if shown:
        facts.paint(canvas, shown, Place(left, bottom - high, right, bottom))
    named = lettered(found, canvas)
    slack = (room - sum(one.height for one in named) - SPACE * (len(named) - 1)) / len(named)
    top, placed = HEADER, []
    for one in named:
        placed.append((one, Place(left, top, right, top + one.height + slack)))
        top += one.height + slack + SPACE
    apart = bool(plate.towers or plate.wires) or forks.is_forked(plate.column)
    placed = zoom.without_letters(canvas, placed, x, apart=apart and not opened)
    for one, place in placed:
        panel.paint(canvas, one, place.left, place.top, place.bottom - place.top)
    zoom.paint(canvas, placed, x, apart=apart)
    return missing(every, named)
