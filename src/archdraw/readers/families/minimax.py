"""MiniMax models: lightning attention (01, M1), full attention with experts (M2), block-sparse attention (M3)."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    draft,
    gated_feed_forward,
    given,
    known_kinds,
    layer_count,
    rope,
    whole_heads,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import combined, routed
from archdraw.readers.towers import minimax_tower
from archdraw.readers.traced import commented

IGNORED = ("router_jitter_noise", "block_size", "sliding_window")
"""Training noise, the blocks in which lightning attention is computed, and a window that the classes don't have."""


def _position(config: Config, theta: float) -> Block:
    """The rotation of ``rotary_dim`` features of a head, all of them where the file is silent."""
    width, turning = _head_dim(config) or 128, config.optional_integer("rotary_dim")
    return rope(config, theta=theta, partial=1.0 if turning is None else turning / width)


def _head_dim(config: Config) -> int | None:
    """``head_dim``, which may be null: hidden_size / num_attention_heads then."""
    return config.optional_integer("head_dim")


def _attention(config: Config, norm: str | None, theta: float) -> Block:
    heads = config.integer("num_attention_heads")
    groups = config.integer("num_key_value_heads", default=heads)
    width = config.optional_integer("head_dim")
    return whole_heads(heads, groups, width, qk_norm=norm, position=_position(config, theta))


def _query_key_norm(config: Config, kind: str) -> str | None:
    """The norm of queries and keys, by ``qk_norm_type``; ``kind`` is what the class does.

    The classes of transformers have the norm whatever ``use_qk_norm`` says.
    """
    kinds = {"per_layer": "rmsnorm_per_projection", "per_head": "rmsnorm_per_head"}
    name = config.text("qk_norm_type", default=kind)
    if name not in kinds:
        config.mark_incomplete(f"a QK-norm that is {name[:40]}")
    if not config.flag("use_qk_norm", default=True):
        config.warn("use_qk_norm false is without effect: the class of transformers has the norm", "use_qk_norm")
    return kinds.get(name)


def _experts(config: Config, expert: Block, scores: str, **extra: Any) -> Block:
    """A mixture of experts, each an ``expert``; ``scores`` is the class default of how the router scores."""
    fields: dict[str, Any] = {
        "num_experts": config.integer("num_local_experts", "num_experts"),
        "num_experts_per_tok": config.integer("num_experts_per_tok"),
        **routed(expert),
        "norm_topk_prob": True,
    }
    chosen = config.text("scoring_func", default=scores)
    biased = config.flag("use_routing_bias", default=scores == "sigmoid")
    fields |= given(scoring_func=chosen if chosen != "softmax" else None, e_score_correction_bias=biased)
    return {"mixture_of_experts": fields | given(**extra)}


def _no_shared_expert(config: Config) -> None:
    if config.integer("shared_intermediate_size", default=0, least=0):
        config.mark_incomplete("a shared expert with a learned gate")
    config.raw("shared_moe_mode")


def _predicted(config: Config, layer: str) -> list[Block]:
    number = config.integer("num_mtp_modules", "num_nextn_predict_layers", default=0, least=0)
    if config.integer("mtp_transformer_layers", default=1) != 1:
        config.mark_incomplete("MTP modules of several layers")
    if not number or not config.flag("use_mtp", default=True):
        return []
    return [{"multi_token_prediction": {"num_nextn_predict_layers": number, "layer": layer}}]


def _weights(config: Config, mixer: str) -> Block | None:
    """What the residual lines are multiplied by around ``mixer`` ("full_attention", "linear_attention")."""
    names = {"full_attention": "full_attn", "linear_attention": "linear_attn", "mlp": "mlp"}
    fields = {}
    for field, place in (("attention", mixer), ("feed_forward", "mlp")):
        for factor in ("alpha", "beta"):
            value = config.number(f"layernorm_{place}_{factor}", f"{names[place]}_{factor}_factor", default=1.0)
            if value != 1:
                fields[f"{field}_{factor}"] = value
    return {"weighted_residual": fields} if fields else None


