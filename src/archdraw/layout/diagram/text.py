"""Text in boxes: measured, made smaller, wrapped; in this order. Nothing is ever cut off."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Literal

from archdraw.fonts import LINE_HEIGHT, MIDDLE, Weight, text_width, wrap
from archdraw.layout.canvas import Canvas
from archdraw.layout.diagram.measures import Measures
from archdraw.records import record
from archdraw.setters import kept

NBSP = "\u00a0"
_BOUND = re.compile(
    r"(?<=[^\W\d_]) (?=\d)|(?<=[+×=≤≥→]) (?=\d)|(?<=\d) (?=[^\W\d_])|(?<=\d) (?=×)"
    r"|(?<=[^\W\d_]) (?=/ \d)|(?<=[^\W\d_] /) (?=\d)| {1,2}(?=\|)"
)
"""The space between a word, or a sign, and its number: ``dim 128``, ``→ 4,096``, ``32 query / 8 KV``, ``12 ×``."""
_SIGNS = r"(?<=\d) (?=[+×→] )|(?<=[×→]) (?=\w)|(?<=\+) (?=\d)|(?<=\d) (?=/ \d)"
_CLOSE = re.compile(rf"{_SIGNS}|{_BOUND.pattern}")
"""Besides those the spaces of a calculation: ``2 × 2``, ``128 → 1,280``."""
_LOOSE = re.compile(rf"{_SIGNS}|(?<=[^\W\d_]) (?=\d)(?!\d(?:[\d.,]*\d)? [×→+] )|(?<=[=≤≥]) (?=\d)|(?<=\d) (?=[^\W\d_])")
"""Those, but for the one between a word and a calculation."""
_PARTS = re.compile(r"(?<!\|)(?<!\| ) ")
"""Those inside of what bars part: ``Moonshot AI, 2025-10 | Sparse hybrid``."""
_BRACKETS = re.compile(r"\([^()]{1,20}\)")
_UNIT = re.compile(r"×|px|[KMGTP]?i?B|[KMGT]")
"""What is read with the number before it."""
_WORD = re.compile(r"[^\s\-/]+[\-/]?")
LONGEST_WORD = 20
"""Letters of a word that is never broken; of longer ones nobody can say where they should be."""
AIR = 1.1
"""How wide a box is at least, in widths of its words: other fonts, where Inter is not at hand, are so much wider."""


@record
class Row:
    """One line of text of a box; ``phrase`` is the text that it is a line of."""

    text: str
    size: float
    weight: Weight
    phrase: str

    @cached_property
    def width(self) -> float:
        return text_width(self.text, self.size, self.weight)

    @cached_property
    def height(self) -> float:
        return self.size * LINE_HEIGHT


def room(width: float, pad: float) -> float:
    """Px for words in a box of ``width`` that leaves ``pad`` px free at each side."""
    return min(width - 2 * pad, width / AIR)


def around(words: float, pad: float) -> float:
    """The width of a box with ``words`` of so many px that leaves ``pad`` px free at each side."""
    return max(words + 2 * pad, words * AIR)


@kept(65536)
def fitted(text: str, width: float, size: float, least: float, weight: Weight) -> tuple[Row, ...]:
    """``text`` in at most ``width`` px: at ``size`` if it fits, else smaller down to ``least``, else wrapped.

    Wrapped lines are of like length, so that no word stands alone under a full line. A number stays with its word,
    unless they are wider than a line. Facts that semicolons part begin lines of their own where that takes no more.
    """
    if not text:
        return ()
    step = size
    while step >= least:
        if text_width(text, step, weight) <= width:
            return (Row(text, step, weight, text),)
        step -= 1
    divisible = divided(_BOUND.sub(NBSP, text), width, least, weight)
    lines = wrap(divisible, least, weight, width)
    for pattern in (*((_PARTS,) if "|" in text else ()), _CLOSE, _LOOSE):
        closer = pattern.sub(NBSP, _BRACKETS.sub(lambda found: found[0].replace(" ", NBSP), text))
        tried = wrap(closer, least, weight, width)
        if len(tried) <= len(lines) and all(text_width(line, least, weight) <= width for line in tried):
            divisible, lines = closer, tried
            break
    apart = _apart(divisible, least, weight, width)
    if 1 < len(apart) <= len(lines):
        return tuple(Row(line, least, weight, text) for line in _spaced(apart, text))
    narrow, wide = width / len(lines), width
    while wide - narrow > 1:
        middle = (narrow + wide) / 2
        tried = wrap(divisible, least, weight, middle)
        if len(tried) > len(lines) or any(text_width(line, least, weight) > middle for line in tried):
            narrow = middle
        else:
            lines, wide = tried, middle
    return tuple(Row(line, least, weight, text) for line in _spaced(lines, text))


def _spaced(lines: Collection[str], text: str) -> Iterator[str]:
    """``lines`` of ``text`` with the spaces that it has: what is searched for, ``dim 128``, has a plain one."""
    if not any(NBSP in line for line in lines):
        yield from lines
        return
    letters = [place for place, character in enumerate(text) if not character.isspace()]
    for line in lines:
        number = len("".join(line.split()))
        if number:
            words = text[letters[0] : letters[number - 1] + 1].replace("\n", " ")
            yield " ".join(word for word in words.split(" ") if word)
            del letters[:number]


def _apart(text: str, size: float, weight: Weight, width: float) -> tuple[str, ...]:
    """``text`` in lines of whole facts that semicolons part, each as full as can be; empty where there is but one."""
    facts = text.split("; ")
    if len(facts) == 1:
        return ()
    lines: list[str] = []
    for number, fact in enumerate(facts):
        said = f"{fact};" if number < len(facts) - 1 else fact
        if lines and text_width(f"{lines[-1]} {said}", size, weight) <= width:
            lines[-1] = f"{lines[-1]} {said}"
        else:
            lines.extend(wrap(said, size, weight, width))
    return tuple(lines)


def divided(text: str, width: float, size: float, weight: Weight) -> str:
    """``text`` with words that are wider than ``width`` cut into pieces that are not."""
    words = []
    # Not at no-break spaces, which split() would take for spaces, but rather there than inside of a word.
    bound = text.split(" ")
    if all(text_width(word, size, weight) <= width for word in bound):
        return text
    for word in [part for one in bound for part in _unbound(one, width, size, weight)]:
        if text_width(word, size, weight) <= width:
            words.append(word)
            continue
        # At hyphens, where that is enough.
        piece = ""
        for part in re.split("(?<=-)", word):
            if piece and text_width(piece + part, size, weight) > width:
                words.append(piece)
                piece = ""
            for character in part:
                if piece and text_width(piece + character, size, weight) > width:
                    words.append(piece)
                    piece = ""
                piece += character
        words.append(piece)
    return " ".join(words)


def _unbound(word: str, width: float, size: float, weight: Weight) -> list[str]:
    """``word``, broken at as few of its no-break spaces as make its pieces fit ``width``; none where it fits."""
    if text_width(word, size, weight) <= width:
        return [word]
    before, slash, after = word.partition(f"/{NBSP}")
    if slash and before.endswith(NBSP):
        # Between two counts rather than inside of one.
        return [*_unbound(f"{before}/", width, size, weight), *_unbound(after, width, size, weight)]
    pieces: list[str] = []
    for part in word.split(NBSP):
        joined = f"{pieces[-1]}{NBSP}{part}" if pieces else part
        if pieces and text_width(joined, size, weight) <= width:
            pieces[-1] = joined
        elif (
            pieces and NBSP in pieces[-1] and (_UNIT.fullmatch(part) or _counts(pieces[-1], part, width, size, weight))
        ):
            # No sign and no unit stands alone, and what is counted has its number before it: that comes with it.
            pieces[-1], _, number = pieces[-1].rpartition(NBSP)
            pieces.append(f"{number}{NBSP}{part}")
        else:
            pieces.append(part)
    return pieces


def _counts(line: str, noun: str, width: float, size: float, weight: Weight) -> bool:
    """Whether ``line`` ends with the number of ``noun``, a plural, and both have room: "Collapse 4", "streams"."""
    before, _, number = line.rpartition(NBSP)
    fits = text_width(f"{number}{NBSP}{noun}", size, weight) <= width
    is_plural = noun.isalpha() and noun.islower() and noun.endswith("s")
    return bool(re.fullmatch(r"\d[\d,]*", number) and before[-1:].isalpha() and is_plural and fits)


def rows_of(label: str, detail: str, width: float, measures: Measures, strong: Collection[str] = ()) -> tuple[Row, ...]:
    """The lines of a box: its label, then its second line, those named in ``strong`` ("label", "detail") bolder."""
    weights: tuple[Weight, Weight] = (600 if "label" in strong else 500, 600 if "detail" in strong else 400)
    first = fitted(label, width, measures.label_size, measures.least_label_size, weights[0])
    if not detail:
        return first
    return (*first, *fitted(detail, width, measures.detail_size, measures.least_detail_size, weights[1]))


@kept(4096)
def longest_word(label: str, detail: str, measures: Measures) -> float:
    """The px of the widest word of a box that is not to be broken, at the least size; 0 where there is none."""
    sized = ((label, measures.least_label_size), (detail, measures.least_detail_size))
    words = [(word, size) for text, size in sized for word in _WORD.findall(text) if len(word) <= LONGEST_WORD]
    return max((text_width(word, size, 600) for word, size in words), default=0.0)


@kept(4096)
def common_size(labels: tuple[tuple[str, float, Weight], ...], largest: float, least: float) -> float:
    """The largest size in which none of ``labels``, each with its width in px and its weight, takes more lines than in
    the ``least``.
    """
    lines = [len(fitted(label, width, least, least, weight)) for label, width, weight in labels]
    size = largest
    while size > least:
        rows = [fitted(label, width, size, size, weight) for label, width, weight in labels]
        if all(
            len(found) <= number and all(row.width <= width for row in found)
            for found, number, (_, width, _) in zip(rows, lines, labels, strict=True)
        ):
            return size
        size -= 1
    return least


def block_height(rows: tuple[Row, ...], measures: Measures) -> float:
    """Height of a box that holds ``rows``."""
    match len(rows):
        case 0 | 1:
            return measures.one_line
        case 2:
            # Two lines of a label are higher than one and its second line.
            return max(measures.two_lines, rows_height(rows) + 5)
        case _:
            return max(measures.two_lines, rows_height(rows) + 16)


def rows_height(rows: tuple[Row, ...]) -> float:
    """Height of ``rows`` set solid."""
    return sum([row.height for row in rows])


def paint_rows(
    canvas: Canvas,
    rows: tuple[Row, ...],
    x: float,
    middle: float,
    fill: str,
    anchor: Literal["start", "middle", "end"] = "middle",
) -> None:
    """``rows`` about ``middle``, centred on ``x``, beginning or ending there."""
    y = middle - rows_height(rows) / 2
    for row in rows:
        canvas.text(
            x,
            y + row.height / 2 + MIDDLE * row.size,
            row.text,
            row.size,
            row.weight,
            fill=fill,
            anchor=anchor,
            phrase=row.phrase,
        )
        y += row.height
