"""ModernBERT, and the decoder of its structure (Ettin)."""

from __future__ import annotations

from functools import partial
from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, given, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_parts import masked_head
from archdraw.readers.families.encoders import bidirectional
from archdraw.readers.families.gpt import words
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented


def _modernbert_kinds(config: Config, number: int) -> list[str]:
    every = config.integer("global_attn_every_n_layers", default=3)
    listed = config.texts("layer_types", default=[])
    if listed:
        return config.per_layer(listed, number, "layer_types")
    return ["sliding_attention" if index % every else "full_attention" for index in range(number)]


def _modernbert_rope(config: Config, kind: str) -> Block:
    """Rotation of one kind of layer; ``global_rope_theta`` and ``local_rope_theta`` in older files."""
    older = {"full_attention": ("global_rope_theta", 160000.0), "sliding_attention": ("local_rope_theta", 10000.0)}
    key, usual = older[kind]
    theta = config.optional_number(key)
    if theta is None:
        config.raw("global_rope_theta", "local_rope_theta")
    source = config.section("rope_parameters")
    if source is not None and isinstance(source.data.get(kind), dict):
        return rope(config, theta=theta or usual, kind=kind)
    return {"rope": {"rope_theta": theta if theta is not None else commented(usual, f"{key}: default of its class")}}


def _modernbert(config: Config, *, causal: bool = False) -> Draft:
    """ModernBERT: norms before the sublayers but for the first attention, GEGLU, windows, rotation of two bases.

    A window of ``local_attention`` tokens has half of them to each side; one that is ``causal`` is half as long.
    """
    made = draft(config, vocab=50368, tied=True)
    biased, wide = config.flag("norm_bias", default=False), config.flag("mlp_bias", default=False)
    norm: Block = "layernorm" if biased else {"layernorm": {"bias": False}}
    number, heads = layer_count(config), config.integer("num_attention_heads")
    kinds = _modernbert_kinds(config, number)
    window = config.integer("local_attention", default=128)
    if causal:
        config.raw("sliding_window")
        window = commented(window // 2, "half of local_attention", window)
    keyword = "decoder" if causal else "encoder_layer"
    feed_forward = gated_feed_forward(config, act="gelu", bias=wide)
    names = {"full_attention": "global", "sliding_attention": "local"}
    if not set(kinds) <= set(names):
        config.complain(f"layer_types are {' and '.join(names)}, not {sorted(set(kinds))}"[:160], "layer_types")
        return made
    layers: dict[str, Any] = {}
    for kind in dict.fromkeys(kinds):
        mixer: Any = (causally if causal else bidirectional)(
            heads,
            label="Global attention" if kind == "full_attention" and len(set(kinds)) > 1 else None,
            attention_bias=config.flag("attention_bias", default=False),
            sliding_window=window if kind == "sliding_attention" else None,
            position=_modernbert_rope(config, kind),
        )
        fields: dict[str, Any] = {"norm": norm, "attention": mixer, "feed_forward": feed_forward}
        layers[names[kind]] = {keyword: fields}
    rest = [names[kind] for kind in kinds[1:]]
    for name in dict.fromkeys(rest):
        made.define[name] = layers[name] if name == rest[0] else like(rest[0], layers[rest[0]], layers[name])
    # The embedding ends with a norm: the first layer has none before its attention.
    bare = {keyword: {"attention_norm": False} | layers[names[kinds[0]]][keyword]}
    near = next((name for name in (names[kinds[0]], *rest) if name in made.define), "")
    made.define["first"] = like(near, layers[near], bare) if near else bare
    act = config.text("classifier_activation", default="gelu")
    head = {"norm": norm} | ({} if config.flag("classifier_bias", default=False) else {"transform_bias": False})
    head |= {} if config.flag("decoder_bias", default=True) else {"bias": False}
    made.layers = ["embedding", norm, "first", *(stacks(rest) if rest else []), norm, masked_head(config, act, **head)]
    return made


def causally(heads: int, **extra: Any) -> Block:
    """Attention of a decoder."""
    return {"multi_head": {"num_attention_heads": heads} | given(**extra)}


_IGNORED = words(
    "classifier_dropout classifier_pooling cls_token_id deterministic_flash_attn "
    "initializer_cutoff_factor is_encoder_decoder norm_eps reference_compile "
    "repad_logits_with_grad sparse_pred_ignore_index sparse_prediction"
)

FAMILIES = (
    Family(("modernbert",), _modernbert, ("ModernBertForMaskedLM",), _IGNORED),
    Family(
        ("modernbert-decoder",),
        partial(_modernbert, causal=True),
        ("ModernBertDecoderForCausalLM",),
        _IGNORED,
    ),
)
