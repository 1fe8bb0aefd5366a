"""Relatives of BART for long texts, whose encoders attend to a part of the text: LED, BigBird-Pegasus, Pegasus-X."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_decoder_parts import IGNORED, counted_side, encoder, one_table
from archdraw.readers.families.bart_relatives import Relative, begun, decoding, embedding, embedding_tables, placed
from archdraw.readers.families.encoders import bidirectional
from archdraw.readers.families.gpt import ungated_feed_forward
from archdraw.readers.family import Family
from archdraw.readers.similarity import like

LED = Relative(50265, is_normalized=True)
WIDE = {"encoder_layers": 16, "decoder_layers": 16}
BIGBIRD = Relative(
    96103, is_pre_norm=True, is_scaled=True, act="gelu_new", sizes={**WIDE, "max_position_embeddings": 4096}
)
PEGASUS_X = Relative(
    96103, "sines", is_pre_norm=True, is_scaled=True, sizes={**WIDE, "max_position_embeddings": 16_384}
)


def _led(config: Config) -> Draft:
    """LED: BART whose encoder has the attention of Longformer, and more positions than its decoder."""
    made = begun(config, LED)
    made.context_length = config.integer("max_decoder_position_embeddings", default=1024)
    rows = config.integer("max_encoder_position_embeddings", default=16_384)
    number, heads, width = counted_side(config, "encoder", "encoder")
    if isinstance(config.raw("attention_window"), list):
        windows = config.per_layer(config.integers("attention_window"), number, "attention_window")
    else:
        windows = [config.integer("attention_window", default=512)] * number
    for window in dict.fromkeys(windows):
        if window < 1 or window % 2:
            config.complain(f"attention_window is an even number of tokens, not {window}", "attention_window")
    mixers = [_windowed(heads, window) for window in windows]
    return _long(config, LED, made, mixers, width, tables={"max_position_embeddings": rows})


def _windowed(heads: int, window: int) -> Block:
    fields = {"num_attention_heads": heads, "attention_window": window, "attention_bias": True}
    return {"window_and_global_attention": fields}


def _bigbird(config: Config) -> Draft:
    """BigBird-Pegasus: learned positions, no biases in attention unless said, random blocks in the encoder."""
    made = begun(config, BIGBIRD)
    number, heads, width = counted_side(config, "encoder", "encoder")
    biased = config.flag("use_bias", default=False)
    kind = config.text("attention_type", default="block_sparse")
    block, random = config.integer("block_size", default=64), config.integer("num_random_blocks", default=3)
    mixer: Block = bidirectional(heads, **given(attention_bias=biased))
    if kind == "block_sparse":
        fields = {"num_attention_heads": heads, "block_size": block, "num_random_blocks": random}
        mixer = {"random_block_attention": fields | given(attention_bias=biased)}
    elif kind != "original_full":
        config.mark_incomplete(f"the attention of the encoder ({kind[:40]})")
    if str(config.raw("architectures")).endswith("ForCausalLM']"):
        made.tie_word_embeddings = False  # the class of the decoder alone ties nothing
    return _long(config, BIGBIRD, made, [mixer] * number, width, biased=biased)


def _pegasus_x(config: Config) -> Draft:
    """Pegasus-X: blocks in the encoder, staggered from layer to layer, and learned tokens that see all of them."""
    made = begun(config, PEGASUS_X)
    number, heads, width = counted_side(config, "encoder", "encoder")
    config.raw("stagger_local_blocks")
    tokens, block = config.integer("num_global_tokens", default=32), config.integer("block_size", default=512)
    mixer = _global_and_local(made.hidden_size, heads, tokens, block)
    weights = [{"name": "weight", "shape": [tokens, made.hidden_size]}]
    learned = {"name": "embed_global", "label": f"{tokens} global tokens", "role": "embedding", "weights": weights}
    aside: Block = {"weight": {**learned, "detail": "learned, beside the others"}}
    return _long(config, PEGASUS_X, made, [mixer] * number, width, biased=False, first=[aside])


def _global_and_local(hidden: int, heads: int, tokens: int, block: int) -> Block:
    """Attention of tokens to their block and to the global tokens, and of these to all, with the same projections."""
    branches: list[Any] = [
        {
            "linear": {
                "name": f"{name.lower()}_proj",
                "label": f"{name} {hidden:,}",
                "features": hidden,
                "outputs": [name],
            }
        }
        for name in ("Q", "K", "V")
    ]
    branches.append(
        [
            {"op": {"label": "Global tokens", "inputs": 0, "features": hidden}},
            {"layernorm": {"name": "global_self_attn_layer_norm"}},
        ]
    )
    attend = {
        "label": "Softmax attention",
        "detail": f"blocks of {block:,}, {tokens} global tokens",
        "role": "sliding",
        "inputs": 4,
        "features": hidden,
        "cache": 0,
        "heads": {
            "num_attention_heads": heads,
            "head_dim": max(1, hidden // heads),
            "reach": block + tokens,
            "is_causal": False,
        },
    }
    out = {"name": "out_proj", "label": "Output projection", "features": hidden}
    return {
        "module": {
            "name": "self_attn",
            "label": "Global and local attention",
            "role": "sliding",
            "detail": f"{counted(heads, 'head', 'heads')}, blocks of {block:,}, bidirectional",
            "body": [{"parallel": {"merge": "separate", "branches": branches}}, {"op": attend}, {"linear": out}],
        }
    }


def _long(
    config: Config,
    relative: Relative,
    made: Draft,
    mixers: Sequence[Block],
    width: int,
    *,
    biased: bool = True,
    tables: dict[str, Any] | None = None,
    first: Sequence[Block] = (),
) -> Draft:
    """``made`` with an encoder of one layer for each of ``mixers``; ``tables`` are its positions where they differ."""
    both = embedding_tables(config, relative)
    if tables is not None:
        both["max_position_embeddings"] = made.context_length
    shared = {"shared": True} if one_table(config, made) else {}
    normed: list[Block] = ["layernorm"] if relative.is_normalized else []
    last: list[Block] = ["layernorm"] if relative.is_pre_norm else []
    feed_forward = ungated_feed_forward(config, width, act=relative.act)
    kinds: list[Block] = []
    names = []
    for mixer in mixers:
        layer: Block = {"encoder_layer": {**placed(relative), "attention": mixer, "feed_forward": feed_forward}}
        if layer not in kinds:
            kinds.append(layer)
        names.append(f"encoding_{kinds.index(layer) + 1}")
    for index, layer in enumerate(kinds, start=1):
        made.define[f"encoding_{index}"] = layer if index == 1 else like("encoding_1", kinds[0], layer)
    below = [embedding({**shared, **both, **(tables or {})}), *first, *normed]
    made.layers = [
        embedding(both),
        *normed,
        encoder([*below, *stacks(names), *last]),
        {"decoder": decoding(config, relative, biased=biased)},
        *last,
        *made.layers,
        "output_head",
    ]
    return made


FAMILIES = (
    Family(("led",), _led, ("LEDForConditionalGeneration",), (*IGNORED, "attention_probs_dropout_prob")),
    Family(("bigbird_pegasus",), _bigbird, ("BigBirdPegasusForConditionalGeneration",), IGNORED),
    Family(("pegasus_x",), _pegasus_x, ("PegasusXForConditionalGeneration",), IGNORED),
)
