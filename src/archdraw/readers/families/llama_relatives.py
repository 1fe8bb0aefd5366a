"""Dense decoders that are near to Llama: the same parts under other names, with other biases, norms or placements."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, given, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _stacked(config: Config, made: Draft, layer: dict[str, Any], norm: Block = "rmsnorm") -> Draft:
    """``made`` with a stack of equal layers, whose norm is the last one too."""
    made.define["layer"] = {"decoder": layer if norm == "rmsnorm" else {"norm": norm, **layer}}
    made.layers = ["embedding", *stacks(["layer"] * layer_count(config)), norm, "output_head"]
    return made


def _phi3(config: Config) -> Draft:
    """Phi-3 and Phi-4: Llama with windows in some sizes and, in one, rotation of a part of each head."""
    made = draft(config)
    bias = config.flag("attention_bias", default=False)
    if bias:
        config.mark_incomplete("biases in attention (attention_bias)")
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
        config.complain(
            "block_configs has to list a mapping for each layer: nothing else says what the layers are", "block_configs"
        )
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
    Family(
        ("openelm",),
        _openelm,
        ("OpenELMForCausalLM",),
        ("num_gqa_groups", "qkv_multipliers", "rope_max_length"),
    ),
    Family(("nemotron-nas",), _nemotron_nas, ("DeciLMForCausalLM",)),
)
