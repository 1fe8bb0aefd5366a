"""Saved files: when something changes in a folder, and which files are no model but an editor's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from threading import Event

from archdraw.errors import ArchdrawError
from archdraw.model_files import SUFFIXES, models_in
from archdraw.resources import install_command

STEP = 5
"""Milliseconds without a further change after which what was saved is read: editors write a file in several steps."""
LONGEST = 50
"""Milliseconds after which it is read even if changes go on."""

_EDITORS = re.compile(
    r"""
    .*~                                # Emacs, Vim, nano, gedit
    | \#.*\#                           # Emacs, saved by itself
    | \..*                             # hidden: .model.yaml.swp, .#model.yaml, .goutputstream-XXXX, .archdraw-X.part
    | 4913                             # Vim tries whether it may write here
    | .*\.(sw[a-z]|bak|old|orig|tmp|temp|part|crswap|kate-swp|autosave)
    | .*___jb_(tmp|old)___             # JetBrains
    """,
    re.VERBOSE | re.IGNORECASE,
)


def is_editors(name: str) -> bool:
    """Whether a file of this ``name`` is a backup, a swap file or a part that an editor or a program is writing.

    >>> [name for name in ("a.yaml", "a.yaml~", ".a.yaml.swp", "4913", "#a.yaml#", "b.part") if not is_editors(name)]
    ['a.yaml']
    """
    return _EDITORS.fullmatch(name) is not None


def models_of(folder: Path) -> list[Path]:
    """The specs and configs in ``folder``, without the files of editors, by name; none where it cannot be read."""
    try:
        found = [file.name for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file()]
    except OSError:
        return []
    return sorted(folder / name for name in models_in(name for name in found if not is_editors(name)))


def check() -> None:
    """Raises :class:`ArchdrawError` where the library that hears of changes is missing."""
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise ArchdrawError(f"archdraw watch needs watchfiles: {install_command('watch')}") from None


def changes(
    folders: Callable[[], Collection[Path]], end: Event, keep: Collection[str] = ()
) -> Iterator[frozenset[str]]:
    """The names of the files that were saved together in ``folders``, again and again until ``end`` is set.

    A folder is watched and not the file in it: editors save by putting another file in its place. ``folders`` is asked
    again after each change. Files of editors count as no change, but for those whose names are in ``keep``. An empty
    set says that other folders are watched from now on, in which something may have been saved before.
    """
    from watchfiles import watch

    while not end.is_set():
        watched = frozenset(folder for folder in folders() if folder.is_dir())
        if not watched:
            end.wait(0.2)
            continue
        yield frozenset()
        # An empty answer each second, so that a folder that has gone, or has come back, is noticed.
        for found in watch(
            *watched,
            watch_filter=None,
            debounce=LONGEST,
            step=STEP,
            stop_event=end,
            rust_timeout=1000,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        ):
            every = {Path(path).name for _, path in found}
            names = frozenset(name for name in every if name in keep or not is_editors(name))
            if names:
                yield names
            if frozenset(folder for folder in folders() if folder.is_dir()) != watched:
                break
