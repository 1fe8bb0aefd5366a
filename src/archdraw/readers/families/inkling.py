"""Inkling: relative attention, short convolutions, experts whose router weighs the shared ones too, three senses."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import gated_feed_forward, given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import routed
from archdraw.readers.similarity import like
from archdraw.readers.special_towers import inkling_towers
from archdraw.readers.traced import commented


def _inkling(config: Config) -> Draft:
    text = config.section("text_config") or config
    made = Draft(
        hidden_size=text.integer("hidden_size", default=6144),
        vocab_size=text.integer("vocab_size", default=201024),
        context_length=text.integer("model_max_length", "max_position_embeddings", default=131072),
    )
    # The head has the table's rows; scores beyond unpadded_vocab_size are dropped. The two are never tied.
    text.ignore("unpadded_vocab_size", "rms_norm_eps_moe_gate")
    _refuse(text)
    names = _layers(text, made)
    scale = text.number("logits_mup_width_multiplier", "embedding_multiplier", default=24.0)
    head = given(
        logits_scaling=commented(scale, "logits_mup_width_multiplier"),
        final_logit_softcapping=text.optional_number("final_logit_softcapping"),
    )
    # In the class the table and its norm are one module.
    made.layers = [
        "embedding",
        {"rmsnorm": {"label": "RMSNorm of tokens"}},
        *inkling_towers(config),
        *stacks(names),
        "rmsnorm",
        *_prediction(config, text, made),
        {"output_head": head},
    ]
    return made


def _refuse(text: Config) -> None:
    """Notes what the class of the model knows no other form of."""
    for name in ("use_sconv", "use_embed_norm", "use_gate_bias", "use_global_scale", "norm_after_topk"):
        if not text.flag(name, default=True):
            text.mark_incomplete(f"a model without {name}")
    for name in ("q_bias", "o_bias", "tie_word_embeddings"):
        if text.flag(name, default=False):
            text.mark_incomplete(f"the key {name}")
    if text.text("gate_activation", default="sigmoid") != "sigmoid":
        text.mark_incomplete("the scores of the router")
    if not text.flag("shared_expert_sink", default=True):
        text.warn(
            "shared_expert_sink false is without effect: the class scores the shared experts", "shared_expert_sink"
        )


def _layers(text: Config, made: Draft) -> list[str]:
    """Defines the kinds of layers and returns the name of each layer."""
    number = text.integer("num_hidden_layers", default=66)
    ids = text.integers("local_layer_ids", default=[index for index in range(number) if (index + 1) % 6])
    types = text.texts(
        "layer_types", default=["hybrid_sliding" if index in ids else "hybrid" for index in range(number)]
    )
    types = text.per_layer(types, number, "layer_types")
    first_sparse = text.integer("dense_mlp_idx", default=0, least=0)
    usual = ["dense" if index < first_sparse else "sparse" for index in range(number)]
    widths = text.per_layer(text.texts("mlp_layer_types", default=usual), number, "mlp_layer_types")
    kernel = text.integer("sconv_kernel_size", "conv_kernel_size", default=4)
    names = []
    text.set_aside(lambda apart: [_attention(apart, local=local) for local in (False, True)])
    feeds = {"dense": _dense(text), "sparse": _sparse(text)}
    for kind, width in zip(types, widths, strict=True):
        local = kind == "hybrid_sliding"
        mixer, feed = ("local" if local else "global"), (width if width in feeds else "sparse")
        if kind not in ("hybrid", "hybrid_sliding") or width != feed:
            text.mark_incomplete(f"layers of type {kind[:30]}, {width[:30]}")
        made.define.setdefault(mixer, _attention(text, local=local))
        made.define.setdefault(feed, feeds[feed])
        name = f"{mixer}_{feed}"
        names.append(name)
        if name not in made.define:
            made.define[name] = _layer(made, mixer, feed, kernel)
    return names


def _layer(made: Draft, mixer: str, feed: str, kernel: int) -> Block:
    """A layer with a convolution behind each sublayer; told by the first one's where there is one."""
    decoder: dict[str, Any] = {
        "attention": [mixer, {"added_convolution": {"conv_kernel_size": kernel, "name": "attn_sconv"}}],
        "feed_forward": [feed, {"added_convolution": {"conv_kernel_size": kernel, "name": "mlp_sconv"}}],
    }
    whole: Block = {"decoder": decoder}
    for name, block in made.define.items():
        if isinstance(block, dict) and "decoder" in block:
            return like(name, block, whole)
    return whole


