"""A table of what differs: a row for each difference with the values of all models and signs between them."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.fonts import MIDDLE, Weight, text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.compare import signs
from archdraw.layout.compare.signs import Sign
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.sections import section
from archdraw.records import record

SIZE, LINE, ROW_PAD = 16.0, 20.0, 12.0
NAME, SIGN, PAD = 250.0, 44.0, 12.0
BETWEEN = 24.0
SIGN_SIZE = 22.0
RULE = 6.0


@record
class TableRow:
    """One difference: what it is, its value in each model, and for each two neighbours how the right one differs."""

    name: str
    values: tuple[str, ...]
    signs: tuple[Sign | None, ...]


@record
class Heading:
    """A model's name at the head of its column, in its colour."""

    name: str
    colour: str


@record
class _Columns:
    left: float
    width: float
    number: int

    @property
    def value(self) -> float:
        return (self.width - NAME - SIGN * (self.number - 1)) / self.number

    def right(self, index: int) -> float:
        """Where the values of a model end."""
        return self.left + NAME + (index + 1) * self.value + index * SIGN - PAD

    def between(self, index: int) -> float:
        """Where the signs stand that say how the model after ``index`` differs."""
        return self.left + NAME + (index + 1) * self.value + index * SIGN + SIGN / 2

    def holds(self, row: TableRow) -> bool:
        """Whether ``row`` fits in one line."""
        room = self.value - 2 * PAD
        texts = all(text_width(value, SIZE, 600) <= room for value in row.values)
        return texts and text_width(row.name, SIZE, 400) <= NAME - PAD


def paint(
    canvas: Canvas, rows: Sequence[TableRow], headings: Sequence[Heading], left: float, top: float, width: float
) -> float:
    """The table from ``left`` and ``top`` on; returns where it ends.

    Two models have two tables side by side for what is short, below one of the whole width for what is not.
    """
    whole = _Columns(left, width, len(headings))
    if len(headings) != 2:
        return _paint(canvas, rows, headings, whole, top)
    half = (width - BETWEEN) / 2
    halves = [_Columns(left, half, 2), _Columns(left + half + BETWEEN, half, 2)]
    short = [row for row in rows if halves[0].holds(row)]
    long = [row for row in rows if not halves[0].holds(row)]
    if long:
        top = _paint(canvas, long, headings, whole, top) + (BETWEEN if short else 0)
    middle = (len(short) + 1) // 2
    ends = [
        _paint(canvas, part, headings, columns, top)
        for part, columns in zip((short[:middle], short[middle:]), halves, strict=True)
        if part
    ]
    return max(ends, default=top)


@section("table")
def _paint(
    canvas: Canvas, rows: Sequence[TableRow], headings: Sequence[Heading], columns: _Columns, top: float
) -> float:
    theme = canvas.theme
    names = [fitted(heading.name, columns.value - PAD, SIZE, SMALL, 600) for heading in headings]
    lines = max(map(len, names))
    for index, (heading, name) in enumerate(zip(headings, names, strict=True)):
        _lines(canvas, name, columns.right(index), top + LINE * (lines - len(name)), heading.colour, "end")
    y = top + LINE * lines + RULE
    canvas.line(
        (columns.left, y), (columns.left + columns.width, y), stroke=theme.container_border, width=1.5, kind="rule"
    )
    for number, row in enumerate(rows):
        name = fitted(row.name, NAME - PAD, SIZE, SMALL, 400)
        cells = [_cell(value, columns.value - 2 * PAD, 600 if index else 500) for index, value in enumerate(row.values)]
        height = LINE * max(len(name), *map(len, cells)) + ROW_PAD
        if number % 2:
            canvas.rect(
                columns.left, y, columns.width, height, fill=theme.band, radius=0, kind="ground", layer="ground"
            )
        with canvas.group("", f"{row.name}: {', '.join(row.values)}"):
            _centred(canvas, name, columns.left + PAD, y, height, "start")
            for index, cell in enumerate(cells):
                _centred(canvas, cell, columns.right(index), y, height, "end")
        for index, sign in enumerate(row.signs):
            if sign:
                signs.paint(canvas, columns.between(index), y + height / 2, sign, SIGN_SIZE)
        y += height
    return y


def _cell(value: str, width: float, weight: Weight) -> tuple[Row, ...]:
    return fitted(value, width, SIZE, SMALL, weight)


def _centred(canvas: Canvas, rows: Sequence[Row], x: float, y: float, height: float, anchor: str) -> None:
    _lines(canvas, rows, x, y + (height - LINE * len(rows)) / 2, canvas.theme.ink, anchor)


def _lines(canvas: Canvas, rows: Sequence[Row], x: float, top: float, fill: str, anchor: str) -> None:
    for index, row in enumerate(rows):
        baseline = top + (index + 0.5) * LINE + MIDDLE * row.size
        canvas.text(
            x,
            baseline,
            row.text,
            row.size,
            row.weight,
            fill=fill,
            anchor="end" if anchor == "end" else "start",
            phrase=row.phrase,
        )
