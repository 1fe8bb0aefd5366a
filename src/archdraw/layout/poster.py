"""A sheet of many pictures: a header, a legend, an index with places as on a map, and the pictures in columns.

All sizes of the sheet's own words grow with its width, so that its headings can be read when all of it is seen; the
pictures on it stay as they are, to be read from near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import log, sqrt

from archdraw.fonts import LINE_HEIGHT, MIDDLE, text_width
from archdraw.layout import legend
from archdraw.layout.canvas import Canvas
from archdraw.layout.columns import Flow, Run, column_name
from archdraw.layout.words import Row, fitted
from archdraw.scene import Scene, Text, moved, rounded
from archdraw.theme import Theme

ISO = sqrt(2)
"""Height to width of a sheet by ISO 216."""
UNITS_ACROSS = 2400.0
"""Sizes of the sheet's own words and spaces are in units, so many across the sheet."""
LEAST_UNIT = 1.5
"""Px of a unit on a small sheet: its smallest words are then as large as those of the pictures."""
MARGIN, GAP, PAD, CARD_RADIUS = 34.0, 8.0, 6.0, 24.0
TITLE, SUBTITLE, HEADING, LETTER = 60.0, 22.0, 21.0, 24.0
HEAD, LETTERS, BLOCK = 128.0, 40.0, 26.0
"""Heights: of the header, of the row of the columns' letters; and the space between two parts of the sheet."""
ENTRY, INDEX_ROW, INDEX_GAP, PLACE = 10.0, 14.5, 9.0, 30.0
TITLE_LEFT = 26.0
LEAST_BESIDE = 5
"""Columns that the legend needs to stand beside the title."""
FOOTER, FOOT = 10.0, 46.0
ABOVE, BELOW, BAR, BAR_ROOM = 7.0, 7.0, 5.0, 13.0
"""Around a heading, and the accent bar before it."""
NOTE, CONTINUED = 11.0, "continued"
TAG = 40.0
"""The place of a picture in its own upper right corner."""
STRETCH = 3.0
"""A gap grows to so many times its size where columns are to end level."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture on the sheet: ``name`` stands in the index, ``path`` names it to links, ``title`` is its tooltip."""

    path: str
    name: str
    title: str
    scene: Scene


@dataclass(frozen=True, slots=True)
class Section:
    """Pictures under a heading; ``accent`` is one of the theme's, None for a neutral one."""

    name: str
    accent: int | None
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a sheet shows; no section is empty."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    legend: tuple[legend.Group, ...]
    footer: str
    description: str


@dataclass(frozen=True)
class _Plan:
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
        spare = self.width - self.natural
        return GAP * self.unit + min(spare / max(1, len(self.columns) - 1), STRETCH * GAP * self.unit)

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
        return max(1, int(room / (max(names) + (PLACE + 18) * self.unit)))

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
        titles = ((self.sheet.title, TITLE, 700), (self.sheet.subtitle, SUBTITLE, 400))
        widest = max(text_width(text, size * self.unit, weight) for text, size, weight in titles)
        column = int((widest + (TITLE_LEFT + 60) * self.unit) / self.pitch) + 1
        return column if self.index_columns - column >= LEAST_BESIDE else 0

    @property
    def legend_columns(self) -> int:
        return self.index_columns - self.legend_column

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
        height = max(self.index.height(column) for column in self.index.columns(self.index_columns))
        return self.index_top + height + (BLOCK + LETTERS) * self.unit

    @property
    def height(self) -> float:
        return self.body_top + self.body + FOOT * self.unit


