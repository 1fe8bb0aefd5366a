"""PNG files coded anew: without transparency where nothing is transparent, with a palette where that is asked for."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO

from zlib_ng import zlib_ng

SIGNATURE = 8
"""Bytes before the first chunk."""
HEADER = ">IIBBBBB"
"""Width, height, bit depth, kind of colour, compression, filter, interlacing (PNG, section 11.2.1)."""
RGBA, RGB = (8, 6, 0, 0, 0), (8, 2, 0, 0, 0)
LEVEL = 5
"""How hard zlib-ng packs: within 4 % as small as the usual level of zlib, in a third of the time."""
COLOURS = 256
"""The most colours of a palette (PNG, section 11.2.2)."""


def coded(file: bytes, *, opaque: bool, palette: bool) -> bytes:
    """The PNG ``file``, of which an ``opaque`` one has red, green and blue only.

    With a ``palette`` it has its 256 most telling colours: all where there are no more.
    """
    if not (opaque or palette):
        return file
    if not palette and (plain := without_alpha(file)):
        return plain
    from PIL import Image

    with Image.open(BytesIO(file)) as image:
        found = image.convert("RGB") if opaque else image.convert("RGBA")
    if palette:
        method = Image.Quantize.MEDIANCUT if opaque else Image.Quantize.FASTOCTREE
        found = found.quantize(COLOURS, method, dither=Image.Dither.NONE)
    out = BytesIO()
    found.save(out, "PNG", compress_level=9 if palette else 6)
    return out.getvalue()


def without_alpha(file: bytes) -> bytes:
    """The PNG ``file`` of red, green, blue and alpha without its alpha; empty for a file of another kind.

    Each channel of a row is filtered by itself (PNG, section 9.2), so that what is left is right as it is: it is packed
    again without a search for filters, which takes less time than to code all pixels anew. Rows that are equal are
    made once.
    """
    chunks = list(_chunks(file))
    header = struct.unpack(HEADER, chunks[0][1])
    if header[2:] != RGBA:
        return b""
    width, height = header[:2]
    wide, narrow = 4 * width + 1, 3 * width + 1
    packed = b"".join(content for kind, content in chunks if kind == b"IDAT")
    data = zlib_ng.decompress(packed, bufsize=wide * height)
    kept_of: dict[bytes, bytes] = {}
    rows = []
    for start in range(0, wide * height, wide):
        old = data[start : start + wide]
        if (new := kept_of.get(old)) is None:
            row = bytearray(narrow)
            row[0] = old[0]
            for channel in range(1, 4):
                row[channel::3] = old[channel::4]
            new = kept_of[old] = bytes(row)
        rows.append(new)
    kept = [
        (b"IHDR", struct.pack(HEADER, width, height, *RGB)),
        (b"IDAT", zlib_ng.compress(b"".join(rows), LEVEL)),
        (b"IEND", b""),
    ]
    return file[:SIGNATURE] + b"".join(chunk(kind + content) for kind, content in kept)


def chunk(data: bytes) -> bytes:
    """A chunk of a PNG: ``data`` are its kind and its content."""
    return struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib_ng.crc32(data))


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk."""
    at = SIGNATURE
    while at < len(file):
        (length,) = struct.unpack_from(">I", file, at)
        yield file[at + 4 : at + 8], file[at + 8 : at + 8 + length]
        at += 12 + length
