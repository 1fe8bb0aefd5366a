"""A finished picture without its name, or without the line below it, and without the room that these took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archdraw.scene import Element, Group, Rect, Scene, Text, bounds, moved

BOLD = 700
"""The weight of a name; the line below it is in plain letters."""


def untitled(scene: Scene, *, name: bool, numbers: bool, taken: float | None = None) -> Scene:
    """``scene`` without its ``name`` or the ``numbers`` below it, what is below moved up by as much as these took.

    A page of one size was drawn higher by ``taken`` px, which it is cut by where nothing of its header is left. A scene
    without a header is as it is.
    """
    header = next((part for part in scene.children if isinstance(part, Group) and part.role == "header"), None)
    if header is None or not (name or numbers):
        return scene
    rest = tuple(part for part in scene.children if part is not header)
    left, right, bottom = header.children, 0.0, bounds((header,))[3]
    top = bounds((header,))[1]
    kept = [text for text in _texts(left) if not (name if text.weight == BOLD else numbers)]
    if not kept:
        by = bounds(rest)[1] - top if taken is None else taken
        return _cut(scene, tuple(_up(part, by) for part in rest), by)
    first = min(text.y for text in _texts(left))
    up = min(text.y for text in kept) - first
    if taken is not None:
        # On one line with the name is what stands beside it.
        right = min(text.x for text in kept) - min(text.x for text in _texts(left))
    own = tuple(_up(text, up, right) for text in kept)
    by = 0.0 if taken is not None else bottom - max(bounds(own)[3], top) - (bottom - bounds(tuple(_texts(left)))[3])
    bars = [replace(bar, height=bar.height - by) for bar in left if isinstance(bar, Rect)]
    new = replace(header, children=(*bars, *own))
    return _cut(scene, (new, *(_up(part, by) for part in rest)), by)


def _cut(scene: Scene, children: tuple[Element, ...], by: float) -> Scene:
    return replace(scene, children=children, height=float(round(scene.height - by)))


def _texts(elements: Iterable[Element]) -> list[Text]:
    found: list[Text] = []
    for element in elements:
        if isinstance(element, Group):
            found += _texts(element.children)
        elif isinstance(element, Text):
            found.append(element)
    return found


def _up(element: Element, by: float, left: float = 0.0) -> Element:
    (there,) = moved((element,), -left, -by, steps=True)
    return there
