"""Writes what each config's model keeps and computes, counted from the tensors of its class and not by archdraw.

    python tests/verify_figures.py

Reads names and shapes of all tensors in tests/data/shapes, which transformers made, and what else the config says
(windows, experts per token, heads), and writes tests/data/figures.tsv: bytes of the KV cache at one, 4,096 and 131,072
tokens, bytes of the recurrent state, and operations of one token at 4,096. tests/test_figures.py compares archdraw with
them. A config without a class, or whose layers fit no rule here, has no row. Conventions are those of docs/facts.md:

- a matrix is multiplied once per token; of routed experts those that a token passes; tables are looked up, encoders of
  other modalities and norms left out; keys and values of an encoder's output are made once and not per token;
- each key costs the widths of one query and one value, over all heads; a window, a chunk or top-k bounds how many;
- a state costs so many multiplications for each of its values: STATE below.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from archdraw.weights.shapes import shapes_of

DATA = Path(__file__).resolve().parent / "data"
CONFIGS, SHAPES, TABLE = DATA / "configs", DATA / "shapes", DATA / "figures.tsv"
CONTEXT, LONG = 4_096, 131_072
COLUMNS = ("config", "kv_bytes_per_token", "kv_bytes_at_4096", "kv_bytes_at_131072", "state_bytes", "flops_at_4096")

Config = Mapping[str, Any]
Shapes = dict[str, tuple[int, ...]]

TOWERS = re.compile(r"vision|visual|audio|multi_modal|mm_projector|^vit\.|^(model\.)?encoder\.")
TABLES = re.compile(r"(embed\w*|wte|wpe|tok_embeddings|shared|relative_attention_bias|time_mix\w*)(\.weight)?$")
HEADS = re.compile(r"^(lm_head|embed_out|proj_out|cls\.predictions\.decoder|decoder|head)\.weight$")
LAYER = re.compile(r"(?:layers|h|blocks?|layer)\.(\d+)\.")
EXPERTS = re.compile(r"(?<!shared_)experts\.")

STATE = {
    "delta rule": 4,
    "selective scan": 4,
    "scan of scalars": 3,
    "matrix memory": 3,
    "lightning": 3,
    "gated unit": 3,
}
"""Multiplications for each value of a state: what decays it, what is written and what is read each touch all of it; the
delta rule reads once more to correct, and Mamba's decay is a product for each value (Mamba-2's is one per head)."""


@dataclass(frozen=True)
class Keys:
    """What one attention layer keeps of a token, in values, what one key costs, and how many keys there are at most."""

    kept: int
    cost: int
    window: int | None = None
    met: int | None = None
    """Keys that a query meets where they are fewer than are kept: top-k."""
    source: int | None = None
    """Keys of an encoder's output, whatever the context."""


class NoRuleError(Exception):
    """No rule fits."""


def text_of(config: Config) -> Config:
    """The part of a config that describes the language model."""
    inner: Config = next(
        (config[key] for key in ("text_config", "llm_config") if isinstance(config.get(key), dict)), {}
    )
    return {**config, **inner}


def first(config: Config, *names: str) -> Any:
    return next((config[name] for name in names if config.get(name) is not None), None)


def ends(layer: Shapes, *endings: str) -> tuple[int, ...] | None:
    return next((shape for ending in endings for name, shape in layer.items() if name.endswith(ending)), None)


def matrices(config: Config, slug: str) -> tuple[int, dict[int, Shapes]]:
    """Values of all matrices that a token is multiplied with, and the tensors of each layer by name."""
    total = 0
    layers: defaultdict[int, Shapes] = defaultdict(dict)
    active = first(
        config, "num_experts_per_tok", "moe_topk", "num_experts_per_token", "top_k_experts", "num_experts_used"
    )
    for tensor in shapes_of((SHAPES / f"{slug}.tsv").read_text("utf-8")):
        name, shape = tensor.name.removesuffix(".weight"), tensor.shape
        if tensor.buffer or TOWERS.search(tensor.name) or (tensor.tied and not HEADS.search(tensor.name)):
            continue
        place = LAYER.search(tensor.name)
        if place:
            layers[int(place[1])][name[place.end() :]] = shape
        if len(shape) < 2 or "norm" in name or name.endswith("bias") or TABLES.search(tensor.name):
            continue
        if re.search(r"(encoder_attn|EncDecAttention|cross_attn)\.(k|v)(_proj)?$", name):
            continue  # keys and values of an encoder's output
        size = prod(shape)
        if name.endswith("rel_logits_proj.proj"):
            size *= config["num_attention_heads"]  # each head has a mixture of its own
        if EXPERTS.search(name):
            size = size // _experts(config, shape) * active
        total += 0 if name.endswith("A_log") else size
    return total, layers


