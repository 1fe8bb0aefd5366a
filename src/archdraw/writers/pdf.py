"""Scenes as PDF by CairoSVG: outlines to look at, a transparent text over them to find and copy."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from typing import Any

from archdraw.errors import ArchdrawError
from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers._values import clean
from archdraw.writers.svg import svg

POINTS = 0.75
"""Points of one px: 72 of 96 to the inch."""
LONGEST_SIDE = 14_400
"""Points; the most that viewers of PDF open (ISO 32000-1, annex C)."""


def write(scene: Scene, *, scale: float = 1.0, text: TextMode = "embed") -> bytes:
    """``scene`` as a PDF file; ``text`` "outline" leaves out the text that can be searched."""
    return pdf(scene, scale=scale, searchable=text != "outline")


def pdf(scene: Scene, *, scale: float = 1.0, searchable: bool = True) -> bytes:
    """``scene`` on one page of its size, 0.75 points a px, times ``scale``.

    The file has no date, so that the same scene gives the same bytes; or the one of the environment's
    ``SOURCE_DATE_EPOCH`` (seconds since 1970). Raises :class:`ArchdrawError` where the library cairo is missing, and
    for a side of less than 1 point or more than 14,400.
    """
    wide, high = scene.width * scale * POINTS, scene.height * scale * POINTS
    if min(wide, high) < 1 or max(wide, high) > LONGEST_SIDE:
        raise ArchdrawError(f"a page of {wide:,.0f} by {high:,.0f} points cannot be written; choose another scale")
    try:
        from cairosvg.parser import Tree
        from cairosvg.surface import PDFSurface, cairo
    except (ImportError, OSError) as error:
        raise ArchdrawError(
            "a PDF needs the library cairo, which is not installed (Debian and Ubuntu: apt install libcairo2, "
            "Fedora: dnf install cairo, macOS: brew install cairo); SVG and PNG work without it"
        ) from error

    class Surface(PDFSurface):  # type: ignore[misc]
        """Cairo's PDF surface with our facts in it."""

        def _create_surface(self, width: float, height: float) -> Any:
            surface, *size = super()._create_surface(width, height)
            surface.set_metadata(cairo.PDF_METADATA_TITLE, clean(scene.title))
            surface.set_metadata(cairo.PDF_METADATA_SUBJECT, clean(scene.description))
            surface.set_metadata(cairo.PDF_METADATA_CREATE_DATE, _date())
            return surface, *size

    markup = svg(scene, "searchable" if searchable else "outline")
    output = io.BytesIO()
    Surface(Tree(bytestring=markup.encode()), output, 96, scale=scale).finish()
    return output.getvalue()


def _date() -> str:
    """The date of the file by ISO 8601; empty, which cairo takes for none, where the environment gives none."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds.isdecimal() else ""
