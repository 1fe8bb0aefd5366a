"""The page that compares models: any two to four of them, chosen on the page, read from their records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from archdraw.analysis.difference.features import ONLY_BOTH
from archdraw.analysis.difference.rows import TWINS
from archdraw.glossary.numbers import tokens
from archdraw.glossary.settings import name_of
from archdraw.site.comparing import CONTEXTS
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import script
from archdraw.theme import load_theme
from archdraw.views.several.compare import MOST

STATIC: tuple[str, ...] = ("compare.css", "differences.js", "compare.js")
NAMES: tuple[str, ...] = ("compare",)
COLOURS = (
    *(f"{role}.{part}" for role in load_theme("light").roles for part in ("fill", "border", "text")),
    *(f"signs.{part}" for part in ("added", "removed", "changed", "ink")),
)
"""The colours of blocks and of signs, as they are in pictures."""
SUGGESTED = 6
"""How many comparisons the page proposes: the newest models with the one that each of them came from."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page, and what it needs to know of all models and of their settings."""
    site.colours.update(COLOURS)
    pairs = (
        (site.by_slug[parent["model"]], entry)
        for entry in site.entries
        for parent in entry.card["parents"][:1]
        if parent["model"] in site.by_slug
    )
    yield site.page("compare.html", "compare.html.j2", most=MOST, suggested=[*islice(pairs, SUGGESTED)])
    yield "comparing.js", script("comparing", _about(site))


def _about(site: Site) -> dict[str, Any]:
    """Models by their names in files, the words for their settings, and the lengths at which memory is compared."""
    settings = sorted({what for entry in site.entries for what in _settings(entry)})
    return {
        "models": [(entry.slug, entry.name) for entry in site.entries],
        "names": [(what, name_of(what)) for what in settings],
        "twins": [*TWINS.items()],
        "both": sorted(ONLY_BOTH),
        "contexts": [(number, tokens(number)) for number in CONTEXTS],
    }


def _settings(entry: Entry) -> Iterator[str]:
    """The names of all settings in the record of ``entry``."""
    text = entry.text("-compare.js")
    record = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    if record["unknown"]:
        return
    yield from (what for what, *_ in (*record["settings"], *record["counts"]))
    for slot in record["slots"]:
        for block in slot["blocks"]:
            yield from (what for what, _ in block["has"])
