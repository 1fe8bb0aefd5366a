"""GGUF files: their metadata as a config for the readers of the families.

A GGUF file has less than a config.json. What its tensors show (a vocabulary, biases, a head of its own) is taken from
them; what neither has is left to the defaults of the family, and the spec is marked incomplete for it. Keys:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#standardized-key-value-pairs
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archdraw.readers.agreement import disagreements
from archdraw.readers.gguf_keys import COMMON, EXPERTS, GRANITE, IGNORED, LATENT, Keys
from archdraw.readers.reading import Reading, reading_of
from archdraw.readers.traced import Origin, traced
from archdraw.weights.gguf_header import GgufHeader, Omitted, read_gguf
from archdraw.weights.refusal import refusal
from archdraw.weights.tensors import Tensor


@dataclass(frozen=True)
class Architecture:
    """One ``general.architecture``: the model type whose config it becomes, its own keys, and fixed settings."""

    model_type: str
    keys: Keys = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[dict[str, Any], Mapping[str, Any], set[str]], str] | None = None
    """Changes the config, given the metadata behind the architecture's name, of which it may mark some as used.

    What it returns is a reason for which the spec is incomplete, or empty.
    """


def _llama(config: dict[str, Any], metadata: Mapping[str, Any], used: set[str]) -> str:
    """Mixtral goes by the same name."""
    used |= {"expert_count", "expert_used_count"}
    if metadata.get("expert_count"):
        config["model_type"] = "mixtral"
        config["num_local_experts"] = metadata["expert_count"]
        config["num_experts_per_tok"] = metadata.get("expert_used_count")
    return ""


def _deepseek(config: dict[str, Any], metadata: Mapping[str, Any], used: set[str]) -> str:
    """Head sizes are given as those of the latent form (since 2025) or of whole heads."""
    used |= {"attention.key_length_mla", "attention.value_length_mla", "attention.value_length", "rope.dimension_count"}
    used.add("expert_gating_func")
    rotated = metadata.get("rope.dimension_count")
    key = metadata.get("attention.key_length_mla", metadata.get("attention.key_length"))
    value = metadata.get("attention.value_length_mla", metadata.get("attention.value_length"))
    config.pop("head_dim", None)
    config["qk_rope_head_dim"], config["v_head_dim"] = rotated, value
    if isinstance(key, int) and isinstance(rotated, int):
        config["qk_nope_head_dim"] = key - rotated
    config["num_key_value_heads"] = config.get("num_attention_heads")
    if metadata.get("expert_gating_func") == 2:
        config["model_type"], config["scoring_func"] = "deepseek_v3", "sigmoid"
    if "expert_count" in metadata and "expert_group_count" not in metadata:
        config["n_group"] = config["topk_group"] = 1
        return "whether experts are chosen within groups is not in the file"
    return ""


def _gpt_oss(config: dict[str, Any], metadata: Mapping[str, Any], used: set[str]) -> str:
    """The width of an expert is called intermediate_size."""
    config["intermediate_size"] = config.pop("moe_intermediate_size", None) or config.get("intermediate_size")
    config["num_local_experts"] = config.pop("num_experts", None)
    return ""


def _gemma3(config: dict[str, Any], metadata: Mapping[str, Any], used: set[str]) -> str:
    """Which layers slide may be written out; else every sixth does not."""
    used.add("attention.sliding_window_pattern")
    pattern = metadata.get("attention.sliding_window_pattern")
    if isinstance(pattern, list):
        config["layer_types"] = ["sliding_attention" if slides else "full_attention" for slides in pattern]
    elif isinstance(pattern, int):
        config["sliding_window_pattern"] = pattern
    return ""


ARCHITECTURES: Mapping[str, Architecture] = {
    "llama": Architecture("llama", finish=_llama),
    "mistral3": Architecture("mistral"),
    "qwen2": Architecture("qwen2"),
    "qwen2moe": Architecture("qwen2_moe", EXPERTS),
    "qwen3": Architecture("qwen3"),
    "qwen3moe": Architecture("qwen3_moe", EXPERTS, {"norm_topk_prob": True}),
    "gemma": Architecture("gemma"),
    "gemma2": Architecture("gemma2"),
    "gemma3": Architecture("gemma3_text", finish=_gemma3),
    "gpt-oss": Architecture("gpt_oss", EXPERTS, {"attention_bias": True}, _gpt_oss),
    "deepseek2": Architecture("deepseek_v2", LATENT, finish=_deepseek),
    "granite": Architecture("granite", GRANITE),
    "olmo2": Architecture("olmo2"),
    "phi3": Architecture("phi3"),
    "gpt2": Architecture("gpt2"),
    "command-r": Architecture("cohere", {"logit_scale": "logit_scale"}),
    "glm4moe": Architecture("glm4_moe", LATENT),
    "smollm3": Architecture("smollm3"),
    "starcoder2": Architecture("starcoder2"),
    "falcon": Architecture("falcon"),
    "bloom": Architecture("bloom"),
}


def read_gguf_model(path: str | Path) -> Reading:
    """The model of the GGUF file at ``path``.

    Raises :class:`InputError` where the file is damaged, or lacks what a model needs.
    """
    file = Path(path)
    header = _whole(file, read_gguf(file))
    config, reasons = config_of(header, file)
    name = header.metadata.get("general.name")
    called = name.strip() if isinstance(name, str) and name.strip() and name.isprintable() else file.stem
    keys = keys_of(header)
    reading = reading_of("", config, file.as_posix(), called[:80], incomplete=reasons, keys=keys)
    if header.tensors:
        wrong = disagreements(reading, header.tensors)
        if wrong:
            reasons += wrong
            reading = reading_of("", config, file.as_posix(), called[:80], incomplete=reasons, keys=keys)
    return reading


def keys_of(header: GgufHeader) -> dict[str, str]:
    """The file's own metadata keys by their names in a config.json."""
    kind = str(header.metadata.get("general.architecture"))
    named = {**COMMON, **_architecture(kind).keys}
    names = {config_key: f"{kind}.{key}" for key, config_key in named.items()}
    return {"model_type": "general.architecture", "architectures": "general.architecture", **names}


