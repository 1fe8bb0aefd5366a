"""Tables and lists of words on slides, in the ink of the theme: a table style would need to fit every template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Literal

from archdraw.fonts import text_width, wrap
from archdraw.records import record
from archdraw.writers._powerpoint.colours import INK, Paint, filled
from archdraw.writers._powerpoint.items import properties
from archdraw.writers._powerpoint.place import PER_POINT, Area
from archdraw.writers._powerpoint.words import AIR, ROOM, SINGLE, run

SIZES = (20, 18, 16, 14, 13, 12)
"""Sizes of words in points, the largest first."""
READABLE = 14
"""Points of words that are read from a distance: rows for which smaller ones would be needed go on another slide."""
PAD, ABOVE = 6.0, 3.0
"""Points that words in a cell keep away from its sides, and from what is above and below."""
HEAVY: Literal[600] = 600
"""The weight that words are measured in: some of a table are bold."""
ROUNDING = 2.0
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""The style of tables without lines and fills."""
ROOM_OF_A_LINE = 0.35
"""What a paragraph has below it, in sizes of its text."""


@record
class Table:
    """Rows of cells under a ``header``, which may have none; the columns ``right`` end at the right.

    ``shares`` are how much of the width each column has at least; ``strong`` are rows that stand out.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    title: str = ""


@record
class Point:
    """A paragraph: strong ones stand out, others recede; with ``link`` it leads there."""

    text: str
    strong: bool = False
    link: str = ""


@record
class Points:
    """Paragraphs, one below the other."""

    points: tuple[Point, ...]


def _widths(table: Table, size: float, room: float) -> list[float] | None:
    """How wide in points each column is; None where a word would have to be broken.

    A column is as wide as its widest cell where all have room, also in the widest font; what is to spare beyond goes to
    the right of the last, so that numbers stay beside their names. Else it is as wide as its widest word, and more by
    what its cells lack.
    """
    rows = (table.header, *table.rows) if table.header else table.rows
    columns = list(zip(*rows, strict=True))

    def wide(text: str) -> float:
        return text_width(text, size, HEAVY) * AIR + 2 * PAD

    wanted = [max(map(wide, cells)) for cells in columns]
    if sum(wanted) <= room:
        wider = min(ROOM / AIR, room / sum(wanted))
        return [width * wider for width in wanted]
    least = [max(wide(word) for cell in cells for word in cell.split(" ")) for cells in columns]
    lack = [much - little for much, little in zip(wanted, least, strict=True)]
    spare = room - sum(least)
    if spare < 0:
        return None
    return [little + spare * part / sum(lack) for little, part in zip(least, lack, strict=True)]


def _height(row: Sequence[str], widths: Sequence[float], size: float) -> float:
    """The height of a row in points."""
    lines = max(
        len(wrap(cell, size * AIR, HEAVY, width - 2 * PAD + ROUNDING)) for cell, width in zip(row, widths, strict=True)
    )
    return max(1, lines) * SINGLE * size + 2 * ABOVE


def _laid(table: Table, area: Area, size: float) -> tuple[list[float], list[float]]:
    """The widths of columns and the heights of rows; where words have no room, they are broken."""
    room = area.width / PER_POINT
    number = len(table.rows[0])
    widths = _widths(table, size, room) or [room / number] * number
    rows = (table.header, *table.rows) if table.header else table.rows
    return widths, [_height(row, widths, size) for row in rows]


def size_in(tables: Sequence[tuple[Table, Area]], least: float = 0) -> float | None:
    """The largest size of words, ``least`` or more, with which all ``tables`` find room; None where none does."""
    sizes = [size for size in SIZES if size >= least and all(_fits(table, area, size) for table, area in tables)]
    # Rather a little smaller than some rows in two lines.
    calm = (size for size in sizes if size >= READABLE and all(_is_calm(table, area, size) for table, area in tables))
    return next(calm, sizes[0] if sizes else None)


def _is_calm(table: Table, area: Area, size: float) -> bool:
    """Whether each row has one line."""
    _, heights = _laid(table, area, size)
    return max(heights) - min(heights) < ROUNDING


def _fits(table: Table, area: Area, size: float) -> bool:
    whole = _widths(table, size, area.width / PER_POINT) is not None
    return whole and sum(_laid(table, area, size)[1]) <= area.height / PER_POINT


def pages(table: Table, area: Area) -> Iterator[Table]:
    """``table`` in as few parts as find room in ``area``, each as long as the others."""
    room = area.width / PER_POINT
    size = next((size for size in SIZES if size <= READABLE and _widths(table, size, room)), SIZES[-1])
    _, heights = _laid(table, area, size)
    head = heights[0] if table.header else 0.0
    own = heights[1:] if table.header else heights
    room = area.height / PER_POINT - head
    number = max(1, ceil(sum(own) / room))
    while True:
        target = sum(own) / number
        parts: list[list[int]] = [[]]
        filled_to = 0.0
        for index, height in enumerate(own):
            if parts[-1] and (filled_to + height > room or (filled_to + height / 2 > target and len(parts) < number)):
                parts.append([])
                filled_to = 0.0
            parts[-1].append(index)
            filled_to += height
        if len(parts) <= number:
            break
        number = len(parts)
    for part in parts:
        strong = frozenset(place for place, index in enumerate(part) if index in table.strong)
        yield replace(table, rows=tuple(table.rows[index] for index in part), strong=strong)


def written(table: Table, area: Area, size: float, number: int) -> str:
    """The markup of ``table`` at the top of ``area``."""
    widths, heights = _laid(table, area, size)
    columns = "".join(f'<a:gridCol w="{round(width * PER_POINT)}"/>' for width in widths)
    rows = (table.header, *table.rows) if table.header else table.rows
    body = ""
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        is_head = bool(table.header) and not index
        strong = is_head or index - bool(table.header) in table.strong
        cells = "".join(
            _cell(cell, size, strong=strong, head=is_head, right=column in table.right)
            for column, cell in enumerate(row)
        )
        body += f'<a:tr h="{round(height * PER_POINT)}">{cells}</a:tr>'
    first = ' firstRow="1"' if table.header else ""
    place = (
        f'<p:xfrm><a:off x="{area.left}" y="{area.top}"/><a:ext cx="{round(sum(widths) * PER_POINT)}" '
        f'cy="{round(sum(heights) * PER_POINT)}"/></p:xfrm>'
    )
    name = table.title or "Table"
    return (
        f"<p:graphicFrame><p:nvGraphicFramePr>{properties(number, name, name)}<p:cNvGraphicFramePr>"
        '<a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
        f'{place}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl>'
        f"<a:tblPr{first}><a:tableStyleId>{NO_STYLE}</a:tableStyleId></a:tblPr><a:tblGrid>{columns}</a:tblGrid>{body}"
        "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )


def _cell(text: str, size: float, *, strong: bool, head: bool, right: bool) -> str:
    bold = ' b="1"' if strong else ""
    said = run(text, filled(Paint(INK)), f' sz="{round(size * 100)}"{bold}') if text else ""
    end = "" if text else f'<a:endParaRPr sz="{round(size * 100)}"/>'
    share, width = (0.75, 15_875) if head else (0.18, 6_350)
    line = f'<a:lnB w="{width}">{filled(Paint(INK, share))}</a:lnB>'
    sides = round(PAD * PER_POINT)
    ends = round(ABOVE * PER_POINT)
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:p><a:pPr algn="{"r" if right else "l"}"/>{said}{end}</a:p></a:txBody>'
        f'<a:tcPr marL="{sides}" marR="{sides}" marT="{ends}" marB="{ends}" anchor="ctr">'
        f"<a:lnL><a:noFill/></a:lnL><a:lnR><a:noFill/></a:lnR><a:lnT><a:noFill/></a:lnT>{line}<a:noFill/></a:tcPr></a:tc>"
    )


def size_of_points(points: Points, area: Area) -> float:
    """The largest size with which ``points`` find room in ``area``, the least there is where none does."""
    return next((size for size in SIZES if _tall(points, area, size) <= area.height / PER_POINT), SIZES[-1])


def _tall(points: Points, area: Area, size: float) -> float:
    lines = sum(len(wrap(point.text, size * AIR, 400, area.width / PER_POINT)) for point in points.points)
    return (lines * SINGLE + ROOM_OF_A_LINE * len(points.points)) * size
