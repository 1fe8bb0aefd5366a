"""Which panels a page has room for: first all of them, then without side remarks, then without those worth least.

What is left out is named in the arrangement, so that the page can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from archdraw.layout.plate import letters
from archdraw.layout.plate.arrange import MOST_COLUMNS, Arrangement, Page, arrange, column_height
from archdraw.layout.plate.sizes import Sizes
from archdraw.picture import Inset, Item, Words
from archdraw.records import replaced

Insets = tuple[Inset, ...]
Attempt: TypeAlias = tuple[Arrangement, bool]
"""An arrangement, and whether it fits."""


def fitted_in(insets: Insets, page: Page, sizes: Sizes) -> Arrangement:
    """``insets`` on ``page``: all of them, else all without side remarks, else as many as it holds.

    Where the page is too low even for what must not be left out, the arrangement says that it does not fit. ``sizes``
    are those of the insets, as far as they are measured.
    """
    shortened = _shortening(insets)

    def tried(fewer: Insets) -> Attempt:
        found = arrange(fewer, page, sizes)
        return found, found.fits

    number, droppable = len(insets), sum(inset.priority is not None for inset in insets)
    fewest = shortened(number)
    found, fits = _least(lambda count: tried(shortened(count)), number)
    if not fits:
        # One column more is better than a panel less.
        wider = arrange(fewest, page, sizes, MOST_COLUMNS + 1)
        found, fits = (wider, True) if wider.fits else (found, False)
    if not fits and droppable:
        short, fewest = fewest, _lessened(fewest, droppable)
        # With fewer panels a page may be narrower, and have less height: each number is tried.
        for count in range(1, droppable + 1):
            fewer = arrange(_lessened(short, count), page, sizes, MOST_COLUMNS + 1)
            fits = fewer.fits
            found = fewer if fits or fewer.excess < found.excess else found
            if fits:
                break
    if not fits:
        # Panels that have to stand take as many columns as the page is wide.
        found = arrange(fewest, page, sizes, len(fewest))
    fuller = _reported(_with_remarks(found, insets, sizes), insets)
    if not fuller.shortened:
        return fuller
    moved = _reported(_with_remarks(_spread(found, sizes), insets, sizes), insets)
    return min(fuller, moved, key=lambda way: len(way.shortened))


def _spread(found: Arrangement, sizes: Sizes) -> Arrangement:
    """``found`` with its last panel below another column, if there is room and no line leads to it.

    It has no place in an order, and the column that it leaves may have room for remarks.
    """
    *before, last = found.columns
    if len(last) < 2 or (moving := last[-1]).source or moving.beside:
        return found
    for number, column in reversed(tuple(enumerate(before))):
        width, passing = found.widths[number], found.passing[number]
        under = (*column, moving)
        if sizes.width(moving) <= width and column_height(under, width, sizes) + passing <= found.height:
            return replaced(found, columns=(*before[:number], under, *before[number + 1 :], last[:-1]))
    return found


def _with_remarks(found: Arrangement, insets: Insets, sizes: Sizes) -> Arrangement:
    """``found`` with the side remarks of ``insets`` where its columns have room for them, the first ones before others.

    Columns share one height: what made the highest one lose its remarks need not take them from the others.
    """
    whole = {_name(inset): inset.items for inset in insets}
    columns = []
    for column, width, passing in zip(found.columns, found.widths, found.passing, strict=True):
        for index, inset in enumerate(column):
            for items in _fewer(whole[_name(inset)]):
                fuller = replaced(inset, items=items)
                tried = (*column[:index], fuller, *column[index + 1 :])
                if sizes.width(fuller) <= width and column_height(tried, width, sizes) + passing <= found.height:
                    column = tried
                    break
        columns.append(column)
    return replaced(found, columns=tuple(columns))


def _fewer(items: tuple[Item, ...]) -> Iterator[tuple[Item, ...]]:
    """``items``, then without the last side remark, without the last two, and so on."""
    yield items
    for index in reversed(range(len(items))):
        if _is_remark(items[index]):
            items = items[:index] + items[index + 1 :]
            yield items


def _least(attempt: Callable[[int], Attempt], most: int) -> Attempt:
    """The arrangement that leaves out least, and whether it fits; that of ``most`` where none fits.

    What fits with some things left out fits with more of them left out, so that few numbers have to be tried.
    """
    found, fits = attempt(0)
    if fits or not most:
        return found, fits
    found, fits = attempt(most)
    if not fits:
        return found, fits
    too_few, enough = 0, most
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        tried, fits = attempt(middle)
        if fits:
            found, enough = tried, middle
        else:
            too_few = middle
    return found, True


def _shortening(insets: Insets) -> Callable[[int], Insets]:
    """Gives ``insets``, so many of them without side remarks: those with most first, then the lowest."""
    order = sorted(range(len(insets)), key=lambda index: (-sum(map(_is_remark, insets[index].items)), -index))
    short = [_short(inset) for inset in insets]

    def shortened(number: int) -> Insets:
        less = frozenset(order[:number])
        return tuple(short[index] if index in less else inset for index, inset in enumerate(insets))

    return shortened


def _short(inset: Inset) -> Inset:
    items = tuple(item for item in inset.items if not _is_remark(item))
    return replaced(inset, items=items) if len(items) < len(inset.items) else inset


def _is_remark(item: Item) -> bool:
    return isinstance(item, Words) and not item.strong


def _lessened(insets: Insets, number: int) -> Insets:
    """``insets`` without the ``number`` that are worth least, and with letters that follow each other.

    A part of an inset goes before the inset itself. A box whose panel is left out stays folded, without a letter.
    """
    droppable = [index for index, inset in enumerate(insets) if inset.priority is not None]
    dropped = frozenset(sorted(droppable, key=lambda index: (insets[index].priority or 0, -index))[:number])
    return relettered(tuple(inset for index, inset in enumerate(insets) if index not in dropped))


def relettered(insets: Insets) -> Insets:
    """``insets`` with letters that follow each other in the order of those that they have."""
    before = sorted({inset.letter for inset in insets if inset.letter}, key=letters.number)
    after = {letter: letters.letter(number) for number, letter in enumerate(before)}
    return tuple(replaced(inset, letter=after[inset.letter]) if inset.letter else inset for inset in insets)


def _reported(arrangement: Arrangement, insets: Insets) -> Arrangement:
    """``arrangement`` with what it leaves out of ``insets``: panels, and remarks of panels that it has."""
    kept = {_name(inset): inset for column in arrangement.columns for inset in column}
    every = [(inset, kept.get(_name(inset))) for inset in insets]
    return replaced(
        arrangement,
        left_out=tuple(replaced(inset, letter="") for inset, there in every if there is None),
        shortened=tuple(there for inset, there in every if there is not None and len(there.items) < len(inset.items)),
    )


def _name(inset: Inset) -> tuple[str, str, str, int]:
    """What distinguishes an inset from others, whatever its letter is and whichever remarks it has.

    Two that open no box of the model may have one title: what they show is another object.
    """
    shown = next((item for item in inset.items if not _is_remark(item)), None)
    return inset.source, inset.beside, inset.title, id(shown)
