"""What keys are made of: the program, and the files that a picture is made from.

Small files count by their content, so that one that was only touched, copied or checked out again is the same. Large
ones, and those of a checkout of archdraw, count by size and time.
"""

from __future__ import annotations

import os
import sys

from archdraw.cache.store import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 1 << 20
"""Bytes of a file from which on it counts by size and time: a checkpoint, a font."""
ABSENT = "absent"
MODELS = (".yaml", ".yml", ".json", ".gguf", ".safetensors")
"""How the files end that count in a folder."""
ALONE = (".yaml", ".yml", ".json")
"""A file that ends so is read alone, unless its name is one of :data:`BESIDE`."""
BESIDE = (
    *("config.json", "params.json", "adapter_config.json", "model_index.json"),
    *("model.safetensors.index.json", "model.safetensors"),
)
"""Files of these names say together with others of their folder what a model is."""
RELEVANT = ("SOURCE_DATE_EPOCH",)
"""Variables of the environment that files depend on."""

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def program() -> str:
    """A digest of all that draws: archdraw, the libraries by their versions, this Python, and the environment.

    Raises :class:`OSError` where archdraw is no folder of files.

    An installed archdraw counts by the list of the digests of its files that every installation has. A checkout counts
    by sizes and times of its files, which a change of any of them changes.
    """
    beside = os.path.dirname(_PACKAGE)
    libraries = [(folder, _distributions(folder)) for folder in dict.fromkeys([beside, *sys.path])]
    own = next((name for name in libraries[0][1] if name.startswith("archdraw_nn-") and name.endswith("dist-info")), "")
    record = signature(os.path.join(beside, own, "RECORD")) if own else ABSENT
    if record == ABSENT:
        themes = os.path.join(os.path.dirname(beside), "themes")
        record = digest(tree(_PACKAGE), tree(themes))
    names = [name for _, found in libraries for name in found]
    return digest(sys.version, record, *names, *(os.environ.get(name, "") for name in RELEVANT))


def _distributions(folder: str) -> list[str]:
    """The names of what is installed in ``folder``, with versions."""
    try:
        return sorted(name for name in os.listdir(folder or ".") if name.endswith((".dist-info", ".egg-info")))
    except OSError:
        return []


def signature(path: str) -> str:
    """The state of what is at ``path``: a small file's content, a large one's size and time, a folder's models."""
    try:
        if os.path.isdir(path):
            return digest(*_states(path))
        with open(path, "rb") as stream:
            data = stream.read(LARGE)
            if len(data) < LARGE:
                return digest(data)
            return _state(os.fstat(stream.fileno()))
    except (OSError, ValueError):
        return ABSENT


def inputs(path: str) -> tuple[str, ...]:
    """What the model at ``path`` is read from: its file, and the folder around it where files beside it are read."""
    name = os.path.basename(path)
    if os.path.isdir(path) or (name.lower().endswith(ALONE) and name not in BESIDE and ".safetensors." not in name):
        return (path,)
    return (path, os.path.dirname(path) or ".")


def tree(folder: str) -> str:
    """The sizes and times of all files in ``folder`` and below, but for compiled ones. Raises :class:`OSError`."""
    return digest(*_states(folder, deep=True))


def _states(folder: str, *, deep: bool = False) -> Iterator[str]:
    """The files of ``folder`` with sizes and times: those of models, or ``deep``, all of them at any depth."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if deep and entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield f"{entry.name}/"
                yield from _states(entry.path, deep=True)
        elif deep or entry.name.lower().endswith(MODELS):
            try:
                yield f"{entry.name} {_state(entry.stat())}"
            except OSError:
                yield f"{entry.name} {ABSENT}"  # a link to nothing


def _state(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns}"
