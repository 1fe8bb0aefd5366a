"""The values of a comparison: changes, and what is equal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from archdraw.tree.blocks import Setting

Sign = Literal["changed", "added", "removed"]
TURNED: dict[Sign, Sign] = {"changed": "changed", "added": "removed", "removed": "added"}

BLOCK, ORDER, TIMES, LOOP = "block", "order", "times", "loop"
"""What changed where it is no setting: the block itself, the order of the layers, how often one comes, how often a
loop over the same weights is gone through."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    ``sort`` is what stands in the place (``token mixer``, ``norm`` ...), ``labels`` are those of the block in the first
    and in the second tree, empty where one lacks it. ``what`` is a setting by its name in config.json, or one of
    ``block``, ``order``, ``times`` and ``loop``. ``paths`` are the block's in both trees, the path of the block around
    it where a tree lacks it.
    """

    sign: Sign
    sort: str
    labels: tuple[str, str]
    what: str
    before: Setting
    after: Setting
    paths: tuple[str, str]

    @property
    def where(self) -> str:
        """The block by its label in the first tree; in the second where the first has none."""
        return self.labels[0] or self.labels[1]

    def turned(self) -> Change:
        """The change that leads back."""
        return replace(
            self,
            sign=TURNED[self.sign],
            labels=self.labels[::-1],
            before=self.after,
            after=self.before,
            paths=self.paths[::-1],
        )


@dataclass(frozen=True, slots=True)
class Equal:
    """A setting that both models have with one value."""

    sort: str
    where: str
    what: str
    value: Setting


@dataclass(frozen=True, slots=True)
class Difference:
    """What leads from one model to another, in the order of the flow, and which settings both share."""

    changes: tuple[Change, ...]
    equal: tuple[Equal, ...] = ()

    def turned(self) -> Difference:
        """The difference the other way round."""
        return Difference(tuple(change.turned() for change in self.changes), self.equal)