def _experts(config: Config, shape: tuple[int, ...]) -> int:
    if len(shape) == 3:
        return shape[0]
    return int(first(config, "num_local_experts", "n_routed_experts", "num_experts"))


def windows(config: Config, layers: int) -> list[int | None]:
    """The window of each layer, None for one that sees everything."""
    size = first(config, "sliding_window", "sliding_window_size", "attention_window_size", "attention_chunk_size")
    kind, listed = config["model_type"], config.get("layer_types")
    pattern, local = config.get("hybrid_layer_pattern"), config.get("local_layer_ids")
    if listed:
        sizes = {"sliding_attention": size, "chunked_attention": config.get("attention_chunk_size")}
        return [sizes.get(each) for each in listed]
    if pattern:
        return [size if each else None for each in pattern[:layers]]
    if local is not None:
        return [size if index in local else None for index in range(layers)]
    every = first(config, "sliding_window_pattern") or {"gemma2": 2, "llama4": 4, "llama4_text": 4}.get(kind)
    if kind in ("gemma3", "gemma3_text") and not every:
        every = 6
    if every and size:
        return [size if (index + 1) % every else None for index in range(layers)]
    if kind in ("mistral", "phi3", "mixtral", "recurrent_gemma") and size and config.get("use_sliding_window", True):
        return [size] * layers
    return [None] * layers


QUERIES = ("q_proj", "q_b_proj", "SelfAttention.q", "self.query")
KEYS = ("k_proj", "SelfAttention.k", "self.key")
VALUES = ("v_proj", "v_proj_current", "v_proj_delayed", "SelfAttention.v", "self.value")
FUSED = ("qkv_proj", "query_key_value", "attn.c_attn", "Wqkv")
OUTPUTS = (
    *("o_proj", "attn.out_proj", "attn.dense", "attn.c_proj", "attn.Wo", "attn.o_proj", "SelfAttention.o"),
    *("attention.dense", "attention.out_proj", "attention.output.dense"),
)
CROSS = ("encoder_attn.", "EncDecAttention.", "cross_attn.")


def keys_of(config: Config, layer: Shapes, window: int | None) -> Iterator[Keys]:
    """The attentions of one layer; none where it has none. Raises :class:`NoRuleError` for an odd one."""
    if any(word in name for name in layer for word in ("_hc.", "altup", "hyper_connection")):
        raise NoRuleError("several streams")
    if ends(layer, "A_log") is not None or ends(layer, "mlstm_layer.q") is not None:
        return
    for own in _attentions(layer):
        yield from _attention(config, own, layer, window)
    if any(name.startswith(word) or f".{word}" in name for name in layer for word in CROSS):
        width = next(
            shape for name, shape in layer.items() if re.search(r"(encoder_attn|EncDecAttention|cross_attn)\.q", name)
        )[0]
        yield Keys(0, 2 * width, source=_source(config))
    indexer = ends(layer, "indexer.wk", "indexer.k_proj")
    if indexer is not None:
        heads = first(config, "index_n_heads") or layer["self_attn.indexer.q_proj"][0] // indexer[0]
        yield Keys(0, heads * indexer[0])


