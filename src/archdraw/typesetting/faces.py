"""Fonts of a file, read by fontTools: which characters they have, their advances and outlines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from struct import iter_unpack, unpack_from
from typing import Any
from unicodedata import category

from archdraw.errors import ArchdrawError
from archdraw.fonts import UNITS
from archdraw.records import record

OUTLINES = ("glyf", "CFF ", "CFF2")
"""Tables with shapes; a font of coloured pictures has none of them."""
MOST_FONTS = 256
"""In one file."""


@record
class Stamp:
    """A file as it was at one time: ``modified`` in nanoseconds, ``size`` in bytes."""

    path: Path
    modified: int
    size: int


def stamp(path: Path) -> Stamp:
    """The file at ``path`` as it is now. Raises :class:`OSError`."""
    status = path.stat()
    return Stamp(path, status.st_mtime_ns, status.st_size)


@record
class Offer:
    """One font of a file, without its shapes: ``name`` for people, ``id`` unique, ``weight`` from 1 to 1000."""

    file: Stamp
    number: int
    name: str
    id: str
    weight: int

    def may_have(self, text: str) -> bool:
        """Whether every character of ``text`` is in one of the ranges that its glyphs are listed by."""
        starts, ends = _ranges(self.file, self.number)
        for code in map(ord, text):
            place = bisect_right(starts, code) - 1
            if place < 0 or ends[place] < code:
                return False
        return True


@lru_cache(maxsize=4096)
def offers(file: Stamp) -> tuple[Offer, ...]:
    """The fonts of ``file`` that have outlines. Raises :class:`ArchdrawError` where it is no font."""
    try:
        return tuple(_offers(file))
    except Exception as error:  # fontTools raises whatever its tables run into
        raise ArchdrawError(f"{file.path} cannot be read as a font: {str(error) or type(error).__name__}") from None


def _offers(file: Stamp) -> list[Offer]:
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.sfnt import readTTCHeader

    with file.path.open("rb") as stream:
        count = readTTCHeader(stream).numFonts if stream.read(4) == b"ttcf" and not stream.seek(0) else 1
    found = []
    for number in range(min(count, MOST_FONTS)):
        with TTFont(file.path, fontNumber=number, lazy=True) as font:
            if not any(table in font for table in OUTLINES) or "cmap" not in font:
                continue
            names = font["name"]
            name = names.getBestFullName() or file.path.stem
            weight = int(font["OS/2"].usWeightClass) if "OS/2" in font else 400
            id = str(names.getDebugName(6) or file.path.stem)
            found.append(Offer(file, number, str(name), id, weight))
    return found


@lru_cache(maxsize=4096)
def _ranges(file: Stamp, number: int) -> tuple[list[int], list[int]]:
    """The ranges of characters of one font, without overlaps: where they start and end; none if it is broken.

    Read from the bytes of the table, since a list of all glyphs by name takes a second for each of a hundred fonts.
    """
    from fontTools.ttLib import TTFont

    try:
        with TTFont(file.path, fontNumber=number, lazy=True) as font:
            found = sorted(_listed(font.reader["cmap"]))
    except Exception:  # as in offers
        return [], []
    starts, ends = list[int](), list[int]()
    for start, end in found:
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _listed(table: bytes) -> Iterator[tuple[int, int]]:
    """The ranges in a table "cmap", of its formats for two bytes (4) and for four (12); OpenType, chapter 5."""
    (count,) = unpack_from(">H", table, 2)
    for index in range(count):
        platform, encoding, offset = unpack_from(">HHL", table, 4 + 8 * index)
        if not (platform == 0 or (platform == 3 and encoding in (1, 10))):
            continue
        (kind,) = unpack_from(">H", table, offset)
        if kind == 4:
            (double,) = unpack_from(">H", table, offset + 6)
            ends = unpack_from(f">{double // 2}H", table, offset + 14)
            starts = unpack_from(f">{double // 2}H", table, offset + 16 + double)
            yield from ((start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF)
        elif kind == 12:
            (groups,) = unpack_from(">L", table, offset + 12)
            body = table[offset + 16 : offset + 16 + 12 * groups]
            yield from ((start, end) for start, end, _ in iter_unpack(">LLL", body))


class Face:
    """One font in use: its glyphs by number, in font units of archdraw's own font, 1/2048 em."""

    def __init__(self, offer: Offer, weight: int) -> None:
        from fontTools.ttLib import TTFont

        self.offer = offer
        self._font = TTFont(offer.file.path, fontNumber=offer.number, lazy=True)
        self.scale: float = UNITS / self._font["head"].unitsPerEm
        self.axes = {"wght": float(weight)} if self._varies() else {}

    def _varies(self) -> bool:
        return "fvar" in self._font and any(axis.axisTag == "wght" for axis in self._font["fvar"].axes)

    @cached_property
    def _glyphs(self) -> Any:
        return self._font.getGlyphSet(location=self.axes or None)

    @cached_property
    def _numbers(self) -> dict[int, int]:
        return {code: self._font.getGlyphID(name) for code, name in (self._font.getBestCmap() or {}).items()}

    def has(self, text: str) -> bool:
        """Whether every character of ``text`` has a glyph, and ink in it where it is no space.

        Fonts of coloured pictures have empty ones.
        """
        return all(
            self._numbers.get(ord(character)) and (category(character) == "Zs" or self.outline(self.number(character)))
            for character in text
        )

    def number(self, character: str) -> int:
        """The number of the glyph of ``character``, which the font has."""
        return self._numbers[ord(character)]

    def advance(self, number: int) -> float:
        """How far the next glyph is."""
        return float(self._glyphs[self._font.getGlyphName(number)].width) * self.scale

    def outline(self, number: int) -> str:
        """SVG path data, y downwards from the baseline; empty for a glyph without ink."""
        from fontTools.pens.svgPathPen import SVGPathPen
        from fontTools.pens.transformPen import TransformPen

        pen = SVGPathPen(self._glyphs, ntos=_number)
        self._glyphs[self._font.getGlyphName(number)].draw(TransformPen(pen, (self.scale, 0, 0, -self.scale, 0, 0)))
        return str(pen.getCommands())


@lru_cache(maxsize=64)
def face(offer: Offer, weight: int) -> Face:
    """The font that was offered, open; ``weight`` is for one that varies."""
    return Face(offer, weight)


def _number(value: float) -> str:
    """In whole units: a thousandth of a px, at the sizes of a picture."""
    return str(round(value))
