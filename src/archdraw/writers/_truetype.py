"""TrueType fonts of a few letters, to embed: made from the outlines that pictures are drawn with.

A font has the tables that a PDF asks for (ISO 32000-1, 9.9): outlines, advances and what is needed to find them.
Formats are those of the OpenType specification.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from archdraw.fonts import ASCENT, DESCENT, UNITS, Letter

_COMMAND = re.compile(r"([mlhvqz])([^mlhvqz]*)")
_NUMBER = re.compile(r"-?\d+")
_ON, _SHORT_X, _SHORT_Y, _SAME_X, _SAME_Y = 1, 2, 4, 16, 32

Vertex = tuple[int, int, bool]
"""x, y (upwards), and whether the outline runs through it or only towards it."""


def contours(path: str) -> list[list[Vertex]]:
    """The closed contours of an outline; the first vertex is not repeated at the end."""
    found: list[list[Vertex]] = []
    x = y = 0
    start = (0, 0)
    for command, rest in _COMMAND.findall(path):
        numbers = [int(number) for number in _NUMBER.findall(rest)]
        if command == "z":
            if len(found[-1]) > 1 and found[-1][-1] == found[-1][0]:
                found[-1].pop()
            x, y = start
            continue
        if command == "h":
            numbers = [numbers[0], 0]
        elif command == "v":
            numbers = [0, numbers[0]]
        if command == "m":
            found.append([])
        if command == "q":
            found[-1].append((x + numbers[0], -(y + numbers[1]), False))
        x, y = x + numbers[-2], y + numbers[-1]
        if command == "m":
            start = (x, y)
        found[-1].append((x, -y, True))
    return found


@dataclass(frozen=True, slots=True)
class _Glyph:
    """One glyph: its record, its advance, and its box; a blank one has neither record nor box."""

    data: bytes
    advance: int
    box: tuple[int, int, int, int]
    vertices: int
    contours: int


def _glyph(letter: Letter) -> _Glyph:
    outline = contours(letter.path)
    vertices = [vertex for contour in outline for vertex in contour]
    if not vertices:
        return _Glyph(b"", letter.advance, (0, 0, 0, 0), 0, 0)
    across, up = [x for x, _, _ in vertices], [y for _, y, _ in vertices]
    box = (min(across), min(up), max(across), max(up))
    flags, right, above = bytearray(), bytearray(), bytearray()
    last_x = last_y = 0
    for x, y, on in vertices:
        flag = _ON if on else 0
        for delta, short, same, data in (
            (x - last_x, _SHORT_X, _SAME_X, right),
            (y - last_y, _SHORT_Y, _SAME_Y, above),
        ):
            if delta == 0:
                flag |= same
            elif abs(delta) < 256:
                flag |= short | (same if delta > 0 else 0)
                data.append(abs(delta))
            else:
                data += struct.pack(">h", delta)
        flags.append(flag)
        last_x, last_y = x, y
    ends, count = [], 0
    for contour in outline:
        count += len(contour)
        ends.append(count - 1)
    record = struct.pack(">5h", len(outline), *box) + struct.pack(f">{len(ends)}H", *ends) + b"\0\0"
    record += bytes(flags + right + above)
    return _Glyph(record + b"\0" * (-len(record) % 4), letter.advance, box, count, len(outline))


def truetype(letters: Sequence[Letter]) -> bytes:
    """The font whose glyph 0 is blank and whose glyph ``n`` is the ``n``-th of ``letters``, counted from 1."""
    glyphs = [_glyph(Letter(0, "")), *map(_glyph, letters)]
    inked = [glyph.box for glyph in glyphs if glyph.data] or [(0, 0, 0, 0)]
    left, bottom, _, _ = map(min, zip(*inked, strict=True))
    _, _, right, top = map(max, zip(*inked, strict=True))
    places = [0]
    for glyph in glyphs:
        places.append(places[-1] + len(glyph.data))
    widest = max(glyph.advance for glyph in glyphs)
    spare = min(glyph.advance - glyph.box[2] for glyph in glyphs)
    head = struct.pack(
        ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, left, bottom, right, top, 0, 8, 2, 1, 0
    )
    hhea = struct.pack(
        ">IhhhHhhhhhhhhhhhH",
        *(0x10000, round(ASCENT * UNITS), -round(DESCENT * UNITS), 0, widest, left, spare, right, 1, 0, 0),
        *(0, 0, 0, 0, 0, len(glyphs)),
    )
    maxp = struct.pack(
        ">IHHHHHHHHHHHHHH",
        *(0x10000, len(glyphs), max(glyph.vertices for glyph in glyphs), max(glyph.contours for glyph in glyphs)),
        *(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    )
    return _file(
        {
            b"glyf": b"".join(glyph.data for glyph in glyphs),
            b"head": head,
            b"hhea": hhea,
            b"hmtx": b"".join(struct.pack(">Hh", glyph.advance, glyph.box[0]) for glyph in glyphs),
            b"loca": struct.pack(f">{len(places)}I", *places),
            b"maxp": maxp,
        }
    )


def _file(tables: dict[bytes, bytes]) -> bytes:
    number = len(tables)
    power = 1 << (number.bit_length() - 1)
    start = struct.pack(">IHHHH", 0x10000, number, power * 16, power.bit_length() - 1, (number - power) * 16)
    directory, body = b"", b""
    for tag, data in tables.items():
        place = len(start) + 16 * number + len(body)
        directory += tag + struct.pack(">III", _sum(data), place, len(data))
        body += data + b"\0" * (-len(data) % 4)
    whole = start + directory + body
    # The sum of the whole file is made to be this number by a field of its head.
    adjustment = (0xB1B0AFBA - _sum(whole)) & 0xFFFFFFFF
    head = len(start) + 16 * number + len(tables[b"glyf"]) + -len(tables[b"glyf"]) % 4
    return whole[: head + 8] + struct.pack(">I", adjustment) + whole[head + 12 :]


def _sum(data: bytes) -> int:
    data += b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 4}I", data)
    return sum(words) & 0xFFFFFFFF
