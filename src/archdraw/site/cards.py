"""The facts of one model in a gallery: a card of plain values, which is also a file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from archdraw.app import tables
from archdraw.glossary import text
from archdraw.glossary.concepts import AUDIO_INPUT, IMAGE_INPUT
from archdraw.glossary.numbers import data_size, parameters, tokens
from archdraw.model import Model
from archdraw.tree.walks import leaves
from archdraw.views.active import active_parameters

Card = dict[str, Any]
"""One model: ``facts`` are a row of the table of facts, ``shown`` what people read, ``groups`` what one filters by."""

FILTERS = (
    *("kind", "attention", "norm placement", "feed-forward", "size", "context", "developer", "family", "year"),
    *("license", "modality"),
)
"""What the models of a gallery can be filtered by, in the order of the page."""
SIZES = {1e9: "under 1B", 1e10: "1B to 10B", 4e10: "10B to 40B", 1e11: "40B to 100B", 4e11: "100B to 400B"}
"""Bands of all parameters by their ends."""
LARGEST = "400B and more"
LENGTHS = {32_000: "under 32K", 128_000: "32K to 128K", 1_000_000: "128K to 1M"}
"""Bands of context lengths, in tokens, by their ends; publishers call both 128,000 and 131,072 tokens 128K."""
LONGEST = "1M and more"
LONG = 131_072
"""A length of context, in tokens, at which caches are compared that do not grow with each token."""


def card(model: Model) -> Card:
    """The card of ``model``."""
    spec, facts = model.spec, tables.row(model)
    subject = tables.Subject(model, facts["context"] or 1)
    about: dict[str, list[str]] = {
        "kind": [facts["kind"]] if facts["kind"] else [],
        "attention": subject.about("token mixing") or [],
        "norm placement": facts["norm_placement"] or [],
        "feed-forward": subject.about("feed-forward") or [],
        "developer": [spec.developer] if spec.developer else [],
        "family": [spec.family] if spec.family else [],
        "license": [spec.license] if spec.license else [],
        "year": [str(spec.released)[:4]] if spec.released else [],
        "size": [size_band(facts["total_parameters"])] if facts["total_parameters"] else [],
        "context": [length_band(facts["context_length"])] if facts["context_length"] else [],
        "modality": [*_modalities(model, subject)],
    }
    at_length = None if facts["kv_cache_bytes"] is None else model.facts.kv_cache_bytes(LONG)
    return {
        "facts": {key: _plain(value) for key, value in facts.items()},
        "shown": dict(filter(lambda pair: pair[1], _shown(model, facts, at_length).items())),
        "groups": {name: about[name] for name in FILTERS},
        "cache_at_length": at_length,
        "concepts": [] if facts["total_parameters"] is None else _concepts(subject),
        "key_points": list(spec.key_points),
        "notes": list(spec.notes),
        "incomplete": list(spec.incomplete),
        "sources": list(spec.sources.values() if isinstance(spec.sources, dict) else spec.sources),
        "links": {name: str(address) for name, address in spec.links.items()},
        "parents": [
            {"model": one.model, "relation": one.relation, "changes": list(one.changes)} for one in spec.parents
        ],
    }


def size_band(total: int) -> str:
    """The band of a model with so many parameters."""
    return _band(SIZES, total, LARGEST)


def length_band(context: int) -> str:
    """The band of a model with a context of so many tokens."""
    return _band(LENGTHS, context, LONGEST)


def _band(ends: Mapping[float, str] | Mapping[int, str], value: int, last: str) -> str:
    return next((band for end, band in ends.items() if value < end), last)


def _modalities(model: Model, subject: tables.Subject) -> Iterator[str]:
    """What comes into a model, as far as its vocabulary, its encoders and the names of its inputs say."""
    if model.facts.unknown:
        return
    about = subject.concepts["model"]
    inputs = " ".join(text(leaf.label) for leaf in leaves(model.block) if leaf.role == "input").casefold()
    if model.spec.vocab_size:
        yield "text"
    if IMAGE_INPUT in about or "image" in inputs:
        yield "image"
    if AUDIO_INPUT in about or "spectrogram" in inputs or "audio" in inputs:
        yield "audio"


def _concepts(subject: tables.Subject) -> list[str]:
    return sorted({one.name for found in subject.concepts.values() for one in found})


def _shown(model: Model, facts: tables.Row, at_length: int | None) -> dict[str, str]:
    """The figures of a card, as they are read: those of parameters as its picture quotes them.

    ``at_length`` are the bytes that the model keeps of :data:`LONG` tokens.
    """
    context, cache = facts["context_length"], facts["kv_cache_bytes_per_token"]
    quoted = active_parameters(model.facts, model.spec.published)
    at_most = "≤ " if quoted.at_most else ""
    return {
        "total": parameters(quoted.total) if facts["total_parameters"] else "",
        "active": f"{at_most}{parameters(quoted.count)}" if model.facts.inactive else "",
        "context": (tokens(context) or f"{context:,}") if context else "",
        "cache": data_size(cache) if cache else "",
        "long": data_size(at_length) if cache and at_length else "",
    }


def _plain(value: Any) -> Any:
    """``value`` as JSON has it: dates by ISO 8601."""
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)


def written(model: Model) -> bytes:
    """The card of ``model`` as a JSON file, the same bytes on every run."""
    return (json.dumps(card(model), ensure_ascii=False, indent=1) + "\n").encode()
