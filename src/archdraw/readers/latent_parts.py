"""Parts of the DeepSeek line: latent attention, indexers, fine-grained experts beside shared ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from archdraw.readers.components import GATED, given, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block
from archdraw.records import record


@record
class Defaults:
    """What the classes of this line do where a file is silent; ``index_n_heads`` 0: there is no indexer then.

    ``selection_bias`` is False where released checkpoints have none, though their class inherits the buffer.
    """

    routing: Literal["noaux_tc", "softmax", "groups"] = "noaux_tc"
    n_group: int = 1
    topk_group: int = 1
    first_dense: int = 0
    norm_topk_prob: bool = False
    routed_scaling_factor: float = 1.0
    theta: float = 10000.0
    index_n_heads: int = 0
    selection_bias: bool = True


V3 = Defaults(n_group=8, topk_group=4, first_dense=3, norm_topk_prob=True, routed_scaling_factor=2.5)
V2 = Defaults("groups")
MISTRAL = Defaults("softmax", norm_topk_prob=True)
V32 = replace(V3, index_n_heads=64)
GLM = Defaults(first_dense=3, norm_topk_prob=True, routed_scaling_factor=2.5, index_n_heads=32)


def latent_attention(config: Config, position: Block, **extra: Any) -> Block:
    """Multi-head latent attention from the keys of DeepSeek V2; ``extra`` are further fields of the kind."""
    fields: dict[str, Any] = {"num_attention_heads": config.integer("num_attention_heads", "n_heads")}
    rank = config.optional_integer("q_lora_rank")
    if rank is not None:
        fields["q_lora_rank"] = rank
    fields["kv_lora_rank"] = config.integer("kv_lora_rank")
    fields["qk_nope_head_dim"] = config.integer("qk_nope_head_dim")
    fields["qk_rope_head_dim"] = config.integer("qk_rope_head_dim", least=0)
    fields["v_head_dim"] = config.integer("v_head_dim")
    bias = config.flag("attention_bias", default=False)
    return {"multi_head_latent": fields | given(attention_bias=bias, position=position, **extra)}


def latent_rope(config: Config, theta: float = 10000.0, kind: str = "") -> Block:
    """The rotation of latent attention: of all ``qk_rope_head_dim`` features, whatever ``partial_rotary_factor`` is."""
    made = rope(config, theta=theta, kind=kind)
    assert isinstance(made, dict)
    made["rope"].pop("partial_rotary_factor", None)
    return made


def mixture(config: Config, defaults: Defaults = V3, **extra: Any) -> Block:
    """Fine-grained experts beside shared ones, from the keys of DeepSeek V2 and V3."""
    fields: dict[str, Any] = {
        "num_experts": config.integer("n_routed_experts", "num_experts", "num_local_experts"),
        "num_experts_per_tok": config.integer("num_experts_per_tok", "num_experts_per_token"),
        "moe_intermediate_size": config.integer("moe_intermediate_size"),
    }
    shared = config.integer("n_shared_experts", "num_shared_experts", default=0, least=0)
    if shared:
        fields["n_shared_experts"] = shared
    usual = {"noaux_tc": "noaux_tc", "softmax": "greedy", "groups": "greedy"}[defaults.routing]
    activation = config.text("hidden_act", default="silu")
    if GATED.get(activation) != "swiglu":
        if activation not in GATED:
            config.mark_incomplete(f"experts with {activation}")
        width = fields.pop("moe_intermediate_size")
        fields["expert"] = {GATED.get(activation, "swiglu"): {"intermediate_size": width}}
    method = config.text("topk_method", default=usual)
    if method not in ("noaux_tc", "greedy", "group_limited_greedy"):
        config.mark_incomplete(f"the choice of experts by {method}")
    scores = config.text("scoring_func", default="sigmoid" if method == "noaux_tc" else "softmax")
    if scores != "softmax":
        fields["scoring_func"] = scores
    groups = config.integer("n_group", "num_expert_group", default=defaults.n_group)
    chosen = config.integer("topk_group", default=defaults.topk_group)
    if groups > 1 and not (method == "greedy" and defaults.routing == "groups"):
        fields |= {"n_group": groups, "topk_group": chosen}
    if config.flag("norm_topk_prob", "moe_renormalize", default=defaults.norm_topk_prob):
        fields["norm_topk_prob"] = True
    scale = config.number("routed_scaling_factor", default=defaults.routed_scaling_factor)
    if scale != 1:
        fields["routed_scaling_factor"] = scale
    if method == "noaux_tc" and defaults.selection_bias:
        fields["e_score_correction_bias"] = True
    return {"mixture_of_experts": fields | expert_of(config) | given(**extra)}


def expert_of(config: Config) -> dict[str, Any]:
    """The field ``expert`` where an expert is no plain SwiGLU: its factors are clamped."""
    limit = config.optional_number("swiglu_limit")
    if limit is None:
        return {}
    return {"expert": {"swiglu": {"intermediate_size": config.integer("moe_intermediate_size"), "swiglu_limit": limit}}}


def sparse_layers(config: Config, number: int, defaults: Defaults = V3) -> list[bool]:
    """For each layer whether its feed forward is a mixture of experts."""
    kinds = config.raw("mlp_layer_types")
    first = config.integer("first_k_dense_replace", default=defaults.first_dense, least=0)
    every = config.integer("moe_layer_freq", default=1)
    if kinds is not None:
        listed = config.per_layer(config.texts("mlp_layer_types"), number, "mlp_layer_types", longer="MTP layers")
        for kind in sorted(set(listed) - {"dense", "sparse"}):
            config.mark_incomplete(f"the feed forward {kind}")
        return [kind != "dense" for kind in listed]
    return [layer >= first and layer % every == 0 for layer in range(number)]


def index_kinds(config: Config, number: int) -> list[str]:
    """For each layer whether it has an indexer of its own (``full``) or takes over an earlier choice (``shared``).

    The schedule of ``indexer_types``, else of ``index_topk_pattern``, else of ``index_topk_freq`` and its offset.
    """
    pattern = config.raw("index_topk_pattern")
    every = config.integer("index_topk_freq", default=1)
    offset = config.integer("index_skip_topk_offset", default=2, least=0)
    if "indexer_types" in config:
        return config.per_layer(config.texts("indexer_types"), number, "indexer_types", longer="MTP layers")
    if isinstance(pattern, str | list):
        letters = {"F": "full", "S": "shared"}
        listed = [letters.get(letter, str(letter)) for letter in pattern]
        return config.per_layer(listed, number, "index_topk_pattern", longer="MTP layers")
    return ["shared" if max(layer - offset + 1, 0) % every else "full" for layer in range(number)]


def index_fields(config: Config, kind: str, heads: int = 64) -> dict[str, Any]:
    """The fields of an indexer of this ``kind``; ``heads`` is the default of its class."""
    if kind not in ("full", "shared"):
        config.mark_incomplete(f"the indexer {kind}")
    sizes = {
        "index_n_heads": config.integer("index_n_heads", default=heads),
        "index_head_dim": config.integer("index_head_dim", default=128),
        "index_topk": config.integer("index_topk", default=2048),
    }
    if kind == "shared":
        return {"indexer": "shared", "index_topk": sizes["index_topk"]}
    return {"indexer": "full", **sizes}
