"""Which page models side by side take: the table below the columns or beside them, so that one screen shows all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from archdraw.cells import Strip
from archdraw.fonts import wrap
from archdraw.layout import page
from archdraw.layout.compare import grid, table
from archdraw.layout.compare.grid import SLIM, TIGHT, GridItem
from archdraw.layout.compare.marks import CHANNEL, joining_rows
from archdraw.layout.compare.side_by_side_picture import SideBySide
from archdraw.layout.diagram.measures import COLUMN, SMALL, Measures
from archdraw.layout.diagram.taps import side_height
from archdraw.layout.page import HEADER, MARGIN
from archdraw.layout.plate import panels, strip
from archdraw.layout.plate.column import Column, column_of
from archdraw.layout.plate.plate import LAST_RESORT
from archdraw.picture import Tap
from archdraw.records import record

SCREEN_WIDTH, SCREEN_HEIGHT = 1920.0, 1080.0
LEAST_ON_SCREEN = 10.0
"""Px of the smallest text of a page that fills a screen: what does not fit above that is left out."""
SECTION = 44.0
"""From the end of one part of the page to the baseline of the next one's heading."""
UNDER_HEADING = 20.0
EQUAL_LINE = 24.0
STRIP_SPACE = 8.0
BESIDE_SPACE = 48.0
"""From the columns to a table beside them, whose heading stands level with the lines below the names."""
BESIDE_HEADING = 96.0
VALUES = (140.0, 200.0, 250.0, 310.0, 380.0)
"""Px of a model's values in a table beside the columns: what is tried."""
LEAST_ROOM = 640.0
"""What the heading of a table and the legend beside it need."""
BLOCKS = (1, 2)
READS_ALIKE = 0.3
"""Px of text on a screen by which one page must be better than another that is the calmer one."""


@record
class Page:
    """A page with all that has a place on it: sizes are in px, ``left`` is where table and layer maps begin."""

    columns: tuple[Column, ...]
    table: tuple[table.Part, ...]
    beside: bool
    maps: bool
    left: float
    room: float
    width: float
    height: float

    @property
    def step(self) -> float:
        """From one column to the next."""
        return self.columns[0].width + CHANNEL

    @property
    def tokens(self) -> float:
        """Where the inputs end."""
        return HEADER + max(column.height - column.below for column in self.columns)

    @property
    def foot(self) -> float:
        """Where the columns end, with what joins them from below."""
        return self.tokens + max(column.below for column in self.columns)

    @property
    def tallest(self) -> bool:
        """Whether nothing beside the columns is taller than they are."""
        return self.foot + page.FOOTER + page.BELOW + 2 * page.LINE >= self.height

    @property
    def on_screen(self) -> float:
        """Px of the smallest text where the page fills a screen."""
        return SMALL * min(SCREEN_WIDTH / self.width, SCREEN_HEIGHT / self.height)


def page_of(picture: SideBySide, *, whole: bool) -> Page:
    """The page on which ``picture`` is read best on a screen; ``whole``: nothing is left out, however tall it becomes.

    Columns that are too tall are set tighter, and layer maps are left out where they would make text too small.
    """
    if whole:
        return _below(picture, _fitting(picture, COLUMN), maps=_has_maps(picture))
    best = _best(picture, _fitting(picture, COLUMN))
    if best.on_screen < LEAST_ON_SCREEN and best.tallest:
        return _best(picture, _fitting(picture, TIGHT))
    return best


def _fitting(picture: SideBySide, measures: Measures) -> tuple[Column, ...]:
    """The columns by ``measures``, slimmer where two of them would be too wide."""
    columns = _columns(picture, measures)
    if len(columns) == 2 and _width(columns) > LAST_RESORT:
        columns = _columns(picture, _slim(measures))
    return columns


def _slim(measures: Measures) -> Measures:
    """``measures`` with the widths of columns that are too wide."""
    return replace(
        measures,
        box_width=SLIM.box_width,
        least_width=SLIM.least_width,
        frame_left=SLIM.frame_left,
        frame_right=SLIM.frame_right,
        rail=SLIM.rail,
    )


def _best(picture: SideBySide, columns: tuple[Column, ...]) -> Page:
    """Of the pages that are read about as well as the best one the calmest: that whose table breaks fewest lines.

    It has layer maps where these make no text too small.
    """
    pages = list(_pages(picture, columns, maps=False))
    best = max(one.on_screen for one in pages)
    if _has_maps(picture):
        with_maps = list(_pages(picture, columns, maps=True))
        with_best = max(one.on_screen for one in with_maps)
        if with_best >= min(best - READS_ALIKE, LEAST_ON_SCREEN):
            pages, best = with_maps, with_best
    alike = [one for one in pages if one.on_screen >= best - READS_ALIKE]
    return min(alike, key=lambda one: (table.rows_height(one.table), one.width))


