"""Writes which names are in which file of kinds and readers, and the page of all commands.

To be run (``python tests/write_indexes.py``) after a kind, a name that a reader is found by, or a command was added,
changed or taken away; ``test_by_need`` says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import click

from archdraw.by_need import INDEX, files_in
from archdraw.cli import Commands, program
from archdraw.front import PAGE, WIDTH
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


def page_text() -> str:
    """The page of all commands, as click makes it of the commands themselves."""
    context = click.Context(program, info_name="archdraw", **program.context_settings)
    with (
        patch.dict(os.environ, COLUMNS=str(WIDTH)),
        patch.object(Commands, "format_commands", click.Group.format_commands),
    ):
        return f"{program.get_help(context)}\n"


def main() -> None:
    Path(PAGE).write_text(page_text(), "utf-8")
    for package in NAMES:
        path = Path(import_module(package).__path__[0]) / INDEX
        path.write_text(index_text(package), "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
