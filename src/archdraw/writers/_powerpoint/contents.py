"""What slides show, before anything has a place on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal, TypeAlias

from archdraw.records import record
from archdraw.scene import Group, Scene, Text
from archdraw.writers._powerpoint.tables import Points, Table

Part: TypeAlias = Scene | Table | Points
"""What stands on a slide below its title."""
As: TypeAlias = Literal["shapes", "picture"]
"""What a picture is on a slide: "shapes" that are edited there, or a "picture" (SVG, with PNG for older programs)."""


@record
class Slide:
    """One slide: its ``title`` with a lesser ``subtitle``, its ``parts`` side by side, what is said with it.

    ``shares`` are how much of the width each part has; equal ones where none are given. ``steps``: what the picture
    says appears later does so by a click. The first slide of a ``section`` begins it.
    """

    title: str
    parts: tuple[Part, ...] = ()
    subtitle: str = ""
    notes: str = ""
    shares: tuple[float, ...] = ()
    steps: bool = False
    section: str = ""


@record
class Deck:
    """Slides of one ``title``, in the design of ``template``, else of ``size`` px in the colours of ``palette``.

    ``origin`` is what the file says of its own: one line of JSON, or nothing.
    """

    title: str
    slides: tuple[Slide, ...]
    size: tuple[float, float]
    palette: Mapping[str, str] = field(default_factory=dict)
    template: str | Path | None = None
    language: str = "en"
    pictures: As = "shapes"
    origin: str = ""


def name_of(scene: Scene) -> tuple[Text, ...]:
    """The name of a picture that is about one thing, and what stands beside it in smaller letters; else nothing."""
    headers = [child for child in scene.children if isinstance(child, Group) and child.role == "header"]
    words = tuple(child for header in headers for child in header.children if isinstance(child, Text))
    plain = not any(isinstance(child, Group) for header in headers for child in header.children)
    return words if len(headers) == 1 and plain and all(one.size < words[0].size for one in words[1:]) else ()