def _pages(picture: SideBySide, columns: tuple[Column, ...], *, maps: bool) -> Iterator[Page]:
    yield _below(picture, columns, maps=maps)
    least = table.least_value(_names(picture))
    for value in (value for value in VALUES if value >= least):
        for blocks in BLOCKS:
            if (found := _beside(picture, columns, value, blocks, maps=maps)).room >= LEAST_ROOM:
                yield found


def _has_maps(picture: SideBySide) -> bool:
    return any(picture.strips)


def _below(picture: SideBySide, columns: tuple[Column, ...], *, maps: bool) -> Page:
    width = _width(columns)
    room = width - 2 * MARGIN
    parts = table.below(picture.rows, _names(picture), room)
    found = Page(columns, parts, False, maps, MARGIN, room, width, 0)
    bottom = found.foot + SECTION + _beneath(picture, found)
    return replace(found, height=bottom + page.footer_height(picture.footer, width))


def _beside(picture: SideBySide, columns: tuple[Column, ...], value: float, blocks: int, *, maps: bool) -> Page:
    number = len(columns)
    block = table.NARROW_NAME + number * value + (number - 1) * table.SIGN
    parts = table.in_blocks(picture.rows, _names(picture), block, blocks)
    room = block * max(1, len(parts)) + table.BLOCKS_BETWEEN * max(0, len(parts) - 1)
    left = _width(columns) - MARGIN + BESIDE_SPACE
    width = left + room + MARGIN
    found = Page(columns, parts, True, maps, left, room, width, 0)
    bottom = max(found.foot, BESIDE_HEADING + _beneath(picture, found))
    return replace(found, height=bottom + page.footer_height(picture.footer, width))


def _beneath(picture: SideBySide, found: Page) -> float:
    """How far the table, what is equal and the layer maps reach below the baseline of the table's heading."""
    below = UNDER_HEADING + table.height(found.table) + EQUAL_LINE * len(equal_lines(picture, found.room))
    return below + (SECTION + UNDER_HEADING + maps_height(picture, found.room) if found.maps else 0)


def equal_lines(picture: SideBySide, room: float) -> list[str]:
    """What is equal, in lines of ``room`` px."""
    return list(wrap(picture.equal, SMALL, 400, room)) if picture.equal else []


def maps_height(picture: SideBySide, room: float) -> float:
    """How tall the layer maps are across ``room`` px."""
    return sum(strip.height(one, room) + STRIP_SPACE for one in maps_of(picture)) - STRIP_SPACE


def maps_of(picture: SideBySide) -> list[Strip]:
    """The layer maps, each with the name of its model; a legend like that of the one before comes once."""
    found: list[Strip] = []
    legend: Iterable[object] | None = None
    for model, one in zip(picture.models, picture.strips, strict=True):
        if one is not None:
            caption = f"{model.name}: {one.caption}"
            found.append(replace(one, caption=caption, legend=() if one.legend == legend else one.legend))
            legend = one.legend
    return found


def _names(picture: SideBySide) -> list[str]:
    return [model.name for model in picture.models]


def _columns(picture: SideBySide, measures: Measures) -> tuple[Column, ...]:
    """The columns of the grid, all of one width."""
    cells = grid.columns(picture.items, len(picture.models), measures)
    own = [
        column_of(cell, tuple(_joining(picture.items, index, measures)), measures, inputs=model.inputs)
        for index, (cell, model) in enumerate(zip(cells, picture.models, strict=True))
    ]
    left = max(column.left for column in own)
    right = max(column.right for column in own) + panels.gutter(picture.lettered)
    row = max(column.row for column in own)
    return tuple(replace(column, left=left, right=right, least_row=row) for column in own)


def _width(columns: Sequence[Column]) -> float:
    return 2 * MARGIN + sum(column.width for column in columns) + CHANNEL * (len(columns) - 1)


def _joining(items: Sequence[GridItem], index: int, measures: Measures) -> Iterator[Tap | None]:
    """What joins a column from below, None in the rows of what only others have."""
    for row in joining_rows(items):
        slot = row[min(index, len(row) - 1)]
        item = slot.items[index] if slot else None
        if isinstance(item, Tap):
            # Boxes of one row are equally high.
            every = [one for own in row if own for one in own.items if isinstance(one, Tap)]
            height = max(side_height(one.box, measures, measures.joining_width) for one in every)
            yield replace(item, box=replace(item.box, least_height=height))
        else:
            yield None
