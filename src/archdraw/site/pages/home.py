"""The first page of a site: a card for each model, and what searches, filters and sorts them."""

from __future__ import annotations

from collections.abc import Iterator

from archdraw.site.cards import FILTERS
from archdraw.site.entries import Site
from archdraw.site.templating import script

STATIC: tuple[str, ...] = ("home.css", "home.js")
NAMES: tuple[str, ...] = ("index",)


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of all models, and the words that its search finds."""
    choices = {
        name: sorted({value for entry in site.entries for value in entry.card["groups"][name]}, key=str.casefold)
        for name in FILTERS
    }
    choices["year"].reverse()
    yield site.page("index.html", "home.html.j2", choices={k: v for k, v in choices.items() if v})
    yield "search-words.js", script("searchWords", {entry.slug: entry.search for entry in site.entries})
