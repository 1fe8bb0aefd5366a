"""The changes of mixers and feed-forward blocks: one for what stands in a place, one for each of its features."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Several
from itertools import chain, product
from typing import Any

from archdraw.analysis.difference import words
from archdraw.analysis.difference.changes import BLOCK, OCCURRENCES, Change, Equal, Share, Values
from archdraw.analysis.difference.comparison import Comparison, Paths, sign_of
from archdraw.analysis.difference.features import (
    FROM_HEADS,
    KNOWN,
    KV_HEADS,
    ONLY_BOTH,
    ONLY_WITH,
    Features,
    features,
    is_latent,
)
from archdraw.analysis.difference.groups import OF_ONE_ROLE, Group, Sublayer, alike, joining, role_of
from archdraw.analysis.difference.listed import alike_values, listed
from archdraw.glossary import comparison as terms
from archdraw.glossary import text, within
from archdraw.tree.blocks import Leaf, Setting
from archdraw.tree.settings import is_without, same

PathsOf = Callable[[int, Sublayer], tuple[str, ...]]
ShareOf = Callable[[int, Several[Sublayer]], tuple[int, int]]
"""In how many layers of a side some of the blocks are, and how many layers there are."""


def group_rows(
    comparison: Comparison, groups: Several[Group], paths_of: PathsOf, share_of: ShareOf, around: Paths
) -> None:
    """Adds the changes of ``groups``, which are all of two stacks at the paths ``around``."""
    for group in groups:
        _GroupRows(comparison, group, groups, (paths_of, share_of), around).add()


class _GroupRows:
    """The changes of one group among ``groups``."""

    def __init__(
        self,
        comparison: Comparison,
        group: Group,
        groups: Several[Group],
        of_stacks: tuple[PathsOf, ShareOf],
        around: Paths,
    ) -> None:
        self._comparison, self._group, self._around = comparison, group, around
        self._paths_of, self._share_of = of_stacks
        self._joining = joining(group, groups)
        same_sort = [one for one in groups if one is not group and one.sort == group.sort]
        self._others = [one for one in same_sort if not group.is_joined_by(one)]
        self._of_other_sorts = [one for one in groups if one.sort != group.sort]

    def add(self) -> None:
        group = self._group
        if not (group.mine and group.theirs):
            self._come_or_gone()
            return
        names = [_names(blocks) for blocks in (group.mine, group.theirs)]
        if set(names[0]) != set(names[1]):
            self._blocks([[label for _, label in own] for own in names])
        self._features()
        for one, other in group.compared:
            if one != other and _is_said_by_insides(one, other):
                paths = self._paths_of(0, one)[0], self._paths_of(1, other)[0]
                self._comparison.boxes(one, other, paths)

    def _paths(self, what: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths of the blocks on both sides; of a setting of those that have it, where some have."""
        found: list[tuple[str, ...]] = []
        for side, own in enumerate((self._group.mine, self._group.theirs)):
            having = [block for block in own if not is_without(features(block).get(what))]
            found.append(tuple(path for block in having or own for path in self._paths_of(side, block)))
        return found[0], found[1]

    def _change(
        self, what: str, before: Values, after: Values, subject: str, shares: tuple[Share, Share] = (None, None)
    ) -> None:
        labels = tuple(_joined([text(block.label) for block in own]) for own in (self._group.mine, self._group.theirs))
        sign = sign_of(before, after)
        called = (labels[0], labels[1])
        change = Change(sign, self._group.sort, called, what, before, after, self._paths(what), subject, layers=shares)
        self._comparison.changes.append(change)

    def _come_or_gone(self) -> None:
        """Sublayers of a role that the other stack does not have."""
        side = 0 if self._group.mine else 1
        for block in self._group.mine or self._group.theirs:
            paths = self._paths_of(side, block)
            others = [one for group in self._others for one in (group.theirs, group.mine)[side]]
            same_name = [one for one in others if text(one.label) == text(block.label)]
            if same_name:
                values = (
                    self._role(),
                    next(
                        _role_in(group.roles[1 - side], group, self._has_windows())
                        for group in self._others
                        if same_name[0] in (group.theirs, group.mine)[side]
                    ),
                )
                there = tuple(path for one in same_name for path in self._paths_of(1 - side, one))
                at = _ordered(paths, there, side)
                self._comparison.add("changed", block, block, OCCURRENCES, _ordered(*values, side), at)
                continue
            self._comparison.come_or_gone("added" if side else "removed", block, paths, self._around)

    def _blocks(self, labels: list[list[str]]) -> None:
        """Other blocks in the same place."""
        group = self._group
        if len(group.mine) == len(group.theirs) == 1 and not _is_said_by_features(group.mine[0], group.theirs[0]):
            before, after = words.apart(group.mine[0], group.theirs[0])
        else:
            before, after = (_joined(own) for own in labels)
            if before == after:
                before, after = (
                    _joined([text(words.content(block)) for block in own]) for own in (group.mine, group.theirs)
                )
            if before == after:
                before, after = (
                    _joined([getattr(block, "kind", block.name) for block in own]) for own in (group.mine, group.theirs)
                )
        self._change(BLOCK, before, after, self._role() if self._others or any(self._joining) else "")

    def _role(self) -> str:
        """The group by what it does."""
        roles = dict.fromkeys(role for own in self._group.roles for role in own.split(" / ") if role)
        return " / ".join(_role_in(role, self._group, self._has_windows()) for role in roles)

    def _has_windows(self) -> bool:
        roles = " ".join(role for one in (*self._others, self._group) for role in one.roles)
        return "sliding" in roles or any(self._joining)

    def _features(self) -> None:
        """A change for each feature whose values are not those of the other side."""
        own, group = self._group.compared, self._group
        compared = [*own, *product(group.mine, self._joining[1]), *product(self._joining[0], group.theirs)]
        known = [(features(one), features(other)) for one, other in compared]
        changed: list[str] = []
        said: set[tuple[Share, Share]] = set()
        for name in dict.fromkeys(name for pair in known for own in pair for name in own):
            if any(name.startswith(f"{around}.") for around in changed):
                continue
            both = zip(known, compared if name not in OF_ONE_ROLE else own, strict=False)
            common = [blocks for (mine, theirs), blocks in both if _is_common(name, mine, theirs, *blocks)]
            if not common:
                continue
            before, after = (listed(self._values(side, name, common)) for side in (0, 1))
            shares = self._shares(name)
            differ = not alike_values(before, after)
            # Of settings that the same layers have, the first says which.
            if differ or ((shares[0] is None) != (shares[1] is None) and shares not in said):
                said.add(shares)
                changed += [name] if differ else []
                self._change(name, before, after, self._subject(name), shares)
            elif all(same(features(one).get(name), features(other).get(name)) for one, other in common):
                self._is_equal(name, known[: len(own)])
            else:
                self._pair_by_pair(name, known[: len(own)])

    def _shares(self, name: str) -> tuple[Share, Share]:
        """In how many layers of how many a block has ``name``, of both sides; None of one where all layers do, or none.

        Nothing is said of either where each such block has it, as a layer without the block is no layer without it.
        """
        found: list[Share] = []
        is_said = False
        # Attention without positions has no base of theirs either.
        like = "position" if name.startswith("position.") else name
        for side in (0, 1):
            own = [(block, features(block)) for block in self._blocks_with(side, name)]
            known = [(block, values.get(name)) for block, values in own if name in values or like in values]
            having = [block for block, value in known if not is_without(value)]
            is_said |= 0 < len(having) < len(known)
            number, every = self._share_of(side, having)
            found.append((number, every) if 0 < number < every else None)
        return (found[0], found[1]) if is_said else (None, None)

    def _blocks_with(self, side: int, name: str) -> Several[Sublayer]:
        """The blocks of a side that are compared in ``name``, those of another kind of attention last."""
        return (*(self._group.mine, self._group.theirs)[side], *(() if name in OF_ONE_ROLE else self._joining[side]))

    def _values(self, side: int, name: str, compared: Several[tuple[Sublayer, Sublayer]]) -> list[Setting]:
        """The values of ``name``, in the order of the blocks of a side, which all rows of the group have.

        They are those of the blocks that are ``compared`` in it, and of blocks without a partner.
        """
        wanted = {id(pair[side]) for pair in compared}
        paired = {id(pair[side]) for pair in self._group.compared}
        known = [(block, features(block)) for block in self._blocks_with(side, name)]
        return [
            own.get(name) for block, own in known if id(block) in wanted or (id(block) not in paired and name in own)
        ]

    def _subject(self, name: str) -> str:
        """The role of the group where other blocks have ``name`` as well, or might have it."""
        groups = (*self._others, *self._of_other_sorts)
        blocks = [block for group in groups for own in (group.mine, group.theirs) for block in own]
        known = [features(block) for block in blocks]
        if name in OF_ONE_ROLE:
            known += map(features, chain(*self._joining))
            known = [own for own in known if not is_without(own.get(name))]
        return self._role() if any(name in own for own in known) else ""

    def _pair_by_pair(self, name: str, known: list[tuple[Features, Features]]) -> None:
        """A change for each pair, where all values together are the same on both sides."""
        called: list[str] = []
        for (one, other), (mine, theirs) in zip(self._group.compared, known, strict=True):
            before, after = mine.get(name), theirs.get(name)
            if name.startswith("position.") and None in (before, after):
                continue  # attention without positions: in how many layers there are some is said
            # What blocks of other names have is said where they stand for each other.
            if (
                same(before, after)
                or _names([one]) != _names([other])
                or not _is_common(name, mine, theirs, one, other)
            ):
                continue
            called.append(within(text(one.label)))
            number = called.count(called[-1])
            subject = called[-1] if number == 1 else f"{called[-1]} ({number})"
            paths = self._paths_of(0, one), self._paths_of(1, other)
            # Another block of the sort has the value that this one lacks: nothing came, nothing went.
            self._comparison.add("changed", one, other, name, (before, after), paths, subject)

    def _is_equal(self, name: str, known: list[tuple[Features, Features]]) -> None:
        for (one, _), (mine, _) in zip(self._group.compared, known, strict=True):
            # What a block is without its author's word is no setting that both have.
            given = name in dict(one.settings) or name in KNOWN.get(one.role, ())
            if given and not is_without(mine.get(name)):
                self._comparison.equal.append(Equal(self._group.sort, text(one.label), name, mine.get(name)))


