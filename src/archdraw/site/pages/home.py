"""The first page of a site: a card for each model, what searches, filters and sorts them, and all facts as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import log
from typing import Any

from archdraw.app.table_formats import NONE, for_people, write_csv, write_json
from archdraw.app.tables import COLUMNS, Row
from archdraw.glossary.numbers import data_size
from archdraw.site.cards import FILTERS, LARGEST, LENGTHS, LONGEST, SIZES
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import script, words
from archdraw.site.uptake import uptake
from archdraw.views.several.compare import MOST

STATIC: tuple[str, ...] = ("home.css", "home.js")
NAMES: tuple[str, ...] = ("index",)
CACHE = "kv_cache_bytes_per_token"
BAND = 100
"""How wide the band of a cache is drawn."""
WIDEST = 26
ORDERS = {
    "date": "released",
    "total": "total_parameters",
    "active": "active_parameters",
    "cache": CACHE,
    "context": "context_length",
}
"""What cards are sorted by, and the columns that have it."""
LEFT_OUT = frozenset({"name", "link"})
"""Columns of the table of facts that are links of the names."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of all models, what its script reads, and the facts of all for programs."""
    choices = {name: values for name in FILTERS if (values := _values(site.entries, name))}
    yield site.page("index.html", "home.html.j2", filters=[*choices], bands=_bands(site.entries), most=MOST)
    yield "search-words.js", script("searchWords", _index(site.entries))
    yield (
        "cards.js",
        script(
            "cards",
            {
                "filters": [*choices.items()],
                "models": _columns(site.entries, choices),
                "concepts": [*_concepts(site)],
            },
        ),
    )
    rows: list[Row] = [entry.card["facts"] for entry in site.entries]
    yield "facts.js", script("facts", _table(rows, [_at_length(entry) for entry in site.entries]))
    yield "facts.csv", write_csv(rows, tuple(COLUMNS)).encode()
    yield "facts.json", write_json(rows, tuple(COLUMNS)).encode()


def _index(entries: Sequence[Entry]) -> dict[str, str]:
    """All ``words`` that a search finds, a line for those that are of the same ``models``, and a line for these.

    Of a model there is how many places it is behind the one before it. Words and models are apart, as each compresses
    better among its like.
    """
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        for word in dict.fromkeys(entry.search.split()):
            places.setdefault(word, []).append(place)
    found_anyway = within_others(places)
    alike: dict[str, list[str]] = {}
    for word, found in places.items():
        if word not in found_anyway:
            steps = (place - before for before, place in pairwise([0, *found]))
            alike.setdefault(" ".join(map(str, steps)), []).append(word)
    # What is alike comes in a row, which compresses better.
    lines = sorted(alike.items())
    return {
        "words": "\n".join(" ".join(sorted(words)) for _, words in lines),
        "models": "\n".join(steps for steps, _ in lines),
    }


def within_others(places: dict[str, list[int]]) -> set[str]:
    """The words that are parts of others which all of their models have: what finds a part of them finds these, too."""
    had: dict[str, set[int]] = {}
    for word, found in places.items():
        parts = {word[start:end] for start in range(len(word)) for end in range(start + 1, len(word) + 1)}
        for part in parts & places.keys() - {word}:
            had.setdefault(part, set()).update(found)
    return {word for word, found in had.items() if found.issuperset(places[word])}


def _values(entries: Sequence[Entry], name: str) -> list[str]:
    """All values of the filter ``name``: bands by their size, the last year first, all others by the alphabet."""
    found = {value for entry in entries for value in entry.card["groups"][name]}
    bands = {"size": (*SIZES.values(), LARGEST), "context": (*LENGTHS.values(), LONGEST)}
    if name in bands:
        return [band for band in bands[name] if band in found]
    return sorted(found, key=str.casefold, reverse=name == "year")


def _columns(entries: Sequence[Entry], choices: dict[str, list[str]]) -> dict[str, list[Any]]:
    """What cards are filtered and sorted by, of each model: the places of its values among all of each filter, figures.

    By columns, as no name of one has to be repeated for each model.
    """
    facts = [entry.card["facts"] for entry in entries]
    return {
        "in": [
            [[values.index(value) for value in entry.card["groups"][name]] for name, values in choices.items()]
            for entry in entries
        ],
        "long": [_at_length(entry) for entry in entries],
        "date": [one[ORDERS["date"]] or "" for one in facts],
        **{name: [one[column] for one in facts] for name, column in ORDERS.items() if name != "date"},
    }


def _at_length(entry: Entry) -> int | None:
    """Bytes of the cache at the length that caches are compared at; None where no token leaves anything in it."""
    found: int | None = entry.card["cache_at_length"]
    return found if entry.card["facts"][CACHE] else None


def _concepts(site: Site) -> Iterator[tuple[str, str, str]]:
    """The pages about concepts: title, what else one may call the concept, address."""
    for taken in uptake(site).concepts:
        title = f"{taken.title} ({taken.concept.short})" if taken.concept.short else taken.title
        yield title, " ".join(taken.concept.mentions), taken.page


def _bands(entries: Sequence[Entry]) -> dict[str, float]:
    """How wide the cache per token of each model is, on a scale of logarithms from the smallest to the largest."""
    known = {entry.slug: log(size) for entry in entries if (size := entry.card["facts"][CACHE])}
    least, most = min(known.values(), default=0.0), max(known.values(), default=0.0)
    # The smallest is seen, too.
    return {
        slug: round(BAND * (0.04 + 0.96 * (size - least) / ((most - least) or 1)), 1) for slug, size in known.items()
    }


def _table(rows: Sequence[Row], at_length: Sequence[int | None]) -> dict[str, Any]:
    """All facts as they are read, those that are numbers with the number that they are sorted by.

    ``at_length`` are the caches of the models at one length. What the page sorts cards by comes first, and is called as
    it is there.
    """
    keys = [key for key in (*ORDERS.values(), *COLUMNS) if any(row.get(key) not in (None, []) for row in rows)]
    columns = [_column(key, rows) for key in dict.fromkeys(keys) if key not in LEFT_OUT]
    if any(at_length):
        title, shown = words()["home"]["at_length"], [data_size(one) if one else NONE for one in at_length]
        place = 1 + next((place for place, (name, *_) in enumerate(columns) if name == "cache"), -1)
        columns.insert(place, ("long", title, [*zip(shown, at_length, strict=True)], _width(title, shown)))
    return {
        "columns": [(name, title, isinstance(cells[0], tuple), width) for name, title, cells, width in columns],
        "rows": [*zip(*(cells for _, _, cells, _ in columns), strict=True)],
    }


def _column(key: str, rows: Sequence[Row]) -> tuple[str, str, list[Any], int]:
    """A column of the table of facts: its name, its title, a cell for each of ``rows``, its width."""
    # What the cache is counted at would be called as the context of the model is.
    names = {"context": "kv_cache_context"} | {column: name for name, column in ORDERS.items()}
    shown, title = [for_people(row, key) for row in rows], COLUMNS[key].title
    counted = [*zip(shown, (row[key] for row in rows), strict=True)]
    return names.get(key, key), title, counted if COLUMNS[key].counted else shown, _width(title, shown)


def _width(title: str, shown: Iterable[str]) -> int:
    """How wide a column is, in the size of its letters: its values in one line, longer ones in several."""
    longest = max(map(len, (*title.split(), *shown)), default=0)
    return min(2 + longest * 2 // 3, WIDEST)
