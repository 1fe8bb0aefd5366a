"""A decoder of attention and feed forward layers, as most are, read by the keys that most configs share."""

from __future__ import annotations

from archdraw.readers.components import attention, draft, gated_feed_forward, layer_count, listed_kinds, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks

FULL = ("full_attention", "attention", "global_attention")
HAND = "write a spec by hand (docs/spec.md), or write a reader for the family"
SLIDING = ("sliding_attention", "local_attention", "sliding_window_attention")

STRANGE = (
    *("is_encoder_decoder", "encoder_layers", "mamba", "ssm", "state_size", "conv_kernel", "conv_l", "linear_attn"),
    *("linear_num", "lora_rank", "hybrid", "block_type", "lru_", "rwkv", "time_mix", "altup", "hyper_connection"),
    *("hc_mult", "num_loops", "ngram", "per_layer", "relative_attention", "alibi", "n_inner", "patch"),
)
"""Parts of the names of keys of other structures than that of a plain decoder."""


def plain_decoder(text: Config, unknown: str, root: Config) -> Draft:
    """The decoder that ``text`` describes, a section of ``root`` or the whole of it; ``unknown`` says what it is.

    Rejected is what is no such decoder, and what lacks a size: a wrong picture is worse than none.
    """
    for key, value in text.data.items():
        if value and any(part in key.lower() for part in STRANGE):
            text.complain(f"{unknown}, and {key} is a key of another structure than a plain decoder's", key, HAND)
    made = draft(text, root=root)
    number = layer_count(text)
    kinds = listed_kinds(text, number)
    sparse = _experts(text)
    dense_first = text.integer("first_k_dense_replace", "num_dense_layers", default=0, least=0)
    layers = []
    for index, kind in enumerate(kinds):
        feed = "dense" if sparse is None or index < dense_first else "sparse"
        layers.append(f"{_named(kind)}_{feed}_layer")
        made.define.setdefault(
            layers[-1],
            {
                "decoder": {
                    "attention": _mixer(text, kind),
                    "feed_forward": sparse if feed == "sparse" and sparse is not None else gated_feed_forward(text),
                }
            },
        )
    made.layers = ["embedding", *stacks(layers), "rmsnorm", "output_head"]
    return made


def _named(kind: str) -> str:
    if kind in FULL:
        return "global"
    return "local" if kind in SLIDING else "".join(c if c.isalnum() else "_" for c in kind)[:40].strip("_") or "unknown"


def _mixer(config: Config, kind: str) -> Block:
    if kind not in FULL + SLIDING:
        config.mark_incomplete(f'unknown mixer "{kind[:40]}"')
        return {"op": {"label": f"{kind[:30]} (unknown)"}}
    return attention(
        config,
        attention_bias=config.flag("attention_bias", "qkv_bias", default=False),
        sliding_window=config.optional_integer("sliding_window") if kind in SLIDING else None,
        position=rope(config, kind=kind),
    )


def _experts(config: Config) -> Block | None:
    """A mixture of experts under any of the usual names; None for a dense model."""
    number = config.optional_integer(
        *("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts", "num_routed_experts"), least=0
    )
    if not number:
        return None
    fields = {
        "num_experts": number,
        "num_experts_per_tok": config.integer("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k"),
        "moe_intermediate_size": config.integer(
            "moe_intermediate_size", "expert_intermediate_size", "intermediate_size"
        ),
    }
    shared = config.optional_integer("n_shared_experts", "num_shared_experts", least=0)
    if shared:
        fields["n_shared_experts"] = shared
    if "moe_intermediate_size" in config:
        config.raw("intermediate_size")
    return {"mixture_of_experts": fields}