def draw(
    sheet: Sheet,
    theme: Theme,
    *,
    columns: int | None = None,
    ratio: float = ISO,
    printed: tuple[float, float] | None = None,
) -> Scene:
    """The scene of ``sheet``.

    It has at most so many ``columns``, else as many as bring it nearest to ``ratio``, its height by its width. On paper
    of ``printed`` px across and down it has the ratio of that.
    """
    if printed:
        ratio = printed[1] / printed[0]
    plan = _planned(sheet, columns) if columns else _nearest(sheet, ratio)
    height = plan.height
    if printed:
        for _ in range(12):
            if plan.height <= ratio * plan.width + 1:
                break
            across = plan.height / ratio
            plan = _Plan(sheet, plan.most, max(LEAST_UNIT, across / UNITS_ACROSS), across)
        height = max(plan.height, ratio * plan.width)
    canvas = Canvas(theme)
    _header(canvas, plan)
    left = MARGIN * plan.unit + plan.legend_column * plan.pitch
    legend.paint(canvas, sheet.legend, left, plan.legend_top, plan.pitch, plan.legend_columns, plan.unit)
    _index(canvas, plan)
    for number in range(len(plan.columns)):
        _column(canvas, plan, number, plan.body + height - plan.height)
    canvas.text(MARGIN * plan.unit, height - 18 * plan.unit, sheet.footer, FOOTER * plan.unit, 400, fill=theme.muted)
    return Scene(
        rounded(plan.width),
        rounded(height),
        sheet.title,
        sheet.description,
        theme.page,
        canvas.elements(),
        at_once=max(((tile.scene.width, tile.scene.height) for tile in plan.tiles), key=min),
        printed=printed,
    )


def _planned(sheet: Sheet, columns: int) -> _Plan:
    """The plan of so many columns, its words as large as the width that it comes to have asks for."""
    plan = _Plan(sheet, columns, LEAST_UNIT)
    for _ in range(3):
        plan = _Plan(sheet, columns, max(LEAST_UNIT, plan.width / UNITS_ACROSS))
    return plan


def _nearest(sheet: Sheet, ratio: float) -> _Plan:
    """The plan that comes nearest to ``ratio``."""
    best, number = None, sum(len(section.tiles) for section in sheet.sections)
    for columns in range(1, number + 1):
        plan = _planned(sheet, columns)
        if best is None or _distance(plan, ratio) < _distance(best, ratio):
            best = plan
        if plan.height < ratio * plan.width:
            break
    assert best is not None
    return best


def _distance(plan: _Plan, ratio: float) -> float:
    return abs(log(plan.height / plan.width / ratio))


def _header(canvas: Canvas, plan: _Plan) -> None:
    unit, x = plan.unit, MARGIN * plan.unit
    room = plan.width - 2 * x - 20 * unit
    canvas.rect(
        x, (MARGIN + 4) * unit, 8 * unit, 92 * unit, fill=canvas.accent, radius=4 * unit, kind="mark", layer="ground"
    )
    for told, size, weight, baseline, fill in (
        (plan.sheet.title, TITLE, 700, MARGIN + 50, canvas.theme.ink),
        (plan.sheet.subtitle, SUBTITLE, 400, MARGIN + 88, canvas.theme.muted),
    ):
        row = fitted(told, room, size * unit, 15.5, 700 if weight == 700 else 400)[0]
        canvas.text(x + TITLE_LEFT * unit, baseline * unit, row.text, rounded(row.size), row.weight, fill=fill)


def _places(plan: _Plan) -> dict[int, str]:
    """What each picture's place is called: the letter of its column, and its number there."""
    return {
        index: f"{column_name(column)}{row + 1}"
        for column, things in enumerate(plan.columns)
        for row, index in enumerate(things)
    }


def _index(canvas: Canvas, plan: _Plan) -> None:
    """All names by section, each with its place and a link to it."""
    unit, theme, places = plan.unit, canvas.theme, _places(plan)
    size = rounded(ENTRY * unit)
    for number, column in enumerate(plan.index.columns(plan.index_columns)):
        left, top = MARGIN * unit + number * plan.pitch, plan.index_top
        for run in plan.index.runs(column):
            section = plan.sheet.sections[run.section]
            fill = theme.ink if section.accent is None else theme.accent(section.accent)
            name = f"{section.name} ({CONTINUED})" if run.goes_on else section.name
            heading = fitted(name, plan.pitch - 12 * unit, size, 14, 700)[0]
            baseline = top + INDEX_ROW * unit / 2 + MIDDLE * size
            canvas.text(left, baseline, heading.text, rounded(heading.size), 700, fill=fill)
            for index in run.things:
                baseline += INDEX_ROW * unit
                tile = plan.tiles[index]
                row = fitted(tile.name, plan.pitch - (PLACE + 12) * unit, size, 14, 400)[0]
                with canvas.group("", tile.name, f"#{tile.path}"):
                    canvas.text(left, baseline, places[index], size, 500, fill=theme.muted)
                    canvas.text(left + PLACE * unit, baseline, row.text, rounded(row.size), 400)
            top = baseline + (INDEX_ROW / 2 + INDEX_GAP) * unit - MIDDLE * size


