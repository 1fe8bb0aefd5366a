"""Where a box has come to stand."""

from __future__ import annotations

from archdraw.records import record


@record
class Place:
    """Where a box has come to stand."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def edges(self) -> tuple[float, float, float, float]:
        return self.left, self.top, self.right, self.bottom
