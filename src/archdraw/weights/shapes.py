"""Names and shapes of many tensors as a short text: layers whose tensors are equal are one line.

A line has four fields, separated by tabs: the name with ``*`` for each index; what the indices are, ``0-31`` or
``0-30:2,31``, those of several stars separated by ``;``; the shape, ``4096x11008``; and ``tied`` or ``buffer`` where
the tensor is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from archdraw.weights.tensors import Tensor

Indices = tuple[int, ...]

MOST_INDICES = 1_000_000
"""Tensors of one line; more than any model has of one kind."""


def pattern_of(name: str) -> tuple[str, Indices]:
    """``layers.3.mlp.experts.0.w1`` as ``layers.*.mlp.experts.*.w1`` and (3, 0)."""
    parts = name.split(".")
    numbers = tuple(int(part) for part in parts if part.isdecimal() and part.isascii() and len(part) < 10)
    stars = ("*" if part.isdecimal() and part.isascii() and len(part) < 10 else part for part in parts)
    return ".".join(stars), numbers


def filled(pattern: str, indices: Sequence[int]) -> str:
    """The name that ``pattern`` has for ``indices``; the reverse of :func:`pattern_of`."""
    numbers = iter(indices)
    return ".".join(str(next(numbers)) if part == "*" else part for part in pattern.split("."))


def shapes_text(tensors: Iterable[Tensor]) -> str:
    """``tensors`` as text, in the order in which their patterns appear."""
    groups: dict[tuple[str, tuple[int, ...], str], list[Indices]] = {}
    for tensor in tensors:
        pattern, indices = pattern_of(tensor.name)
        mark = "tied" if tensor.tied else "buffer" if tensor.buffer else ""
        groups.setdefault((pattern, tensor.shape, mark), []).append(indices)
    lines = []
    for (pattern, shape, mark), found in groups.items():
        for box in boxes(found):
            size = "x".join(map(str, shape)) or "scalar"
            lines.append("\t".join((pattern, ";".join(map(ranges_text, box)), size, mark)).rstrip("\t"))
    return "\n".join(lines) + "\n"


def shapes_of(text: str) -> Iterator[Tensor]:
    """The tensors that ``text`` lists. Raises :class:`ValueError` for a line that is none."""
    for line in text.splitlines():
        pattern, ranges, size, mark = [*line.split("\t"), ""][:4]
        shape = () if size == "scalar" else tuple(map(int, size.split("x")))
        sets = [ranges_of(part) for part in ranges.split(";")] if ranges else []
        if len(sets) != pattern.split(".").count("*") or prod(map(len, sets)) > MOST_INDICES:
            raise ValueError(f"{ranges[:40]!r} does not fit {pattern[:60]!r}")
        for indices in product(*sets):
            yield Tensor(filled(pattern, indices), shape, tied=mark == "tied", buffer=mark == "buffer")


def boxes(found: Iterable[Indices]) -> Iterator[tuple[Indices, ...]]:
    """Tuples of indices as few products of sets: (0, 0), (0, 1), (1, 0), (1, 1) is one, ((0, 1), (0, 1))."""
    below: dict[int, list[Indices]] = {}
    for indices in found:
        if not indices:
            yield ()
            return
        below.setdefault(indices[0], []).append(indices[1:])
    alike: dict[tuple[tuple[Indices, ...], ...], list[int]] = {}
    for first, rest in below.items():
        alike.setdefault(tuple(boxes(rest)), []).append(first)
    for rows, firsts in alike.items():
        for row in rows:
            yield (tuple(sorted(firsts)), *row)


def ranges_text(numbers: Indices) -> str:
    """Rising numbers in short: ``0-3,8``, with a step ``0-30:2``."""
    parts = []
    place = 0
    while place < len(numbers):
        stop = place + 1
        step = numbers[stop] - numbers[place] if stop < len(numbers) else 1
        while stop < len(numbers) and numbers[stop] - numbers[stop - 1] == step:
            stop += 1
        if stop - place == 2 and step > 1:
            stop -= 1
        first, last = numbers[place], numbers[stop - 1]
        parts.append(str(first) if first == last else f"{first}-{last}" + (f":{step}" if step > 1 else ""))
        place = stop
    return ",".join(parts)


def ranges_of(text: str) -> Indices:
    """The numbers of :func:`ranges_text`. Raises :class:`ValueError` for any other text."""
    numbers: list[int] = []
    for part in text.split(","):
        span, _, step = part.partition(":")
        first, _, last = span.partition("-")
        run = range(int(first), int(last or first) + 1, int(step or 1))
        if len(run) + len(numbers) > MOST_INDICES:
            raise ValueError(f"{text[:40]!r} are too many indices")
        numbers += run
    return tuple(numbers)
