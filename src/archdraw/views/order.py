"""The order of a stack as groups of named cells: what a caption of one line cannot tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from archdraw.cells import OrderCell, OrderGroup
from archdraw.tree.patterns import Times, covered

MOST_CELLS = 24
"""More cells than these say no more than the strip below them."""
MOST_OF_LAYERS = 0.5
"""An order with more cells than this share of its layers is no shorter to read than the strip: it has no rule."""
FEW_CELLS = 2
"""For so many cells more the order has no groups inside of groups, which are harder to follow."""
MOST_APART = 2
"""How many times as long as the shortest round the longest is at most where rounds are marked by their first layer."""
LONGEST_ORDER = 400
"""Characters of all cells together: beyond, the rows of groups are taller than a panel."""
PLAIN = "plain"
FIRST_LETTER = 0xE000
"""Names are stood for by characters of the private area, of which no name is made."""


def ordered(names: Sequence[str], roles: Mapping[str, str]) -> tuple[OrderCell | OrderGroup, ...]:
    """The order of ``names``, one for each layer, with repeats nested two deep at most.

    ``roles`` gives names their colours; one without a role, such as that of a layer of no module, is plain. Empty where
    nothing repeats, or where it would take too many cells.
    """
    letters = {name: chr(FIRST_LETTER + number) for number, name in enumerate(dict.fromkeys(names))}
    meaning = {letter: name for name, letter in letters.items()}
    whole = "".join(letters[name] for name in names)
    deep, flat = (tuple(_item(part, meaning, roles) for part in covered(whole, depth)) for depth in (2, 1))
    items = flat if len(list(_cells(flat))) <= len(list(_cells(deep))) + FEW_CELLS else deep
    cells = list(_cells(items))
    few = len(cells) <= MOST_CELLS and sum(len(cell.label) for cell in cells) <= LONGEST_ORDER
    return items if few and len(cells) <= MOST_OF_LAYERS * len(names) else ()


def rounds(items: Sequence[OrderCell | OrderGroup]) -> list[int]:
    """How many layers stand together on a strip: each round of a group, and what comes between two groups."""
    lengths: list[int] = []
    between = 0
    for item in items:
        if isinstance(item, OrderCell):
            between += item.layers
            continue
        lengths += [between] if between else []
        between = 0
        lengths += [sum(rounds(item.items))] * item.times
    return lengths + ([between] if between else [])


def is_even(lengths: Sequence[int]) -> bool:
    """Whether rounds of ``lengths``, the first and the last aside, make a scale: none is much longer than another."""
    inner = lengths[1:-1]
    return not inner or max(inner) <= MOST_APART * min(inner)


def _item(part: str | Times, meaning: Mapping[str, str], roles: Mapping[str, str]) -> OrderCell | OrderGroup:
    if isinstance(part, str):
        return OrderCell(meaning[part], roles.get(meaning[part], PLAIN))
    if len(part.items) == 1 and isinstance(part.items[0], str):
        name = meaning[part.items[0]]
        return OrderCell(f"{part.times} × {name}", roles.get(name, PLAIN), part.times)
    return OrderGroup(part.times, tuple(_item(inner, meaning, roles) for inner in part.items))


def _cells(items: Sequence[OrderCell | OrderGroup]) -> Iterator[OrderCell]:
    for item in items:
        if isinstance(item, OrderGroup):
            yield from _cells(item.items)
        else:
            yield item
