"""Scenes as PowerPoint: one slide as large as the picture, whose blocks are shapes that can be edited.

The slides of a whole deck, templates and steps are made by :mod:`archdraw.app.deck` from the same parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers._powerpoint.colours import GROUNDS, HUES
from archdraw.writers._powerpoint.contents import As as As
from archdraw.writers._powerpoint.contents import Deck as Deck
from archdraw.writers._powerpoint.contents import Slide as Slide
from archdraw.writers._powerpoint.contents import name_of
from archdraw.writers._powerpoint.deck import check as check
from archdraw.writers._powerpoint.deck import free as free
from archdraw.writers._powerpoint.deck import written as written
from archdraw.writers._powerpoint.tables import Point as Point
from archdraw.writers._powerpoint.tables import Points as Points
from archdraw.writers._powerpoint.tables import Table as Table
from archdraw.writers._values import origin

THEME_COLOURS = (*GROUNDS.values(), *HUES.values())
"""The names of the colours that the theme of a deck is made of."""
VIEW = "slide"
"""What is drawn where nobody says what: a plate is too much for a slide."""


def write(
    scene: Scene,
    *,
    scale: float = 1.0,
    text: TextMode = "embed",
    template: str | Path | None = None,
    pictures: As = "shapes",
) -> bytes:
    """``scene`` as a file of PowerPoint with one slide, ``scale`` times as large; letters are text.

    With a ``template`` the slide is one of that: the picture stands below its title, as large as it finds room.
    ``pictures`` "picture" makes one of it that cannot be edited. Raises :class:`ArchdrawError` where python-pptx is not
    installed, for a template that is none, and for a slide that is too small or too large.
    """
    return deck_of((scene,), scene, scale=scale, template=template, pictures=pictures)


def deck_of(
    scenes: Sequence[Scene],
    about: Scene,
    *,
    scale: float = 1.0,
    template: str | Path | None = None,
    pictures: As = "shapes",
    clicks: bool = False,
) -> bytes:
    """A slide for each of ``scenes``, which are of one size, in a file that says what it is ``about``.

    With ``clicks`` what is in steps appears by these. Raises as :func:`write`.
    """
    wide, high = about.size
    slides = tuple(replace(slide_of(scene), steps=clicks) for scene in scenes)
    size = wide * scale, high * scale
    return written(Deck(about.title, slides, size, about.palette, template, about.language, pictures, origin(about)))


def slide_of(scene: Scene) -> Slide:
    """The slide that shows ``scene``, its name as the title."""
    words = [text.phrase or text.text for text in name_of(scene)]
    title, subtitle = (words[0], " ".join(words[1:])) if words else (scene.title, "")
    return Slide(title, (scene,), subtitle=subtitle, notes="\n".join((scene.title, scene.description)))
