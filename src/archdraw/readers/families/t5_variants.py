"""Relatives of T5 with more than other tables: experts, windows, music."""

from __future__ import annotations

from functools import partial
from typing import Any

from archdraw.readers.components import given, unless
from archdraw.readers.config import Config, shown
from archdraw.readers.draft import Block, Draft
from archdraw.readers.families.encoders import bidirectional
from archdraw.readers.families.gpt import words
from archdraw.readers.families.t5_relatives import (
    IGNORED,
    SMALL,
    Relative,
    begun,
    feed_forward,
    feed_forward_of,
    is_scaled,
    whole,
)
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

SWITCH = {"vocab_size": 32128, "d_model": 768, "d_kv": 64, "d_ff": 2048, "num_layers": 12, "num_heads": 12}
MUSIC = {**SMALL, "vocab_size": 2400}


def _switch(config: Config) -> Draft:
    """Switch Transformers: T5 with experts in every few layers, of which a token passes one."""
    relative = Relative(SWITCH, is_always_tied=False)
    made = begun(config, relative)
    dense = feed_forward_of(config, config.text("dense_act_fn", default="relu"), gated=False)
    experts = {
        "num_experts": config.integer("num_experts", default=8),
        "num_experts_per_tok": 1,
        "expert_capacity": config.integer("expert_capacity", default=64),
        "expert": dense,
        **given(router_bias=config.flag("router_bias", default=False)),
    }
    sparse: Block = {"mixture_of_experts": experts}
    # Other than of T5, the class default is a number.
    layers = {"encoder": config.integer("num_layers"), "decoder": config.integer("num_decoder_layers", default=12)}
    made_of = {
        half: [sparse if sparse_at else dense for sparse_at in _sparse(config, half, layers[half])] for half in layers
    }
    return whole(config, relative, made, made_of, later=layers["decoder"])


def _sparse(config: Config, half: str, layers: int) -> list[bool]:
    """For each layer whether it has experts: the second of every ``step``, or each where the step is one.

    The step follows from the number of such layers; where a file has both, its step holds.
    """
    number = config.integer(f"num_sparse_{half}_layers", default=3, least=0)
    key, usual = f"{half}_sparse_step", layers // number if number else layers
    step = config.integer(key, default=usual, least=0)
    if step != usual:
        config.mark_incomplete(f"{key} {step} contradicts num_sparse_{half}_layers {number} of {layers} layers")
    return [index % step == 1 or step == 1 if step else False for index in range(layers)]


def _long(config: Config) -> Draft:
    """LongT5: the encoder attends to a window, or to that and the means of all blocks."""
    relative = Relative(SMALL)
    made = begun(config, relative)
    kind = config.text("encoder_attention_type", default="local")
    radius = config.integer("local_radius", default=127)
    block = config.integer("global_block_size", default=16)
    width = config.integer("head_dim", "d_kv")
    encoding = partial(_local, commented(2 * radius + 1, f"local_radius {radius:,} to both sides"))
    if kind == "transient-global":
        encoding = partial(_transient, width, unless(local_radius=(radius, 127), global_block_size=(block, 16)))
    elif kind != "local":
        config.mark_incomplete(f"the attention of the encoder ({kind[:40]})")
    layer = feed_forward(config, relative)
    return whole(config, relative, made, {"encoder": [layer], "decoder": [layer]}, encoding=encoding)


def _local(window: int, heads: int, fields: dict[str, Any]) -> Block:
    """Attention to a window."""
    return bidirectional(heads, sliding_window=window, **fields)


def _transient(width: int, sizes: dict[str, Any], heads: int, fields: dict[str, Any]) -> Block:
    """Attention to a window and to the means of all blocks."""
    table = fields["position"]["relative_bias"]
    buckets = unless(buckets=(table["relative_attention_num_buckets"], 32))
    made = {
        "num_attention_heads": heads,
        "head_dim": width,
        **sizes,
        **buckets,
        **given(biases="of the first layer" if table.get("shared") else None),
    }
    return {"transient_global_attention": made}


def _pop2piano(config: Config) -> Draft:
    """Pop2Piano: T5 whose encoder reads a spectrogram behind the vector of a composer; the head is never tied."""
    relative = Relative(MUSIC, "gated-gelu")
    made = begun(config, relative)
    projection = config.text("feed_forward_proj", default="gated-gelu")
    gated = config.flag("is_gated_act", default=projection.startswith("gated"))
    if gated != projection.startswith("gated"):
        config.warn(f"is_gated_act {shown(gated)} contradicts feed_forward_proj {projection[:40]}", "is_gated_act")
    layer = feed_forward_of(config, config.text("dense_act_fn", default="relu"), gated=gated)
    scale = is_scaled(config, relative, tied=made.tie_word_embeddings)
    made.tie_word_embeddings = False
    rows = config.integer("composer_vocab_size", default=21)
    weights = [{"name": "weight", "shape": [rows, made.hidden_size]}]
    composer = {"label": "Composer embedding", "role": "embedding", "inputs": 0, "weights": weights}
    source: list[Block] = [
        {"input": {"label": "Log-mel spectrogram", "features": made.hidden_size}},
        {"parallel": {"merge": "separate", "branches": [{"weight": composer}, []]}},
        {"concatenate": {"axis": "positions"}},
    ]
    factor = commented(made.hidden_size**-0.5, "1 / √d_model")
    head: Block = {"output_head": {"logit_scale": factor}} if scale else "output_head"
    halves = {"encoder": [layer], "decoder": [layer]}
    return whole(config, relative, made, halves, source=source, head=head)


ROUTER = words("router_dtype router_ignore_padding_tokens add_router_probs")

FAMILIES = (
    Family(("switch_transformers",), _switch, ("SwitchTransformersForConditionalGeneration",), IGNORED + ROUTER),
    Family(("longt5",), _long, ("LongT5ForConditionalGeneration",), IGNORED),
    Family(("pop2piano",), _pop2piano, ("Pop2PianoForConditionalGeneration",), IGNORED),
)
