"""Whether an installed package adds to a group of entry points, found out without the library that reads them.

:mod:`importlib.metadata` takes longer to import than a picture takes to draw, and most computers have no such package.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder

_ABOUT = (".dist-info", ".egg-info")
"""Endings of the folders that say what a package is."""


def adds_to(prefix: str, path: Iterable[str] | None = None) -> bool:
    """Whether some package on ``path`` (that of Python for None) has entry points in a group that begins so.

    Also true where only :mod:`importlib.metadata` can say: packages in an archive, and finders other than Python's.
    """
    if any(finder is not PathFinder and hasattr(finder, "find_distributions") for finder in sys.meta_path):
        return True
    header = f"[{prefix}".encode()
    return any(_in_folder(folder, header) for folder in dict.fromkeys(sys.path if path is None else path))


def _in_folder(folder: str, header: bytes) -> bool:
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208
    except NotADirectoryError:
        return True
    except OSError:  # not there, or not ours to read: nothing can be imported from it
        return False
    inside_egg = folder.lower().endswith(".egg")
    return any(
        _in_file(os.path.join(folder, name, "entry_points.txt"), header)  # noqa: PTH118 - pathlib takes twice as long
        for name in names
        if name.lower().endswith(_ABOUT) or (inside_egg and name.lower() == "egg-info")
    )


def _in_file(file: str, header: bytes) -> bool:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            return header in stream.read()
    except OSError:
        return False
