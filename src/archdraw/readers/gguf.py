"""GGUF files: their metadata as a config for the readers of the families.

A GGUF file has less than a config.json. What its tensors show (a vocabulary, biases, a head of its own) is taken from
them; what neither has is left to the defaults of the family, and the spec is marked incomplete for it. Keys:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#standardized-key-value-pairs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from archdraw.readers.agreement import assumed_sizes, disagreements
from archdraw.readers.checked import checked
from archdraw.readers.completed import completed
from archdraw.readers.family import is_unknown
from archdraw.readers.gguf_architectures import ARCHITECTURES
from archdraw.readers.gguf_keys import BIASED, COMMON, IGNORED, Architecture
from archdraw.readers.no_models import no_model
from archdraw.readers.reading import Reading, reading_of
from archdraw.readers.traced import Origin, traced
from archdraw.weights.gguf_header import GgufHeader, Omitted
from archdraw.weights.gguf_parts import first_of, part_of, read_parts
from archdraw.weights.refusal import refusal
from archdraw.weights.storage import stored_bytes
from archdraw.weights.tensors import Tensor, tensors

NOT_SHOWN = ("sliding_window", "attention_chunk_size", "num_experts_per_tok", "num_attention_heads")
"""Sizes that no tensor shows."""


def read_gguf_model(path: str | Path) -> Reading:
    """The model of the GGUF file at ``path``, a part of several for all of them.

    Raises :class:`InputError` where the file is damaged, holds no model, or lacks what a model needs: sizes that are
    not in it are those of its tensors, or it is refused. They are never those of its class.
    """
    file = first_of(Path(path))
    header, missing = read_parts(file)
    if (what := no_model(header)) is not None:
        raise refusal(file, *what)
    config, reasons, unknown = config_of(header, file)
    if missing:
        reasons.insert(0, f"a part is missing: {', '.join(missing[:3])}" + (" ..." if len(missing) > 3 else ""))
    name = header.metadata.get("general.name")
    called = name.strip() if isinstance(name, str) and name.strip() and name.isprintable() else file.stem
    keys = keys_of(header)

    if kind_of(header) not in ARCHITECTURES and is_unknown(config) and header.tensors and not missing:
        said = [*reasons, *unknown]
        made = completed("", config, file.as_posix(), called[:80], header.tensors, incomplete=said, keys=keys)
        if made is not None:
            return replace(made, stored_bytes=stored_bytes(header.tensors))

    def read(**changes: Any) -> Reading:
        why = [*reasons, *unknown]
        return reading_of("", config | changes, file.as_posix(), called[:80], incomplete=why, keys=keys)

    tied: dict[str, bool] = {}
    if missing and "output.weight" not in (tensor.name for tensor in header.tensors):
        tied, said = _tied_or_not(read, header)
        reasons += said
    reading = read(**tied)
    wrong = disagreements(reading, header.tensors, with_missing=not missing) if header.tensors else []
    sure = bool(header.tensors) and not wrong and not missing
    _refuse_what_is_assumed(reading, header, unknown, file, sure)
    if wrong:
        reasons += wrong
        reading = read(**tied)
    return replace(reading, stored_bytes=None if missing else stored_bytes(header.tensors) or None)


def _tied_or_not(read: Callable[..., Reading], header: GgufHeader) -> tuple[dict[str, bool], list[str]]:
    """Whether there is one table, by the number of tensors in all parts; with a reason where that is undecided."""
    rotations = sum(tensor.name.startswith("rope_f") for tensor in header.tensors)
    for tied in (True, False):
        block = checked(read(tie_word_embeddings=tied))[1]
        found = sum(not (tensor.tied or tensor.auxiliary) for tensor in tensors(block))
        if found + rotations == header.metadata.get("split.tensors.count"):
            return {"tie_word_embeddings": tied}, []
    return {}, ["whether the output layer has a table of its own is in the part that is missing"]


def _refuse_what_is_assumed(reading: Reading, header: GgufHeader, unknown: list[str], file: Path, sure: bool) -> None:
    """Refuses a reading that has sizes of its class, or passes over keys of an unknown architecture.

    Where the tensors are ``sure`` to be those of the model, only sizes count that they do not show. Raises
    :class:`InputError`.
    """
    kind = kind_of(header)
    if unknown and kind not in ARCHITECTURES and not sure:
        names = ", ".join(one.removeprefix("unrecognized key ") for one in unknown[:4])
        message = f"GGUF files of {kind} are not read: what {names} mean is not known"
        raise refusal(file, message, "read the model's config.json")
    assumed = [key for key in assumed_sizes(reading) if not sure or key in NOT_SHOWN]
    if assumed:
        own = keys_of(header)
        listed = ", ".join(own.get(key, key) for key in assumed[:6])
        are = "is" if len(assumed) == 1 else "are"
        message = f"{listed} {are} not in this GGUF file of {kind}, and its class's sizes need not be this model's"
        raise refusal(file, message, "read the model's config.json")


def kind_of(header: GgufHeader) -> str:
    """The file's ``general.architecture``."""
    return str(header.metadata.get("general.architecture"))


