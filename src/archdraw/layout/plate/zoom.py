"""The lines from boxes to the insets that open them, routed when every place is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.joined import straightened
from archdraw.layout.plate import letters
from archdraw.layout.plate.cuts import LINE_SPACE, LINES_PAD
from archdraw.layout.plate.panels import LETTER, TITLE_MIDDLE, badge, badge_width
from archdraw.layout.plate.spots import Placed, further_boxes, letters_at, paint_letter
from archdraw.layout.plate.tracks import Crossing, in_order, tracks
from archdraw.records import record

FIRST_TRACK, TRACK = 16.0, 8.0
KINK = 12.0
WIDTH = 1.75


@record
class _Way:
    """One zoom line: from a box into the channel at ``start``, out of it at ``end``, to its inset at ``goal``."""

    letter: str
    path: str
    source: Place
    start: float
    end: float
    goal: Place
    column: int = 0

    @property
    def arrival(self) -> float:
        """The height at which it reaches its inset: the line of the title."""
        return self.goal.top + TITLE_MIDDLE


@record
class _Part:
    """A line from a part of an inset to the panel that opens it."""

    path: str
    panel: str
    source: Place
    goal: Place

    @property
    def across(self) -> bool:
        """Whether the panel stands in the next column, and not under its owner."""
        return self.goal.left > self.source.right

    @property
    def end(self) -> float:
        """The height at which it leaves: that of its arrival where the part reaches so far."""
        return self.arrival if self.source.top + 8 <= self.arrival <= self.source.bottom - 8 else self.source.middle

    @property
    def arrival(self) -> float:
        return min(max(self.source.middle, self.goal.top + 20), self.goal.bottom - 20)


def zoom_lines(canvas: Canvas, columns: Placed, model_right: float, *, apart: bool = False) -> None:
    """Every zoom line of a plate whose model container ends at ``model_right``.

    Those of a model of several columns stand ``apart`` from its boxes, as letters: their lines would cross others.
    """
    marks = letters_at(columns, canvas)
    ways, hemmed = _ways(canvas, columns, model_right, marks, apart=apart)
    # Whether a line can leave a box is seen before any of them are drawn.
    further = [
        (letter, place, heights[letter], apart or is_hemmed(canvas, place, model_right))
        for letter, place, heights in further_boxes(columns, canvas, marks)
    ]
    for letter, source, height in hemmed:
        # A line could not leave past the neighbour: the letter alone stands at the box, two below each other.
        several = sum(other == source for _, other, _ in hemmed) > 1
        paint_letter(canvas, source, letter, apart=apart, height=height if several else None)
    channel = tracks([Crossing(way.start, way.end) for way in ways])
    parts = [
        _Part(panel.inset.beside, letters.name_of(panel.inset), canvas.places[panel.inset.beside], place)
        for column in columns
        for panel, place in column
        if panel.inset.beside
    ]
    gutter = _gutters(columns, [*(way for way in ways if way.column), *(part for part in parts if part.across)])
    spread = max(channel, default=0)
    step = TRACK if spread <= 2 else 32.0 / (spread + 1)
    for way, track in zip(ways, channel, strict=True):
        x = model_right + FIRST_TRACK + track * step
        half = badge_width(way.letter, LETTER) / 2
        badge_x = (model_right + canvas.places[FRAME].right) / 2
        points = [(badge_x + half, way.start), (x, way.start), (x, way.end)]
        if way.column:
            turn = gutter[way]
            points += [(turn, way.end), (turn, way.arrival)]
        points.append((way.goal.left, way.arrival))
        with canvas.section("zoom", opens=way.letter):
            before = (way.source.right, way.start), (badge_x - half, way.start)
            canvas.line(*before, kind="zoom", width=WIDTH, start=way.path, end=way.letter)
            canvas.dot(way.source.right, way.start, colour=canvas.theme.zoom, layer="object")
            badge(canvas, badge_x, way.start, way.letter, LETTER)
            canvas.line(*straightened(points), kind="zoom", width=WIDTH, start=way.path, end=way.letter)
            canvas.dot(way.goal.left, way.arrival, colour=canvas.theme.zoom, layer="object")
    for letter, source, height, stands_alone in further:
        if stands_alone:
            paint_letter(canvas, source, letter, apart=apart, further=True)
        else:
            _stub(canvas, letter, source, height, model_right)
    for part in parts:
        if part.across and part not in gutter:
            continue
        points = _way_to(part, gutter.get(part, 0.0))
        # Where a line or a box stands in the way the panel's title, which is that of the box, has to do.
        (start, y), (turn, _), (_, end) = points[:3]
        across, upright = Place(start + 1, y - 1, turn + 1, y + 1), Place(turn - 1, min(y, end), turn + 1, max(y, end))
        if not canvas.is_barred(across) and not canvas.is_crossed(upright):
            _lead(canvas, part, points)


def _stub(canvas: Canvas, letter: str, source: Place, height: float, model_right: float) -> None:
    """The letter of a panel at a further box that it opens, on a short line."""
    x = (model_right + canvas.places[FRAME].right) / 2
    half = badge_width(letter, LETTER) / 2
    with canvas.section("zoom", opens=letter):
        canvas.line((source.right, height), (x - half, height), kind="zoom", width=WIDTH, end=letter)
        canvas.dot(source.right, height, colour=canvas.theme.zoom, layer="object")
        badge(canvas, x, height, letter, LETTER)


def _ways(
    canvas: Canvas, columns: Placed, model_right: float, marks: Mapping[str, dict[str, float]], *, apart: bool
) -> tuple[list[_Way], list[tuple[str, Place, float]]]:
    """The lettered insets in the order of their boxes, each with the height at which it leaves the channel.

    Boxes that have another one at their right come apart, with their letters and heights: no line can leave them.
    """
    ways: list[_Way] = []
    hemmed: list[tuple[str, Place, float]] = []
    for number, column in enumerate(columns):
        for panel, place in column:
            if not panel.inset.source:
                continue
            source = canvas.places[panel.inset.source]
            start = marks[panel.inset.source][panel.inset.letter]
            if apart or is_hemmed(canvas, source, model_right):
                hemmed.append((panel.inset.letter, source, start))
                continue
            ways.append(
                _Way(panel.inset.letter, panel.inset.source, source, start, place.top + TITLE_MIDDLE, place, number)
            )
    ways.sort(key=lambda way: (way.column, way.goal.top))
    kept = [ways[index] for index in in_order([way.start for way in ways])]
    hemmed += [(way.letter, way.source, way.start) for way in ways if way not in kept]
    return [_snapped(way) for way in _passed(kept, columns)], hemmed


def _snapped(way: _Way) -> _Way:
    """A line that would rise by a few px only starts where it ends: a port may be off the middle, a kink is seen."""
    return replace(way, start=way.end) if abs(way.start - way.end) < KINK else way


def is_hemmed(canvas: Canvas, source: Place, model_right: float) -> bool:
    """Whether no line can leave ``source`` to the right, where its model ends at ``model_right``."""
    if source.bottom - source.top < LETTER:
        # Words beside lines: boxes stand at their right, now or a little higher.
        return True
    edge = canvas.places[FRAME].right
    # A neighbour that ends lower still sends its line up past the source.
    beside = any(source.right < other.left < edge and other.bottom >= source.top for other in canvas.places.values())
    # The line of a loop returns between the boxes and the side of the model.
    return beside or canvas.is_barred(Place(source.right + 1, source.middle - 1, model_right - 1, source.middle + 1))


def _passed(ways: list[_Way], columns: Placed) -> list[_Way]:
    """``ways``; those to further columns pass right under the first ones, one below the other in their order."""
    bottoms = [column[-1][1].bottom for column in columns]
    lowest = 0.0
    result = []
    for way in ways:
        if way.column:
            lowest = max(lowest + LINE_SPACE, max(bottoms[: way.column]) + (LINES_PAD + LINE_SPACE) / 2)
            if abs(way.start - lowest) < KINK:
                # It passes where it leaves its box, or rises so far that it is seen: at its box it stays.
                lowest = way.start if way.start >= lowest else way.start + KINK
            way = replace(way, end=lowest)
        result.append(way)
    return result


def _gutters(columns: Placed, through: Sequence[_Way | _Part]) -> dict[_Way | _Part, float]:
    """Where each line to a further column turns towards its panel: in the space before that column."""
    result: dict[_Way | _Part, float] = {}
    for before, column in pairwise(columns):
        left, right = before[0][1].right, column[0][1].left
        own = [way for way in through if way.goal.left == right]
        own.sort(key=lambda way: (way.end, way.arrival))
        # A line to a part that would cross others is left out: the panel's title is that of the box.
        kept = [own[index] for index in in_order([way.arrival for way in own])]
        ways: list[_Way | _Part] = [way for way in own if isinstance(way, _Way)]
        own = kept if all(way in kept for way in ways) else ways
        order = tracks([Crossing(way.end, way.arrival) for way in own])
        number = max(order, default=0) + 1
        for way, track in zip(own, order, strict=True):
            result[way] = left + (right - left) * (track + 1) / (number + 1)
    return result


def _way_to(part: _Part, turn: float) -> list[tuple[float, float]]:
    """From a part of an inset to the panel beside it, turning at ``turn``, or to the one under it."""
    source, goal = part.source, part.goal
    if part.across:
        return [(source.right, part.end), (turn, part.end), (turn, part.arrival), (goal.left, part.arrival)]
    x = goal.right - 16
    return [(source.right, source.middle), (x, source.middle), (x, goal.top)]


def _lead(canvas: Canvas, part: _Part, points: list[tuple[float, float]]) -> None:
    with canvas.section("zoom", opens=part.panel):
        canvas.line(*straightened(points), kind="zoom", width=WIDTH, start=part.path, end=part.panel)
        for x, y in (points[0], points[-1]):
            canvas.dot(x, y, colour=canvas.theme.zoom, layer="object")
