"""Models side by side: columns on one grid, signs between them, a table, strips of one scale, panels in pairs."""

from __future__ import annotations

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout import page
from archdraw.layout.canvas import Canvas
from archdraw.layout.colours import RECEDING, Colours
from archdraw.layout.compare import grid, pages, signs, table
from archdraw.layout.compare.marks import paint_letters, paint_signs
from archdraw.layout.compare.pages import BESIDE_HEADING, EQUAL_LINE, SECTION, STRIP_SPACE, UNDER_HEADING, Page
from archdraw.layout.compare.panel_rows import paint_panels
from archdraw.layout.compare.side_by_side_picture import SideBySide
from archdraw.layout.compare.signs import Sign
from archdraw.layout.compare.table import Heading
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.page import MARGIN
from archdraw.layout.plate import strip
from archdraw.layout.plate.column import paint_model
from archdraw.layout.plate.plate import LAST_RESORT
from archdraw.layout.sections import section
from archdraw.scene import Scene
from archdraw.theme import EQUAL, Theme

HEADING_SIZE = 22.0
JOINING = 46.0
"""Where modules that join from below begin: at their right a sign finds room beside the tokens."""
LEGEND_GAP = 24.0


def draw(picture: SideBySide, place: Page, theme: Theme) -> Scene:
    """The scene of ``picture`` on the page ``place``."""
    # What is equal recedes, lines and all.
    receding, canvas = Canvas(Colours(theme, RECEDING)), Canvas(theme)
    columns, step = place.columns, place.step
    for index, (model, column) in enumerate(zip(picture.models, columns, strict=True)):
        left = MARGIN + index * step
        receding.paint_for(model.accent)
        page.header(
            receding, model.name, model.subtitle, column.width + 2 * MARGIN, left=left - MARGIN, href=model.link
        )
        paint_model(
            receding, column, place.tokens + column.below, left=left, slug=f"{model.slug}/", joining_left=JOINING
        )
    receding.opens.update(picture.letters)
    with receding.section("signs"):
        paint_signs(receding, picture, step)
        paint_letters(receding, picture, columns, step)
    bottom = _table(canvas, picture, place, BESIDE_HEADING if place.beside else place.foot + SECTION)
    if place.maps:
        bottom = _strips(canvas, picture, place, bottom + SECTION)
    bottom = max(bottom, place.foot)
    if picture.panels:
        _heading(canvas, "Details", MARGIN, bottom + SECTION)
        bottom = paint_panels(canvas, picture, bottom + SECTION + UNDER_HEADING, step, columns[0].width)
    height = page.footer(canvas, picture.footer, place.width, bottom)
    return canvas.scene(
        place.width,
        height,
        picture.title,
        picture.description,
        below=receding,
        at_once=_at_once(len(columns), step, place.width, height),
    )


def _at_once(number: int, step: float, width: float, height: float) -> tuple[float, float] | None:
    """What is read at one time: the whole where it fits, else two columns, or of two wide ones each by itself."""
    if min(width, height) <= LAST_RESORT:
        return None
    return (2 if number > 2 else 1) * step + MARGIN, height


@section("heading")
def _heading(canvas: Canvas, words: str, left: float, baseline: float) -> None:
    canvas.text(left, baseline, words, HEADING_SIZE, 600)


def _table(canvas: Canvas, picture: SideBySide, place: Page, baseline: float) -> float:
    _heading(canvas, "Differences" if picture.rows else "No differences", place.left, baseline)
    _legend(canvas, picture, baseline, place.left + place.room)
    headings = [Heading(model.name, canvas.theme.accent(model.accent)) for model in picture.models]
    y = table.paint(canvas, place.table, headings, place.left, baseline + UNDER_HEADING)
    with canvas.section("equal"):
        for line in pages.equal_lines(picture, place.room):
            y += EQUAL_LINE
            canvas.text(place.left, y, line, SMALL, 400, fill=canvas.theme.muted)
    return y


@section("legend")
def _legend(canvas: Canvas, picture: SideBySide, baseline: float, right: float) -> None:
    """What the signs mean, those in use, at the right end of the heading's line."""
    order: list[Sign] = ["changed", "added", "removed"]
    shown = [*(slot.signs for slot in grid.slots(picture.items)), *(row.signs for row in picture.rows)]
    used = [sign for sign in order if any(sign in row for row in shown)]
    x = right
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


def _strips(canvas: Canvas, picture: SideBySide, place: Page, baseline: float) -> float:
    """The layers of all models as cells of one width, where there are any that differ."""
    _heading(canvas, "Layer maps", place.left, baseline)
    shown = pages.maps_of(picture)
    pitch = min(strip.pitch_in(one, place.room) for one in shown)
    y = baseline + UNDER_HEADING
    for one in shown:
        strip.paint(canvas, one, place.left, y, place.room, pitch=pitch)
        y += strip.height(one, place.room) + STRIP_SPACE
    return y - STRIP_SPACE
