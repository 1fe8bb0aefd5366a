"""What the colours and the signs of a plate mean: samples with words, in a grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archdraw.fonts import LINE_HEIGHT, MIDDLE
from archdraw.layout.canvas import UNKNOWN_DASH, Canvas
from archdraw.layout.diagram.text import fitted
from archdraw.layout.plate.strip import hatch
from archdraw.layout.sections import section
from archdraw.records import record
from archdraw.scene import Circle, Line, Point, Rect, rounded

SAMPLE, SAMPLE_HEIGHT, SAMPLE_GAP = 30.0, 17.0, 8.0
WORDS, LEAST_WORDS = 10.0, 9.4
ROW = 28.0
AIR = 12.0
"""Between the words of a cell and the next cell."""

HEAD = 6.0
"""The length of an arrow head, px of a sign."""


@record
class Entry:
    """``words`` for the colours of a ``role``, or for a ``sign``: a name in :data:`SIGNS`."""

    words: str
    role: str = ""
    sign: str = ""


@record
class Group:
    """Entries with a name that stands before them."""

    name: str
    entries: tuple[Entry, ...]


@record
class Pen:
    """Draws a sample around (``x``, ``y``), one px of it ``unit`` px long."""

    canvas: Canvas
    x: float
    y: float
    unit: float

    def at(self, x: float, y: float) -> Point:
        return rounded(self.x + x * self.unit), rounded(self.y + y * self.unit)

    def line(
        self, *points: Point, width: float = 1.4, colour: str = "", radius: float = 0, arrow: bool = False
    ) -> None:
        places, head = tuple(self.at(*point) for point in points), HEAD * self.unit if arrow else 0
        stroke = colour or self.canvas.theme.edge
        self.canvas.add(Line(places, stroke, rounded(width * self.unit), radius * self.unit, (), "rule", head))

    def box(self, x: float, y: float, width: float, height: float, role: str, *, radius: float = 3) -> None:
        """A box with its middle at (``x``, ``y``)."""
        paint, unit = self.canvas.theme.paint(role), self.unit
        left, top = self.at(x - width / 2, y - height / 2)
        stroke = rounded(1.1 * unit)
        size = (rounded(width * unit), rounded(height * unit), rounded(radius * unit))
        dash = tuple(rounded(length * unit / 2) for length in UNKNOWN_DASH) if role == "unknown" else ()
        self.canvas.add(Rect(left, top, *size, paint.fill, paint.border, stroke, "mark", dash))

    def disc(self, x: float, y: float, radius: float, fill: str, border: str | None = None) -> None:
        stroke = rounded(1.1 * self.unit) if border else 0
        place, size = self.at(x, y), rounded(radius * self.unit)
        self.canvas.add(Circle(*place, size, fill, border, stroke, "mark" if border else "dot"))


def _node(pen: Pen, strokes: tuple[tuple[Point, Point], ...]) -> None:
    paint = pen.canvas.theme.paint("plain")
    pen.disc(0, 0, 8, paint.fill, paint.border)
    for start, end in strokes:
        pen.line(start, end, colour=paint.border, width=1.2)


def _sum(pen: Pen) -> None:
    _node(pen, (((-4.5, 0), (4.5, 0)), ((0, -4.5), (0, 4.5))))


def _product(pen: Pen) -> None:
    _node(pen, (((-3.3, -3.3), (3.3, 3.3)), ((-3.3, 3.3), (3.3, -3.3))))


def _tap(pen: Pen) -> None:
    pen.line((-15, 4), (15, 4), arrow=True)
    pen.line((-4, 4), (-4, -8))
    pen.disc(-4, 4, 2.8, pen.canvas.theme.edge)


def _chip(pen: Pen) -> None:
    pen.box(-10.5, 0, 9, 8, "position", radius=2)
    pen.box(8, 0, 14, 15, "attention", radius=2)
    pen.line((-6, 0), (1, 0), width=1.2)


def _letter(pen: Pen) -> None:
    theme = pen.canvas.theme
    pen.line((-15, 0), (-8, 0), colour=theme.zoom, width=1.2)
    pen.line((8, 0), (15, 0), colour=theme.zoom, width=1.2)
    pen.disc(0, 0, 8, theme.page, pen.canvas.accent)
    x, y = pen.at(0, MIDDLE * 10)
    pen.canvas.text(x, y, "A", rounded(10 * pen.unit), 600, anchor="middle")


def _bracket(pen: Pen) -> None:
    pen.line((-9, -8.5), (-13, -8.5), (-13, 8.5), (-9, 8.5), colour=pen.canvas.accent)
    pen.box(4, 0, 20, 15, "plain", radius=3)


def _folded(pen: Pen) -> None:
    pen.box(-6, 0, 16, 12, "auxiliary", radius=3)
    pen.line((2, 0), (15, 0), width=1.2)


def _grid(pen: Pen) -> None:
    for row in range(2):
        for column in range(5):
            role = "expert_active" if (row, column) in ((0, 1), (1, 3)) else "expert_idle"
            pen.box(-12 + 6 * column, -3.2 + 6.4 * row, 4.2, 4.6, role, radius=0.8)


def _layers(pen: Pen) -> None:
    """Cells of a strip: a sliding layer twice, then one of full attention, with their feed forwards."""
    theme, unit = pen.canvas.theme, pen.unit
    for column in range(3):
        full = column == 2
        height = 11.0 if full else 7.0
        left, top = pen.at(-12 + 8.4 * column, 2 - height)
        size = rounded(7 * unit), rounded(height * unit)
        paint = theme.paint("attention" if full else "sliding")
        pen.canvas.rect(left, top, *size, fill=paint.fill, radius=0, kind="mark")
        if not full:
            hatch(pen.canvas, left, top, *size, paint.text)
        pen.box(-8.5 + 8.4 * column, 6, 7, 4, "feed_forward", radius=0.8)


def _dashed(pen: Pen) -> None:
    pen.box(0, 0, SAMPLE - 2, SAMPLE_HEIGHT - 2, "unknown")


SIGNS: Mapping[str, Callable[[Pen], None]] = {
    "sum": _sum,
    "product": _product,
    "tap": _tap,
    "chip": _chip,
    "letter": _letter,
    "bracket": _bracket,
    "folded": _folded,
    "grid": _grid,
    "layers": _layers,
    "dashed": _dashed,
}
"""How each sign looks, drawn small."""


def rows(groups: Sequence[Group], columns: int) -> int:
    """How many rows ``groups`` take in so many columns."""
    return max((row + 1 for row, _, _ in _cells(groups, columns)), default=0)


def _cells(groups: Sequence[Group], columns: int) -> list[tuple[int, int, Entry | str]]:
    """Row and column of every heading and entry: a heading at the left of its entries, or above a single column."""
    cells: list[tuple[int, int, Entry | str]] = []
    row = 0
    for group in groups:
        cells.append((row, 0, group.name))
        if columns == 1:
            row += 1
        for index, entry in enumerate(group.entries):
            below, across = divmod(index, max(1, columns - 1))
            cells.append((row + below, min(1, columns - 1) + across, entry))
        row = cells[-1][0] + 1
    return cells


@section("legend")
def paint(
    canvas: Canvas, groups: Sequence[Group], left: float, top: float, pitch: float, columns: int, unit: float
) -> None:
    """``groups`` in ``columns`` cells of ``pitch`` px from (``left``, ``top``) down; sizes are times ``unit``."""
    for row, column, entry in _cells(groups, columns):
        x, middle = left + column * pitch, top + (row + 0.5) * ROW * unit
        room = pitch - AIR * unit
        words, weight = (entry, 700) if isinstance(entry, str) else (entry.words, 400)
        with canvas.group("", words):
            if isinstance(entry, Entry):
                pen = Pen(canvas, x + SAMPLE * unit / 2, middle, unit)
                if entry.sign:
                    SIGNS[entry.sign](pen)
                else:
                    pen.box(0, 0, SAMPLE - 2, SAMPLE_HEIGHT - 2, entry.role)
                x += (SAMPLE + SAMPLE_GAP) * unit
                room -= (SAMPLE + SAMPLE_GAP) * unit
            lines = fitted(words, room, WORDS * unit, LEAST_WORDS * unit, 700 if weight == 700 else 400)
            y = middle - (len(lines) - 1) * WORDS * unit * LINE_HEIGHT / 2
            for line in lines:
                canvas.text(x, y + MIDDLE * line.size, line.text, rounded(line.size), line.weight, phrase=line.phrase)
                y += WORDS * unit * LINE_HEIGHT
