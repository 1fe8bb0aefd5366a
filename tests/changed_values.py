"""Changes values of configs as people do who design a model: consistently, so that a model of them could run."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

LAYERS = (
    "num_hidden_layers",
    "n_layer",
    "n_layers",
    "num_layers",
    "encoder_layers",
    "decoder_layers",
    "depth",
    "num_blocks",
)
HARMLESS = (
    *(
        "use_cache",
        "output_",
        "return_dict",
        "is_decoder",
        "is_encoder_decoder",
        "add_cross_attention",
        "gradient",
        "dropout",
    ),
    *(
        "_token",
        "torchscript",
        "do_sample",
        "fp32",
        "use_flash",
        "tie_encoder",
        "chunk_size_feed_forward",
        "problem_type",
    ),
    *("norm_topk_prob", "router_", "apply_spec", "deterministic", "cross_attention_hidden_size", "use_mamba_kernels"),
)
"""Parts of names of switches that change nothing that is stored, or what a model is used for."""
OTHER_NAMES = {"kimi_k25": ("vt_",), "bailing_hybrid": ("up_proj_norm",), "mpt": ("no_bias", "qk_ln")}
"""Beginnings of keys that only the code beside a model reads, by its type: the class does not follow them."""

WORDS = ("silu", "gelu", "relu")


def numbers(value: int, draw: random.Random) -> int:
    """Another size that most constraints bear: a multiple or a fraction by two or three."""
    return draw.choice([size for size in (value * 2, value // 2, value * 3, value * 3 // 2) if size > 0])


def places(data: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every key with its value, those of sections behind their names."""
    for key, value in data.items():
        if isinstance(value, dict) and key.endswith("_config"):
            yield from places(value, (*path, key))
        else:
            yield (*path, key), value


def is_size(key: str, value: Any) -> bool:
    """Whether a number is one of the structure: no id, no length of a text, no seed, no share."""
    structural = (
        *(
            "size",
            "heads",
            "dim",
            "layers",
            "layer",
            "experts",
            "rank",
            "kernel",
            "hidden",
            "width",
            "inner",
            "channels",
        ),
        *("groups", "depth", "n_embd", "d_model", "ffn", "state", "d_kv", "d_ff", "buckets", "window", "per_tok"),
    )
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and value > 0
        and any(word in key for word in structural)
        and not any(word in key for word in ("token_id", "_id", "max_", "index_topk", "image_size"))
    )


