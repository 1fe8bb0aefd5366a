"""Laying out without painting, for what only has to be found."""

from __future__ import annotations

from archdraw.layout.canvas import Canvas, Layer
from archdraw.scene import Element


class Sketch(Canvas):
    """A canvas that keeps where things stand and no shapes."""

    def _add(self, element: Element, layer: Layer) -> None:
        """Nothing is kept."""

    def rect(self, *_: object, **named: object) -> None:
        """Nothing is painted."""

    def text(self, *_: object, **named: object) -> None:
        """Nothing is painted."""

    def line(self, *_: object, **named: object) -> None:
        """Nothing is painted."""
