"""Blocks whose insides differ in little are opened once: one panel shows them, and says how the others differ."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from re import findall

from archdraw.glossary import Phrase, plate, text, within
from archdraw.glossary.attention import CAUSAL, CAUSAL_CHUNKS, CAUSAL_WINDOW, CHUNK, WINDOW
from archdraw.glossary.positions import NOPE
from archdraw.records import record
from archdraw.tree.blocks import Block, Leaf, Module
from archdraw.tree.description import describe
from archdraw.tree.remembered import remembered
from archdraw.tree.walks import children, inputs, leaves
from archdraw.views.stack import Option

MOST_APART = 2
"""Blocks with so many other leaves, norms and positions not counted, are one panel."""


MOST_IN_TITLE = 2
"""The title of a panel names so many different blocks."""
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
    """``title`` of the block that a panel shows, with those of the others that the panel opens.

    Blocks that differ in their numbers are named once, others with what is last in all their names once.
    """
    stem = title.rstrip("0123456789").rstrip()
    others = {describe(option.block).title for option in opening.also}
    numbered = stem and stem != title and others and all(one.rstrip("0123456789").rstrip() == stem for one in others)
    if others <= {title}:
        return title
    if numbered:
        return text(plate.OF_NUMBERS(what=stem, numbers=len({title, *others})))
    return _any_of((title, *sorted(others - {title})))


def _any_of(titles: tuple[str, ...]) -> str:
    """One of several ``titles``: "Global or sliding-window attention", of more than can be read the first and how many.

    >>> _any_of(("Global attention", "Sliding-window attention"))
    'Global or sliding-window attention'
    """
    if len(titles) > MOST_IN_TITLE:
        return text(plate.AND_MORE(first=titles[0], number=len(titles) - 1))
    first, second = titles[0].split(), within(titles[1]).split()
    last: list[str] = []
    while min(len(first), len(second)) > 1 and first[-1] == second[-1]:
        last.insert(0, first.pop())
        second.pop()
    return " ".join((text(plate.EITHER(first=" ".join(first), second=" ".join(second))), *last))


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
    sorts = {"attention": "attention", "sliding": "attention", "feed_forward": "feed_forward", "embedding": "embedding"}
    sort = sorts.get(first.role)
    if not column or sort is None or sort != sorts.get(other.role) or inputs(first) != inputs(other):
        return False
    if sort != "attention" and first.kind != other.kind:
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
    kept = {_told_apart_by(shown)}
    lines: list[str] = []
    more = 0
    for option in opening.also:
        block = option.block
        assert isinstance(block, Module)
        found = describe(block)
        if (key := _told_apart_by(block)) in kept:
            continue
        kept.add(key)
        apart = _placed_apart(block, shown)
        own, other = _lacking(block, shown), _other(block, shown)
        # What another layer made is not lacking: "shared K, V" says that there is no projection to them.
        made = {line for leaf in own if leaf.inputs == 0 for line in leaf.outputs if line}
        lacking = tuple(leaf for leaf in _lacking(shown, block) if not made.issuperset(leaf.outputs))
        if key[0] == shape_of(shown) and not other:
            # Of one that differs in reach and position alone, positions are said: a note of the other is not its own.
            line = text(plate.LIKE_IT(block=found.label, difference=apart))
            lines += [line] if line not in lines else []
            continue
        if not own and not lacking and len(lines) >= MOST_SAID:
            more += 1
            continue
        said = _noted(block, shown)
        # That one has no positions at all is mostly said in its label or in a note of its own.
        if not _placed(block) and text(NOPE()) in (*found.detail.split(", "), *said):
            apart = ""
        said += [text(plate.HAVING(what=other))] if other else []
        said += [apart] if apart else []
        said += [text(plate.WITHOUT(what=tuple(within(leaf.label) for leaf in lacking)))] if lacking else []
        called = (found.full, *_of_one_line(opening, key, found.label))
        lines.append(text(plate.LIKE_IT(block="; ".join(called), difference="; ".join(said))).rstrip(" :"))
    return [*lines, text(plate.OTHER_SIZES(number=more))] if more else lines


def _told_apart_by(module: Module) -> tuple[object, tuple[str, ...]]:
    """What blocks share of which one line says how they differ from the one that a panel shows."""
    return shape_of(module), _placed(module)


def _of_one_line(opening: Opening, key: object, but: str) -> tuple[str, ...]:
    """What the blocks are called of which one line says how they differ, if not ``but``."""
    alike = (option.block for option in opening.also if isinstance(option.block, Module))
    return tuple(
        dict.fromkeys(name for one in alike if _told_apart_by(one) == key and (name := text(one.label)) != but)
    )


def _placed(module: Module) -> tuple[str, ...]:
    """The positions of ``module``, each once."""
    return tuple(dict.fromkeys(describe(leaf).full for leaf in leaves(module.body) if leaf.role == "position"))


def _placed_apart(block: Module, shown: Module) -> str:
    """What positions ``block`` has that ``shown`` has not, or that it has none; empty where both have the same."""
    own, theirs = _placed(block), _placed(shown)
    if own == theirs:
        return ""
    new = tuple(name for name in own if name not in theirs)
    lacking = tuple(name for name in theirs if name not in own)
    if not new and not lacking:
        return ""
    return text(plate.HAVING(what=new)) if new else text(plate.WITHOUT(what=lacking))


def _noted(block: Module, shown: Module) -> list[str]:
    """The facts in the notes of ``block`` that those of ``shown`` do not say, nor its own box with its window."""
    own, theirs = (
        [fact for note in one.notes for fact in (note if isinstance(note, tuple) else (note,))]
        for one in (block, shown)
    )
    said = {text(fact) for fact in theirs}
    box = describe(block).detail.split(", ")
    masks = {CAUSAL_WINDOW: WINDOW, CAUSAL_CHUNKS: CHUNK}
    in_box = [
        fact
        for fact in own
        if isinstance(fact, Phrase) and (term := masks.get(fact.term)) and text(Phrase(term, fact.values)) in box
    ]
    return list(filter(None, (text(fact) for fact in own if text(fact) not in said and fact not in in_box)))


def _lacking(block: Module, other: Module) -> tuple[Leaf, ...]:
    """The leaves of ``block`` that ``other`` has none like, of each label the first."""
    return tuple({text(leaf.label): leaf for leaf in reversed(_leaves(block)) if not _like(leaf, other)}.values())[::-1]


def _like(leaf: Leaf, other: Module) -> list[Leaf]:
    """The leaves of ``other`` that have the name of ``leaf`` and hand on as many lines."""
    return [one for one in _leaves(other) if (one.name, len(one.outputs)) == (leaf.name, len(leaf.outputs))]


def _other(block: Module, shown: Module) -> tuple[str, ...]:
    """What is in the boxes of ``block`` and not in those of ``shown``, in its order; of sizes, what is another one.

    What the box of the whole ``block`` says is left out, and that attention is causal, which its window says.
    """
    described = describe(block)
    known = {text(CAUSAL()), *described.detail.split(", ")}
    found: list[str] = []
    for leaf in _leaves(block):
        like = _like(leaf, shown)
        if not like:
            found.append(within(leaf.label))
            continue
        facts = [fact for fact in _facts(leaf) if fact not in known.union(*map(_facts, like))]
        if all(text(leaf.label) != text(one.label) for one in like) or (facts and leaf.heads is None):
            facts.insert(0, within(leaf.label))
        line = " ".join(facts)
        # The box of a feed-forward network says its widths.
        if line and not (block.role == "feed_forward" and _numbers(line) <= _numbers(described.full)):
            found.append(line)
    return tuple(dict.fromkeys(found))


def _facts(leaf: Leaf) -> list[str]:
    """The facts in the second line of the box of ``leaf``."""
    return list(filter(None, map(text, leaf.detail if isinstance(leaf.detail, tuple) else (leaf.detail,))))


def _numbers(line: str) -> set[str]:
    return set(findall(r"\d[\d,.]*", line))


def _leaves(module: Module) -> list[Leaf]:
    return [leaf for leaf in leaves(module.body) if leaf.role not in ("position", "norm")]


def _names(module: Module) -> Counter[str]:
    """The names of the leaves of ``module`` with weights or a role, without norms and positions."""
    return Counter(leaf.name for leaf in _leaves(module))


def _size(module: Module) -> int:
    return sum(1 for _ in leaves(module.body))


def shape_of(module: Module, *, sized: bool = True) -> tuple[object, ...]:
    """What two mixers share that differ only in reach and position: they are opened once.

    What is not ``sized`` is shared by blocks of other widths, too: their panels would have the same boxes.
    """
    return (_sized(module.body) if sized else _plain(module.body),)


@remembered(2048)
def _sized(block: Block) -> object:
    if isinstance(block, Leaf):
        cache = replace(block.cache, window=None) if block.cache else None
        role = "attention" if block.role == "sliding" else block.role
        return None if block.role == "position" else (block.name, block.weights, role, cache)
    return _of_parts(list(map(_sized, children(block))))


@remembered(2048)
def _plain(block: Block) -> object:
    if isinstance(block, Leaf):
        return None if block.role == "position" else (block.name, bool(block.weights))
    return _of_parts(list(map(_plain, children(block))))


def _of_parts(parts: list[object]) -> object:
    inner = tuple([part for part in parts if part not in (None, ())])
    return inner[0] if len(inner) == 1 else inner
