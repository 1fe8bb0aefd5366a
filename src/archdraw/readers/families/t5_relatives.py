"""T5 and its relatives: encoder-decoders with a learned bias of relative positions and scores that are not scaled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

from archdraw.readers.components import draft, given
from archdraw.readers.config import Config, shown
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_decoder_parts import encoder, one_table, saved_by_version
from archdraw.readers.families.encoders import bidirectional
from archdraw.readers.families.gpt import UNGATED, words
from archdraw.readers.family import Family
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.similarity import like
from archdraw.readers.traced import commented
from archdraw.records import record

SECOND_NAMES = {
    "num_hidden_layers": "num_layers",
    "num_attention_heads": "num_heads",
    "hidden_size": "d_model",
    "head_dim": "d_kv",
}
GATED = {"gelu": "geglu", "gelu_new": "geglu", "silu": "swiglu", "swish": "swiglu", "relu": "reglu"}
"""Gated feed forwards by the activation behind "gated-"."""


@record
class Relative:
    """What distinguishes the relatives of T5; ``sizes`` and ``feed_forward`` are class defaults.

    ``table`` says which layers have a table of biases of their own: the first of each half, or all (UMT5). ``scaled``
    says when the last vectors are multiplied by 1 / √d_model: where the file ties the head, or never (mT5).
    ``is_always_tied``: the classes of transformers 5 tie the head whatever the file says.
    """

    sizes: Mapping[str, int]
    feed_forward: str = "relu"
    table: Literal["first", "all"] = "first"
    scaled: Literal["tied", "never"] = "tied"
    is_always_tied: bool = True


SMALL = {"vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8}
MULTILINGUAL = {"vocab_size": 250112, "d_model": 512, "d_kv": 64, "d_ff": 1024, "num_layers": 8, "num_heads": 6}

Encoding = Callable[[int, dict[str, Any]], Block]
"""From the number of heads and further fields to the attention of a layer of the encoder."""


def _read(relative: Relative, config: Config) -> Draft:
    """T5 itself, and those that differ from it in a row of the table."""
    made = begun(config, relative)
    layer = feed_forward(config, relative)
    return whole(config, relative, made, {"encoder": [layer], "decoder": [layer]})


def begun(config: Config, relative: Relative) -> Draft:
    """The head of a draft; the head is tied as the class or, of older files, the file says."""
    config.defaults(**relative.sizes)
    say_contradictions(config, SECOND_NAMES)
    made = draft(config, tied=True)
    made.context_length = None  # Relative positions have no longest text; n_positions is that of the training.
    if relative.is_always_tied and (saved_by_version(config) or 4) >= 5:
        made.tie_word_embeddings = True
    return made


def is_scaled(config: Config, relative: Relative, *, tied: bool) -> bool:
    """Whether the last vectors are multiplied by 1 / √d_model: files of transformers 5 have a key of their own."""
    given = config.flag("tie_word_embeddings", default=tied)
    return config.flag("scale_decoder_outputs", default=given) if relative.scaled == "tied" else False


def whole(
    config: Config,
    relative: Relative,
    made: Draft,
    feed_forwards: Mapping[str, list[Block]],
    *,
    encoding: Encoding | None = None,
    source: list[Block] | None = None,
    head: Block | None = None,
    later: int | None = None,
) -> Draft:
    """``made`` with both halves, the decoder of ``later`` layers where the file does not say how many.

    ``feed_forwards`` of each half are gone through again and again, layer by layer. ``encoding`` makes the attention of
    the encoder where that is not the usual one, ``source`` is what its layers stand on in place of tokens.
    """
    layers = _Layers(config, relative, made, encoding)
    number = config.integer("num_hidden_layers", "num_layers")
    later = config.optional_integer("num_decoder_layers") or later or number
    shared = True if relative.is_always_tied else one_table(config, made)
    tokens: Block = {"embedding": {"shared": True}} if shared else "embedding"
    below = source if source is not None else [tokens]
    first = layers.of("encoder", number, feed_forwards["encoder"])
    second = layers.of("decoder", later, feed_forwards["decoder"])
    if head is None:
        scaled = is_scaled(config, relative, tied=made.tie_word_embeddings)
        comment = "1 / √d_model where the table is tied"
        head = {"output_head": {"logit_scale": commented(made.hidden_size**-0.5, comment)}} if scaled else "output_head"
    made.layers = ["embedding", encoder([*below, *first, "rmsnorm"]), *second, "rmsnorm", *made.layers, head]
    return made


class _Layers:
    """The layers of both halves, as definitions of one draft."""

    def __init__(self, config: Config, relative: Relative, made: Draft, encoding: Encoding | None) -> None:
        self.made, self.relative = made, relative
        width = config.integer("head_dim", "d_kv")
        self.heads = config.integer("num_attention_heads", "num_heads")
        self.wide = width if width * self.heads != made.hidden_size else None
        self.unscaled = {"attention_multiplier": commented(1.0, "the scores are not scaled")}
        self.encoding = encoding or (lambda heads, fields: bidirectional(heads, **fields))
        self.table = {
            "relative_attention_num_buckets": config.integer("relative_attention_num_buckets", default=32),
            "relative_attention_max_distance": config.integer("relative_attention_max_distance", default=128),
        }

    def of(self, half: str, number: int, feed_forwards: list[Block]) -> list[Block]:
        """The layers of one half: names of definitions, or stacks of them."""
        names = [self._name(half, index, feed_forwards) for index in range(number)]
        made: dict[str, Block] = {}
        for index, name in enumerate(names):
            shared = index > 0 and self.relative.table == "first"
            made.setdefault(name, self._layer(half, feed_forwards[index % len(feed_forwards)], shared=shared))
        base = names[0]
        for name, layer in made.items():
            self.made.define[name] = layer if name == base else like(base, made[base], layer)
        if self.relative.table == "all":
            return stacks(names)
        return [base, *(stacks(names[1:]) if number > 1 else [])]

    def _name(self, half: str, index: int, feed_forwards: list[Block]) -> str:
        name = {"encoder": "encoding", "decoder": "decoding"}[half]
        if index == 0 and self.relative.table == "first":
            return f"{name}_first"
        is_sparse = "mixture_of_experts" in feed_forwards[index % len(feed_forwards)]
        return f"{name}_sparse" if is_sparse else name

    def _layer(self, half: str, feed_forward: Block, *, shared: bool) -> Block:
        position = {"relative_bias": self.table | ({"shared": True} if shared else {})}
        fields = given(head_dim=self.wide, **self.unscaled)
        if half == "encoder":
            mixer = self.encoding(self.heads, {**fields, "position": position})
            return {"encoder_layer": {"attention": mixer, "feed_forward": feed_forward}}
        heads = {"num_attention_heads": self.heads}
        return {
            "decoder": {
                "attention": {"multi_head": {**heads, **fields, "position": position}},
                "cross_attention": {"cross_attention": {**heads, **fields}},
                "feed_forward": feed_forward,
            }
        }


def feed_forward(config: Config, relative: Relative) -> Block:
    """``feed_forward_proj``: an activation, behind "gated-" where a second projection multiplies it.

    Files of newer classes have ``is_gated_act`` and ``dense_act_fn`` beside it, which then hold.
    """
    kind = config.text("feed_forward_proj", default=relative.feed_forward)
    gated, _, act = kind.rpartition("-")
    act = "gelu_new" if kind == "gated-gelu" else act
    said = {"is_gated_act": bool(gated), "dense_act_fn": act}
    for key, value in said.items():
        if key in config and config.data[key] != value:
            config.warn(f"{key} {shown(config.data[key])} contradicts feed_forward_proj {kind[:40]}: it counts", key)
    is_gated = config.flag("is_gated_act", default=bool(gated))
    return feed_forward_of(config, config.text("dense_act_fn", default=act), gated=is_gated)


def feed_forward_of(config: Config, act: str, *, gated: bool) -> Block:
    """A feed forward of ``d_ff`` features without biases."""
    known = GATED if gated else UNGATED
    if act not in known:
        config.mark_incomplete(f"the feed forward {'gated-' * gated}{act[:40]}")
    return {known.get(act, "relu"): {"intermediate_size": config.integer("d_ff")}}


IGNORED = words("dropout_rate is_encoder_decoder n_positions classifier_dropout")
ROWS: Mapping[str, tuple[str, Relative]] = {
    "t5": ("T5", Relative(SMALL)),
    "mt5": ("MT5", Relative(MULTILINGUAL, "gated-gelu", scaled="never")),
    "umt5": ("UMT5", Relative(MULTILINGUAL, "gated-gelu", table="all")),
}
"""Each relative by its ``model_type``, with the beginning of its classes' names."""

FAMILIES = (
    *(
        Family(
            (name,),
            partial(_read, relative),
            (f"{classes}ForConditionalGeneration", *(("T5WithLMHeadModel",) if name == "t5" else ())),
            IGNORED,
        )
        for name, (classes, relative) in ROWS.items()
    ),
)
