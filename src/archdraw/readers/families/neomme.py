"""NeoMME: an encoder of texts and of patches of images, with windows of two lengths and values of their own tokens."""

from __future__ import annotations

from typing import Any

from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented

_UNIT: Block = {"rmsnorm": {"elementwise_affine": False}}
_LONG_WINDOW = 1024
"""Tokens to each side of every second sliding layer, where the file says nothing of it."""


def _kinds(config: Config, number: int) -> list[str]:
    listed = config.texts("layer_types", default=[])
    if listed:
        listed = config.per_layer(listed, number, "layer_types")
        if not set(listed) <= {"full_attention", "sliding_attention"}:
            config.complain("layer_types are full_attention or sliding_attention", "layer_types")
        return listed
    return [
        "full_attention" if (index + 1) % 6 == 0 or index == number - 1 else "sliding_attention"
        for index in range(number)
    ]


def _windows(config: Config, kinds: list[str]) -> list[int | None]:
    """Tokens to each side of each layer; None for all."""
    usual = config.integer("sliding_window", default=256)
    layers = config.section("per_layer_config")
    windows: list[int | None] = []
    sliding = 0
    for index, kind in enumerate(kinds):
        if kind == "full_attention":
            own = None
        elif layers is None:
            own = _LONG_WINDOW if sliding % 2 else usual
            sliding += 1
        else:
            section = layers.section(f"{index:02d}", str(index))
            own = section.integer("sliding_window", default=usual) if section is not None else usual
        windows.append(own)
    if layers is not None:
        for name in layers.data:
            section = layers.section(name)
            if section is not None:
                section.raw("sliding_window")
    return windows


def _rotation(config: Config, kind: str) -> dict[str, Any]:
    usual = {"full_attention": (1_000_000.0, 0.25), "sliding_attention": (10_000.0, 1.0)}
    theta, share = usual[kind] if kind in usual else usual["full_attention"]
    both = config.section("rope_parameters")
    own = both.section(kind) if both is not None else None
    if own is not None:
        if own.text("rope_type", default="default") != "default":
            config.mark_incomplete("the scaling of the rotation (rope_type)")
        theta = own.number("rope_theta", default=theta)
        share = own.number("partial_rotary_factor", default=share)
    return {"rope_theta": theta, "partial_rotary_factor": share}


def _neomme(config: Config) -> Draft:
    config.defaults(vocab_size=131_072, embedding_rank=256, hidden_size=1024, intermediate_size=3584)
    config.defaults(num_hidden_layers=17, num_attention_heads=16, num_key_value_heads=4, head_dim=64, patch_size=32)
    hidden, number = config.integer("hidden_size"), config.integer("num_hidden_layers")
    longest = config.integer("max_position_embeddings", default=16_384)
    tied = config.flag("tie_word_embeddings", default=True)
    made = Draft(hidden, config.integer("vocab_size"), longest, tied)
    kinds = _kinds(config, number)
    if "full_attention" not in kinds:
        config.complain("this class needs a layer of full_attention", "layer_types")
        return made
    globals_ = [index for index, kind in enumerate(kinds) if kind == "full_attention"]
    windows = _windows(config, kinds)
    names = [
        _define(config, made, kind, window, index, globals_)
        for index, (kind, window) in enumerate(zip(kinds, windows, strict=True))
    ]
    rank = config.integer("embedding_rank")
    narrow: dict[str, Any] = {} if rank == hidden else {"embedding_size": rank}
    made.layers = [{"embedding": narrow} if narrow else "embedding", _patches(config, hidden), _UNIT]
    if rank == hidden:
        config.complain(
            "embedding_rank equals hidden_size, though this class has a projection between", "embedding_rank"
        )
    made.layers += [*stacks(names), _UNIT]
    if tied:
        back = {"label": f"{hidden:,} → {rank:,}", "detail": "weights of the embedding's projection"}
        made.layers += [{"op": {**back, "features": rank}}, "output_head"]
        made.before_head = 1
    else:
        made.layers.append({"output_head": narrow})
    return made


def _define(config: Config, made: Draft, kind: str, window: int | None, index: int, globals_: list[int]) -> str:
    """The name of a layer, which is defined in ``made`` if it is the first of its kind."""
    fields: dict[str, Any] = {
        "num_attention_heads": config.integer("num_attention_heads"),
        "num_key_value_heads": config.integer("num_key_value_heads"),
        "head_dim": config.integer("head_dim"),
        **_rotation(config, kind),
    }
    if config.flag("attention_bias", default=False):
        fields["attention_bias"] = True
    name = "global"
    if window is not None:
        fields["window"] = commented(2 * window, "sliding_window to each side", window)
        name = f"local_{window}"
    if index in (globals_[0], globals_[-1]):
        fields["value_rows"] = made.vocab_size
        name = "first_global" if index == globals_[0] else "last_global"
        if index != globals_[0]:
            fields["shared_rows"] = True
    usual = commented((2 * config.integer("num_hidden_layers")) ** -0.5, "1 / √(2 num_hidden_layers)")
    scale = config.number("residual_multiplier", default=usual)
    feed_forward = {"intermediate_size": config.integer("intermediate_size")}
    if config.flag("mlp_bias", default=False):
        feed_forward["mlp_bias"] = True
    if config.text("hidden_act", default="relu2") != "relu2":
        config.mark_incomplete(f"the activation {config.text('hidden_act')[:40]}")
    times: Block = {"op": f"× {float(scale):.4g}"}
    mixed = {"label": "λ x + λ′ x₀", "detail": "x₀: behind the embedding", "name": "lambdas"}
    first: list[Any] = [{"weight": {**mixed, "weights": [{"name": "lambdas", "shape": [2]}]}}, _UNIT]
    body: list[Any] = [
        {"residual": [*first, {"exclusive_attention": fields}, times]},
        {"residual": [_UNIT, {"relu_squared": feed_forward}, times]},
    ]
    made.define.setdefault(name, {"layer": {"label": "Encoder layer", "body": body}})
    return name


def _patches(config: Config, hidden: int) -> Block:
    """Patches of an image as tokens: a norm and two projections of their pixels."""
    side = config.integer("patch_size")
    pixels = 3 * side**2
    body: list[Any] = [
        {"input": {"label": "Patches", "features": pixels}},
        "layernorm",
        {"linear": {"features": 2 * hidden, "label": f"{pixels:,} → {2 * hidden:,}"}},
        {"op": "GELU"},
        {"linear": {"features": hidden, "bias": True, "label": f"{2 * hidden:,} → {hidden:,}"}},
    ]
    module = {"label": "Patch embedding", "detail": f"{side} × {side} px", "role": "embedding", "body": body}
    return {"side": {"direction": "in", "body": {"module": module}}}


FAMILIES = (
    Family(
        ("neomme",),
        _neomme,
        ("NeoMMEForMaskedLM",),
        ("document_token_id", "embedding_dim", "norm_eps", "hidden_dropout_prob"),
    ),
)
