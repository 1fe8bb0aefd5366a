"""Scenes as PNG, drawn from the outlined SVG by resvg, or by CairoSVG where it is asked for.

With text as outlines neither needs a font, and both agree with browsers. resvg comes with the package and needs nothing
of the system; it takes a third of the time.
"""

from __future__ import annotations

from archdraw.errors import ArchdrawError
from archdraw.scene import Scene
from archdraw.writers import Renderer, TextMode
from archdraw.writers.svg import svg

IS_RASTER = True
TAKES_RENDERER = True
LARGEST_SIDE = 32767
"""Pixels; cairo's limit."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed", renderer: Renderer = "resvg") -> bytes:
    """``scene`` as a PNG file; a picture of pixels has no ``text``."""
    return png(scene, scale, renderer)


def png(scene: Scene, scale: float = 1.0, renderer: Renderer = "resvg") -> bytes:
    """``scene`` as a PNG file of its width and height times ``scale``, rounded to whole pixels, drawn by ``renderer``.

    Raises :class:`ArchdrawError` where that is less than one pixel or more than 32,767, and for CairoSVG where the
    library cairo is not installed.
    """
    width, height = round(scene.width * scale), round(scene.height * scale)
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise ArchdrawError(f"a picture of {width:,} by {height:,} pixels cannot be written; choose another scale")
    if renderer == "cairosvg":
        from archdraw.writers._cairo import png_by_cairo

        return png_by_cairo(scene, width, height)
    import resvg_py

    markup = svg(scene, "outline")
    return bytes(resvg_py.svg_to_bytes(svg_string=markup, width=width, height=height, skip_system_fonts=True))
