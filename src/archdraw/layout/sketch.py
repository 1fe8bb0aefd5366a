"""Laying out without painting, for what only has to be found."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from archdraw.layout.canvas import Canvas, Layer, Place
from archdraw.scene import Element


class Sketch(Canvas):
    """A canvas that keeps where things stand and no shapes."""

    def _add(self, element: Element, layer: Layer) -> None:
        """Nothing is kept."""

    def group(self, *_: object, **named: object) -> AbstractContextManager[None]:
        """Nothing is put together."""
        return nullcontext()

    def box(self, place: Place, role: str, path: str, **named: object) -> str:
        """Keeps the ``place`` of what is at ``path``; words in it have no color."""
        self.places[path] = place
        return ""

    def rect(self, *_: object, **named: object) -> None:
        """Nothing is painted."""

    def text(self, *_: object, **named: object) -> None:
        """Nothing is painted."""

    def line(self, *_: object, **named: object) -> None:
        """Nothing is painted."""