def _source(config: Config) -> int | None:
    """Positions of the encoder's output at most, None where the config does not say."""
    if config["model_type"].startswith("mllama"):
        vision = config["vision_config"]
        return int(vision["max_num_tiles"] * ((vision["image_size"] // vision["patch_size"]) ** 2 + 1))
    positions: int | None = config.get("max_source_positions")
    return positions


def _attentions(layer: Shapes) -> Iterator[Shapes]:
    """The tensors of each self-attention of a layer; LongCat's have two."""
    own = {
        name: shape for name, shape in layer.items() if not any(word in name for word in (*CROSS, "indexer.", "mlp."))
    }
    numbers = sorted({name.split(".")[1] for name in own if re.match(r"self_attn\.\d", name)})
    for number in numbers:
        yield {name: shape for name, shape in own.items() if name.startswith(f"self_attn.{number}.")}
    if not numbers:
        yield own


def _attention(config: Config, layer: Shapes, whole: Shapes, window: int | None) -> Iterator[Keys]:
    query, out = ends(layer, *QUERIES), ends(layer, *OUTPUTS)
    latent, fused, key = ends(layer, "kv_a_proj_with_mqa", "kv_a_proj"), ends(layer, *FUSED), ends(layer, *KEYS)
    if latent is not None:
        each = config["qk_nope_head_dim"] + config["qk_rope_head_dim"] + config["v_head_dim"]
        yield Keys(latent[0], config["num_attention_heads"] * each, window, config.get("index_topk"))
    elif fused is not None and out is not None and key is None:
        rows = fused[1] if "attn.c_attn" in layer else fused[0]
        yield Keys(rows - out[1], 2 * out[1], window)
    elif query is not None and out is not None:
        # A gate of the output is made together with the queries: their width is then that of the values.
        wide = query[0] if query[0] != 2 * out[1] else out[1]
        values = sum(shape[0] for name, shape in layer.items() if name.endswith(VALUES))
        sparse = config.get("sparse_attention_config") if "indexer" in "".join(whole) else None
        met = sparse["sparse_topk_blocks"] * sparse["sparse_block_size"] if sparse else None
        keys = key[0] if key is not None else 0
        # Without a projection of its own a value is the key before norm and rotation: another number in the cache.
        yield Keys(keys + (values or keys), wide + out[1], window, met)


def main() -> int:
    """Writes the table; says which configs have no row, and why."""
    lines = ["# Made from tests/data/shapes and tests/data/configs by verify_figures.py.", "\t".join(COLUMNS)]
    for path in sorted(CONFIGS.glob("*.json")):
        if (SHAPES / f"{path.stem}.tsv").exists():
            try:
                lines.append("\t".join([path.stem, *map(str, figures(path.stem))]))
            except NoRuleError as why:
                print(f"{path.stem}: {why}")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return 0


def figures(slug: str) -> tuple[int, int, int, int, int]:
    """The figures of one config in the order of the columns. Raises :class:`NoRuleError` where a layer fits no rule."""
    config = text_of(json.loads((CONFIGS / f"{slug}.json").read_text("utf-8")))
    total, layers = matrices(config, slug)
    spans = windows(config, max(layers) + 1)
    if config["model_type"] in ("bert", "modernbert", "llada"):
        raise NoRuleError("bidirectional")
    state, kept, per_token, at = 0, 0, 2 * total, {CONTEXT: 0, LONG: 0}
    for index, layer in sorted(layers.items()):
        values, rule, tail = recurrent(config, layer)
        state += values + tail
        per_token += 2 * values * STATE[rule] if rule else 0
        found = list(keys_of(config, layer, spans[index] if index < len(spans) else None))
        if not found and not values and not tail and not _is_feed_forward(layer):
            raise NoRuleError(f"layer {index}: {', '.join(sorted(layer))[:120]}")
        for keys in found:
            kept += keys.kept
            for context in at:
                at[context] += keys.kept * min(context, keys.window or context)
            number = keys.source or min(CONTEXT, keys.window or CONTEXT, keys.met or CONTEXT)
            per_token += 2 * keys.cost * number
    return 2 * kept, 2 * at[CONTEXT], 2 * at[LONG], 2 * state, per_token


def _is_feed_forward(layer: Shapes) -> bool:
    """Whether a layer of one sublayer has no mixer (Nemotron-H)."""
    return not any(word in name for name in layer for word in ("attn", "attention", "conv", "in_proj", "temporal"))


def recurrent(config: Config, layer: Shapes) -> tuple[int, str, int]:
    """Values of a layer's state, the rule of what it costs, and the inputs that its short convolution keeps."""
    convolutions = [shape for name, shape in layer.items() if "conv" in name and len(shape) == 3]
    tail = sum(width * (kernel - 1) for width, _, kernel in convolutions)
    tail += (ends(layer, "v_proj_delayed") or (0,))[0]  # ZAYA's values are half those of the token before
    decay = ends(layer, "A_log")
    if ends(layer, "mlstm_layer.q") is not None:
        (key, _), (value, _), heads = layer["mlstm_layer.q"], layer["mlstm_layer.v"], config["num_heads"]
        return key // heads * value, "matrix memory", key + heads
    if "temporal_block.rg_lru.recurrent_param" in layer:
        (width,) = layer["temporal_block.rg_lru.recurrent_param"]
        return width, "gated unit", tail
    if decay is None:
        return 0, "", tail
    if ends(layer, "x_proj") is not None:
        return prod(decay), "selective scan", tail
    if "mixer.in_proj" in layer:
        heads = decay[0]
        width, size = first(config, "mamba_head_dim", "head_dim"), first(config, "ssm_state_size", "state_size")
        return decay[0] * width * size, "scan of scalars", tail
    linear = config.get("linear_attn_config") or {}
    keys = first(config, "linear_key_head_dim") or linear.get("head_dim") or config["head_dim"]
    values = first(config, "linear_value_head_dim") or keys
    return max(decay) * keys * values, "delta rule", tail


if __name__ == "__main__":
    sys.exit(main())
