"""Writes which names are in which file of the kinds and of the readers: ``python tests/write_indexes.py``.

To be run after a kind, or a name that a reader is found by, was added, taken away or moved; ``test_by_need`` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType

from archdraw.by_need import INDEX, files_in
from archdraw.kinds.registry import kinds_in
from archdraw.readers.family import families_in, names_of


def _kinds(module: ModuleType) -> Iterable[str]:
    return (kind.keyword for kind in kinds_in(module))


def _families(module: ModuleType) -> Iterable[str]:
    return (name for family in families_in(module) for name in names_of(family))


NAMES: Mapping[str, Callable[[ModuleType], Iterable[str]]] = {
    "archdraw.kinds": _kinds,
    "archdraw.readers.families": _families,
}
"""The packages with an index, and what finds the names in one of their modules."""


def index_text(package: str) -> str:
    """The index of ``package`` as its files are: a line for each, in order of their names."""
    folder = Path(import_module(package).__path__[0])
    lines = []
    for file in sorted(files_in(folder)):
        names = [Path(file).stem]
        if file.endswith(".py"):
            names = list(NAMES[package](import_module(f"{package}.{file.removesuffix('.py').replace('/', '.')}")))
        lines.append(f"{file}: {', '.join(names)}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    for package in NAMES:
        path = Path(import_module(package).__path__[0]) / INDEX
        path.write_text(index_text(package), "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
