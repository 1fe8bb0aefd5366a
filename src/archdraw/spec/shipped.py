"""The templates that come with the package, as kinds beside those that are written in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from archdraw.errors import ArchdrawError
from archdraw.kinds.base import Kind
from archdraw.spec.declaring import shipped

_READ: dict[Path, type[Kind]] = {}
"""Every template that was read, by its file: however often kinds are looked for, it is one class."""


class Shipped(Mapping[str, type[Kind]]):
    """Kinds by keyword, in alphabetical order; a template is a file called like it, read when it is asked for.

    Raises :class:`ArchdrawError` where a template has the keyword of another kind.
    """

    def __init__(self, found: Mapping[str, type[Kind]], files: Iterable[Path]) -> None:
        self._files = {file.stem: file for file in files}
        self._made = dict(found)
        twice = self._files.keys() & self._made.keys()
        if twice:
            raise ArchdrawError(f"a template and another kind have the keyword {', '.join(sorted(twice))}")
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
