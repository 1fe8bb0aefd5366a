"""Our own things of a door under their names, each imported when it is asked for.

A package of many things has an ``index.txt`` with a line for each of its files, ``layers/norm.py: rmsnorm, layernorm``.
It only saves imports: where a file is not in it all are imported, as for a door that another package adds to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from archdraw.doors import Door

Thing = TypeVar("Thing")

INDEX = "index.txt"
ENDINGS = (".py", ".yaml")


class ByNeed(Mapping[str, Thing]):
    """Things by name; ``places`` are the modules that they are in, ``things`` finds by name what there is in one."""

    def __init__(self, places: Mapping[str, str], things: Callable[[str], Mapping[str, Thing]]) -> None:
        self._places, self._things = places, things
        self._made: dict[str, Thing] = {}

    def __getitem__(self, name: str) -> Thing:
        if name not in self._made:
            self._made.update(self._things(self._places[name]))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def by_need(door: Door, package: str, things: Callable[[object], Mapping[str, Thing]]) -> Mapping[str, Thing] | None:
    """What the modules of ``package`` hold, by the names of their index; ``things`` finds it in a module.

    None where all of ``door`` has to be imported.
    """
    index = {} if door.plugged() else index_of(Path(import_module(package).__path__[0]))
    places = {
        name: f"{package}.{file.removesuffix('.py').replace('/', '.')}"
        for file, names in index.items()
        if file.endswith(".py")
        for name in names
    }
    return ByNeed(places, lambda module: things(import_module(module))) if places else None


def index_of(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The names of what is in each file below ``folder``, by its index; empty where that lacks a file, or has another.

    Files are paths from the folder, with slashes.
    """
    try:
        text = (folder / INDEX).read_text("utf-8")
    except OSError:
        return {}
    lines = (line.partition(":") for line in text.splitlines())
    index = {file: tuple(filter(None, names.strip().split(", "))) for file, _, names in lines}
    return index if index.keys() == set(files_in(folder)) else {}


def files_in(folder: Path) -> Iterator[str]:
    """The files that may hold things, below ``folder``."""
    waiting = [("", os.fspath(folder))]
    for above, place in waiting:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.endswith(ENDINGS):
                    if entry.name != "__init__.py":
                        yield f"{above}{entry.name}"
                elif entry.name != "__pycache__" and entry.is_dir():
                    waiting.append((f"{above}{entry.name}/", entry.path))
