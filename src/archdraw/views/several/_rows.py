"""The differences of several models as rows of a table, each with the value of every model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from archdraw.analysis.difference import BLOCK, COUNTS, LOOP, ORDER, TIMES, Change, Difference, count, sort_of, words
from archdraw.glossary import text
from archdraw.glossary.common import IN_BF16, KV_CACHE_AT
from archdraw.glossary.settings import name_of, value_of
from archdraw.layout.compare.signs import Sign
from archdraw.layout.compare.table import TableRow
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import children, layers
from archdraw.views.several import Subject
from archdraw.views.wording import within

ARCHITECTURE, SETTINGS, NUMBERS = range(3)
MOST_VALUES = 3
"""So many different values of one model are listed in a cell; of more the first ones."""
NONE = "none"
SEPARATOR = "; "
PER_TOKEN = "kv_cache_bytes_per_token"
_WORKS = ("token mixer", "feed-forward")
_SELF_EXPLANATORY = (*_WORKS, "norm", "position", "embedding", "output")
"""Sorts that say well enough what is another one."""


@dataclass(frozen=True, slots=True)
class _Key:
    """One thing that may differ, whichever models are asked; ``where`` names the block where several have their own."""

    sort: str
    what: str
    where: str = ""

    @property
    def rank(self) -> int:
        """Architecture comes first, counts of the whole last."""
        if self.what in COUNTS:
            return NUMBERS
        return ARCHITECTURE if self.what in (BLOCK, ORDER, TIMES, "placement") else SETTINGS


def rows(differences: Sequence[Difference], subjects: Sequence[Subject]) -> tuple[TableRow, ...]:
    """A row for each thing in which some of ``subjects`` differ; ``differences`` are those of neighbours.

    What one row says already has none of its own.
    """
    found: dict[_Key, dict[int, Change]] = {}
    for index, difference in enumerate(differences):
        for key, change in _keyed(difference):
            found.setdefault(key, {}).setdefault(index, change)
    order = {key: number for number, key in enumerate(found)}
    made = {key: _row(key, found[key], subjects) for key in sorted(found, key=lambda key: (key.rank, order[key]))}
    kept = [
        row
        for key, row in made.items()
        # One row where value heads are as wide as key heads.
        if key.what != "v_head_dim"
        or (twin := made.get(replace(key, what="head_dim"))) is None
        or twin.values != row.values
    ]
    return tuple({(row.name, row.values): row for row in kept}.values())


def _keyed(difference: Difference) -> Iterator[tuple[_Key, Change]]:
    """The changes of one difference with the rows that they belong to."""
    changed = {change.what for change in difference.changes}
    covered = {
        # Norms that only moved with the placement, and layers that another order says.
        *(["norm"] if "placement" in changed else []),
        *(["layer"] if ORDER in changed else []),
    }
    listed = [
        change
        for change in difference.changes
        if not (change.sort in covered and change.what == BLOCK and change.sign != "changed" and _in_layer(change))
    ]
    alike: dict[tuple[str, str], list[Change]] = {}
    for change in listed:
        alike.setdefault((change.sort, change.what), []).append(change)
    for (sort, what), changes in alike.items():
        comes_or_goes = what == BLOCK and any(change.sign != "changed" for change in changes)
        one_for_all = len({(change.before, change.after) for change in changes}) == 1
        if one_for_all and not comes_or_goes:
            yield _Key(sort, what), changes[0]
            continue
        for where, same in groupby(sorted(changes, key=lambda change: change.where), key=lambda change: change.where):
            for number, change in enumerate(same, 1):
                yield _Key(sort, what, where if number == 1 else f"{where} ({number})"), change


def _in_layer(change: Change) -> bool:
    """Whether a change is one of layers or within them."""
    return any("/layer" in path for path in change.paths)


def _row(key: _Key, changes: dict[int, Change], subjects: Sequence[Subject]) -> TableRow:
    tokens = _common_context(subjects)
    values = [_value(key, changes, index, subject, tokens) for index, subject in enumerate(subjects)]
    signs = [_sign(key, changes.get(index), values[index], values[index + 1]) for index in range(len(subjects) - 1)]
    change = next(iter(changes.values()))
    if key.what == ORDER:
        name = "layer order"
    elif key.what == LOOP:
        name = "loops with shared weights"
    elif key.what == PER_TOKEN and tokens:
        name = text(IN_BF16(figure=KV_CACHE_AT(tokens=tokens)))
    elif key.what != BLOCK:
        name = name_of(key.what)
        if key.where:
            name = f"{name}, {within(key.where)}"
    elif key.where or key.sort not in _SELF_EXPLANATORY:
        name = within(change.where)
        values = [_without(value, change.where) for value in values]
    else:
        name = key.sort
    return TableRow(name, tuple(values), tuple(signs))


def _sign(key: _Key, change: Change | None, before: str, after: str) -> Sign | None:
    """How the right one of two neighbours differs."""
    if change is not None:
        return change.sign
    if before == after or key.rank == ARCHITECTURE:
        return None
    # Blocks of other kinds, which are one change: here what each of them has by itself.
    return "added" if before == NONE else "removed" if after == NONE else "changed"


def _common_context(subjects: Sequence[Subject]) -> int | None:
    """The length at which caches are compared where some of them do not grow with each token; None where all do."""
    entries = (entry for one in subjects for entry in one.facts.cache if not entry.cross)
    grow = all(entry.window is None and entry.every == 1 for entry in entries)
    known = [one.spec.context_length for one in subjects if one.spec.context_length]
    return None if grow or not known else min(known)


def _without(value: str, label: str) -> str:
    """A block in words behind its own label."""
    return "yes" if value == label else value.removeprefix(f"{label}, ")


def _value(key: _Key, changes: dict[int, Change], index: int, subject: Subject, tokens: int | None) -> str:
    """What a model has; where no change begins or ends at it, what its tree says."""
    if key.what in COUNTS:
        if key.what == PER_TOKEN and tokens:
            return value_of(key.what, subject.facts.kv_cache_bytes(tokens))
        return value_of(key.what, count(subject.facts, key.what))
    if key.what == ORDER:
        every = layers(subject.block)
        return words.order(every, words.layer_names(every))
    if key.what == BLOCK and key.sort in _WORKS and not key.where:
        return _looked_up(key, subject.block)
    if key.rank == SETTINGS and not key.where and SEPARATOR in (values := _looked_up(key, subject.block)):
        # Layers that differ in it: the change is that of one of them.
        return values
    if index in changes:
        return value_of(key.what, changes[index].before)
    if index - 1 in changes:
        return value_of(key.what, changes[index - 1].after)
    return _looked_up(key, subject.block)


def _looked_up(key: _Key, model: Module) -> str:
    """What the blocks of ``model`` say that are of the sort of ``key``; "none" where there are none."""
    blocks = [block for block in _blocks(model) if sort_of(block) == key.sort]
    if key.where and any(text(words.label(block)) == key.where for block in blocks):
        blocks = [block for block in blocks if text(words.label(block)) == key.where]
    elif key.where and key.what == BLOCK:
        return NONE
    if key.what == BLOCK:
        values = [text(words.content(block)) for block in blocks]
    else:
        found = [dict(block.settings) for block in blocks if isinstance(block, Module | Leaf)]
        values = [value_of(key.what, settings[key.what]) for settings in found if key.what in settings]
        # Where some have a window and others none, the window is the value.
        values = [value for value in values if value not in (NONE, "no")] or values
    distinct = list(dict.fromkeys(values))
    return SEPARATOR.join(distinct[:MOST_VALUES]) or NONE


def _blocks(block: Block) -> Iterator[Block]:
    """The boxes of a model with the modules beside it, neither opened."""
    yield block
    inner = children(block) if not isinstance(block, Side | Leaf) and not _is_box(block) else ()
    for part in inner:
        yield from _blocks(part)


def _is_box(block: Block) -> bool:
    return isinstance(block, Module) and sort_of(block) not in ("model", "layers", "layer")