def changed(data: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """New values of two to four keys, by their dotted paths."""
    known = list(places(data))
    layers = [path for path, value in known if path[-1] in LAYERS and isinstance(value, int)]
    sizes = [path for path, value in known if is_size(path[-1], value) and path[-1] not in LAYERS]
    switches = [
        path for path, value in known if isinstance(value, bool) and not any(word in path[-1] for word in HARMLESS)
    ]
    words = [path for path, value in known if path[-1] in ("hidden_act", "hidden_activation", "activation_function")]
    at, new = dict(known), dict[str, Any]()
    pools = [pool for pool in (layers, sizes, sizes, switches, words) if pool]
    for _ in range(draw.randint(2, 4) if pools else 0):
        kind = draw.choice(pools)
        path = draw.choice(kind)
        value, key = at[path], ".".join(path)
        if kind is layers:
            number = draw.choice([count for count in (2, 3, 4, 5, 6, 8, 9, 12) if count != value])
            new |= {".".join(other): each for other, each in _of_layers(known, path, value, number)}
        elif kind is switches:
            new[key] = not value
        elif kind is words:
            new[key] = draw.choice([word for word in WORDS if word != value])
        else:
            new[key] = numbers(value, draw)
    return new


def _of_layers(known: list[tuple[tuple[str, ...], Any]], path: tuple[str, ...], old: int, number: int) -> Iterator[Any]:
    """What counts layers or has an entry for each, beside the key at ``path``."""
    for other, value in known:
        if other[:-1] != path[:-1]:
            continue
        is_pattern = isinstance(value, list) or (isinstance(value, str) and other[-1].endswith("_pattern"))
        if other == path or (other[-1] in ("num_hidden_layers", "num_blocks") and value == old):
            yield other, number
        elif is_pattern and len(value) == old and old > 1:
            yield other, (value * number)[:number]


PAIRS = (
    *(("num_attention_heads", "num_key_value_heads"), ("n_head", "n_head_kv"), ("num_heads", "num_kv_heads")),
    *(
        ("hidden_size", "num_attention_heads"),
        ("hidden_size", "num_heads"),
        ("hidden_size", "attention_heads"),
        ("d_model", "n_heads"),
        ("n_embd", "n_head"),
    ),
    *(
        ("decoder_num_attention_heads", "decoder_num_key_value_heads"),
        ("linear_num_value_heads", "linear_num_key_heads"),
    ),
    *(("encoder_num_attention_heads", "encoder_num_key_value_heads"), ("num_heads", "n_groups")),
    *(("swa_num_attention_heads", "swa_num_key_value_heads"), ("mamba_num_heads", "n_groups")),
)
"""Keys of which the second divides the first."""
LESS = (
    ("num_experts_per_tok", ("num_experts", "num_local_experts", "n_routed_experts"), 0),
    ("num_kv_shared_layers", ("num_hidden_layers",), 1),
    ("num_timestamp_prediction_layers", ("num_hidden_layers",), 0),
    ("insert_layer_id", ("num_hidden_layers",), 1),
)
"""A number, the keys that say what bounds it, and by how much it is less."""

WHOLE_HEADS = ("helium", "esmc")
"""Types whose heads together are as wide as the model."""

FIXED_WITH = {"head_dim": "mrope_section", "intermediate_size": '"expand"'}
"""Sizes that others of their section are computed for."""


TOGETHER = {
    "dots3_note": ("audio_config.conv_output_size", "audio_config.downsample_hidden_size"),
    "mllama": ("vision_config.hidden_size", "vision_config.vision_output_dim"),
    "muse_glimmer": ("out_hidden_size", "vision_config.hidden_size", "vision_config.merge_size"),
    "muse_spark": ("out_hidden_size", "vision_config.hidden_size", "vision_config.merge_size"),
    "pix2struct": ("vision_config.hidden_size", "text_config.hidden_size"),
    "zamba": ("hidden_size", "attention_hidden_size"),
    "zamba2": ("hidden_size", "attention_hidden_size"),
}
"""Keys by type that say one size, or its multiples: none of them changes alone."""


def fits(data: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether ``data`` with ``new`` values could be a model that runs: a class does not ask that when it is built.

    What does not hold in ``data`` itself is not asked.
    """
    made, kind = with_values(data, new), data.get("model_type", "")
    text, names = json.dumps(made), [key.rpartition(".")[2] for key in new]
    if any(name in FIXED_WITH and FIXED_WITH[name] in text for name in names):
        return False
    if any(name.startswith(other) for name in names for other in OTHER_NAMES.get(kind, ())):
        return False
    if not new.keys().isdisjoint(TOGETHER.get(kind, ())):
        return False
    part = data.get("text_config") or {}
    version = str(data.get("transformers_version", part.get("transformers_version", "")))
    if part and version.startswith("4.") and "tie_word_embeddings" in names:  # which says so on both levels
        return False
    return set(_faults(made)) <= set(_faults(data))


def _faults(data: dict[str, Any]) -> Iterator[str]:
    """What does not fit in a config and its sections, each fault by a name of its own."""
    for key, part in {"": data, **data}.items():
        if isinstance(part, dict) and (not key or key.endswith("_config")):
            yield from (f"{key}: {fault}" for fault in _faults_of(part))
    used, layers = data.get("vision_feature_layer"), (data.get("vision_config") or {}).get("num_hidden_layers")
    if isinstance(used, list) and layers and any(not -layers <= one <= layers for one in used):
        yield "vision_feature_layer"


def _faults_of(section: dict[str, Any]) -> Iterator[str]:
    """Heads, experts and numbers of layers of one section that do not fit each other."""
    for whole, part in PAIRS:
        if part in ("num_attention_heads", "num_heads", "n_heads", "n_head") and section.get("head_dim"):
            continue
        first, second = section.get(whole), section.get(part)
        if isinstance(first, int) and isinstance(second, int) and second and first % second:
            yield part
    groups, heads, width = (section.get(name) for name in ("num_key_value_heads", "num_attention_heads", "head_dim"))
    if groups and any(number % groups for number in section.get("num_attention_heads_per_layer") or ()):
        yield "num_attention_heads_per_layer"
    if section.get("model_type") in WHOLE_HEADS and width and heads * width != section.get("hidden_size"):
        yield "head_dim"
    for key, bounds, by in LESS:
        bound = next((section[name] for name in bounds if isinstance(section.get(name), int)), None)
        if bound is not None and isinstance(section.get(key), int) and section[key] > bound - by:
            yield key
    layers = next((section[key] for key in LAYERS if isinstance(section.get(key), int)), None)
    if layers is not None and any(max(ids) >= layers for ids in _indices(section)):
        yield "indices"


def _indices(section: dict[str, Any]) -> Iterator[list[int]]:
    """Lists of layers by their numbers, which rise."""
    for key, value in section.items():
        names_layers = "layer" in key or "index" in key
        if names_layers and isinstance(value, list) and value and all(type(one) is int for one in value):
            yield value if value == sorted(set(value)) else [0]


def with_values(data: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``data`` with the values of dotted keys in it."""
    made = copy.deepcopy(data)
    for key, value in new.items():
        *sections, last = key.split(".")
        place = made
        for section in sections:
            place = place[section]
        place[last] = value
    return made
