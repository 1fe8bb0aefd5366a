"""GGUF files in several parts, ``NAME-00001-of-00003.gguf``: one model, whose metadata are in the first."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from archdraw.records import record
from archdraw.weights.gguf_header import GgufHeader, read_gguf

_PART = re.compile(
    r"(?P<stem>.*)-(?P<number>\d{1,6})-of-(?P<total>\d{1,6})(?P<ending>\.gguf)", re.IGNORECASE | re.DOTALL
)
MOST_PARTS = 10_000


@record
class Part:
    """A file that is the ``number``-th of ``total``, by its name."""

    file: Path
    number: int
    total: int
    digits: int

    def other(self, number: int) -> Path:
        """The file that has another ``number``."""
        found = _PART.fullmatch(self.file.name)
        assert found is not None
        numbered = f"{number:0{self.digits}}"
        return self.file.with_name(f"{found['stem']}-{numbered}-of-{found['total']}{found['ending']}")


def part_of(path: str | Path) -> Part | None:
    """What ``path`` is a part of, by its name; None for a file that is whole."""
    file = Path(path)
    found = _PART.fullmatch(file.name)
    if found is None or not 0 < int(found["number"]) <= int(found["total"]) <= MOST_PARTS:
        return None
    return Part(file, int(found["number"]), int(found["total"]), len(found["number"]))


def first_of(path: Path) -> Path:
    """The first part of the model that ``path`` is a part of, where that is there; else ``path``."""
    part = part_of(path)
    first = path if part is None else part.other(1)
    return first if first.is_file() else path


def read_parts(path: Path) -> tuple[GgufHeader, list[str]]:
    """The header of the file at ``path`` with the tensors of all its parts, and the names of parts that are missing.

    Raises :class:`InputError` where a part is damaged.
    """
    header = read_gguf(path)
    part, number = part_of(path), header.metadata.get("split.count")
    total = number if isinstance(number, int) and not isinstance(number, bool) else part.total if part else 1
    if total < 2 or total > MOST_PARTS:
        return header, []
    if part is None:
        return header, [f"{total - 1} of {total}"]
    found, missing = list(header.tensors), list[str]()
    for other in range(1, total + 1):
        file = part.other(other)
        if other == part.number:
            continue
        if file.is_file():
            found += read_gguf(file).tensors
        else:
            missing.append(file.name)
    return replace(header, tensors=tuple(found)), missing
