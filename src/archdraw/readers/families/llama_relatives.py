"""Dense decoders that are near to Llama: the same parts under other names, with other biases, norms or placements."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    attention,
    draft,
    gated_feed_forward,
    given,
    layer_count,
    rope,
    whole_heads,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.traced import commented


def _stacked(config: Config, made: Draft, layer: dict[str, Any], norm: Block = "rmsnorm") -> Draft:
    """``made`` with a stack of equal layers, whose norm is the last one too."""
    made.define["layer"] = {"decoder": layer if norm == "rmsnorm" else {"norm": norm, **layer}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), norm, "output_head"]
    return made


def _phi3(config: Config) -> Draft:
    """Phi-3 and Phi-4: Llama with windows in some sizes and, in one, rotation of a part of each head."""
    made = draft(config)
    without_effect(config, "attention_bias")
    mixer = attention(config, sliding_window=config.optional_integer("sliding_window"), position=rope(config))
    return _stacked(config, made, {"attention": mixer, "feed_forward": gated_feed_forward(config)})


def _phi(config: Config) -> Draft:
    """Phi-1 and Phi-2: attention and feed forward side by side behind one norm, biases everywhere, in the head too."""
    made = draft(config)
    norm = "layernorm_per_head" if config.flag("qk_layernorm", default=False) else None
    mixer = attention(config, attention_bias=True, qk_norm=norm, position=rope(config, partial=0.5))
    feed_forward = ungated_feed_forward(config, config.integer("intermediate_size"), act="gelu_new")
    layer = {"placement": "parallel", "attention": mixer, "feed_forward": feed_forward}
    made = _stacked(config, made, layer, "layernorm")
    made.layers[-1] = {"output_head": {"bias": True}}
    return made


def _starcoder2(config: Config) -> Draft:
    """StarCoder2: LayerNorm, a feed forward without a gate, biases everywhere, windows in every layer of some sizes."""
    made = draft(config, tied=True)
    bias = config.flag("use_bias", default=True)
    config.raw("mlp_type", "norm_type")
    window = config.optional_integer("sliding_window")
    mixer = attention(config, attention_bias=bias, sliding_window=window, position=rope(config))
    inner = config.integer("intermediate_size")
    feed_forward = ungated_feed_forward(config, inner, act="gelu_pytorch_tanh", bias=bias)
    return _stacked(config, made, {"attention": mixer, "feed_forward": feed_forward}, "layernorm")


def _stablelm(config: Config) -> Draft:
    """StableLM: LayerNorm, rotation of a quarter of each head; StableLM 2 with biases or norms on queries and keys."""
    made = draft(config)
    bias = config.flag("use_qkv_bias", default=False)
    layer: dict[str, Any] = {"placement": "parallel"} if config.flag("use_parallel_residual", default=False) else {}
    layer["attention"] = attention(
        config,
        attention_bias=bias,
        attention_out_bias=False if bias else None,
        qk_norm="layernorm_each_head" if config.flag("qk_layernorm", default=False) else None,
        position=rope(config, partial=0.25),
    )
    layer["feed_forward"] = gated_feed_forward(config)
    return _stacked(config, made, layer, "layernorm")


def _qwen(config: Config) -> Draft:
    """Qwen 1: ``intermediate_size`` is that of gate and up together; queries, keys and values have biases."""
    made = draft(config)
    both = config.integer("intermediate_size")
    heads = config.integer("num_attention_heads")
    width = config.integer("kv_channels", default=128)
    bias = not config.flag("no_bias", default=True)
    inner = commented(both // 2, f"half of intermediate_size {both:,}: gate and up together")
    layer = {
        "attention": whole_heads(
            heads,
            heads,
            commented(width, "kv_channels") if width * heads != made.hidden_size else None,
            attention_bias=True,
            attention_out_bias=bias,
            position=rope(config),
        ),
        "feed_forward": {"swiglu": {"intermediate_size": inner} | given(mlp_bias=bias)},
    }
    return _stacked(config, made, layer)


def _chatglm(config: Config) -> Draft:
    """ChatGLM 2 and 3, GLM-4 9B: grouped-query attention, rotation of half of each head, biases on Q, K and V."""
    made = draft(config)
    heads, width = config.integer("num_attention_heads"), config.integer("kv_channels", default=128)
    groups = config.integer("multi_query_group_num", default=1)
    if not config.flag("multi_query_attention", default=False):
        groups = heads
    every = config.flag("add_bias_linear", default=False)
    queried = config.flag("add_qkv_bias", default=False) or every
    for key in ("apply_residual_connection_post_layernorm", "pre_seq_len"):
        if config.raw(key):
            config.mark_incomplete(f"the key {key}")
    stretched = config.number("rope_ratio", default=1.0)
    base = commented(10000.0 * stretched, "10,000 × rope_ratio" if stretched != 1 else "fixed in the class")
    norm: Block = "rmsnorm" if config.flag("rmsnorm", default=True) else "layernorm"
    layer = {
        "attention": whole_heads(
            heads,
            groups,
            width if width * heads != made.hidden_size else None,
            attention_bias=queried,
            attention_out_bias=every if queried else None,
            position={"rope": {"rope_theta": base, "partial_rotary_factor": commented(0.5, "fixed in the class")}},
        ),
        "feed_forward": {"swiglu": {"intermediate_size": config.integer("ffn_hidden_size")} | given(mlp_bias=every)},
    }
    made = _stacked(config, made, layer, norm)
    if not config.flag("post_layer_norm", default=True):
        made.layers.remove(norm)
    return made


def _baichuan(config: Config) -> Draft:
    """Baichuan: the 7B models rotate; the 13B ones, whose files give no positions, have ALiBi."""
    made = draft(config)
    rotates = "max_position_embeddings" in config
    longest = config.optional_integer("model_max_length")
    if made.context_length is None:
        made.context_length = longest
    mixer = attention(config, position=rope(config) if rotates else "alibi")
    return _stacked(config, made, {"attention": mixer, "feed_forward": gated_feed_forward(config)})


def _internlm2(config: Config) -> Draft:
    """InternLM2: Llama, its Q, K and V in one tensor."""
    made = draft(config)
    bias = config.flag("bias", default=False)
    mixer = attention(config, attention_bias=bias, position=rope(config))
    return _stacked(config, made, {"attention": mixer, "feed_forward": gated_feed_forward(config)})


FAMILIES = (
    Family(("phi3",), _phi3, ("Phi3ForCausalLM",), ("embd_pdrop", "original_max_position_embeddings")),
    Family(("phi",), _phi, ("PhiForCausalLM",)),
    Family(("starcoder2",), _starcoder2, ("Starcoder2ForCausalLM",), ("norm_epsilon",)),
    Family(("stablelm", "stablelm_epoch"), _stablelm, ("StableLmForCausalLM", "StableLMEpochForCausalLM")),
    Family(
        ("qwen",),
        _qwen,
        ("QWenLMHeadModel",),
        # Both change the attention of texts longer than seq_length only.
        words(
            "use_dynamic_ntk use_logn_attn scale_attn_weights seq_length use_cache_quantization "
            "use_cache_kernel softmax_in_fp32"
        ),
    ),
    Family(
        ("chatglm",),
        _chatglm,
        ("ChatGLMModel", "ChatGLMForConditionalGeneration"),
        words(
            "apply_query_key_layer_scaling bias_dropout_fusion fp32_residual_connection original_rope "
            "classifier_dropout prefix_projection quantization_bit"
        ),
    ),
    Family(
        ("baichuan",),
        _baichuan,
        ("BaichuanForCausalLM", "BaiChuanForCausalLM"),
        ("z_loss_weight", "_from_model_config", "gradient_checkpointing"),
    ),
    Family(("internlm2",), _internlm2, ("InternLM2ForCausalLM",)),
)
