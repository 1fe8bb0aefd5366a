"""All kinds of blocks: those in the modules of :mod:`archdraw.kinds`, and those that other packages add."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import archdraw.kinds
from archdraw.by_need import by_need, index_of
from archdraw.doors import KINDS, TEMPLATES, Found
from archdraw.kinds.base import Kind

_PACKAGE = "archdraw.kinds"


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """Every kind under its keyword, in alphabetical order, templates among them.

    A subclass of :class:`Kind` that sets ``keyword`` itself is a kind; one that doesn't is only a base of kinds. Ours
    are imported when they are asked for. Raises :class:`archdraw.ArchdrawError` where two kinds have one keyword.
    """
    found = by_need(KINDS, _PACKAGE, lambda module: {kind.keyword: kind for kind in kinds_in(module)})
    if found is None:
        found = KINDS.keyed(kinds_in, lambda kind: (kind.keyword,))
        files = _template_files(found)
    else:
        files = {file.stem: _folder() / file for file in map(Path, index_of(_folder())) if file.suffix == ".yaml"}
    made: Mapping[str, type[Kind]] = TEMPLATES.load()(found, files)
    return made


def _template_files(found: Container[str]) -> dict[str, Path]:
    """The templates in the folders of kinds by keyword, which is the name of the file.

    Raises :class:`archdraw.ArchdrawError` where one has the keyword of another, or of one of the kinds ``found``.
    """
    files: dict[str, Path] = {}
    for file in sorted(_folder().rglob("*.yaml")):
        first = files.setdefault(file.stem, file)
        if file.stem in found or first is not file:
            others = [one for one, kind in KINDS.gather(kinds_in) if kind.keyword == file.stem]
            templates = [
                Found(file.stem, one.relative_to(_folder().parent).as_posix()) for one in dict.fromkeys((first, file))
            ]
            raise KINDS.clash(file.stem, (*others, *templates))
    return files


def _folder() -> Path:
    return Path(archdraw.kinds.__path__[0])


def kinds_in(thing: Any) -> Iterator[type[Kind]]:
    """``thing`` itself where it is a kind, else the kinds that the module ``thing`` defines, not those it imports."""
    if _is_kind(thing):
        yield thing
    for value in tuple(vars(thing).values()) if not isinstance(thing, type) else ():
        if _is_kind(value) and value.__module__ == thing.__name__:
            yield value


def _is_kind(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Kind) and "keyword" in thing.__dict__