def _minimax_1(config: Config) -> Draft:
    made = draft(config)
    number = layer_count(config)
    default = ["linear_attention" if index % 2 else "full_attention" for index in range(number)]
    if "attn_type_list" in config:
        listed = config.per_layer(config.integers("attn_type_list"), number, "attn_type_list")
        kinds = ["full_attention" if kind else "linear_attention" for kind in listed]
    else:
        kinds = config.per_layer(config.texts("layer_types", default=default), number, "layer_types")
    _no_shared_expert(config)
    placement = "pre_add" if config.flag("postnorm", default=True) else "pre"
    made.define["moe"] = _experts(config, gated_feed_forward(config, bias=None), "softmax")
    names = {"linear_attention": "lightning", "full_attention": "full"}
    for kind in dict.fromkeys(kinds):
        if kind == "full_attention":
            mixer = _attention(config, None, 1e6)
        else:
            heads = config.integer("num_attention_heads")
            usual = commented(made.hidden_size // heads, "hidden_size / num_attention_heads")
            width = config.integer("head_dim", default=usual)
            act = config.text("hidden_act", default="silu")
            mixer = {"lightning_attention": {"num_attention_heads": heads, "head_dim": width, "hidden_act": act}}
        fields = {"placement": placement, "residual": _weights(config, kind), "attention": mixer, "feed_forward": "moe"}
        made.define[names.get(kind, "full")] = {"decoder": given(**fields)}
    made.layers = ["embedding", *stacks([names.get(kind, "full") for kind in kinds]), "rmsnorm", "output_head"]
    return made


def _minimax_2(config: Config) -> Draft:
    made = draft(config)
    number = layer_count(config)
    if not all(config.per_layer(config.integers("attn_type_list", default=[1] * number), number, "attn_type_list")):
        config.mark_incomplete("linear attention in some layers")
    _no_shared_expert(config)
    _weights(config, "full_attention")
    _weights(config, "linear_attention")
    config.raw("mlp_intermediate_size")
    made.define["layer"] = {
        "decoder": {
            "attention": _attention(config, _query_key_norm(config, "per_layer"), 5e6),
            "feed_forward": _experts(config, gated_feed_forward(config, bias=None), "sigmoid"),
        }
    }
    layers = ["layer"] * number
    made.layers = ["embedding", *stacks(layers), "rmsnorm", *_predicted(config, "layer"), "output_head"]
    return made


def _clamped(config: Config, width: int) -> Block:
    """A feed forward with the activation of gpt-oss."""
    fields: dict[str, Any] = {"intermediate_size": width}
    # Files of transformers 5 call it silu.
    without_effect(config, "hidden_act", "swigluoai", "silu")
    fields |= {
        "swiglu_limit": config.number("swiglu_limit", default=7.0),
        "swiglu_alpha": config.number("swiglu_alpha", default=1.702),
        "swiglu_beta": commented(1.0, "swigluoai adds 1 to the other factor"),
    }
    return {"swiglu": fields}


def _block_sparse(config: Config, sparse: Config, plain: Block) -> Block:
    """The attention ``plain`` with an index of blocks."""
    assert isinstance(plain, dict)
    score = sparse.text("sparse_score_type", default="max")
    if score != "max":
        sparse.mark_incomplete(f"an index that scores blocks by {score[:40]}")
    if sparse.integer("sparse_init_block", default=0, least=0):
        sparse.mark_incomplete("first blocks that are always attended to")
    local = sparse.integer("sparse_local_block", default=config.integer("index_local_blocks", default=1), least=1)
    # Files of transformers 5 have the sizes beside the others.
    names = {
        "index_n_heads": ("sparse_num_index_heads", 4),
        "index_head_dim": ("sparse_index_dim", 128),
        "index_block_size": ("sparse_block_size", 128),
        "index_topk_blocks": ("sparse_topk_blocks", 16),
    }
    fields = {
        field: sparse.integer(name, default=config.integer(field, default=usual))
        for field, (name, usual) in names.items()
    }
    fields |= given(index_local_blocks=local if local != 1 else None)
    return {"block_sparse_attention": next(iter(plain.values())) | fields}


def _flags(config: Config, name: str, number: int, default: int) -> list[int]:
    """A list of 0 and 1, one for each layer."""
    return config.per_layer(config.integers(name, default=[default] * number), number, name)


def _chosen(config: Config, name: str, number: int, word: str, other: str) -> list[int]:
    """For each layer 1 where the list under ``name`` has ``word``; all ``other`` where there is no such list."""
    listed = config.texts(name, default=[other] * number)
    kinds = known_kinds(config, config.per_layer(listed, number, name), (other, word), name)
    return [int(kind == word) for kind in kinds]


def _minimax_3(config: Config) -> Draft:
    text = config.section("text_config") or config
    made = draft(text, root=config)
    number = layer_count(text)
    sparse = text.section("sparse_attention_config") or Config({}, (*text.path, "sparse_attention_config"), text)
    blocks = _flags(sparse, "sparse_attention_freq", number, 0)
    values = _flags(sparse, "sparse_disable_index_value", number, 1)
    if not sparse.flag("use_sparse_attention", default=True):
        blocks = [0] * number
    elif "sparse_attention_freq" not in sparse:
        blocks = _chosen(text, "layer_types", number, "minimax_m3_sparse", "full_attention")
    if any(chosen and not disabled for chosen, disabled in zip(blocks, values, strict=True)):
        sparse.mark_incomplete("an index that has values too")
    moe = _flags(text, "moe_layer_freq", number, 1)
    if "moe_layer_freq" not in text and "mlp_layer_types" in text:
        moe = _chosen(text, "mlp_layer_types", number, "sparse", "dense")
    if text.flag("attention_output_gate", default=False):
        text.mark_incomplete("an output gate")
    if config.integer("num_reward_heads", default=0, least=0):
        config.mark_incomplete("reward heads")
    norm: Block = {"rmsnorm": {"zero_centered": True}} if text.flag("use_gemma_norm", default=True) else "rmsnorm"
    plain = _attention(text, _query_key_norm(text, "per_head"), 5e6)
    if not all(blocks):
        made.define["full"] = plain
    if any(blocks):
        made.define["sparse"] = _block_sparse(text, sparse, plain)
    text.raw("dense_intermediate_size")
    for name in ("index_n_heads", "index_head_dim", "index_block_size", "index_topk_blocks", "index_local_blocks"):
        text.raw(name)
    if not all(moe):
        made.define["dense"] = _clamped(text, text.integer("dense_intermediate_size", default=12288))
    if any(moe):
        made.define["moe"] = _experts_3(text)
    mixers = ["sparse" if chosen else "full" for chosen in blocks]
    layers = combined(made, mixers, ["moe" if chosen else "dense" for chosen in moe], norm=norm)
    text.raw("num_nextn_predict_layers")  # num_mtp_modules says how many modules the report trained
    further = _predicted(text, layers[-1])
    tower = minimax_tower(config.section("vision_config"), config)
    made.layers = ["embedding", *tower, *stacks(layers), norm, *further, "output_head"]
    return made


def _experts_3(config: Config) -> Block:
    width = config.integer("intermediate_size")
    shared = config.integer("n_shared_experts", default=1, least=0)
    own = config.integer("shared_intermediate_size", default=width)
    scale = config.number("routed_scaling_factor", default=2.0)
    return _experts(
        config,
        _clamped(config, width),
        "sigmoid",
        n_shared_experts=shared if shared and own == width else None,
        shared_expert_intermediate_size=shared * own if shared and own != width else None,
        routed_scaling_factor=scale if scale != 1 else None,
    )


FAMILIES = (
    Family(
        ("minimax_m1", "minimax", "minimax_text_01"),
        _minimax_1,
        ("MiniMaxM1ForCausalLM", "MiniMaxForCausalLM", "MiniMaxText01ForCausalLM"),
        IGNORED,
    ),
    Family(("minimax_m2",), _minimax_2, ("MiniMaxM2ForCausalLM",), IGNORED),
    Family(
        ("minimax_m3_vl", "minimax_m3_vl_text"),
        _minimax_3,
        ("MiniMaxM3SparseForConditionalGeneration", "MiniMaxM3SparseForCausalLM", "MiniMaxM3VLForCausalLM"),
        IGNORED,
    ),
)
