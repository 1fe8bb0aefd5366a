"""Muse Glimmer: gated attention with windows, norms around every sublayer, an encoder of images."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import gated_feed_forward, given, tied_embeddings, whole_heads
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.similarity import like
from archdraw.readers.special_towers import muse_tower
from archdraw.readers.traced import commented

_FULL, _SLIDING = "full_attention", "sliding_attention"


def _muse_glimmer(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    made = Draft(
        hidden_size=text.integer("hidden_size", default=6656),
        vocab_size=text.integer("vocab_size", default=202048),
        context_length=text.integer("max_position_embeddings", default=131072),
        tie_word_embeddings=tied_embeddings(text, False, config),
    )
    text.ignore("post_norm_eps")
    names = _layers(text, made)
    head = given(
        logit_scale=text.number("output_multiplier", default=0.19611613513818404),
        final_logit_softcapping=text.number("final_logit_softcapping", default=20.0),
    )
    made.layers = [
        "embedding",
        {"rmsnorm": {"elementwise_affine": False}},
        *muse_tower(config.section("vision_config"), config),
        *stacks(names),
        "rmsnorm",
        {"output_head": head},
    ]
    return made


def _layers(text: Config, made: Draft) -> list[str]:
    """Defines the kinds of layers and returns the name of each layer. By default every fourth sees everything."""
    number = text.integer("num_hidden_layers", default=52)
    usual = [_FULL if (number - 1 - index) % 4 == 0 else _SLIDING for index in range(number)]
    kinds = text.per_layer(text.texts("layer_types", default=usual), number, "layer_types")
    base, turned = _positions(text, number, usual)
    names: list[str] = []
    first: tuple[str, Block] | None = None
    for kind, turns in zip(kinds, turned, strict=True):
        if kind not in (_FULL, _SLIDING):
            text.mark_incomplete(f"layers of type {kind[:40]}")
        name = "local" if kind == _SLIDING else "global"
        # Windows and positions go together in the released model; a file may say otherwise.
        name += "" if turns == (kind == _SLIDING) else "_with_positions" if turns else "_without_positions"
        names.append(f"{name}_layer")
        if name in made.define:
            continue
        block = muse_attention(text, kind, base if turns else None, (32, 2, 128), 3.87)
        if first is None:
            first = (name, block)
            made.define[name] = block
            made.define[f"{name}_layer"] = {
                "decoder": {
                    "placement": "sandwich",
                    "norm": {"rmsnorm": {"zero_centered": True}},
                    "attention": name,
                    "feed_forward": gated_feed_forward(text, text.integer("intermediate_size", default=19968)),
                }
            }
        else:
            made.define[name] = like(*first, block)
            made.define[f"{name}_layer"] = {"like": f"{first[0]}_layer", "attention": name}
    return names


def _positions(text: Config, number: int, usual: list[str]) -> tuple[float, list[bool]]:
    """The base of the rotation, and which layers turn: those with a number in ``layer_rope_theta`` that is not 0.

    The class has one rotation, with the base of ``rope_parameters``, whatever the numbers in the list are.
    """
    source = text.section("rope_parameters") or text
    base = source.number("rope_theta", default=10000.0)
    if source.text("rope_type", default="default") != "default":
        source.mark_incomplete("stretched positions")
    listed = text.numbers("layer_rope_theta", default=[0.0 if kind == _FULL else base for kind in usual])
    listed = text.per_layer(listed, number, "layer_rope_theta")
    if set(listed) - {0, base}:
        text.mark_incomplete("rotations of several bases")
    return base, [bool(value) for value in listed]


def muse_attention(
    text: Config, kind: str, base: float | None, usual: tuple[int, int, int], factor: float, **fields: Any
) -> Block:
    """Attention of one ``kind`` of layer, rotated by ``base`` (None: no positions), with a gate and normalized Q and K.

    ``usual`` are the class's heads, key-value heads and width of a head, ``factor`` its scale.
    """
    heads, groups, width = usual
    head_dim = text.integer("head_dim", default=width)
    scale = text.number("qk_scale_factor", default=factor)
    return whole_heads(
        text.integer("num_attention_heads", default=heads),
        text.integer("num_key_value_heads", default=groups),
        head_dim,
        label="Sliding attention" if kind == _SLIDING else "Global attention",
        attention_bias=text.flag("attention_bias", default=False),
        output_gate=True,
        gate_projection="gate_proj",
        qk_norm="unit_rmsnorm_per_head",
        attention_multiplier=commented(scale / head_dim**0.5, "qk_scale_factor / √head_dim"),
        sliding_window=text.integer("sliding_window", default=2048) if kind == _SLIDING else None,
        position="none" if base is None else {"rope": {"rope_theta": base}},
        **fields,
    )


FAMILIES = (
    Family(
        ("muse_glimmer",),
        _muse_glimmer,
        ("MuseGlimmerForConditionalGeneration",),
        ("image_processor", "processor_class"),
    ),
)
