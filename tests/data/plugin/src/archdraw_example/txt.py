"""A format: the words of a picture, a line each, in the order of painting."""

from __future__ import annotations

from archdraw.scene import Scene, Text
from archdraw.writers import TextMode

IS_TEXT = True
"""A terminal can show it."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """The words of ``scene`` in UTF-8. Neither ``scale`` nor ``text`` makes a difference to them."""
    return "".join(f"{shape.text}\n" for shape in scene.shapes() if isinstance(shape, Text)).encode()