def _architecture(kind: str) -> Architecture:
    return ARCHITECTURES.get(kind, Architecture(kind.replace("-", "_")))


def config_of(header: GgufHeader, file: Path) -> tuple[dict[str, Any], list[str]]:
    """The metadata as a config.json would have it, its values with their metadata keys, and why it is incomplete.

    Raises :class:`InputError` where no architecture is named.
    """
    kind = header.metadata.get("general.architecture")
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
    return {key: value for key, value in config.items() if value is not None}, [reason] * bool(reason) + reasons


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
    if config["model_type"] in ("llama", "mistral", "qwen3", "qwen3_moe", "granite", "glm4_moe"):
        config["attention_bias"] = "blk.0.attn_q.bias" in tensors


def _one_for_all(config: dict[str, Any], name: str) -> None:
    """A list with the same number for each layer is that number, as configs have it."""
    values = config.get(name)
    if isinstance(values, list) and values and all(value == values[0] for value in values):
        config[name] = values[0]


def _whole(file: Path, header: GgufHeader) -> GgufHeader:
    """A file that is one of several, with the tensors of all; with none where some of them are missing."""
    number = header.metadata.get("split.count")
    if not isinstance(number, int) or number < 2:
        return header
    stem, _, rest = file.name.partition("-00001-of-")
    others = [file.with_name(f"{stem}-{index:05}-of-{rest}") for index in range(2, min(number, 10_000) + 1)]
    if not rest or not all(other.is_file() for other in others):
        return GgufHeader(header.metadata, ())
    more = (tensor for other in others for tensor in read_gguf(other).tensors)
    return GgufHeader(header.metadata, (*header.tensors, *more))
