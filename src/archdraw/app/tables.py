"""The fact sheets of many models as one table, a row each: which columns there are, and their values.

Counts are those of :mod:`archdraw.tree.facts`; how a model is built is read off its block tree and its concepts. Values
are plain numbers, dates by ISO 8601, and None for what is not known. :mod:`archdraw.app.table_formats` writes them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from archdraw.analysis.concepts import concepts, grouped
from archdraw.analysis.difference import sort_of
from archdraw.errors import ArchdrawError, unknown_name
from archdraw.glossary import Term, text
from archdraw.glossary.common import IN_BF16, KV_CACHE, KV_CACHE_PER_TOKEN, RECURRENT_STATE
from archdraw.glossary.concepts import MULTI_TOKEN_PREDICTION, TIED_EMBEDDINGS, Concept, Group
from archdraw.glossary.numbers import data_size, parameters
from archdraw.model import Model
from archdraw.records import record
from archdraw.tree.blocks import Block, Experts, Module
from archdraw.tree.counts import DEFAULT_CONTEXT, report
from archdraw.tree.walks import children, layers, walk
from archdraw.views.header import kind_of
from archdraw.views.several import link_of

Row = dict[str, Any]
"""One model: values by the keys of :data:`COLUMNS`, in that order."""


@record(eq=False)
class Subject:
    """One model at a context of so many tokens, with what the columns ask of it."""

    model: Model
    context: int

    @cached_property
    def report(self) -> Mapping[str, Any]:
        return report(self.model.facts, self.model.name, self.context)

    @cached_property
    def concepts(self) -> Mapping[Group, tuple[Concept, ...]]:
        return grouped(concepts(self.model.spec, self.model.block))

    @cached_property
    def experts(self) -> tuple[int, int] | None:
        """All routed experts of a layer, and those active per token; the most, where layers differ."""
        found = [(part.total, part.active) for _, part in walk(self.model.block) if isinstance(part, Experts)]
        return max(found, default=None)

    @property
    def unknown(self) -> bool:
        return self.model.facts.unknown

    def mixers(self) -> list[Row]:
        """The token mixers in the order of the layers: each kind with its sizes and the number of its layers."""
        found: Counter[tuple[str, str]] = Counter()
        for layer in layers(self.model.block):
            found.update({(text(mixer.label), text(mixer.detail)) for mixer in _mixers(layer.body)})
        order = dict.fromkeys(
            (text(mixer.label), text(mixer.detail))
            for layer in layers(self.model.block)
            for mixer in _mixers(layer.body)
        )
        return [{"mixer": label, "sizes": detail, "layers": found[label, detail]} for label, detail in order]

    def about(self, *topics: Group) -> list[str] | None:
        """The concepts of these topics; None where too little is published to tell."""
        return None if self.unknown else [one.name for topic in topics for one in self.concepts[topic]]

    def has(self, concept: Concept) -> bool | None:
        """Whether the model has ``concept``; None where too little is published to tell."""
        return None if self.unknown else concept in self.concepts[concept.about]


def _mixers(block: Block) -> Iterator[Module]:
    if isinstance(block, Module) and sort_of(block) == "token mixer":
        yield block
        return
    for child in children(block):
        yield from _mixers(child)


def _grouped(value: int) -> str:
    return f"{value:,}"


def mixers_in_words(value: Sequence[Row]) -> str:
    """The token mixers in one cell: ``36 × Gated DeltaNet (32 heads); 12 × Gated attention``."""
    return "; ".join(_mixer(mixer) for mixer in value)


def _mixer(mixer: Row) -> str:
    sizes = f" ({mixer['sizes']})" if mixer["sizes"] else ""
    return f"{mixer['layers']} × {mixer['mixer']}{sizes}"


@record
class Column:
    """One column: its ``title`` for people, the value of a model, and how people read it.

    ``counted`` columns hold numbers, which stand at the right. Of a model whose structure is not disclosed the value
    is None, and so it is of one that does not have such a thing.
    """

    title: str
    value: Callable[[Subject], Any]
    shown: Callable[[Any], str] = str
    counted: bool = False


def _in_bf16(figure: Term) -> str:
    """The title of a figure whose values take 2 bytes each."""
    return text(IN_BF16(figure=figure()))


def _reported(key: str, title: str, shown: Callable[[Any], str]) -> Column:
    return Column(title, lambda subject: subject.report[key], shown, counted=True)


def _in_words(value: Sequence[str]) -> str:
    return ", ".join(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _norms(subject: Subject) -> list[str] | None:
    if subject.unknown:
        return None
    return [concept.name for concept in subject.concepts["layer"] if concept.choice == "norm placement"]


COLUMNS: Mapping[str, Column] = {
    "name": Column("model", lambda one: one.model.name),
    "developer": Column("developer", lambda one: one.model.spec.developer),
    "released": Column("released", lambda one: one.model.spec.released),
    "license": Column("license", lambda one: one.model.spec.license),
    "family": Column("family", lambda one: one.model.spec.family),
    "kind": Column("kind", lambda one: kind_of(one.model.block) or None),
    "layers": _reported("layers", "layers", _grouped),
    "hidden_size": Column("hidden size", lambda one: one.model.spec.hidden_size, _grouped, counted=True),
    "vocab_size": Column("vocabulary size", lambda one: one.model.spec.vocab_size, _grouped, counted=True),
    "context_length": Column("context length", lambda one: one.model.spec.context_length, _grouped, counted=True),
    "total_parameters": _reported("total_parameters", "total parameters", parameters),
    "active_parameters": _reported("active_parameters", "active parameters", parameters),
    "active_parameters_without_input_embedding": _reported(
        "active_parameters_without_input_embedding", "active, excl. input embedding and encoders", parameters
    ),
    "experts": Column("experts", lambda one: one.experts[0] if one.experts else None, _grouped, counted=True),
    "active_experts": Column(
        "experts per token", lambda one: one.experts[1] if one.experts else None, _grouped, counted=True
    ),
    "token_mixing": Column("token mixing", lambda one: None if one.unknown else one.mixers(), mixers_in_words),
    "norm_placement": Column("norm placement", _norms, _in_words),
    "positions": Column("positions", lambda one: one.about("positions"), _in_words),
    "kv_cache_bytes_per_token": _reported("kv_cache_bytes_per_token", _in_bf16(KV_CACHE_PER_TOKEN), data_size),
    "context": Column("context of the KV cache", lambda one: one.report["context"], _grouped, counted=True),
    "kv_cache_bytes": _reported("kv_cache_bytes", _in_bf16(KV_CACHE), data_size),
    "recurrent_state_bytes": _reported("recurrent_state_bytes", text(RECURRENT_STATE()), data_size),
    "flops_per_token": _reported("flops_per_token", "FLOPs per token", parameters),
    "tied_embeddings": Column("tied embeddings", lambda one: one.has(TIED_EMBEDDINGS), _yes),
    "multi_token_prediction": Column(MULTI_TOKEN_PREDICTION.name, lambda one: one.has(MULTI_TOKEN_PREDICTION), _yes),
    "link": Column("link", lambda one: link_of(one.model.spec) or None),
}
"""All columns by their keys, in their order."""


def row(model: Model, context: int | None = None) -> Row:
    """The values of ``model`` by column, its cache after ``context`` tokens (default: the model's context length).

    Raises :class:`ArchdrawError` for a ``context`` below 1.
    """
    tokens = (model.spec.context_length or DEFAULT_CONTEXT) if context is None else context
    subject = Subject(model, tokens)
    return {key: column.value(subject) for key, column in COLUMNS.items()}


def known_columns(keys: Sequence[str]) -> tuple[str, ...]:
    """``keys`` of columns, each once; all of them for none. Raises :class:`ArchdrawError` for an unknown one."""
    for key in keys:
        if key not in COLUMNS:
            raise ArchdrawError(unknown_name("column", key, COLUMNS))
    return tuple(dict.fromkeys(keys)) or tuple(COLUMNS)


def ordered(rows: Sequence[Row], key: str, *, reverse: bool = False) -> list[Row]:
    """``rows`` by the values of one column, those without one last; equal ones by name.

    Raises :class:`ArchdrawError` for an unknown column.
    """
    (key,) = known_columns((key,))
    having = [row for row in rows if row[key] is not None]
    having.sort(key=lambda row: _sortable(row["name"]))
    having.sort(key=lambda row: _sortable(row[key]), reverse=reverse)
    return [*having, *(row for row in rows if row[key] is None)]


def _sortable(value: Any) -> Any:
    if isinstance(value, list):
        return plain(value).casefold()
    return value.casefold() if isinstance(value, str) else value


def plain(value: Any) -> str:
    """A value in one cell, for programs: several things are joined by semicolons, None is empty."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if value and isinstance(value[0], dict):
            return mixers_in_words(value)
        case list():
            return "; ".join(value)
        case _:
            return str(value)