def keys_of(header: GgufHeader) -> dict[str, str]:
    """The file's own metadata keys by their names in a config.json."""
    kind = kind_of(header)
    named = {**COMMON, **_architecture(kind).keys}
    names = {config_key: f"{kind}.{key}" for key, config_key in named.items()}
    return {"model_type": "general.architecture", "architectures": "general.architecture", **names}


def _architecture(kind: str) -> Architecture:
    return ARCHITECTURES.get(kind, Architecture(kind.replace("-", "_")))


def config_of(header: GgufHeader, file: Path) -> tuple[dict[str, Any], list[str], list[str]]:
    """The metadata as a config.json would have it, its values with their metadata keys; why it is incomplete; and
    that of unknown keys.

    Raises :class:`InputError` where no architecture is named.
    """
    kind = header.metadata.get("general.architecture")
    part = part_of(file)
    if kind is None and part is not None and part.number > 1:
        message = (
            f"this is part {part.number} of {part.total} of a model, and the first part, which describes it, is not"
        )
        raise refusal(file, f"{message} here", f"put {part.other(1).name} beside it")
    if not isinstance(kind, str) or not kind.isprintable() or len(kind) > 60:
        raise refusal(file, "this GGUF file has no general.architecture")
    metadata = {
        key.removeprefix(f"{kind}."): _traced(key, value)
        for key, value in header.metadata.items()
        if key.startswith(f"{kind}.")
    }
    known = _architecture(kind)
    used = {"rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length"}
    config: dict[str, Any] = {"model_type": known.model_type, **known.settings}
    for key, name in {**COMMON, **known.keys}.items():
        used.add(key)
        if key in metadata and not isinstance(metadata[key], Omitted):
            config[name] = metadata[key]
    _positions(config, metadata, used, header)
    reason = known.finish(config, metadata, used) if known.finish is not None else ""
    if metadata.get("attention.value_length") in (None, metadata.get("attention.key_length")):
        used.add("attention.value_length")
    if header.tensors:
        _from_tensors(config, {tensor.name: tensor for tensor in header.tensors})
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if "vocab_size" not in config and isinstance(tokens, Omitted):
        config["vocab_size"] = _traced("tokenizer.ggml.tokens", tokens.length)
    for name in ("num_attention_heads", "num_key_value_heads", "intermediate_size"):
        _one_for_all(config, name)
    unknown = [key for key in metadata if key not in used and key not in IGNORED]
    reasons = [f"unrecognized key {kind}.{key}" for key in unknown]
    return {key: value for key, value in config.items() if value is not None}, [reason] * bool(reason), reasons


def _traced(key: str, value: Any) -> Any:
    """A value of the metadata, and those in a list, with their key."""
    if isinstance(value, list):
        return [_traced(key, item) for item in value]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    return traced(value, origins=(Origin((key,)),), is_direct=True)


def _positions(config: dict[str, Any], metadata: Mapping[str, Any], used: set[str], header: GgufHeader) -> None:
    """Rotations: how many features of a head turn, and how positions are stretched."""
    turning, heads = metadata.get("rope.dimension_count"), metadata.get("attention.head_count")
    width = config.get("head_dim")
    if width is None and isinstance(heads, int) and heads and isinstance(config.get("hidden_size"), int):
        width = config["hidden_size"] // heads
    if isinstance(turning, int) and isinstance(width, int) and 0 < turning < width:
        config["partial_rotary_factor"] = turning / width
    used.add("rope.dimension_count")
    kind = metadata.get("rope.scaling.type")
    if isinstance(kind, str) and kind != "none":
        scaling: dict[str, Any] = {"rope_type": kind}
        for key, name in (("factor", "factor"), ("original_context_length", "original_max_position_embeddings")):
            if f"rope.scaling.{key}" in metadata:
                scaling[name] = metadata[f"rope.scaling.{key}"]
        config["rope_scaling"] = scaling
    elif any(tensor.name == "rope_freqs.weight" for tensor in header.tensors):
        config["rope_scaling"] = {"rope_type": "llama3"}


def _from_tensors(config: dict[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """What the tensors show: the vocabulary, whether the head is the embedding's table, biases."""
    table = tensors.get("token_embd.weight")
    if table is not None and len(table.shape) == 2:
        config["vocab_size"] = _traced("token_embd.weight", table.shape[0])
        config["tie_word_embeddings"] = "output.weight" not in tensors
    query = next((name for name in tensors if name.endswith((".attn_q.weight", ".attn_qkv.weight"))), None)
    if config["model_type"] in BIASED and query is not None:
        config["attention_bias"] = query.replace(".weight", ".bias") in tensors


def _one_for_all(config: dict[str, Any], name: str) -> None:
    """A list with the same number for each layer is that number, as configs have it."""
    values = config.get(name)
    if isinstance(values, list) and values and all(value == values[0] for value in values):
        config[name] = values[0]
