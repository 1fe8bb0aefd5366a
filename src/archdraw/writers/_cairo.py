"""What CairoSVG draws: PostScript, and PNG where it is asked for. It needs the library cairo, resvg and PDF do not.

It finds what a ``<use>`` refers to by walking the whole picture, so it is given each outline where it is drawn: the
same file in half the time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from archdraw.errors import ArchdrawError
from archdraw.scene import Scene
from archdraw.writers._values import clean, page_size
from archdraw.writers.svg import svg

MOST_PATHS = 100_000
"""In one picture, most of them letters: CairoSVG takes a minute and 500 MB for so many, an EPS 1 to 2 kB for each."""
LONGEST_TITLE = 200
"""Characters; a line of PostScript's comments has at most 255."""


def png_by_cairo(scene: Scene) -> bytes:
    """``scene`` as a PNG file of its size in pixels.

    Raises :class:`ArchdrawError` without cairo, and for more than 100,000 letters and lines.
    """
    draw = _drawer("png", "; without --renderer cairosvg, PNG is drawn by resvg, which needs nothing")
    return draw(bytestring=_markup(scene, 1, "the renderer resvg"))


def postscript(scene: Scene, scale: float, kind: Literal["eps", "ps"]) -> bytes:
    """``scene`` as PostScript of language level 2, on one page of its size, 0.75 points a px, times ``scale``.

    Letters are outlines. The file says its title (letters of Latin-1, others as ``?``) and no date, so that the same
    scene gives the same bytes with the same version of cairo.

    Raises :class:`ArchdrawError` without cairo, for a side of less than 1 point or more than 14,400, and for more than
    100,000 letters and lines.
    """
    page_size(scene, scale)
    file = _drawer(kind)(bytestring=_markup(scene, scale, "PDF"))
    title = clean(scene.title)[:LONGEST_TITLE].encode("latin-1", "replace").decode("latin-1")
    escaped = "".join(_escape(character) for character in title)
    head, end, body = file.partition(b"%%EndComments\n")
    head = re.sub(rb"(?m)^%%CreationDate:.*$", lambda _: f"%%Title: ({escaped})".encode(), head)
    return head.replace(b"%%Creator: ", b"%%Creator: archdraw, ") + end + body


def _escape(character: str) -> str:
    """``character`` in a string of PostScript, in seven bits."""
    if character in "()\\":
        return f"\\{character}"
    return character if " " <= character <= "~" else f"\\{ord(character):03o}"


def _markup(scene: Scene, scale: float, otherwise: str) -> bytes:
    """What CairoSVG is given. ``otherwise`` is what takes larger pictures."""
    markup = svg(scene, "outline", scale=scale, shared_outlines=False)
    if (count := markup.count("<path ")) > MOST_PATHS:
        raise ArchdrawError(
            f"CairoSVG draws at most {MOST_PATHS:,} letters and lines, and here are {count:,}; "
            f"{otherwise} takes any number"
        )
    return markup.encode()


def _drawer(kind: Literal["png", "eps", "ps"], otherwise: str = "") -> Callable[..., bytes]:
    """CairoSVG's function for files of ``kind``. ``otherwise`` says what can be done without cairo."""
    try:
        import cairosvg
    except (ImportError, OSError) as error:  # OSError: CairoSVG is there, the library is not
        raise ArchdrawError(
            "this file is drawn by CairoSVG, and the library cairo that it needs is not installed: "
            f"apt-get install libcairo2, or brew install cairo{otherwise}"
        ) from error
    draw: Callable[..., bytes] = {"png": cairosvg.svg2png, "eps": cairosvg.svg2eps, "ps": cairosvg.svg2ps}[kind]
    return draw
