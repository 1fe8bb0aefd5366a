"""Panels for a page with little room: which ones, and how much of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, product

from archdraw.layout.compact import panel
from archdraw.layout.compact.panel import Shown
from archdraw.layout.compact.short import beside, core, figured, number_of_boxes, short
from archdraw.layout.plate.panels import Panel
from archdraw.parts import boxes_of
from archdraw.picture import Inset, Masks, Share, Split, Words
from archdraw.records import record

FEW_BOXES = 7
"""The most boxes of a diagram that is read at one glance."""
MOST_OF_CORE = 9
"""The most boxes of one that has been shortened as far as can be: an indexer beside latents."""
MIXERS = frozenset({"attention", "sliding", "linear"})
"""Roles of the boxes that a block that mixes tokens is about."""
MASKS = 600.0
"""What masks are worth, of which the panel has no priority: they say how far a mixer reaches."""


@record
class Form:
    """What a panel may hold: it is a ``figure`` where it is more than words and bars."""

    items: tuple[Shown, ...]
    figure: bool


def chosen(insets: tuple[Inset, ...], width: float, height: float, most: int, space: float) -> list[Panel]:
    """At most so many of ``insets`` as find room in ``width`` by ``height`` px, ``space`` px between two.

    Figures come before words, two figures before a larger one, and what is worth most before the rest. Experts, which
    most models have, are never opened in place of a mixer that fewer have.
    """
    order, rare = ranked(insets)
    for number in range(most, 0, -1):
        for indices in (*combinations(rare, number), *combinations(order, number)):
            if lacks_mixer(insets, indices):
                continue
            found = _together([insets[index] for index in indices], width, height, space, figures=True)
            if found:
                places = dict(zip(indices, found, strict=True))
                return [places[index] for index in sorted(indices)]
    for index in rare:
        if not most or lacks_mixer(insets, (index,)):
            continue
        found = _together([insets[index]], width, height, space, figures=False)
        if found:
            return found
    return []


def worth(panels: Sequence[Panel]) -> tuple[int, int]:
    """How much is in ``panels``: how many they are, and how many pieces they have besides words."""
    return len(panels), sum(len(one.pieces) for one in panels)


def ranked(insets: Sequence[Inset]) -> tuple[list[int], list[int]]:
    """The numbers of ``insets`` in the order of what they are worth, and those among them that are not usual."""
    order = sorted(range(len(insets)), key=lambda index: (*_rank(insets[index]), index))
    return order, [index for index in order if insets[index].first or not is_usual(insets[index])]


def _rank(inset: Inset) -> tuple[bool, bool, bool, bool, float]:
    """What comes first: what is to, what opens a box or shows masks, what is not optional or usual, then the rare."""
    masks = any(isinstance(item, Masks) for item in inset.items)
    worth = MASKS if masks else 0.0 if inset.priority is None else float(inset.priority)
    return not inset.first, not (inset.source or masks), inset.optional and not masks, is_usual(inset), -worth


def lacks_mixer(insets: Sequence[Inset], indices: Collection[int]) -> bool:
    """Whether ``indices`` are of experts, but not of a block that mixes tokens and is worth more.

    Experts that are to be first are opened in any case.
    """
    worth = [inset.priority or 0 for inset in insets]
    of_experts = [index for index in indices if "experts" in _roles(insets[index]) and not insets[index].first]
    most = max((worth[index] for index in of_experts), default=None)
    if most is None:
        return False
    return any(
        worth[index] > most and index not in indices and not _roles(inset).isdisjoint(MIXERS)
        for index, inset in enumerate(insets)
    )


def _roles(inset: Inset) -> set[str]:
    diagrams = [item for item in inset.items if not isinstance(item, Words | Masks | Share | Split)]
    return {box.role for item in diagrams for box in boxes_of(item)}


def is_usual(inset: Inset) -> bool:
    """Whether ``inset`` opens a plain feed-forward network."""
    return _roles(inset) == {"feed_forward"}


def _together(insets: Sequence[Inset], width: float, height: float, space: float, *, figures: bool) -> list[Panel]:
    """All of ``insets`` above each other, each in the longest form that leaves room for the others; none if none do."""
    every = [[form for form in forms(inset) if form.figure == figures] for inset in insets]
    for choice in product(*every):
        least = [panel.least(inset, form.items, width) for inset, form in zip(insets, choice, strict=True)]
        spare = height - space * (len(least) - 1) - sum(least)
        if spare < 0:
            continue
        rooms = [own + spare / len(least) for own in least]
        found = [
            panel.measure(inset, form.items, width, room)
            for inset, form, room in zip(insets, choice, rooms, strict=True)
        ]
        return [one for one in found if one]
    return []


def forms(inset: Inset) -> Iterator[Form]:
    """What of ``inset`` a panel may show, the most first.

    Its diagram with few boxes and the words that count; its figure and what it is of; words by themselves.
    """
    diagrams = [item for item in inset.items if not isinstance(item, Words | Masks | Share | Split)]
    masks = tuple(item for item in inset.items if isinstance(item, Masks))
    strong = tuple(item for item in inset.items if isinstance(item, Words) and item.strong)
    if masks:
        yield Form((*masks, *strong[:1]), figure=True)
        yield Form(masks, figure=True)
    if len(diagrams) == 1:
        (whole,) = diagrams
        box = figured(whole)
        ways = ((short(whole), FEW_BOXES), (core(whole), MOST_OF_CORE))
        shorter = [item for item, most in ways if 1 < number_of_boxes(item) <= most]
        if box and box.figure:
            said = (box.label, box.detail) if box.role == "experts" else (box.detail,)
            more = tuple(f"+ {name}" for name in beside(whole))
            words = tuple(Words(text, strong=True) for text in (*filter(None, said), *more))
            strong = tuple(item for item in strong if item.text.partition(";")[0] not in " ".join(said))
            if box.role == "experts":
                yield from (Form((item, *strong[:1]), figure=True) for item in shorter)
            yield Form((box.figure, *words, *strong[:1]), figure=True)
            yield Form((box.figure, *words), figure=True)
        else:
            for item in shorter:
                yield Form((item, *strong[:1]), figure=True)
                yield Form((item,), figure=True)
    words = tuple(item for item in inset.items if isinstance(item, Words))
    bars = tuple(item for item in inset.items if isinstance(item, Share | Split))
    if bars:
        yield Form((*bars, *strong[:1]), figure=False)
    if words:
        yield Form(words[:2], figure=False)
        yield Form(words[:1], figure=False)
