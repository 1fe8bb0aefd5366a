"""A command that was given before in this folder, and of whose files none has changed, is done again from the cache.

What it read, wrote, printed and warned of is kept as a :class:`Recording` when it ends well. The same words then need
neither click nor anything else of archdraw. Whatever is different, even so little, leaves the command to be done the
usual way, in which single pictures come from the cache.
"""

from __future__ import annotations

import marshal
import os
import sys

from archdraw.cache.keys import program, signature
from archdraw.cache.store import Store, digest, usual_store
from archdraw.files import write_whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

WITHOUT = "--no-cache"
"""The word that has a command done without the cache."""


def replayed(words: Sequence[str]) -> list[Any] | None:
    """Does the command of these ``words`` from the cache: writes its files, prints its output.

    Returns what it has to warn of, as :meth:`Recording.warned` was given it; None where nothing was done.
    """
    store = None if WITHOUT in words or sys.stdout is None else usual_store()
    kept = None if store is None else store.get(_key(words))
    if store is None or kept is None:
        return None
    try:
        made_by, inputs, outputs, said, warnings = marshal.loads(kept)
        if made_by != program() or any(signature(path) != state for path, state in inputs):
            return None
        for path, key in outputs:
            data = store.get(key)
            if data is None:
                return None
            write_whole(path, marshal.loads(data)[0])
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # as cli.run does
        sys.stdout.write(said)
        sys.stdout.flush()
    except (OSError, AttributeError):
        # The usual way meets the same and says it.
        return None
    return list(warnings)


class Recording:
    """What a command of these ``words`` reads, writes and prints, as far as it says so."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._inputs: dict[str, str] = {}
        self._outputs: list[tuple[str, str]] = []
        self._said: list[str] = []
        self._warnings: list[Any] = []
        self.complete = True
        """Whether nothing else was said or done than what was recorded."""

    def reads(self, path: str | Path, state: str = "") -> None:
        """The command reads what is at ``path``, or asks whether something is there; to be called before it does.

        ``state`` is its signature, where that was just made.
        """
        self._inputs.setdefault(os.fspath(path), state or signature(os.fspath(path)))

    def wrote(self, path: str | Path, key: str) -> None:
        """The command has written to ``path`` the file that the cache has under ``key``; none for an empty one."""
        self._outputs.append((os.fspath(path), key))
        self.complete = self.complete and bool(key)

    def printed(self, text: str) -> None:
        """The command has printed ``text``."""
        self._said.append(text)

    def warned(self, problem: Any) -> None:
        """The command has warned of ``problem``, which is of plain tuples, texts and numbers."""
        self._warnings.append(problem)

    def keep(self, store: Store, made_by: str) -> None:
        """Keeps the recording, unless it lacks something or a file has changed meanwhile. ``made_by``: the program."""
        inputs = tuple(self._inputs.items())
        if not self.complete or any(signature(path) != state for path, state in inputs):
            return
        recorded = (made_by, inputs, tuple(self._outputs), "".join(self._said), tuple(self._warnings))
        store.put(_key(self._words), marshal.dumps(recorded))


def _key(words: Sequence[str]) -> str:
    return digest("command", sys.version, os.getcwd(), *words)
