"""The templates that come with the package, as kinds beside those that are written in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from archdraw.kinds.base import Kind
from archdraw.spec.declaring import shipped

_READ: dict[Path, type[Kind]] = {}
"""Every template that was read, by its file: however often kinds are looked for, it is one class."""


class Shipped(Mapping[str, type[Kind]]):
    """Kinds by keyword, in alphabetical order: those ``found`` and templates, each read when it is asked for.

    ``files`` are the templates by keyword, none of which is that of a kind that was found.
    """

    def __init__(self, found: Mapping[str, type[Kind]], files: Mapping[str, Path]) -> None:
        self._files = files
        self._made = dict(found)
        self._names = tuple(sorted((*self._made, *self._files)))

    def __getitem__(self, name: str) -> type[Kind]:
        if name not in self._made:
            file = self._files[name]
            if file not in _READ:
                _READ[file] = shipped(file, self)
            self._made[name] = _READ[file]
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
