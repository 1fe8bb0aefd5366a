"""``archdraw cache``: what is kept of earlier commands, and doing away with it."""

from __future__ import annotations

import click

from archdraw.cache.store import ENVIRONMENT_FOLDER, Store, usual_store
from archdraw.cli._codes import OK
from archdraw.errors import ArchdrawError
from archdraw.glossary.numbers import data_size


@click.group("cache", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> int:
    """Show where pictures are kept, and how much they take.

    What was drawn is kept, and drawn again only when its spec, its theme, the options or archdraw itself have changed.
    What was not used for longest goes first. ARCHDRAW_CACHE_DIR is another folder (empty: none), ARCHDRAW_CACHE_SIZE
    the most MiB to keep.

    \b
    archdraw cache
    archdraw cache clear
    archdraw render model.yaml --no-cache
    """
    if ctx.invoked_subcommand is None:
        store = _store()
        sizes = [size for _, size, _ in store.entries()]
        click.echo(store.folder)
        click.echo(f"{_entries(len(sizes), sum(sizes))}, at most {data_size(store.most)}")
    return OK


@command.command("clear")
def clear() -> int:
    """Remove everything that is kept."""
    store = _store()
    try:
        found = store.clear()
    except OSError as error:
        raise ArchdrawError(f"{error.filename or store.folder} cannot be removed: {error.strerror or error}") from None
    click.echo(f"{_entries(*found)} removed from {store.folder}")
    return OK


def _store() -> Store:
    """The cache. Raises :class:`ArchdrawError` where there is none."""
    store = usual_store()
    if store is None:
        raise ArchdrawError(f"there is no cache: {ENVIRONMENT_FOLDER} is empty, or there is no home folder")
    return store


def _entries(number: int, size: int) -> str:
    return f"{number:,} {'entry' if number == 1 else 'entries'}, {data_size(size)}"
