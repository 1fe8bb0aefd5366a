"""T5Gemma 1 and 2: two Gemmas, of which one reads in both directions and the other reads it."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given, tied_embeddings
from archdraw.readers.config import Config
from archdraw.readers.draft import Draft
from archdraw.readers.families.gemma import gemma2, gemma3
from archdraw.readers.family import Family
from archdraw.readers.joined import joined
from archdraw.readers.towers import siglip_tower


def _t5gemma(config: Config) -> Draft:
    """Each half has a section, read as a Gemma 2; the encoder has a token table of its own."""
    halves = [config.section(name) or Config({}, (name,), config) for name in ("encoder", "decoder")]
    for half in halves:
        half.ignore("dropout_rate", "classifier_dropout_rate")
        half.raw("cross_attention_hidden_size", "tie_word_embeddings")
    source, target = (gemma2(half) for half in halves)
    config.raw("vocab_size")
    target.tie_word_embeddings = tied_embeddings(config, True)
    crossing: dict[str, Any] = {
        "num_attention_heads": halves[1].integer("num_attention_heads", default=8),
        "num_key_value_heads": halves[1].integer("num_key_value_heads", default=4),
        "head_dim": halves[1].integer("head_dim", default=256),
        **given(
            encoder_hidden_size=source.hidden_size if source.hidden_size != target.hidden_size else None,
            attention_bias=halves[1].flag("attention_bias", default=False),
        ),
        "query_pre_attn_scalar": halves[1].number("query_pre_attn_scalar", default=256.0),
    }
    cap = halves[1].optional_number("attn_logit_softcapping")
    if cap is None and "attn_logit_softcapping" not in halves[1].data:
        cap = halves[1].number("attn_logit_softcapping", default=50.0)
    return joined(source, target, {"cross_attention": crossing | given(attn_logit_softcapping=cap)})


def _t5gemma2(config: Config) -> Draft:
    """T5Gemma 2: two Gemma 3s; the decoder's attention meets its own keys and those of the encoder at once."""
    encoder = config.section("encoder") or Config({}, ("encoder",), config)
    text = encoder.section("text_config") or Config({}, ("encoder", "text_config"), config)
    target = config.section("decoder") or Config({}, ("decoder",), config)
    encoder.raw(
        "tie_word_embeddings",
        "boi_token_index",
        "eoi_token_index",
        "image_token_index",
    )
    for part in (text, target):
        part.ignore("dropout_rate", "classifier_dropout_rate", "_name_or_path")
        part.raw("tie_word_embeddings", "is_encoder_decoder", "cross_attention_hidden_size")
    target.mark_incomplete("the keys and values of the encoder beside the decoder's own, by the same projections")
    source, made = gemma3(text, None), gemma3(target, None)
    made.tie_word_embeddings = tied_embeddings(config, True)
    config.raw("vocab_size", "eoi_token_index", "image_token_index")
    # Other than in T5Gemma, one table serves both halves.
    source.layers[0] = {"embedding": {"scale_embedding": True, "shared": True}}
    vision = encoder.section("vision_config") or Config({}, ("vision_config",), encoder)
    tokens = encoder.integer("mm_tokens_per_image", default=256)
    end = {"name": "eoi_embedding", "label": "ends of images", "detail": "a vector of its own, of both halves"}
    source.layers[1:1] = [
        {"weight": end | {"role": "embedding", "part": "embedding", "weights": [{"shape": [source.hidden_size]}]}},
        *siglip_tower(vision, mm_tokens_per_image=tokens, projector_norm=True),
    ]
    return joined(source, made)


FAMILIES = (
    Family(
        ("t5gemma2",),
        _t5gemma2,
        ("T5Gemma2ForConditionalGeneration",),
        ("dropout_rate", "classifier_dropout_rate", "is_encoder_decoder"),
    ),
    Family(
        ("t5gemma",),
        _t5gemma,
        ("T5GemmaForConditionalGeneration",),
        ("dropout_rate", "classifier_dropout_rate", "is_encoder_decoder"),
    ),
)
