"""DeBERTa: attention of contents and of relative positions apart."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import Relative, Sizes, begun, family, layer, masked_head, stacked, unread
from archdraw.readers.traced import commented

_DIRECTIONS = ("c2p", "p2c")


def _directions(config: Config) -> list[str]:
    """``pos_att_type``: which products of contents and positions there are; a list, or a text with bars."""
    given_ = config.raw("pos_att_type")
    named = given_.lower().split("|") if isinstance(given_, str) else given_ if isinstance(given_, list) else []
    found = [str(name).strip() for name in named]
    unknown = [name for name in found if name and name not in _DIRECTIONS]
    if unknown:
        config.complain(f"pos_att_type has {' and '.join(_DIRECTIONS)}, not {unknown[0][:40]}", "pos_att_type")
    return [name for name in _DIRECTIONS if name in found]


def _norm(config: Config) -> bool:
    """Whether the table of relative positions is normalized; the second version only."""
    names = config.text("norm_rel_ebd", default="none").lower().split("|")
    return "layer_norm" in [name.strip() for name in names]


def _span(sizes: Sizes, *, second: bool) -> dict[str, Any]:
    """The largest relative distance, and the number of buckets."""
    config = sizes.config
    longest = config.integer("max_relative_positions", default=-1, least=-LONGEST)
    buckets = config.integer("position_buckets", default=-1, least=-LONGEST) if second else -1
    return {
        "max_relative_positions": longest if longest > 0 else sizes.size("max_position_embeddings"),
        "position_buckets": buckets if buckets > 0 else None,
    }


def _unread(sizes: Sizes, hidden: int, *, second: bool) -> list[Block]:
    """The table of relative positions where no product is to read it, and its norm where there is no table."""
    config, normed = sizes.config, second and _norm(sizes.config)
    relative = config.flag("relative_attention", default=False)
    if relative and _directions(config):
        return []
    span = _span(sizes, second=second)
    rows = 2 * (span["position_buckets"] or span["max_relative_positions"])
    shapes: list[tuple[int, ...]] = [(rows, hidden)] if relative else []
    shapes += [(hidden,), (hidden,)] if normed else []
    return [unread("Relative positions", *shapes)] if shapes else []


def _attention(sizes: Sizes, index: int, *, second: bool) -> Block:
    """Attention of the first version, whose keys have no bias, or of the ``second``."""
    config, heads = sizes.config, sizes.size("num_attention_heads")
    hidden, directions = sizes.size("hidden_size"), _directions(config)
    biases = {"attention_bias": True} | ({} if second else {"attention_key_bias": False})
    width = config.optional_integer("attention_head_size") if second else None
    if width is not None and width * heads != hidden:
        config.complain(f"{heads} heads of {width} are not hidden_size {hidden}", "attention_head_size")
    relative = config.flag("relative_attention", default=False)
    config.raw("max_relative_positions", "position_buckets", "share_att_key", "norm_rel_ebd", "talking_head")
    if not relative or not directions:
        scale = (hidden / heads * (1 + len(directions))) ** -0.5
        return sizes.attention(
            **({"attention_multiplier": commented(scale, "1 / √(3 d) with two pos_att_type")} if directions else {}),
            **(biases if not second else {}),
        )
    fields: dict[str, Any] = {
        "num_attention_heads": heads,
        **_span(sizes, second=second),
        "pos_att_type": directions,
        "share_att_key": second and config.flag("share_att_key", default=False),
        "norm_rel_ebd": second and _norm(config),
        "talking_head": not second and config.flag("talking_head", default=False),
        "shared": index > 0,
    }
    others = {} if second else {"attention_key_bias": False, "position_key_bias": False}
    return {"disentangled_attention": given(**fields) | others}


ACTIVATIONS = {"gelu": "GELU", "relu": "ReLU"}
"""How activations are written, where not as in files."""

LONGEST = 1_000_000
"""Distances below zero stand for those of the class; no table is longer."""


def _head(sizes: Sizes, made: Draft) -> Block:
    """The head of older files (``legacy``), or one whose scores are always the token table's."""
    config = sizes.config
    if config.flag("legacy", default=True):
        width = sizes.width("embedding_size")
        fields = {"embedding_size": width} if width != made.hidden_size else {}
        return masked_head(config, sizes.act, **fields, **given(unused_bias=not made.tie_word_embeddings))
    made.tie_word_embeddings = True
    if sizes.width("embedding_size") != made.hidden_size:
        config.complain("a head that is not legacy needs tables as wide as the model", "embedding_size")
    return masked_head(config, sizes.act)


def _read(relative: Relative, config: Config) -> Draft:
    """With the convolution that some files have beside the first layer."""
    sizes = Sizes(config, relative)
    made = begun(sizes)
    second = relative.model_type == "deberta-v2"
    made.layers += _unread(sizes, made.hidden_size, second=second)
    mixers = [_attention(sizes, index, second=second) for index in range(sizes.size("num_hidden_layers"))]
    kernel = config.integer("conv_kernel_size", default=0, least=0) if second else 0
    if kernel:
        first = layer(sizes, mixers.pop(0))
        made.layers.append(_beside_convolution(config, made.hidden_size, first, kernel))
    kinds = [mixers[0], mixers[-1]] if mixers and mixers[0] != mixers[-1] else mixers[:1]
    if kinds:
        made.layers += stacked(
            sizes, made, [layer(sizes, mixer) for mixer in kinds], [kinds.index(mixer) for mixer in mixers]
        )
    made.layers.append(_head(sizes, made))
    return made


def _beside_convolution(config: Config, hidden: int, first: dict[str, Any], kernel: int) -> Block:
    """The first layer, and beside it a convolution over the embeddings, which is added to what it leaves."""
    groups = config.integer("conv_groups", default=1)
    act = config.text("conv_act", default="tanh")
    convolution = {"features": hidden, "kernel_size": [kernel], "bias": True} | given(
        groups=groups if groups > 1 else None
    )
    body: list[Block] = [
        {"residual": first["attention"]},
        "layernorm",
        {"residual": first["feed_forward"]},
        "layernorm",
    ]
    beside: list[Block] = [{"convolution": convolution}, {"op": ACTIVATIONS.get(act, act)}]
    branches: list[Any] = [body, beside]
    return {
        "layer": {
            "label": "Encoder layer with convolution",
            "body": [{"parallel": {"merge": "add", "branches": branches}}, "layernorm"],
        }
    }


def _row(model_type: str, name: str, sizes: dict[str, int], ignored: tuple[str, ...] = ()) -> Relative:
    return Relative(
        model_type,
        name,
        {**sizes, "type_vocab_size": 0},
        decodes=False,
        positions_key="position_biased_input",
        embedding_size="embedding_size",
        norm_after_projection=True,
        ignored=("pooler_dropout", "pooler_hidden_act", "pooler_hidden_size", "position_biased_input", *ignored),
    )


FAMILIES = (
    family(_row("deberta", "Deberta", {"vocab_size": 50265}), _read),
    family(
        _row(
            "deberta-v2",
            "DebertaV2",
            {
                "vocab_size": 128100,
                "hidden_size": 1536,
                "num_hidden_layers": 24,
                "num_attention_heads": 24,
                "intermediate_size": 6144,
            },
        ),
        _read,
    ),
)
