"""Decoders of 2022 and 2023 in the manner of GPT-3, with linear or rotary positions: BLOOM, MPT, Falcon."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import draft, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.families.gpt import assembled, four_times, heads_of, layer_norm, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.traced import commented, whole


def _bloom(config: Config) -> Draft:
    """BLOOM: ALiBi, and a norm of the embedding."""
    made = draft(config, tied=True)
    if config.flag("apply_residual_connection_post_layernorm", default=False):
        config.mark_incomplete("residuals taken after the norm (apply_residual_connection_post_layernorm)")
    heads = heads_of(config)
    inner = commented(4 * made.hidden_size, "four times hidden_size")
    layer = {
        "attention": whole_heads(heads, heads, attention_bias=True, position="alibi"),
        "feed_forward": ungated_feed_forward(config, inner),
    }
    made = assembled(config, made, layer, norm="layernorm")
    made.layers.insert(1, "layernorm")
    return made


def _mpt(config: Config) -> Draft:
    """MPT: ALiBi or learned positions; without biases as a rule, in the norms as well."""
    made = draft(config, tied=True)
    section = config.section("attn_config") or Config({}, parent=config)
    section.ignore("attn_impl", "attn_pdrop", "attn_uses_sequence_id", "alibi_bias_max", "model_type")
    bias = not config.flag("no_bias", default=True)
    norm = config.text("norm_type", default="low_precision_layernorm")
    if "layernorm" not in norm:
        config.mark_incomplete(f"the norm {norm}")
    for key in ("qk_ln", "prefix_lm", "clip_qkv"):
        if section.raw(key):
            config.mark_incomplete(f"attn_config.{key}")
    # The class of transformers follows none of these, the code beside the models does.
    for name, usual, holder in (("no_bias", True, config), ("expansion_ratio", 4, config), ("alibi", True, section)):
        if holder.raw(name) not in (None, usual):
            config.mark_incomplete(f"{name} is another one than in the class of transformers, which does not read it")
    heads = heads_of(config)
    groups = 1 if section.text("attn_type", default="multihead_attention") == "multiquery_attention" else heads
    alibi = section.flag("alibi", default=True)
    inner = config.number("expansion_ratio", default=4) * made.hidden_size
    layer = {
        "attention": whole_heads(
            heads,
            groups,
            attention_bias=bias,
            attention_multiplier=section.optional_number("softmax_scale"),
            position="alibi" if alibi else None,
        ),
        "feed_forward": ungated_feed_forward(config, commented(whole(inner), "expansion_ratio × d_model"), bias=bias),
    }
    made = assembled(config, made, layer, norm=layer_norm(bias=bias))
    if config.flag("learned_pos_emb", default=True) and not alibi:
        made.layers[0] = {"embedding": {"max_position_embeddings": config.integer("max_seq_len")}}
    scale = config.raw("logit_scale")
    if scale is not None:
        value = made.hidden_size**-0.5 if scale == "inv_sqrt_d_model" else config.number("logit_scale")
        made.layers[-1] = {"output_head": {"logit_scale": commented(float(value), "logit_scale")}}
    return made


def _falcon(config: Config) -> Draft:
    """Falcon: attention and feed forward side by side, behind one norm (7B) or one each (40B, 180B)."""
    made = draft(config, tied=True)
    if made.context_length is None:
        made.context_length = commented(2048, "max_position_embeddings is not in the file: default of its class")
    heads = heads_of(config)
    newer = config.flag("new_decoder_architecture", default=False)
    config.raw("num_kv_heads", "n_head_kv", "multi_query")
    if newer:
        groups = config.integer("num_kv_heads", "n_head_kv", default=heads)
    else:
        groups = 1 if config.flag("multi_query", default=True) else heads
    is_parallel = config.flag("parallel_attn", default=True)
    norms = config.integer("num_ln_in_parallel_attn", default=2 if newer else 1)
    bias = config.flag("bias", default=False)
    if config.flag("apply_residual_connection_post_layernorm", default=False):
        config.mark_incomplete("residuals taken after the norm (apply_residual_connection_post_layernorm)")
    layer: dict[str, Any] = {}
    if is_parallel:
        layer = {"feed_forward_norm": "layernorm"} if norms == 2 else {}
        layer["placement"] = "parallel"
    position = "alibi" if config.flag("alibi", default=False) else rope(config)
    layer["attention"] = whole_heads(heads, groups, attention_bias=bias, position=position)
    inner = four_times(config, made.hidden_size, "ffn_hidden_size")
    layer["feed_forward"] = ungated_feed_forward(config, inner, bias=bias)
    return assembled(config, made, layer, norm="layernorm")


FAMILIES = (
    Family(
        ("bloom",),
        _bloom,
        ("BloomForCausalLM",),
        words(
            "bias_dropout_fusion masked_softmax_fusion n_inner offset_alibi skip_bias_add "
            "skip_bias_add_qkv slow_but_exact seq_length unk_token_id"
        ),
    ),
    Family(
        ("mpt",),
        _mpt,
        ("MptForCausalLM", "MPTForCausalLM"),
        ("embedding_fraction", "emb_pdrop", "init_config", "init_device", "verbose"),
    ),
    Family(("falcon", "RefinedWeb", "RefinedWebModel"), _falcon, ("FalconForCausalLM", "RWForCausalLM")),
)
