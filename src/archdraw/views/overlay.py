"""Layers laid over each other: which parts of one stand where parts of another do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeGuard

from archdraw.glossary import Phrase
from archdraw.glossary import plate as words
from archdraw.glossary.layers import GRAPH, POST_ATTENTION, POST_MIXER, PRE_ATTENTION, PRE_MIXER
from archdraw.records import record, replaced
from archdraw.tree.blocks import Block, Experts, Leaf, Module, Parallel, Repeat, Residual
from archdraw.tree.blocks import Sequence as Chained
from archdraw.tree.settings import SORTS
from archdraw.tree.walks import inputs, outputs

WRAPPED = "block"
"""The name of a module that an author did not write."""
MOST_EXTRA = 2
"""A layer that lacks no more parts of another is drawn as that one, its parts marked as those of some layers."""


_OF_ANY_MIXER = {PRE_ATTENTION: PRE_MIXER, POST_ATTENTION: POST_MIXER}


@record
class Group:
    """Layers that are drawn as one: the ``whole`` that has all their parts, and by layer which of them it has."""

    whole: Block
    parts: Mapping[int, tuple[int, ...]]

    def columns(self, bodies: Mapping[int, Block]) -> Iterator[list[tuple[int, Leaf | Module]]]:
        """For each block of the whole, from the input up, the layers that have one there, with theirs."""
        for index, part in enumerate(_parts(self.whole)):
            rows = [
                [(number, block) for block in blocks_of(_parts(bodies[number])[has.index(index)])]
                for number, has in self.parts.items()
                if index in has
            ]
            for position in range(len(blocks_of(part))):
                yield [row[position] for row in rows]


def laid_over(bodies: Sequence[Block]) -> list[Group]:
    """``bodies`` of layers, by their index, in groups of one shape or of one shape but for a few parts."""
    groups: list[Group] = []
    for index in sorted(range(len(bodies)), key=lambda index: -len(_parts(bodies[index]))):
        body = bodies[index]
        for number, group in enumerate(groups):
            has = _among(body, group.whole)
            if has is not None:
                groups[number] = Group(group.whole, {**group.parts, index: has})
                break
        else:
            groups.append(Group(body, {index: tuple(range(len(_parts(body))))}))
    return [Group(group.whole, dict(sorted(group.parts.items()))) for group in groups]


def _among(body: Block, whole: Block) -> tuple[int, ...] | None:
    """Where the parts of ``body`` stand among those of ``whole``; None where they don't, or too few do."""
    wanted, there = _parts(body), _parts(whole)
    if len(wanted) == len(there):
        # What stands in a place may be anything there, if only the lines run alike.
        same = all(shape(one) == shape(other) for one, other in zip(wanted, there, strict=True))
        return tuple(range(len(there))) if same else None
    if len(there) - len(wanted) > MOST_EXTRA:
        return None
    found: list[int] = []
    places = iter(range(len(there)))
    for part in wanted:
        index = next((index for index in places if _sort(there[index]) == _sort(part)), None)
        if index is None:
            return None
        found.append(index)
    return tuple(found)


def _parts(block: Block) -> tuple[Block, ...]:
    return block.parts if isinstance(block, Chained) else (block,)


def _sort(part: Block) -> tuple[object, ...]:
    """What a part must share with another to be taken for the same where some are lacking."""
    return shape(part), *(SORTS.get(block.role, block.role) for block in blocks_of(part))


def shape(block: Block) -> object:
    """What two layers must share to be laid over each other."""
    match block:
        case Chained(parts=parts):
            return ("sequence", *map(shape, parts))
        case Parallel(branches=branches, merge=merge):
            return ("parallel", merge, *map(shape, branches))
        case Residual(body=body):
            return ("residual", shape(body))
        case Leaf(role="norm"):
            return "norm"
        case _:
            return "slot", inputs(block), len(outputs(block))


def blocks_of(block: Block) -> list[Leaf | Module]:
    """The blocks of a layer that become slots, from the input up."""
    match block:
        case Chained(parts=parts) | Parallel(branches=parts):
            return [inner for part in parts for inner in blocks_of(part)]
        case Residual(body=body):
            return blocks_of(body)
        case Leaf() | Module():
            return [block]
        case _:
            return [wrapped(block)]


def wrapped(block: Block) -> Module:
    """A block without a name as a module, so that it is one box."""
    match block:
        case Repeat(times=times, body=body):
            first = next((part.label for part in blocks_of(body)), "")
            return Module(WRAPPED, words.SEVERAL(number=times, what=first), block)
        case Experts(total=total, active=active):
            return Module(WRAPPED, words.EXPERTS(total=total, active=active), block, role="experts")
        case _:
            return Module(WRAPPED, GRAPH(), block)


def is_wrapped(block: Leaf | Module) -> TypeGuard[Module]:
    """Whether ``block`` is made by :func:`wrapped`."""
    return isinstance(block, Module) and block.name == WRAPPED and not block.kind


def of_any_mixer(block: Block) -> Block:
    """``block``; a norm beside attention by the name that it has beside any sequence mixer (``Pre-mixer RMSNorm``)."""
    if isinstance(block, Leaf) and isinstance(block.label, Phrase) and block.label.term in _OF_ANY_MIXER:
        return replaced(block, label=replaced(block.label, term=_OF_ANY_MIXER[block.label.term]))
    return block


def same_norm(blocks: Collection[Leaf | Module]) -> Leaf | None:
    """The norm that ``blocks`` of several layers are, some beside attention and some beside another mixer.

    None where they differ in more than its name, and where that is the same in all.
    """
    named = {of_any_mixer(block) for block in blocks}
    norm = named.pop()
    return norm if not named and len(set(blocks)) > 1 and isinstance(norm, Leaf) else None
