"""What windows that move over a grid share: one number for all axes or one for each, padding, the grid that is left."""

from __future__ import annotations

from typing import Annotated, Literal

from archdraw.checked import Field
from archdraw.kinds.base import KindError, Scope
from archdraw.kinds.fields import Size
from archdraw.kinds.lines import extents

PerAxis = Size | Annotated[tuple[Size, ...], Field(min_length=1, max_length=3)]
"""One number for all axes, or one for each."""

Padding = Literal["same", "valid"] | Annotated[int, Field(ge=0, le=1_000_000)]

PADDING = (
    "What is added around the grid. same: so much that stride 1 keeps the grid and stride 2 halves it, rounded up; "
    "valid: nothing; or so many positions at each end."
)
"""The description of a field ``padding``."""


def number_of_axes(size: PerAxis, scope: Scope, field: str = "kernel_size") -> int:
    """Over how many axes a window of ``size`` moves: those of the grid where one number stands for all of them.

    Raises :class:`KindError` where neither says so, or where they differ.
    """
    if isinstance(size, tuple):
        if scope.grid is not None and len(scope.grid) != len(size):
            axes = "1 axis" if len(size) == 1 else f"{len(size)} axes"
            raise KindError(
                f"{field} has {axes}, the line that comes in has {len(scope.grid)} ({extents(scope.grid)})", field
            )
        return len(size)
    if scope.grid is None:
        raise KindError(
            f"{field} {size} does not say over how many axes",
            field,
            f"write {field}: [{size}, {size}] for two, or begin with input: {{shape: [3, 224, 224]}}",
        )
    if not scope.grid:
        raise KindError(f"a line of one vector has no axis that {field} could move over", field)
    return len(scope.grid)


def over_axes(value: PerAxis, axes: int, field: str) -> tuple[int, ...]:
    """``value`` for each axis. Raises :class:`KindError` where it has another number of entries."""
    if not isinstance(value, tuple):
        return (value,) * axes
    if len(value) != axes:
        raise KindError(f"{field} has {len(value)} entries, kernel_size {axes}", field)
    return value


def slid(
    grid: tuple[int, ...],
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...] | None = None,
    *,
    field: str = "kernel_size",
) -> tuple[int, ...]:
    """The grid that is left of ``grid`` by a window that moves over it.

    Raises :class:`KindError` where the window is larger than the grid and its padding.
    """
    left = []
    for extent, width, step, gap in zip(grid, size, stride, dilation or (1,) * len(grid), strict=True):
        reach = gap * (width - 1) + 1
        if padding == "same":
            left.append(-(-extent // step))
            continue
        room = extent + 2 * (0 if padding == "valid" else int(padding)) - reach
        if room < 0:
            raise KindError(f"a window of {reach:,} does not fit a grid of {extents(grid)}", field, "set padding: same")
        left.append(room // step + 1)
    return tuple(left)


def spread(
    grid: tuple[int, ...],
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: Padding,
    dilation: tuple[int, ...],
) -> tuple[int, ...]:
    """The grid that a transposed convolution makes of ``grid``. Raises :class:`KindError` where nothing is left."""
    made = []
    for extent, width, step, gap in zip(grid, size, stride, dilation, strict=True):
        if padding == "same":
            made.append(extent * step)
            continue
        around = 0 if padding == "valid" else int(padding)
        made.append((extent - 1) * step - 2 * around + gap * (width - 1) + 1)
    if min(made) < 1:
        raise KindError(f"padding {padding} leaves nothing of {extents(grid)}", "padding")
    return tuple(made)


def shown(values: tuple[int, ...]) -> str:
    """``3 × 3``; one number where all axes have it and ``values`` is a step, as in ``stride 2``."""
    return " × ".join(map(str, values))


def step(values: tuple[int, ...]) -> int | str:
    """One number where all axes have the same, else all of them: ``2``, ``2 × 1``."""
    return values[0] if len(set(values)) == 1 else shown(values)
