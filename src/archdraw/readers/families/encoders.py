"""Encoders, and encoders with a decoder: BERT, ModernBERT, BART, T5, Whisper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.readers.components import draft, gated_feed_forward, given, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import UNGATED, ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented

ACTIVATIONS = {"relu": "ReLU", "silu": "SiLU", "swish": "SiLU"}


def _times(layer: dict[str, Any], number: int) -> Block:
    return {"encoder_layer": {"times": number, **layer}}


def _both_ways(heads: int, **extra: Any) -> Block:
    """Attention of an encoder: every token sees all others."""
    return {"multi_head": {"num_attention_heads": heads, "is_causal": False} | given(**extra)}


def _masked_head(config: Config, act: str, **fields: Any) -> Block:
    name = ACTIVATIONS.get(act, "GELU" if UNGATED.get(act) == "gelu" else "")
    if not name:
        config.mark_incomplete(f"the activation {act} of the head")
    head = {"activation": name} if name not in ("", "GELU") else {}
    return {"masked_language_model_head": head | fields} if head | fields else "masked_language_model_head"


def _bert(config: Config) -> Draft:
    """BERT: positions and segments added to the tokens, norms after the additions, a head that fills masks in."""
    made = draft(config, tied=True)
    if config.text("position_embedding_type", default="absolute") != "absolute":
        config.mark_incomplete(f"positions of the type {config.text('position_embedding_type')[:40]}")
    if config.flag("add_cross_attention", default=False):
        config.mark_incomplete("cross-attention to an encoder (add_cross_attention)")
    causal = config.flag("is_decoder", default=False)
    act = config.text("hidden_act", default="gelu")
    heads = config.integer("num_attention_heads")
    layer = {
        "norm": "layernorm",
        "placement": "post_add",
        "attention": {"multi_head": {"num_attention_heads": heads, "attention_bias": True}}
        if causal
        else _both_ways(heads, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, config.integer("intermediate_size")),
    }
    number = layer_count(config)
    made.layers = [
        {
            "embedding": {
                "max_position_embeddings": config.integer("max_position_embeddings", default=512),
                "type_vocab_size": config.integer("type_vocab_size", default=2),
            }
        },
        "layernorm",
        {"decoder": {"times": number, **layer}} if causal else _times(layer, number),
    ]
    names = config.texts("architectures", default=[]) or ["BertForMaskedLM"]
    if "BertForMaskedLM" in names or "BertLMHeadModel" in names:
        made.layers.append(_masked_head(config, act))
    else:
        config.mark_incomplete(f"what {str(names[0])[:40]} has after the last layer")
    return made


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


def _modernbert(config: Config) -> Draft:
    """ModernBERT: norms before the sublayers but for the first attention, GEGLU, windows, rotation of two bases."""
    made = draft(config, vocab=50368, tied=True)
    biased, wide = config.flag("norm_bias", default=False), config.flag("mlp_bias", default=False)
    norm: Block = "layernorm" if biased else {"layernorm": {"bias": False}}
    number, heads = layer_count(config), config.integer("num_attention_heads")
    kinds = _modernbert_kinds(config, number)
    window = config.integer("local_attention", default=128)
    feed_forward = gated_feed_forward(config, act="gelu", bias=wide)
    names = {"full_attention": "global", "sliding_attention": "local"}
    if not set(kinds) <= set(names):
        config.complain(f"layer_types are {' and '.join(names)}, not {sorted(set(kinds))}"[:160], "layer_types")
        return made
    layers: dict[str, Any] = {}
    for kind in dict.fromkeys(kinds):
        mixer: Any = _both_ways(
            heads,
            attention_bias=config.flag("attention_bias", default=False),
            sliding_window=window if kind == "sliding_attention" else None,
            position=_modernbert_rope(config, kind),
        )
        fields: dict[str, Any] = {"norm": norm, "attention": mixer, "feed_forward": feed_forward}
        layers[names[kind]] = {"encoder_layer": fields}
    rest = [names[kind] for kind in kinds[1:]]
    for name in dict.fromkeys(rest):
        made.define[name] = layers[name] if name == rest[0] else like(rest[0], layers[rest[0]], layers[name])
    # The embedding ends with a norm: the first layer has none before its attention.
    bare = {"encoder_layer": {"attention_norm": False} | layers[names[kinds[0]]]["encoder_layer"]}
    near = next((name for name in (names[kinds[0]], *rest) if name in made.define), "")
    made.define["first"] = like(near, layers[near], bare) if near else bare
    act = config.text("classifier_activation", default="gelu")
    head = {"norm": norm} | ({} if config.flag("classifier_bias", default=False) else {"transform_bias": False})
    head |= {} if config.flag("decoder_bias", default=True) else {"bias": False}
    made.layers = ["embedding", norm, "first", *(stacks(rest) if rest else []), norm, _masked_head(config, act, **head)]
    return made


def _encoder(layers: Sequence[Block], **fields: Any) -> Block:
    return {"encoder": {**fields, "layers": list(layers)}}


def _side(config: Config, name: str, fallback: str = "") -> tuple[int, int, int]:
    """Layers, heads and width of the feed forward of the encoder or decoder."""
    names = (f"{name}_layers", fallback) if fallback else (f"{name}_layers",)
    return (
        config.integer(*names),
        config.integer(f"{name}_attention_heads"),
        config.integer(f"{name}_ffn_dim"),
    )


def _scaled(config: Config) -> dict[str, Any]:
    return {"scale_embedding": True} if config.flag("scale_embedding", default=False) else {}


def _bart(config: Config) -> Draft:
    """BART: learned positions with two rows to spare, a norm of the embedding, norms after the additions."""
    made = draft(config, vocab=50265, tied=True)
    for key in ("add_bias_logits", "add_final_layer_norm", "normalize_before", "static_position_embeddings"):
        if config.flag(key, default=False):
            config.mark_incomplete(f"the key {key}")
    config.raw("num_hidden_layers", "normalize_embedding", "extra_pos_embeddings")
    rows = config.integer("max_position_embeddings", default=1024)
    tables = _scaled(config) | {"max_position_embeddings": commented(rows + 2, f"{rows:,} and 2 rows in front")}

    def feed_forward(width: int) -> Block:
        return ungated_feed_forward(config, width)

    number, heads, width = _side(config, "encoder")
    usual = {"norm": "layernorm", "placement": "post_add"}
    encoding = {**usual, "attention": _both_ways(heads, attention_bias=True), "feed_forward": feed_forward(width)}
    encoder = _encoder([{"embedding": {"shared": True, **tables}}, "layernorm", _times(encoding, number)])
    number, heads, width = _side(config, "decoder")
    decoding = {
        "times": number,
        **usual,
        "attention": {"multi_head": {"num_attention_heads": heads, "attention_bias": True}},
        "cross_attention": {"cross_attention": {"num_attention_heads": heads, "attention_bias": True}},
        "feed_forward": feed_forward(width),
    }
    made.layers = [{"embedding": tables}, "layernorm", encoder, {"decoder": decoding}, "output_head"]
    return made


def _whisper(config: Config) -> Draft:
    """Whisper: an encoder of sound behind two convolutions, a decoder of text; keys have no bias."""
    made = draft(config, vocab=51865, tied=True)
    made.context_length = config.integer("max_target_positions", default=448)
    config.raw("num_hidden_layers")
    longest = config.integer("max_source_positions", default=1500)
    biases = {"attention_bias": True, "attention_key_bias": False}
    number, heads, width = _side(config, "encoder")
    encoding = {
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, "is_causal": False, **biases}},
        "feed_forward": ungated_feed_forward(config, width),
    }
    stem = {"audio_stem": {"num_mel_bins": config.integer("num_mel_bins", default=80), "max_source_positions": longest}}
    encoder = _encoder([stem, _times(encoding, number), "layernorm"], label="Audio encoder")
    number, heads, width = _side(config, "decoder")
    crossing = {"num_attention_heads": heads, "max_source_positions": longest, **biases}
    decoding = {
        "times": number,
        "norm": "layernorm",
        "attention": {"multi_head": {"num_attention_heads": heads, **biases}},
        "cross_attention": {"cross_attention": crossing},
        "feed_forward": ungated_feed_forward(config, width),
    }
    tables = _scaled(config) | {"max_position_embeddings": made.context_length}
    made.layers = [{"embedding": tables}, encoder, {"decoder": decoding}, "layernorm", "output_head"]
    return made


def _t5(config: Config) -> Draft:
    """T5: RMSNorm, a learned bias of relative positions whose table is the first layer's, unscaled scores."""
    made = draft(config, vocab=32128, tied=True)
    made.context_length = None  # Relative positions have no longest text; n_positions is that of the training.
    width, heads = config.integer("d_kv", default=64), config.integer("num_heads", "num_attention_heads")
    buckets = config.integer("relative_attention_num_buckets", default=32)
    farthest = config.integer("relative_attention_max_distance", default=128)
    wide = width if width * heads != made.hidden_size else None
    feed_forward = _t5_feed_forward(config)
    unscaled = {"attention_multiplier": commented(1.0, "the scores are not scaled")}

    def position(*, shared: bool) -> Block:
        table = {"relative_attention_num_buckets": buckets, "relative_attention_max_distance": farthest}
        return {"relative_bias": table | ({"shared": True} if shared else {})}

    def encoding(*, shared: bool) -> Block:
        mixer = _both_ways(heads, head_dim=wide, **unscaled, position=position(shared=shared))
        return {"encoder_layer": {"attention": mixer, "feed_forward": feed_forward}}

    def decoding(*, shared: bool) -> Block:
        mixer = {"num_attention_heads": heads} | given(head_dim=wide, **unscaled, position=position(shared=shared))
        crossing = {"num_attention_heads": heads} | given(head_dim=wide) | unscaled
        return {
            "decoder": {
                "attention": {"multi_head": mixer},
                "cross_attention": {"cross_attention": crossing},
                "feed_forward": feed_forward,
            }
        }

    number = config.integer("num_layers", "num_hidden_layers")
    later = config.optional_integer("num_decoder_layers") or number
    for name, layer in (("encoding", encoding), ("decoding", decoding)):
        first = layer(shared=False)
        made.define[f"{name}_first"] = first
        made.define[name] = like(f"{name}_first", first, layer(shared=True))
    encoder = _encoder([{"embedding": {"shared": True}}, *_after_first("encoding", number), "rmsnorm"])
    head: Block = "output_head"
    if made.tie_word_embeddings:
        head = {
            "output_head": {"logit_scale": commented(made.hidden_size**-0.5, "1 / √d_model where the table is tied")}
        }
    made.layers = ["embedding", encoder, *_after_first("decoding", later), "rmsnorm", head]
    return made


