"""How wide the panels of a plate have to be, and how high they are at which width: each measured once."""

from __future__ import annotations

from archdraw.layout.diagram.measures import INSET
from archdraw.layout.plate import panels
from archdraw.picture import Inset, Item


class Sizes:
    """What was measured of the panels of one plate, for all ways to arrange them.

    The size of a panel follows from the items in it: those that hold the same ones, whatever their letters, are
    measured together.
    """

    def __init__(self, gap: float = INSET.gap) -> None:
        """``gap`` is how long the arrows in the panels are at least."""
        self.gap = gap
        # Keyed by identity: to hash all items of a panel takes longer than to add its height up.
        self._kept: dict[int, tuple[Item, ...]] = {}
        self._widths: dict[int, float] = {}
        self._heights: dict[tuple[int, float], float] = {}

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

    def _key(self, inset: Inset) -> int:
        """The identity of the items of ``inset``, which are kept: no others can have it later."""
        items = inset.items
        return id(self._kept.setdefault(id(items), items))
