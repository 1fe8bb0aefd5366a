"""Where everything on a sheet of many pictures comes to stand.

All sizes of the sheet's own words grow with its width, so that its headings can be read when all of it is seen; the
pictures on it stay as they are, to be read from near.
"""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from math import log, sqrt

from archdraw.fonts import LINE_HEIGHT, Weight, text_width
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.sheet import legend
from archdraw.layout.sheet.sections import Flow
from archdraw.records import record
from archdraw.scene import Scene

ISO = sqrt(2)
"""Height to width of a sheet by ISO 216."""
UNITS_ACROSS = 2400.0
"""Sizes of the sheet's own words and spaces are in units, so many across the sheet."""
LEAST_UNIT = 1.65
"""Px of a unit on a small sheet: its smallest words are then as large as those of the pictures."""
MARGIN, GAP, PAD = 34.0, 8.0, 6.0
TITLE, SUBTITLE, HEADING, LETTER = 60.0, 22.0, 21.0, 24.0
HEAD, LETTERS, BLOCK = 128.0, 40.0, 26.0
"""Heights: of the header, of the row of the columns' letters; and the space between two parts of the sheet."""
ENTRY, INDEX_ROW, INDEX_GAP, PLACE = 10.0, 14.5, 9.0, 30.0
TITLE_LEFT = 26.0
LEAST_LINES = 5
"""Of a column of the index, headings included."""
LEAST_PITCH = 190.0
"""Of the columns of the index and of the legend, whose words then take two lines at most."""
LEAST_BESIDE = 5
"""Columns that the legend needs to stand beside the title."""
FOOT = 46.0
ABOVE, BELOW, BAR, BAR_ROOM = 7.0, 7.0, 5.0, 13.0
"""Around a heading, and the accent bar before it."""
MOST_STEPS = 40
"""In which a sheet is made wider: wider words make it higher again, by less each time."""
STRETCH = 3.0
"""A gap between columns grows to so many times its size where the sheet is wider than they are."""
TOO_TALL = 3.0
"""How much farther from the wanted ratio a sheet that is too tall is."""


@record
class Tile:
    """One picture on the sheet: ``name`` stands in the index, ``path`` names it to links, ``title`` is its tooltip."""

    path: str
    name: str
    title: str
    scene: Scene


@record
class Section:
    """Pictures under a heading; ``accent`` is one of the theme's, None for a neutral one."""

    name: str
    accent: int | None
    tiles: tuple[Tile, ...]


