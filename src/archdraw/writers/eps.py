"""Scenes as EPS, which journals ask for: one page of PostScript to be placed in another document."""

from __future__ import annotations

from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers._cairo import postscript


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as an EPS file; letters are outlines, whatever ``text`` says. Raises as :func:`postscript`."""
    return postscript(scene, scale, "eps")
