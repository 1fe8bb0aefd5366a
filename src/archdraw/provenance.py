"""What a picture says of its origin, and reading that back: which version drew it, of which specs, by which command.

No time, no name of a user and no absolute path is in it: the same specs and options give the same bytes everywhere.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from archdraw.cache.keys import BESIDE, LARGE, inputs
from archdraw.cache.store import digest
from archdraw.errors import InputError
from archdraw.model_files import SUFFIXES, models_in
from archdraw.resources import specs_folder
from archdraw.version import VERSION

if TYPE_CHECKING:
    from archdraw.scene import Scene
    from archdraw.source import Document
    from archdraw.theme import Theme

ALL = "*"
"""In place of the name of a spec: all models that come with archdraw."""
LENGTH = 16
"""Hexadecimal figures of a digest: two specs of four billion have the same by chance."""
MOST = 8
"""Models that are named one by one."""
LONGEST = 1 << 16
"""Bytes of what is read of a file."""
_WEIGHTS = (".gguf", ".safetensors", ".index.json")
_PLACES = (
    (b"\x89PNG", rb"iTXtarchdraw\0{5}"),
    (b"%PDF", rb"<dc:source>"),  # of its XMP
    (b"PK", rb"<dc:identifier>"),  # of the properties of a file of PowerPoint
    (b"<mxfile", rb'(?<= )archdraw="'),  # draw.io
    (b"<", rb"<metadata>"),  # SVG
    (b"", rb"(?m:^%% )"),  # a comment in Mermaid
)
"""How a file begins, and what comes right before that which it says of its origin."""
_SAID = rb"(?=\{(?:\"|&quot;)archdraw)"


def marked(scene: Scene, specs: Mapping[str, str], using: Mapping[str, str], **more: str) -> Scene:
    """``scene`` as a picture of what :func:`about` is told."""
    return replace(scene, metadata=about(specs, using, **more))


def about(specs: Mapping[str, str], using: Mapping[str, str], **more: str) -> dict[str, Any]:
    """What a picture of ``specs`` says that is drawn ``using`` themes and the like, with ``more`` that is said of it.

    Both are digests by names.
    """
    said = {name: value for name, value in more.items() if value}
    return {"archdraw": VERSION, **said, "specs": dict(specs), **({"using": dict(using)} if using else {})}


def of_document(document: Document, *, own: bool) -> str:
    """The digest of the model in ``document``; ``own`` says whether its author wrote it, and no reader."""
    # Of a spec what was read counts, and not what its file has become meanwhile.
    return _of_text("\n".join(document.lines)) if own else digest_of(document.file)


def named(digests: Mapping[str, str]) -> dict[str, str]:
    """``digests`` of models, by their files, as a picture says them: those of a whole folder as one, if they are many.

    That of a folder has a name that ends in ``/``.
    """
    folders = {Path(file).parent for file in digests}
    if len(digests) > MOST and len(folders) == 1:
        (folder,) = folders
        if {Path(file).name for file in digests} == {file.name for file in models_of(folder)}:
            return {ALL if folder == specs_folder() else f"{name_of(folder)}/": _of_many(digests)}
    return {name_of(file): found for file, found in digests.items()}


def models_of(folder: Path) -> list[Path]:
    """The specs and configs in ``folder``."""
    names = models_in(file.name for file in folder.iterdir() if file.suffix.lower() in SUFFIXES)
    return [folder / name for name in sorted(names)]


def digest_of_folder(folder: Path) -> str:
    """One digest of all models in ``folder``, as :func:`named` makes it; empty where no folder is."""
    return _of_many({str(file): digest_of(file) for file in models_of(folder)}) if folder.is_dir() else ""


def _of_many(digests: Mapping[str, str]) -> str:
    return digest(*sorted(f"{Path(file).name} {found}" for file, found in digests.items()))[:LENGTH]


def name_of(path: str | Path) -> str:
    """What a picture calls the file at ``path``: as it was given, if that leads down from the working folder.

    >>> name_of("specs/tiny.yaml"), name_of("/home/ada/tiny.yaml"), name_of("../ada/tiny.yaml")
    ('specs/tiny.yaml', 'tiny.yaml', 'tiny.yaml')
    """
    file = PurePath(path)
    if file.parent == specs_folder() and file.suffix == ".yaml":
        return file.stem
    return file.as_posix() if _leads_down(file) else file.name


def theme_name(theme: str | Path | Theme) -> str:
    """What a picture calls its ``theme``; empty for the usual one."""
    name = name_of(theme) if isinstance(theme, str | Path) else theme.name
    return "" if name == "light" else name


def command(words: Iterable[str]) -> str:
    """``words`` as a command for a shell, in which no path says where a user's folders are."""
    return shlex.join(word if "://" in word or _leads_down(PurePath(word)) else PurePath(word).name for word in words)


def _leads_down(path: PurePath) -> bool:
    return not (path.anchor or ".." in path.parts or path.parts[:1] == ("~",))


def digest_of(path: str | Path) -> str:
    """The digest of the model at ``path``: of its content, however its lines end; empty where no file is.

    Of weights the size counts, which a change of the structure changes; other files beside a config count as it does.
    """
    own = Path(path)
    try:
        folders = [place for place in map(Path, inputs(str(path))) if place.is_dir()]
        beside = [_state(file) for folder in folders for file in sorted(folder.iterdir()) if _counts(file.name)]
        if own.is_dir():
            return digest(*beside)[:LENGTH]
        return digest(_state(own), *beside)[:LENGTH] if beside else _state(own)
    except (OSError, ValueError):
        return ""


def _counts(name: str) -> bool:
    """Whether a file of that ``name`` beside a config says what its model is."""
    return name in BESIDE or name.lower().endswith(_WEIGHTS)


def _state(file: Path) -> str:
    """Raises :class:`OSError`."""
    size = file.stat().st_size
    if size >= LARGE:
        return digest(str(size))[:LENGTH]
    from archdraw.source import decode

    data = file.read_bytes()
    try:
        return _of_text(decode(data))
    except InputError:
        return digest(data)[:LENGTH]


def _of_text(text: str) -> str:
    from archdraw.source import BREAK

    return digest("\n".join(BREAK.split(text)))[:LENGTH]


def found_in(picture: bytes) -> Mapping[str, Any] | None:
    """What ``picture``, the bytes of a file, says of its origin; None where it says nothing."""
    before = next(place for head, place in _PLACES if picture.startswith(head))
    if picture.startswith(b"PK"):
        picture = _properties(picture)
    for place in re.finditer(before + _SAID, picture):
        rest = picture[place.end() : place.end() + LONGEST].decode("utf-8", "replace")
        # Quotes are escaped in an attribute only, whose end would else come first.
        text = unescape(rest[: rest.find('"')] if rest.startswith("{&quot;") else rest)
        try:
            said, _ = json.JSONDecoder().raw_decode(text)
        except ValueError:
            continue
        if isinstance(said.get("archdraw"), str) and isinstance(said.get("specs"), dict):
            return {**said}
    return None


def _properties(archive: bytes) -> bytes:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return opened.read("docProps/core.xml")
    except (zipfile.BadZipFile, KeyError, RuntimeError):
        return b""
