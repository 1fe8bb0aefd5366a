"""Scenes as PNG, drawn from the outlined SVG by resvg, or by CairoSVG where it is asked for.

With text as outlines neither needs a font, and both agree with browsers. resvg comes with the package and needs nothing
of the system; it takes a third of the time. A file says how large the picture is meant to be, so that one of twice as
many pixels stands on a slide or in a paper as large as one of as many; and of what it was drawn, where its scene does.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from archdraw.errors import ArchdrawError
from archdraw.scene import Rect, Scene
from archdraw.writers import Renderer, TextMode
from archdraw.writers._pixels import chunk, coded
from archdraw.writers._values import origin
from archdraw.writers.svg import svg

IS_RASTER = True
TAKES_RENDERER = True
TAKES_PALETTE = True
LARGEST_SIDE = 32767
"""Pixels; cairo's limit."""
PX_PER_METRE = 96 / 0.0254
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
KEYWORD = b"archdraw"
"""That of the text that says of what a picture was drawn."""
AFTER_HEADER = 8 + 25
"""Bytes of a PNG before which nothing else may stand: its signature and the chunk IHDR."""


def write(
    scene: Scene, *, scale: float = 1.0, text: TextMode = "embed", renderer: Renderer = "resvg", palette: bool = False
) -> bytes:
    """``scene`` as a PNG file; a picture of pixels has no ``text``."""
    return png(scene, scale, renderer, palette=palette)


def png(scene: Scene, scale: float = 1.0, renderer: Renderer = "resvg", *, palette: bool = False) -> bytes:
    """``scene`` as a PNG file of its width and height times ``scale``, rounded to whole pixels, drawn by ``renderer``.

    It has transparency only where the scene has no background, and with a ``palette`` 256 colours. Its resolution is
    that at which it has the size of the scene, 96 px to the inch.

    Raises :class:`ArchdrawError` where that is less than one pixel or more than 32,767, and for CairoSVG where the
    library cairo is not installed.
    """
    width, height = round(scene.width * scale), round(scene.height * scale)
    if not (1 <= width <= LARGEST_SIDE and 1 <= height <= LARGEST_SIDE):
        raise ArchdrawError(f"a picture of {width:,} by {height:,} pixels cannot be written; choose another scale")
    fitted = _fitted(scene, width, height, scale)
    if renderer == "cairosvg":
        from archdraw.writers._cairo import png_by_cairo

        file = png_by_cairo(fitted)
    else:
        import resvg

        tree = resvg.usvg.Tree.from_str(svg(fitted, "outline"), resvg.usvg.Options.default())
        file = bytes(resvg.render(tree, IDENTITY))
    file = coded(file, opaque=scene.background is not None, palette=palette)
    dense = scale * PX_PER_METRE
    more = _resolution(dense * scene.width / scene.size[0], dense * scene.height / scene.size[1])
    if said := origin(scene):
        more += _said(said)
    return file[:AFTER_HEADER] + more + file[AFTER_HEADER:]


def _resolution(across: float, down: float) -> bytes:
    """The chunk of a resolution in pixels per metre (PNG, section 11.3.4.3)."""
    return chunk(b"pHYs" + struct.pack(">IIB", max(1, round(across)), max(1, round(down)), 1))


def _said(text: str) -> bytes:
    """The chunk of a ``text`` of any letters, not compressed, in no language (PNG, section 11.3.3.4)."""
    return chunk(b"iTXt" + KEYWORD + bytes(5) + text.encode())


def _fitted(scene: Scene, width: int, height: int, scale: float) -> Scene:
    """``scene`` cut or continued to whole pixels, and its size as so many.

    Both renderers would leave the last row or column half transparent, and resvg could make a picture smaller by one.
    Its shapes stay where they are: what lies on whole pixels stays sharp.
    """
    wide, high = width / scale, height / scale
    ground = [Rect(-1, -1, wide + 2, high + 2, fill=scene.background, kind="ground")] if scene.background else []
    children = (*ground, *scene.children)
    return replace(scene, width=wide, height=high, printed=(width, height), background=None, children=children)
