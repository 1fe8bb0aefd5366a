"""A config of an unknown family and its tensors: their names and shapes say what the config does not.

First the config is read by its keys, then as each family that the tensors may be of; a reading whose tensors are all
those of the file is verified, and complete. Where there is none, the model is drawn as the modules of its tensors: its
counts are exact, what its boxes compute is not known, and it is incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdraw.errors import InputError
from archdraw.readers.agreement import comparison
from archdraw.readers.components import CONTEXT
from archdraw.readers.config import LARGEST, Config
from archdraw.readers.draft import Draft
from archdraw.readers.family import Family, family_of
from archdraw.readers.from_tensors import boxes, draft_of, module_of, stack_of, weights_of
from archdraw.readers.heads import with_head
from archdraw.readers.reading import Reading, reading_of
from archdraw.readers.resembling import resembling
from archdraw.readers.text_parts import SECTIONS, towers_behind
from archdraw.readers.unknown import UNKNOWN
from archdraw.readers.weights_only import candidates
from archdraw.weights.differences import Comparison
from archdraw.weights.packing import is_matrix, unpacked
from archdraw.weights.tensors import Tensor


def completed(
    text: str,
    data: Mapping[str, Any],
    file: str,
    name: str,
    stored: Sequence[Tensor],
    *,
    incomplete: Sequence[str] = (),
    keys: Mapping[str, str] | None = None,
    whose: str = "its tensors",
) -> Reading | None:
    """The model of the config ``data`` whose tensors are ``stored``; None where those do not give their shapes.

    ``whose`` is what the tensors are called in reasons; those marked as buffers are compared and not counted. The other
    arguments are those of :func:`archdraw.readers.reading.reading_of`.
    """
    tensors = unpacked(stored)
    if any(tensor.packed and is_matrix(tensor) for tensor in tensors):
        return None
    wanted = weights_of(tensors)
    nearest: list[str] = []
    more: tuple[Mapping[str, Any], list[str], list[Tensor]] | None = None
    hidden = [*incomplete, *_not_in_tensors(data)]
    for config, assumed in [(dict(data), list[str]()), *candidates(wanted, data)]:
        own, reasons = config == data, [*assumed, *hidden]
        try:
            reading = reading_of(text if own else "", config, file, name, incomplete=reasons, keys=keys, verified=True)
            result = comparison(reading, wanted)
        except InputError:
            continue
        if not result.differences and not result.renamed:
            return reading
        if more is None and _only_more(result, wanted):
            names = {difference.name for difference in result.differences}
            more = config, reasons, [tensor for tensor in wanted if tensor.name in names]
        found = [f"as a known family, {line}" for line in (*result.lines(), *result.renamed_lines())]
        nearest = found if not nearest or len(found) < len(nearest) else nearest
    called = _called(data)
    known = resembling(text, data, file, name, wanted, incomplete=incomplete, called=called, keys=keys)
    if known is not None:
        return known
    if more is not None:
        return _with_more(*more, file, name)
    reasons = [f"{called}: counted and drawn by {whose}, what their modules compute is not known"]
    trained = [tensor for tensor in tensors if not tensor.buffer]
    return _as_modules(data, file, name, trained, [*reasons, *incomplete, *nearest[:2]], keys)


def _not_in_tensors(data: Mapping[str, Any]) -> list[str]:
    """What known keys of an unknown class leave open, and tensors do too: which layers slide."""
    parts = [data, *(value for key, value in data.items() if key in SECTIONS and isinstance(value, Mapping))]
    slide = any(
        part.get("sliding_window") and part.get("use_sliding_window") is not False and not part.get("layer_types")
        for part in parts
    )
    return ["which layers have the sliding_window is not in the tensors"] * slide


def _only_more(result: Comparison, wanted: Sequence[Tensor]) -> bool:
    """Whether the file has all tensors of a reading as they should be, and others, in other stacks of layers."""
    if result.renamed or any(difference.kind != "extra" for difference in result.differences):
        return False
    others = {difference.name for difference in result.differences}
    own = {stack_of(tensor.name) for tensor in wanted if tensor.name not in others} - {""}
    return not any(stack_of(name) in own for name in others)


def _with_more(
    config: Mapping[str, Any],
    reasons: Sequence[str],
    more: Sequence[Tensor],
    file: str,
    name: str,
) -> Reading:
    """The model that ``config`` describes with boxes for the tensors that it does not have, behind its embedding."""
    known = family_of(Config(config)) or UNKNOWN

    def read(whole: Config) -> Draft:
        whole.ignore(*known.ignored)
        made = with_head(known.read(whole), whole, known)
        made.layers = towers_behind(made.layers, boxes(more), made.hidden_size)
        return made

    said = [*reasons, f"tensors of modules that its family does not have, drawn as boxes: {_in_short(more)}"]
    return reading_of("", config, file, name, incomplete=said, family=Family((), read, own_heads=True), verified=True)


def _in_short(tensors: Sequence[Tensor]) -> str:
    """The modules of ``tensors``, the first few."""
    names = list(dict.fromkeys(module_of(tensor.name) for tensor in tensors))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _as_modules(
    data: Mapping[str, Any],
    file: str,
    name: str,
    tensors: Sequence[Tensor],
    incomplete: Sequence[str],
    keys: Mapping[str, str] | None,
) -> Reading:
    """The model as the modules of its ``tensors``."""

    def read(config: Config) -> Draft:
        for key in config.data:
            config.raw(key)
        context = next((size for key in CONTEXT if isinstance(size := config.data.get(key), int)), None)
        known = context if context is not None and 0 < context <= LARGEST else None
        return draft_of(tensors, known, tied=config.data.get("tie_word_embeddings") is True)

    family = Family((), read, own_heads=True)
    return reading_of("", data, file, name, incomplete=incomplete, keys=keys, family=family)


def _called(data: Mapping[str, Any]) -> str:
    """What a reason calls the family that ``data`` name."""
    names = data.get("architectures")
    kind = data.get("model_type") or (names[0] if isinstance(names, list) and names else "")
    return f'unknown model_type "{str(kind)[:40]}"' if kind else "no model_type"
