"""Paints a chart of lanes: header, axis, bands, lines, cards, legend and footer."""

from __future__ import annotations

from dataclasses import replace

from archdraw.fonts import text_width
from archdraw.layout import page
from archdraw.layout.canvas import UNKNOWN_DASH, Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import fitted, rows_height
from archdraw.layout.lineage import cards, listing
from archdraw.layout.lineage.dates import Tick
from archdraw.layout.lineage.lanes import EXPONENTS, INSET, MARGIN, NAMES, Band, Chart, Link, Placed, placed, width_of
from archdraw.layout.lineage.line_labels import SIZE, Label, labelled
from archdraw.layout.lineage.lines import Line, Routing
from archdraw.layout.sections import section
from archdraw.scene import Scene
from archdraw.setters import kept
from archdraw.theme import Theme

AXIS = 44.0
"""Px of the axis above the first band."""
TALL = 1300.0
"""A chart so tall has its axis below the last band as well."""
YEAR_GAP = 4.0
DASH = (6.0, 4.0)
STROKE = 1.75
YEAR, TICK = 15.0, 14.0
LEGEND = 40.0
WIDTHS = (1640.0, 2000.0, 2350.0, 2688.0)
"""Px of pages of many cards: on the widest, text of 14 px has 10 px where its width fills that of a screen."""
FEW_EXPONENTS = EXPONENTS[1::3]
"""Those that are tried to see how tall a page is, about."""
MOST_SHORT, MOST_WIDE = 100, 140
"""More cards make no usual page that is not tall, nor the widest: where they stand is not even tried."""
MOST_TALL, SCREEN = 1.5, 9 / 16
WORDS_LATER = 1.05
"""How much taller a chart may become by words in place of lines."""


@kept(4)
def laid(chart: Chart) -> tuple[Placed, tuple[Line, ...], tuple[Label, ...]]:
    """Where everything of ``chart`` stands, in whatever theme: its cards, its lines, and the words on lines."""
    in_words: frozenset[Link] = frozenset()
    while True:
        found = placed(chart, in_words)
        routing = Routing(chart, found, in_words)
        lost = routing.add(dashed=False)
        if not lost:
            break
        # Words take room, so that everything is placed anew; links that have words already stay as they are.
        in_words |= lost
    routing.add(dashed=True)
    lines = routing.lines()
    return found, lines, labelled(lines, found)


def is_short(chart: Chart) -> bool:
    """Whether the page of ``chart`` is at most half again as tall as wide."""
    return _number(chart) <= MOST_SHORT and _height(chart) <= MOST_TALL * width_of(chart)


def fitted_to(chart: Chart) -> Chart | None:
    """``chart`` on the narrowest page that is at most half again as tall as wide; None where every page is taller."""
    fitting = None
    for width in reversed(WIDTHS if _number(chart) <= MOST_WIDE else ()):
        tried = replace(chart, width=width)
        if _height(tried) > MOST_TALL * width:
            break
        fitting = tried
    return fitting


def _number(chart: Chart) -> int:
    return sum(len(lane.cards) for lane in chart.lanes)


def _height(chart: Chart) -> float:
    """How tall the page of ``chart`` is, about: that of links in words is not yet known."""
    found = placed(chart, frozenset(), FEW_EXPONENTS)
    below = AXIS - 8 if found.height > TALL else 0
    listed = listing.height(chart.listed, found.width)
    return WORDS_LATER * found.height + page.HEADER - 20 + AXIS + below + LEGEND + listed + page.FOOTER + page.BELOW


def scene(chart: Chart, theme: Theme) -> Scene:
    """The picture of ``chart``."""
    found, lines, labels = laid(chart)
    canvas = Canvas(theme)
    page.header(canvas, chart.title, chart.subtitle, found.width)
    top = page.HEADER - 20 + AXIS
    _axis(canvas, chart, found, top)
    for band in found.bands:
        _band(canvas, band, found, top)
    for line in lines:
        _line(canvas, chart, line, top)
    every = {card.path: card for lane in chart.lanes for card in lane.cards}
    with canvas.section("names"):
        for label in labels:
            colour = canvas.theme.accent(every[label.line.link.parent].accent)
            canvas.text(label.x, top + label.y, label.text, SIZE, 500, fill=colour)
    for band in found.bands:
        for row, y, height in zip(band.rows, band.tops, band.heights, strict=True):
            for path in row:
                card = every[path]
                with canvas.group(path, card.title, card.href):
                    cards.paint(
                        canvas, found.contents[path], found.lefts[path], top + y, height, card.accent,
                        strong=card.strong, dashed=card.dashed,
                    )  # fmt: skip
    bottom = top + found.height
    if found.height > TALL:
        with canvas.section("axes"):
            _ticks(canvas, found, bottom, below=True)
        bottom += AXIS - 8
    _legend(canvas, chart, lines, bottom)
    bottom = listing.paint(canvas, chart.heading, chart.listed, found.width, bottom + LEGEND)
    height = page.footer(canvas, chart.footer, found.width, bottom)
    # A tall page is read across its whole width and moved downwards.
    at_once = (found.width, min(height, found.width * SCREEN)) if chart.width else None
    return canvas.scene(found.width, height, chart.title, chart.description, at_once=at_once)


