"""How wide the panels of a plate have to be, and how high they are at which width: each measured once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from archdraw.layout.diagram.measures import INSET
from archdraw.layout.plate import panels
from archdraw.layout.plate.cuts import Cuts
from archdraw.picture import Inset, Item

_Key: TypeAlias = tuple[int, ...]
"""The identities of the items of a panel."""


class Sizes:
    """What was measured of the panels of one plate, for all ways to arrange them.

    The size of a panel follows from the items in it: those that hold the same ones, whatever their letters, are
    measured together.
    """

    def __init__(self, gap: float = INSET.gap) -> None:
        """``gap`` is how long the arrows in the panels are at least."""
        self.gap = gap
        # By identity: to hash all items of a panel takes longer than to add its height up. Items are kept, so that no
        # others have their numbers.
        self._kept: dict[_Key, tuple[Item, ...]] = {}
        self._widths: dict[_Key, float] = {}
        self._heights: dict[tuple[_Key, float], float] = {}
        self._cuts: dict[tuple[bool, tuple[tuple[_Key, bool], ...]], Cuts] = {}

    def width(self, inset: Inset) -> float:
        """The least width of ``inset``, in px."""
        key = self._key(inset)
        if key not in self._widths:
            self._widths[key] = panels.widest(inset)
        return self._widths[key]

    def height(self, inset: Inset, width: float) -> float:
        """The height of ``inset`` at ``width``, in px."""
        key = self._key(inset), width
        if key not in self._heights:
            self._heights[key] = panels.measure(inset, width, self.gap).height
        return self._heights[key]

    def cuts(self, insets: Sequence[Inset], apart: bool) -> Cuts:
        """The columns into which ``insets`` may be cut, kept for other pages; ``apart`` as of :class:`Cuts`."""
        key = apart, tuple((self._key(inset), bool(inset.letter)) for inset in insets)
        if key not in self._cuts:
            needed, lettered = [self.width(inset) for inset in insets], [bool(inset.letter) for inset in insets]
            self._cuts[key] = Cuts(needed, lambda number, width: self.height(insets[number], width), lettered, apart)
        return self._cuts[key]

    def _key(self, inset: Inset) -> _Key:
        key = tuple(map(id, inset.items))
        self._kept.setdefault(key, inset.items)
        return key
