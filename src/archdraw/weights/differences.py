"""What a comparison found, as values and as lines to be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from archdraw.records import record
from archdraw.weights.dimensions import Shape, shape_text
from archdraw.weights.shapes import boxes, pattern_of, ranges_text


@record
class Difference:
    """One tensor that the two do not agree on.

    "missing": the file lacks what the tree has; "extra": the tree lacks what the file has; "shape": both have it.
    ``name`` is the tree's name, of an extra tensor the file's. ``expected`` is the tree's shape, ``found`` the file's.
    """

    kind: Literal["missing", "extra", "shape"]
    name: str
    expected: Shape | None = None
    found: Shape | None = None


@record
class Comparison:
    """How a tree and a file compare. ``matched`` tensors of the file are as the tree has them.

    ``renamed`` are pairs (the tree's name, the file's) that agree in layer and shape and in nothing else: a convention
    that is not known, or a difference that shapes do not show. ``packed`` tensors hold numbers of few bits, so that
    only their names were compared.
    """

    convention: str
    matched: int
    packed: int
    differences: tuple[Difference, ...]
    renamed: tuple[tuple[str, str], ...]

    def lines(self) -> Iterator[str]:
        """The differences, one line each, layers that differ alike in one: ``layers.0-31.self_attn.q_norm.weight``."""
        groups: dict[tuple[str, str, Shape | None, Shape | None], list[tuple[int, ...]]] = defaultdict(list)
        for difference in self.differences:
            pattern, indices = pattern_of(difference.name)
            groups[difference.kind, pattern, difference.expected, difference.found].append(indices)
        for (kind, pattern, expected, found), members in groups.items():
            for box in boxes(members):
                yield _line(kind, _in_short(pattern, box), expected, found)

    def renamed_lines(self) -> Iterator[str]:
        """The renamed tensors, one line for each pair of patterns."""
        pairs: dict[tuple[str, str], list[tuple[int, ...]]] = defaultdict(list)
        for name, called in self.renamed:
            (pattern, indices), (other, _) = pattern_of(name), pattern_of(called)
            pairs[pattern, other].append(indices)
        for (pattern, other), members in pairs.items():
            for box in boxes(members):
                yield f"{_in_short(pattern, box)} is called {other} in the file, or is another tensor of the same shape"


def _in_short(pattern: str, box: tuple[tuple[int, ...], ...]) -> str:
    ranges = iter(box)
    return ".".join(ranges_text(next(ranges)) if part == "*" else part for part in pattern.split("."))


def _line(kind: str, name: str, expected: Shape | None, found: Shape | None) -> str:
    if kind == "missing":
        return f"{name} {shape_text(expected)} is missing" if expected is not None else f"{name} is missing"
    if kind == "extra":
        return f"{name} {shape_text(found or ())} is not in the spec"
    return f"{name} is {shape_text(found or ())}, not {shape_text(expected or ())}"