def _after_first(name: str, number: int) -> list[Block]:
    return [f"{name}_first", *stacks([name] * (number - 1))] if number > 1 else [f"{name}_first"]


def _t5_feed_forward(config: Config) -> Block:
    """``feed_forward_proj``: an activation, behind "gated-" where a second projection multiplies it."""
    kind = config.text("feed_forward_proj", default="relu")
    gated, _, act = kind.rpartition("-")
    config.raw("dense_act_fn", "is_gated_act")
    known = {"gelu": "geglu", "gelu_new": "geglu", "silu": "swiglu"} if gated else UNGATED
    if act not in known:
        config.mark_incomplete(f"the feed forward {kind[:40]}")
    return {known.get(act, "relu"): {"intermediate_size": config.integer("d_ff")}}


FAMILIES = (
    Family(
        ("bert",),
        _bert,
        ("BertForMaskedLM", "BertLMHeadModel"),
        words(
            "attention_probs_dropout_prob classifier_dropout directionality pooler_fc_size "
            "pooler_num_attention_heads pooler_num_fc_layers pooler_size_per_head pooler_type"
        ),
    ),
    Family(
        ("modernbert",),
        _modernbert,
        ("ModernBertForMaskedLM",),
        words(
            "classifier_dropout classifier_pooling cls_token_id deterministic_flash_attn "
            "initializer_cutoff_factor is_encoder_decoder norm_eps reference_compile "
            "repad_logits_with_grad sparse_pred_ignore_index sparse_prediction"
        ),
    ),
    Family(
        ("bart",),
        _bart,
        ("BartForConditionalGeneration",),
        words(
            "activation_dropout classif_dropout classifier_dropout decoder_layerdrop encoder_layerdrop "
            "is_encoder_decoder save_step"
        ),
    ),
    Family(
        ("t5",),
        _t5,
        ("T5ForConditionalGeneration", "T5WithLMHeadModel"),
        ("dropout_rate", "is_encoder_decoder", "n_positions", "classifier_dropout"),
    ),
    Family(
        ("whisper",),
        _whisper,
        ("WhisperForConditionalGeneration",),
        words(
            "activation_dropout apply_spec_augment classifier_proj_size decoder_layerdrop "
            "encoder_layerdrop is_encoder_decoder mask_feature_length mask_feature_min_masks "
            "mask_feature_prob mask_time_length mask_time_min_masks mask_time_prob median_filter_width "
            "max_length use_weighted_layer_sum"
        ),
    ),
)
