"""Writing files so that nothing is lost: a file holds what it held before, or all of what is new."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes ``data`` to ``path`` at once, as :func:`whole_file` does. Raises :class:`OSError`."""
    with whole_file(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes are at ``path`` when the block ends, all at once; an error leaves what was there before.

    Folders that are missing are made, links are followed. The bytes go to a new file in the same folder that takes the
    place of the old one when it is complete. What is no regular file (a device, a pipe) is written directly. Raises
    :class:`OSError`.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        with target.open("wb") as stream:
            yield stream
        return
    if target.is_dir():
        raise IsADirectoryError(21, "it is a folder", str(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(20, f"{target.parent} is not a folder", str(path)) from error
    part = target.parent / f".archdraw-{secrets.token_hex(8)}.part"
    try:
        # Not tempfile: its files can be read by nobody else, and a picture is made with the rights of any other file.
        with part.open("xb") as stream:
            yield stream
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
