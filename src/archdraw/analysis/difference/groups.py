"""The mixers and feed-forward blocks of two stacks, paired by what they do in their layers, then by likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Sequence as Several

from archdraw.analysis.difference.features import features
from archdraw.analysis.difference.structure import called_differently, sort_of, sublayers
from archdraw.records import record
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.settings import is_without
from archdraw.tree.walks import leaves

Sublayer = Leaf | Module
Similar = Callable[[Sublayer, Sublayer], float]
Ranked = tuple[tuple[float, int, float], int, int]
"""How alike two sublayers are, and their numbers, negative, so that the first of equals comes first."""

CROSS = "cross"
SOFTMAX = frozenset({"attention", "sliding"})
"""Roles of attention, with windows and without."""
OF_ONE_ROLE = frozenset({"sliding_window"})
"""Features that say themselves which blocks have them."""
ALIKE = {"shared": "feed_forward"}
"""Roles that do what another does."""


def role_of(block: Sublayer) -> str:
    """What ``block`` does in its layer: attention, sliding, cross, linear, convolution, feed_forward, experts."""
    if any(leaf.heads is not None and leaf.heads.cross for leaf in leaves(block)):
        return CROSS
    return ALIKE.get(block.role, block.role)


@record
class Group:
    """The different sublayers of one role, those of the first stack and those of the second.

    ``pairs`` are pairs of numbers of ``mine`` and ``theirs`` that stand for each other. ``extra`` are such that differ
    from one that is taken in settings alone: a kind of which one stack has more than the other.
    """

    sort: str
    roles: tuple[str, str]
    mine: tuple[Sublayer, ...]
    theirs: tuple[Sublayer, ...]
    pairs: tuple[tuple[int, int], ...] = ()
    extra: tuple[tuple[int, int], ...] = ()

    @property
    def compared(self) -> list[tuple[Sublayer, Sublayer]]:
        """All pairs, those that are one to one first."""
        return [(self.mine[i], self.theirs[j]) for i, j in (*self.pairs, *self.extra)]

    def is_joined_by(self, other: Group) -> bool:
        """Whether ``other`` is of attention that one stack alone has, and this is the attention of both."""
        roles = [{*" / ".join(one.roles).split(" / ")} - {""} for one in (self, other)]
        both, one = bool(self.mine and self.theirs), not (other.mine and other.theirs)
        return both and one and all(own <= SOFTMAX for own in roles)


def groups(mine: Several[Module], theirs: Several[Module], similar: Similar) -> list[Group]:
    """The groups of the layers ``mine`` and ``theirs`` of two stacks, in the order of the flow.

    Sublayers of one role stand for each other. Where two stacks have no role of a sort in common, all of the one stand
    for all of the other, but for attention to an encoder. What is left is a group of one side.
    """
    own, its = by_role(mine), by_role(theirs)
    found: list[Group] = []
    done: set[tuple[str, str]] = set()
    for sort, role in (*own, *its):
        if (sort, role) in done:
            continue
        common = any((one, other) in its for one, other in own if one == sort and other != CROSS)
        left, right = ([one for one in by_role if one[0] == sort and one[1] != CROSS] for by_role in (own, its))
        if common or role == CROSS or not (left and right):
            left, right = ([(sort, role)] if (sort, role) in by_role else [] for by_role in (own, its))
        done |= {*left, *right}
        roles = " / ".join(one for _, one in left), " / ".join(one for _, one in right)
        blocks = [block for key in left for block in own[key]], [block for key in right for block in its[key]]
        found.append(_paired(sort, roles, blocks, (mine, theirs), similar))
    return found


def joining(group: Group, every: Iterable[Group]) -> tuple[list[Sublayer], list[Sublayer]]:
    """The blocks of both stacks that ``group`` is compared with as well, as far as they have the same settings.

    Of a stack with two kinds of attention both are compared with the one kind of the other.
    """
    joined = [one for one in every if group.is_joined_by(one)]
    return [block for one in joined for block in one.mine], [block for one in joined for block in one.theirs]


def by_role(layers: Iterable[Module]) -> dict[tuple[str, str], list[Sublayer]]:
    """The different sublayers of ``layers`` by their sort and their role, in the order of the flow."""
    found: dict[tuple[str, str], list[Sublayer]] = {}
    for layer in dict.fromkeys(layers):
        for block in sublayers(layer):
            same = found.setdefault((sort_of(block), role_of(block)), [])
            if block not in same:
                same.append(block)
    return found


def _paired(
    sort: str,
    roles: tuple[str, str],
    blocks: tuple[list[Sublayer], list[Sublayer]],
    layers: tuple[Several[Module], Several[Module]],
    similar: Similar,
) -> Group:
    """The group of ``blocks``: the most similar are pairs, among equals those that come most often."""
    mine, theirs = blocks
    often = _counts(layers[0]), _counts(layers[1])
    ranked = sorted(
        (
            (
                (
                    similar(one, other) + (one.label == other.label),
                    _in_common(one, other),
                    often[0].get(one, 0.0) + often[1].get(other, 0.0),
                ),
                -i,
                -j,
            )
            for i, one in enumerate(mine)
            for j, other in enumerate(theirs)
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for _, i, j in ranked:
        if -i not in pairs and -j not in pairs.values():
            pairs[-i] = -j
    extra = _extra(mine, theirs, pairs, ranked)
    return Group(sort, roles, tuple(mine), tuple(theirs), tuple(sorted(pairs.items())), extra)


def _extra(
    blocks: Several[Sublayer],
    others: Several[Sublayer],
    pairs: Mapping[int, int],
    ranked: Iterable[Ranked],
) -> tuple[tuple[int, int], ...]:
    """What is left of ``blocks`` or ``others``, each with the most similar one of its kind."""
    found: list[tuple[int, int]] = []
    left = {i for i in range(len(blocks)) if i not in pairs}
    right = {j for j in range(len(others)) if j not in pairs.values()}
    for _, i, j in ranked:
        if (-i in left) != (-j in right) and alike(blocks[-i], others[-j]):
            left.discard(-i)
            right.discard(-j)
            found.append((-i, -j))
    return tuple(found)


def alike(one: Sublayer, other: Sublayer) -> bool:
    """Whether two sublayers are of one kind and name and may differ in settings only."""
    if isinstance(one, Module) and isinstance(other, Module):
        return bool(one.kind) and one.kind == other.kind and not called_differently(one, other)
    return one.name == other.name and one.label == other.label


def _counts(layers: Several[Module]) -> dict[Sublayer, float]:
    """In which share of the layers each sublayer is."""
    number: dict[Module, int] = {}
    for layer in layers:
        number[layer] = number.get(layer, 0) + 1
    found: dict[Sublayer, float] = {}
    for layer, times in number.items():
        for block in sublayers(layer):
            found[block] = found.get(block, 0.0) + times / len(layers)
    return found


def _in_common(one: Sublayer, other: Sublayer) -> int:
    """How many features two blocks of any kinds both have."""
    mine, theirs = (
        {name for name, value in features(block).items() if not is_without(value)} for block in (one, other)
    )
    return len(mine & theirs)
