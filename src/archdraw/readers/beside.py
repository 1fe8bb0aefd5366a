"""A config with its tensors: those of the files beside it, or those of its class where that is asked for.

A config of an unknown family is completed by them. One of a known family is read from its keys alone, and compared with
the weights that lie beside it: what they do not agree on makes it incomplete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from archdraw.errors import InputError, Problem, Span
from archdraw.readers.agreement import comparison
from archdraw.readers.checked import checked
from archdraw.readers.class_tensors import class_tensors
from archdraw.readers.completed import completed, is_unknown
from archdraw.readers.from_tensors import weights_of
from archdraw.readers.reading import Reading, content_of, is_config, model_name, read_content
from archdraw.weights.headers import INDEX_ENDING, read_tensors
from archdraw.weights.packing import is_matrix, unpacked
from archdraw.weights.storage import stored_bytes
from archdraw.weights.tensors import Tensor, tensors

CONFIGS = ("config.json", "params.json")
"""Names of the configs whose weights stand beside them; another file may be one of many in its folder."""

MOST_LINES = 2
"""Differences that are named; ``archdraw check --weights`` lists them all."""

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.safetensors$")
_HEAD = re.compile(r"(?:^|\.)(?:lm_head|embed_out)\.weight$")
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
        try:
            stored = read_tensors(beside)
        except InputError as error:
            # A clone without its large files: the config is still to be read.
            said = [replace(problem, severity="warning") for problem in error.problems] if unknown else []
        else:
            if not unknown:
                return _compared(text, data, config, called, stored)
            found = completed(text, data, config.as_posix(), called, stored)
            if found is not None:
                return replace(found, stored_bytes=stored_bytes(stored))
    if unknown and with_transformers:
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


def by_its_class(text: str, data: Mapping[str, Any], file: str, name: str) -> Reading:
    """The model of a config of an unknown family, completed by the tensors of its class."""
    found = class_tensors(data, file)
    heads = {one.tied for one in found.tensors if _HEAD.search(one.name)}
    if len(heads) == 1:
        data = {**data, "tie_word_embeddings": heads.pop()}
    whose = f"the tensors of {found.name} (transformers {found.version})"
    reading = completed(text, data, file, name, found.own, whose=whose)
    assert reading is not None, "tensors of a class are not packed"
    return reading


def _compared(text: str, data: Mapping[str, Any], config: Path, name: str, stored: Sequence[Tensor]) -> Reading:
    """The model of the content of ``config``, a known one; incomplete where the weights beside it are another's."""
    size = stored_bytes(stored)
    reading = replace(read_content(text, data, config, name), stored_bytes=size)
    try:
        result = comparison(reading, stored)
    except InputError:
        return reading  # Its values do not fit each other, which is reported where they are put together.
    if not result.differences:
        return reading
    if _alike(reading, stored):
        message = "the weights beside it have names that are not known, and as many parameters"
        said = Problem(message, Span(config.as_posix(), 1, 1), severity="warning")
        return replace(reading, warnings=(*reading.warnings, said))
    lines = list(result.lines())
    reasons = [f"by its weights, {line}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        reasons.append(f"{len(lines) - MOST_LINES} more differences from its weights, which check --weights lists")
    return replace(read_content(text, data, config, name, reasons), stored_bytes=size)


def _alike(reading: Reading, stored: Sequence[Tensor]) -> bool:
    """Whether a reading and what is stored have as many parameters."""
    plain = weights_of(unpacked(stored))
    if any(tensor.packed and is_matrix(tensor) for tensor in plain):
        return False
    _, block = checked(reading)
    return sum(tensor.count for tensor in plain) == sum(tensor.count for tensor in tensors(block))
