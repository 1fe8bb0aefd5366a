"""Shapes of tensors: alike but for sizes of one, turned over, put together."""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]


def shape_text(shape: Shape) -> str:
    """``[4096, 11008]``, as PyTorch prints it."""
    return f"[{', '.join(map(str, shape))}]"


def without_ones(shape: Shape) -> Shape:
    """``shape`` less its sizes of one."""
    return tuple(size for size in shape if size != 1)


def same(expected: Shape, found: Shape) -> bool:
    """Whether two shapes differ in sizes of one only."""
    return without_ones(expected) == without_ones(found)


def turned(shape: Shape) -> Shape:
    """The shape of the transposed matrices."""
    return (*shape[:-2], shape[-1], shape[-2]) if len(shape) > 1 else shape


def joined_shape(shapes: Sequence[Shape], like: Shape, is_turned: bool, name: str) -> Shape:
    """The shape of tensors put together along the dimension that makes it ``like``, else along the output features."""
    first = shapes[0]
    made: dict[int, Shape] = {}
    for axis in range(len(first)):
        if all(len(shape) == len(first) for shape in shapes):
            others = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
            if len(others) == 1:
                made[axis] = (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])
    for shape in made.values():
        if same(shape, like) or (is_turned and same(turned(shape), like)):
            return shape
    # Experts are in front; a matrix has its input features last.
    return made.get(len(first) - (1 if name.endswith("bias") else 2), first)