@section("axes")
def _axis(canvas: Canvas, chart: Chart, found: Placed, top: float) -> None:
    if found.calendar is None or any(card.day is None for lane in chart.lanes for card in lane.cards):
        canvas.text(MARGIN + NAMES + INSET, top - 18, chart.undated, TICK, 500, fill=canvas.theme.muted)
    if found.calendar is not None and not found.calendar.linear:
        rows = fitted(chart.scales, NAMES, TICK, TICK, 400)
        y = top - 18 - (len(rows) - 1) * rows[0].height
        for row in rows:
            canvas.text(MARGIN, y, row.text, row.size, 400, fill=canvas.theme.muted, phrase=row.phrase)
            y += row.height
    _ticks(canvas, found, top, below=False)


def _ticks(canvas: Canvas, found: Placed, y: float, *, below: bool) -> None:
    """Marks of years and quarters, with words where they find room: those that most of the axis follows come first."""
    if found.calendar is None:
        return
    ticks = found.calendar.ticks()
    ends = [*(tick.x for tick in ticks[1:]), found.width]
    spans = {tick: end - tick.x for tick, end in zip(ticks, ends, strict=True)}
    named: dict[Tick, tuple[float, float]] = {}
    for tick in sorted(ticks, key=lambda tick: (not tick.strong, -spans[tick], tick.x)):
        left, right = tick.x - 2, tick.x + 4 + text_width(tick.label, YEAR if tick.strong else TICK, 700)
        if all(right < other[0] or left > other[1] for other in named.values()):
            named[tick] = left, right
    for tick in ticks:
        mark = (y + 4, y + 12) if below else (y - 12, y - 4)
        canvas.line((tick.x, mark[0]), (tick.x, mark[1]), stroke=canvas.theme.muted, width=1.25, kind="rule")
        if tick in named:
            x, baseline = named[tick][0], y + 28 if below else y - 18
            if tick.strong:
                canvas.text(x, baseline, tick.label, YEAR, 700)
            else:
                canvas.text(x, baseline, tick.label, TICK, 400, fill=canvas.theme.muted)


@section("band")
def _band(canvas: Canvas, band: Band, found: Placed, top: float) -> None:
    """The ground of a band, cut where years begin, with its name at the left."""
    colour = canvas.accent if band.accent is None else canvas.theme.accent(band.accent)
    y, height = top + band.top, band.bottom - band.top
    right = found.width - MARGIN
    cuts = [year.left for year in found.calendar.years[1:]] if found.calendar else []
    edges = [MARGIN, *(x for cut in cuts for x in (cut - YEAR_GAP / 2, cut + YEAR_GAP / 2)), right]
    for left, end in zip(edges[::2], edges[1::2], strict=True):
        canvas.rect(left, y, end - left, height, fill=canvas.theme.band, radius=0, kind="ground", layer="ground")
    canvas.rect(MARGIN, y, 6, height, fill=colour, radius=3, kind="mark", layer="ground")
    rows = fitted(band.name, NAMES - 18, 16, SMALL, 600)
    middle = y + height / 2 - rows_height(rows) / 2
    for row in rows:
        canvas.text(MARGIN + 20, middle + row.height * 0.78, row.text, row.size, 600, fill=colour, phrase=row.phrase)
        middle += row.height


def _line(canvas: Canvas, chart: Chart, line: Line, top: float) -> None:
    accents = {card.path: card.accent for lane in chart.lanes for card in lane.cards}
    colour = canvas.theme.accent(accents[line.link.parent])
    with canvas.group("", line.link.title):
        canvas.line(
            *((x, top + y) for x, y in line.way.points),
            arrow=True, stroke=colour, width=STROKE, dash=DASH if line.link.dashed else (),
        )  # fmt: skip
        if line.way.branch is not None:
            canvas.dot(line.way.branch[0], top + line.way.branch[1], colour=colour)


@section("legend")
def _legend(canvas: Canvas, chart: Chart, lines: tuple[Line, ...], bottom: float) -> None:
    """Words for what is in the picture, and only for that."""
    plain, dashed, signs, unknown = chart.legend
    x, y = MARGIN, bottom + 30
    colour = canvas.theme.edge
    kinds = {line.link.dashed for line in lines}
    for kind, words in ((False, plain), (True, dashed)):
        if kind in kinds:
            dash = DASH if kind else ()
            canvas.line(
                (x, y - 5), (x + 44, y - 5), arrow=True, stroke=colour, width=STROKE, dash=dash, open_ends="both"
            )
            canvas.text(x + 54, y, words, SMALL, 400, fill=canvas.theme.muted)
            x += 54 + text_width(words, SMALL, 400) + 32
    if any(card.dashed for lane in chart.lanes for card in lane.cards):
        canvas.rect(x, y - 15, 34, 20, fill=canvas.theme.page, stroke=colour, radius=5, kind="mark", dash=UNKNOWN_DASH)
        canvas.text(x + 44, y, unknown, SMALL, 400, fill=canvas.theme.muted)
        x += 44 + text_width(unknown, SMALL, 400) + 32
    canvas.text(x, y, signs, SMALL, 400, fill=canvas.theme.muted)
