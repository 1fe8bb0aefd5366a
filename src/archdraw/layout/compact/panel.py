"""A panel of a page with little room: a title, a figure or a short diagram, and a line or two of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Any, TypeAlias

from archdraw.fonts import MIDDLE
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import diagram, figures
from archdraw.layout.diagram import panel_charts as charts
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.least import least_width
from archdraw.layout.diagram.measures import INSET, SMALL, Measures
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.plate.panels import BADGE, Panel, Piece, badge, badge_width, opening, paint_cell
from archdraw.layout.turned import Turned
from archdraw.picture import Diagram, ExpertGrid, Figure, HeadGroups, Inset, Item, Masks, Share, Split, Words

PAD, TOP, BOTTOM = 14.0, 12.0, 11.0
"""Px between the sides of a panel and what is in it, above its title, and below all."""
TITLE, LEAST_TITLE, TITLE_LEADING = 17.0, 16.0, 1.2
BADGE_SPACE = 9.0
UNDER_TITLE = 6.0
LINE = 20.0
SPACE = 10.0
"""Px above a figure, and between it and its words, at least."""
MOST_SPREAD, MOST_ABOVE = 22.0, 30.0
"""Px to spare that go between two pieces, and between the title and the first, at most."""
STUB_IN, STUB_OUT = 13.0, 13.0
GAPS = (30.0, 24.0, 19.0, 15.0, 11.0)
"""Lengths of arrows in a diagram, the most generous first."""
WIDEST_RIGHT = (170.0, 140.0, 120.0, 104.0, 92.0)
"""The widths at which the words of a box wrap in a diagram that flows to the right."""
LEAST_ARROW = 16.0
STRETCHES = (2.1, 1.7, 1.4, 1.2, 1.0)
"""How much larger a figure is drawn with the arrows of the same place in :data:`GAPS`."""
ROUNDING = 0.01

Shown: TypeAlias = Item | Figure
"""What may stand in such a panel: what is in a panel of a plate, or a figure by itself."""

_BASE = replace(
    INSET, one_line=27, two_lines=44, gap=11, node=9, pad=9, least_width=56, branch_gap=12, port_gap=38, named_gap=27
)
_LADDER: tuple[dict[str, float], ...] = (
    {"branch_gap": 22.0, "least_width": 84.0},
    {},
    {"pad": 7.0, "widest_branch": 150.0},
    {"pad": 6.0, "widest_branch": 116.0, "least_width": 40.0},
    {"pad": 5.0, "widest_branch": 92.0, "least_width": 36.0, "branch_gap": 9.0, "port_gap": 30.0},
)


def least(inset: Inset, items: Sequence[Shown], width: float, *, right: bool = False) -> float:
    """The height that ``inset`` with ``items`` in it needs in ``width`` px; infinite where it is too wide.

    Its diagrams flow to the ``right`` or upwards.
    """
    found = _measured(inset, items, width, len(GAPS) - 1, right=right)
    return found.height if found else inf


def measure(inset: Inset, items: Sequence[Shown], width: float, height: float, *, right: bool = False) -> Panel | None:
    """``inset`` with ``items`` in it, as large as finds room in ``width`` by ``height``; None where it does not."""
    found = None
    for step in reversed(range(len(GAPS))):
        panel = _measured(inset, items, width, step, right=right)
        if panel is None or panel.height > height:
            break
        found = panel
    return found


def _measured(inset: Inset, items: Sequence[Shown], width: float, step: int, *, right: bool) -> Panel | None:
    inner = width - 2 * PAD
    pieces: list[Piece] = []
    before: Shown | None = None
    for item in items:
        piece = _piece(item, before, inner, step, right=right)
        if piece is None or piece.width > inner + ROUNDING:
            return None
        pieces.append(piece)
        before = item
    # Whether it gets a letter is not known yet.
    rows = title(inset, width, lettered=bool(inset.source))
    if len(rows) > 2:
        return None
    height = _title_height(rows) + sum(piece.height + piece.space for piece in pieces) + BOTTOM
    return Panel(inset, width, height, tuple(pieces))


def title(inset: Inset, width: float, *, lettered: bool) -> tuple[Row, ...]:
    """The lines of the title, with room for a letter before it where it is ``lettered``."""
    room = width - 2 * PAD - (BADGE + BADGE_SPACE if lettered else 0)
    rows = fitted(inset.title, room, TITLE, LEAST_TITLE, 600)
    # What is in brackets is said by the figure, too.
    return rows if len(rows) == 1 else fitted(inset.title.partition(" (")[0], room, TITLE, LEAST_TITLE, 600)


def _title_height(rows: tuple[Row, ...]) -> float:
    return TOP + max(BADGE, sum(row.height for row in rows)) + UNDER_TITLE


def _piece(item: Shown, before: Shown | None, inner: float, step: int, *, right: bool) -> Piece | None:
    """``item`` measured; None where it finds no room in ``inner`` px."""
    match item:
        case Words(text=text, strong=strong):
            return _words(text, inner, strong=strong, space=0.0 if isinstance(before, Words) else SPACE)
        case HeadGroups() | ExpertGrid():
            return _figure(item, inner, STRETCHES[step])
        case Masks():
            return _masks(item, inner)
        case Share():
            return Piece(
                inner,
                charts.share_size(item, inner),
                SPACE if before else 0.0,
                lambda canvas, left, top, width: charts.paint_share(canvas, item, left, top, width),
            )
        case Split():
            return Piece(
                inner,
                charts.split_size(item, inner),
                SPACE if before else 0.0,
                lambda canvas, left, top, width: charts.paint_split(canvas, item, left, top, width),
            )
        case _:
            return _rightwards(item, inner, GAPS[step]) if right else _diagram(item, inner, GAPS[step])


def _words(text: str, inner: float, *, strong: bool, space: float) -> Piece:
    rows = fitted(text, inner, SMALL, SMALL, 500 if strong else 400)

    def words(canvas: Canvas, left: float, top: float, width: float) -> None:
        fill = canvas.theme.ink if strong else canvas.theme.muted
        for index, row in enumerate(rows):
            baseline = top + (index + 0.5) * LINE + MIDDLE * row.size
            canvas.text(left, baseline, row.text, row.size, row.weight, fill=fill, phrase=row.phrase)

    return Piece(max(row.width for row in rows), len(rows) * LINE, space, words)


def _figure(item: Figure, inner: float, stretch: float) -> Piece:
    high = stretch
    scale = figures.scale_in(item, inner, stretch, high)
    width, height = figures.size(item, scale, high)

    def figure(canvas: Canvas, left: float, top: float, room: float) -> None:
        figures.paint(canvas, item, left + room / 2, top, scale, high)

    return Piece(width, height, SPACE, figure)


def _masks(item: Masks, inner: float) -> Piece | None:
    cell = min(charts.CELL, (inner - charts.MASK_SPACE * (len(item.masks) - 1)) / len(item.masks) // charts.CELLS)
    if cell < charts.LEAST_CELL:
        return None
    width, height = charts.plain_masks_size(item, inner, cell)

    def masks(canvas: Canvas, left: float, top: float, room: float) -> None:
        charts.paint_plain_masks(canvas, item, left, top, room, cell)

    return Piece(width, height, SPACE, masks)


def _diagram(item: Diagram, inner: float, gap: float) -> Piece | None:
    cell = _cell(item, inner, gap)
    if cell is None:
        return None

    def graph(canvas: Canvas, left: float, top: float, width: float) -> None:
        paint_cell(canvas, cell, left, top, width, (STUB_IN, STUB_OUT))

    return Piece(cell.width, cell.length + STUB_OUT + STUB_IN, 0.0, graph)


def _rightwards(item: Diagram, inner: float, gap: float) -> Piece | None:
    """``item`` flowing to the right, with boxes as wide as find room in ``inner`` px; None where none do."""
    for widest in WIDEST_RIGHT:
        fields: dict[str, Any] = {"widest_box": widest, "widest_branch": widest, "least_width": 44.0, "port_gap": 26.0}
        measures: Measures = replace(_BASE, right=True, gap=max(gap, LEAST_ARROW), **fields)
        cell = diagram.place(item, diagram.natural_ports(item, measures), (), measures)
        if cell.length + STUB_IN + STUB_OUT <= inner + ROUNDING:
            break
    else:
        return None

    def graph(canvas: Canvas, left: float, top: float, width: float) -> None:
        whole = cell.length + STUB_IN + STUB_OUT
        turned = Turned(canvas, left + (width - whole) / 2 + STUB_IN, top - cell.left)
        for port, arrow in zip(cell.inputs, cell.arrows, strict=True) if not cell.source else ():
            turned.line((port, STUB_IN), (port, 0.0), arrow=arrow, open_ends="start")
        cell.paint(turned, 0.0, 0.0)
        for port in cell.outputs:
            turned.line((port, -cell.length), (port, -cell.length - STUB_OUT), arrow=True, open_ends="end")

    return Piece(cell.length + STUB_IN + STUB_OUT, cell.width, SPACE, graph)


def _cell(item: Diagram, inner: float, gap: float) -> Cell | None:
    """``item`` with the most generous measures that fit ``inner``; None where none do."""
    for step in _LADDER:
        room = step.get("widest_branch", inner)
        fields: dict[str, Any] = {"widest_branch": room, **step}
        measures: Measures = replace(_BASE, widest_box=inner, **fields, gap=gap)
        if least_width(item, diagram.inputs_of(item), measures) > inner + ROUNDING:
            continue
        cell = diagram.place(item, diagram.natural_ports(item, measures), (), measures)
        if cell.width <= inner + ROUNDING:
            return cell
    return None


def paint(canvas: Canvas, panel: Panel, left: float, top: float, height: float) -> None:
    """``panel`` in ``height`` px: what is to spare goes above and below each figure."""
    with opening(canvas, panel.inset):
        _paint(canvas, panel, left, top, height)


def _paint(canvas: Canvas, panel: Panel, left: float, top: float, height: float) -> None:
    inset = panel.inset
    canvas.rect(
        left,
        top,
        panel.width,
        height,
        fill=canvas.theme.page,
        stroke=canvas.theme.container_border,
        radius=14,
        kind="container",
        layer="ground",
    )
    x, middle = left + PAD, top + TOP + BADGE / 2
    rows = title(inset, panel.width, lettered=bool(inset.letter))
    if inset.letter:
        width = badge_width(inset.letter, BADGE)
        badge(canvas, x + width / 2, middle, inset.letter, BADGE)
        x += width + BADGE_SPACE
    line = top + TOP + max(0.0, BADGE - sum(row.height for row in rows)) / 2
    for row in rows:
        canvas.text(x, line + row.height / 2 + MIDDLE * row.size, row.text, row.size, 600, phrase=row.phrase)
        line += row.height
    spare = height - panel.height
    breaks = sum(1 for piece in panel.pieces[1:] if piece.space)
    each = min(spare / (breaks + 2), MOST_SPREAD)
    y = top + _title_height(rows)
    # What is spread further than this goes around all of it: figures and their words belong together.
    y += min((spare - each * breaks) / 2, MOST_ABOVE)
    for number, piece in enumerate(panel.pieces):
        y += piece.space + (each if number and piece.space else 0.0)
        piece.paint(canvas, left + PAD, y, panel.width - 2 * PAD)
        y += piece.height
