"""Writing files so that nothing is lost: a file holds what it held before, or all of what is new.

What is written goes to a part, a file beside the target, that takes the target's place when it is complete. A part is
locked by its writer. A run that is killed leaves its part without a lock: the next one that writes there removes it.
"""

from __future__ import annotations

import os
import stat

try:
    import fcntl
except ImportError:  # Windows: nothing is locked there, and nothing is removed
    fcntl = None  # type: ignore[assignment]

TYPE_CHECKING = False  # that of typing, whose import takes as long as all else that a picture from the cache needs
if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import IO

PART = ".archdraw-{}.part"
"""The name of a part."""

_swept: set[str] = set()
_parts: set[str] = set()
"""The parts that this process writes."""


def write_whole(path: str | Path, data: bytes) -> None:
    """Writes ``data`` to ``path`` at once, as :class:`whole_file` does. Raises :class:`OSError`.

    A file that has these bytes already only gets the time of now.
    """
    if _touched(path, data):
        return
    with whole_file(path) as stream:
        stream.write(data)


def _touched(path: str | Path, data: bytes) -> bool:
    """Whether the regular file at ``path`` holds ``data``, and has the time of now as if it were written."""
    try:
        status = os.stat(path)
        if status.st_size != len(data) or not stat.S_ISREG(status.st_mode):
            return False
        with open(path, "rb") as stream:
            if stream.read() != data:
                return False
        os.utime(path)
    except OSError:
        return False
    return True


def give_up() -> None:
    """Removes all parts of this process, which ends now."""
    for part in list(_parts):
        _remove(part)


class whole_file:  # noqa: N801  it is used like a function
    """A stream whose bytes are at ``path`` when the block ends, all at once; an error leaves what was there before.

    Folders that are missing are made, links are followed. The bytes go to a new file in the same folder that takes the
    place of the old one when it is complete. What is no regular file (a device, a pipe) is written directly. Raises
    :class:`OSError`.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._target = os.path.realpath(path)
        self._part = ""

    def __enter__(self) -> IO[bytes]:
        if os.path.isdir(self._target):
            raise IsADirectoryError(21, "it is a folder", str(self._path))
        if os.path.exists(self._target) and not os.path.isfile(self._target):
            self._stream: IO[bytes] = open(self._target, "wb")
            return self._stream
        folder = os.path.dirname(self._target)
        try:
            os.makedirs(folder, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(20, f"{folder} is not a folder", str(self._path)) from error
        _sweep(folder)
        self._part, self._stream = _part_in(folder)
        return self._stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._part:
            self._stream.close()
            return
        try:
            if kind is None:
                self._put()
            else:
                self._stream.close()
        except BaseException:
            _remove(self._part)
            raise
        if kind is not None:
            _remove(self._part)

    def _put(self) -> None:
        """Gives the part its name."""
        # Closed first, as a full disk is reported then at the latest; the copy keeps the lock until the part has gone.
        lock = None if fcntl is None else os.dup(self._stream.fileno())
        try:
            self._stream.close()
            if os.path.exists(self._target):
                os.chmod(self._part, stat.S_IMODE(os.stat(self._target).st_mode))
            os.replace(self._part, self._target)
            _parts.discard(self._part)
        finally:
            if lock is not None:
                os.close(lock)


def _part_in(folder: str) -> tuple[str, IO[bytes]]:
    """A new part in ``folder``, locked, and its name."""
    while True:
        # Not tempfile: its files can be read by nobody else, and a picture is made with the rights of any other file.
        part = os.path.join(folder, PART.format(os.urandom(8).hex()))
        _parts.add(part)
        try:
            stream = open(part, "xb")
            if fcntl is None:
                return part, stream
            try:
                fcntl.flock(stream, fcntl.LOCK_EX)
            except OSError:  # a file system without locks: nothing is removed there either
                return part, stream
            if os.path.exists(part):
                return part, stream
            stream.close()
            _remove(part)  # as another run has done, before it was locked
        except BaseException:
            _remove(part)
            raise


def _sweep(folder: str) -> None:
    """Removes the parts in ``folder`` that nobody writes any more; once in a run."""
    if fcntl is None or folder in _swept:
        return
    _swept.add(folder)
    start, end = PART.split("{}")
    for name in os.listdir(folder):
        if not (name.startswith(start) and name.endswith(end)):
            continue
        part = os.path.join(folder, name)
        try:
            with open(part, "r+b") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(part)
        except OSError:
            continue  # somebody writes it, or it has gone


def _remove(part: str) -> None:
    _parts.discard(part)
    remove_if_possible(part)


def remove_if_possible(path: str) -> None:
    """Removes the file at ``path``; where that cannot be, it stays."""
    try:
        os.unlink(path)
    except OSError:
        return
