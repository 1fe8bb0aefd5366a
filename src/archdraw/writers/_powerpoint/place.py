"""Where a picture stands on a slide, in EMU, the unit of PowerPoint: 914,400 to the inch."""

from __future__ import annotations

from archdraw.records import record
from archdraw.scene import Bounds

EMU = 914_400
PER_POINT = 12_700
PX = EMU / 96
"""EMU of one px of print."""
HIGHER = 0.35
"""How much of the room that a picture leaves is above it."""


@record
class Area:
    """An upright rectangle on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def part(self, start: float, end: float) -> Area:
        """What is across from the share ``start`` of it to the share ``end``."""
        left = self.left + round(self.width * start)
        return Area(left, self.top, self.left + round(self.width * end) - left, self.height)

    def below(self, top: int) -> Area:
        """What is of it below ``top``."""
        return Area(self.left, top, self.width, self.bottom - top)


@record
class Fitting:
    """A picture's px on a slide: ``scale`` EMU each, from ``left`` and ``top`` on."""

    scale: float
    left: float
    top: float

    def x(self, px: float) -> int:
        return round(self.left + px * self.scale)

    def y(self, px: float) -> int:
        return round(self.top + px * self.scale)

    def length(self, px: float) -> int:
        return round(px * self.scale)

    def points(self, px: float) -> int:
        """A length in hundredths of a point."""
        return round(px * self.scale / PER_POINT * 100)

    def transform(self, bounds: Bounds, flip: str = "", tag: str = "a:xfrm") -> str:
        """The markup of a place."""
        left, top, right, bottom = bounds
        x, y = self.x(left), self.y(top)
        size = f'<a:ext cx="{self.x(right) - x}" cy="{self.y(bottom) - y}"/>'
        return f'<{tag}{flip}><a:off x="{x}" y="{y}"/>{size}</{tag}>'


def fitted(bounds: Bounds, area: Area, most: float) -> Fitting:
    """What lies in ``bounds`` px in ``area``, as large as finds room: ``most`` EMU a px at most.

    It stands in the middle across, and rather higher than that.
    """
    left, top, right, bottom = bounds
    scale = min(area.width / (right - left), area.height / (bottom - top), most)
    return Fitting(
        scale,
        area.left + (area.width - scale * (right - left)) / 2 - scale * left,
        area.top + (area.height - scale * (bottom - top)) * HIGHER - scale * top,
    )
