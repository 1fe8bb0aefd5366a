"""Factors of embeddings, branches, scores and logits, which keep widths comparable (µP): Granite and its relatives."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from archdraw.readers.config import Config
from archdraw.records import record


@record
class Multipliers:
    """Fields of the embedding, of attention, of each decoder and of the head; empty where the factor is 1."""

    embedding: dict[str, Any] = field(default_factory=dict)
    mixer: dict[str, Any] = field(default_factory=dict)
    layer: dict[str, Any] = field(default_factory=dict)
    head: dict[str, Any] = field(default_factory=dict)


def no_multipliers(config: Config) -> Multipliers:
    """None: the class has no such keys."""
    return Multipliers()


def granite(config: Config, *, default: float | None = 1.0, divides: bool = True) -> Multipliers:
    """Those of Granite; ``default`` is the class default of ``attention_multiplier`` (None: 1 / √head_dim).

    ``divides``: whether ``logits_scaling`` divides the logits; in some classes it multiplies them.
    """
    embedding = config.number("embedding_multiplier", default=1.0)
    branch = config.number("residual_multiplier", default=1.0)
    logits = config.number("logits_scaling", default=1.0)
    scores = config.optional_number("attention_multiplier")
    if scores is None and default is not None:
        scores = config.number("attention_multiplier", default=default)
    return Multipliers(
        {"embedding_multiplier": embedding} if embedding != 1 else {},
        {"attention_multiplier": scores} if scores is not None else {},
        {"residual": {"scaled_residual": {"residual_multiplier": branch}}} if branch != 1 else {},
        {"logits_scaling" if divides else "logit_scale": logits} if logits != 1 else {},
    )
