"""Which models of a site have which concept, and when: what its timeline and its pages about concepts say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache

from archdraw.analysis.concepts import known_concepts
from archdraw.glossary.concepts import GROUPS, Concept
from archdraw.records import record
from archdraw.site.entries import Entry, Site
from archdraw.site.living import Living, every


@record(eq=False)
class Having:
    """A model that has a concept; ``day`` is the first that its release may mean, None where its spec has none."""

    entry: Entry
    living: Living
    day: date | None

    @property
    def year(self) -> int | None:
        """The year of its release."""
        return self.day.year if self.day else None


@record(eq=False)
class Taken:
    """One concept with all models that have it, in the order of release, those without a date last."""

    concept: Concept
    models: tuple[Having, ...]

    @property
    def slug(self) -> str:
        """What it is called in the names of files."""
        return slug(self.concept.name)

    @property
    def page(self) -> str:
        """The file of its page."""
        return address(self.concept.name)

    @property
    def title(self) -> str:
        """Its name as a heading."""
        return title(self.concept.name)

    @cached_property
    def firsts(self) -> tuple[Having, ...]:
        """The first models that have it: all of one day; the smallest of these first."""
        first = self.models[0].day
        found = [one for one in self.models if first and one.day == first]
        return tuple(sorted(found, key=lambda one: one.entry.card["facts"]["total_parameters"] or 0))

    @property
    def shown(self) -> Having:
        """The model that shows it: the first, of several the smallest."""
        return self.firsts[0] if self.firsts else self.models[0]

    @cached_property
    def by_year(self) -> Counter[int]:
        """How many models of each year have it."""
        return Counter(one.day.year for one in self.models if one.day)


@record(eq=False)
class Uptake:
    """All concepts that models of a site have, by group and in each the earliest first.

    ``dated`` are the numbers of models by year whose structure is disclosed, ``undated`` those without a date;
    ``unknown`` models disclose no structure.
    """

    concepts: tuple[Taken, ...]
    dated: Counter[int]
    undated: int
    unknown: tuple[Entry, ...]

    @property
    def years(self) -> range:
        """From the year of the first model to that of the last."""
        return range(min(self.dated), max(self.dated) + 1) if self.dated else range(0)

    @property
    def number(self) -> int:
        """How many models are looked at."""
        return sum(self.dated.values()) + self.undated

    @cached_property
    def by_name(self) -> dict[str, Taken]:
        """The concepts by their names."""
        return {one.concept.name: one for one in self.concepts}


def slug(name: str) -> str:
    """What the concept of that ``name`` is called in the names of files: ``k-v`` for K = V."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


def address(name: str) -> str:
    """The file of the page about the concept of that ``name``."""
    return f"concept-{slug(name)}.html"


def title(name: str) -> str:
    """The ``name`` of a concept as a heading; one like mLSTM stays as it is."""
    return name if name[1:2].isupper() else name[:1].upper() + name[1:]


@lru_cache(maxsize=1)
def uptake(site: Site) -> Uptake:
    """Which models of ``site`` have which concepts."""
    found = [Having(site.by_slug[one.member.slug], one, one.member.day) for one in every(site)]
    known = sorted((one for one in found if one.living.member.traits.known), key=_by_release)
    taken = [one for one in _taken(known) if one.models]
    taken.sort(key=lambda one: (GROUPS.index(one.concept.about), _by_release(one.models[0])))
    years = Counter(one.day.year for one in known if one.day)
    unknown = tuple(one.entry for one in found if not one.living.member.traits.known)
    return Uptake(tuple(taken), years, sum(one.day is None for one in known), unknown)


def _by_release(one: Having) -> tuple[date, str, str]:
    return one.day or date.max, one.entry.name, one.entry.slug


def _taken(found: Sequence[Having]) -> Iterator[Taken]:
    having = [(one, {*one.living.concepts}) for one in found]
    for concept in known_concepts():
        yield Taken(concept, tuple(one for one, own in having if concept in own))