@record
class Sheet:
    """All that a sheet shows; no section is empty."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    legend: tuple[legend.Group, ...]
    footer: str
    description: str


@record
class Plan:
    """Where everything comes to stand, for columns of which there are at most ``most``, with units of ``unit`` px."""

    sheet: Sheet
    most: int
    unit: float
    across: float = 0.0
    """Width that is to be filled, where the columns need less."""

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(tile for section in self.sheet.sections for tile in section.tiles)

    @cached_property
    def sections(self) -> tuple[int, ...]:
        return tuple(number for number, section in enumerate(self.sheet.sections) for _ in section.tiles)

    @cached_property
    def headings(self) -> tuple[tuple[Row, ...], ...]:
        """The lines of each section's heading, none wider than the widest picture."""
        widest, size = max(tile.scene.width for tile in self.tiles), HEADING * self.unit
        room = widest - BAR_ROOM * self.unit
        return tuple(fitted(section.name, room, size, size - 1, 700) for section in self.sheet.sections)

    @cached_property
    def flow(self) -> Flow:
        unit = self.unit
        heads = [(len(heading) * HEADING * LINE_HEIGHT + ABOVE + BELOW) * unit for heading in self.headings]
        heights = [tile.scene.height for tile in self.tiles]
        # What a band has below its last picture is part of the space between two bands.
        return Flow(heights, self.sections, heads, GAP * unit, (PAD + GAP) * unit)

    @cached_property
    def columns(self) -> tuple[range, ...]:
        return self.flow.columns(self.most)

    @cached_property
    def widths(self) -> tuple[float, ...]:
        """Of the bands of each column: as its widest picture or heading."""
        return tuple(
            max(max(self.tiles[index].scene.width, self._heading_width(self.sections[index])) for index in column)
            + 2 * PAD * self.unit
            for column in self.columns
        )

    def _heading_width(self, section: int) -> float:
        return BAR_ROOM * self.unit + max(row.width for row in self.headings[section])

    @cached_property
    def natural(self) -> float:
        """The width that the columns need."""
        return sum(self.widths) + (len(self.widths) - 1) * GAP * self.unit + 2 * MARGIN * self.unit

    @property
    def width(self) -> float:
        return max(self.natural, self.across)

    @property
    def gutter(self) -> float:
        """Between two columns."""
        slack = self.width - self.natural
        return GAP * self.unit + min(slack / max(1, len(self.columns) - 1), STRETCH * GAP * self.unit)

    @property
    def lefts(self) -> tuple[float, ...]:
        """Where the bands begin; what is not needed between them is left and right of them."""
        needed = sum(self.widths) + (len(self.widths) - 1) * self.gutter
        starts = accumulate((width + self.gutter for width in self.widths[:-1]), initial=(self.width - needed) / 2)
        return tuple(starts)

    @cached_property
    def body(self) -> float:
        """Height of the tallest column."""
        return max(self.flow.height(column) for column in self.columns) + PAD * self.unit

    @cached_property
    def index_columns(self) -> int:
        """As many columns of the index, and of the legend, as the longest name leaves room for."""
        names = [text_width(tile.name, ENTRY * self.unit, 400) for tile in self.tiles]
        names += [text_width(section.name, ENTRY * self.unit, 700) for section in self.sheet.sections]
        room = self.width - 2 * MARGIN * self.unit
        return max(1, int(room / max(max(names) + (PLACE + 18) * self.unit, LEAST_PITCH * self.unit)))

    @property
    def pitch(self) -> float:
        return (self.width - 2 * MARGIN * self.unit) / self.index_columns

    @cached_property
    def index(self) -> Flow:
        unit, number = self.unit, len(self.tiles)
        heads = [INDEX_ROW * unit] * len(self.sheet.sections)
        return Flow([INDEX_ROW * unit] * number, self.sections, heads, 0.0, INDEX_GAP * unit)

    @cached_property
    def legend_column(self) -> int:
        """The column of the index over which the legend begins: right of the title, or 0, below it."""
        titles: tuple[tuple[str, float, Weight], ...] = (
            (self.sheet.title, TITLE, 700),
            (self.sheet.subtitle, SUBTITLE, 400),
        )
        widest = max(text_width(text, size * self.unit, weight) for text, size, weight in titles)
        column = int((widest + (TITLE_LEFT + 60) * self.unit) / self.pitch) + 1
        return column if self.index_columns - column >= LEAST_BESIDE else 0

    @property
    def legend_columns(self) -> int:
        return self.index_columns - self.legend_column

    @cached_property
    def index_places(self) -> tuple[range, ...]:
        """The names in each column of the index; a few names are not torn apart."""
        lines = len(self.tiles) + len(self.sheet.sections)
        return self.index.columns(min(self.index_columns, -(-lines // LEAST_LINES)))

    @property
    def legend_top(self) -> float:
        return (MARGIN + (0 if self.legend_column else HEAD)) * self.unit

    @property
    def index_top(self) -> float:
        rows = legend.rows(self.sheet.legend, self.legend_columns)
        below = self.legend_top + (rows * legend.ROW + (BLOCK if rows else 0)) * self.unit
        return max((MARGIN + HEAD) * self.unit, below)

    @cached_property
    def body_top(self) -> float:
        height = max(self.index.height(column) for column in self.index_places)
        return self.index_top + height + (BLOCK + LETTERS) * self.unit

    @property
    def height(self) -> float:
        return self.body_top + self.body + FOOT * self.unit


def planned(sheet: Sheet, columns: int) -> Plan:
    """The plan of so many columns, its words as large as the width that it comes to have asks for."""
    plan = Plan(sheet, columns, LEAST_UNIT)
    for _ in range(3):
        plan = Plan(sheet, columns, max(LEAST_UNIT, plan.width / UNITS_ACROSS))
    return plan


def filled(plan: Plan, ratio: float) -> Plan:
    """``plan`` made so wide that it is no higher than ``ratio`` allows."""
    for _ in range(MOST_STEPS):
        if plan.height <= ratio * plan.width + 1:
            break
        across = plan.height / ratio
        plan = Plan(plan.sheet, plan.most, max(LEAST_UNIT, across / UNITS_ACROSS), across)
    return plan


def nearest(sheet: Sheet, ratio: float) -> Plan:
    """The plan that comes nearest to ``ratio``."""
    best, number = None, sum(len(section.tiles) for section in sheet.sections)
    for columns in range(1, number + 1):
        plan = planned(sheet, columns)
        if best is None or _distance(plan, ratio) < _distance(best, ratio):
            best = plan
        if plan.height < ratio * plan.width:
            break
    assert best is not None
    return best


def _distance(plan: Plan, ratio: float) -> float:
    """How far ``plan`` is from ``ratio``: a sheet that is too tall is farther than one that is too wide."""
    apart = log(plan.height / plan.width / ratio)
    return max(TOO_TALL * apart, -apart)
