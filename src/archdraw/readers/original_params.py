"""``params.json``, the config of Mistral's and Llama's original formats, as a config.json has it.

Keys: ``ModelArgs`` of https://github.com/meta-llama/llama3 and ``TransformerArgs`` of
https://github.com/mistralai/mistral-inference
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from archdraw.readers.config import LARGEST

KEYS = {
    "dim": "hidden_size",
    "n_layers": "num_hidden_layers",
    "n_heads": "num_attention_heads",
    "n_kv_heads": "num_key_value_heads",
    "head_dim": "head_dim",
    "hidden_dim": "intermediate_size",
    "norm_eps": "rms_norm_eps",
    "vocab_size": "vocab_size",
    "rope_theta": "rope_theta",
    "sliding_window": "sliding_window",
    "max_seq_len": "max_position_embeddings",
    "max_position_embeddings": "max_position_embeddings",
    "tied_embeddings": "tie_word_embeddings",
    "use_biases": "attention_bias",
}
"""Keys of both formats, and what config.json calls them."""

EXPERTS = {"num_experts": "num_local_experts", "num_experts_per_tok": "num_experts_per_tok"}
"""Keys of Mistral's ``moe``."""

WITHOUT_BEARING = (
    *("multiple_of", "ffn_dim_multiplier", "use_scaled_rope", "max_batch_size", "quantization", "lora", "causal"),
    *("rope_scaling_factor", "high_freq_factor", "low_freq_factor", "norm_type", "attn_bias", "quantization_args"),
)
"""Keys that are read here, or say nothing of the structure."""

VOCABULARY_OF_LLAMA = 32_000
"""Rows of the tables of Llama 1 and 2, whose files say -1: as many as the tokenizer has."""

STRANGE = ("moe_args", "ffn_exp", "q_lora_rank", "kv_lora_rank", "state_size", "n_groups", "layer_types")
"""Keys of other structures than Llama's and Mixtral's: Llama 4, Mistral 3 Large, Mamba."""

ROTARY = {"rope_type": "llama3"}


@dataclass
class Params:
    """A params.json: ``data`` in the keys of a config.json, ``keys`` its own names of them, why it is incomplete."""

    data: dict[str, Any]
    keys: Mapping[str, str]
    incomplete: list[str] = field(default_factory=list)


def is_params(data: Mapping[str, Any]) -> bool:
    """Whether ``data`` are the keys of an original format: they call the hidden size ``dim``."""
    return "model_type" not in data and "architectures" not in data and {"dim", "n_layers", "n_heads"} <= data.keys()


def strange_key(data: Mapping[str, Any]) -> str:
    """A key of ``data`` that is of a structure which is not read from a params.json; empty for none."""
    experts = data.get("moe")
    within = experts if isinstance(experts, Mapping) else {}
    found = [key for key in STRANGE if data.get(key)]
    found += [f"moe.{key}" for key, value in within.items() if key not in EXPERTS and value]
    return next(iter(found), "")


def params_of(data: Mapping[str, Any]) -> Params:
    """``data`` of a params.json as a config.json; keys that are not known stay as they are."""
    is_llama = "hidden_dim" not in data
    made = {KEYS.get(key, key): value for key, value in data.items() if key not in WITHOUT_BEARING}
    made["model_type"] = "llama" if is_llama else "mistral"
    # A config.json has no name for these, or they are not Mistral's: the structure is Llama's in all.
    names = {value: key for key, value in KEYS.items() if key in data}
    found = Params(made, names)
    if is_llama:
        _width(data, made, found)
    if made.get("attention_bias") is False or (not is_llama and made.get("attention_bias") is None):
        made.pop("attention_bias", None)
    vocabulary = data.get("vocab_size")
    if vocabulary is None or vocabulary == -1:
        made["vocab_size"] = VOCABULARY_OF_LLAMA
        found.incomplete.append(f"the number of tokens is the tokenizer's; assumed: {VOCABULARY_OF_LLAMA:,}")
    if data.get("use_scaled_rope"):
        made["rope_scaling"] = _scaling(data)
        # Llama 3.2 of 1B and 3B ties its tables and says so nowhere.
        if isinstance(data.get("dim"), int) and data["dim"] < 4096:
            found.incomplete.append("whether the output layer has a table of its own is not in a params.json")
    yarn = made.pop("yarn", None)
    if isinstance(yarn, Mapping):
        known = {"original_max_position_embeddings": yarn.get("original_max_position_embeddings")}
        made["rope_scaling"] = {"rope_type": "yarn", "factor": yarn.get("factor"), **known}
    _experts(data, made, found)
    return found


def _width(data: Mapping[str, Any], made: dict[str, Any], found: Params) -> None:
    """The width of Llama's feed forwards: two thirds of four times the hidden size, stretched and rounded up."""
    hidden, multiple = data.get("dim"), data.get("multiple_of", 256)
    stretched = data.get("ffn_dim_multiplier")
    if not isinstance(hidden, int) or not isinstance(multiple, int) or multiple < 1 or abs(hidden) > LARGEST:
        return
    width = int(2 * 4 * hidden / 3)
    if isinstance(stretched, int | float) and 0 < stretched < 1000:
        width = int(stretched * width)
    made["intermediate_size"] = multiple * ceil(width / multiple)
    found.keys = {**found.keys, "intermediate_size": "multiple_of"}


def _scaling(data: Mapping[str, Any]) -> dict[str, Any]:
    """How Llama 3.1 and later stretch positions: the code has the numbers."""
    factor = data.get("rope_scaling_factor", 8.0)
    return ROTARY | {
        "factor": factor,
        "low_freq_factor": 1.0,
        "high_freq_factor": data.get("high_freq_factor", 4.0),
        "original_max_position_embeddings": 8192,
    }


def _experts(data: Mapping[str, Any], made: dict[str, Any], found: Params) -> None:
    """Mixtral's experts."""
    experts = made.pop("moe", None)
    if not isinstance(experts, Mapping):
        return
    made["model_type"] = "mixtral"
    made |= {EXPERTS[key]: value for key, value in experts.items() if key in EXPERTS}
    found.keys = {**found.keys, **{value: key for key, value in EXPERTS.items()}}
