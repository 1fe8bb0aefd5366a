"""A config and its tensors: completed by them where its family is unknown, compared with them where it is known."""

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
from archdraw.readers.completed import completed
from archdraw.readers.from_tensors import weights_of
from archdraw.readers.reading import Reading, read_content
from archdraw.weights.packing import is_matrix, unpacked
from archdraw.weights.storage import stored_bytes
from archdraw.weights.tensors import Tensor, tensors

MOST_LINES = 2
"""Differences that are named; ``archdraw check --weights`` lists them all."""

_HEAD = re.compile(r"(?:^|\.)(?:lm_head|embed_out)\.weight$")


def completed_by(
    text: str, data: Mapping[str, Any], config: Path, name: str, stored: Sequence[Tensor]
) -> Reading | None:
    """The model of a config of an unknown family, completed by what is ``stored``; None where that is of no use."""
    found = completed(text, data, config.as_posix(), name, stored)
    return None if found is None else replace(found, stored_bytes=stored_bytes(stored))


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


def compared(text: str, data: Mapping[str, Any], config: Path, name: str, stored: Sequence[Tensor]) -> Reading:
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
