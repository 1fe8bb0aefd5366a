"""Blocks whose insides differ in little are opened once: one panel shows them, and says how the others differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from archdraw.glossary import Phrase, plate, text, within
from archdraw.records import record
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.walks import children, inputs, leaves
from archdraw.views.stack import Option

MOST_APART = 2
"""Blocks with so many other leaves, norms and positions not counted, are one panel."""


MOST_SAID = 4
"""So many blocks that differ in sizes are named, others counted."""


@record
class Opening:
    """A block that is opened, and ``also`` the others that its panel stands for."""

    option: Option
    also: tuple[Option, ...] = ()

    @property
    def block(self) -> Module:
        """The block that the panel shows."""
        assert isinstance(self.option.block, Module)
        return self.option.block


def title_of_all(opening: Opening, title: str) -> str:
    """``title`` of the block that a panel shows, without its number where the panel opens others with another one."""
    stem = title.rstrip("0123456789").rstrip()
    others = {describe(option.block).title for option in opening.also}
    numbered = stem and stem != title and others and all(one.rstrip("0123456789").rstrip() == stem for one in others)
    return text(plate.OF_NUMBERS(what=stem, numbers=len({title, *others}))) if numbered and others != {title} else title


def joined(opening: list[Opening], option: Option, by_likeness: bool) -> bool:
    """Whether one of ``opening`` stands for ``option``, too; the list then has it so.

    Blocks that differ only in reach and position always share a panel, those that are like each other ``by_likeness``.
    """
    block = option.block
    assert isinstance(block, Module)
    for number, one in enumerate(opening):
        if shape_of(one.block) == shape_of(block):
            opening[number] = replace(one, also=(*one.also, option))
            return True
    for number, one in enumerate(opening):
        if by_likeness and is_like(one, option):
            # The panel shows the one with most in it.
            fuller = _size(block) > _size(one.block)
            others = (*one.also, one.option if fuller else option)
            opening[number] = Opening(option if fuller else one.option, others)
            return True
    return False


def is_like(one: Opening, option: Option) -> bool:
    """Whether ``one`` and the block of ``option``, of one sort and in one column, have all but a few leaves alike."""
    first, other = one.block, option.block
    assert isinstance(other, Module)
    column = one.option.path.partition("/")[0] == option.path.partition("/")[0]
    sorts = {"attention": "attention", "sliding": "attention", "feed_forward": "feed_forward"}
    sort = sorts.get(first.role)
    if not column or sort is None or sort != sorts.get(other.role) or inputs(first) != inputs(other):
        return False
    if sort == "feed_forward" and first.kind != other.kind:
        return False
    if _reads_others(first) != _reads_others(other):
        return False
    ours, theirs = _names(first), _names(other)
    return max((ours - theirs).total(), (theirs - ours).total()) <= MOST_APART


def _reads_others(module: Module) -> bool:
    """Whether the queries of ``module`` meet keys of another sequence than their own."""
    return any(leaf.heads is not None and leaf.heads.cross for leaf in leaves(module.body))


def differences(opening: Opening) -> list[str]:
    """For each block that ``opening`` stands for and that is another one inside, how it differs.

    Of many that differ in nothing but sizes, the first are named and the others counted.
    """
    shown = opening.block
    kept = {shape_of(shown)}
    notes = set(describe(shown).notes)
    lines: list[str] = []
    more = 0
    for option in opening.also:
        block = option.block
        assert isinstance(block, Module)
        found = describe(block)
        shape = shape_of(block)
        if shape in kept:
            # Of one that differs in reach and position alone, positions are said: a note of the other is not its own.
            if shape == shape_of(shown) and (apart := _placed_apart(block, shown)):
                line = text(plate.LIKE_IT(block=found.label, difference=apart))
                lines += [line] if line not in lines else []
            continue
        kept.add(shape)
        own, lacking = _named(block, shown), _named(shown, block)
        if not own and not lacking and len(lines) >= MOST_SAID:
            more += 1
            continue
        said = [*(note for note in found.notes if note not in notes)]
        if own:
            said.append(text(plate.HAVING(what=own)))
        if lacking:
            said.append(text(plate.WITHOUT(what=lacking)))
        called = (found.full, *_of_shape(opening, shape, found.label))
        lines.append(text(plate.LIKE_IT(block="; ".join(called), difference="; ".join(said))).rstrip(" :"))
    return [*lines, text(plate.OTHER_SIZES(number=more))] if more else lines


def _of_shape(opening: Opening, shape: object, but: str) -> tuple[str, ...]:
    """What the blocks of ``shape`` that ``opening`` stands for are called, if not ``but``."""
    alike = (option.block for option in opening.also if isinstance(option.block, Module))
    return tuple(dict.fromkeys(name for one in alike if shape_of(one) == shape if (name := text(one.label)) != but))


def _placed_apart(block: Module, shown: Module) -> str:
    """What positions ``block`` has that ``shown`` has not, or that it has none; empty where both have the same."""
    own, theirs = (
        tuple(dict.fromkeys(text(describe(leaf).full) for leaf in leaves(one) if leaf.role == "position"))
        for one in (block, shown)
    )
    if own == theirs:
        return ""
    lacking = tuple(name for name in theirs if name not in own)
    return text(plate.HAVING(what=own)) if own else text(plate.WITHOUT(what=lacking))


def _named(block: Module, other: Module) -> tuple[str | Phrase, ...]:
    """What the leaves of ``block`` are called that ``other`` has none like."""
    more = _names(block) - _names(other)
    lines = {leaf.name: leaf.outputs for leaf in _leaves(other)}
    found = [
        within(leaf.label)
        for leaf in _leaves(block)
        if leaf.name in more or len(leaf.outputs) != len(lines.get(leaf.name, leaf.outputs))
    ]
    return tuple(dict.fromkeys(found))


def _leaves(module: Module) -> list[Leaf]:
    return [leaf for leaf in leaves(module.body) if leaf.role not in ("position", "norm")]


def _names(module: Module) -> Counter[str]:
    """The names of the leaves of ``module`` with weights or a role, without norms and positions."""
    return Counter(leaf.name for leaf in _leaves(module))


def _size(module: Module) -> int:
    return sum(1 for _ in leaves(module.body))


def shape_of(module: Module) -> tuple[object, ...]:
    """What two mixers share that differ only in reach and position: they are opened once."""

    def plain(block: Block) -> object:
        match block:
            case Leaf():
                cache = replace(block.cache, window=None) if block.cache else None
                role = "attention" if block.role == "sliding" else block.role
                return None if block.role == "position" else (block.name, block.weights, role, cache)
            case _:
                inner = tuple(part for part in map(plain, children(block)) if part not in (None, ()))
                return inner[0] if len(inner) == 1 else inner

    return (plain(module.body),)
