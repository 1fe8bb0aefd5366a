"""The cache of a command: whether it has one, and what of the command is kept there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archdraw.cache.keys import inputs
from archdraw.cache.replay import WITHOUT, Recording
from archdraw.cache.store import usual_store
from archdraw.cli._codes import OK
from archdraw.cli._files import FROM_STDIN

if TYPE_CHECKING:
    from archdraw.app.kept import Kept

_PLACE = f"{__name__}.cache"
_WORDS = f"{__name__}.words"


class Cache:
    """What a command of these ``words`` has from the cache, and what it adds to it."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.without = WITHOUT in words
        self.recording = Recording(words)

    @cached_property
    def kept(self) -> Kept | None:
        """The pictures in it; None where the command is to do without, or there is none."""
        store = None if self.without else usual_store()
        if store is None:
            return None
        from archdraw.app.kept import Kept

        try:
            return Kept(store)
        except OSError:
            return None

    def reads(self, *paths: str) -> None:
        """The command reads what is at ``paths``, or asks whether something is there; said before it does."""
        if self.kept:
            for path in paths:
                self.recording.reads(path)

    def models(self, files: Iterable[Path]) -> None:
        """The command reads the models in ``files``; said before it does. The next text on stdin is another one."""
        for file in map(str, files):
            if file == FROM_STDIN:
                self.recording.complete = False
            else:
                self.reads(*inputs(file))

    def wrote(self, path: Path, data: bytes) -> None:
        """The command has written ``data`` to ``path``."""
        if self.kept:
            self.recording.wrote(path, self.kept.add(data))

    def say(self, text: str) -> None:
        """Prints a line on stdout, which is part of what the command does."""
        click.echo(text)
        self.recording.printed(f"{text}\n")

    def end(self, code: int) -> int:
        """The command has ended with ``code``, which is returned, and all that it did was recorded."""
        if self.kept is None:
            return code
        if code == OK and not self.kept.plugins:
            self.recording.keep(self.kept.store, self.kept.program)
        self.kept.store.trim()
        return code


def remember(ctx: click.Context, words: Iterable[str]) -> None:
    """Says once, where a line is read, which ``words`` it has."""
    ctx.meta[_WORDS] = tuple(words)


def cache() -> Cache:
    """That of the command that runs; a new one for each."""
    meta = click.get_current_context().meta
    if _PLACE not in meta:
        meta[_PLACE] = Cache(meta.get(_WORDS, (WITHOUT,)))
    found: Cache = meta[_PLACE]
    return found


def recording() -> Recording | None:
    """That of the command that runs, where one runs."""
    ctx = click.get_current_context(silent=True)
    return cache().recording if ctx is not None and _WORDS in ctx.meta else None


NO_CACHE_HELP = "Make everything anew, and keep nothing of it."
no_cache_option = click.option(WITHOUT, is_flag=True, expose_value=False, help=NO_CACHE_HELP)
