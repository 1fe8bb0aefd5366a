"""Texts with letters that archdraw's own font lacks, set out by fonts that are given or lie on this computer.

A run of such letters is set in the first font that has all of it: those given, in their order, then those in the usual
folders, ranked by their names (:mod:`archdraw.typesetting.folders`), so that one computer always gives one picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from archdraw.errors import ArchdrawError
from archdraw.fonts import UNITS
from archdraw.scene import Glyph
from archdraw.setters import SetOut
from archdraw.typesetting import folders
from archdraw.typesetting.bidirectional import reordered
from archdraw.typesetting.choice import Sources
from archdraw.typesetting.faces import Stamp, offers, stamp
from archdraw.typesetting.parts import parts
from archdraw.typesetting.placing import placed


class OtherFonts:
    """A :class:`archdraw.setters.Setter` by ``sources``, with a box for each letter that none of them has."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.set_out = lru_cache(maxsize=8192)(self._set_out)

    def _set_out(self, text: str, weight: int) -> SetOut:
        read = parts(text, self._sources, weight)
        glyphs, width = list[Glyph](), 0.0
        for part in reordered(read, [part.level for part in read]):
            one = placed(part, weight)
            glyphs += (replace(glyph, offset=glyph.offset + width / UNITS) for glyph in one.glyphs)
            width += one.width
        return SetOut(tuple(glyphs), width)


def other_fonts(given: Sequence[str | Path] = ()) -> OtherFonts:
    """The fonts in the files ``given``, then those of this computer; the same object for the same files.

    Raises :class:`ArchdrawError` where a file is not there or holds no font.
    """
    stamps = []
    for path in map(Path, given):
        try:
            stamps.append(stamp(path))
        except OSError as error:
            raise ArchdrawError(f"{path} cannot be read as a font: {error.strerror or error}") from None
        if not offers(stamps[-1]):
            raise ArchdrawError(f"{path} cannot be read as a font: it has no outlines")
    return _once(tuple(stamps), folders.FOLDERS)


@lru_cache(maxsize=16)
def _once(given: tuple[Stamp, ...], places: tuple[Path, ...]) -> OtherFonts:
    return OtherFonts(Sources(given, places))
