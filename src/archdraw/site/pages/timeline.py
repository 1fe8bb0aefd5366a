"""Concepts over time: a row for each, a column for each year, and who was first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdraw.glossary.concepts import GROUPS
from archdraw.records import record
from archdraw.site.entries import Site
from archdraw.site.templating import words
from archdraw.site.uptake import Having, Taken, Uptake, uptake

STATIC: tuple[str, ...] = ("living.css", "living.js", "timeline.js")
NAMES: tuple[str, ...] = ("timeline",)
BAR = 20.0
"""Units of the height of a bar of all models."""
THINNEST = 1.0
"""Units that a small share takes at least, so that few and none differ."""


@record(eq=False)
class Cell:
    """The models of one year with a concept: how many, a ``bar`` of their share, and in words who they are."""

    year: int
    number: int
    bar: float
    label: str
    names: str
    first: bool


@record(eq=False)
class Row:
    """One concept over the years; None for a year in which no model took it. ``last`` is its share in the last year."""

    taken: Taken
    colour: str
    cells: tuple[Cell | None, ...]
    last: float


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The page of all concepts over time."""
    found = uptake(site)
    rows = [_row(site, found, one) for one in found.concepts]
    models = {having.entry.slug: having.entry for one in found.concepts for having in one.models}
    yield site.page(
        "timeline.html",
        "timeline.html.j2",
        found=found,
        groups=[(about, own) for about in GROUPS if (own := [one for one in rows if one.taken.concept.about == about])],
        models=sorted(models.values(), key=lambda entry: entry.name.casefold()),
        bar=BAR,
    )


def _row(site: Site, found: Uptake, taken: Taken) -> Row:
    cells = tuple(_cell(found, taken, year) for year in found.years)
    last = found.years[-1] if found.years else 0
    share = taken.by_year[last] / found.dated[last] if found.dated[last] else 0.0
    return Row(taken, site.colour(f"{taken.concept.role}.strong"), cells, share)


def _cell(found: Uptake, taken: Taken, year: int) -> Cell | None:
    number, every = taken.by_year[year], found.dated[year]
    if not number:
        return None
    own = [one for one in taken.models if one.year == year]
    label = words()["timeline"]["cell"].format(concept=taken.title, year=year, number=number, all=every)
    height = round(max(THINNEST, BAR * number / every), 1)
    return Cell(year, number, height, str(label), _names(own), taken.firsts[0].year == year)


def _names(models: Sequence[Having]) -> str:
    return ", ".join(one.entry.name for one in models)
