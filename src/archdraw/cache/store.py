"""Bytes kept under keys, in a folder of the user's, up to a size: what was not used for longest goes first.

An entry is one file: the digest of its bytes, and its bytes. One that is cut or damaged is no entry. Files are written
whole, so any number of runs can use one folder at once. Where nothing can be written nothing is kept.
"""

from __future__ import annotations

import os
import sys

from archdraw.files import remove_if_possible, write_whole

try:
    from _blake2 import blake2b  # what hashlib gives for it, without loading OpenSSL, which takes 4 ms
except ImportError:
    from hashlib import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT_FOLDER, ENVIRONMENT_SIZE = "ARCHDRAW_CACHE_DIR", "ARCHDRAW_CACHE_SIZE"
"""Variables: the folder of the cache, empty for no cache; the most that it holds, in MiB."""
MOST = 1024
"""The most that the cache holds where nothing else is said, in MiB."""
MEGABYTE = 1 << 20
LENGTH = 16
"""Bytes of a digest."""
SUFFIX = ".kept"
TAG = "CACHEDIR.TAG"
"""A file by which programs that make backups leave a cache out (https://bford.info/cachedir)."""
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55\n# What archdraw keeps; it makes it again.\n"


def digest(*parts: str | bytes) -> str:
    """One digest of ``parts``, in hexadecimal; where one ends and the next begins makes a difference."""
    return _digest(*parts).hex()


def _digest(*parts: str | bytes) -> bytes:
    made = blake2b(digest_size=LENGTH)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        made.update(b"%d:" % len(data))
        made.update(data)
    return made.digest()


def usual_folder() -> str:
    """Where the cache is by the usage of this system, or where ``ARCHDRAW_CACHE_DIR`` says; empty for no cache."""
    given = os.environ.get(ENVIRONMENT_FOLDER)
    if given is not None:
        return os.path.abspath(given) if given else ""
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return ""  # nobody's home
    if sys.platform == "win32":
        return os.path.join(
            os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"), "archdraw", "Cache"
        )
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "archdraw")
    given = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(given if os.path.isabs(given) else os.path.join(home, ".cache"), "archdraw")


def usual_size() -> int:
    """The most bytes that the cache holds: those of ``ARCHDRAW_CACHE_SIZE`` where it is a whole number of MiB."""
    given = os.environ.get(ENVIRONMENT_SIZE, "")
    return (int(given) if given.isdecimal() else MOST) * MEGABYTE


class Store:
    """The cache in ``folder``, which holds ``most`` bytes after :meth:`trim`."""

    def __init__(self, folder: str, most: int) -> None:
        self.folder, self.most = folder, most
        self._added = False

    def get(self, key: str) -> bytes | None:
        """The bytes under ``key``; None where there are none, or not all of them as they were put there."""
        path = self._path(key)
        try:
            with open(path, "rb") as stream:
                found = stream.read()
            data = found[LENGTH:]
            if found[:LENGTH] != _digest(key, data):
                os.unlink(path)
                return None
            os.utime(path)  # used now: it goes last
        except OSError:
            return None
        return data

    def put(self, key: str, data: bytes) -> bool:
        """Keeps ``data`` under ``key``; whether it could."""
        try:
            if not self._added:
                self._begin()
            write_whole(self._path(key), _digest(key, data) + data)
        except OSError:
            return False
        self._added = True
        return True

    def entries(self) -> Iterator[tuple[float, int, str]]:
        """Of each entry: when it was last used, its bytes, and its file."""
        try:
            with os.scandir(self.folder) as files:
                for file in files:
                    if file.name.endswith(SUFFIX):
                        try:
                            status = file.stat()
                        except OSError:
                            continue  # another run has removed it
                        yield status.st_mtime, status.st_size, file.path
        except OSError:
            return

    def trim(self) -> None:
        """Removes what was not used for longest, where something was put and all is more than it holds."""
        if not self._added:
            return
        found = sorted(self.entries())
        too_much = sum(size for _, size, _ in found) - self.most
        for _, size, path in found:
            if too_much <= 0:
                break
            too_much -= size
            remove_if_possible(path)

    def clear(self) -> tuple[int, int]:
        """Removes every entry; how many there were, and their bytes. Raises :class:`OSError` where one cannot be."""
        number = total = 0
        for _, size, path in list(self.entries()):
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
            number, total = number + 1, total + size
        remove_if_possible(os.path.join(self.folder, TAG))
        try:
            os.rmdir(self.folder)
        except OSError:
            pass  # something else is in it, or it was never made
        return number, total

    def _begin(self) -> None:
        tag = os.path.join(self.folder, TAG)
        if not os.path.exists(tag):
            write_whole(tag, SIGNATURE)

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key + SUFFIX)


def usual_store() -> Store | None:
    """The cache in the usual place; None where there is none."""
    folder = usual_folder()
    return Store(folder, usual_size()) if folder else None
