"""Insets: what is in the panels at the right of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram import panel_charts as charts
from archdraw.layout.diagram.cell import Cell
from archdraw.layout.diagram.measures import INSET, SMALL
from archdraw.layout.diagram.text import fitted
from archdraw.layout.plate import letters
from archdraw.layout.plate.ladder import laid_out
from archdraw.layout.plate.stretching import longest
from archdraw.layout.plate.two_lines import lightened
from archdraw.picture import Diagram, Inset, Item, Masks, Share, Split, Words
from archdraw.records import record, replaced

PAD = 24.0
TITLE = 50.0
"""Height of the line with the letter and the title, down to the content."""
TITLE_MIDDLE = 27.0
LEADING = 1.2
BADGE, LETTER, BADGE_PAD = 26.0, 20.0, 3.5
"""The height of a letter in its panel, and at the box that the panel opens; what it has beside it."""
STUB_IN, STUB_OUT = 10.0, 20.0
WIDE = 480.0
"""The widest panel, but for a diagram that cannot be made any narrower."""
ITEM_SPACE = 16.0
WORDS_LINE = 22.0
LOOSEST_GAP = 34.0
MOST_AIR = 12.0
"""Px that a panel with room to spare has below its title, beyond what its first item wants."""

Painter = Callable[[Canvas, float, float, float], None]
"""``paint(canvas, left, top, width)``."""


@record
class Piece:
    """One item of a panel, measured. ``space`` is what it wants above it."""

    width: float
    height: float
    space: float
    paint: Painter


@record
class Panel:
    """An inset, measured for a width: the least height it needs, and its pieces."""

    inset: Inset
    width: float
    height: float
    pieces: tuple[Piece, ...]

    @property
    def is_elastic(self) -> bool:
        """Whether it holds a diagram, whose arrows can be longer."""
        return any(not isinstance(item, Words | Masks | Share | Split) for item in self.inset.items)


def measure(inset: Inset, width: float, gap: float = INSET.gap) -> Panel:
    """``inset`` for a panel of ``width``, with arrows of ``gap``."""
    inner = width - 2 * PAD
    items = tuple(_lightened(inset.items, inner))
    pieces: list[Piece] = []
    before: Item | None = None
    for item in items:
        pieces.append(_piece(item, before, inner, gap))
        before = item
    height = TITLE + sum(piece.height + piece.space for piece in pieces) + PAD - 4
    return Panel(replaced(inset, items=items), width, height, tuple(pieces))


def _lightened(items: tuple[Item, ...], inner: float) -> Iterator[Item]:
    """``items``; what boxes are too narrow for stands below the words that follow their diagram."""
    words: list[Item] = []
    for item in items:
        if not isinstance(item, Words):
            yield from words
            words = []
        if isinstance(item, Words | Masks | Share | Split):
            yield item
        else:
            light, *words = lightened(item, inner)
            yield light
    yield from words


def widest(inset: Inset) -> float:
    """The width that the panel of ``inset`` needs at least."""
    inner = 0.0
    for item in inset.items:
        if isinstance(item, Masks):
            inner = max(inner, charts.masks_size(item)[0])
        elif not isinstance(item, Words | Share | Split):
            for part in lightened(item, WIDE - 2 * PAD):
                if not isinstance(part, Words | Masks | Share | Split):
                    inner = max(inner, _diagram(part, INSET.gap, WIDE - 2 * PAD).width)
    return inner + 2 * PAD


def stretched(natural: Panel, height: float, gap: float = INSET.gap) -> Panel:
    """``natural``, whose arrows are of ``gap``, with arrows as long as ``height`` allows."""
    if not natural.is_elastic:
        return natural
    return longest(natural, lambda longer: measure(natural.inset, natural.width, longer), height, gap, LOOSEST_GAP)


def _piece(item: Item, before: Item | None, inner: float, gap: float) -> Piece:
    match item:
        case Words(text=text, strong=strong):
            rows = fitted(text, inner, SMALL, SMALL, 500 if strong else 400)
            space = 4.0 if isinstance(before, Words) else ITEM_SPACE

            def words(canvas: Canvas, left: float, top: float, width: float) -> None:
                fill = canvas.theme.ink if strong else canvas.theme.muted
                for index, row in enumerate(rows):
                    baseline = top + (index + 0.5) * WORDS_LINE + MIDDLE * row.size
                    canvas.text(left, baseline, row.text, row.size, row.weight, fill=fill, phrase=row.phrase)

            return Piece(max(row.width for row in rows), len(rows) * WORDS_LINE, space, words)
        case Masks():
            masks_width, masks_height = charts.masks_size(item)

            def masks(canvas: Canvas, left: float, top: float, width: float) -> None:
                charts.paint_masks(canvas, item, left + width / 2, top)

            return Piece(masks_width, masks_height, 4.0, masks)
        case Share():

            def share(canvas: Canvas, left: float, top: float, width: float) -> None:
                charts.paint_share(canvas, item, left, top, width)

            return Piece(inner, charts.share_size(item, inner), ITEM_SPACE if before else 4.0, share)
        case Split():

            def split(canvas: Canvas, left: float, top: float, width: float) -> None:
                charts.paint_split(canvas, item, left, top, width)

            return Piece(inner, charts.split_size(item, inner), ITEM_SPACE if before else 4.0, split)
        case _:
            cell = _diagram(item, gap, inner)
            stub = STUB_IN if not cell.arrows[0] else STUB_OUT

            def graph(canvas: Canvas, left: float, top: float, width: float) -> None:
                paint_cell(canvas, cell, left, top, width, (stub, STUB_OUT))

            return Piece(cell.width, cell.length + STUB_OUT + stub, 0.0, graph)


def paint_cell(canvas: Canvas, cell: Cell, left: float, top: float, width: float, stubs: tuple[float, float]) -> None:
    """Draws ``cell`` within ``width``, with lines that come in and that leave, as many px long as ``stubs`` says."""
    entering, leaving = stubs
    x = left + width / 2
    axis = cell.outputs[0]
    if max(axis - cell.left, cell.right - axis) <= width / 2:
        # Diagrams of a column stand on one axis where they have room for it.
        x -= axis
    else:
        x -= (cell.left + cell.right) / 2
    bottom = top + leaving + cell.length
    for port, arrow in zip(cell.inputs, cell.arrows, strict=True) if not cell.source else ():
        canvas.line((x + port, bottom + entering), (x + port, bottom), arrow=arrow, open_ends="start")
    cell.paint(canvas, x, bottom)
    for port in cell.outputs:
        canvas.line((x + port, top + leaving), (x + port, top), arrow=True, open_ends="end")


def _diagram(item: Diagram, gap: float, inner: float) -> Cell:
    """``item`` with the largest type and the widest spaces that fit ``inner``, its arrows of ``gap``."""
    return laid_out(item).fitting(inner, gap)


def paint(canvas: Canvas, panel: Panel, left: float, top: float, height: float) -> None:
    """``panel`` in ``height`` px."""
    with opening(canvas, panel.inset):
        _paint(canvas, panel, left, top, height)


@contextmanager
def opening(canvas: Canvas, inset: Inset) -> Iterator[None]:
    """What is painted inside is the panel of ``inset``, which its boxes say that they open."""
    name = letters.name_of(inset)
    for path in filter(None, (inset.source or inset.beside, *inset.also)):
        # A box may be opened by several panels.
        canvas.opens[path] = f"{canvas.opens[path]} {name}" if path in canvas.opens else name
    with canvas.section("panel", inset.title, panel=name):
        yield


def _paint(canvas: Canvas, panel: Panel, left: float, top: float, height: float) -> None:
    inset = panel.inset
    canvas.rect(
        left,
        top,
        panel.width,
        height,
        fill=canvas.theme.page,
        stroke=canvas.theme.container_border,
        radius=16,
        kind="container",
        layer="ground",
    )
    x = left + 16
    middle = top + TITLE_MIDDLE
    if inset.letter:
        width = badge_width(inset.letter, BADGE)
        badge(canvas, x + width / 2, middle, inset.letter, BADGE)
        x += width + 10
    else:
        x = left + PAD
    # A title of two lines stands where one would: nothing of it is left out.
    title = fitted(inset.title, left + panel.width - PAD - x, 22, 17, 600)
    for number, row in enumerate(title):
        line = middle + (number - (len(title) - 1) / 2) * LEADING * row.size
        canvas.text(x, line + MIDDLE * row.size, row.text, row.size, 600, phrase=row.phrase)
    # What belongs together stays together: room to spare is below the last item, but for a little below the title.
    y = top + TITLE + min(max(height - panel.height, 0.0) / 2, MOST_AIR)
    for piece in panel.pieces:
        y += piece.space
        piece.paint(canvas, left + PAD, y, panel.width - 2 * PAD)
        y += piece.height


def badge(canvas: Canvas, x: float, y: float, letter: str, size: float) -> None:
    """The letter of an inset about ``x`` and ``y``, in the accent."""
    width = badge_width(letter, size)
    with canvas.group("", "", role="letter", opens=letter):
        canvas.rect(x - width / 2, y - size / 2, width, size, fill=canvas.accent, radius=size * 0.22, kind="box")
        canvas.text(x, y + MIDDLE * SMALL, letter, SMALL, 700, fill=canvas.theme.accent_ink, anchor="middle")


def badge_width(letter: str, size: float) -> float:
    """Px: a square, wider where ``letter`` is (M, W, or two letters)."""
    return max(size, text_width(letter, SMALL, 700) + 2 * BADGE_PAD)


def gutter(lettered: int) -> float:
    """Px that the room for letters beside boxes is wider than usual where there are ``lettered`` panels: 0 for few."""
    return max((badge_width(letters.letter(number), LETTER) for number in range(lettered)), default=LETTER) - LETTER
