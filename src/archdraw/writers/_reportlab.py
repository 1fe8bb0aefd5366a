"""Fonts, colours and a setting of reportlab that are made once for a process, not for each picture."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from archdraw.fonts import Weight, font_file


@cache
def font(weight: Weight) -> str:
    """The name under which the font is registered with reportlab, for ``weight``."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    name = f"Inter-{weight}"
    registerFont(TTFont(name, io.BytesIO(font_file(weight))))
    return name


@cache
def ink(colour: str) -> Any:
    """``colour`` (``#RRGGBB``) as reportlab's own, which it would otherwise make of the text each time."""
    from reportlab.lib.colors import HexColor

    return HexColor(colour)


@contextmanager
def bytes_as_they_are() -> Iterator[None]:
    """While reportlab writes: no packed part in letters (ASCII85), which takes time and makes a file larger by a fifth.

    The setting is one of the whole process; afterwards it is as it was.
    """
    from reportlab import rl_config

    before, rl_config.useA85 = rl_config.useA85, 0
    try:
        yield
    finally:
        rl_config.useA85 = before
