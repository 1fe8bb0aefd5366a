"""What a shell completes: names of models, themes, views, pages, formats and kinds, without importing any of them.

Options and arguments are known by what they are called, so that every command has this, those of other packages too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from archdraw.doors import FORMATS, KINDS, PROFILES, THEMES, VIEWS
from archdraw.model_files import SUFFIXES
from archdraw.resources import specs_folder

Names = Callable[[], Iterable[str]]


def _models() -> Iterable[str]:
    """The models that come with archdraw, and those in files here."""
    here = (file.name for file in Path().iterdir() if file.suffix.lower() in SUFFIXES)
    return (*sorted(file.stem for file in specs_folder().glob("*.yaml")), *sorted(here))


def _views() -> Iterable[str]:
    return (*VIEWS.names(), *PROFILES.names())


def _kinds() -> Iterable[str]:
    if KINDS.plugged():
        from archdraw.kinds.registry import kinds

        return sorted(kinds())
    from importlib.util import find_spec

    from archdraw.by_need import index_of

    found = find_spec("archdraw.kinds")
    places = found.submodule_search_locations if found else None
    return sorted(name for place in places or () for names in index_of(Path(place)).values() for name in names)


OPTIONS: Mapping[str, Names] = {"--theme": THEMES.names, "--view": _views, "--format": FORMATS.names, "--like": _models}
"""What an option of that name takes, whichever command has it, unless it says its choices itself."""
LISTS = frozenset({"--format"})
"""Options that take several names with commas between them."""
ARGUMENTS: Mapping[str, Names] = {"SPEC": _models, "MODEL": _models, "WORD": _kinds}
"""What an argument takes, by a word in what it is called."""


def completing(command: click.Command) -> click.Command:
    """``command``, whose parameters say to a shell what they take."""
    for parameter in command.params:
        names = _names_of(parameter)
        if names is not None:
            said = partial(_completed, names, bool(LISTS.intersection(parameter.opts)))
            parameter.shell_complete = said  # type: ignore[method-assign]
    return command


def _names_of(parameter: click.Parameter) -> Names | None:
    if isinstance(parameter.type, click.Choice):
        return None
    if isinstance(parameter, click.Option):
        return next((OPTIONS[word] for word in parameter.opts if word in OPTIONS), None)
    called = parameter.metavar or ""
    return next((names for word, names in ARGUMENTS.items() if word in called), None)


def _completed(names: Names, is_list: bool, _: click.Context, incomplete: str) -> list[CompletionItem]:
    """The ``names`` that begin as ``incomplete`` does; where there are none, files, which the shell finds itself."""
    before, comma, last = incomplete.rpartition(",") if is_list else ("", "", incomplete)
    found = [CompletionItem(f"{before}{comma}{name}") for name in names() if name.startswith(last)]
    return found or [CompletionItem(incomplete, type="file")]
