"""Panels in rows below a model that flows to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact import panel, zoom
from archdraw.layout.compact.model import Page
from archdraw.layout.compact.panel import Shown
from archdraw.layout.compact.panel_choice import forms, lacks_mixer, ranked
from archdraw.layout.plate import letters
from archdraw.layout.plate.panels import Panel
from archdraw.layout.plate.spots import has_room, paint_letter
from archdraw.layout.turned import Turned
from archdraw.picture import Inset, Words
from archdraw.records import record

SPACE = 14.0
"""Px between two panels."""
HIGH = 264.0
"""Panels of a page that grows are as high as this at most, where that is enough for them."""
LEAST, LEAST_WHOLE = 198.0, 320.0
"""The least width of a panel, and of one with all that it may show."""


@record
class Rows:
    """Panels in rows from the top down, each row at least ``least`` px high."""

    rows: tuple[tuple[Panel, ...], ...]
    least: float

    @property
    def panels(self) -> list[Panel]:
        """All panels."""
        return [one for row in self.rows for one in row]

    @property
    def height(self) -> float:
        """Of all rows, with what is between them."""
        heights = [max(one.height for one in row) for row in self.rows]
        return max(sum(heights) + SPACE * max(0, len(heights) - 1), self.least)

    def paint(self, canvas: Canvas, place: Place, bottom: float, *, apart: bool) -> None:
        """The panels over the whole of ``place``, with lines or letters to what they open above ``bottom``.

        To a model whose columns stand ``apart`` no lines lead.
        """
        if not self.rows:
            return
        sourced = _sourced(self.rows, canvas)
        heights = [max(one.height for one in row) for row in sourced]
        spare = (place.bottom - place.top - sum(heights) - SPACE * (len(heights) - 1)) / len(heights)
        y, placed = place.top, list[list[tuple[Panel, Place]]]()
        for row, high in zip(sourced, heights, strict=True):
            width = (place.right - place.left - SPACE * (len(row) - 1)) / len(row)
            lefts = [place.left + number * (width + SPACE) for number in range(len(row))]
            placed.append(
                [(one, Place(left, y, left + width, y + high + spare)) for one, left in zip(row, lefts, strict=True)]
            )
            y += high + spare + SPACE
        _paint(canvas, placed, bottom, apart=apart)


def rows_of(insets: Sequence[Inset], page: Page, height: float, least: float, beside: float, *, whole: bool) -> Rows:
    """As many of ``insets`` as find room on ``page`` in ``height`` px, with ``beside`` px kept free at their right.

    With ``whole`` they stand in as many rows as find room, as a whole where they can; else in one row, in short.
    """
    rows: list[tuple[Panel, ...]] = []
    left, most, width = list(insets), page.panels, page.room - beside
    while most and left:
        low = _chosen(left, width, min(height, HIGH), most, whole=whole) if whole else ()
        row = low or _chosen(left, width, height, most, whole=whole)
        if not row:
            break
        rows.append(row)
        titles = [(one.inset.source, one.inset.title) for one in row]
        left = [inset for inset in left if (inset.source, inset.title) not in titles]
        most -= len(row)
        height -= max(one.height for one in row) + SPACE
        if not whole:
            break
    return Rows(tuple(rows), least if height >= least else 0.0)


def _chosen(insets: Sequence[Inset], width: float, height: float, most: int, *, whole: bool) -> tuple[Panel, ...]:
    """As many of ``insets`` as stand side by side in ``width`` by ``height`` px."""
    order, rare = ranked(insets)
    least = LEAST_WHOLE if whole else LEAST
    for figures in (True, False):
        for number in range(min(most, len(insets)) if figures else 1, 0, -1):
            each = (width - SPACE * (number - 1)) / number
            if each < least and number > 1:
                continue
            found = {index: _measured(insets[index], each, height, whole=whole, figures=figures) for index in order}
            for indices in (*(() if whole else combinations(rare, number)), *combinations(order, number)):
                if figures and lacks_mixer(insets, indices):
                    continue
                row = [one for index in sorted(indices) if (one := found[index])]
                if len(row) == number:
                    return tuple(row)
    return ()


def _measured(inset: Inset, width: float, height: float, *, whole: bool, figures: bool) -> Panel | None:
    """``inset`` in the longest form that finds room."""
    for items in _forms(inset, whole=whole, figures=figures):
        found = panel.measure(inset, items, width, height, right=True)
        if found:
            return found
    return None


def _forms(inset: Inset, *, whole: bool, figures: bool) -> Iterator[Sequence[Shown]]:
    if whole and figures:
        yield inset.items
        yield tuple(item for item in inset.items if not isinstance(item, Words) or item.strong)
    of_kind = [form.items for form in forms(inset) if form.figure == figures]
    yield from of_kind
    # A figure by itself says more than words.
    yield from ((items[0],) for items in of_kind[-1:] if figures)


def _sourced(rows: Sequence[Sequence[Panel]], canvas: Canvas) -> list[list[Panel]]:
    """``rows``, in each of which the panels of what stands further left come first.

    Those of a box that another one opens, and those of a box with no room for a letter, have their titles only.
    """
    found, seen = [], set[str]()
    for row in rows:
        ranked = sorted(row, key=lambda one: _rank(one.inset, canvas))
        found.append([one if _is_led(one.inset, seen) else _untied(one) for one in ranked])
    return found


def _rank(inset: Inset, canvas: Canvas) -> tuple[bool, float]:
    return not inset.source, canvas.places[inset.source].left if inset.source else 0.0


def _is_led(inset: Inset, seen: set[str]) -> bool:
    """Whether no other panel opens the box of ``inset``, which is the next one."""
    if not inset.source or inset.source in seen:
        return False
    seen.add(inset.source)
    return True


def _untied(one: Panel) -> Panel:
    return replace(one, inset=replace(one.inset, source=""))


def _paint(canvas: Canvas, rows: list[list[tuple[Panel, Place]]], bottom: float, *, apart: bool) -> None:
    """``rows`` of panels, with lines to those of the first row, where they find a way, and letters for others."""
    turned = Turned(canvas, 0.0, 0.0)
    # Seen from a turned page what is further right comes first.
    sideways = [(one, Place(place.top, -place.right, place.bottom, -place.left)) for one, place in reversed(rows[0])]
    found = zoom.without_letters(turned, [(_marked(one), place) for one, place in sideways], bottom, apart=apart)
    led = {one.inset.source for one, _ in found if one.inset.source and not one.inset.letter}
    number = 0
    for row in rows:
        for one, place in row:
            inset = one.inset
            if inset.source and inset.source not in led:
                letter = letters.letter(number)
                if has_room(canvas, canvas.places[inset.source], letter):
                    inset, number = replace(inset, letter=letter), number + 1
                    paint_letter(canvas, canvas.places[inset.source], letter, apart=True)
            named = replace(one, inset=inset)
            panel.paint(canvas, named, place.left, place.top, place.bottom - place.top)
    zoom.paint(turned, [pair for pair in found if pair[0].inset.source in led], bottom, apart=apart)


def _marked(one: Panel) -> Panel:
    """``one`` with a letter, which is taken from those that a line leads to."""
    return replace(one, inset=replace(one.inset, letter=letters.letter(0) if one.inset.source else ""))
