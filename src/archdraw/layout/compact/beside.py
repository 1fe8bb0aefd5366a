"""The breadth of a page: the model, at its right what is opened, under both the strip and what is not shown."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.compact.heading import header, note, subtitle
from archdraw.layout.compact.model import LINE, Footer, Page, column_in, lettered, missing, notes, openable, stretched
from archdraw.layout.compact.panel_choice import is_usual
from archdraw.layout.compact.short import core
from archdraw.layout.diagram import forks
from archdraw.layout.diagram.frames import FRAME
from archdraw.layout.plate import panels, strip
from archdraw.layout.plate.column import paint_model
from archdraw.layout.plate.spots import Placed
from archdraw.layout.plate.zoom import zoom_lines
from archdraw.picture import Inset, Item, Masks, Plate, Share, Split, Words
from archdraw.scene import Scene
from archdraw.theme import Theme

CHANNEL, SPACE = 42.0, 18.0
"""Px between the model and the panels, and between two of those."""
LEAST_PANEL = 300.0
LEAST_HEIGHT = 0.55
"""Panels may be as high as this share of the page's width beside a model that is lower."""
STRIP_SPACE = 22.0


def fits(plate: Plate, page: Page, footer: Footer) -> bool:
    """Whether the model of ``plate`` finds room on ``page``, where panels need none."""
    column = column_in(plate, page.measures_of(plate))
    return column.width <= page.room and _around(plate, page, footer) + column.height <= page.height


def draw(plate: Plate, page: Page, footer: Footer, theme: Theme) -> Scene:
    """The scene of ``plate`` on ``page``, as high as it has to be. It has to fit."""
    canvas = Canvas(theme, plate.accent)
    column = column_in(plate, page.measures_of(plate))
    most = page.height - _around(plate, page, footer)
    width = page.room - column.width - CHANNEL
    high = min(most, max(column.height, LEAST_HEIGHT * page.width))
    own = tuple(inset for inset in plate.insets if not inset.beside)
    found = _chosen(own, width, high, page.panels) if width >= LEAST_PANEL else []
    tall = sum(panel.height for panel in found) + SPACE * (len(found) - 1)
    high = max(column.height, tall)
    top = header(canvas, plate, page)
    column = stretched(plate, column, high)
    # A model with nothing beside it stands in the middle.
    left = page.margin if found else page.margin + (page.room - column.width) / 2
    paint_model(canvas, column, top + high, left=left, top=top)
    right = left + column.width
    shown = lettered(_sourced(canvas, found), canvas)
    placed = _panels(canvas, shown, Place(right + CHANNEL, top, page.width - page.margin, top + high))
    if shown:
        several = bool(plate.towers or plate.wires) or forks.is_forked(plate.column)
        zoom_lines(canvas, placed, right, apart=several)
    y = top + high
    if plate.strip:
        y += STRIP_SPACE
        strip.paint(canvas, plate.strip, page.margin, y, page.room)
        y += strip.height(plate.strip, page.room)
    left_out = missing(plate.insets, shown)
    y = note(canvas, notes(footer, left_out, page.room), page, y)
    scene = canvas.scene(page.width, y, f"{plate.name} architecture", plate.description)
    return replace(scene, left_out=tuple(inset.title for inset in left_out))


def _chosen(insets: tuple[Inset, ...], width: float, height: float, most: int) -> list[panels.Panel]:
    """At most so many of ``insets`` as find room in ``width`` by ``height`` px, those that are missed most first.

    Each stands whole, or without its lesser remarks, or with a short diagram; one that is too wide says what counts.
    """
    order = sorted(
        range(len(insets)),
        key=lambda index: (insets[index].optional, is_usual(insets[index]), -_worth(insets[index]), index),
    )
    found: dict[int, panels.Panel] = {}
    for index in order:
        whole = insets[index]
        terse = tuple(item for item in whole.items if not isinstance(item, Words) or item.strong)
        brief = tuple(item if isinstance(item, Words | Masks | Share | Split) else core(item) for item in terse)
        spoken = tuple(item for item in terse if isinstance(item, Words)) if _is_wide(whole, brief, width) else ()
        for form in (whole, *(replace(whole, items=items) for items in (terse, brief, spoken))):
            if len(found) < most and panels.widest(form) <= width and form.items:
                panel = panels.measure(form, width)
                if panel.height <= height:
                    found[index] = panel
                    height -= panel.height + SPACE
                    break
    return [found[index] for index in sorted(found)]


def _is_wide(whole: Inset, brief: tuple[Item, ...], width: float) -> bool:
    """Whether the diagram of ``whole``, which opens a box, is wider than ``width`` px in its ``brief`` form, too."""
    return bool(whole.source) and panels.widest(replace(whole, items=brief)) > width


def _worth(inset: Inset) -> float:
    return inf if inset.priority is None else inset.priority


def _sourced(canvas: Canvas, found: list[panels.Panel]) -> list[panels.Panel]:
    """``found``; those of boxes that are not on the page have their titles only."""
    of = {inset.title: inset for inset in openable(canvas, tuple(panel.inset for panel in found))}
    return [replace(panel, inset=of.get(panel.inset.title, panel.inset)) for panel in found]


def _panels(canvas: Canvas, shown: list[panels.Panel], place: Place) -> Placed:
    """Paints the panels ``shown`` over the whole height of ``place``."""
    spine = canvas.places[FRAME]
    spare = place.bottom - place.top - sum(panel.height for panel in shown) - SPACE * (len(shown) - 1)
    weights = [panel.height if panel.is_elastic else 0.25 * panel.height for panel in shown]
    y, column = place.top, []
    for panel, weight in zip(shown, weights, strict=True):
        height = panel.height + spare * weight / sum(weights)
        tall = panels.stretched(panel, height)
        panels.paint(canvas, tall, place.left, y, height)
        column.append((tall, Place(place.left, y, place.left + panel.width, y + height)))
        y += height + SPACE
    canvas.places[FRAME] = spine
    return [column]


def _around(plate: Plate, page: Page, footer: Footer) -> float:
    """What stands above and below the content."""
    below = STRIP_SPACE + strip.height(plate.strip, page.room) if plate.strip else 0.0
    return subtitle(plate, page)[1] + below + 32 + LINE * (len(notes(footer, plate.insets, page.room)) - 1)
