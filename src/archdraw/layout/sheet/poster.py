"""A sheet of many pictures: a header, a legend, an index with places as on a map, and the pictures in columns."""

from __future__ import annotations

from archdraw.fonts import LINE_HEIGHT, MIDDLE, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted
from archdraw.layout.sections import section
from archdraw.layout.sheet import legend
from archdraw.layout.sheet.sections import Run, column_name
from archdraw.layout.sheet.sheet import (
    ABOVE,
    BAR,
    BAR_ROOM,
    ENTRY,
    GAP,
    HEADING,
    INDEX_GAP,
    INDEX_ROW,
    ISO,
    LETTER,
    MARGIN,
    PAD,
    PLACE,
    SUBTITLE,
    TITLE,
    TITLE_LEFT,
    Plan,
    Sheet,
    Tile,
    filled,
    nearest,
    planned,
)
from archdraw.scene import Scene, Text, moved, rounded
from archdraw.theme import Theme

CARD_RADIUS = 24.0
FOOTER = 10.0
NOTE, CONTINUED = 11.0, "continued"
TAG = 40.0
"""The place of a picture in its own upper right corner."""


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
    plan = planned(sheet, columns) if columns else nearest(sheet, ratio)
    height = plan.height
    if printed:
        plan = filled(plan, ratio)
        height = ratio * plan.width
    canvas = Canvas(theme)
    _header(canvas, plan)
    left = MARGIN * plan.unit + plan.legend_column * plan.pitch
    legend.paint(canvas, sheet.legend, left, plan.legend_top, plan.pitch, plan.legend_columns, plan.unit)
    _index(canvas, plan)
    for number in range(len(plan.columns)):
        _column(canvas, plan, number, plan.body + height - plan.height)
    with canvas.section("footer"):
        footer = rounded(FOOTER * plan.unit)
        canvas.text(MARGIN * plan.unit, height - 18 * plan.unit, sheet.footer, footer, 400, fill=canvas.theme.muted)
    return canvas.scene(
        plan.width,
        height,
        sheet.title,
        sheet.description,
        at_once=max(((tile.scene.width, tile.scene.height) for tile in plan.tiles), key=min),
        printed=printed,
    )


@section("header")
def _header(canvas: Canvas, plan: Plan) -> None:
    unit, x = plan.unit, MARGIN * plan.unit
    room = plan.width - 2 * x - 20 * unit
    canvas.rect(
        x, (MARGIN + 4) * unit, 8 * unit, 92 * unit, fill=canvas.accent, radius=4 * unit, kind="mark", layer="ground"
    )
    for words, size, weight, baseline, fill in (
        (plan.sheet.title, TITLE, 700, MARGIN + 50, canvas.theme.ink),
        (plan.sheet.subtitle, SUBTITLE, 400, MARGIN + 88, canvas.theme.muted),
    ):
        # One undated model has no subtitle, and no text is no row.
        for row in fitted(words, room, size * unit, SMALL, 700 if weight == 700 else 400)[:1]:
            canvas.text(
                x + TITLE_LEFT * unit,
                baseline * unit,
                row.text,
                rounded(row.size),
                row.weight,
                fill=fill,
                phrase=row.phrase,
            )


def _places(plan: Plan) -> dict[int, str]:
    """What each picture's place is called: the letter of its column, and its number there."""
    return {
        index: f"{column_name(column)}{row + 1}"
        for column, things in enumerate(plan.columns)
        for row, index in enumerate(things)
    }


@section("index")
def _index(canvas: Canvas, plan: Plan) -> None:
    """All names by section, each with its place and a link to it."""
    unit, theme, places = plan.unit, canvas.theme, _places(plan)
    size = rounded(ENTRY * unit)
    for number, column in enumerate(plan.index_places):
        left, top = MARGIN * unit + number * plan.pitch, plan.index_top
        for run in plan.index.runs(column):
            section = plan.sheet.sections[run.section]
            fill = theme.ink if section.accent is None else theme.accent(section.accent)
            name = f"{section.name} ({CONTINUED})" if run.goes_on else section.name
            heading = fitted(name, plan.pitch - 12 * unit, size, SMALL, 700)[0]
            baseline = top + INDEX_ROW * unit / 2 + MIDDLE * size
            canvas.text(left, baseline, heading.text, rounded(heading.size), 700, fill=fill, phrase=heading.phrase)
            for index in run.things:
                baseline += INDEX_ROW * unit
                tile = plan.tiles[index]
                row = fitted(tile.name, plan.pitch - (PLACE + 12) * unit, size, SMALL, 400)[0]
                with canvas.group("", tile.name, f"#{tile.path}"):
                    canvas.text(left, baseline, places[index], size, 500, fill=theme.muted)
                    canvas.text(left + PLACE * unit, baseline, row.text, rounded(row.size), 400, phrase=row.phrase)
            top = baseline + (INDEX_ROW / 2 + INDEX_GAP) * unit - MIDDLE * size


