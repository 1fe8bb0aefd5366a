"""Dense decoders whose widths come with multipliers (µP): Granite and MiniCPM."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from archdraw.readers.components import attention, draft, gated_feed_forward, given, layer_count, rope
from archdraw.readers.config import Config
from archdraw.readers.docling_tower import FACTORS
from archdraw.readers.docling_tower import SIZES as DOCLING
from archdraw.readers.draft import Block, Draft, stacks
from archdraw.readers.family import Family
from archdraw.readers.traced import commented


def _scaled(config: Config, made: Draft, *, embedding: float, residual: float, logits: float, **mixer: Any) -> Draft:
    """A plain stack with a factor for the embeddings, for each branch, and one that divides the scores."""
    bias = config.flag("attention_bias", default=False)
    layer: dict[str, Any] = {
        "residual": {"scaled_residual": {"residual_multiplier": residual}} if residual != 1 else None,
        "attention": attention(config, attention_bias=bias, position=rope(config), **mixer),
        "feed_forward": gated_feed_forward(config),
    }
    made.define["layer"] = {"decoder": given(**layer)}
    first: Block = {"embedding": {"embedding_multiplier": embedding}} if embedding != 1 else "embedding"
    last: Block = {"output_head": {"logits_scaling": logits}} if logits != 1 else "output_head"
    made.layers = [first, *stacks(["layer"] * layer_count(config)), "rmsnorm", last]
    return made


def _granite(config: Config, factors: Mapping[str, float] | None = None) -> Draft:
    """Granite; ``factors`` are class defaults that are not 1."""
    usual = factors or {}

    def factor(name: str) -> float:
        return config.number(name, default=usual.get(name, 1.0))

    config.raw("init_method")  # how the weights began
    return _scaled(
        config,
        draft(config),
        embedding=factor("embedding_multiplier"),
        residual=factor("residual_multiplier"),
        logits=factor("logits_scaling"),
        attention_multiplier=factor("attention_multiplier"),
    )


def _docling(config: Config) -> Draft:
    """The text model of Granite Docling: a Granite with defaults of its own."""
    config.defaults(**DOCLING)
    made = _granite(config, FACTORS)
    made.tie_word_embeddings = config.flag("tie_word_embeddings", default=True)
    return made


def _minicpm(config: Config) -> Draft:
    """MiniCPM: the branches are scaled by the depth, the scores by the width of the model it was tuned at."""
    made = draft(config, tied=True)
    number, width = layer_count(config), config.integer("hidden_size")
    depth = config.number("scale_depth", default=1.0)
    base = config.number("dim_model_base", default=1.0, more_than=0)
    config.raw("max_length")
    if config.optional_integer("mup_denominator") not in (None, number):
        config.mark_incomplete("branches that are scaled by mup_denominator")
    if config.raw("sparse_config") is not None:
        config.mark_incomplete("sparse attention to blocks (sparse_config)")
    for name in ("num_experts", "num_experts_per_tok"):
        if config.integer(name, default=0, least=0):
            config.mark_incomplete("experts")
    return _scaled(
        config,
        made,
        embedding=config.number("scale_emb", default=1.0),
        residual=commented(round(depth / sqrt(number), 6), f"scale_depth {depth:g} / √{number} layers"),
        logits=commented(width / base, f"hidden_size / dim_model_base {base:g}"),
    )


FAMILIES = (
    Family(("granite",), _granite, ("GraniteForCausalLM",)),
    Family(("granite_docling_text",), _docling, ("GraniteDoclingTextForCausalLM",)),
    Family(("minicpm",), _minicpm, ("MiniCPMForCausalLM",)),
)
