"""The models that come with archdraw, and their plates: each is loaded and laid out once for all tests of a process.

For tests that only read them. What is drawn while something is patched is drawn by the test itself.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from archdraw.model import Model, load
from archdraw.resources import specs_folder
from archdraw.scene import Circle, Element, Group, Line, Polygon, Rect, Scene, Text

SPECS = tuple(sorted(specs_folder().glob("*.yaml")))
NAMES = tuple(path.stem for path in SPECS)


@cache
def model(name: str) -> Model:
    """The model ``name``."""
    return load(specs_folder() / f"{name}.yaml")


def models() -> list[Model]:
    """All of them, by name."""
    return [model(name) for name in NAMES]


@cache
def plate(name: str, theme: str = "light") -> Scene:
    """The plate of the model ``name``."""
    return model(name).scene(theme=theme)


def bare(scene: Scene) -> Scene:
    """``scene`` in one color: two of the same geometry are equal. What has no color has none here either."""
    background = COLOR if scene.background else None
    return replace(scene, background=background, palette={}, children=tuple(map(_bare, scene.children)))


COLOR = "#000000"


def _bare(element: Element) -> Element:
    match element:
        case Group(children=children):
            return replace(element, children=tuple(map(_bare, children)))
        case Rect() | Circle():
            fill, stroke = (COLOR if color else None for color in (element.fill, element.stroke))
            return replace(element, fill=fill, stroke=stroke)
        case Line():
            return replace(element, stroke=COLOR)
        case Polygon() | Text():
            return replace(element, fill=COLOR)