def _attention(text: Config, *, local: bool) -> Block:
    heads = ("swa_num_attention_heads", "swa_num_key_value_heads", "swa_head_dim")
    if not local:
        heads = ("num_attention_heads", "num_key_value_heads", "head_dim")
    fields: dict[str, Any] = {
        "num_attention_heads": text.integer(heads[0], default=64),
        "num_key_value_heads": text.integer(heads[1], default=16 if local else 8),
        "head_dim": text.integer(heads[2], default=128),
        "d_rel": text.integer("d_rel", default=16),
        "conv_kernel_size": text.integer("sconv_kernel_size", "conv_kernel_size", default=4),
    }
    if local:
        fields["sliding_window"] = text.integer("sliding_window_size", "sliding_window", default=512)
    else:
        fields["rel_extent"] = text.integer("rel_extent", default=1024)
        floor = text.optional_integer("log_scaling_n_floor")
        alpha = text.number("log_scaling_alpha", default=0.1)
        fields |= given(log_scaling_n_floor=floor, log_scaling_alpha=alpha if floor else None)
        fields["label"] = "Global attention"
    return {"relative_attention": fields}


def _dense(text: Config) -> Block:
    """With ``dense_intermediate_size``, ``intermediate_size`` is an expert's."""
    width = text.optional_integer("dense_intermediate_size") or text.integer("intermediate_size", default=24576)
    return {"sequence": [gated_feed_forward(text, width, bias=None), {"learned_scale": "mlp.global_scale"}]}


def _sparse(text: Config) -> Block:
    nested = text.optional_integer("dense_intermediate_size") is not None
    own = text.optional_integer("moe_intermediate_size")
    width = text.integer("intermediate_size", default=3072) if nested else own or 3072
    return {
        "mixture_of_experts": {
            "num_experts": text.integer("n_routed_experts", "num_local_experts", default=256),
            "num_experts_per_tok": text.integer("num_experts_per_tok", default=6),
            **routed(gated_feed_forward(text, width, bias=None)),
            "n_shared_experts": text.integer("n_shared_experts", default=2),
            "shared_expert_sink": True,
            "scoring_func": "sigmoid",
            "norm_topk_prob": True,
            "routed_scaling_factor": text.number("route_scale", default=8.0),
            "global_scale": True,
            "e_score_correction_bias": True,
        }
    }


def _prediction(config: Config, text: Config, made: Draft) -> list[Block]:
    """Modules that predict more tokens, each a dense layer with or without a window."""
    section = config.section("mtp_config") or text
    text.raw("num_mtp_layers", "mtp_local_layer_ids", "mtp_hidden_states_first")  # copies of those of mtp_config
    number = section.integer("num_nextn_predict_layers", "num_mtp_layers", default=0, least=0)
    local = section.integers("local_layer_ids" if section is not text else "mtp_local_layer_ids", default=[])
    if section.flag("chain_hidden_post_norm", default=False):
        section.mark_incomplete("the norm between modules that predict more tokens")
    counts = {"local": sum(index in local for index in range(number))}
    counts["global"] = number - counts["local"]
    kernel = text.integer("sconv_kernel_size", "conv_kernel_size", default=4)
    predicting: list[Block] = []
    for mixer, count in counts.items():
        if not count:
            continue
        if mixer not in made.define:
            made.define[mixer] = _attention(text, local=mixer == "local")
        made.define.setdefault("dense", _dense(text))
        if f"{mixer}_dense" not in made.define:
            made.define[f"{mixer}_dense"] = _layer(made, mixer, "dense", kernel)
        fields: dict[str, Any] = {"num_nextn_predict_layers": count, "layer": f"{mixer}_dense", "final_norm": False}
        if len([size for size in counts.values() if size]) > 1:
            fields["label"] = "Sliding MTP" if mixer == "local" else "Global MTP"
        predicting.append({"multi_token_prediction": fields})
    return predicting


FAMILIES = (
    Family(
        ("inkling_mm_model", "inkling_text"),
        _inkling,
        ("InklingForConditionalGeneration", "InklingForCausalLM"),
        ("image_processor", "processor_class", "number_of_conv_states"),
    ),
)
