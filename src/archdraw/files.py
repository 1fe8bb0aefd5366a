"""Writing files so that nothing is lost: a file holds what it held before, or all of what is new."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes ``data`` to ``path`` at once; folders that are missing are made, links are followed.

    The bytes go to a new file in the same folder that takes the place of the old one when it is complete. What is no
    regular file (a device, a pipe) is written directly. Raises :class:`OSError`.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(data)
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
            stream.write(data)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
