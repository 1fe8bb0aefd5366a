"""Scenes as PNG, drawn from the outlined SVG by resvg, or by CairoSVG where it is asked for.

With text as outlines neither needs a font, and both agree with browsers. resvg comes with the package and needs nothing
of the system; it takes a third of the time.
"""

from __future__ import annotations

from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.scene import Rect, Scene
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
    fitted = _fitted(scene, width, height, scale)
    if renderer == "cairosvg":
        from archdraw.writers._cairo import png_by_cairo

        return png_by_cairo(fitted)
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg(fitted, "outline"), skip_system_fonts=True))


def _fitted(scene: Scene, width: int, height: int, scale: float) -> Scene:
    """``scene`` cut or continued to whole pixels, and its size as so many.

    Both renderers would leave the last row or column half transparent, and resvg could make a picture smaller by one.
    Its shapes stay where they are: what lies on whole pixels stays sharp.
    """
    wide, high = width / scale, height / scale
    ground = [Rect(-1, -1, wide + 2, high + 2, fill=scene.background, kind="ground")] if scene.background else []
    children = (*ground, *scene.children)
    return replace(scene, width=wide, height=high, printed=(width, height), background=None, children=children)
