"""Further sparse decoders with softmax attention in every layer: OLMoE, Phi MoE, Granite MoE, DBRX, ERNIE, dots, ..."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, given, layer_count, rope, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.sparse_parts import assembled, balanced, expert, mixers_of, mixture, sparse_by_type

SLIDING = "sliding_attention"
Ends = tuple[Block, Block, Block]


def _equal(config: Config, made: Draft, mixer: Block, mix: Block, **fields: Any) -> Draft:
    """A stack with one ``mixer``; ``dense`` says which layers have a plain feed forward instead of experts.

    ``fields`` are further arguments of :func:`assembled`.
    """
    number = layer_count(config)
    rows = ["dense" if one else "sparse" for one in fields.pop("dense", [False] * number)]
    feeds: dict[str, Block] = {"sparse": mix}
    if "dense" in rows:
        feeds["dense"] = gated_feed_forward(config, bias=config.flag("use_bias", default=False))
    else:
        config.raw("intermediate_size")
    return assembled(config, made, {"softmax": mixer}, ["softmax"] * number, feeds, rows, **fields)


def _olmoe(config: Config, *, theta: float = 10000.0, **fields: Any) -> Draft:
    """OLMoE: QK-norm over all heads; intermediate_size is an expert's."""
    made = draft(config)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="rmsnorm_per_projection",
        clip_qkv=config.optional_number("clip_qkv"),
        position=rope(config, theta=theta),
    )
    norm = config.flag("norm_topk_prob", default=False)
    mix = mixture(config, config.integer("intermediate_size"), norm_topk_prob=norm)
    return _equal(config, made, mixer, mix, **fields)


def _flex_olmo(config: Config) -> Draft:
    """FlexOlmo: OLMoE with the norms of OLMo 2, after the sublayers."""
    return _olmoe(config, theta=5e5, placement="post")


def _phimoe(config: Config) -> Draft:
    """Phi-3.5 MoE: LayerNorm; the weights of the two experts are no shares of 1 (SparseMixer)."""
    made = draft(config)
    for name in ("rope_scaling", "rope_parameters"):
        section = config.section(name)
        if section is not None:
            section.ignore("short_mscale", "long_mscale")
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        sliding_window=config.optional_integer("sliding_window"),
        position=rope(config, theta=1e6),
    )
    head: Block = {"output_head": {"bias": True}} if config.flag("lm_head_bias", default=False) else "output_head"
    ends: Ends = ("embedding", "layernorm", head)
    mix = mixture(config, config.integer("intermediate_size"), chosen=2)
    return _equal(config, made, mixer, mix, ends=ends, norm="layernorm")


def _granitemoe(config: Config) -> Draft:
    """Granite MoE: the multipliers of Granite; intermediate_size is an expert's."""
    made = draft(config)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        attention_multiplier=config.number("attention_multiplier", default=1.0),
        position=rope(config),
    )
    shared = config.integer("shared_intermediate_size", default=0, least=0) or None
    width = config.integer("intermediate_size")
    mix = mixture(config, width, chosen=2, shared_expert_intermediate_size=shared, norm_topk_prob=True)
    first = config.number("embedding_multiplier", default=1.0)
    last = config.number("logits_scaling", default=1.0)
    branch = config.number("residual_multiplier", default=1.0)
    ends: Ends = (
        {"embedding": {"embedding_multiplier": first}} if first != 1 else "embedding",
        "rmsnorm",
        {"output_head": {"logits_scaling": last}} if last != 1 else "output_head",
    )
    residual = {"residual": {"scaled_residual": {"residual_multiplier": branch}}} if branch != 1 else {}
    return _equal(config, made, mixer, mix, ends=ends, **residual)


def _dbrx(config: Config) -> Draft:
    """DBRX: LayerNorm without biases; attention and experts have sections of their own."""
    made = draft(config)
    heads_of = config.section("attn_config") or Config({}, ("attn_config",), config)
    experts_of = config.section("ffn_config") or Config({}, ("ffn_config",), config)
    mixer = whole_heads(
        config.integer("n_heads", "num_attention_heads", default=16),
        heads_of.integer("kv_n_heads", default=1),
        clip_qkv=heads_of.optional_number("clip_qkv"),
        position=rope(heads_of if "rope_theta" in heads_of else config),
    )
    # Copies of what the sections say.
    config.raw("num_key_value_heads", "rope_parameters", "rope_theta")
    experts_of.raw("hidden_size")
    experts_of.ignore("moe_jitter_eps", "moe_loss_weight", "uniform_expert_assignment", "ffn_act_fn")
    function = experts_of.raw("ffn_act_fn")
    name = function.get("name", "silu") if isinstance(function, dict) else "silu"
    normalised = experts_of.optional_number("moe_normalize_expert_weights")
    width = experts_of.integer("ffn_hidden_size", default=3584)
    norm = normalised == 1 or "moe_normalize_expert_weights" not in experts_of.data
    mix = mixture(experts_of, width, act=str(name), norm_topk_prob=norm)
    norms: Block = {"layernorm": {"bias": False}}
    return _equal(config, made, mixer, mix, ends=("embedding", norms, "output_head"), norm=norms)


