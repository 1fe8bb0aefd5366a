"""Writers: one file per format that turns a scene into bytes.

A writer is a module of this package with ``write(scene, *, scale=1.0, text="embed") -> bytes``; the module's name is
the format's name and the ending of its files. A new format is a new file, nothing else, or an entry point of another
package (:mod:`archdraw.doors`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from archdraw.doors import FORMATS
from archdraw.errors import ArchdrawError
from archdraw.scene import Scene

TextMode: TypeAlias = Literal["embed", "outline", "searchable"]
"""How letters are written: "embed" as text with its font, "outline" as shapes, "searchable" as shapes under a
transparent text. PDF always has text, PNG never."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The writer of one format. Its module, and with it the library that it needs, is imported at the first call."""

    format: str

    def __call__(self, scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
        """``scene`` in this format, its px multiplied by ``scale``.

        Raises :class:`ArchdrawError` where another package's writer cannot be imported, or has the name of another.
        """
        return cast(bytes, FORMATS.load(self.format)(scene, scale=scale, text=text))


def formats() -> dict[str, Writer]:
    """The writers by the name of their format, in order of the alphabet."""
    return {name: Writer(name) for name in FORMATS.names()}


def write(scene: Scene, format: str, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as the bytes of a file in ``format``.

    Raises :class:`ArchdrawError` for a format that there is not, and for a ``scale`` that is not positive and finite.
    """
    if not 0 < scale < math.inf:
        raise ArchdrawError(f"a picture cannot be written at a scale of {scale:g}")
    return Writer(format)(scene, scale=scale, text=text)
