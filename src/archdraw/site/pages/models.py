"""A page for each model: its plate, its facts, what it comes from and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archdraw.app.tables import COLUMNS
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import as_is

STATIC: tuple[str, ...] = ("model.css", "zoom.js", "model.js")
NAMES: tuple[str, ...] = ()
HEADER = frozenset({"name", "link", "context"})
"""Columns of the table of facts that the head of a page says already."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """A page for each model."""
    children: dict[str, list[Entry]] = {}
    families: dict[str, list[Entry]] = {}
    for entry in site.entries:
        for parent in entry.card["parents"]:
            children.setdefault(parent["model"], []).append(entry)
        families.setdefault(entry.card["facts"]["family"] or "", []).append(entry)
    for place, entry in enumerate(site.entries):
        family = families[entry.card["facts"]["family"] or ""] if entry.card["facts"]["family"] else []
        values: dict[str, Any] = {
            "entry": entry,
            "rows": list(_rows(entry)),
            "picture": as_is(entry.plate),
            "parents": [(site.by_slug.get(one["model"]), one) for one in entry.card["parents"]],
            "children": children.get(entry.slug, ()),
            "newer": site.entries[place - 1] if place else None,
            "older": site.entries[place + 1] if place + 1 < len(site.entries) else None,
            "family": [one for one in family if one is not entry],
        }
        yield site.page(entry.page, "model.html.j2", **values)


def _rows(entry: Entry) -> Iterator[tuple[str, str]]:
    """The facts of a model as they are read: names and values, without those that are not there."""
    for key, value in entry.card["facts"].items():
        if value not in (None, [], "") and key not in HEADER:
            yield COLUMNS[key].title, COLUMNS[key].shown(value)
