"""PNG files coded anew: without transparency where nothing is transparent, with a palette where that is asked for."""

from __future__ import annotations

from io import BytesIO

COLOURS = 256
"""The most colours of a palette (PNG, section 11.2.2)."""


def coded(file: bytes, *, opaque: bool, palette: bool) -> bytes:
    """The PNG ``file``, of which an ``opaque`` one has red, green and blue only.

    With a ``palette`` it has its 256 most telling colours: all where there are no more.
    """
    from PIL import Image

    if not (opaque or palette):
        return file
    with Image.open(BytesIO(file)) as image:
        found = image.convert("RGB") if opaque else image.convert("RGBA")
    if palette:
        method = Image.Quantize.MEDIANCUT if opaque else Image.Quantize.FASTOCTREE
        found = found.quantize(COLOURS, method, dither=Image.Dither.NONE)
    out = BytesIO()
    found.save(out, "PNG", compress_level=9 if palette else 6)
    return out.getvalue()
