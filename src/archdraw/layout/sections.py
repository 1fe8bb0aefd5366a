"""Functions that paint a whole section of a picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from archdraw.layout.canvas import Canvas

Given = ParamSpec("Given")
Result = TypeVar("Result")
Painter: TypeAlias = Callable[Concatenate[Canvas, Given], Result]


def section(role: str) -> Callable[[Painter[Given, Result]], Painter[Given, Result]]:
    """All that a function paints is a section of ``role``."""

    def of(paint: Painter[Given, Result]) -> Painter[Given, Result]:
        @wraps(paint)
        def painted(canvas: Canvas, *given: Given.args, **named: Given.kwargs) -> Result:
            with canvas.section(role):
                return paint(canvas, *given, **named)

        return cast(Painter[Given, Result], painted)

    return of
