"""The cards of a chart of lanes: a name, where it comes from, and as many words about it as find room."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from archdraw.fonts import LINE_HEIGHT, MIDDLE, text_width, wrap
from archdraw.layout.canvas import UNKNOWN_DASH, Canvas
from archdraw.layout.diagram.measures import BOX_STROKE
from archdraw.layout.diagram.text import Row, divided, fitted, rows_height
from archdraw.records import record
from archdraw.setters import kept

NAME, BODY = 15.0, 14.0
LEFT, RIGHT = 14.0, 9.0
"""Px from a card's sides to its words."""
PAD = 5.0
WIDTHS = (112.0, 120.0, 128.0, 136.0, 144.0, 152.0, 160.0, 168.0, 176.0, 184.0, 192.0, 200.0, 208.0)
"""A card takes the one that costs least."""
AROUND = 21.0
"""Px that a card keeps from others, about."""
BROKEN, CUT = 1000.0, 9000.0
"""Square px that a name or note on one line costs, and a word of a name in one piece."""
UNSAID = (0.0, 4000.0, 7500.0)
"""Square px that words in their longest wording cost, in a shorter one, and those that are left out."""
WEIGHTS = (2.0, 0.5)
"""How much that counts for the first words, and for the second."""
BAR = 5.0
Wordings = tuple[str, ...]
"""One thing in several wordings, the one that is preferred first and the shortest last."""


@record
class Note:
    """A line of a card in an accent: where it comes from, whose it is."""

    text: str
    accent: int


@record
class Content:
    """The words of one card with its size; ``fills`` are the colours of ``rows`` as accents, None for usual ones."""

    rows: tuple[Row, ...]
    accents: tuple[int | None, ...]
    width: float
    height: float


@kept(4096)
def content(name: str, notes: tuple[Note, ...], words: tuple[Wordings, ...], lines: int, least: float = 0) -> Content:
    """The least card for ``name`` and ``notes`` with ``words``, the first of them first, in about ``lines`` lines.

    It is ``least`` px wide at least. Notes take lines of their own; one line of words at least is there if there are
    any.
    """
    best: tuple[float, Content] | None = None
    for width in WIDTHS:
        if width >= least:
            tried = _tried(name, notes, words, lines, width, best[0] if best else inf)
            best = tried if tried and (best is None or tried[0] < best[0]) else best
    assert best is not None
    return best[1]


def _tried(
    name: str, notes: Sequence[Note], words: Sequence[Wordings], lines: int, width: float, most: float
) -> tuple[float, Content] | None:
    """The card ``width`` px wide, and what it costs: the page that it takes, and how much worse it reads.

    None where it costs ``most`` at least with one line of words.
    """
    inner = width - LEFT - RIGHT
    rows = list(fitted(name, inner, NAME, NAME, 600))
    broken = len(rows) - 1
    accents: list[int | None] = [None] * len(rows)
    for note in notes:
        own = fitted(note.text, inner, BODY, BODY, 500)
        rows += own
        accents += [note.accent] * len(own)
        broken += len(own) - 1
    least = 2 * PAD + rows_height(tuple(rows)) + (BODY * LINE_HEIGHT if words else 0)
    if (width + AROUND) * (least + AROUND) + BROKEN * broken >= most:
        return None
    filled = _filled(words, inner, max(1, lines - len(rows) + 1))
    rows += [Row(line, BODY, 400, line) for line in filled.lines]
    accents += [None] * len(filled.lines)
    height = 2 * PAD + rows_height(tuple(rows))
    cut = sum(text_width(word, NAME, 600) > inner for word in name.split(" "))
    cut += sum(text_width(word, BODY, 400) > inner for words_of in words[:2] for word in words_of[-1].split(" "))
    cost = (width + AROUND) * (height + AROUND) + BROKEN * broken + CUT * cut
    cost += sum(UNSAID[place] * weight for place, weight in zip(filled.used, WEIGHTS, strict=False))
    return cost, Content(tuple(rows), tuple(accents), width, height)


@record
class _Filled:
    """Lines of words, and of each of the words whether it is in them: 0 in its longest wording, 1 in another, 2 not."""

    lines: tuple[str, ...]
    used: tuple[int, ...]


def _filled(words: Sequence[Wordings], width: float, lines: int) -> _Filled:
    """As many of ``words`` as find room in ``lines`` lines of ``width`` px; the shortest if none does."""
    used, filled = list[int](), list[str]()
    for wordings in words:
        ways = ((place, _with(filled, wording, width)) for place, wording in enumerate(wordings))
        found = next(((place, tried) for place, tried in ways if len(tried) <= lines), None)
        used.append(2 if found is None else min(found[0], 1))
        filled = filled if found is None else found[1]
    if not filled and words:
        wording = min(
            (wording for wordings in words for wording in wordings), key=lambda wording: text_width(wording, BODY, 400)
        )
        filled = _with([], wording, width)
    return _Filled(tuple(filled), tuple(used))


def _with(filled: Sequence[str], word: str, width: float) -> list[str]:
    """``filled`` lines with ``word`` after them: on the last line where it fits there, else on lines of its own.

    Each line has room for a comma, since another may follow.
    """
    width -= text_width(",", BODY, 400)
    joined = f"{filled[-1]}, {word}" if filled else word
    if text_width(joined, BODY, 400) <= width:
        return [*filled[:-1], joined]
    wrapped = wrap(divided(word, width, BODY, 400), BODY, 400, width)
    return [*filled[:-1], *([f"{filled[-1]},"] if filled else []), *wrapped]


def paint(
    canvas: Canvas, content: Content, left: float, top: float, height: float, accent: int, *, strong: bool, dashed: bool
) -> None:
    """A card of ``height`` px with its words in the middle; a ``strong`` one has a tinted ground and a bold border."""
    colour = canvas.theme.accent(accent)
    canvas.rect(
        left, top, content.width, height,
        fill=canvas.theme.tint(colour) if strong else canvas.theme.page, stroke=colour,
        stroke_width=2.5 if strong else BOX_STROKE, radius=7, dash=UNKNOWN_DASH if dashed else (),
    )  # fmt: skip
    canvas.rect(left, top + 7, BAR, height - 14, fill=colour, radius=2, kind="mark")
    y = top + (height - rows_height(content.rows)) / 2
    for row, own in zip(content.rows, content.accents, strict=True):
        fill = canvas.theme.ink if row.weight == 600 else canvas.theme.muted
        if own is not None:
            fill = canvas.theme.accent(own)
        canvas.text(
            left + LEFT,
            y + row.size * LINE_HEIGHT / 2 + MIDDLE * row.size,
            row.text,
            row.size,
            row.weight,
            fill=fill,
            phrase=row.phrase,
        )
        y += row.height
