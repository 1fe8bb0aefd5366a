"""How much one block can stand for another, decided by structure and settings."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from archdraw.analysis.difference.meaning import meaning_of, purpose_of
from archdraw.analysis.difference.structure import (
    branches,
    called_differently,
    inside,
    is_sublayer,
    norm_kind,
    row,
    sort_of,
)
from archdraw.glossary import Phrase
from archdraw.tree.alignment import aligned
from archdraw.tree.blocks import Block, Leaf, Module, Parallel, Residual, Sequence, Side
from archdraw.tree.settings import same

SUBLAYER = 10.0
"""How much more than other blocks a mixer or a feed-forward block weighs.

Two norms then never stand for each other at the price of the sublayers.
"""
EQUAL, SAME_KIND, SAME_NAME, SAME_ROLE, SAME_SORT = 5.0, 3.0, 2.5, 2.3, 2.0
BY_SETTINGS = 0.9
"""What equal settings add to two blocks of one kind: less than the step from there to equal blocks."""


class Similarity:
    """Similarity of blocks, remembered by identity; the trees that it is asked of must stay alive."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], float] = {}

    def __call__(self, one: Block, other: Block) -> float:
        """How much ``one`` can stand for ``other``: 0 not at all."""
        key = (id(one), id(other))
        if key not in self._known:
            self._known[key] = self._measured(one, other)
        return self._known[key]

    def _measured(self, one: Block, other: Block) -> float:
        match one, other:
            case (Leaf() | Module(), Leaf() | Module()):
                similar = _of_boxes(one, other)
            case Side(), Side():
                similar = _of_sides(one, other)
            case _ if type(one) is type(other):
                mine, theirs = row(inside(one)), row(inside(other))
                pairs = aligned(mine, theirs, self)
                shared = [(mine[i], theirs[j]) for i, j in pairs if i is not None and j is not None]
                similar = sum(self(*pair) for pair in shared)
                # The sublayer says which branch it is; branches with norms alike need not be the same.
                if any(map(is_sublayer, (*mine, *theirs))) and not any(is_sublayer(part) for part, _ in shared):
                    similar = 0.0
            case (Parallel(), Leaf() | Module() | Residual()) | (Leaf() | Module() | Residual(), Parallel()):
                similar = self._best(branches(one), branches(other))
            case _ if isinstance(one, Sequence) or isinstance(other, Sequence):
                similar = self._best(row(one), row(other))
            case _:
                similar = 0.0
        # Nothing else can be as similar as an equal one, whatever more it has.
        return similar + 1.0 if one == other else similar

    def _best(self, mine: Iterable[Block], theirs: Iterable[Block]) -> float:
        return max((self(*pair) for pair in product(mine, theirs)), default=0.0)


def _of_sides(one: Side, other: Side) -> float:
    """Modules beside the line: they stand for each other where both are for one thing, by kind or by name."""
    if one.direction != other.direction:
        return 0.0
    if one.body.kind == other.body.kind and one.body.label == other.body.label:
        return 3.0
    if one.body.label == other.body.label:
        return 2.0
    if purpose_of(one) and purpose_of(one) == purpose_of(other):
        return 1.5  # encoders of one modality, whatever their authors call them
    return 0.0


def _of_boxes(one: Leaf | Module, other: Leaf | Module) -> float:
    sort = sort_of(one)
    if sort != sort_of(other) or meaning_of(one) != meaning_of(other):
        return 0.0
    weight = SUBLAYER if is_sublayer(one) else 0.0
    if one == other:
        return weight + EQUAL
    if isinstance(one, Module) and isinstance(other, Module) and _of_one_kind(one, other):
        return weight + SAME_KIND + BY_SETTINGS * _shared_settings(one, other) - 0.5 * (one.role != other.role)
    if sort == "norm":
        # Checkpoints call norms by their place, and one by the place of another.
        kinds = norm_kind(one.label), norm_kind(other.label)
        return SAME_NAME if one.label == other.label else SAME_ROLE if kinds[0] == kinds[1] else SAME_SORT
    if one.name == other.name or one.label == other.label:
        return weight + SAME_NAME
    terms = [block.label.term for block in (one, other) if isinstance(block.label, Phrase)]
    if sort == "plain" and len(terms) == 2 and terms[0] != terms[1]:
        return 0.0  # of other terms: a scale of the logits is no softcap
    if sort == "plain":
        return 1.0 if _work_alike(one, other) else 0.0  # plain boxes may be anything; two mixers are both mixers
    return weight + (SAME_ROLE if one.role == other.role else SAME_SORT)


def _work_alike(one: Leaf | Module, other: Leaf | Module) -> bool:
    """Whether two boxes of other names may be one thing: they read as many lines, by weights of as many dimensions."""
    if isinstance(one, Module) or isinstance(other, Module):
        return type(one) is type(other)
    (mine, own), (theirs, its) = (
        ((leaf.inputs, len(leaf.outputs), [len(weight.shape) for weight in leaf.weights]), dict(leaf.settings))
        for leaf in (one, other)
    )
    return mine == theirs and own.keys() == its.keys()


def _of_one_kind(one: Module, other: Module) -> bool:
    return bool(one.kind) and one.kind == other.kind and not called_differently(one, other)


def _shared_settings(one: Module, other: Module) -> float:
    """Which share of the settings of two blocks of one kind is equal."""
    mine, theirs = dict(one.settings), dict(other.settings)
    names = {*mine, *theirs}
    return sum(same(mine.get(name), theirs.get(name)) for name in names) / len(names) if names else 1.0
