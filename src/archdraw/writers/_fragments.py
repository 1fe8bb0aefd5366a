"""SVG for pages of reveal.js, in which each step of a picture is a fragment: it appears by a click."""

from __future__ import annotations

from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers._markup import step
from archdraw.writers.svg import Picture


def fragments(scene: Scene, text: TextMode = "embed", *, prefix: str = "", scale: float = 1.0) -> str:
    """``scene`` as an ``<svg>`` element to stand in a page; the rest as of :func:`archdraw.writers.svg.svg`."""
    return _Fragments(scene, text, prefix, scale, shared_outlines=True).written()


def _fragment(number: int | None) -> str:
    """The attributes of what appears in the step of that ``number``."""
    said = step(number)
    return f' class="fragment" data-fragment-index="{number}"{said}' if said else ""


class _Fragments(Picture):
    """A picture whose steps are fragments; those of one number appear together."""

    step = staticmethod(_fragment)
