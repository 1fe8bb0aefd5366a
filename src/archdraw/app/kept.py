"""Pictures of models in the cache: what one is kept under, and what is kept of it."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archdraw.app.jobs import Job, Made, Output
from archdraw.app.packed import NOT_AS_PACKED, packed, unpacked
from archdraw.cache.keys import ABSENT, inputs, program, signature, tree
from archdraw.cache.store import Store, digest
from archdraw.doors import DOORS
from archdraw.errors import as_plain, from_plain
from archdraw.model_files import slug_of

OPTIONS = tuple(one.name for one in fields(Output) if one.name != "path")
"""What of an output makes it another one."""


class Kept:
    """The pictures in ``store`` that this program makes. Raises :class:`OSError` where it is no folder of files."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.program = program()
        self.plugins = _plugins()
        """The state of what other packages add; empty where they add nothing."""

    def key(self, job: Job, output: Output) -> str:
        """What ``output`` of ``job`` is kept under: all that it depends on.

        Empty where that cannot be said: the model is no file, or a library reads it with whatever code it has.
        """
        return self._keys(job, (output,), signature)[0]

    def keys(self, jobs: Iterable[Job]) -> list[list[str]]:
        """The key of each output of each of ``jobs``; files are read once, however many outputs depend on them."""
        state = cache(signature)
        return [self._keys(job, job.outputs, state) for job in jobs]

    def _keys(self, job: Job, outputs: Sequence[Output], state: Callable[[str], str]) -> list[str]:
        models = [digest("text", str(job.spec), job.text)] if job.text else list(map(self.model, job.models))
        if not all(models) or job.with_transformers:
            return [""] * len(outputs)
        found = []
        for output in outputs:
            options = [f"{name}={getattr(output, name)}" for name in OPTIONS]
            files = [state(os.fspath(file)) for file in (output.theme, output.view, output.template, *output.fonts)]
            found.append(digest("picture", self.program, self.plugins, *models, *options, *files))
        return found

    def model(self, spec: Path) -> str:
        """The state of the model at ``spec``: its names, and the content of its files; empty where it is no file."""
        states = [signature(path) for path in inputs(os.fspath(spec))]
        if states[0] == ABSENT:
            return ""
        real = spec.resolve()
        # Its path is in messages, and a model that says no name is called like its file or folder.
        names = (str(spec), slug_of(spec), real.name, real.parent.name)
        return digest(*names, *states)

    def get(self, key: str) -> Made | None:
        """The picture under ``key``; None where there is none, or other fonts than today had to do with it."""
        found = self.store.get(key)
        if found is None:
            return None
        data, about, problems, fonts = marshal.loads(found)
        if fonts and fonts != self._fonts:
            return None
        title, description, width, height = about
        return Made(data, title, description, width, height, tuple(map(from_plain, problems)), not fonts)

    def put(self, key: str, made: Made, job: Job, output: Output) -> bool:
        """Keeps ``made`` under ``key``; whether it could, and the files of ``job`` are still those that it was of."""
        if not key or self.key(job, output) != key:
            return False
        about = (str(made.title), str(made.description), float(made.width), float(made.height))
        fonts = "" if made.own_letters else self._fonts
        return self.store.put(key, marshal.dumps((made.data, about, tuple(map(as_plain, made.problems)), fonts)))

    def add(self, data: bytes) -> str:
        """Keeps any other file under the key that is returned; empty where it cannot."""
        key = digest("file", data)
        return key if self.store.put(key, marshal.dumps((data,))) else ""

    def value_key(self, spec: Path, *what: str) -> str:
        """What that which ``what`` names of the model at ``spec`` is kept under; empty where it is no file."""
        model = self.model(spec)
        return digest("value", self.program, self.plugins, model, *what) if model else ""

    def several_key(self, specs: Sequence[Path], what: Sequence[str], files: Sequence[str | Path] = ()) -> str:
        """What that which ``what`` names of the models at ``specs`` together is kept under; empty where one is no file.

        ``files`` are others that it depends on, or names that are none.
        """
        models = [self.model(spec) for spec in specs]
        if not all(models):
            return ""
        signatures = (signature(os.fspath(one)) for one in files)
        return digest("several", self.program, self.plugins, *models, *what, *signatures)

    def part_key(self, name: str, part: bytes, theme: str, fonts: Sequence[str]) -> str:
        """What the drawing of one ``part`` of the view ``name`` is kept under."""
        files = [signature(file) for file in (theme, *fonts)]
        return digest("part", self.program, self.plugins, name, part, theme, *fonts, *files)

    def value(self, key: str) -> Any:
        """The records under ``key``; None where there are none, or other fonts than today had to do with them."""
        found = self.store.get(key) if key else None
        if found is None:
            return None
        try:
            fonts, value = unpacked(found)
        except NOT_AS_PACKED:
            return None
        return None if fonts and fonts != self._fonts else value

    def put_value(self, key: str, value: Any, *, own_letters: bool = True) -> None:
        """Keeps records under ``key``; nothing where something in them is none. ``own_letters`` as in :class:`Made`."""
        try:
            data = packed(("" if own_letters else self._fonts, value))
        except TypeError:
            return
        self.store.put(key, data)

    @cached_property
    def _fonts(self) -> str:
        """The state of the fonts of this computer."""
        from archdraw.typesetting import folders

        return digest("fonts", *(tree(str(one)) for folder in folders.FOLDERS if (one := folder.expanduser()).is_dir()))


def _plugins() -> str:
    """The state of all files of the packages that add something. Raises :class:`OSError` where one is not found."""
    states: list[str] = []
    for package in sorted({one.target.split(":")[0].split(".")[0] for door in DOORS for one in door.plugged()}):
        try:
            found = find_spec(package)
        except (ImportError, ValueError):
            found = None
        if found is None:
            raise OSError(f"{package} is not found")
        places = found.submodule_search_locations
        states += [tree(place) for place in places] if places else [signature(found.origin or "")]
    return digest(*states) if states else ""
