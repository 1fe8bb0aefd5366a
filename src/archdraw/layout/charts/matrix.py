"""Rows of cells over columns in groups: what has what, who was first, and how many in all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted, paint_rows, rows_height
from archdraw.layout.sections import section
from archdraw.records import record
from archdraw.scene import LEAST_TEXT, Scene, rounded
from archdraw.theme import Theme


@record
class Column:
    """One column; those of one ``group`` stand together under its name. A ``label`` is written above all cells."""

    group: str
    label: str = ""


@record
class Cell:
    """What a row has in a column: a cell filled to ``share`` (0 to 1), ``strong`` where it is the first of its row.

    ``text`` stands beside the filled part where columns are wide.
    """

    column: int
    share: float
    title: str
    href: str = ""
    strong: bool = False
    text: str = ""


@record
class Slot:
    """A small bar of the summary at the right, filled to ``share``."""

    share: float
    title: str


@record
class Row:
    """One row. ``note`` stands at the left of its first cell and leads to ``note_href``, ``total`` at the right."""

    path: str
    label: str
    title: str
    role: str
    cells: tuple[Cell, ...]
    total: str
    note: str = ""
    note_href: str = ""
    slots: tuple[Slot, ...] = ()


@record
class Section:
    """Rows about one thing."""

    title: str
    rows: tuple[Row, ...]


@record
class Matrix:
    """A whole picture. ``pitch`` is the least width of a column; ``total`` heads the totals, ``slots`` their bars.

    ``slot_ends`` are the words above the first and the last bar. Cells are bars of their ``shares``, or all alike but
    for the first of a row.
    """

    name: str
    subtitle: tuple[str, ...]
    columns: tuple[Column, ...]
    pitch: float
    sections: tuple[Section, ...]
    total: str
    slots: str
    slot_ends: tuple[str, str]
    footer: tuple[str, ...]
    description: str
    shares: bool = False


RATIOS = (1.45, 1.35, 1.27, 1.2)
"""From row to row, in sizes of the text: the widest that does not make the page so high that its text is too small."""
LARGEST, STEP = 26.0, 0.25
GAP, AIR, CELL_GAP = 8.0, 14.0, 2.0
"""Between two groups, between words and cells, between two cells."""
SLOT, SLOT_GAP = 12.0, 3.0
HALF, STRONG = 0.48, 0.84
"""How high cells are, in rows: usual ones, and the first of its row. Shares are drawn in the height of strong ones."""
WIDEST = 200.0
"""Of a column with words above it."""
WIDTH = 1224.0
THINNEST = 1.0
"""Px that a small share takes at least, so that few and none differ."""


def draw(picture: Matrix, theme: Theme) -> Scene:
    """The picture, at the smallest size of text that its page allows."""
    plan = next(
        (plan for plan in _plans(picture) if plan.size >= LEAST_TEXT * min(plan.width, plan.height)),
        _Plan(picture, LARGEST, RATIOS[-1]),
    )
    canvas = Canvas(theme)
    page.header(canvas, picture.name, picture.subtitle, plan.width)
    _heads(canvas, plan)
    y, number = plan.top, 0
    for part in picture.sections:
        y += plan.heading
        with canvas.section("rows"):
            canvas.text(page.MARGIN, y - 0.55 * plan.size, part.title, plan.size + 2, 700)
            for row in part.rows:
                if number % 2 == 0:
                    _ground(canvas, plan, y)
                _row(canvas, plan, row, y)
                y += plan.row
                number += 1
    height = page.footer(canvas, picture.footer, plan.width, y, size=plan.size)
    return canvas.scene(plan.width, height, picture.name, picture.description)


def _plans(picture: Matrix) -> Iterator[_Plan]:
    for ratio in RATIOS:
        yield _Plan(picture, SMALL, ratio)
    size = SMALL
    while size <= LARGEST:
        size += STEP
        yield _Plan(picture, size, RATIOS[-1])


class _Plan:
    """Where everything stands at one size of text, with rows ``ratio`` times as high."""

    def __init__(self, picture: Matrix, size: float, ratio: float) -> None:
        self.pitch = picture.pitch
        self._laid(picture, size, ratio)
        room = WIDTH - page.MARGIN - self.end
        if self.head and room > 0:
            # A page is not narrower than this: columns with words take what is free.
            self.pitch = min(WIDEST, self.pitch + room / len(picture.columns))
            self._laid(picture, size, ratio)

    def _laid(self, picture: Matrix, size: float, ratio: float) -> None:
        self.picture, self.size, self.row, self.heading = picture, size, size * ratio, 2.1 * size
        rows = [row for section in picture.sections for row in section.rows]
        self.names = max((text_width(row.label, size, 500) for row in rows), default=0.0)
        self.labels = [fitted(column.label, self.pitch - 8, size, size, 500) for column in picture.columns]
        self.head = max((rows_height(label) for label in self.labels), default=0.0)
        offsets = list(self._offsets())
        gutter = max(
            (text_width(row.note, size, 400) + AIR - offsets[row.cells[0].column] for row in rows if row.note),
            default=0.0,
        )
        self.left = page.MARGIN + self.names + AIR + max(AIR, gutter)
        self.at = [self.left + offset for offset in offsets]
        self.groups = list(self._groups())
        self.right = self.groups[-1][2] if self.groups else self.left
        self.totals = (
            self.right
            + AIR
            + max(
                text_width(picture.total, size, 400),
                max((text_width(row.total, size, 500) for row in rows), default=0.0),
            )
        )
        number = max((len(row.slots) for row in rows), default=0)
        self.slots = self.totals + 1.5 * AIR
        words = text_width(picture.slots, size, 400) if number else 0.0
        beside = max(number * (SLOT + SLOT_GAP), words) + 1.5 * AIR if number else 0.0
        self.end = self.totals + beside
        self.width = rounded(max(WIDTH, self.end + page.MARGIN))
        self.top = page.HEADER + self.head + 1.6 * size
        self.height = (
            self.top + len(picture.sections) * self.heading + len(rows) * self.row + page.FOOTER + page.BELOW + 20
        )

    @property
    def slot_pitch(self) -> float:
        number = max(len(row.slots) for section in self.picture.sections for row in section.rows)
        return (self.end - self.slots) / number

    def _sizes(self) -> Iterator[tuple[str, int, float]]:
        """Each group with how many columns it has, and its width: wide enough for its name."""
        for name, members in groupby(self.picture.columns, key=lambda column: column.group):
            number = len(list(members))
            yield name, number, max(number * self.pitch, text_width(name, self.size, 600) + 4 if name else 0)

    def _offsets(self) -> Iterator[float]:
        """The left side of the cells of each column, from the left side of the first group."""
        left = 0.0
        for _, number, width in self._sizes():
            slot = width / number
            for index in range(number):
                yield left + index * slot + (slot - self.pitch + CELL_GAP) / 2
            left += width + GAP

    def _groups(self) -> Iterator[tuple[str, float, float]]:
        """Each group's name, and from where to where it goes."""
        left = self.left
        for name, _, width in self._sizes():
            yield name, left, left + width
            left += width + GAP


