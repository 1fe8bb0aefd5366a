"""MobileBERT: layers that work in a bottleneck, with several feed forwards each."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.encoder_parts import (
    Relative,
    Sizes,
    family,
    masked_head,
    plain_feed_forward,
    tied,
)


def _norm(config: Config, width: int) -> Block:
    """A LayerNorm, or a weight and a bias of each feature without any normalization."""
    kind = config.text("normalization_type", default="no_norm")
    if kind not in ("no_norm", "layer_norm"):
        config.complain(f"normalization_type is no_norm or layer_norm, not {kind[:40]}", "normalization_type")
    if kind == "layer_norm":
        return "layernorm"
    weights = [{"name": name, "shape": [width]} for name in ("weight", "bias")]
    return {"weight": {"label": "Scale and bias", "detail": "no norm", "role": "norm", "weights": weights}}


def _narrowed(config: Config, width: int) -> list[Block]:
    """The projection into the bottleneck, and its norm."""
    return [{"linear": {"features": width, "bias": True, "label": f"Bottleneck {width:,}"}}, _norm(config, width)]


def _line(name: str, line: str, width: int) -> Block:
    return {"linear": {"features": width, "bias": True, "name": name, "label": f"{line} {width:,}"}}


def _attention(heads: int, width: int, lines: list[Any]) -> Block:
    """Bidirectional attention over ``lines``, which leave queries, keys and values."""
    core = {"label": "Softmax attention", "role": "attention", "inputs": 3, "cache": 0}
    core |= {"detail": f"bidirectional, {counted(heads, 'head', 'heads')}"}
    shape = {"num_attention_heads": heads, "head_dim": width // heads, "is_causal": False}
    module = {
        "label": "Multi-head attention",
        "name": "attention",
        "role": "attention",
        "detail": f"{counted(heads, 'head', 'heads')}, dim {width // heads}, bidirectional",
        "cache": 0,
        "body": [
            {"parallel": {"merge": "separate", "branches": lines}},
            {"op": {**core, "heads": shape}},
            {"linear": {"features": width, "bias": True, "name": "dense", "label": "Output projection"}},
        ],
    }
    return {"module": module}


def _layer(sizes: Sizes, hidden: int) -> list[Block]:
    """One layer, from the input up."""
    config = sizes.config
    narrow = config.flag("use_bottleneck", default=True)
    width = config.integer("intra_bottleneck_size", default=128) if narrow else hidden
    config.raw("intra_bottleneck_size")
    inside = config.optional_integer("true_hidden_size")
    if inside not in (None, width):
        config.complain(f"true_hidden_size {inside} is not the {width} that layers work at", "true_hidden_size")
    heads = sizes.size("num_attention_heads")
    if width % heads:
        config.complain(f"num_attention_heads {heads} does not divide {width}", "num_attention_heads")
        return []
    shared = config.flag("key_query_shared_bottleneck", default=True)
    whole = config.flag("use_bottleneck_attention", default=False)
    queries, keys, values = (_line(*names, width) for names in (("query", "Q"), ("key", "K"), ("value", "V")))
    body: list[Block] = []
    if narrow and not whole:
        if not shared:
            config.complain("queries of a bottleneck cannot read what is before it", "key_query_shared_bottleneck")
        two: Any = [*_narrowed(config, width), {"parallel": {"merge": "separate", "branches": [queries, keys]}}]
        branches: list[Any] = [_narrowed(config, width), _attention(heads, width, [two, values])]
        body.append({"parallel": {"merge": "add", "branches": branches}})
    else:
        if narrow and shared:
            config.mark_incomplete("a bottleneck that nothing reads (key_query_shared_bottleneck)")
        body += _narrowed(config, width) if narrow else []
        body.append({"residual": _attention(heads, width, [queries, keys, values])})
    body.append(_norm(config, width))
    for _ in range(config.integer("num_feedforward_networks", default=4)):
        body += [{"residual": plain_feed_forward(sizes)}, _norm(config, width)]
    if not narrow:
        return body
    back: Block = {"linear": {"features": hidden, "bias": True, "label": f"{width:,} → {hidden:,}"}}
    return [{"residual": [*body, back]}, _norm(config, hidden)]


def _read(relative: Relative, config: Config) -> Draft:
    sizes = Sizes(config, relative)
    hidden, longest = sizes.size("hidden_size"), sizes.size("max_position_embeddings")
    made = Draft(hidden, sizes.size("vocab_size"), longest, tied(sizes))
    width = config.integer("embedding_size", default=128)
    made.layers.append({"embedding": {"embedding_size": width, "projected": False}} if width != hidden else "embedding")
    if config.flag("trigram_input", default=True):
        neighbors = {"label": "Three tokens concatenated", "detail": "the one before, its own, the next"}
        made.layers.append({"op": {**neighbors, "features": 3 * width}})
    elif width == hidden:
        config.mark_incomplete("a projection of the embedding that nothing reads (trigram_input)")
    made.layers.append({"linear": {"features": hidden, "bias": True, "label": "Projection"}})
    for label, name, rows in (
        ("+ position embedding", "position_embeddings", longest),
        ("+ segment embedding", "token_type_embeddings", sizes.size("type_vocab_size")),
    ):
        table = {
            "label": label,
            "name": name,
            "role": "position",
            "part": "embedding",
            "detail": counted(rows, "row", "rows"),
        }
        made.layers.append({"weight": {**table, "weights": [{"shape": [rows, hidden]}]}})
    made.layers.append(_norm(config, hidden))
    body: Any = _layer(sizes, hidden)
    layer = {"label": "Encoder layer", "times": sizes.size("num_hidden_layers"), "body": body}
    made.layers.append({"layer": layer})
    fields: dict[str, Any] = {} if made.tie_word_embeddings else {"unused_bias": True}
    if width < hidden:
        fields |= {"embedding_size": width, "own_features": hidden - width}
    elif width > hidden:
        config.complain(f"embedding_size {width} is more than hidden_size {hidden}", "embedding_size")
    made.layers.append(masked_head(config, sizes.act, **fields))
    return made


FAMILIES = (
    family(
        Relative(
            "mobilebert",
            "MobileBert",
            {"hidden_size": 512, "num_hidden_layers": 24, "num_attention_heads": 4, "intermediate_size": 512},
            act="relu",
            decodes=False,
            ignored=("classifier_activation", "layer_norm_eps"),
        ),
        _read,
    ),
)
