"""The stack of layers as one block: equal layers counted, layers that differ laid over each other slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from archdraw.analysis.difference.words import settings_apart
from archdraw.glossary import Words, text
from archdraw.glossary import plate as words
from archdraw.glossary.common import LAYERS
from archdraw.picture import Bar, Branches, Chain, Choice, Diagram, Frame, Rail
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual
from archdraw.tree.blocks import Sequence as Chained
from archdraw.tree.description import describe
from archdraw.tree.framing import ANY
from archdraw.tree.patterns import cadence, runs
from archdraw.tree.walks import layers
from archdraw.views.diagrams import folded
from archdraw.views.overlay import blocks_of, laid_over
from archdraw.views.wording import ordinal, within

MOST_FOLDED = 1 / 3
"""A run of layers that come nowhere else is folded to a bar while it is no larger share of the stack."""


LONGEST_BAND = 60
"""Characters that fit two lines between two boxes of the spine."""


MOST_BARS = 3


@dataclass(frozen=True, slots=True)
class Option:
    """One block that may stand in a slot, its path, and the indices of the layers that have it there."""

    block: Leaf | Module
    path: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the block; more than one option where layers differ there, the rarest first."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
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


def stacked(module: Module, path: str, paths: Mapping[int, str]) -> Stack:
    """The stack of ``module`` (of level ``stack``) at ``path``; its blocks have ``paths`` by identity."""
    every = layers(module, ANY)
    numbers: dict[Module, int] = {}
    # Repeats share one object, so that most layers are told by identity and need no comparison of trees.
    known: dict[int, int] = {}
    for layer in every:
        if id(layer) not in known:
            known[id(layer)] = numbers.setdefault(layer, len(numbers))
    kinds = list(numbers)
    order = [known[id(layer)] for layer in every]
    first, last = _main(order)
    picture: list[Diagram] = []
    main = range(first, last)
    slots, body = _body(kinds, order, main, paths)
    frame_path = f"{path}/stack"
    for start, end in _ends(order, 0, first):
        picture.append(_bar(kinds[order[start]], kinds[order[first]], start, end, paths[id(kinds[order[start]])]))
    count = last - first
    picture.append(
        Frame(body, text(words.REPEATED(number=count)) if count > 1 else "", frame_path, text(LAYERS(number=count)))
    )
    for start, end in _ends(order, last, len(order)):
        # Where the same layers stand at both ends, the second bar has a path of its own.
        own = paths[id(kinds[order[start]])]
        taken = any(isinstance(item, Bar) and item.path == own for item in picture)
        bar_path = f"{own}/{start}" if taken else own
        picture.append(_bar(kinds[order[start]], kinds[order[first]], start, end, bar_path))
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
        label = text(words.SEVERAL(number=number, what=describe(layer).label)) if number > 1 else ""
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
    kinds: Sequence[Module], order: Sequence[int], main: range, paths: Mapping[int, str]
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
    for group in groups:
        own = [
            _slot(column, places, paths) for column in group.columns({number: kinds[number].body for number in used})
        ]
        slots += own
        members = sorted(place for number in group.parts for place in places[number])
        bodies.append(_drawn(group.whole, own, members, len(main)))
    if len(bodies) == 1:
        return tuple(slots), bodies[0]
    together = [tuple(sorted(place for number in group.parts for place in places[number])) for group in groups]
    bands = tuple(
        text(words.OR_ABOVE(upper=_when(upper, len(main), main.start), lower=_when(lower, len(main), main.start)))
        for lower, upper in pairwise(together)
    )[::-1]
    return tuple(slots), Choice(tuple(reversed(bodies)), bands)


def _slot(
    column: Iterable[tuple[int, Leaf | Module]], places: Mapping[int, tuple[int, ...]], paths: Mapping[int, str]
) -> Slot:
    found: dict[Leaf | Module, list[int]] = {}
    first: dict[Leaf | Module, str] = {}
    for number, block in column:
        found.setdefault(block, []).extend(places[number])
        first.setdefault(block, paths.get(id(block), block.name))
    options = [Option(block, first[block], tuple(sorted(indices))) for block, indices in found.items()]
    # Among equals the one that is told apart by colour most, full attention, stands on top.
    # Of two that take turns, the one that comes second, as in "every 2nd layer".
    options.sort(key=lambda option: (len(option.places), option.block.role != "attention", -option.places[0]))
    return Slot(tuple(options))


def _drawn(block: Block, slots: Iterable[Slot], members: Sequence[int], number: int) -> Diagram:
    """The diagram of ``block``, whose layers are ``members``, of ``number`` in the whole frame."""
    slots = iter(slots)

    def drawn(part: Block) -> Diagram:
        match part:
            case Chained(parts=parts):
                return Chain(tuple(drawn(inner) for inner in parts))
            case Parallel(branches=branches):
                return Branches(tuple(drawn(inner) for inner in branches), "+")
            case Residual(body=body):
                return Rail(drawn(body))
            case _:
                return _slot_picture(next(slots), members, number)

    return drawn(block)


def named_apart(blocks: Sequence[Leaf | Module]) -> list[tuple[str, str]]:
    """The label and the detail of each of ``blocks``; those that read alike with the settings that set them apart.

    Of the latter the label is the settings: in a list of both, the name that they share tells none from another.
    """
    words = [describe(block) for block in blocks]
    found = [(one.label, one.detail) for one in words]
    for pair in {pair for pair in found if found.count(pair) > 1}:
        places = [place for place, one in enumerate(found) if one == pair]
        settings = settings_apart([blocks[place] for place in places])
        for place, apart in zip(places, settings, strict=True):
            if apart:
                found[place] = (apart, ", ".join(filter(None, (pair[1], apart))))
    return found


def _slot_picture(slot: Slot, members: Sequence[int], number: int) -> Diagram:
    if len(slot.options) == 1:
        only = slot.options[0]
        if len(only.places) == len(members) or only.block.role == "norm":
            return folded(only.block, only.path)
        when = (
            words.IN_LAYER(number=str(only.places[0]))
            if len(only.places) == 1
            else words.IN_LAYERS(number=len(only.places), all=len(members))
        )
        detail = text(words.ONLY(when=when, detail=only.block.detail)).rstrip("; ")
        return folded(only.block, only.path, detail=detail)
    names = named_apart([option.block for option in slot.options])
    boxes = tuple(
        folded(option.block, option.path, detail=detail)
        for option, (_, detail) in zip(slot.options, names, strict=True)
    )
    return Choice(
        boxes,
        tuple(
            _band(option, label, members, number)
            for option, (label, _) in zip(slot.options[:-1], names[:-1], strict=True)
        ),
    )


def _band(option: Option, label: str, members: Sequence[int], number: int) -> str:
    """What the option above the band is, and when it comes."""
    if len(members) < number:
        when = text(words.IN_THESE_LAYERS(number=len(option.places), all=len(members)))
    else:
        when = _when(option.places, number, members[0])
    name = "MoE" if option.block.role == "experts" else within(label)
    band = text(words.OR_WHEN(what=name, when=when))
    return band if len(band) <= LONGEST_BAND else text(words.OR(what=when))


def _when(places: tuple[int, ...], number: int, start: int) -> str:
    every = cadence([place - start for place in places], number)
    if every:
        return text(words.EVERY_NTH(ordinal=ordinal(every)))
    return text(words.IN_LAYERS(number=len(places), all=number))


def _bar(layer: Module, other: Module, start: int, end: int, path: str) -> Bar:
    """A run folded to one line: which layers, and what they have in place of the drawn ones."""
    last = str(end - 1)
    which = words.ONE_LAYER(number=last) if end - start == 1 else words.LAYER_RANGE(first=str(start), last=last)
    group, *apart = laid_over([layer.body, other.body])
    if apart:
        what: tuple[Words, ...] = tuple(block.label for block in blocks_of(layer.body) if block.role != "norm")
    else:
        columns = [dict(column) for column in group.columns({0: layer.body, 1: other.body})]
        different = [column[0] for column in columns if 0 in column and column[0] != column.get(1)]
        lacking = tuple(column[1] for column in columns if 0 not in column and column[1].role != "norm")
        what = tuple(describe(block).full for block in different if block.role != "norm" or not lacking)
        if lacking:
            what = (*what, words.WITHOUT(what=tuple(block.label for block in lacking)))
    line = text(words.BAR(which=which, what=what))
    return Bar(line, text(words.REPEATED(number=end - start)), path, line)