def _ernie_moe(config: Config) -> Draft:
    """ERNIE 4.5 MoE: tied tables unless the file says otherwise, softmax with a balancing bias, shared experts."""
    made, number = draft(config, tied=True), layer_count(config)
    bias = config.flag("use_bias", default=False)
    mixer = attention(config, attention_bias=bias, position=rope(config, theta=5e5))
    shared = config.integer("moe_num_shared_experts", default=2, least=0)
    width = config.integer("moe_intermediate_size", default=1536)
    fields: dict[str, Any] = {"n_shared_experts": shared or None}
    if bias and shared:
        fields = {"shared_expert": {"swiglu": {"intermediate_size": shared * width, "mlp_bias": True}}}
    mix = mixture(config, width, **fields, norm_topk_prob=True, e_score_correction_bias="parameter")
    gate = config.text("moe_gate", default="topk")
    if not gate.startswith("topk"):
        config.mark_incomplete(f"the choice of experts by {gate[:40]}")
    first = config.integer("moe_layer_start_index", default=1, least=0)
    last = config.integer("moe_layer_end_index", default=-1, least=-1)
    every = config.integer("moe_layer_interval", default=1)
    end = number - 1 if last == -1 else last
    dense = [(layer + 1) % every != 0 or not first <= layer <= end for layer in range(number)]
    head: Block = {"output_head": {"bias": True}} if bias else "output_head"
    return _equal(config, made, mixer, mix, dense=dense, ends=("embedding", "rmsnorm", head))


