"""The templates that come with the package, as kinds beside those that are written in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from archdraw.kinds.base import Kind

_READ: dict[Path, type[Kind]] = {}
"""Every template that was read, by its file: however often kinds are looked for, it is one class."""


class Shipped(Mapping[str, type[Kind]]):
    """Kinds by keyword, in alphabetical order: those ``found`` and templates, each read when it is asked for.

    ``files`` are the templates by keyword, none of which is that of a kind that was found.
    """

    def __init__(self, found: Mapping[str, type[Kind]], files: Mapping[str, Path]) -> None:
        self._found, self._files = found, files
        self._names = tuple(sorted((*found, *files)))

    def __getitem__(self, name: str) -> type[Kind]:
        if name not in self._files:
            return self._found[name]
        file = self._files[name]
        if file not in _READ:
            from archdraw.spec.declaring import shipped

            _READ[file] = shipped(file, self)
        return _READ[file]

    def __contains__(self, name: object) -> bool:
        return name in self._found or name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
