"""The head of the class that a config names: families describe a language model, other classes end otherwise.

A family reads the language model that its layers are made for. What ``architectures`` names may be that, or the bare
layers, a classifier, one half of an encoder-decoder, or the text part of a model that reads images: what a draft has to
lose or to gain for that is said by the class's name, by the table of :mod:`archdraw.readers.head_table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archdraw.kinds.registry import kinds
from archdraw.readers.config import Config
from archdraw.readers.draft import Block, Draft
from archdraw.readers.family import Family
from archdraw.readers.halves import UNREAD, decoder_half, encoder_half
from archdraw.readers.head_table import LABELS, SUFFIXES, Head, Rule

AFTER_THE_LAST = "has after the last layer is not known"
"""Ends the reason for which a class of an unknown suffix is incomplete; tensors say what it has."""

LANGUAGE_HEADS = ("output_head", "masked_language_model_head")
PREDICTING = ("multi_token_prediction", "dspark")
"""Blocks that need the language model head; a class without that head has none of them."""

BESIDE = ("encoder", "per_layer_embeddings", "shared_keys_values", "side", *PREDICTING)
"""Blocks beside the line that are no encoder of another modality."""


def with_head(made: Draft, config: Config, family: Family) -> Draft:
    """``made``, a language model as ``family`` read it, as the class that the config names; marked where unknown."""
    name = next(iter(config.texts("architectures", default=[])), None)
    if name is None or family.own_heads or (name in family.architectures and not _is_text_of(name, family)):
        return made
    rule = _rule(name)
    if rule is None:
        config.mark_incomplete(f"what {name[:40]} {AFTER_THE_LAST}")
        return made
    head = _head(rule, made, _model_type(config))
    if head is None:
        config.mark_incomplete(f"the head of {name[:40]} is not known")
        return made
    if name.endswith("ForCausalLM") and "auto_map" not in config:
        _as_text(made)
    return _ended(_part_of(made, head, name), head, config, name)


def _is_text_of(name: str, family: Family) -> bool:
    """Whether ``name`` is the text part of another class of ``family``, which reads images or a source, too."""
    return name.endswith("ForCausalLM") and any(
        other.endswith("ForConditionalGeneration") for other in family.architectures
    )


def has_language_head(made: Draft) -> bool:
    """Whether a head over the vocabulary is left."""
    return any(_mentions(block, name) for block in made.layers for name in LANGUAGE_HEADS)


def _rule(name: str) -> Rule | None:
    """The rule of the longest ending that fits ``name``."""
    fitting = [ending for ending in SUFFIXES if name.endswith(ending)]
    return SUFFIXES[max(fitting, key=len)] if fitting else None


def _head(rule: Rule, made: Draft, kind: str) -> Head | None:
    for types, head in rule.rows:
        if kind in types:
            return head
    return rule.usual if rule.everywhere or _is_decoder(made) else None


def _model_type(config: Config) -> str:
    return str(config.data.get("model_type", ""))


def _is_decoder(made: Draft) -> bool:
    """Whether ``made`` is a decoder alone: neither an encoder nor with one."""
    return not any(_mentions(block, "encoder_layer") for block in (*made.layers, *made.define.values()))


def _mentions(value: Any, keyword: str) -> bool:
    if isinstance(value, Mapping):
        return keyword in value or any(_mentions(inner, keyword) for inner in value.values())
    return any(_mentions(inner, keyword) for inner in value) if isinstance(value, list) else value == keyword


def _keyword(block: Block) -> str:
    return block if isinstance(block, str) else next(iter(block))


def _is_tower(block: Block) -> bool:
    """Whether ``block`` is an encoder of another modality, whose tokens join the text's."""
    kind = kinds().get(_keyword(block))
    return kind is not None and kind.family == "side" and kind.keyword not in BESIDE


def _is_beside_the_head(block: Block) -> bool:
    """Whether ``block`` is what a family has beside its language model head: a pooler, a head of entities."""
    side = block.get("side") if isinstance(block, dict) else None
    if not isinstance(side, dict) or side.get("direction") != "out":
        return False
    return bool(side["body"].get("module", {}).get("name") != UNREAD)