def _column(canvas: Canvas, plan: _Plan, number: int, room: float) -> None:
    """One column in ``room`` px: its letter, and its pictures on the bands of their sections."""
    unit, theme = plan.unit, canvas.theme
    column, left, width = plan.columns[number], plan.lefts[number], plan.widths[number]
    middle = left + width / 2
    canvas.text(
        middle,
        plan.body_top - 14 * unit,
        column_name(number),
        rounded(LETTER * unit),
        700,
        fill=theme.muted,
        anchor="middle",
    )
    spare = room - plan.flow.height(column) - PAD * unit
    more = max(0.0, min(spare / max(1, len(column) - 1), (STRETCH - 1) * GAP * unit))
    top, places = plan.body_top, _places(plan)
    for run in plan.flow.runs(column):
        top = _run(canvas, plan, run, places, left, width, top, more) + GAP * unit + more


def _run(
    canvas: Canvas, plan: _Plan, run: Run, places: dict[int, str], left: float, width: float, top: float, more: float
) -> float:
    """The pictures of one section in a column, on its band; returns where that ends."""
    unit, theme, section = plan.unit, canvas.theme, plan.sheet.sections[run.section]
    accent = theme.muted if section.accent is None else theme.accent(section.accent)
    heights = sum(plan.flow.heights[index] for index in run.things)
    gaps = (len(run.things) - 1) * (GAP * unit + more)
    bottom = top + plan.flow.heads[run.section] + heights + gaps + PAD * unit
    canvas.rect(
        left, top, width, bottom - top, fill=theme.tint(accent), radius=PAD * unit, kind="ground", layer="ground"
    )
    rows = plan.headings[run.section]
    high = HEADING * LINE_HEIGHT * unit
    x, baseline = left + PAD * unit, top + ABOVE * unit + high / 2 + MIDDLE * HEADING * unit
    canvas.rect(x, top + ABOVE * unit, BAR * unit, len(rows) * high, fill=accent, radius=BAR / 2 * unit, kind="mark")
    for row in rows:
        canvas.text(x + BAR_ROOM * unit, baseline, row.text, rounded(row.size), 700)
        baseline += high
    _goes_on(canvas, plan, run, x + BAR_ROOM * unit + rows[-1].width, left + width - PAD * unit, baseline - high)
    top += plan.flow.heads[run.section]
    for index in run.things:
        _picture(canvas, plan.tiles[index], places[index], x, top)
        top += plan.flow.heights[index] + GAP * unit + more
    return bottom


def _goes_on(canvas: Canvas, plan: _Plan, run: Run, left: float, right: float, baseline: float) -> None:
    """A word that the section began in another column, where there is room; its name and colour say it as well."""
    size = NOTE * plan.unit
    if run.goes_on and left + (NOTE + NOTE) * plan.unit + text_width(CONTINUED, size, 400) < right:
        canvas.text(right, baseline, CONTINUED, rounded(size), 400, fill=canvas.theme.muted, anchor="end")


def _picture(canvas: Canvas, tile: Tile, place: str, x: float, y: float) -> None:
    """A picture on ground of its own, with its place in the corner where its name leaves room for that."""
    theme, scene = canvas.theme, tile.scene
    with canvas.group(tile.path, tile.title):
        canvas.rect(
            x, y, scene.width, scene.height, fill=scene.background or theme.page, radius=CARD_RADIUS, kind="ground"
        )
        for element in moved(scene.children, x, y, tile.path):
            canvas.add(element)
        right = max((text.right for text in scene.shapes() if isinstance(text, Text) and text.y < 80), default=0.0)
        if right + 40 < scene.width - 32 - text_width(place, TAG, 700):
            canvas.text(x + scene.width - 32, y + 67, place, TAG, 700, fill=theme.muted, anchor="end")
