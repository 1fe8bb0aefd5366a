"""Models side by side: columns on one grid, signs between them, a table, strips of one scale, panels in pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archdraw.cells import Strip
from archdraw.fonts import MIDDLE, text_width, wrap
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.colours import RECEDING, Colours
from archdraw.layout.compare import grid, signs, table
from archdraw.layout.compare.grid import SLIM, GridItem
from archdraw.layout.compare.marks import CHANNEL, joins, paint_letters, paint_signs
from archdraw.layout.compare.panel_rows import paint_panels
from archdraw.layout.compare.side_by_side_picture import SideBySide
from archdraw.layout.compare.signs import Sign
from archdraw.layout.compare.table import Heading
from archdraw.layout.diagram.measures import COLUMN, SMALL, Measures
from archdraw.layout.page import HEADER, MARGIN
from archdraw.layout.plate import panels, strip
from archdraw.layout.plate.column import Column, column_of, paint_model
from archdraw.layout.plate.plate import LAST_RESORT
from archdraw.layout.sections import section
from archdraw.picture import Tap
from archdraw.scene import Scene
from archdraw.theme import EQUAL, Theme

SECTION = 44.0
"""From the end of one part of the page to the baseline of the next one's heading."""
HEADING_SIZE = 22.0
JOINING = 46.0
"""Where modules that join from below begin: at their right a sign finds room beside the tokens."""
LEGEND_GAP = 24.0


def draw(picture: SideBySide, theme: Theme) -> Scene:
    """The scene of ``picture``."""
    number = len(picture.models)
    # What is equal recedes, lines and all.
    receding, canvas = Canvas(Colours(theme, RECEDING)), Canvas(theme)
    columns = _columns(picture, COLUMN)
    if number == 2 and _width(columns) > LAST_RESORT:
        columns = _columns(picture, SLIM)
    step, width = columns[0].width + CHANNEL, _width(columns)
    tokens = HEADER + max(column.height - column.below for column in columns)
    for index, (model, column) in enumerate(zip(picture.models, columns, strict=True)):
        left = MARGIN + index * step
        receding.paint_for(model.accent)
        page.header(
            receding, model.name, model.subtitle, column.width + 2 * MARGIN, left=left - MARGIN, href=model.link
        )
        receding.opens = dict(picture.letters)
        paint_model(receding, column, tokens + column.below, left=left, slug=f"{model.slug}/", joining_left=JOINING)
    with receding.section("signs"):
        paint_signs(receding, picture, step)
        paint_letters(receding, picture, columns, step)
    bottom = tokens + max(column.below for column in columns)
    bottom = _table(canvas, picture, bottom, width)
    bottom = _strips(canvas, picture, bottom, width)
    if picture.panels:
        bottom = paint_panels(canvas, picture, _heading(canvas, "Details", bottom) + 20, step, columns[0].width)
    height = page.footer(canvas, picture.footer, width, bottom)
    return canvas.scene(
        width,
        height,
        picture.title,
        picture.description,
        below=receding,
        at_once=_at_once(number, step, width, height),
    )


def _at_once(number: int, step: float, width: float, height: float) -> tuple[float, float] | None:
    """What is read at one time: the whole of two columns, neighbours of more, and of two wide ones each by itself."""
    if number == 2 and width <= LAST_RESORT:
        return None
    return (2 if number > 2 else 1) * step + MARGIN, height


def _columns(picture: SideBySide, measures: Measures) -> list[Column]:
    """The columns of the grid, all of one width."""
    cells = grid.columns(picture.items, len(picture.models), measures)
    own = [
        column_of(cell, tuple(_joining(picture.items, index)), measures, inputs=model.inputs)
        for index, (cell, model) in enumerate(zip(cells, picture.models, strict=True))
    ]
    left = max(column.left for column in own)
    right = max(column.right for column in own) + panels.gutter(picture.lettered)
    row = max(column.row for column in own)
    return [replace(column, left=left, right=right, row=row) for column in own]


def _width(columns: Sequence[Column]) -> float:
    return 2 * MARGIN + sum(column.width for column in columns) + CHANNEL * (len(columns) - 1)


def _joining(items: Sequence[GridItem], index: int) -> Iterator[Tap | None]:
    """What joins a column from below, None in the rows of what only others have."""
    for slot in grid.slots(items):
        if joins(slot):
            item = slot.items[index]
            yield item if isinstance(item, Tap) else None


def _heading(canvas: Canvas, words: str, bottom: float) -> float:
    baseline = bottom + SECTION
    with canvas.section("heading"):
        canvas.text(MARGIN, baseline, words, HEADING_SIZE, 600)
    return baseline


def _table(canvas: Canvas, picture: SideBySide, bottom: float, width: float) -> float:
    baseline = _heading(canvas, "Differences" if picture.rows else "No differences", bottom)
    _legend(canvas, picture, baseline, width)
    headings = [Heading(model.name, canvas.theme.accent(model.accent)) for model in picture.models]
    y = baseline + 20
    if picture.rows:
        y = table.paint(canvas, picture.rows, headings, MARGIN, y, width - 2 * MARGIN)
    with canvas.section("equal"):
        for line in wrap(picture.equal, SMALL, 400, width - 2 * MARGIN) if picture.equal else ():
            y += 24
            canvas.text(MARGIN, y, line, SMALL, 400, fill=canvas.theme.muted)
    return y


@section("legend")
def _legend(canvas: Canvas, picture: SideBySide, baseline: float, width: float) -> None:
    """What the signs mean, those in use, at the right end of the heading's line."""
    order: list[Sign] = ["changed", "added", "removed"]
    shown = [*(slot.signs for slot in grid.slots(picture.items)), *(row.signs for row in picture.rows)]
    used = [sign for sign in order if any(sign in row for row in shown)]
    x = width - MARGIN
    for sign in reversed(used):
        x -= text_width(sign, SMALL, 400)
        canvas.text(x, baseline, sign, SMALL, 400, fill=canvas.theme.muted)
        x -= 8 + table.SIGN_SIZE / 2
        signs.paint(canvas, x, baseline - MIDDLE * SMALL, sign, table.SIGN_SIZE)
        x -= table.SIGN_SIZE / 2 + LEGEND_GAP
    words = "equal (gray)"
    colours = canvas.theme.paint(EQUAL)
    canvas.rect(x - 30, baseline - 15, 30, 20, fill=colours.fill, stroke=colours.border, radius=5, kind="mark")
    canvas.text(x - 38, baseline, words, SMALL, 400, fill=canvas.theme.muted, anchor="end")


def _strips(canvas: Canvas, picture: SideBySide, bottom: float, width: float) -> float:
    """The layers of all models as cells of one width, where there are any that differ."""
    shown = [(model, one) for model, one in zip(picture.models, picture.strips, strict=True) if one is not None]
    if not shown:
        return bottom
    y = _heading(canvas, "Layer maps", bottom) + 20
    room = width - 2 * MARGIN
    pitch = min(strip.pitch_in(one, room) for _, one in shown)
    before: Strip | None = None
    for model, one in shown:
        named = replace(one, caption=f"{model.name}: {one.caption}")
        if before is not None and before.legend == one.legend:
            named = replace(named, legend=())
        before = one
        strip.paint(canvas, named, MARGIN, y, room, pitch=pitch)
        y += strip.height(named, room) + 8
    return y - 8
