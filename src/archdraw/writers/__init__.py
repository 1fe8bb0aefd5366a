"""Writers: one file per format that turns a scene into bytes.

A writer is a module of this package with ``write(scene, *, scale=1.0, text="embed") -> bytes``; the module's name is
the format's name and the ending of its files. ``IS_TEXT = True`` in it says that a terminal can show its files,
``IS_RASTER = True`` that they are pixels, so that large pictures are written in several, ``TAKES_RENDERER = True`` that
``write`` also takes a ``renderer``, which it is given where the user chooses another than the usual one, and
``TAKES_PREFIX = True`` the same of a ``prefix`` of ids; all are false else. ``VIEW`` names the view that is drawn where
nobody says which, in place of the plate. A new format is a new file, nothing else,
or an entry point of another package (:mod:`archdraw.doors`).
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Literal, TypeAlias, cast, get_args

from archdraw.doors import FORMATS
from archdraw.errors import ArchdrawError
from archdraw.records import record
from archdraw.scene import Scene

TextMode: TypeAlias = Literal["embed", "plain", "outline", "searchable"]
"""How letters are written: "embed" as text with its font, "plain" as text for a page that brings the font, "outline" as
shapes, "searchable" as shapes under a transparent text. PDF always has text, PNG and PostScript never."""
Renderer: TypeAlias = Literal["resvg", "cairosvg"]
"""What draws pixels: "resvg", which needs nothing else, or "cairosvg", which needs the library cairo."""
RENDERERS: tuple[Renderer, ...] = get_args(Renderer)


_PREFIX = re.compile(r"[A-Za-z0-9_.-]*")


def check_prefix(prefix: str) -> None:
    """Raises :class:`ArchdrawError` where ids cannot begin with ``prefix``."""
    if not _PREFIX.fullmatch(prefix):
        raise ArchdrawError(f"{prefix!r} cannot begin an id: it takes the letters A to Z, figures, and _ . -")


@record
class Writer:
    """The writer of one format. Its module, and with it the library that it needs, is imported at the first call."""

    format: str

    def __call__(
        self,
        scene: Scene,
        *,
        scale: float = 1.0,
        text: TextMode = "embed",
        renderer: Renderer = "resvg",
        prefix: str = "",
        palette: bool = False,
    ) -> bytes:
        """``scene`` in this format, its px multiplied by ``scale``.

        Formats that are not pixels have no ``renderer`` and no ``palette``, those without ids no ``prefix`` of them.

        Raises :class:`ArchdrawError` where another package's writer cannot be imported, or has the name of another.
        """
        chosen: dict[str, str | bool] = {}
        if renderer != "resvg" and self._has("TAKES_RENDERER"):
            chosen["renderer"] = renderer
        if prefix and self._has("TAKES_PREFIX"):
            chosen["prefix"] = prefix
        if palette and self._has("TAKES_PALETTE"):
            chosen["palette"] = True
        return cast(bytes, FORMATS.load(self.format)(scene, scale=scale, text=text, **chosen))

    @property
    def is_text(self) -> bool:
        """Whether files of this format are text, which a terminal can show. Raises as a call."""
        return self._has("IS_TEXT")

    @property
    def is_raster(self) -> bool:
        """Whether files of this format are pixels. Raises as a call."""
        return self._has("IS_RASTER")

    @property
    def view(self) -> str:
        """The view that is drawn where nobody says which; empty for the usual one. Raises as a call."""
        return str(self._said("VIEW") or "")

    def _has(self, attribute: str) -> bool:
        """Whether the module of the writer says so."""
        return bool(self._said(attribute))

    def _said(self, attribute: str) -> object:
        FORMATS.load(self.format)  # a module that cannot be imported is reported with its package
        found = FORMATS.find(self.format)
        return getattr(replace(found, target=found.target.partition(":")[0]).load(), attribute, None)


def formats() -> dict[str, Writer]:
    """The writers by the name of their format, in order of the alphabet."""
    return {name: Writer(name) for name in FORMATS.names()}


def write(
    scene: Scene,
    format: str,
    *,
    scale: float = 1.0,
    text: TextMode = "embed",
    renderer: Renderer = "resvg",
    prefix: str = "",
    palette: bool = False,
) -> bytes:
    """``scene`` as the bytes of a file in ``format``.

    Its pixels, if it has some, are drawn by ``renderer``, in 256 colours of a ``palette`` if so; its ids, if it has
    some, begin with ``prefix``.

    Raises :class:`ArchdrawError` for a format or a renderer that there is not, for a ``scale`` that is not positive and
    finite, and for a ``prefix`` that cannot be part of an id.
    """
    if renderer not in RENDERERS:
        raise ArchdrawError(f"unknown renderer {renderer!r} (choose from {', '.join(RENDERERS)})")
    if not 0 < scale < math.inf:
        raise ArchdrawError(f"a picture cannot be written at a scale of {scale:g}")
    check_prefix(prefix)
    return Writer(format)(scene, scale=scale, text=text, renderer=renderer, prefix=prefix, palette=palette)
