"""A chart of lanes over time: cards that begin at their day, joined by lines that say what came from what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from archdraw.layout.lineage import bands, cards, dates, rows
from archdraw.layout.lineage.cards import Content, Note, Wordings
from archdraw.layout.lineage.dates import Calendar
from archdraw.layout.lineage.listing import Entry
from archdraw.layout.lineage.tracks import Box
from archdraw.records import record

MARGIN = 32.0
WIDTH, NARROW, FEW = 1640.0, 1224.0, 8
"""Px of a page, and of one of few cards."""
NAMES = 122.0
"""Px of the names of lanes."""
INSET = 12.0
"""Px between the end of a lane and its cards."""
ROW_GAP, LANE_PAD, LANE_GAP = 20.0, 9.0, 8.0
LINES, LINES_OF_FEW, WIDTH_OF_FEW, MANY = 2, 3, 152.0, 48
"""Lines of a card beside its name, and px of its width at least where there are not many cards."""
EXPONENTS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2)
"""How much of the axis years with many cards may have: the one that makes the picture least tall is taken."""


@record
class Card:
    """A card that begins at ``day``. ``words`` stand in it, the most telling first; those without room are left out.

    ``notes`` have room always. A ``strong`` card is the one that the chart is about, a ``dashed`` one is not known.
    """

    path: str
    name: str
    accent: int
    day: date | None
    words: tuple[Wordings, ...] = ()
    notes: tuple[Note, ...] = ()
    title: str = ""
    href: str = ""
    strong: bool = False
    dashed: bool = False


@record
class Lane:
    """Cards that belong together."""

    name: str
    accent: int
    cards: tuple[Card, ...]


@record
class Link:
    """``child`` came from ``parent`` (paths of cards); ``note`` says so in the child where no line does, or it is long.

    A ``dashed`` one comes from another lane and has its note always; on its line stands as much of ``label`` (the
    longest first) as finds room.
    """

    parent: str
    child: str
    note: str
    dashed: bool
    title: str = ""
    label: tuple[str, ...] = ()


@record
class Chart:
    """A whole picture. ``shared`` is what a band of several small lanes is called; ``undated`` a column without days.

    ``legend`` has the words for lines that are not dashed, that are, for signs, and for dashed cards. ``listed`` stands
    below the chart, under ``heading``. ``width`` is that of the page in px; None: as usual.
    """

    title: str
    subtitle: tuple[str, ...]
    lanes: tuple[Lane, ...]
    links: tuple[Link, ...]
    shared: str
    undated: str
    scales: str
    legend: tuple[str, str, str, str]
    footer: tuple[str, ...]
    description: str
    heading: str = ""
    listed: tuple[Entry, ...] = ()
    width: float | None = None


@record
class Band:
    """One band with its cards in rows: ``tops`` and ``heights`` of rows are px from the top of the chart."""

    name: str
    accent: int | None
    top: float
    bottom: float
    rows: tuple[tuple[str, ...], ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]


@record
class Placed:
    """Where everything stands, but lines; heights are px from the top of the first band."""

    width: float
    calendar: Calendar | None
    bands: tuple[Band, ...]
    contents: Mapping[str, Content]
    lefts: Mapping[str, float]
    boxes: Mapping[str, Box]

    @property
    def height(self) -> float:
        return self.bands[-1].bottom


def width_of(chart: Chart) -> float:
    """Px of the page of ``chart``."""
    return chart.width or (NARROW if sum(len(lane.cards) for lane in chart.lanes) <= FEW else WIDTH)


def placed(chart: Chart, in_words: frozenset[Link], exponents: Sequence[float] = EXPONENTS) -> Placed:
    """The cards of ``chart`` in bands and rows; links that are given ``in_words`` have these in their child."""
    number = sum(len(lane.cards) for lane in chart.lanes)
    order = bands.arranged([len(lane.cards) for lane in chart.lanes], _ties(chart))
    owners = {card.path: lane for band in order if len(band) > 1 for lane in (chart.lanes[i] for i in band)
              for card in lane.cards}  # fmt: skip
    notes = _notes(chart, in_words, owners)
    contents = {
        card.path: cards.content(
            card.name,
            notes[card.path],
            card.words,
            *((LINES,) if number > MANY else (LINES_OF_FEW, WIDTH_OF_FEW)),
        )
        for lane in chart.lanes
        for card in lane.cards
    }
    tried = [_at(chart, order, contents, width_of(chart), exponent) for exponent in exponents]
    return min(tried, key=lambda found: found.height)


def _notes(chart: Chart, in_words: frozenset[Link], owners: Mapping[str, Lane]) -> dict[str, tuple[Note, ...]]:
    """The notes of every card: whose it is where its band does not say so, what it came from, and its own."""
    every = {card.path: card for lane in chart.lanes for card in lane.cards}
    links: dict[str, list[Note]] = {path: [] for path in every}
    for link in chart.links:
        if link.dashed or link in in_words:
            links[link.child].append(Note(link.note, every[link.parent].accent))
    whose = {path: (Note(owner.name, owner.accent),) for path, owner in owners.items()}
    return {path: (*whose.get(path, ()), *links[path], *card.notes) for path, card in every.items()}


def _ties(chart: Chart) -> dict[tuple[int, int], int]:
    lane_of = {card.path: index for index, lane in enumerate(chart.lanes) for card in lane.cards}
    ties: dict[tuple[int, int], int] = {}
    for link in chart.links:
        one, other = sorted((lane_of[link.parent], lane_of[link.child]))
        if one != other:
            ties[one, other] = ties.get((one, other), 0) + 1
    return ties


def _at(
    chart: Chart, order: Sequence[Sequence[int]], contents: Mapping[str, Content], width: float, exponent: float
) -> Placed:
    every = [card for lane in chart.lanes for card in lane.cards]
    left, right = MARGIN + NAMES + INSET, width - MARGIN - LANE_PAD
    undated = [contents[card.path].width for card in every if card.day is None]
    days = {card.path: card.day for card in every if card.day is not None}
    start = left + (max(undated) + rows.GAP if undated else 0)
    calendar = _calendar(days, contents, start, right, exponent) if days else None
    lefts = {
        card.path: calendar.place(card.day) if calendar is not None and card.day is not None else left for card in every
    }
    placed_bands, boxes, top = [], dict[str, Box](), 0.0
    band_of = {card.path: place for place, band in enumerate(order) for i in band for card in chart.lanes[i].cards}
    for place, band in enumerate(order):
        own = [card.path for i in band for card in chart.lanes[i].cards]
        held = _rows(chart, own, contents, lefts, band_of, place)
        tops, heights, y = [], [], top + LANE_PAD
        for row in held:
            height = max(contents[path].height for path in row)
            tops.append(y)
            heights.append(height)
            for path in row:
                boxes[path] = Box(lefts[path], y, lefts[path] + contents[path].width, y + height, y + height / 2)
            y += height + ROW_GAP
        bottom = y - ROW_GAP + LANE_PAD
        lane = chart.lanes[band[0]]
        name, accent = (lane.name, lane.accent) if len(band) == 1 else (chart.shared, None)
        placed_bands.append(Band(name, accent, top, bottom, held, tuple(tops), tuple(heights)))
        top = bottom + LANE_GAP
    return Placed(width, calendar, tuple(placed_bands), contents, lefts, boxes)


def _calendar(
    days: Mapping[str, date], contents: Mapping[str, Content], left: float, right: float, exponent: float
) -> Calendar:
    """The axis that lets every card end before ``right``."""
    end = right - max(contents[path].width for path in days)
    while True:
        found = dates.calendar(tuple(days.values()), left, end, exponent)
        over = min(right - found.place(day) - contents[path].width for path, day in days.items())
        if over >= 0 and (over < 2 or found.goes_on):
            return found
        end += over


def _rows(
    chart: Chart,
    own: Sequence[str],
    contents: Mapping[str, Content],
    lefts: Mapping[str, float],
    band_of: Mapping[str, int],
    place: int,
) -> tuple[tuple[str, ...], ...]:
    index = {path: number for number, path in enumerate(own)}
    extents = [rows.Extent(lefts[path], lefts[path] + contents[path].width) for path in own]
    parents: dict[int, list[int]] = {}
    pulls: dict[int, float] = {}
    # The line of a lane goes on in it; what comes from elsewhere comes after.
    for link in sorted(chart.links, key=lambda link: link.dashed):
        if link.parent in index and link.child in index:
            parents.setdefault(index[link.child], []).append(index[link.parent])
            continue
        for path, other in ((link.parent, link.child), (link.child, link.parent)):
            if path in index:
                pulls[index[path]] = pulls.get(index[path], 0) + (1 if band_of[other] > place else -1)
    return tuple(tuple(own[card] for card in row) for row in rows.packed(extents, parents, pulls))
