"""A config with its tensors: those of the files beside it, or those of its class where that is asked for.

A config of an unknown family is completed by them. One of a known family is read from its keys alone, and compared with
the weights that lie beside it: what they do not agree on makes it incomplete.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from archdraw.errors import InputError, Problem
from archdraw.readers.family import is_unknown
from archdraw.readers.reading import Reading, content_of, is_config, model_name, read_content
from archdraw.weights.files import INDEX_ENDING

CONFIGS = ("config.json", "params.json")
"""Names of the configs whose weights stand beside them; another file may be one of many in its folder."""

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.safetensors$")
_OTHERS = ("adapter_", "consolidated")
"""Beginnings of files that hold no whole model, or the same one again under other names."""


def read_with_tensors(config: Path, *, name: str = "", with_transformers: bool = False) -> Reading:
    """The model of the file ``config``, called ``name`` or by its file, completed by its tensors or compared with them.

    ``with_transformers``: the class of an unknown family without weights is built for its tensors. Raises
    :class:`InputError` with everything that is wrong with the config, and where that class is not to be had.
    """
    called = name or model_name(config)
    text, data = content_of(config)
    unknown = is_config(data) and is_unknown(data)
    beside = weights_beside(config) if config.name in CONFIGS else []
    said: list[Problem] = []
    if beside:
        from archdraw.readers.tensors_beside import compared, completed_by
        from archdraw.weights.headers import read_tensors

        try:
            stored = read_tensors(beside)
        except InputError as error:
            # A clone without its large files: the config is still to be read.
            said = [replace(problem, severity="warning") for problem in error.problems] if unknown else []
        else:
            if not unknown:
                return compared(text, data, config, called, stored)
            found = completed_by(text, data, config, called, stored)
            if found is not None:
                return found
    if unknown and with_transformers:
        from archdraw.readers.tensors_beside import by_its_class

        found = by_its_class(text, data, config.as_posix(), called)
        return replace(found, warnings=(*found.warnings, *said))
    reading = read_content(text, data, config, called)
    return replace(reading, warnings=(*reading.warnings, *said))


def weights_beside(config: Path) -> list[Path]:
    """The files with the weights of the model whose config is ``config``; none where not all of them are there.

    They are an index, or else the one file of a model, or all its parts.
    """
    index = sorted(config.parent.glob(f"*.safetensors{INDEX_ENDING}"))
    if index:
        return index[:1]
    files = sorted(file for file in config.parent.glob("*.safetensors") if file.is_file())
    own = [file for file in files if not file.name.startswith(_OTHERS)] or files
    parts = [found for file in own if (found := _PART.search(file.name))]
    if parts and len(parts) != int(parts[0][2]):
        return []
    return own
