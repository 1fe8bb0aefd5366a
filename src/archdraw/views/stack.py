"""The stack of layers as one block: equal layers counted, layers that differ laid over each other slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from archdraw.glossary import plate as words
from archdraw.glossary import text
from archdraw.glossary.common import LAYERS
from archdraw.glossary.feed_forward import EXPERT
from archdraw.picture import Bar, Branches, Chain, Choice, Diagram, Frame, Rail
from archdraw.records import record
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Parallel, Residual
from archdraw.tree.blocks import Sequence as Chained
from archdraw.tree.description import describe
from archdraw.tree.framing import ANY, labels
from archdraw.tree.patterns import runs
from archdraw.tree.sharing import kinds_of
from archdraw.tree.walks import children, layers
from archdraw.views import lanes
from archdraw.views.apart import named_apart
from archdraw.views.bars import bar
from archdraw.views.diagrams import SIGNS, concatenated, diagram, folded, unnamed_path
from archdraw.views.overlay import is_wrapped, laid_over, same_norm
from archdraw.views.wording import how_often, in_a_row, several

MOST_FOLDED = 1 / 3
"""A run of layers that come nowhere else is folded to a bar while it is no larger share of the stack."""


LEAST_TABLE = 3
"""So many alternatives in one slot are rows of a table; fewer are boxes with words between them."""

MOST_BARS = 3


@record
class Option:
    """One block that may stand in a slot, its path, and the indices of the layers that have it there."""

    block: Leaf | Module
    path: str
    places: tuple[int, ...]


@record
class Slot:
    """A place of the block; more than one option where layers differ there, the rarest first."""

    options: tuple[Option, ...]


@record
class Stack:
    """All layers in order, those folded to bars, and the slots of the rest from the input up."""

    all: tuple[Module, ...]
    slots: tuple[Slot, ...]
    picture: tuple[Diagram, ...]


def joined(stacks: Sequence[Stack]) -> Stack:
    """Several stacks of one model, told together; their pictures stay where they are."""
    return Stack(
        tuple(layer for stack in stacks for layer in stack.all),
        tuple(slot for stack in stacks for slot in stack.slots),
        tuple(item for stack in stacks for item in stack.picture),
    )


def stacked(module: Module, path: str, paths: Mapping[int, str], before: int = 0, *, whole: bool = False) -> Stack:
    """The stack of ``module`` (of level ``stack``) at ``path``; its blocks have ``paths`` by identity.

    So many layers stand ``before`` it in another stack of the model: its own are numbered from there. Where it is to be
    ``whole``, no runs at its ends are folded to bars.
    """
    every = layers(module, ANY)
    kinds, order = kinds_of(every)
    first, last = (0, len(order)) if whole else _main(order)
    picture: list[Diagram] = []
    main = range(first, last)
    slots, body = _body(kinds, order, main, paths, before)
    frame_path = f"{path}/stack"
    drawn = [kinds[number] for number in dict.fromkeys(order[first:last])]
    for start, end in _ends(order, 0, first):
        picture.append(bar(kinds[order[start]], drawn, start, end, paths[id(kinds[order[start]])], before))
    count = last - first
    picture.append(
        Frame(
            body,
            text(words.REPEATED(number=count)) if count > 1 else "",
            frame_path,
            text(LAYERS(number=count)),
            in_a_row(labels(Chained(tuple(kinds[number] for number in sorted(set(order[first:last])))))),
            number=count,
        )
    )
    for start, end in _ends(order, last, len(order)):
        # Where the same layers stand at both ends, the second bar has a path of its own.
        own = paths[id(kinds[order[start]])]
        taken = any(isinstance(item, Bar) and item.path == own for item in picture)
        bar_path = f"{own}/{start}" if taken else own
        picture.append(bar(kinds[order[start]], drawn, start, end, bar_path, before))
    return Stack(every, slots, tuple(picture))


def in_brief(module: Module, path: str, paths: Mapping[int, str]) -> Stack:
    """The stack of ``module``, each run of equal layers as one box that may be opened."""
    every = layers(module, ANY)
    slots: list[Slot] = []
    boxes: list[Diagram] = []
    start = 0
    for layer, run in groupby(every):
        number = sum(1 for _ in run)
        option = Option(layer, paths[id(layer)], tuple(range(start, start + number)))
        label = several(describe(layer).label, number) if number > 1 else ""
        boxes.append(folded(layer, option.path, label=label))
        slots.append(Slot((option,)))
        start += number
    return Stack(every, tuple(slots), tuple(boxes))


def _main(order: Sequence[int]) -> tuple[int, int]:
    """The layers that are drawn, between short runs at both ends of kinds that come nowhere else."""
    first = _folded(order)
    return first, len(order) - _folded(order[first:][::-1])


def _folded(order: Sequence[int]) -> int:
    """How many layers at the start of ``order`` can be told by a few bars; none where it would take many."""
    end, bars = 0, 0
    for _, length in runs([str(number) for number in order]):
        rest = order[end + length :]
        if not rest or order[end] in rest or end + length > MOST_FOLDED * len(order):
            break
        end, bars = end + length, bars + 1
    return end if bars <= MOST_BARS else 0


def _ends(order: Sequence[int], start: int, end: int) -> Iterable[tuple[int, int]]:
    for _, length in runs([str(number) for number in order[start:end]]):
        yield start, start + length
        start += length


def _body(
    kinds: Sequence[Module], order: Sequence[int], main: range, paths: Mapping[int, str], before: int
) -> tuple[tuple[Slot, ...], Diagram]:
    """The slots of the layers in ``main`` and the diagram of their block."""
    used = sorted({order[index] for index in main})
    places = {number: tuple(index for index in main if order[index] == number) for number in used}
    # Layers of different shapes cannot share slots: each shape is drawn whole, the most frequent at the bottom.
    groups = sorted(
        laid_over([kinds[number].body for number in used]),
        key=lambda group: -sum(len(places[used[index]]) for index in group.parts),
    )
    groups = [replace(group, parts={used[index]: has for index, has in group.parts.items()}) for group in groups]
    slots: list[Slot] = []
    bodies: list[Diagram] = []
    ported: list[tuple[Module, str, tuple[int, ...]]] = []
    for group in groups:
        own = [
            _slot(column, places, paths) for column in group.columns({number: kinds[number].body for number in used})
        ]
        members = sorted(place for number in group.parts for place in places[number])
        slots += [part for slot in own for part in _within(slot, len(members), paths)]
        bodies.append(_drawn(group.whole, own, members, len(main), paths, before))
        ported += [(block, path, tuple(members)) for block, path in lanes.modules(group.whole, bodies[-1], paths)]
    for block, path, at in lanes.merged(ported):
        slots.insert(0, Slot((Option(block, path, at),)))
    if len(bodies) == 1:
        return tuple(slots), bodies[0]
    together = [tuple(sorted(place for number in group.parts for place in places[number])) for group in groups]
    return tuple(slots), _choice(tuple(reversed(bodies)), together[::-1], main, len(main))


def _slot(
    column: Iterable[tuple[int, Leaf | Module]], places: Mapping[int, tuple[int, ...]], paths: Mapping[int, str]
) -> Slot:
    found: dict[Leaf | Module, list[int]] = {}
    first: dict[Leaf | Module, str] = {}
    column = list(column)
    norm = same_norm([block for _, block in column])
    for number, block in column:
        drawn = norm or block
        found.setdefault(drawn, []).extend(places[number])
        own = unnamed_path(block.body, paths, block.name) if is_wrapped(block) else paths[id(block)]
        first.setdefault(drawn, own)
    options = [Option(block, first[block], tuple(sorted(indices))) for block, indices in found.items()]
    # Among equals the one that is told apart by colour most, full attention, stands on top.
    # Of two that take turns, the one that comes second, as in "every 2nd layer".
    options.sort(key=lambda option: (len(option.places), option.block.role != "attention", -option.places[0]))
    return Slot(tuple(options))


def _within(slot: Slot, members: int, paths: Mapping[int, str]) -> Iterable[Slot]:
    """``slot``; where a block without a name is drawn there as what it is, one for each module in it."""
    block = _unnamed(slot, members)
    if block is None:
        return (slot,)
    return (Slot((option,)) for option in openable(block, paths, slot.options[0].places))


def openable(block: Block, paths: Mapping[int, str], places: tuple[int, ...] = ()) -> Iterator[Option]:
    """The boxes in the drawn ``block`` that may be opened: its modules, and what experts consist of."""
    match block:
        case Module():
            yield Option(block, paths[id(block)], places)
        case Experts(body=body) if not isinstance(body, Leaf | Module):
            yield Option(
                Module("experts", EXPERT(), body, role="experts"), unnamed_path(body, paths, "experts"), places
            )
        case _:
            for child in children(block):
                yield from openable(child, paths, places)


def _unnamed(slot: Slot, members: int) -> Block | None:
    """The block without a name that all ``members`` have in ``slot``; None where there is none."""
    only = slot.options[0]
    if len(slot.options) > 1 or len(only.places) < members or not is_wrapped(only.block):
        return None
    return only.block.body


def _drawn(
    block: Block, slots: Iterable[Slot], members: Sequence[int], number: int, paths: Mapping[int, str], before: int
) -> Diagram:
    """The diagram of ``block``, whose layers are ``members``, of ``number`` in the whole frame, ``before`` which others
    stand.

    What has no name of its own is drawn as what it is where all layers have it.
    """
    slots = iter(slots)

    def drawn(part: Block) -> Diagram:
        match part:
            case Chained(parts=parts):
                return Chain(lanes.row(parts, drawn, paths))
            case _ if lanes.joined(part):
                return Chain(lanes.row((part,), drawn, paths))
            case Parallel(branches=branches, merge=merge):
                fan = Branches(tuple(drawn(inner) for inner in branches), SIGNS.get(merge))
                return concatenated(fan, merge, unnamed_path(part, paths, "concatenate"))
            case Residual(body=body):
                return Rail(drawn(body))
            case _:
                slot = next(slots)
                unnamed = _unnamed(slot, len(members))
                if unnamed is not None:
                    return diagram(unnamed, paths)
                return _slot_picture(slot, members, number, before)

    return drawn(block)


def _slot_picture(slot: Slot, members: Sequence[int], number: int, before: int) -> Diagram:
    if len(slot.options) == 1:
        only = slot.options[0]
        if len(only.places) == len(members) or only.block.role == "norm":
            return folded(only.block, only.path)
        said = (
            words.IN_LAYER(number=str(before + only.places[0]))
            if len(only.places) == 1
            else words.IN_LAYERS(number=len(only.places), all=len(members))
        )
        detail = text(words.ONLY(when=said, detail=only.block.detail)).rstrip("; ")
        return replace(folded(only.block, only.path, detail=detail), layers=_numbers(only, before))
    names = named_apart([option.block for option in slot.options])
    boxes = tuple(
        replace(folded(option.block, option.path, detail=detail), layers=_numbers(option, before))
        for option, (_, detail) in zip(slot.options, names, strict=True)
    )
    every = [option.places for option in slot.options]
    if len(boxes) < LEAST_TABLE or any((box.inputs, len(box.outputs)) != (1, 1) for box in boxes):
        return _choice(boxes, every, members, number)
    shares = tuple(text(words.SHARE_OF_LAYERS(number=len(places), all=len(members))) for places in every)
    heading = words.OF_LAYERS if len(members) == number else words.OF_THESE_LAYERS
    headings = text(words.ONE_PER_LAYER()), text(heading(all=len(members)))
    numbers = tuple(map(len, every))
    return Choice(boxes, shares, headings=headings, counts=tuple(f"{one:,}" for one in numbers), layers=numbers)


def _numbers(option: Option, before: int) -> tuple[int, ...]:
    """The numbers of the layers that ``option`` is in, of a stack ``before`` which others stand."""
    return tuple(before + place for place in option.places)


def _choice(boxes: tuple[Diagram, ...], every: Iterable[Sequence[int]], members: Sequence[int], number: int) -> Choice:
    """``boxes``, the first on top, of which each says in how many of ``members``, of ``number`` in the frame, it comes.

    They come at ``every`` of these places.
    """
    places = tuple(map(tuple, every))
    bands = tuple(how_often(one, members, number) for one in places)
    numbers = tuple(map(len, places))
    return Choice(boxes, bands, conjunction=text(words.OR()), layers=numbers)
