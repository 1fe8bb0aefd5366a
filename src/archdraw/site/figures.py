"""Pictures that stand in a page as text: their colours are names that the style of the site resolves, light or dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import floor

from archdraw.model import Model
from archdraw.records import record
from archdraw.scene import Scene, bounds, moved
from archdraw.theme import load_theme
from archdraw.views.glyphs import letters_of

DECLARATION = re.compile(r"^<\?xml[^>]*>\s*")
DARK = ':root:not([data-theme="light"])', ':root[data-theme="dark"]'
"""What a page is where its system is dark, and where its reader has chosen so."""

AIR = 12
"""Px above what a picture begins with."""


@record
class Figure:
    """A picture as it is in a page, with the names of its ``colours``.

    ``own_letters``: all letters are those of archdraw's own font, and no other font has to do with it.
    """

    svg: str
    colours: tuple[str, ...]
    width: float = 0
    height: float = 0
    own_letters: bool = True


def figure(scene: Scene, prefix: str, *, header: bool = True) -> Figure:
    """``scene`` as it is in a page, where all of its ids begin with ``prefix``.

    Without ``header``, as a page has a heading of its own, it begins with what is below that. Raises as
    :func:`archdraw.writers.write`.
    """
    if not header:
        inside = tuple(one for one in scene.children if getattr(one, "role", "") != "header")
        top = floor(bounds(inside)[1]) - AIR
        scene = replace(scene, children=moved(inside, 0, -top), height=scene.height - top)
    named = replace(scene, palette={name: colour(name) for name in scene.palette})
    text = Model.write(named, "svg", text="plain", prefix=prefix).decode()
    colours = tuple(name for name in scene.palette if colour(name) in text)
    return Figure(DECLARATION.sub("", text).rstrip(), colours, scene.width, scene.height, not letters_of(scene))


def style(colours: Iterable[str]) -> bytes:
    """The style sheet that says what each of ``colours`` is, in a light and in a dark page."""
    names = sorted({*colours})
    light, dark = ("; ".join(_values(names, theme)) for theme in ("light", "dark"))
    return (
        f":root {{ {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{\n  {DARK[0]} {{ {dark} }}\n}}\n"
        f"{DARK[1]} {{ {dark} }}\n"
        f"@media print {{\n  {', '.join((':root', *DARK))} {{ {light} }}\n}}\n"
    ).encode()


def colour(name: str) -> str:
    """How a page writes the colour of that ``name``, which the style of the site then has to resolve."""
    return f"var({_property(name)})"


def _values(names: Iterable[str], theme: str) -> Iterator[str]:
    found = load_theme(theme)
    return (f"{_property(name)}: {found.colour(name)}" for name in names)


def _property(name: str) -> str:
    """The custom property that stands for the colour of that ``name``."""
    return f"--{re.sub(r'[^A-Za-z0-9]+', '-', name)}-of-figure"