def _as_text(made: Draft) -> None:
    """Takes all encoders away: a causal class is the text part alone, or the decoder of an encoder-decoder."""
    made.layers = [block for block in made.layers if not _is_tower(block)]
    decoder_half(made)


def _part_of(made: Draft, head: Head, name: str) -> Draft:
    if head.part == "text" or "TextFor" in name:
        _as_text(made)
    return encoder_half(made) if head.part == "encoder" else made


def _ended(made: Draft, head: Head, config: Config, name: str) -> Draft:
    """``made`` with ``head`` in place of the language model head, or beside it."""
    place = next((index for index, block in enumerate(made.layers) if _keyword(block) in LANGUAGE_HEADS), None)
    language = None if place is None else made.layers[place]
    if place is None and head.part != "encoder":
        # A family that has read another head: it knows its classes.
        if head.classifier:
            config.mark_incomplete(f"the head of {name[:40]} is not known")
        return made
    blocks = list(_blocks(head, language, config, made.hidden_size))
    if head.language and language is not None and place is not None:
        if blocks:
            made.layers = [block for block in made.layers if not _is_beside_the_head(block)]
            place = made.layers.index(language)
        beside: list[Block] = [{"parallel": {"merge": "separate", "branches": [language, blocks]}}]
        made.layers[place : place + 1] = beside if blocks else [language]
        return made
    if place is not None:
        made.layers[place - made.before_head : place] = []
    kept = [block for block in made.layers if _keyword(block) not in (*LANGUAGE_HEADS, *PREDICTING)]
    if not head.keeps_beside:
        kept = [block for block in kept if not _is_beside_the_head(block)]
    made.layers = [*kept, *_projected_out(language), *blocks]
    made.tie_word_embeddings = False
    return made


def _projected_out(language: Block | None) -> Iterable[Block]:
    """The projection before the head of a table that is narrower than the line (OPT 350M): it belongs to the layers."""
    width = (
        language["output_head"].get("embedding_size")
        if isinstance(language, dict) and "output_head" in language
        else None
    )
    if width is not None:
        yield {"linear": {"features": width, "name": "project_out"}}


def _blocks(head: Head, language: Block | None, config: Config, width: int) -> Iterable[Block]:
    """The pooler and the classifier, as far as there are any."""
    if head.pooled is not None:
        yield _pooler(head, language, config, width)
    if head.classifier:
        fields: dict[str, Any] = {"num_labels": head.outputs or _labels(config)}
        fields |= {"token": head.token} if head.token else {}
        biased = config.flag(head.bias_key, default=head.bias) if head.bias_key else head.bias
        fields |= {"bias": True} if biased else {}
        yield {"classifier": fields | ({"name": head.classifier} if head.classifier != "score" else {})}


def _pooler(head: Head, language: Block | None, config: Config, width: int) -> Block:
    fields = dict(head.pooled or {})
    if head.act:
        fields["hidden_act"] = config.text(head.act, default="gelu")
    if head.act == "pooler_hidden_act" and config.integer("pooler_hidden_size", default=width) != width:
        config.mark_incomplete("pooler_hidden_size is not hidden_size: the class has a pooler that does not fit")
    if not head.pooled and isinstance(language, dict) and "masked_language_model_head" in language:
        fields |= _masked(language["masked_language_model_head"])
        if config.text("classifier_pooling", default="cls") == "mean":
            fields["token"] = "mean"
        else:
            fields["token"] = "first"
    return {"pooler": fields} if fields else "pooler"


def _masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The projection and the norm of a masked language model head, as fields of a pooler."""
    made: dict[str, Any] = {"name": "head.dense", "hidden_act": str(fields.get("activation", "GELU")).lower()}
    made |= {} if fields.get("transform_bias", True) else {"bias": False}
    return made | {"norm": fields.get("norm", "layernorm")}


def _labels(config: Config) -> int:
    """How many labels there are: as many as have names, else ``num_labels``, else the class default."""
    names = config.section("id2label")
    if names is not None and names.data:
        names.raw(*names.data)
        return len(names.data)
    return config.integer("num_labels", "_num_labels", default=LABELS.get(_model_type(config), LABELS[""]))
