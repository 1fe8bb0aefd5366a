"""Which pictures are older than their specs, themes and pages, by what they say of their origin."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from archdraw.doors import FORMATS
from archdraw.drawn_with import KINDS, NAMED, digest_with
from archdraw.errors import ArchdrawError
from archdraw.provenance import ALL, digest_of, digest_of_folder, found_in
from archdraw.resources import specs_folder
from archdraw.version import VERSION

SILENT = "does not say of which spec it was drawn; draw it again, without --no-metadata"
NOWHERE = "its {} {} is not found, neither from here nor from its own folder or those around it; --specs names others"
NO_FILE = "drawn of a text that was in no file"


def pictures(path: Path) -> Sequence[tuple[Path, Mapping[str, Any] | None]]:
    """The picture at ``path``, or all in that folder and below that say of what they were drawn, with what they say.

    Folders whose name begins with a dot are not looked into.

    Raises :class:`ArchdrawError` where one cannot be read, and where none is in a folder.
    """
    if not path.is_dir():
        return [(path, found_in(_read(path)))]
    endings = {f".{name}" for name in FORMATS.names()}
    found = [(file, said) for file in sorted(_below(path, endings)) if (said := found_in(_read(file))) is not None]
    if not found:
        raise ArchdrawError(f"{path}: no picture in this folder says of which spec it was drawn")
    return found


def _below(folder: Path, endings: set[str]) -> Iterator[Path]:
    """The files in ``folder`` and below that have one of ``endings``."""
    for around, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(around, name) for name in names if Path(name).suffix.lower() in endings)


def faults(picture: Path, said: Mapping[str, Any] | None, folders: Sequence[Path]) -> list[str]:
    """Why ``picture``, which says so of its origin, cannot be called up to date; empty for one that is.

    Its specs, and the files that it was drawn with, are looked for in ``folders``, in the working folder, and around
    the picture.
    """
    if said is None or not said["specs"]:
        return [SILENT]
    again = f"; to draw it again: {said['command']}" if isinstance(said.get("command"), str) else ""
    found = []
    for name, then in said["specs"].items():
        place = _place(str(name), picture, folders)
        if place is None:
            found.append(NO_FILE if name.startswith("<") else NOWHERE.format("spec", name))
        elif (now := _now(name, place)) == "" or then == "":
            found.append(f"whether {place} has changed cannot be said")
        elif now != then:
            found.append(f"stale: {'models' if name == ALL else place} changed since it was drawn{again}")
    return [*found, *_faults_of_files(picture, said.get("using"), folders, again)]


def _faults_of_files(picture: Path, using: object, folders: Sequence[Path], again: str) -> Iterator[str]:
    """The same of what the picture was drawn with in addition to its specs."""
    for words, then in using.items() if isinstance(using, dict) else ():
        said, _, name = str(words).partition(" ")
        kind = next((kind for kind in KINDS if kind == said), None)
        if kind is None:
            continue  # of a later version
        is_named = kind in NAMED and name in NAMED[kind].names()
        place = name if is_named else _below_one_of(name, picture, folders)
        if place is None:
            yield NOWHERE.format(kind, name)
        elif (now := digest_with(kind, place)) == "" or then == "":
            yield f"whether the {kind} {place} has changed cannot be said"
        elif now != then:
            yield f"stale: the {kind} {place} changed since it was drawn{again}"


def remarks(said: Mapping[str, Any] | None) -> list[str]:
    """What may have changed a picture that says so of its origin, and need not have: another version drew it."""
    version = VERSION if said is None else said["archdraw"]
    other = f"drawn by archdraw {version}; this is {VERSION}, which may draw it otherwise"
    return [] if version == VERSION else [other]


def _now(name: str, place: Path) -> str:
    return digest_of_folder(place) if name == ALL or name.endswith("/") else digest_of(place)


def _place(name: str, picture: Path, folders: Sequence[Path]) -> Path | None:
    """Where the spec of that ``name`` is; None where it is nowhere."""
    if name == ALL:
        return specs_folder()
    path = PurePosixPath(name)
    shipped = specs_folder() / f"{name}.yaml"
    if path.name == name and shipped.is_file():
        return shipped
    return _below_one_of(name, picture, folders)


def _below_one_of(name: str, picture: Path, folders: Sequence[Path]) -> Path | None:
    """The file of that ``name`` in ``folders``, the working folder, or around the picture; None where it is nowhere."""
    path = PurePosixPath(name)
    # What is written in a file is no reason to look anywhere but below these folders.
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    around = picture.absolute().parents
    whole = (folder / path for folder in (*folders, Path(), *around))
    alone = (folder / path.name for folder in (*folders, Path(), picture.parent))
    there = next((place for place in (*whole, *alone) if _is_there(place)), None)
    return None if there is None else Path(os.path.normpath(there))


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):
        return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArchdrawError(f"{path}: cannot be read: {error.strerror or error}") from None


def each(words: Sequence[str], folders: Sequence[Path]) -> Iterator[tuple[Path, list[str], list[str]]]:
    """The pictures that ``words`` name, with :func:`faults` and :func:`remarks`; that one cannot be read is a fault."""
    for word in words:
        try:
            found = pictures(Path(word))
        except ArchdrawError as error:
            yield Path(word), [str(error).removeprefix(f"{word}: ")], []
            continue
        for picture, said in found:
            yield picture, faults(picture, said, folders), remarks(said)
