"""The sizes of models as a value: what a picture of them shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from archdraw.records import record
from archdraw.tree.facts import Facts

Across: TypeAlias = Literal["date", "active", "context", "width"]
Upwards: TypeAlias = Literal["total", "active", "active-share", "kv-cache", "layers"]
Named: TypeAlias = Literal["all", "few"]
Shown: TypeAlias = Literal["points", "bars"]
Sort: TypeAlias = Literal["size", "date", "name"]


@record
class Released:
    """One model by its release: ``released`` is as precise as the spec says it, ``day`` the first that it may mean."""

    slug: str
    name: str
    developer: str
    released: str
    day: date | None
    kind: str


@record
class Counted(Released):
    """One model with all its counts, from which its sizes at any context follow; fields as in :class:`Sized`."""

    facts: Facts
    context_length: int | None
    hidden_size: int | None
    link: str


@record
class Sized(Released):
    """One model by its sizes.

    ``total`` are all its parameters, ``active`` those active per token, of all models by the rule of docs/facts.md,
    whatever their publishers count, ``inactive`` those of routed experts that are not, ``embedding`` those of
    embedding tables and LM head. ``kv_cache`` are the bytes in bf16 that keys and values take at ``context`` tokens,
    which are those that were asked for, or the model's own context length where that is less. ``layers`` are counted
    with repetitions, ``hidden_size`` is the width of the line between them, None where there is no one width.
    """

    total: int
    active: int
    inactive: int
    embedding: int
    context_length: int | None
    context: int
    kv_cache: int
    layers: int
    hidden_size: int | None
    link: str


@record
class Scale:
    """What the picture shows: the models, the oldest first, and those that are left out.

    ``copies`` are slugs, each with that of the model that it has the counts of; ``left_out`` are names by the reason.
    """

    x: Across
    y: Upwards
    context: int
    models: tuple[Sized, ...]
    copies: Mapping[str, str]
    left_out: Mapping[str, tuple[str, ...]]
