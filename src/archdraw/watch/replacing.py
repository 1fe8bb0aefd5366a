"""What differs between two pictures as SVG: the elements that a page replaces, so that it keeps all the others.

Only what was put into a page anew has to be parsed, laid out and painted by the browser again.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from archdraw.records import record


@record
class Replacement:
    """Of the element that the indices in ``path`` lead to from the root, ``removed`` elements from the one at
    ``first`` on are replaced by those of ``markup``. All indices are those of the picture before.
    """

    path: tuple[int, ...]
    first: int
    removed: int
    markup: str

    def as_data(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"path": self.path, "first": self.first, "removed": self.removed, "markup": self.markup}


def replacements(before: str, after: str) -> tuple[Replacement, ...] | None:
    """What makes of the SVG ``before`` the SVG ``after``, both as :func:`archdraw.writers.svg.svg` writes them.

    None where their roots differ, as those of two sizes do.
    """
    if _start(before) != _start(after):
        return None
    return tuple(_within(_children(before), _children(after), ()))


def _within(old: list[str], new: list[str], path: tuple[int, ...]) -> Iterator[Replacement]:
    """What makes of the elements ``old`` those of ``new``, which are in the element at ``path``."""
    for kind, first, last, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if last - first != end - begin:
            yield Replacement(path, first, last - first, "".join(new[begin:end]))
            continue
        for index, one, other in zip(range(first, last), old[first:last], new[begin:end], strict=True):
            inside = _children(one), _children(other)
            if _start(one) == _start(other) and _are_mostly_alike(*inside):
                yield from _within(*inside, (*path, index))
            else:
                yield Replacement(path, index, 1, other)


def _are_mostly_alike(old: list[str], new: list[str]) -> bool:
    """Whether half of the elements are in both, so that it pays to look further."""
    return 2 * len(set(old) & set(new)) >= max(len(old), len(new)) > 1


def _start(element: str) -> str:
    """The start tag of ``element``. In SVG that archdraw writes a ``>`` stands at the end of tags and nowhere else."""
    return element[: element.index(">")]


def _children(element: str) -> list[str]:
    """The elements in ``element``; none where there is nothing but text."""
    found: list[str] = []
    depth = begin = 0
    pieces = element.split("<")[2:-1]
    for index, piece in enumerate(pieces, 1):
        if piece[0] == "/":
            depth -= 1
        elif not piece.endswith("/>"):
            depth += 1
        if not depth:
            found.append("<" + "<".join(pieces[begin:index]))
            begin = index
    return found
