"""Which elements of a picture go together where they follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archdraw.scene import Circle, Element, Group, Line, Polygon, Rect, Text
from archdraw.writers._powerpoint.figures import is_part
from archdraw.writers._powerpoint.words import Block, blocks


def flat(elements: Iterable[Element]) -> list[Element]:
    return [inner for one in elements for inner in (flat(one.children) if isinstance(one, Group) else [one])]


def in_blocks(parts: Sequence[Element]) -> list[Block | Rect | Line | Polygon | Circle]:
    """``parts``, words that follow each other in blocks."""
    found: list[Block | Rect | Line | Polygon | Circle] = []
    texts: list[Text] = []
    for part in parts:
        if isinstance(part, Text):
            texts.append(part)
            continue
        found += blocks(texts)
        texts = []
        if not isinstance(part, Group):
            found.append(part)
    return [*found, *blocks(texts)]


def together(children: Sequence[Element]) -> Iterator[list[Element]]:
    """``children``, parts of figures and words that follow each other together."""
    run: list[Element] = []
    for child in children:
        if is_part(child):
            run.append(child)
            continue
        if run:
            yield run
        run = []
        yield [child]
    if run:
        yield run


def runs(children: Sequence[Element], inside: set[int]) -> Iterator[tuple[int, list[Element]]]:
    """``children`` with the index of the first: those in no branch together, each that is in one by itself."""
    run: list[Element] = []
    start = 0
    for index, child in enumerate(children):
        if index not in inside:
            start = start if run else index
            run.append(child)
            continue
        if run:
            yield start, run
        run = []
        yield index, [child]
    if run:
        yield start, run
