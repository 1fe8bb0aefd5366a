"""Dense decoders whose layers have widths of their own: OpenELM, Llama-Nemotron."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, given, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _defined(made: Draft, name: str, fields: dict[str, Any]) -> str:
    """``name``, under which a layer of ``fields`` is defined: by its difference from the first that was."""
    layer: Block = {"decoder": fields}
    if name not in made.define:
        first = next(iter(made.define), "")
        made.define[name] = like(first, made.define[first], layer) if first else layer
    return name


def _divisible(value: float, divisor: int) -> int:
    """``value`` rounded to a multiple of ``divisor``, never down by more than a tenth, as OpenELM rounds."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded


def _openelm(config: Config) -> Draft:
    """OpenELM: heads and the feed forward's width grow from layer to layer."""
    tied = config.flag("share_input_output_layers", default=True)
    made = draft(config, vocab=32000, tied=tied)
    made.context_length = config.integer("max_context_length", default=2048)
    number, divisor = layer_count(config), config.integer("ffn_dim_divisor", default=256)
    queries, keys = config.integers("num_query_heads"), config.integers("num_kv_heads")
    if isinstance(config.raw("ffn_multipliers"), list):
        factors = config.numbers("ffn_multipliers")
    else:
        factors = [config.number("ffn_multipliers")] * number
    for name, values in (("num_query_heads", queries), ("num_kv_heads", keys), ("ffn_multipliers", factors)):
        config.per_layer(values, number, name)
    if not config.flag("ffn_with_glu", default=True):
        config.mark_incomplete("feed forwards without a gate (ffn_with_glu)")
    if config.text("activation_fn_name", default="swish") != "swish":
        config.mark_incomplete(f"the activation {config.raw('activation_fn_name')}")
    if config.text("normalization_layer_name", default="rms_norm") != "rms_norm":
        config.mark_incomplete(f"the norm {config.raw('normalization_layer_name')}")
    normed = "rmsnorm_per_head" if config.flag("normalize_qk_projections", default=True) else None
    width, position = config.integer("head_dim", default=128), rope(config)
    known: dict[tuple[int, int, int], str] = {}
    names = []
    for query, key, factor in zip(queries, keys, factors, strict=False):
        inner = _divisible(factor * made.hidden_size, divisor)
        name = known.setdefault((query, key, inner), f"layer_{len(known)}")
        mixer = whole_heads(query, key, width, qk_norm=normed, position=position)
        wide = commented(inner, f"{factor:g} × {made.hidden_size:,}")
        names.append(
            _defined(made, name, {"attention": mixer, "feed_forward": {"swiglu": {"intermediate_size": wide}}})
        )
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _nemotron_nas(config: Config) -> Draft:
    """Llama-Nemotron: a Llama whose blocks were searched, each without attention, without feed forward, or narrower."""
    made = draft(config)
    heads, act = config.integer("num_attention_heads"), config.text("hidden_act", default="silu")
    bias, mlp_bias = config.flag("attention_bias", default=False), config.flag("mlp_bias", default=False)
    config.raw("intermediate_size", "num_key_value_heads", "block_configs")
    if act != "silu":
        config.mark_incomplete(f"the activation {act}")
    entries = config.data.get("block_configs")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        config.complain("block_configs must list a mapping for each layer", "block_configs")
        return made
    names = []
    for entry in config.per_layer(entries, layer_count(config), "block_configs"):
        mixer = _searched_attention(config, entry.get("attention") or {}, heads, bias)
        feed_forward, width = _searched_feed_forward(config, entry.get("ffn") or {}, made.hidden_size, mlp_bias)
        fields = given(attention=mixer, feed_forward=feed_forward)
        if not fields:
            config.mark_incomplete("layers without attention and feed forward")
            continue
        name = "attention" if mixer else "feed_forward"
        name += f"_{mixer['grouped_query']['num_key_value_heads']}" if _odd_groups(entries, mixer) else ""
        names.append(_defined(made, f"{name}_{width}" if feed_forward else f"{name}_only", fields))
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _odd_groups(entries: list[Any], mixer: Any) -> bool:
    """Whether the layers differ in how many heads share keys, so that their names have to say it."""
    groups = {(entry.get("attention") or {}).get("n_heads_in_group") for entry in entries} - {None}
    return len(groups) > 1 and isinstance(mixer, dict) and "grouped_query" in mixer


def _searched_attention(config: Config, entry: dict[str, Any], heads: int, bias: bool) -> Any:
    """The attention of one block: None where it has none, a projection where it was replaced by one."""
    if entry.get("no_op"):
        return None
    if entry.get("replace_with_linear"):
        return {"linear": {"features": config.integer("hidden_size"), "bias": bias, "role": "attention"}}
    for key in ("num_sink_tokens", "unshifted_sink", "use_prefill_window_in_sink_attention", "sparsify"):
        if entry.get(key):
            config.mark_incomplete(f"block_configs.attention.{key}")
    group = entry.get("n_heads_in_group") or 1
    return whole_heads(
        heads,
        commented(heads // group, f"n_heads_in_group {group}"),
        attention_bias=bias,
        sliding_window=entry.get("window_length"),
        position=rope(config),
    )


def _searched_feed_forward(config: Config, entry: dict[str, Any], hidden: int, bias: bool) -> tuple[Any, int]:
    """The feed forward of one block and its width, two thirds of ``ffn_mult`` × hidden rounded up to 256."""
    if entry.get("no_op"):
        return None, 0
    if entry.get("replace_with_linear"):
        return {"linear": {"features": hidden, "bias": bias, "role": "feed_forward"}}, hidden
    if entry.get("sparsify"):
        config.mark_incomplete("block_configs.ffn.sparsify")
    factor = entry.get("ffn_mult")
    if not isinstance(factor, int | float):
        config.complain("a block of block_configs has no ffn_mult", "block_configs")
        return None, 0
    width = -(-int(2 * factor * hidden / 3) // 256) * 256
    inner = commented(width, f"ffn_mult {factor:g}")
    return {"swiglu": {"intermediate_size": inner} | given(mlp_bias=bias)}, width


FAMILIES = (
    Family(
        ("openelm",),
        _openelm,
        ("OpenELMForCausalLM",),
        ("num_gqa_groups", "qkv_multipliers", "rope_max_length"),
    ),
    Family(("nemotron-nas",), _nemotron_nas, ("DeciLMForCausalLM",)),
)
