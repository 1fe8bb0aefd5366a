"""The facts of one model in a gallery: a card of plain values, which is also a file of its own."""

from __future__ import annotations

import json
from typing import Any

from archdraw.app import tables
from archdraw.glossary.numbers import data_size, parameters, tokens
from archdraw.model import Model

Card = dict[str, Any]
"""One model: ``facts`` are a row of the table of facts, ``shown`` what people read, ``groups`` what one filters by."""

FILTERS = ("kind", "attention", "norm placement", "feed-forward", "developer", "family", "license", "year")
"""What the models of a gallery can be filtered by, in the order of the page."""


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
    }
    return {
        "facts": {key: _plain(value) for key, value in facts.items()},
        "shown": dict(filter(lambda pair: pair[1], _shown(facts).items())),
        "groups": {name: about[name] for name in FILTERS},
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


def _concepts(subject: tables.Subject) -> list[str]:
    return sorted({one.name for found in subject.concepts.values() for one in found})


def _shown(facts: tables.Row) -> dict[str, str]:
    """The figures of a card, as they are read."""
    total, active = facts["total_parameters"], facts["active_parameters"]
    sparse = active is not None and total is not None and active < total
    context, cache = facts["context_length"], facts["kv_cache_bytes_per_token"]
    return {
        "total": parameters(total) if total else "",
        "active": parameters(active) if active and sparse else "",
        "context": (tokens(context) or f"{context:,}") if context else "",
        "cache/token": data_size(cache) if cache else "",
    }


def _plain(value: Any) -> Any:
    """``value`` as JSON has it: dates by ISO 8601."""
    return value if value is None or isinstance(value, bool | int | float | str | list) else str(value)


def written(model: Model) -> bytes:
    """The card of ``model`` as a JSON file, the same bytes on every run."""
    return (json.dumps(card(model), ensure_ascii=False, indent=1) + "\n").encode()
