"""Signs of what differs: discs with strokes, distinct by their strokes as well as by their colours."""

from __future__ import annotations

from typing import Literal

from archdraw.layout.canvas import Canvas
from archdraw.scene import Circle, Line, rounded

Sign = Literal["changed", "added", "removed"]
STROKE = 0.09
"""Width of a stroke, in diameters."""


def paint(canvas: Canvas, x: float, y: float, sign: Sign, size: float) -> None:
    """The disc of ``sign`` about ``x`` and ``y``, ``size`` px across."""
    signs = canvas.theme.signs
    fill = {"changed": signs.changed, "added": signs.added, "removed": signs.removed}[sign]
    arm, part = size * 0.26, size * 0.09
    slash = ((-arm * 0.55, arm), (arm * 0.55, -arm))
    strokes = {
        "changed": (((-arm, -part), (arm, -part)), ((-arm, part), (arm, part)), slash),
        "added": (((-arm, 0.0), (arm, 0.0)), ((0.0, -arm), (0.0, arm))),
        "removed": (((-arm, 0.0), (arm, 0.0)),),
    }[sign]
    with canvas.group("", sign):
        canvas.add(Circle(rounded(x), rounded(y), size / 2, fill, kind="mark"))
        for ends in strokes:
            points = tuple((rounded(x + dx), rounded(y + dy)) for dx, dy in ends)
            canvas.add(Line(points, signs.ink, rounded(size * STROKE), kind="rule"))
