"""A page for each model: its plate, its facts and where they are from, what it comes from and what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from archdraw.app.tables import COLUMNS
from archdraw.site import citing, colours
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import as_is, script, words
from archdraw.site.uptake import address as concept_page
from archdraw.site.uptake import title
from archdraw.tree.amounts import BITS, DEFAULT_CONTEXT

STATIC: tuple[str, ...] = ("model.css", "zoom.js", "opening.js", "finding.js", "memory.js", "model.js")
NAMES: tuple[str, ...] = ()
HEADER = frozenset({"name", "link", "context"})
"""Columns of the table of facts that the head of a page says already."""
SAID = frozenset(
    {"developer", "released", "license", "family", "hidden_size", "vocab_size", "context_length", "name", "link"}
)
"""Columns that an author says; all others are counted, or found, in the block tree."""
FILES = ("svg", "dark", "png", "pdf", "slide", "spec", "json")
"""What of a model can be taken along, by the ending of its file."""
ENDINGS = {
    "svg": ".svg",
    "dark": "-dark.svg",
    "png": ".png",
    "pdf": ".pdf",
    "slide": ".pptx",
    "spec": ".yaml",
    "json": ".json",
}
CACHE_BITS = (16, 8, 4)


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """A page for each model, and the colors of their pictures where a page is dark."""
    children: dict[str, list[tuple[Entry, dict[str, Any]]]] = {}
    families: dict[str, list[Entry]] = {}
    for entry in site.entries:
        for parent in entry.card["parents"]:
            children.setdefault(parent["model"], []).append((entry, parent))
        families.setdefault(entry.card["facts"]["family"] or "", []).append(entry)
    for place, entry in enumerate(site.entries):
        family = families[entry.card["facts"]["family"] or ""] if entry.card["facts"]["family"] else [entry]
        facts = entry.card["facts"]
        address = site.settings.address(f"{entry.slug}.html")
        values: dict[str, Any] = {
            "entry": entry,
            "title": entry.title,
            "blocks": f"{quote(entry.slug)}-blocks.js",
            "rows": list(_rows(entry)),
            "picture": as_is(entry.plate),
            "has_dark": entry.has("-dark.svg"),
            "parents": [(site.by_slug.get(one["model"]), one) for one in entry.card["parents"]],
            "children": children.get(entry.slug, ()),
            "neighbours": {"time": beside(site.entries, place), "family": beside(family, family.index(entry))},
            "concepts": [(title(name), concept_page(name)) for name in entry.card["concepts"]],
            "family": [one for one in family if one is not entry],
            "files": {name: f"{entry.slug}{ENDINGS[name]}" for name in FILES if entry.has(ENDINGS[name])},
            "to_slide": shlex.join(
                ("archdraw", "render", f"{entry.slug}.yaml", "--view", "slide", "-o", f"{entry.slug}.pptx")
            ),
            "precisions": list(BITS),
            "cache_bits": CACHE_BITS,
            "usual_context": facts["context_length"] or DEFAULT_CONTEXT,
            "cited": {"bibtex": citing.bibtex(entry, address), "text": citing.sentence(entry, address)},
            "base": site.settings.address(""),
        }
        yield site.page(f"{entry.slug}.html", "model.html.j2", **values)
    said = words()["script"]
    yield "strings-of-model.js", script("strings", {"theme": said["theme"], **said["model"]})
    if any(entry.has("-dark.svg") for entry in site.entries):
        yield "plates.css", colours.style().encode()


def beside(entries: Sequence[Entry], place: int) -> tuple[Entry | None, Entry | None]:
    """The models before and after the one at ``place`` of ``entries``, of which the newest is the first."""
    older = entries[place + 1] if place + 1 < len(entries) else None
    return older, entries[place - 1] if place else None


def _rows(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """The facts of a model as they are read: names, values and where each is from, without those that are not there."""
    published = {one["field"]: one for one in entry.details["published"]}
    said = words()["model"]["origins"]
    for key, value in entry.card["facts"].items():
        if value in (None, [], "") or key in HEADER:
            continue
        origin = said[entry.details["read_from"]] if key in SAID else said["counted"]
        if key in published:
            origin += _published(published.pop(key), said)
        yield COLUMNS[key].title, COLUMNS[key].shown(value), origin
    for key, one in published.items():
        yield COLUMNS[key].title, one["figure"], _published(one, said).removeprefix("; ")


def _published(one: dict[str, Any], said: dict[str, str]) -> str:
    """What is published of a figure, with its source, and how the count compares."""
    text = "; " + said["published"].format(figure=one["figure"])
    if one["source"]:
        text += f" ({one['source']})"
    if one["differs"]:
        return f"{text}; {said['differs'].format(reason=one['differs'])}"
    return text + (f", {said['agrees']}" if one["agrees"] else "")
