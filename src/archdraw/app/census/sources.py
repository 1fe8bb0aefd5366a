"""Which configs a census is of: those of folders, of lists of paths, and single files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from archdraw.errors import ArchdrawError
from archdraw.model_files import CHECKPOINT_SUFFIXES, MODEL_FILES, SUFFIXES, models_in

LISTS = (".txt", ".list")
"""Files of these suffixes hold a path on each line; so does stdin, ``-``."""


def sources(words: Iterable[str]) -> Iterator[str]:
    """The paths of all configs that ``words`` stand for, one after the other, as they are found.

    A folder stands for all models in it and in the folders below, in order of their names: a folder that holds a
    config.json is one model, and of any other each config (*.json), spec (*.yaml) and GGUF file is one. A list
    (*.txt, *.list, or ``-`` for stdin) has a path on each line, relative to the list; empty lines and those that begin
    with # are passed over. Anything else is a config itself. Raises :class:`archdraw.ArchdrawError` for a folder or a
    list that cannot be read.
    """
    for word in words:
        path = Path(word)
        if word == "-" or (path.suffix.lower() in LISTS and not path.is_dir()):
            yield from _listed(word)
        elif path.is_dir():
            yield from _inside(path)
        else:
            yield word


def _listed(word: str) -> Iterator[str]:
    folder = Path() if word == "-" else Path(word).parent
    try:
        with sys.stdin if word == "-" else Path(word).open(encoding="utf-8-sig") as lines:
            for line in lines:
                path = line.strip()
                if path and not path.startswith("#"):
                    yield str(folder / path)
    except (OSError, UnicodeDecodeError) as error:
        raise ArchdrawError(f"{word}: the list cannot be read: {error}") from None


def _inside(folder: Path) -> Iterator[str]:
    def stop(error: OSError) -> None:
        raise ArchdrawError(f"{error.filename}: the folder cannot be read: {error.strerror}")

    for place, below, names in os.walk(folder, onerror=stop):
        below.sort()
        if any(name in names for name in MODEL_FILES):
            yield str(Path(place))
            continue
        known = {*SUFFIXES, *CHECKPOINT_SUFFIXES}
        models = models_in(name for name in names if Path(name).suffix.lower() in known)
        yield from (str(Path(place, name)) for name in sorted(models))
