"""How large a finished picture is in print, what lies under it, and how many pixels it has."""

from __future__ import annotations

import re
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.lengths import pixels
from archdraw.scene import Scene

PX_PER_INCH = 96
TRANSPARENT, WHITE = "none", "#FFFFFF"


def check_background(background: str) -> None:
    """Raises :class:`ArchdrawError` where ``background`` is neither ``none``, ``white`` nor ``#RRGGBB``."""
    if background not in ("", TRANSPARENT, "white") and not re.fullmatch("#[0-9A-Fa-f]{6}", background):
        raise ArchdrawError(f"{background!r} is no background; say none, white or #RRGGBB")


def check_width(width: str) -> None:
    """Raises :class:`ArchdrawError` where ``width`` is given and no length."""
    try:
        if width:
            pixels(width)
    except ValueError as error:
        raise ArchdrawError(str(error)) from None


def of_width(scene: Scene, width: str) -> Scene:
    """``scene`` as wide in print as ``width`` says (``3.25in``, ``8cm``, ``1280px``), and as high as that makes it."""
    across, down = scene.size
    wide = pixels(width)
    # Whole px: renderers round others each in its own way.
    return replace(scene, printed=(float(round(wide)), float(round(down * wide / across))))


def on(scene: Scene, background: str) -> Scene:
    """``scene`` on another ``background``: ``none`` is transparent, ``white``, or a colour ``#RRGGBB``."""
    if background == TRANSPARENT:
        return replace(scene, background=None)
    return replace(scene, background=WHITE if background == "white" else background.upper())


def scale_at(scene: Scene, dpi: float) -> float:
    """Pixels per px of ``scene`` at ``dpi`` pixels per inch of its size in print."""
    return dpi / PX_PER_INCH * scene.size[0] / scene.width


def fitted(scene: Scene, scale: float, within: tuple[int, int]) -> float:
    """``scale``, or less where ``scene`` would have more pixels across or down than ``within``."""
    return min(scale, within[0] / scene.width, within[1] / scene.height)
