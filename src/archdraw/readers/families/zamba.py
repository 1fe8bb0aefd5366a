"""Zamba: Mamba, and in some layers a transformer block that all of these share."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import GATED, draft, given, known_kinds, layer_count, rope, unless, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.state_space import time_step_rank
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

PLAIN, HYBRID = "linear_attention", "hybrid"
_WORDS = {"mamba": PLAIN, "linear_attention": PLAIN, "hybrid": HYBRID}


def _kinds(config: Config, usual: list[str]) -> list[str]:
    listed = config.texts("layers_block_type", default=usual)
    words = config.per_layer(listed, len(usual), "layers_block_type")
    return [_WORDS[word] for word in known_kinds(config, words, tuple(_WORDS), "layers_block_type")]


def _stack(config: Config, made: Draft, kinds: list[str], mixer: Block, block: dict[str, Any], blocks: int) -> Draft:
    """The layers: of those with the shared block the first ``blocks`` store one each, which the others take in turn."""
    made.define["mamba"] = {"decoder": {"label": "Mamba layer", "attention": mixer}}
    names = []
    found = 0
    for kind in kinds:
        if kind == PLAIN:
            names.append("mamba")
            continue
        name = "shared" if found >= blocks else "hybrid"
        found += 1
        names.append(name)
        if name == "hybrid":
            made.define["hybrid"] = {"shared_transformer_layer": {**block, "mixer": mixer}}
        else:
            made.define["shared"] = {"like": "hybrid", "shared": True}
    if "mamba" not in names:
        del made.define["mamba"]
    made.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return made


def _gated(config: Config, bias: bool, **extra: Any) -> Block:
    name = config.text("hidden_act", default="gelu")
    if name not in GATED:
        config.mark_incomplete(f"the activation {name}")
    fields: dict[str, Any] = {"intermediate_size": config.integer("intermediate_size")}
    return {GATED.get(name, "geglu"): fields | given(mlp_bias=bias, **extra)}


def _attention(config: Config, hidden: int, position: Block) -> Block:
    """Attention over twice the hidden size, whose scores are divided by the root of half a head's width."""
    heads = config.integer("num_attention_heads")
    usual = commented(2 * hidden // heads, "2 × hidden_size / num_attention_heads")
    width = config.integer("attention_head_dim", default=usual)
    return whole_heads(
        heads,
        config.optional_integer("num_key_value_heads") or heads,
        width,
        query_pre_attn_scalar=commented(width / 2, "half of a head"),
        position=position,
    )


def _zamba(config: Config) -> Draft:
    """Zamba: the first Mamba in heads, one shared block without positions."""
    made, number = draft(config, tied=True), layer_count(config)
    period, offset = config.integer("attn_layer_period", default=6), config.integer("attn_layer_offset", default=4)
    later = [HYBRID if layer % period == offset else PLAIN for layer in range(number)]
    usual = [PLAIN, PLAIN, HYBRID, *later][:number]
    kinds = _kinds(config, usual)
    _checked(config, made)
    if config.text("hidden_mamba_act", default="silu") != "silu":
        config.mark_incomplete("an activation of Mamba other than SiLU")
    expand = config.integer("mamba_expand", default=2)
    fields: dict[str, Any] = {
        "intermediate_size": commented(expand * made.hidden_size, f"mamba_expand {expand} × hidden_size"),
        "state_size": config.integer("mamba_d_state", default=16),
        "time_step_rank": time_step_rank(config, "mamba_dt_rank", made.hidden_size),
        "conv_kernel": config.integer("mamba_d_conv", default=4),
    }
    fields |= given(use_bias=config.flag("mamba_proj_bias", default=False))
    fields |= unless(use_conv_bias=(config.flag("mamba_conv_bias", default=True), True))
    # Each head projects Δ, B and C of its own channels: as many numbers as for all at once.
    config.integer("n_mamba_heads", default=2)
    block = {"attention": _attention(config, made.hidden_size, "none"), "feed_forward": _gated(config, bias=False)}
    return _stack(config, made, kinds, {"mamba": fields}, block, 1)


def _zamba2(config: Config) -> Draft:
    """Zamba2: Mamba-2, several shared blocks in turn, low-rank adapters of each layer's own in their feed forwards."""
    made, number = draft(config, tied=True), layer_count(config)
    cycle = [PLAIN, *([PLAIN] * 5 + [HYBRID]) * 7, *[PLAIN] * 4, HYBRID, *[PLAIN] * 3, HYBRID, PLAIN, PLAIN]
    kinds = _kinds(config, (cycle + [PLAIN] * number)[:number])
    _checked(config, made)
    hybrid = [layer for layer, kind in enumerate(kinds) if kind == HYBRID]
    if config.integers("hybrid_layer_ids", default=hybrid) != hybrid:
        config.complain("hybrid_layer_ids are not the hybrid layers of layers_block_type", "hybrid_layer_ids")
    if not config.flag("use_conv_bias", default=True):
        config.mark_incomplete("use_conv_bias is false, and the class of transformers has the bias all the same")
    if config.flag("use_shared_attention_adapter", default=False):
        config.mark_incomplete("adapters of queries, keys and values (use_shared_attention_adapter)")
    bias = config.flag("add_bias_linear", default=False)
    heads, inner = (
        config.integer("n_mamba_heads", default=8),
        config.integer("mamba_expand", default=2) * made.hidden_size,
    )
    fields: dict[str, Any] = {
        "num_heads": heads,
        "head_dim": commented(inner // heads, "mamba_expand × hidden_size / n_mamba_heads"),
        "state_size": config.integer("mamba_d_state", default=64),
        "n_groups": config.integer("mamba_ngroups", default=1),
        "conv_kernel": config.integer("mamba_d_conv", default=4),
    }
    fields |= given(use_bias=bias)
    turned = rope(config) if config.flag("use_mem_rope", default=False) else "none"
    rope(config)
    block = {
        "attention": _attention(config, made.hidden_size, turned),
        "feed_forward": _gated(config, bias=bias, adapter_rank=config.integer("adapter_rank", default=128)),
    }
    return _stack(config, made, kinds, {"mamba2": fields}, block, config.integer("num_mem_blocks", default=1))


def _checked(config: Config, made: Draft) -> None:
    """Complains of a shared block that reads another width than the line and the embeddings side by side.

    Notes, too, that the class shares nothing at all where it does not share the table.
    """
    if not made.tie_word_embeddings:
        config.mark_incomplete("tie_word_embeddings is false: the class of transformers then shares no blocks either")
    width = config.integer("attention_hidden_size", default=2 * made.hidden_size)
    if width != 2 * made.hidden_size:
        config.complain(f"attention_hidden_size {width} is not twice hidden_size", "attention_hidden_size")


TIMES = ("time_step_floor", "time_step_max", "time_step_min", "time_step_limit", "num_logits_to_keep")
KERNELS = ("use_mamba_kernels", "use_associative_scan", "use_mem_eff_path", "chunk_size", "use_long_context")
COPIES = ("kv_channels", "num_query_groups", "mamba_headdim")
"""What the class derives from other keys."""

FAMILIES = (
    Family(("zamba",), _zamba, ("ZambaForCausalLM",), (*TIMES, *KERNELS)),
    Family(("zamba2",), _zamba2, ("Zamba2ForCausalLM",), (*TIMES, *KERNELS, *COPIES)),
)
