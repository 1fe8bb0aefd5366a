"""What every picture has around its content: a header above, a footer below, and the margins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from archdraw.fonts import text_width, wrap
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import divided, fitted
from archdraw.layout.sections import section
from archdraw.setters import kept

MARGIN = 32.0
HEADER = 152.0
"""Where the content of a plate begins."""
FOOTER = 35.0
"""From the end of the content down to the baseline of the first line below it."""
LINE, BELOW = 20.0, 24.0
SEPARATOR = "  |  "


@section("header")
def header(
    canvas: Canvas,
    name: str,
    subtitle: Sequence[str],
    width: float,
    *,
    left: float = 0.0,
    top: float = 0.0,
    colour: str | None = None,
    href: str = "",
) -> None:
    """A name with an accent bar at its left, and the parts of a line below, in ``width`` px with both margins.

    Parts that find no room are left out from the end: the most important stands first. ``colour`` is the bar's, if
    not the canvas' accent; with ``href`` the name is a link.
    """
    x, room = left + MARGIN, width - 2 * MARGIN - 20
    canvas.rect(x, top + 32, 6, 60, fill=colour or canvas.accent, radius=3, kind="mark", layer="ground")
    names = fitted(name, room, 44, 15, 700)
    with canvas.group("", name, href) if href else nullcontext():
        # A name of one line stands on 67; more lines grow upwards into the margin.
        for index, row in enumerate(names):
            baseline = top + 67 - row.height * (len(names) - 1 - index)
            canvas.text(x + 20, baseline, row.text, row.size, 700, phrase=row.phrase)
    parts = list(subtitle)
    while len(parts) > 1 and text_width(SEPARATOR.join(parts), SMALL, 400) > room:
        parts.pop()
    rows = fitted(SEPARATOR.join(parts), room, 20, SMALL, 400)
    # A first part that is too long for one line goes on below it, above the arrow that leaves the model.
    for index, row in enumerate(rows):
        baseline = top + 96 + LINE * index
        canvas.text(x + 20, baseline, row.text, row.size, 400, fill=canvas.theme.muted, phrase=row.phrase)


@section("footer")
def footer(canvas: Canvas, parts: Sequence[str], width: float, bottom: float, *, size: float = SMALL) -> float:
    """The source line below content that ends at ``bottom``; returns the height of the whole picture."""
    baseline = bottom + FOOTER
    for line, phrase in _footer_lines(tuple(parts), width, size):
        canvas.text(MARGIN, baseline, line, size, 400, fill=canvas.theme.muted, phrase=phrase)
        baseline += LINE
    return baseline - LINE + BELOW


def footer_height(parts: Sequence[str], width: float, *, size: float = SMALL) -> float:
    """What :func:`footer` adds to the height of the content."""
    return FOOTER + LINE * (len(_footer_lines(tuple(parts), width, size)) - 1) + BELOW


@kept(64)
def _footer_lines(parts: tuple[str, ...], width: float, size: float) -> list[tuple[str, str]]:
    """The lines of a footer, each with the phrase that it is of; kept, since pages of some widths are tried again."""
    room = width - 2 * MARGIN
    lines: list[str] = []
    phrases: list[str] = []
    phrase_of: list[int] = []
    for part in parts:
        longer = f"{lines[-1]} | {part}" if lines else part
        if lines and text_width(longer, size, 400) <= room:
            lines[-1] = longer
            phrases[-1] += f" | {part}"
        else:
            if part is parts[-1] and (before := _last_with(part, lines, phrases, room, size)):
                # One short part alone in the last line reads as a slip: the part before it goes with it.
                lines[-1], phrases[-1] = (one[-1].removesuffix(f" | {before}") for one in (lines, phrases))
                part = f"{before} | {part}"
            if lines:
                # Parts are told apart where a line ends, too: by a sign behind it or, without room there, below it.
                ended = f"{lines[-1]} |"
                if text_width(ended, size, 400) <= room:
                    lines[-1], phrases[-1] = ended, f"{phrases[-1]} |"
                else:
                    part = f"| {part}"
            # Full lines, not balanced ones: a footnote is read like prose.
            wrapped = wrap(divided(part, room, size, 400), size, 400, room)
            phrase_of += [len(phrases)] * len(wrapped)
            lines.extend(wrapped)
            phrases.append(part)
    return [(line, phrases[number]) for line, number in zip(lines, phrase_of, strict=True)]


def _last_with(part: str, lines: list[str], phrases: list[str], room: float, size: float) -> str:
    """The last whole part in ``lines`` that finds room in a line with ``part``, if it is one of several; else ""."""
    before = lines[-1].rpartition(" | ")[2] if lines and " | " in lines[-1] else ""
    whole = bool(before) and phrases[-1].endswith(f" | {before}")
    return before if whole and text_width(f"{before} | {part}", size, 400) <= room else ""