@section("heads")
def _heads(canvas: Canvas, plan: _Plan) -> None:
    """The names of groups and columns, and what the summary is."""
    theme, size, picture = canvas.theme, plan.size, plan.picture
    baseline = plan.top
    for name, left, right in plan.groups:
        # Centred over its columns: a name is as wide as its group at most.
        canvas.text((left + right) / 2, baseline - plan.head, name, size, 600, anchor="middle")
    for words, at in zip(plan.labels, plan.at, strict=True):
        middle = at + (plan.pitch - CELL_GAP) / 2
        paint_rows(canvas, words, middle, baseline + 4 - rows_height(words) / 2, theme.ink)
    canvas.text(plan.totals, baseline, picture.total, size, 400, fill=theme.muted, anchor="end")
    if any(row.slots for section in picture.sections for row in section.rows):
        canvas.text(plan.slots, baseline - 1.3 * size, picture.slots, size, 400, fill=theme.muted)
        first, last = picture.slot_ends
        canvas.text(plan.slots, baseline, first, size, 400, fill=theme.muted)
        if last != first:
            canvas.text(plan.end, baseline, last, size, 400, fill=theme.muted, anchor="end")


def _ground(canvas: Canvas, plan: _Plan, y: float) -> None:
    """The band of every other row, cut between groups."""
    stretches = [(page.MARGIN - 8, plan.left - GAP), *((left, right) for _, left, right in plan.groups)]
    stretches.append((plan.right + GAP, plan.end + 8))
    for left, right in stretches:
        canvas.rect(left, y, right - left, plan.row, fill=canvas.theme.band, radius=0, kind="ground", layer="ground")


