"""A table of what differs: a row for each difference with the values of all models and signs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archdraw.fonts import MIDDLE, text_width
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
NARROW_NAME, BLOCKS_BETWEEN = 210.0, 40.0
"""Room for what a row is called in a table beside the columns, and px between two such tables."""
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
    name: float = NAME

    @property
    def value(self) -> float:
        return (self.width - self.name - SIGN * (self.number - 1)) / self.number

    def right(self, index: int) -> float:
        """Where the values of a model end."""
        return self.left + self.name + (index + 1) * self.value + index * SIGN - PAD

    def between(self, index: int) -> float:
        """Where the signs stand that say how the model after ``index`` differs."""
        return self.left + self.name + (index + 1) * self.value + index * SIGN + SIGN / 2

    def holds(self, row: TableRow) -> bool:
        """Whether ``row`` fits in one line."""
        room = self.value - 2 * PAD
        texts = all(text_width(value, SIZE, 600) <= room for value in row.values)
        return texts and text_width(row.name, SIZE, 400) <= self.name - PAD

    def named(self, row: TableRow) -> tuple[Row, ...]:
        return fitted(row.name, self.name - PAD, SIZE, SMALL, 400)

    def cells(self, row: TableRow) -> list[tuple[Row, ...]]:
        room = self.value - 2 * PAD
        return [fitted(value, room, SIZE, SMALL, 600 if index else 500) for index, value in enumerate(row.values)]

    def height(self, row: TableRow) -> float:
        return LINE * max(len(self.named(row)), *map(len, self.cells(row))) + ROW_PAD

    def head(self, names: Sequence[str]) -> list[tuple[Row, ...]]:
        return [fitted(name, self.value - PAD, SIZE, SMALL, 600) for name in names]


@record
class Part:
    """Some rows below a head of their own, ``top`` px below where the whole table begins."""

    columns: _Columns
    rows: tuple[TableRow, ...]
    names: tuple[str, ...]
    top: float

    @property
    def head(self) -> float:
        return LINE * max(map(len, self.columns.head(self.names))) + RULE

    @property
    def bottom(self) -> float:
        return self.top + self.head + sum(map(self.columns.height, self.rows))


def least_value(names: Sequence[str]) -> float:
    """The width of a model's column in which no word of ``names`` is broken."""
    words = (word for name in names for word in name.split())
    return PAD + 1 + max((text_width(word, SMALL, 600) for word in words), default=0.0)


def below(rows: Sequence[TableRow], names: Sequence[str], width: float) -> tuple[Part, ...]:
    """``rows`` across ``width`` px, for models of these ``names``.

    Two models have two tables side by side for what is short, below one of the whole width for what is not.
    """
    whole = _Columns(0, width, len(names))
    if not rows:
        return ()
    if len(names) != 2:
        return (Part(whole, tuple(rows), tuple(names), 0),)
    half = (width - BETWEEN) / 2
    halves = [_Columns(0, half, 2), _Columns(half + BETWEEN, half, 2)]
    short = [row for row in rows if halves[0].holds(row)]
    long = [row for row in rows if not halves[0].holds(row)]
    found = [Part(whole, tuple(long), tuple(names), 0)] if long else []
    top = found[0].bottom + BETWEEN if found else 0
    middle = (len(short) + 1) // 2
    found += [
        Part(columns, tuple(part), tuple(names), top)
        for part, columns in zip((short[:middle], short[middle:]), halves, strict=True)
        if part
    ]
    return tuple(found)


def in_blocks(rows: Sequence[TableRow], names: Sequence[str], width: float, blocks: int) -> tuple[Part, ...]:
    """``rows`` in so many tables side by side of about one height, each ``width`` px wide, read one after the other."""
    found: list[Part] = []
    left = list(rows)
    for block in range(blocks):
        columns = _Columns(block * (width + BLOCKS_BETWEEN), width, len(names), NARROW_NAME)
        share = sum(map(columns.height, left)) / (blocks - block)
        taken, height = 0, 0.0
        while taken < len(left) and height < share - 0.01:
            height += columns.height(left[taken])
            taken += 1
        if taken:
            found.append(Part(columns, tuple(left[:taken]), tuple(names), 0))
        left = left[taken:]
    return tuple(found)


def height(parts: Sequence[Part]) -> float:
    """From the top of the heads to the end of the last row."""
    return max((part.bottom for part in parts), default=0.0)


def rows_height(parts: Sequence[Part]) -> float:
    """The heights of all rows together: the lower, the fewer lines are broken."""
    return sum(part.columns.height(row) for part in parts for row in part.rows)


def paint(canvas: Canvas, parts: Sequence[Part], headings: Sequence[Heading], left: float, top: float) -> float:
    """The table from ``left`` and ``top`` on; returns where it ends."""
    for part in parts:
        _paint(canvas, part, headings, left, top + part.top)
    return top + height(parts)


@section("table")
def _paint(canvas: Canvas, part: Part, headings: Sequence[Heading], left: float, top: float) -> None:
    theme = canvas.theme
    columns = replace(part.columns, left=part.columns.left + left)
    names = columns.head(part.names)
    lines = max(map(len, names))
    for index, (heading, name) in enumerate(zip(headings, names, strict=True)):
        _lines(canvas, name, columns.right(index), top + LINE * (lines - len(name)), heading.colour, "end")
    y = top + part.head
    canvas.line(
        (columns.left, y), (columns.left + columns.width, y), stroke=theme.container_border, width=1.5, kind="rule"
    )
    for number, row in enumerate(part.rows):
        height = columns.height(row)
        if number % 2:
            canvas.rect(
                columns.left, y, columns.width, height, fill=theme.band, radius=0, kind="ground", layer="ground"
            )
        with canvas.group("", f"{row.name}: {', '.join(row.values)}"):
            _centred(canvas, columns.named(row), columns.left + PAD, y, height, "start")
            for index, cell in enumerate(columns.cells(row)):
                _centred(canvas, cell, columns.right(index), y, height, "end")
        for index, sign in enumerate(row.signs):
            if sign:
                signs.paint(canvas, columns.between(index), y + height / 2, sign, SIGN_SIZE)
        y += height


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
