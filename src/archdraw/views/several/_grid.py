"""Pictures of several models aligned: which box of one corresponds to which of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal, assert_never

from archdraw.analysis.difference import Difference
from archdraw.analysis.difference.similarity import SUBLAYER
from archdraw.analysis.difference.structure import SORTS
from archdraw.layout.compare.grid import Around, GridItem, Slot
from archdraw.layout.compare.signs import Sign
from archdraw.layout.diagram.diagram import flat
from archdraw.picture import Bar, Box, Branches, Chain, Choice, Diagram, Frame, Graph, Lanes, Rail, Tap
from archdraw.theme import EQUAL
from archdraw.tree.alignment import aligned
from archdraw.views.wording import within

DIAGRAMS = (Box, Chain, Branches, Graph, Rail, Choice, Frame, Bar, Tap)
ENOUGH = 2.0
"""Two branches that share this much correspond to each other; norms alone are less."""


def grid(pictures: Sequence[Chain], differences: Sequence[Difference], slugs: Sequence[str]) -> tuple[GridItem, ...]:
    """The columns of ``pictures`` as rows of slots. ``differences`` are those of neighbours; paths get slugs before."""
    changed = [
        tuple({path for change in one.changes if (path := change.paths[side])} for side in (0, 1))
        for one in differences
    ]
    return tuple(_Grid(changed, slugs).items([flat(picture) for picture in pictures]))


class _Grid:
    """Makes slots and numbers them."""

    def __init__(self, changed: Sequence[tuple[set[str], ...]], slugs: Sequence[str]) -> None:
        self._changed, self._slugs, self._number = changed, slugs, 0

    def items(self, chains: Sequence[Sequence[Diagram]]) -> list[GridItem]:
        """``chains`` aligned, the first of each at the bottom."""
        return [self._item(row) for row in _rows(chains)]

    def _item(self, row: Sequence[Diagram | None]) -> GridItem:
        rails = [one for one in row if isinstance(one, Rail)]
        if len(rails) == len(row):
            return Around(tuple(map(_hollow, rails)), tuple(self.items([_inside(rail) for rail in rails])))
        frames = [one for one in row if isinstance(one, Frame)]
        if len(frames) == len(row) and _alike_inside(frames):
            around = (replace(one, path=f"{slug}/{one.path}") for one, slug in zip(frames, self._slugs, strict=True))
            return Around(tuple(map(_hollow, around)), tuple(self.items([_inside(frame) for frame in frames])))
        return self._slot(row)

    def _slot(self, row: Sequence[Diagram | None]) -> Slot:
        self._number += 1
        signs = tuple(self._sign(index, row[index], row[index + 1]) for index in range(len(row) - 1))
        there = [one for one in row if one is not None]
        is_equal = len(there) == len(row) and not any(signs)
        items = tuple(
            None if one is None else _placed(one, f"{slug}/", pale=is_equal)
            for one, slug in zip(_emphasized(row), self._slugs, strict=True)
        )
        return Slot(f"slot {self._number}", items, signs, _missing(there[0]))

    def _sign(self, index: int, one: Diagram | None, other: Diagram | None) -> Sign | None:
        if one is None and other is None:
            return None
        if one is None or other is None:
            return "added" if one is None else "removed"
        before, after = self._changed[index]
        if plain(one) != plain(other) or _touched(one, before) or _touched(other, after):
            return "changed"
        return None


def _emphasized(row: Sequence[Diagram | None]) -> Sequence[Diagram | None]:
    """``row`` with those lines of its boxes emphasized that are not the same in all; chips that are recede."""
    boxes = [one for one in row if isinstance(one, Box)]
    everywhere = set.intersection(*(set(box.chips) for box in boxes)) if len(boxes) == len(row) else set()
    strong: set[Literal["label", "detail"]] = set()
    if len({box.label for box in boxes}) > 1:
        strong.add("label")
    if len({box.detail for box in boxes}) > 1:
        strong.add("detail")

    def emphasized(box: Box) -> Box:
        chips = tuple(replace(chip, role=EQUAL) if chip in everywhere else chip for chip in box.chips)
        return replace(box, strong=frozenset(strong), chips=chips)

    return [emphasized(one) if isinstance(one, Box) else one for one in row]


def _touched(item: Diagram, changed: Iterable[str]) -> bool:
    """Whether a change is at one of the boxes of ``item``, or inside it."""
    return any(path == box or path.startswith(f"{box}/") for path in changed for box in paths(item))


def _rows(chains: Sequence[Sequence[Diagram]]) -> list[list[Diagram | None]]:
    """Rows of what corresponds in the chains; one chain after the other is aligned to the rows."""
    rows: list[list[Diagram | None]] = [[item] for item in chains[0]]
    for number, chain in enumerate(chains[1:], 1):
        there = [[item for item in row if item is not None] for row in rows]

        def like(row: int, index: int, chain: Sequence[Diagram] = chain, there: list[list[Diagram]] = there) -> float:
            return max(similarity(item, chain[index]) for item in there[row])

        pairs = aligned(range(len(rows)), range(len(chain)), like)
        rows = [
            [*(rows[row] if row is not None else [None] * number), chain[index] if index is not None else None]
            for row, index in pairs
        ]
    return rows


def similarity(one: Diagram, other: Diagram) -> float:
    """How well one diagram corresponds to another: 0 not at all."""
    match one, other:
        case Box(), Box():
            return _similarity_of_boxes(one, other)
        case Rail(), Rail():
            mine, theirs = _inside(one), _inside(other)
            pairs = aligned(mine, theirs, similarity)
            shared = [(mine[i], theirs[j]) for i, j in pairs if i is not None and j is not None]
            works = any(_works(item) for pair in shared for item in pair)
            like = sum(similarity(*pair) for pair in shared)
            return like if works or like > ENOUGH * 2 else _in_common(one, other)
        case Frame(), Frame():
            return 100.0
        case (Bar(), Bar()) | (Graph(), Graph()):
            return 2.0
        case Tap(), Tap():
            return (1.0 + 2.0 * (one.box.label == other.box.label)) if one.direction == other.direction else 0.0
        case (Box() | Choice() | Branches() | Rail(), Box() | Choice() | Branches() | Rail()):
            if not _works(one) and not _works(other):
                # Tables that are added up, and one by itself.
                return max((similarity(a, b) for a in _options(one) for b in _options(other)), default=0.0) * 0.9
            return _in_common(one, other)
        case _:
            return 0.0


def _works(item: Diagram) -> list[str]:
    """The sorts of what works on tokens in ``item``."""
    return [sort for box in boxes(item) if (sort := _sort(box)) in SORTS.values()]


def _in_common(one: Diagram, other: Diagram) -> float:
    """By how many mixers and feed forwards both have, however they are joined."""
    mine, theirs = Counter(_works(one)), Counter(_works(other))
    return SUBLAYER * 0.9 * (mine & theirs).total()


def _similarity_of_boxes(one: Box, other: Box) -> float:
    if _sort(one) != _sort(other):
        return 0.0
    weight = SUBLAYER if _sort(one) in SORTS.values() else 0.0
    if one.label == other.label:
        return weight + (3.5 if one.detail == other.detail else 3.0)
    return weight + 0.5 if _sort(one) in ("plain", "embedding") else weight + 2.0


def _sort(box: Box) -> str:
    return SORTS.get(box.role, box.role)


def _options(item: Diagram) -> tuple[Diagram, ...]:
    match item:
        case Choice(options=options):
            return options
        case Branches(items=items):
            return items
        case _:
            return (item,)


def _inside(item: Rail | Frame) -> tuple[Diagram, ...]:
    body = item.body
    return flat(body) if isinstance(body, Chain) else (body,)


def _alike_inside(frames: Sequence[Frame]) -> bool:
    """Whether the frames hold slots that can be aligned: no frame in one alone, nor whole blocks to choose from."""
    kinds = []
    for frame in frames:
        inner = _inside(frame)
        blocks = any(isinstance(item, Choice) and not isinstance(item.options[0], Box) for item in inner)
        kinds.append((blocks, any(isinstance(item, Frame) for item in inner)))
    return len(set(kinds)) == 1


def _hollow(item: Rail | Frame) -> Rail | Frame:
    """``item`` with nothing in it but what says whether there are brackets inside."""
    kept = tuple(inner for inner in _inside(item) if isinstance(inner, Frame | Bar))
    return replace(item, body=Chain(kept))


def boxes(item: Diagram) -> list[Box]:
    """Every box of ``item``, the lowest first."""
    match item:
        case Box():
            return [item]
        case Tap(box=box):
            return [box]
        case Chain(items=inner) | Branches(items=inner) | Choice(options=inner) | Graph(items=inner):
            return [box for part in inner for box in boxes(part)]
        case Rail(body=body) | Frame(body=body):
            return boxes(body)
        case Lanes(plain=inner):
            return boxes(inner)
        case Bar():
            return []
        case _:
            assert_never(item)


def paths(item: Diagram) -> list[str]:
    """The paths of all boxes of ``item``, and of a bar."""
    return [item.path] if isinstance(item, Bar) else [box.path for box in boxes(item)]


def _missing(item: Diagram) -> str:
    """The words where ``item`` has no counterpart."""
    if isinstance(item, Bar):
        return "–"
    named = [box for box in boxes(item) if box.role != "norm"] or boxes(item)
    label = named[-1].label.removesuffix(", folded") if named else ""
    # An imperative (read, write, mix, copy) is no thing that could lack.
    return f"no {within(label)}" if label and named[-1].role != "plain" else "–"


def plain(item: Diagram) -> Diagram:
    """``item`` as it looks, without the paths and tooltips that say where it is from."""
    return _with_boxes(item, lambda box: replace(box, path="", title=""), "")


def _placed(item: Diagram, prefix: str, *, pale: bool) -> Diagram:
    """``item`` with ``prefix`` before its paths, in the colours of what is equal where it is to be ``pale``."""

    def change(box: Box) -> Box:
        box = replace(box, path=f"{prefix}{box.path}")
        if not pale:
            return box
        return replace(box, role=EQUAL, chips=tuple(replace(chip, role=EQUAL) for chip in box.chips))

    return _with_boxes(item, change, prefix)


def _with_boxes(item: Diagram, change: Callable[[Box], Box], prefix: str) -> Diagram:
    """``item`` with ``change`` done to its boxes, and its frames and bars at paths that begin with ``prefix``."""

    def again(part: Diagram) -> Diagram:
        return _with_boxes(part, change, prefix)

    match item:
        case Box():
            return change(item)
        case Tap(box=box):
            return replace(item, box=change(box), goal="")
        case Chain(items=inner) | Branches(items=inner):
            return replace(item, items=tuple(map(again, inner)))
        case Choice(options=options):
            return replace(item, options=tuple(map(again, options)))
        case Graph(nodes=nodes):
            return replace(item, nodes=tuple((key, again(node)) for key, node in nodes))
        case Rail(body=body):
            return Rail(again(body))
        case Lanes(plain=inner):
            return again(inner)
        case Frame(body=body, path=path):
            return replace(item, body=again(body), path=f"{prefix}{path}" if prefix else "", title="")
        case Bar(path=path):
            return replace(item, path=f"{prefix}{path}" if prefix else "", title=item.title if prefix else "")
        case _:
            assert_never(item)
