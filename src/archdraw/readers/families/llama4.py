"""Llama 4: chunked layers with rotation and global ones without, experts in some or all layers, an image encoder."""

from __future__ import annotations

from typing import Any

from archdraw.glossary.numbers import counted
from archdraw.readers.components import (
    CONTEXT,
    GATED,
    gated_feed_forward,
    rope,
    tied_embeddings,
    whole_heads,
    without_effect,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.hybrids import routed
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented, whole

CHUNKED, ALL = "chunked_attention", "full_attention"


def _text(config: Config) -> Draft:
    return _read(config, None)


def _whole(config: Config) -> Draft:
    text = config.section("text_config") or Config({}, ("text_config",), config)
    draft = _read(text, config)
    vision = config.section("vision_config")
    if vision is None:
        config.mark_incomplete("the vision encoder: there is no vision_config")
    else:
        draft.layers.insert(1, _vision(vision, draft.hidden_size))
    return draft


def _read(config: Config, root: Config | None) -> Draft:
    draft = Draft(
        hidden_size=config.integer("hidden_size", default=5120),
        vocab_size=config.integer("vocab_size", default=202_048),
        context_length=config.integer(*CONTEXT, default=131_072),
        tie_word_embeddings=tied_embeddings(config, False, root),
    )
    number = config.integer("num_hidden_layers", default=48)
    rotated = _rotated(config, number)
    usual = [CHUNKED if turned else ALL for turned in rotated]
    types = config.per_layer(config.texts("layer_types", default=usual), number, "layer_types")
    sparse = _sparse(config, number)
    feed_forwards = _feed_forwards(config)
    mixers = _Mixers(config)
    names = []
    for kind, turned, has_experts in zip(types, rotated, sparse, strict=True):
        mixer, feed_forward = mixers.define(draft, kind, turned), "sparse" if has_experts else "dense"
        draft.define.setdefault(feed_forward, feed_forwards[feed_forward])
        name = f"{mixer}_{feed_forward}"
        draft.define.setdefault(name, {"decoder": {"attention": mixer, "feed_forward": feed_forward}})
        names.append(name)
    # Definitions in the order in which they are read: parts before layers.
    parts = {name: meaning for name, meaning in draft.define.items() if name not in names}
    draft.define = parts | {name: meaning for name, meaning in draft.define.items() if name in names}
    draft.layers = ["embedding", *stacks(names), "rmsnorm", "output_head"]
    return draft


def _rotated(config: Config, number: int) -> list[bool]:
    """Whether each layer rotates queries and keys: every ``no_rope_layer_interval``-th has no positions."""
    every = config.integer("no_rope_layer_interval", default=4)
    usual = [int((index + 1) % every != 0) for index in range(number)]
    given = config.integers("no_rope_layers", default=usual) or usual
    return [value != 0 for value in config.per_layer(given, number, "no_rope_layers", longer="more than the layers")]


def _sparse(config: Config, number: int) -> list[bool]:
    """Whether each layer has experts: those that ``moe_layers`` lists, else every ``interleave_moe_layer_step``-th."""
    step = config.integer("interleave_moe_layer_step", default=1)
    listed = config.integers("moe_layers", default=list(range(step - 1, number, step)))
    return [index in listed for index in range(number)]


def _feed_forwards(config: Config) -> dict[str, Block]:
    experts: dict[str, Any] = {
        "num_experts": config.integer("num_local_experts", "num_experts", default=16),
        "num_experts_per_tok": config.integer("num_experts_per_tok", default=1),
        **routed(gated_feed_forward(config, config.integer("intermediate_size", default=8192), bias=None)),
        "n_shared_experts": 1,
        "scoring_func": "sigmoid",
    }
    dense = gated_feed_forward(config, config.integer("intermediate_size_mlp", default=16_384), bias=None)
    return {"dense": dense, "sparse": {"mixture_of_experts": experts}}


class _Mixers:
    """The attention of the layers by their type and whether they rotate, each defined once."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.heads = config.integer("num_attention_heads", default=40)
        self.groups = config.integer("num_key_value_heads", default=8)
        self.head_dim = config.integer("head_dim", default=128)
        self.bias = config.flag("attention_bias", default=False)
        self.chunk = config.optional_integer("attention_chunk_size")
        if self.chunk is None and "attention_chunk_size" not in config.data:
            self.chunk = config.integer("attention_chunk_size", default=8192)
        self.normed = config.flag("use_qk_norm", default=True)
        self.position = rope(config, theta=500_000.0)
        # Early files have a number in place of true.
        self.tuned = config.raw("attn_temperature_tuning") is not False
        self.scale = (config.integer("floor_scale", default=8192), config.number("attn_scale", default=0.1))
        self.meanings: dict[str, Block] = {}

    def define(self, draft: Draft, kind: str, turned: bool) -> str:
        """Defines the attention of a layer unless it is, and says its name."""
        if kind not in (CHUNKED, ALL):
            self.config.complain(f'unknown layer type "{kind[:40]}"', "layer_types")
        name = "chunked" if kind == CHUNKED else "global"
        if turned == (kind == ALL):
            name += "_rope" if turned else "_nope"
        if name not in self.meanings:
            meaning = self.meanings[name] = self._mixer(kind, turned)
            base = next(iter(draft.define), None) and next(iter(self.meanings))
            draft.define[name] = like(base, self.meanings[base], meaning) if base in draft.define else meaning
        return name

    def _mixer(self, kind: str, turned: bool) -> Block:
        tuned = self.tuned and not turned
        return whole_heads(
            self.heads,
            self.groups,
            self.head_dim,
            label="Global attention" if kind == ALL else None,
            attention_bias=self.bias,
            attention_chunk_size=self.chunk if kind == CHUNKED else None,
            qk_norm="l2norm_per_head" if self.normed and turned else None,
            position=self.position if turned else "none",
            attn_temperature_tuning=tuned,
            floor_scale=self.scale[0] if tuned else None,
            attn_scale=self.scale[1] if tuned else None,
        )


def _vision(config: Config, width: int) -> Block:
    config.ignore("projector_dropout", "vision_feature_select_strategy")
    if config.integer("vision_feature_layer", default=-1, least=-100) != -1:
        config.mark_incomplete("features of another layer of the vision encoder than the last")
    if config.flag("multi_modal_projector_bias", default=False):
        config.mark_incomplete("a bias in the projector of the vision encoder")  # its class has none either way
    without_effect(config, "hidden_act", *(name for name in GATED if name.startswith("gelu")))
    fields: dict[str, Any] = {
        "hidden_size": config.integer("hidden_size", default=768),
        "intermediate_size": config.integer("intermediate_size", default=5632),
        "num_hidden_layers": config.integer("num_hidden_layers", default=34),
        "num_attention_heads": config.integer("num_attention_heads", default=16),
        "image_size": config.integer("image_size", default=448),
        "tiled": True,
        "patch_size": config.integer("patch_size", default=14),
        "patch_bias": False,
        "class_token": True,
        "pre_layernorm": True,
        "position": rope(config),
        "pixel_shuffle_ratio": config.number("pixel_shuffle_ratio", default=0.5, more_than=0),
    }
    channels = config.integer("num_channels", default=3)
    if channels != 3:
        fields["num_channels"] = channels
    inner = config.integer("projector_input_dim", default=4096)
    outer = config.integer("projector_output_dim", default=4096)
    left = config.integer("vision_output_dim", default=7680)
    shuffled = whole(fields["hidden_size"] / fields["pixel_shuffle_ratio"] ** 2)
    if (shuffled, inner, outer) != (fields["intermediate_size"], outer, left):
        meetings = [(shuffled, fields["intermediate_size"]), (inner, outer), (outer, left)]
        return _misfitting(fields, meetings, width)
    sizes = [commented(whole(size), "projector_input_dim, projector_output_dim") for size in (inner, outer)]
    return {"vision_encoder": fields | {"projector_hidden_sizes": sizes}}


def _misfitting(fields: dict[str, Any], meetings: list[tuple[int, int]], width: int) -> Block:
    """The encoder of a file whose projections do not fit each other: the class builds it, and cannot run it.

    ``meetings`` are the widths that leave a step and that the next one wants, ``width`` is that of the text model.
    """
    side = round(1 / fields["pixel_shuffle_ratio"])
    shuffle = {"name": "pixel_shuffle", "label": "pixel shuffle", "detail": f"{side} × {side} to 1"}
    steps: list[Block] = [{"op": {**shuffle, "features": meetings[0][0]}}]
    for index, (have, want) in enumerate(meetings):
        if have != want:
            box = {
                "name": f"misfit{index}",
                "label": "does not fit",
                "detail": f"{counted(have, 'feature', 'features')}, not {want:,}",
            }
            steps.append({"op": {**box, "features": want}})
        if index + 1 < len(meetings):
            after = meetings[index + 1][0]
            steps += [{"linear": {"name": f"fc{index + 1}", "features": after}}, {"activation": "gelu"}]
    steps.append({"linear": {"name": "multi_modal_projector", "features": width, "label": "Projector"}})
    kept = (
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "patch_size",
        "num_channels",
    )
    tower = {key: fields[key] for key in kept if key in fields}
    switches = {"patch_bias": False, "class_token": True, "pre_layernorm": True, "rotary": "2D RoPE"}
    places = (fields["image_size"] // fields["patch_size"]) ** 2 + 1
    return {"vision_transformer": {**tower, **switches, "positions": [places], "projector": steps}}


FAMILIES = (
    Family(("llama4_text",), _text, ("Llama4ForCausalLM",)),
    Family(("llama4",), _whole, ("Llama4ForConditionalGeneration",)),
)
