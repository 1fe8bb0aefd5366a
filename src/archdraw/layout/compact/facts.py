"""Figures that stand out: side by side in boxes where a page is wide enough, else in rows."""

from __future__ import annotations

from archdraw.fonts import MIDDLE, text_width
from archdraw.layout.canvas import Canvas, Place
from archdraw.layout.diagram.measures import SMALL
from archdraw.layout.diagram.text import Row, fitted
from archdraw.layout.sections import section
from archdraw.picture import Fact

LEAST_WIDTH = 100.0
"""The narrowest place for facts."""
VALUE, LEAST_VALUE = 25.0, 16.0
GAP, PAD = 10.0, 5.0
HIGH = 78.0
"""The height of a box with one line of label."""
LINE = 20.0
ROW, ROWS_PAD, ROW_VALUE = 24.0, 4.0, 18.0
"""The height of a row, what is above and below all, and the size of the figures in them."""
ROUNDING = 0.01
ROW_SPACE, ROW_PAD = 12.0, 9.0
"""Px between a figure and its label in a row, and at both ends of the row."""


def height(facts: tuple[Fact, ...], width: float) -> float:
    """The height that ``facts`` need in ``width`` px; 0 for none."""
    if not facts:
        return 0.0
    if _side_by_side(facts, width):
        return HIGH + LINE * (max(len(_label(fact, _each(facts, width))) for fact in facts) - 1)
    if rows_width(facts) <= width:
        return ROW * len(facts) + 2 * ROWS_PAD
    return sum(_high(fact, width) for fact in facts) + GAP * (len(facts) - 1)


def least(facts: tuple[Fact, ...], width: float) -> float:
    """The height that ``facts`` need in ``width`` px at least: in rows, where they have room for that."""
    rows = ROW * len(facts) + 2 * ROWS_PAD if rows_width(facts) <= width else height(facts, width)
    return min(rows, height(facts, width))


def fits(facts: tuple[Fact, ...], width: float) -> bool:
    """Whether ``facts`` stand side by side or in rows in ``width`` px."""
    return _side_by_side(facts, width) or rows_width(facts) <= width


@section("facts")
def paint(canvas: Canvas, facts: tuple[Fact, ...], place: Place) -> None:
    """``facts`` over the whole of ``place``, in one of three ways: side by side, in rows, or above each other."""
    width = place.right - place.left
    if not facts:
        return
    if _side_by_side(facts, width) and height(facts, width) <= place.bottom - place.top + ROUNDING:
        each = _each(facts, width)
        size = _size(facts, each)
        for index, fact in enumerate(facts):
            left = place.left + index * (each + GAP)
            _box(canvas, fact, Place(left, place.top, left + each, place.bottom), size)
        return
    if rows_width(facts) <= width and place.bottom - place.top < _stacked(facts, width):
        _rows(canvas, facts, place)
        return
    size = _size(facts, width)
    most = max(_high(fact, width) for fact in facts)
    alike = (place.bottom - place.top - GAP * (len(facts) - 1)) / len(facts)
    spare = (place.bottom - place.top - _stacked(facts, width)) / len(facts)
    top = place.top
    for fact in facts:
        high = alike if alike >= most else _high(fact, width) + spare
        _box(canvas, fact, Place(place.left, top, place.right, top + high), size)
        top += high + GAP


def _stacked(facts: tuple[Fact, ...], width: float) -> float:
    """The height of ``facts`` above each other, each in a box of its own."""
    return sum(_high(fact, width) for fact in facts) + GAP * (len(facts) - 1)


def rows_width(facts: tuple[Fact, ...]) -> float:
    """The least width of ``facts`` in rows, if there are any, each with its label at the right of the figure."""
    values = max((text_width(fact.value, ROW_VALUE, 700) for fact in facts), default=0)
    labels = max((text_width(_short(fact), SMALL, 400) for fact in facts), default=0)
    return values + ROW_SPACE + labels + 2 * ROW_PAD


def _rows(canvas: Canvas, facts: tuple[Fact, ...], place: Place) -> None:
    """``facts`` in one box, a row each: the figures end where the labels begin."""
    theme = canvas.theme
    values = max(text_width(fact.value, ROW_VALUE, 700) for fact in facts)
    labels = max(text_width(_short(fact), SMALL, 400) for fact in facts)
    middle = place.left + (place.right - place.left - values - ROW_SPACE - labels) / 2 + values
    canvas.rect(
        place.left,
        place.top,
        place.right - place.left,
        place.bottom - place.top,
        fill=theme.container,
        stroke=theme.container_border,
        radius=10,
        kind="container",
    )
    pitch = (place.bottom - place.top - 2 * ROWS_PAD) / len(facts)
    for number, fact in enumerate(facts):
        y = place.top + ROWS_PAD + (number + 0.5) * pitch + MIDDLE * ROW_VALUE
        with canvas.group("", f"{fact.label}: {fact.value}"):
            canvas.text(middle, y, fact.value, ROW_VALUE, 700, fill=canvas.accent, anchor="end")
            canvas.text(middle + ROW_SPACE, y, _short(fact), SMALL, 400)


def _short(fact: Fact) -> str:
    return fact.short or fact.label


def _each(facts: tuple[Fact, ...], width: float) -> float:
    return (width - GAP * (len(facts) - 1)) / len(facts)


def _side_by_side(facts: tuple[Fact, ...], width: float) -> bool:
    room = _each(facts, width) - 2 * PAD
    words = [word for fact in facts for word in fact.label.split()]
    return (
        all(text_width(word, SMALL) <= room for word in words)
        and all(text_width(fact.value, LEAST_VALUE, 700) <= room for fact in facts)
        and all(len(_label(fact, room + 2 * PAD)) <= 2 for fact in facts)
    )


def _high(fact: Fact, width: float) -> float:
    return HIGH - 10 + LINE * (len(_label(fact, width)) - 1)


def _label(fact: Fact, width: float) -> tuple[Row, ...]:
    return fitted(fact.label, width - 2 * PAD, SMALL, SMALL, 400)


def _size(facts: tuple[Fact, ...], width: float) -> float:
    """The size of the values, one for all."""
    size = VALUE
    while size > LEAST_VALUE and any(text_width(fact.value, size, 700) > width - 2 * PAD for fact in facts):
        size -= 1
    return size


def _box(canvas: Canvas, fact: Fact, place: Place, size: float) -> None:
    x = (place.left + place.right) / 2
    rows = _label(fact, place.right - place.left)
    block = size * 1.25 + LINE * len(rows)
    y = place.middle - block / 2 + size * 0.625
    theme = canvas.theme
    with canvas.group("", f"{fact.label}: {fact.value}"):
        canvas.rect(
            place.left,
            place.top,
            place.right - place.left,
            place.bottom - place.top,
            fill=theme.container,
            stroke=theme.container_border,
            radius=10,
        )
        canvas.text(x, y + MIDDLE * size, fact.value, size, 700, fill=canvas.accent, anchor="middle")
        y += size * 0.625 + LINE / 2
        for row in rows:
            canvas.text(x, y + MIDDLE * SMALL, row.text, SMALL, 400, anchor="middle", phrase=row.phrase)
            y += LINE
