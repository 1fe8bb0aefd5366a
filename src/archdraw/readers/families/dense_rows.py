"""Dense decoders that differ from Llama in a few words each: a row of a table says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import Any

from archdraw.readers.components import (
    LAYER_NAMES,
    attention,
    draft,
    gated_feed_forward,
    known_kinds,
    layer_count,
    rope,
)
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.families.gpt import ungated_feed_forward
from archdraw.readers.family import Family
from archdraw.readers.scaling import Multipliers, granite, no_multipliers
from archdraw.readers.similarity import like
from archdraw.records import record

SLIDING, FULL = "sliding_attention", "full_attention"
UNWEIGHTED: Block = {"rmsnorm": {"elementwise_affine": False}}
Windows = Callable[[Config, int], list[str]]


def every(period: int, *, first: bool = False) -> Windows:
    """Full attention in every ``period``-th layer, windows in the others; ``first``: from the first layer on."""

    def windows(config: Config, number: int) -> list[str]:
        return [FULL if (index + (0 if first else 1)) % period == 0 else SLIDING for index in range(number)]

    return windows


def pattern(config: Config, number: int) -> list[str]:
    """Full attention in every ``sliding_window_pattern``-th layer; without a window everywhere (EXAONE 4)."""
    listed = config.raw("sliding_window_pattern")
    if "sliding_window" not in config and "sliding_window" in config.data:
        return [FULL] * number
    if isinstance(listed, str) and listed:
        return [SLIDING if listed[index % len(listed)] == "L" else FULL for index in range(number)]
    period = config.integer("sliding_window_pattern", default=4)
    return [FULL if (index + 1) % period == 0 else SLIDING for index in range(number)]


@record
class Row:
    """What a class has that is not as in Llama. The first names are model types, ``architectures`` those of classes.

    ``theta``, ``partial`` and ``tied`` are defaults, ``bias`` and ``mlp_bias`` those of ``attention_bias`` and
    ``mlp_bias``: None where the class has no such key. ``out_bias``: whether the output projection has one.
    ``windows`` is what each layer is where no ``layer_types`` says it, ``window`` the default of ``sliding_window``;
    with ``global_nope`` layers that see everything do not rotate where others slide. ``mixer`` and ``layer`` are fixed
    fields of attention and decoder, ``switches`` fields that a flag of the config adds to either, with the default of
    that flag; ``numbers`` keys of the config that are fields of the attention under the same name.
    """

    model_types: tuple[str, ...]
    architectures: tuple[str, ...]
    theta: float = 10000.0
    partial: float = 1.0
    tied: bool = False
    bias: bool | None = False
    out_bias: bool = True
    mlp_bias: bool | None = False
    activation: str = "silu"
    gated: bool = True
    norm: Block = "rmsnorm"
    windows: Windows | None = None
    window: int = 4096
    global_nope: bool = False
    head_dim: int | None = None
    square: bool = False
    normed_embedding: bool = False
    cap: float | None = None
    multipliers: Callable[[Config], Multipliers] = no_multipliers
    mixer: Mapping[str, Any] = field(default_factory=dict)
    layer: Mapping[str, Any] = field(default_factory=dict)
    feed_forward: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    mixer_switches: Mapping[str, tuple[bool, Mapping[str, Any]]] = field(default_factory=dict)
    layer_switches: Mapping[str, tuple[bool, Mapping[str, Any]]] = field(default_factory=dict)
    rows_of_table: str = ""
    ignored: tuple[str, ...] = ()


def _kinds(row: Row, config: Config, number: int) -> list[str]:
    """For each layer whether it slides."""
    if row.windows is None:
        return [FULL] * number
    usual = row.windows(config, number)
    listed = config.texts("layer_types", default=usual)
    return known_kinds(config, config.per_layer(listed, number, "layer_types"), tuple(LAYER_NAMES))


def _mixer(row: Row, config: Config, kind: str, *, slides: bool, made: Draft, **scale: Any) -> Block:
    """Attention of the layers of one ``kind``; ``slides`` says whether any layer of the model does."""
    biased = row.bias is not None and config.flag("attention_bias", default=row.bias)
    turned = not (row.global_nope and slides) or kind == SLIDING
    fields = {
        "attention_bias": biased,
        "attention_out_bias": False if biased and not row.out_bias else None,
        "sliding_window": config.integer("sliding_window", default=row.window) if kind == SLIDING else None,
        **{name: config.optional_number(name) for name in row.numbers},
        **row.mixer,
        **_switched(row.mixer_switches, config),
        **scale,
        "position": rope(config, theta=row.theta, partial=row.partial, kind=kind) if turned else "none",
    }
    mixer = attention(config, **fields)
    assert isinstance(mixer, dict)
    (fields,) = mixer.values()
    if row.head_dim is not None and "head_dim" not in fields:
        fields["head_dim"] = config.integer("head_dim", default=row.head_dim)
    width = fields.get("head_dim")
    if row.square and width is not None and width * fields["num_attention_heads"] != made.hidden_size:
        heads = fields["num_attention_heads"]
        config.complain(f"{heads} heads of {width} features are not hidden_size {made.hidden_size}", "head_dim")
    return mixer


def _switched(switches: Mapping[str, tuple[bool, Mapping[str, Any]]], config: Config) -> dict[str, Any]:
    """The fields of those ``switches`` that are on."""
    fields: dict[str, Any] = {}
    for name, (usual, added) in switches.items():
        if config.flag(name, default=usual):
            fields |= added
    return fields


def _feed_forward(row: Row, config: Config) -> Block:
    bias = row.mlp_bias is not None and config.flag("mlp_bias", default=row.mlp_bias)
    if row.gated:
        made = gated_feed_forward(config, act=row.activation, bias=bias, **row.feed_forward)
        if row.mlp_bias is None and isinstance(made, dict):
            next(iter(made.values())).pop("mlp_bias", None)
        return made
    bias = bias or bool(row.feed_forward.get("mlp_bias"))
    return ungated_feed_forward(config, config.integer("intermediate_size"), act=row.activation, bias=bias)


def _read(row: Row, config: Config) -> Draft:
    """The draft of a stack whose layers differ in their windows alone."""
    made = draft(config, tied=row.tied)
    number = layer_count(config)
    kinds = _kinds(row, config, number)
    slides = SLIDING in kinds
    config.raw("sliding_window")
    factors = row.multipliers(config)
    fields: dict[str, Any] = {"norm": row.norm} if row.norm != "rmsnorm" else {}
    fields |= {**row.layer, **_switched(row.layer_switches, config), **factors.layer}
    feed_forward = _feed_forward(row, config)
    first: dict[str, Any] = {}
    for kind in dict.fromkeys(kinds):
        mixer = _mixer(row, config, kind, slides=slides, made=made, **factors.mixer)
        layer: dict[str, Any] = {"decoder": {**fields, "attention": mixer, "feed_forward": feed_forward}}
        name = f"{LAYER_NAMES[kind]}_layer" if len(set(kinds)) > 1 else "layer"
        made.define[name] = like(next(iter(made.define)), first, layer) if made.define else layer
        first = first or layer
    names = [f"{LAYER_NAMES[kind]}_layer" if len(set(kinds)) > 1 else "layer" for kind in kinds]
    head = dict(factors.head)
    cap = config.optional_number("final_logit_softcapping") if row.cap is not None else None
    if row.cap is not None and cap is None and "final_logit_softcapping" not in config.data:
        cap = config.number("final_logit_softcapping", default=row.cap)
    if cap is not None:
        head["final_logit_softcapping"] = cap
    table = dict(factors.embedding)
    if row.rows_of_table and row.rows_of_table in config:
        table["num_embeddings"], made.vocab_size = made.vocab_size, config.integer(row.rows_of_table)
    made.layers = [
        {"embedding": table} if table else "embedding",
        *([row.norm] if row.normed_embedding else []),
        *stacks(names),
        row.norm,
        {"output_head": head} if head else "output_head",
    ]
    return made


NORMED = {"qk_norm": "rmsnorm_per_head"}

APERTUS = Row(
    ("apertus",),
    ("ApertusForCausalLM",),
    theta=12e6,
    mlp_bias=None,
    activation="xielu",
    gated=False,
    mixer=NORMED,
)

ROWS = (
    Row(("arcee",), ("ArceeForCausalLM",), activation="relu2", gated=False),
    Row(("nemotron",), ("NemotronForCausalLM",), partial=0.5, activation="relu2", gated=False, norm="layernorm"),
    Row(("jais2",), ("Jais2ForCausalLM",), bias=True, mlp_bias=True, activation="relu2", gated=False, norm="layernorm"),
    APERTUS,
    replace(
        APERTUS,
        model_types=("apertus1p5_text",),
        architectures=("Apertus1p5TextForCausalLM",),
        rows_of_table="output_vocab_size",
    ),
    Row(("cwm",), ("CwmForCausalLM",), theta=1e6, bias=None, windows=every(4, first=True), window=8192),
    Row(
        ("olmo",),
        ("OlmoForCausalLM",),
        mlp_bias=None,
        norm={"layernorm": {"elementwise_affine": False}},
        numbers=("clip_qkv",),
    ),
    Row(
        ("exaone4",),
        ("Exaone4ForCausalLM",),
        bias=None,
        mlp_bias=None,
        windows=pattern,
        global_nope=True,
        mixer=NORMED,
        layer={"placement": "post"},
    ),
    Row(("helium",), ("HeliumForCausalLM",), theta=1e5, out_bias=False, head_dim=128, square=True),
    Row(
        ("nanochat",),
        ("NanoChatForCausalLM",),
        mlp_bias=None,
        activation="relu2",
        gated=False,
        norm=UNWEIGHTED,
        normed_embedding=True,
        cap=15.0,
        mixer={"qk_norm": "unit_rmsnorm_per_head", "qk_norm_after_position": True},
    ),
    Row(
        ("hyperclovax",),
        ("HyperCLOVAXForCausalLM",),
        multipliers=partial(granite, default=None, divides=False),
        layer_switches={"use_post_norm": (True, {"placement": "sandwich"})},
    ),
    Row(
        ("persimmon",),
        ("PersimmonForCausalLM",),
        partial=0.5,
        bias=None,
        mlp_bias=None,
        activation="relu2",
        gated=False,
        norm="layernorm",
        mixer={"attention_bias": True},
        mixer_switches={"qk_layernorm": (True, {"qk_norm": "layernorm_per_head"})},
        feed_forward={"mlp_bias": True},
    ),
    Row(
        ("bitnet",),
        ("BitNetForCausalLM",),
        theta=5e5,
        mlp_bias=None,
        activation="relu2",
        mixer={"attn_sub_norm": True},
        feed_forward={"ffn_sub_norm": True},
    ),
)

FAMILIES = tuple(Family(row.model_types, partial(_read, row), row.architectures, row.ignored) for row in ROWS)