def _row(canvas: Canvas, plan: _Plan, row: Row, y: float) -> None:
    theme, size = canvas.theme, plan.size
    baseline = y + plan.row / 2 + MIDDLE * size
    colour = theme.strong(row.role)
    with canvas.group(row.path, row.title):
        canvas.text(page.MARGIN, baseline, row.label, size, 500)
        if row.note:
            with canvas.group("", row.note, row.note_href):
                canvas.text(
                    plan.at[row.cells[0].column] - 6, baseline, row.note, size, 400, fill=theme.muted, anchor="end"
                )
        for cell in row.cells:
            with canvas.group("", cell.title, cell.href):
                _cell(canvas, plan, cell, y, colour)
        canvas.text(plan.totals, baseline, row.total, size, 500, anchor="end")
        ground = theme.faint(theme.container_border, 0.22)
        for number, slot in enumerate(row.slots):
            left, height = plan.slots + number * plan.slot_pitch, STRONG * plan.row
            bottom, width = y + (plan.row + height) / 2, plan.slot_pitch - SLOT_GAP
            with canvas.group("", slot.title):
                canvas.rect(left, bottom - height, width, height, fill=ground, radius=0, kind="mark")
                if slot.share:
                    filled = max(THINNEST, height * slot.share)
                    canvas.rect(left, bottom - filled, width, filled, fill=colour, radius=0, kind="mark")


def _cell(canvas: Canvas, plan: _Plan, cell: Cell, y: float, colour: str) -> None:
    pitch, left = plan.pitch, plan.at[cell.column]
    width = pitch - CELL_GAP
    if cell.text:
        # A bar of the share, and the words at its right.
        width = 0.36 * pitch
        words = text_width(cell.text, plan.size, 400)
        left += (pitch - CELL_GAP - width - 6 - words) / 2
        baseline = y + plan.row / 2 + MIDDLE * plan.size
        canvas.text(left + width + 6, baseline, cell.text, plan.size, 600 if cell.strong else 400)
    elif plan.head:
        width = min(width, 2 * plan.row)
        left += (pitch - CELL_GAP - width) / 2
    height = plan.row * (STRONG if cell.strong else HALF)
    bottom = y + (plan.row + height) / 2
    if plan.picture.shares:
        height, bottom = max(THINNEST, STRONG * plan.row * cell.share), y + plan.row * (1 + STRONG) / 2
        if cell.strong and not cell.text and cell.share < 1:
            # Where the first is, the whole is shown as well.
            rest = STRONG * plan.row - height
            ground = canvas.theme.faint(canvas.theme.container_border, 0.3)
            canvas.rect(left, bottom - height - rest, width, rest, fill=ground, radius=0, kind="mark")
    canvas.rect(left, bottom - height, width, height, fill=colour, radius=1 if pitch > 6 else 0, kind="mark")