def _role_in(role: str, group: Group, has_windows: bool) -> str:
    """The role of ``group`` in words: attention is global where other layers have windows and its own have none."""
    own = any(not is_without(features(block).get("sliding_window")) for block in (*group.mine, *group.theirs))
    if role == "attention" and has_windows and not own:
        return text(terms.GLOBAL_ATTENTION())
    return text(words.ROLES[role]()) if role in words.ROLES else role


def _is_common(name: str, mine: Features, theirs: Features, one: Sublayer, other: Sublayer) -> bool:
    """Whether ``name`` can be compared: blocks of one kind in all that they have, others in what both know."""
    if name in ONLY_BOTH and None in (mine.get(name), theirs.get(name)):
        return False
    if name in ONLY_WITH and not (name in mine and name in theirs):
        return False
    if name == KV_HEADS and not (name in mine and name in theirs) and any(map(is_latent, (mine, theirs))):
        return False
    if alike(one, other) or (not isinstance(one, Leaf) and not isinstance(other, Leaf) and one.kind == other.kind):
        given = name in dict(one.settings) or name in dict(other.settings)
        return given or name not in FROM_HEADS
    return (name in mine and name in theirs) or all(name in KNOWN.get(block.role, ()) for block in (one, other))


def _is_said_by_features(one: Sublayer, other: Sublayer) -> bool:
    """Whether what the boxes of two blocks of other names say are features that rows of their own compare."""
    mine, theirs = features(one), features(other)
    return text(one.label) != text(other.label) and any(
        {role_of(one), role_of(other)} <= roles and what in mine and what in theirs for roles, what in _SAID_BY
    )


_SAID_BY = (
    ({"attention", "sliding"}, "num_attention_heads"),
    ({"feed_forward"}, "intermediate_size"),
    ({"experts"}, "num_experts"),
)
"""Roles whose boxes say what is a row by itself, where their kinds have this."""


def _is_said_by_insides(one: Sublayer, other: Sublayer) -> bool:
    """Whether two blocks have one kind, one label and the same features, and differ inside."""
    if isinstance(one, Leaf) != isinstance(other, Leaf) or _names([one]) != _names([other]):
        return False
    mine, theirs = features(one), features(other)
    return all(same(mine.get(name), theirs.get(name)) for name in {*mine, *theirs})


def _names(blocks: Several[Sublayer]) -> list[tuple[str, str]]:
    """The kinds and labels of ``blocks``, each once."""
    return list(dict.fromkeys((getattr(block, "kind", ""), text(block.label)) for block in blocks))


def _joined(several: Several[str]) -> str:
    return "; ".join(dict.fromkeys(several))


def _ordered(own: Any, other: Any, side: int) -> tuple[Any, Any]:
    """What one side has and what the other has, the first side's first."""
    return (own, other) if side == 0 else (other, own)
