"""ProphetNet: an encoder-decoder whose decoder predicts several tokens ahead, each in a stream of its own."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import draft
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_decoder_parts import IGNORED, encoder, one_table
from archdraw.readers.families.encoders import bidirectional, repeated
from archdraw.readers.families.gpt import ungated_feed_forward
from archdraw.readers.family import Family
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.traced import commented

SIZES = {"hidden_size": 1024, "encoder_ffn_dim": 4096, "decoder_ffn_dim": 4096, "max_position_embeddings": 512} | {
    f"num_{half}_{name}": size
    for half in ("encoder", "decoder")
    for name, size in (("layers", 12), ("attention_heads", 16))
}


def _prophetnet(config: Config) -> Draft:
    """Norms after the additions; queries of the decoder meet a learned projection of relative positions as well."""
    config.defaults(**SIZES)
    say_contradictions(config, {"num_attention_heads": "num_encoder_attention_heads"})
    config.ignore("disable_ngram_loss", "eps", "relative_max_distance", "num_hidden_layers")
    made = draft(config, vocab=30_522, tied=True)
    made.keeps_unread = True
    made.context_length = config.integer("max_position_embeddings")
    positions = {"max_position_embeddings": made.context_length}
    placed = {"norm": "layernorm", "placement": "post_add"}
    key = "num_attention_heads" if "num_attention_heads" in config else "num_encoder_attention_heads"
    encoding = {
        **placed,
        "attention": bidirectional(config.integer(key), attention_bias=True),
        "feed_forward": ungated_feed_forward(config, config.integer("encoder_ffn_dim")),
    }
    shared = {"shared": True} if one_table(config, made) else {}
    number = config.integer("num_encoder_layers")
    source = encoder([{"embedding": {**shared, **positions}}, "layernorm", repeated(encoding, number)])
    heads, streams = config.integer("num_decoder_attention_heads"), config.integer("ngram", default=2)
    layers: dict[str, Any] = {
        "times": config.integer("num_decoder_layers"),
        **placed,
        "attention": _streams(made.hidden_size, heads, config.integer("num_buckets", default=32), streams),
    }
    if config.flag("add_cross_attention", default=True):
        layers["cross_attention"] = {"cross_attention": {"num_attention_heads": heads, "attention_bias": True}}
    layers["feed_forward"] = ungated_feed_forward(config, config.integer("decoder_ffn_dim"))
    weights = [{"name": "weight", "shape": [streams, made.hidden_size]}]
    ahead = {
        "name": "ngram_embeddings",
        "label": f"{counted(streams, 'stream', 'streams')} that look ahead",
        "role": "embedding",
    }
    made.layers = [
        {"embedding": positions},
        {"weight": {**ahead, "detail": "a learned vector for each", "weights": weights}},
        "layernorm",
        source,
        {"decoder": layers},
        *made.layers,
        "output_head",
    ]
    return made


def _streams(hidden: int, heads: int, buckets: int, streams: int) -> Block:
    """Attention of the main stream and of those that predict further tokens, with the same weights."""
    rows = commented(buckets * heads, "num_buckets × heads")

    def line(name: str, label: str, features: int, out: str) -> Block:
        fields = {"name": name, "label": f"{label} {features:,}", "features": features, "bias": True, "outputs": [out]}
        return {"linear": fields}

    projections = [
        line("query_proj", "Q", hidden, "Q"),
        line("key_proj", "K", hidden, "K"),
        line("value_proj", "V", hidden, "V"),
        line("relative_pos_embeddings", "positions", rows, "positions"),
    ]
    attend = {
        "label": "Softmax attention",
        "detail": f"{counted(buckets, 'bucket', 'buckets')} of distances per head",
        "role": "attention",
        "inputs": 4,
        "features": hidden,
        "cache": 2 * hidden,
        "heads": {"num_attention_heads": heads, "head_dim": max(1, hidden // heads)},
    }
    out = {"name": "out_proj", "label": "Output projection", "features": hidden, "bias": True}
    return {
        "module": {
            "name": "self_attn",
            "label": "N-gram attention",
            "role": "attention",
            "detail": f"{counted(heads, 'head', 'heads')}, {counted(streams, 'stream', 'streams')} beside the main one",
            "body": [
                {"parallel": {"merge": "separate", "branches": projections}},
                {"op": attend},
                {"linear": out},
            ],
        }
    }


FAMILIES = (
    Family(
        ("prophetnet", "xlm-prophetnet"),
        _prophetnet,
        ("ProphetNetForConditionalGeneration",),
        IGNORED,
    ),
)