def _dots1(config: Config) -> Draft:
    """dots.llm1: QK-norm, a router in the manner of DeepSeek V3, windows from max_window_layers on."""
    made, number = draft(config), layer_count(config)
    first, window = config.integer("max_window_layers", default=62, least=0), _window(config)
    usual = [SLIDING if window and layer >= first else "full_attention" for layer in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types")
    bias = config.flag("attention_bias", default=False)

    def mixer(kind: str) -> Block:
        return attention(
            config,
            attention_bias=bias,
            qk_norm="rmsnorm_per_head",
            sliding_window=window if kind == SLIDING else None,
            position=rope(config),
        )

    shared = config.integer("n_shared_experts", default=0, least=0) or None
    mix = mixture(
        config, config.integer("moe_intermediate_size"), n_shared_experts=shared, **balanced(config, norm=False)
    )
    dense = config.integer("first_k_dense_replace", default=0, least=0)
    feed_rows = ["sparse" if layer >= dense else "dense" for layer in range(number)]
    mixers, rows = mixers_of(config, kinds, mixer)
    feeds = {"sparse": mix, "dense": gated_feed_forward(config)}
    return assembled(config, made, mixers, rows, feeds, feed_rows)


def _window(config: Config) -> int | None:
    """The window of sliding layers, 4,096 by the classes; null says that none slides."""
    return config.integer("sliding_window", default=4096) if config.data.get("sliding_window", 0) is not None else None


def _exaone_moe(config: Config) -> Draft:
    """EXAONE MoE: QK-norm, rotation in sliding layers alone, dense layers first."""
    made, number = draft(config), layer_count(config)
    window, pattern = _window(config), config.raw("sliding_window_pattern")
    usual = ["full_attention"] * number
    if window and isinstance(pattern, str) and pattern:
        usual = [SLIDING if pattern[layer % len(pattern)] == "L" else "full_attention" for layer in range(number)]
    elif window:
        period = pattern if isinstance(pattern, int) and pattern > 0 else 4
        usual = [SLIDING if (layer + 1) % period else "full_attention" for layer in range(number)]
    kinds = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types", longer="MTP layers")

    def mixer(kind: str) -> Block:
        slides = kind == SLIDING
        return attention(
            config,
            qk_norm="rmsnorm_per_head",
            sliding_window=window if slides else None,
            position=rope(config) if slides or not window else "none",
        )

    shared = config.integer("num_shared_experts", default=1, least=0) or None
    mix = mixture(
        config, config.integer("moe_intermediate_size"), n_shared_experts=shared, **balanced(config, scale=2.5)
    )
    first = config.integer("first_k_dense_replace", default=1, least=0)
    sparse = sparse_by_type(config, number, dense_first=first, longer="MTP layers")
    mixers, rows = mixers_of(config, kinds, mixer)
    feeds = {"sparse": mix, "dense": gated_feed_forward(config)}
    return assembled(config, made, mixers, rows, feeds, ["sparse" if one else "dense" for one in sparse])


def _solar_open(config: Config) -> Draft:
    """Solar Open: GLM-4.5 with experts in every layer."""
    made = draft(config)
    biased = config.flag("attention_bias", default=False)
    mixer = attention(
        config,
        attention_bias=biased,
        attention_out_bias=False if biased else None,
        qk_norm="rmsnorm_per_head" if config.flag("use_qk_norm", default=False) else None,
        position=rope(config, theta=1e6),
    )
    shared = config.integer("n_shared_experts", default=1, least=0) or None
    mix = mixture(config, config.integer("moe_intermediate_size"), n_shared_experts=shared, **balanced(config))
    first = config.integer("first_k_dense_replace", default=0, least=0)
    return _equal(config, made, mixer, mix, dense=[layer < first for layer in range(layer_count(config))])


def _hunyuan_moe(config: Config) -> Draft:
    """Hunyuan A13B: QK-norm after the rotation, one shared expert; numbers may be lists with an entry a layer."""
    made = draft(config)
    bias = config.flag("attention_bias", default=False)
    mixer = hunyuan_attention(config, bias)
    width = _same(config, "moe_intermediate_size") or config.integer("intermediate_size")
    number, chosen = _same(config, "num_experts") or 1, _same(config, "moe_topk") or 1
    # The class has one shared expert whatever the file says of their number.
    shared = _same(config, "num_shared_expert") or 1
    fields = given(norm_topk_prob=True, n_shared_experts=shared)
    mix: Block = {
        "mixture_of_experts": {"num_experts": number, "num_experts_per_tok": chosen}
        | expert(gated_feed_forward(config, width, bias=None))
        | fields
    }
    return _equal(config, made, mixer, mix)


def hunyuan_attention(config: Config, bias: bool) -> Block:
    """Attention of Hunyuan V1: QK-norm after the rotation, whose base may be stretched by ``alpha``."""
    for name in ("rope_scaling", "rope_parameters"):
        section = config.section(name)
        if section is not None:
            section.ignore("alpha")
    config.raw("cla_share_factor")
    if config.flag("use_cla", default=False):
        config.mark_incomplete("keys and values shared between layers (use_cla)")
    width = config.optional_integer("head_dim", "attention_head_dim")
    normalised = config.flag("use_qk_norm", "qk_norm", default=True)
    return whole_heads(
        config.integer("num_attention_heads"),
        config.optional_integer("num_key_value_heads") or config.integer("num_attention_heads"),
        width,
        attention_bias=bias,
        qk_norm="rmsnorm_per_head" if normalised else None,
        qk_norm_after_position=normalised,
        position=rope(config),
    )


def _same(config: Config, name: str) -> int | None:
    """A number, or that of a list which says the same for each layer; None where the file has neither."""
    value = config.raw(name)
    if not isinstance(value, list):
        return config.optional_integer(name)
    numbers = config.integers(name)
    if len(set(numbers)) > 1:
        config.mark_incomplete(f"layers that differ in {name}")
    return numbers[0] if numbers else None


# Of training alone: capacities, losses that balance.
BALANCE = ("moe_capacity", "moe_norm_min", "moe_use_aux_free", "compression_ratio", "moe_dropout_prob")

FAMILIES = (
    Family(("olmoe",), _olmoe, ("OlmoeForCausalLM",)),
    Family(("flex_olmo",), _flex_olmo, ("FlexOlmoForCausalLM",)),
    Family(("phimoe",), _phimoe, ("PhimoeForCausalLM", "PhiMoEForCausalLM"), ("input_jitter_noise",)),
    Family(("granitemoe", "granitemoeshared"), _granitemoe, ("GraniteMoeForCausalLM", "GraniteMoeSharedForCausalLM")),
    Family(("dbrx",), _dbrx, ("DbrxForCausalLM",), ("emb_pdrop",)),
    Family(("ernie4_5_moe",), _ernie_moe, ("Ernie4_5_MoeForCausalLM",), BALANCE),
    Family(("dots1",), _dots1, ("Dots1ForCausalLM",)),
    Family(("exaone_moe",), _exaone_moe, ("ExaoneMoeForCausalLM", "ExaoneMoEForCausalLM")),
    Family(("solar_open",), _solar_open, ("SolarOpenForCausalLM",)),
    Family(
        ("hunyuan_v1_moe",),
        _hunyuan_moe,
        ("HunYuanMoEV1ForCausalLM",),
        ("eod_token_id", "sep_token_id", "capacity_factor", "moe_drop_tokens", "moe_random_routing_dropped_token"),
    ),
)
