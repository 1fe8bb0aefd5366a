"""Cohere's Command models: attention and feed forward side by side, windows with rotation, global layers without."""

from __future__ import annotations

from typing import Any

from archdraw.readers.components import (
    LAYER_NAMES,
    attention,
    draft,
    gated_feed_forward,
    given,
    known_kinds,
    layer_count,
    rope,
    whole_heads,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import routed
from archdraw.readers.similarity import like
from archdraw.readers.towers import cohere_tower
from archdraw.readers.traced import commented

NORM: Block = {"layernorm": {"bias": False}}
IGNORED = ("use_parallel_embedding",)
"""How training cut the table up."""


def _check(config: Config) -> None:
    """Flags of Cohere's own files that always have the same value in what was released."""
    for key, usual in (("use_gated_activation", True), ("use_parallel_block", True)):
        if not config.flag(key, default=usual):
            config.mark_incomplete(f"{key} is false")
    for key, known in (
        ("position_embedding_type", "rope_gptj"),
        ("order_of_interleaved_layers", "local_attn_first"),
        ("transformer_block_type", "parallel"),
    ):
        if config.text(key, default=known) != known:
            config.mark_incomplete(f"{key} {config.text(key)[:40]}")


def _start(config: Config, root: Config | None = None) -> Draft:
    """The head of the draft; the token table is the output layer unless a file says otherwise."""
    shared = config.flag("use_embedding_sharing", default=True)
    return draft(config, tied=shared, root=root)


def _end(config: Config, made: Draft, layers: list[Block], norm: Block, scale: float) -> Draft:
    """Embedding, ``layers``, norm and head, whose scores are multiplied by ``logit_scale``."""
    factor = config.number("logit_scale", default=scale)
    head: Block = "output_head" if factor == 1 else {"output_head": {"logit_scale": factor}}
    made.layers = ["embedding", *layers, norm, head]
    return made


def _cohere(config: Config) -> Draft:
    """Command R: all layers rotate and see everything; Command R+ normalises each head of queries and keys."""
    made = _start(config)
    longest = config.optional_integer("model_max_length")
    if longest is not None:
        made.context_length = longest
    _check(config)
    mixer = attention(
        config,
        attention_bias=config.flag("attention_bias", default=False),
        qk_norm="layernorm_each_head" if config.flag("use_qk_norm", default=False) else None,
        position=rope(config, theta=500000.0),
    )
    layer = {"norm": NORM, "placement": "parallel", "attention": mixer, "feed_forward": gated_feed_forward(config)}
    made.define["layer"] = {"decoder": layer}
    return _end(config, made, stacks(["layer"] * layer_count(config)), NORM, 0.0625)


def _kinds(config: Config, number: int, dense: int = 0) -> list[str]:
    """For each layer "sliding_attention" or "full_attention": listed, or every so many is full.

    The first ``dense`` ones have a rhythm of their own.
    """
    rhythm = config.integer("sliding_window_pattern", "_sliding_window_pattern", "layer_switch", default=4)
    first = config.integer("prefix_dense_sliding_window_pattern", default=1)
    listed = config.texts("layer_types", default=[])
    if listed:
        return known_kinds(config, config.per_layer(listed, number, "layer_types"), tuple(LAYER_NAMES))
    every = [first] * dense + [rhythm] * (number - dense)
    places = [*range(1, dense + 1), *range(1, number - dense + 1)]
    return [
        "full_attention" if place % turn == 0 else "sliding_attention"
        for place, turn in zip(places, every, strict=True)
    ]


def _mixer(config: Config, *, sliding: bool, rotates: bool, width: int | None = None) -> Block:
    """The attention of one kind of layer; ``width`` is the class default of that of a head."""
    if config.flag("use_qk_norm", default=False):
        config.mark_incomplete("norms of queries and keys (use_qk_norm)")
    turned = rope(config)
    heads = config.integer("num_attention_heads", default=64)
    return whole_heads(
        heads,
        config.optional_integer("num_key_value_heads") or heads,
        config.optional_integer("head_dim") if width is None else config.integer("head_dim", default=width),
        attention_bias=config.flag("attention_bias", default=False),
        sliding_window=config.integer("sliding_window", default=4096) if sliding else None,
        position=turned if rotates else "none",
    )


def _cohere2(config: Config) -> Draft:
    """Command R7B, Command A, Tiny Aya: three layers with windows, one that sees everything without positions."""
    made = _start(config)
    _check(config)
    kinds = _kinds(config, layer_count(config))
    names = {"sliding_attention": "local", "full_attention": "global"}
    feed_forward = gated_feed_forward(config)
    layers: dict[str, Block] = {}
    for kind in dict.fromkeys(kinds):
        sliding = kind == "sliding_attention"
        mixer = _mixer(config, sliding=sliding, rotates=sliding)
        fields = {"norm": NORM, "placement": "parallel", "attention": mixer, "feed_forward": feed_forward}
        layers[names[kind]] = {"decoder": fields}
    _define(made, layers)
    return _end(config, made, stacks([names[kind] for kind in kinds]), NORM, 0.0625)


def _define(made: Draft, layers: dict[str, Block]) -> None:
    """The first of ``layers`` whole, the others by their difference from it."""
    first = next(iter(layers))
    for name, layer in layers.items():
        made.define[name] = layer if name == first else like(first, layers[first], layer)


def _cohere2_moe(config: Config, root: Config | None = None) -> Draft:
    """North Mini Code, Command A+: the layers of Command A with experts, the first ones dense."""
    made = _start(config, root)
    config.raw("layer_norm_eps")
    rms = config.raw("rms_norm_eps") is not None
    norm: Block = "rmsnorm" if rms else NORM
    config.raw("norm_type")
    _check(config)
    number = layer_count(config)
    first = config.integer("first_k_dense_replace", default=0, least=0)
    listed = config.texts("mlp_layer_types", default=[])
    dense = (
        [kind == "dense" for kind in config.per_layer(listed, number, "mlp_layer_types")]
        if listed
        else [index < first for index in range(number)]
    )
    kinds = _kinds(config, number, first)
    # Dense layers that all see everything rotate all the same.
    always = config.integer("prefix_dense_sliding_window_pattern", default=1) == 1
    sparse = _experts(config)
    width = config.optional_integer("prefix_dense_intermediate_size")
    layers: dict[str, Block] = {}
    names = []
    for kind, plain in zip(kinds, dense, strict=True):
        sliding = kind == "sliding_attention"
        rotates = sliding or (plain and always)
        name = ("local" if sliding else "global") + ("_dense" if plain else "")
        names.append(name)
        if name in layers:
            continue
        fields: dict[str, Any] = {} if rms else {"norm": NORM}
        fields |= {
            "placement": "parallel",
            "attention": _mixer(config, sliding=sliding, rotates=rotates, width=128),
            "feed_forward": gated_feed_forward(config, width) if plain else sparse,
        }
        layers[name] = {"decoder": fields}
    _define(made, dict(sorted(layers.items(), key=lambda entry: "dense" in entry[0])))
    return _end(config, made, stacks(names), norm, 0.0625)


def _experts(config: Config) -> Block:
    """The experts, each ``intermediate_size`` wide; a softmax is taken over the chosen alone."""
    score = config.text("expert_selection_fn", default="softmax")
    normalised = config.flag("norm_topk_prob", default=True) or score == "softmax"
    width = config.integer("intermediate_size")
    fields: dict[str, Any] = {
        "num_experts": config.integer("num_experts", default=8),
        "num_experts_per_tok": config.integer("num_experts_per_tok", default=2),
        **routed(gated_feed_forward(config, commented(width, "intermediate_size"), bias=None)),
    }
    shared = config.integer("num_shared_experts", default=0, least=0)
    mean = config.text("shared_expert_combination_strategy", default="average") == "average"
    if shared:
        fields["n_shared_experts"] = shared
        if mean:
            fields["shared_expert_combination_strategy"] = "average"
    if score != "softmax":
        fields["scoring_func"] = score
    return {"mixture_of_experts": fields | given(norm_topk_prob=normalised)}


def _cohere2_vision(config: Config) -> Draft:
    """Command A+ and Command A Vision: an encoder of images beside the text model."""
    text = config.section("text_config")
    if text is None:
        config.complain("text_config is missing", "text_config")
        text = config
    reader = _cohere2_moe if text.text("model_type", default="cohere2") == "cohere2_moe" else _cohere2_text
    text.ignore(*IGNORED)
    made = reader(text, config)
    made.layers[1:1] = cohere_tower(config.section("vision_config"), config)
    return made


def _cohere2_text(config: Config, root: Config) -> Draft:
    made = _cohere2(config)
    made.tie_word_embeddings = _start(config, root).tie_word_embeddings
    return made


FAMILIES = (
    Family(("cohere",), _cohere, ("CohereForCausalLM",), IGNORED),
    Family(("cohere2",), _cohere2, ("Cohere2ForCausalLM",), (*IGNORED, "cache_implementation")),
    Family(("cohere2_moe",), _cohere2_moe, ("Cohere2MoeForCausalLM",), IGNORED),
    Family(("cohere2_vision",), _cohere2_vision, ("Cohere2VisionForConditionalGeneration",)),
)