@section("column")
def _column(canvas: Canvas, plan: Plan, number: int, room: float) -> None:
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
    # Columns end level: what one has to spare is shared out among the grounds of its pictures.
    more = max(0.0, room - plan.flow.height(column) - PAD * unit) / len(column)
    top, places = plan.body_top, _places(plan)
    for run in plan.flow.runs(column):
        top = _run(canvas, plan, run, places, left, width, top, more) + GAP * unit


def _run(
    canvas: Canvas, plan: Plan, run: Run, places: dict[int, str], left: float, width: float, top: float, more: float
) -> float:
    """The pictures of one section in a column, on its band, each with ``more`` px to spare; returns where that ends."""
    unit, theme, section = plan.unit, canvas.theme, plan.sheet.sections[run.section]
    accent = theme.accent(section.accent)
    heights = sum(plan.flow.heights[index] + more for index in run.things)
    gaps = (len(run.things) - 1) * GAP * unit
    bottom = top + plan.flow.heads[run.section] + heights + gaps + PAD * unit
    canvas.rect(
        left, top, width, bottom - top, fill=theme.tint(accent), radius=PAD * unit, kind="ground", layer="ground"
    )
    rows = plan.headings[run.section]
    high = HEADING * LINE_HEIGHT * unit
    x, baseline = left + PAD * unit, top + ABOVE * unit + high / 2 + MIDDLE * HEADING * unit
    canvas.rect(x, top + ABOVE * unit, BAR * unit, len(rows) * high, fill=accent, radius=BAR / 2 * unit, kind="mark")
    for row in rows:
        canvas.text(x + BAR_ROOM * unit, baseline, row.text, rounded(row.size), 700, phrase=row.phrase)
        baseline += high
    _goes_on(canvas, plan, run, x + BAR_ROOM * unit + rows[-1].width, left + width - PAD * unit, baseline - high)
    top += plan.flow.heads[run.section]
    for index in run.things:
        height = plan.flow.heights[index] + more
        _picture(canvas, plan.tiles[index], places[index], Place(x, top, left + width - PAD * unit, top + height))
        top += height + GAP * unit
    return bottom


def _goes_on(canvas: Canvas, plan: Plan, run: Run, left: float, right: float, baseline: float) -> None:
    """A word that the section began in another column, where there is room; its name and colour say it as well."""
    size = NOTE * plan.unit
    if run.goes_on and left + (NOTE + NOTE) * plan.unit + text_width(CONTINUED, size, 400) < right:
        canvas.text(right, baseline, CONTINUED, rounded(size), 400, fill=canvas.theme.muted, anchor="end")


def _picture(canvas: Canvas, tile: Tile, place: str, ground: Place) -> None:
    """A picture in the middle of its ``ground``, with its place in the corner where its name leaves room for that."""
    theme, scene = canvas.theme, tile.scene
    theme.palette.update(scene.palette)
    left, top, width, height = map(
        rounded, (ground.left, ground.top, ground.right - ground.left, ground.bottom - ground.top)
    )
    x, y = rounded(left + (width - scene.width) / 2), rounded(top + (height - scene.height) / 2)
    with canvas.group(tile.path, tile.title):
        canvas.rect(left, top, width, height, fill=scene.background or theme.page, radius=CARD_RADIUS, kind="ground")
        for element in moved(scene.children, x, y, tile.path):
            canvas.add(element)
        right = max((text.right for text in scene.shapes() if isinstance(text, Text) and text.y < 80), default=0.0)
        if x + right + 40 < left + width - 32 - text_width(place, TAG, 700):
            canvas.text(left + width - 32, y + 67, place, TAG, 700, fill=theme.muted, anchor="end")
