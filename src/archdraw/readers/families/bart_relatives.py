"""BART and its relatives: encoder-decoders that differ in norms, positions and the names of a few keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import partial
from typing import Any, Literal

from archdraw.readers.components import draft, given
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.encoder_decoder_parts import (
    IGNORED,
    SECOND_NAMES,
    counted_side,
    encoder,
    one_table,
    rows_in_front,
    scaled_embedding,
)
from archdraw.readers.families.encoders import bidirectional
from archdraw.readers.families.gpt import ungated_feed_forward, words
from archdraw.readers.family import Family
from archdraw.readers.second_names import say_contradictions
from archdraw.readers.similarity import like
from archdraw.records import record

Positions = Literal["learned", "stored sines", "sines"]


@record
class Relative:
    """What distinguishes the relatives of BART.

    ``sizes`` are the class defaults of numbers, ``act`` and ``is_scaled`` those of ``activation_function`` and
    ``scale_embedding``. ``positions`` are learned, with ``spare`` rows that no position uses, or sines and cosines,
    which some classes store. ``is_pre_norm``: norms before the sublayers and one after the last layer, else after the
    additions. ``is_normalized``: a norm of the embedding. ``has_experts``: in every few layers.
    """

    vocab_size: int
    positions: Positions = "learned"
    spare: int = 0
    is_pre_norm: bool = False
    is_normalized: bool = False
    is_scaled: bool = False
    has_experts: bool = False
    act: str = "gelu"
    sizes: Mapping[str, int] = field(default_factory=dict)


LARGE = {"d_model": 1024, "max_position_embeddings": 1024} | {
    f"{half}_{name}": size
    for half in ("encoder", "decoder")
    for name, size in (("layers", 12), ("attention_heads", 16), ("ffn_dim", 4096))
}
"""The class defaults of most: the sizes of BART large."""


def _of_both(layers: int, heads: int, width: int, d_model: int, **more: int) -> dict[str, int]:
    both = {"layers": layers, "attention_heads": heads, "ffn_dim": width}
    return {f"{half}_{name}": size for half in ("encoder", "decoder") for name, size in both.items()} | {
        "d_model": d_model,
        **more,
    }


def _read(relative: Relative, config: Config) -> Draft:
    """Two stacks of equal layers, of which those of the decoder read the encoder."""
    made = begun(config, relative)
    return whole(config, relative, made, is_shared=one_table(config, made))


def begun(config: Config, relative: Relative, *, tied: bool = True) -> Draft:
    """The head of a draft, with what all relatives have in common read and checked."""
    config.defaults(**{**LARGE, **relative.sizes})
    say_contradictions(config, SECOND_NAMES)
    made = draft(config, vocab=relative.vocab_size, tied=tied)
    made.context_length = config.integer("max_position_embeddings")
    _older_keys(config, relative)
    return made


def whole(
    config: Config, relative: Relative, made: Draft, *, is_shared: bool, source_vocabulary: int | None = None
) -> Draft:
    """``made`` with both halves.

    ``is_shared`` says whether they have one table of tokens, ``source_vocabulary`` the rows of the encoder's own where
    these are not those of the decoder's.
    """
    tables = embedding_tables(config, relative)
    first: list[Block] = ["layernorm"] if relative.is_normalized else []
    last: list[Block] = ["layernorm"] if relative.is_pre_norm else []
    number, heads, width = counted_side(config, "encoder", "encoder")
    encoding = {
        "times": number,
        **placed(relative),
        "attention": bidirectional(heads, attention_bias=True),
        "feed_forward": ungated_feed_forward(config, width, act=relative.act),
    }
    own = {"shared": True, **tables} if is_shared else tables
    below = [embedding(own), *first]
    made.layers = [
        embedding(tables),
        *first,
        encoder([*below, *_layers(config, relative, made, "encoder", encoding), *last], vocab_size=source_vocabulary),
        *_layers(config, relative, made, "decoder", decoding(config, relative)),
        *last,
        *made.layers,
        "output_head",
    ]
    return made


def _layers(config: Config, relative: Relative, made: Draft, half: str, fields: dict[str, Any]) -> list[Block]:
    """The layers of one half: all alike, or with experts in each that ``encoder_sparse_step`` divides."""
    keyword = {"encoder": "encoder_layer", "decoder": "decoder"}[half]
    if not relative.has_experts:
        return [{keyword: fields}]
    number, plain = fields["times"], {keyword: {name: value for name, value in fields.items() if name != "times"}}
    step = config.integer(f"{half}_sparse_step", default=4, least=0)
    experts = {
        "num_experts": config.integer("num_experts", default=128),
        "num_experts_per_tok": 2,
        "expert": fields["feed_forward"],
        "norm_topk_prob": True,
        **given(router_bias=config.flag("router_bias", default=False)),
    }
    sparse = {keyword: {**plain[keyword], "feed_forward": {"mixture_of_experts": experts}}}
    names = [f"{half}_{'sparse' if step and not index % step else 'dense'}" for index in range(1, number + 1)]
    kinds = {f"{half}_dense": plain, f"{half}_sparse": sparse}
    made.define |= {name: kinds[name] for name in dict.fromkeys(names)}
    if set(names) == set(kinds):
        made.define[f"{half}_sparse"] = like(f"{half}_dense", plain, sparse)
    return stacks(names)


def embedding(fields: dict[str, Any]) -> Block:
    """An embedding with ``fields``, if there are any."""
    return {"embedding": fields} if fields else "embedding"


def placed(relative: Relative) -> dict[str, Any]:
    """The norms of a layer and where they stand."""
    return {"norm": "layernorm"} | ({} if relative.is_pre_norm else {"placement": "post_add"})


def embedding_tables(config: Config, relative: Relative) -> dict[str, Any]:
    """The fields of an embedding: its factor, and the positions that are added to it."""
    rows = config.integer("max_position_embeddings")
    made: dict[str, Any] = scaled_embedding(config, usual=relative.is_scaled)
    if relative.positions != "sines":
        # Rows that no position uses stand in front: those of the padding.
        made |= rows_in_front(rows, relative.spare)
    if relative.positions != "learned":
        made["sinusoidal_positions"] = True
    return made


def decoding(
    config: Config, relative: Relative, *, second: str = "", biased: bool = True, **crossing: Any
) -> dict[str, Any]:
    """The layers of the decoder, with attention to the output of the encoder, which has further fields ``crossing``.

    ``biased`` says whether attention has biases, ``second`` which half second names of its sizes are of.
    """
    number, heads, width = counted_side(config, "decoder", second)
    mixer = {"num_attention_heads": heads, **given(attention_bias=biased)}
    return {
        "times": number,
        **placed(relative),
        "attention": {"multi_head": mixer},
        "cross_attention": {"cross_attention": {**mixer, **crossing}},
        "feed_forward": ungated_feed_forward(config, width, act=relative.act),
    }


def _older_keys(config: Config, relative: Relative) -> None:
    """Keys of files from before each relative had a class of its own: they must say what the class does."""
    said = {
        "normalize_before": relative.is_pre_norm,
        "add_final_layer_norm": relative.is_pre_norm,
        "static_position_embeddings": relative.positions != "learned",
        "add_bias_logits": False,
    }
    for key, usual in said.items():
        if config.flag(key, default=usual) != usual:
            config.mark_incomplete(f"the key {key}")
    config.raw("normalize_embedding")
    if config.flag("use_prompt", default=False):
        config.mark_incomplete("learned prompts before the keys and values of all layers (use_prompt)")


ROWS: Mapping[str, Relative] = {
    "bart": Relative(50265, spare=2, is_normalized=True),
    "mbart": Relative(50265, spare=2, is_normalized=True, is_pre_norm=True),
    "mvp": Relative(50267, spare=2, is_normalized=True),
    "plbart": Relative(50005, spare=2, is_normalized=True, is_scaled=True, sizes=_of_both(6, 12, 3072, 768)),
    "pegasus": Relative(50265, "stored sines", is_pre_norm=True),
    "m2m_100": Relative(128112, "sines", is_pre_norm=True, is_scaled=True, act="relu"),
    "nllb-moe": Relative(128112, "sines", is_pre_norm=True, is_scaled=True, has_experts=True, act="relu"),
    "blenderbot": Relative(
        8008,
        is_pre_norm=True,
        sizes=_of_both(24, 32, 10240, 2560, max_position_embeddings=128) | {"encoder_layers": 2},
    ),
    "blenderbot-small": Relative(
        50265, is_normalized=True, sizes=_of_both(8, 16, 2048, 512, max_position_embeddings=512)
    ),
}
"""Each relative by its ``model_type``."""

CLASSES = {
    "mbart": "MBart",
    "mvp": "Mvp",
    "plbart": "PLBart",
    "m2m_100": "M2M100",
    "nllb-moe": "NllbMoe",
    "blenderbot-small": "BlenderbotSmall",
}
"""Names of classes that are not the model type with a capital."""

OWN_KEYS = {
    "mvp": ("prompt_length", "prompt_mid_dim"),
    "nllb-moe": words(
        "expert_capacity router_dtype router_ignore_padding_tokens second_expert_policy "
        "normalize_router_prob_before_dropping batch_prioritized_routing moe_eval_capacity_token_fraction "
        "moe_token_dropout"
    ),
    "blenderbot": words("do_blenderbot_90_layernorm extra_layer_norm layernorm_variant variant"),
    "blenderbot-small": words("do_blenderbot_90_layernorm extra_layer_norm layernorm_variant variant"),
}
"""Keys of one relative alone, without bearing on the structure."""

FAMILIES = tuple(
    Family(
        (name,),
        partial(_read, relative),
        (f"{CLASSES.get(name, name.capitalize())}ForConditionalGeneration",),
        (*IGNORED, *OWN_KEYS.get(name, ())),
    )
    for name, relative in ROWS.items()
)
