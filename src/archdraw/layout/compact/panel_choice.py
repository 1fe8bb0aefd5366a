"""Panels for a page with little room: each as whole as it fits, shortened in a fixed order where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archdraw.fonts import text_width
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.plate import panels
from archdraw.picture import (
    Box,
    Branches,
    Chain,
    Choice,
    Frame,
    Graph,
    Inset,
    Item,
    Lanes,
    Masks,
    Rail,
    Share,
    Split,
    Words,
)

ROUNDING = 0.01
SWATCH = 30.0
"""Px beside the words of a chart."""


def chosen(insets: tuple[Inset, ...], width: float, height: float, most: int, space: float) -> list[panels.Panel]:
    """At most so many of ``insets``, the one worth most first, measured for a column of ``width`` by ``height`` px.

    ``space`` px are between two. Those that do not fit even in their shortest form are left out.
    """
    order = sorted(range(len(insets)), key=lambda index: (insets[index].optional, -_worth(insets[index]), index))
    found: dict[int, panels.Panel] = {}
    left = height
    for index in order:
        if len(found) == most:
            break
        panel = _first_fitting(insets[index], width, left)
        if panel:
            found[index] = panel
            left -= panel.height + space
    return [found[index] for index in sorted(found)]


def _worth(inset: Inset) -> float:
    return float("inf") if inset.priority is None else inset.priority


def _first_fitting(inset: Inset, width: float, height: float) -> panels.Panel | None:
    """``inset`` in the longest of its forms that fits ``width`` by ``height``; None where none does."""
    inner = width - 2 * panels.PAD
    for form in forms(inset):
        if not form.items or any(_widest_words(item) > inner for item in form.items):
            continue
        panel = panels.measure(form, width)
        if panel.height <= height and all(piece.width <= inner + ROUNDING for piece in panel.pieces):
            return panel
    return None


def _widest_words(item: Item) -> float:
    """What the words of a chart take that do not wrap."""
    match item:
        case Split(segments=segments):
            return SWATCH + max(text_width(segment.label, SMALL) for segment in segments)
        case Share(left=left, right=right):
            return text_width(left, SMALL) + text_width(right, SMALL) + SWATCH
        case _:
            return 0.0


def forms(inset: Inset) -> Iterator[Inset]:
    """``inset``, then without its lesser remarks, then its figures and strong words only, then these words alone."""
    yield inset
    strong = tuple(item for item in inset.items if not isinstance(item, Words) or item.strong)
    yield replace(inset, items=strong)
    figures = tuple(part for item in strong for part in _figures(item))
    if figures:
        yield replace(inset, items=figures)
        yield replace(inset, items=tuple(item for item in figures if not isinstance(item, Words)))
    words = tuple(item for item in inset.items if isinstance(item, Words))
    if words:
        yield replace(inset, items=words)
        yield replace(inset, items=words[:1])


def _figures(item: Item) -> tuple[Item, ...]:
    """What of ``item`` is words, a chart, or a box with a figure in it."""
    match item:
        case Words() | Masks() | Share() | Split():
            return (item,)
        case Box(figure=figure):
            return (replace(item, chips=(), inputs=0, outputs=("",)),) if figure else ()
        case Chain(items=items) | Branches(items=items) | Graph(items=items) | Lanes(items=items):
            return tuple(part for one in items for part in _figures(one))
        case Choice(options=options):
            return tuple(part for one in options for part in _figures(one))
        case Rail(body=body) | Frame(body=body):
            return _figures(body)
        case _:
            return ()
