"""The differences of several models as rows of a table, each with the value of every model.

Of two models each change is a row. Of more the rows of neighbours with one name are one, and a model that neither of
its changes names is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.analysis.difference import (
    AT_CONTEXT,
    BLOCK,
    COUNTS,
    LOOP,
    OCCURRENCES,
    ORDER,
    PER_TOKEN,
    TIMES,
    WIRING,
    Change,
    Difference,
    Share,
    Values,
    common_context,
    count,
    sort_of,
    words,
)
from archdraw.analysis.difference.features import KV_HEADS, is_latent, known_of
from archdraw.analysis.difference.groups import role_of
from archdraw.analysis.difference.rows import subject_of
from archdraw.glossary import comparison, text
from archdraw.glossary.common import IN_BF16, KV_CACHE_AT
from archdraw.glossary.settings import name_of, value_of
from archdraw.layout.compare.signs import Sign
from archdraw.layout.compare.table import TableRow
from archdraw.records import record
from archdraw.tree.blocks import Block, Leaf, Module, Side
from archdraw.tree.walks import children, layers
from archdraw.views.several import Subject
from archdraw.views.wording import within

ARCHITECTURE, SETTINGS, NUMBERS = range(3)
NONE = "none"
SEPARATOR = "; "
_OF_BLOCKS = (BLOCK, ORDER, TIMES, WIRING, OCCURRENCES, LOOP, "placement")


@record
class _Key:
    """One thing that may differ, whichever models are asked; ``subject`` names the blocks where that is needed."""

    sort: str
    what: str
    subject: str

    @property
    def rank(self) -> int:
        """Architecture comes first, counts of the whole last."""
        if self.what in COUNTS:
            return NUMBERS
        return ARCHITECTURE if self.what in _OF_BLOCKS else SETTINGS


def rows(differences: Sequence[Difference], subjects: Sequence[Subject]) -> tuple[TableRow, ...]:
    """A row for each thing in which some of ``subjects`` differ; ``differences`` are those of neighbours."""
    found: dict[_Key, dict[int, Change]] = {}
    for index, difference in enumerate(differences):
        for change in difference.changes:
            found.setdefault(_key(change), {})[index] = change
    order = {key: number for number, key in enumerate(found)}
    return tuple(_row(key, found[key], subjects) for key in sorted(found, key=lambda key: (key.rank, order[key])))


def _key(change: Change) -> _Key:
    # One row says of the KV cache how much it is, for a token or at the context that the models share.
    what = PER_TOKEN if change.what == AT_CONTEXT else change.what
    return _Key(change.sort, what, subject_of(change))


def name(change: Change) -> str:
    """What the row of ``change`` is called."""
    return _name(_key(change))


def _name(key: _Key) -> str:
    match key.what:
        case "order":
            return text((comparison.LAYER_ORDER(), key.subject))
        case "loop":
            return text(comparison.LOOPS())
        case "wiring":
            return text(comparison.STRUCTURE_OF(block=key.subject or key.sort))
        case "occurrences":
            return text(comparison.NUMBER_OF(block=key.subject))
        case "block":
            return key.subject or key.sort
    named = name_of(key.what)
    return f"{named}, {key.subject}" if key.subject else named


def _row(key: _Key, changes: dict[int, Change], subjects: Sequence[Subject]) -> TableRow:
    tokens = _common_context(subjects)
    values = [_value(key, changes, index, subject, tokens) for index, subject in enumerate(subjects)]
    signs = [_sign(key, changes.get(index), values[index], values[index + 1]) for index in range(len(subjects) - 1)]
    named = _name(key)
    if key.what == PER_TOKEN and tokens:
        named = text(IN_BF16(figure=KV_CACHE_AT(tokens=tokens)))
    if key.what == BLOCK and key.subject and not any(change.subject for change in changes.values()):
        labels = {label for change in changes.values() for label in change.labels if within(label) == key.subject}
        values = [_without(value, labels) for value in values]
    return TableRow(named, tuple(values), tuple(signs))


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
    return None if grow else common_context(*(one.spec.context_length for one in subjects))


def _without(value: str, labels: set[str]) -> str:
    """A block in words behind its own label."""
    for label in labels:
        if value == label:
            return "yes"
        value = value.removeprefix(f"{label}, ")
    return value


def written(what: str, value: Values, share: Share = None) -> str:
    """A value of a change in words; several are a list; with the layers that have it where others do not."""
    several = value if isinstance(value, tuple) else (value,)
    said = SEPARATOR.join(value_of(what, one) for one in several)
    return said if share is None else text(comparison.IN_SOME_LAYERS(value=said, number=share[0], all=share[1]))


def _value(key: _Key, changes: dict[int, Change], index: int, subject: Subject, tokens: int | None) -> str:
    """What a model has; where no change begins or ends at it, what its tree says."""
    if key.what in COUNTS:
        if key.what == PER_TOKEN and tokens:
            return value_of(key.what, subject.facts.kv_cache_bytes(tokens))
        return value_of(key.what, count(subject.facts, key.what, subject.block))
    if index in changes:
        return written(key.what, changes[index].before, changes[index].layers[0])
    if index - 1 in changes:
        return written(key.what, changes[index - 1].after, changes[index - 1].layers[1])
    if key.what == ORDER:
        every = layers(subject.block)
        return words.order(every, words.layer_names(every))
    return _looked_up(key, subject.block)


def _looked_up(key: _Key, model: Module) -> str:
    """What the blocks of ``model`` say that are of the sort of ``key``; "none" where there are none."""
    blocks = [block for block in _blocks(model) if sort_of(block) == key.sort]
    named = [block for block in blocks if within(text(words.label(block))) == key.subject]
    in_role = [block for block in blocks if isinstance(block, Leaf | Module) and _is_in_role(block, key.subject)]
    if named or in_role or (key.subject and key.what == BLOCK):
        blocks = named or [*in_role]
    if key.what == BLOCK:
        values = [text(words.content(block)) for block in blocks]
    else:
        found = [known_of(block) for block in blocks if isinstance(block, Module | Leaf)]
        values = [value_of(key.what, settings[key.what]) for settings in found if key.what in settings]
        if key.what == KV_HEADS and not values and any(map(is_latent, found)):
            return text(comparison.LATENT())
        # Where some have a window and others none, the window is the value.
        values = [value for value in values if value not in (NONE, "no")] or values
    return SEPARATOR.join(dict.fromkeys(values)) or NONE


def _is_in_role(block: Leaf | Module, subject: str) -> bool:
    """Whether a mixer or a feed-forward block does what ``subject`` says, the role of a group."""
    term = words.ROLES.get(role_of(block))
    return term is not None and any(part.endswith(text(term())) for part in subject.split(" / "))


def _blocks(block: Block) -> Iterator[Block]:
    """The boxes of a model with the modules beside it, neither opened."""
    yield block
    inner = children(block) if not isinstance(block, Side | Leaf) and not _is_box(block) else ()
    for part in inner:
        yield from _blocks(part)


def _is_box(block: Block) -> bool:
    return isinstance(block, Module) and sort_of(block) not in ("model", "layers", "layer")
