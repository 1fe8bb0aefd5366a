"""Scenes as PNG: CairoSVG, or resvg where the library cairo is not installed; both draw the outlined SVG.

With text as outlines neither needs a font, and both agree with browsers.
"""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers.svg import svg

IS_RASTER = True
LARGEST_SIDE = 32767
"""Pixels; cairo's limit."""
MOST_LETTERS = 90_000
"""In one picture by CairoSVG, which gives up where 100,000 outlines are referred to; resvg takes any number."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a PNG file; a picture of pixels has no ``text``."""
    return png(scene, scale)


def png(scene: Scene, scale: float = 1.0) -> bytes:
    """``scene`` as a PNG file of its width and height times ``scale``, rounded to whole pixels.

    Raises :class:`ArchdrawError` where that is less than one pixel or more than 32,767.
    """
    width, height = round(scene.width * scale), round(scene.height * scale)
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise ArchdrawError(f"a picture of {width:,} by {height:,} pixels cannot be written; choose another scale")
    markup = svg(scene, "outline")
    if markup.count("<use ") > MOST_LETTERS:
        return _resvg(markup, width, height)
    try:
        return _cairo(markup, width, height)
    except (ImportError, OSError):  # OSError: CairoSVG is there, the library libcairo is not
        return _resvg(markup, width, height)


def _cairo(markup: str, width: int, height: int) -> bytes:
    import cairosvg

    image: bytes = cairosvg.svg2png(bytestring=markup.encode(), output_width=width, output_height=height)
    return image


def _resvg(markup: str, width: int, height: int) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=markup, width=width, height=height, skip_system_fonts=True))
