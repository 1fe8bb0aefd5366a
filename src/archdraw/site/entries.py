"""What a site is made of: its models, each with its picture and its facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import Any

from archdraw.app.batch import Outcome
from archdraw.records import record
from archdraw.site.cards import Card
from archdraw.site.figures import Figure, colour
from archdraw.site.settings import Settings
from archdraw.site.templating import as_is, page, words
from archdraw.site.workshop import Workshop

DECLARATION = re.compile(r"^<\?xml[^>]*>\s*")
WORDS = re.compile(r"<text\b[^>]*>(.*?)</text>")
MARKUP = re.compile(r"<[^>]*>")
AROUND = "()[]{},;:."
"""Signs that begin or end a word and are none of it, which a search does not ask for either."""


@record(eq=False)
class Entry:
    """One model of a gallery: its name in files, its title and description, its facts, and its files by their names.

    ``spec`` is what it was drawn from.
    """

    slug: str
    spec: Path
    title: str
    description: str
    card: Card
    files: Mapping[str, Path]

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self.card["facts"]["name"])

    @property
    def page(self) -> str:
        """The address of its page in the site."""
        return f"{self.slug}.html"

    @property
    def about(self) -> str:
        """The model in a line: developer, date and kind, as far as they are known."""
        facts = self.card["facts"]
        return ", ".join(filter(None, (facts["developer"], facts["released"], facts["kind"])))

    @cached_property
    def plate(self) -> str:
        """The plate as it is in a page, without its XML declaration."""
        return DECLARATION.sub("", self.text("-plain.svg"))

    @cached_property
    def details(self) -> Mapping[str, Any]:
        """What its page says beyond the card: :mod:`archdraw.site.about`."""
        return dict(json.loads(self.text("-about.json")))

    def has(self, ending: str) -> bool:
        """Whether there is a file of this model that ends so."""
        return f"{self.slug}{ending}" in self.files

    @cached_property
    def search(self) -> str:
        """All that a search finds it by, in small letters."""
        groups = (value for values in self.card["groups"].values() for value in values)
        parts = (self.name, self.slug, *groups, *self.card["concepts"], *self.card["key_points"])
        drawn = words_in(self.plate).split()
        # Words of blocks that the plate does not open are found, too.
        found = " ".join((*parts, *drawn, *self.details["words"])).casefold().split()
        return " ".join(dict.fromkeys(filter(None, (word.strip(AROUND) for word in found))))

    def text(self, ending: str) -> str:
        """What is in the file of this model that ends so. Raises :class:`KeyError` where there is none."""
        return self.files[f"{self.slug}{ending}"].read_text("utf-8")


@record(eq=False)
class Site:
    """All models of a site, the newest first."""

    entries: tuple[Entry, ...]
    settings: Settings = field(default_factory=Settings)
    workshop: Workshop = field(default_factory=Workshop)
    colours: set[str] = field(default_factory=set)
    """The names of all colours of the figures in its pages."""
    made: dict[Callable[..., Any], tuple[Any, ...]] = field(default_factory=dict)
    """What was made of each model, by what makes it."""

    @property
    def name(self) -> str:
        """What the site is called."""
        return self.settings.name or self.count

    @property
    def logo(self) -> str:
        """The name of its logo in the site; empty where it has none."""
        return f"logo{Path(self.settings.logo).suffix.lower()}" if self.settings.logo else ""

    def each(self, make: Callable[..., Any]) -> tuple[Any, ...]:
        """``make(model, slug)`` of each model, in order: what several pages ask is made once."""
        if make not in self.made:
            asked = [(entry.spec, (entry.slug,)) for entry in self.entries]
            self.made[make] = tuple(self.workshop.each(asked, make))
        return self.made[make]

    def shown(self, figure: Figure) -> str:
        """``figure`` as it is in a page of this site, whose style is to have its colours."""
        self.colours.update(figure.colours)
        return as_is(figure.svg)

    def colour(self, name: str) -> str:
        """How a page of this site writes the colour of that ``name``."""
        self.colours.add(name)
        return colour(name)

    def page(self, address: str, template: str, **values: Any) -> tuple[str, bytes]:
        """The page at ``address`` that ``template`` makes of ``values`` and the site: its name and what is in it."""
        return address, page(template, self.workshop.kept, site=self, address=address, **values).encode()

    @cached_property
    def by_slug(self) -> Mapping[str, Entry]:
        """The models by their names in files."""
        return {entry.slug: entry for entry in self.entries}

    @property
    def count(self) -> str:
        """How many models there are, in words."""
        said = words()["common"]["models"]
        return str(said["one"] if len(self.entries) == 1 else said["many"].format(count=len(self.entries)))


def site_of(outcomes: Sequence[Outcome], names: Mapping[Path, str], settings: Settings, workshop: Workshop) -> Site:
    """The site of all models in ``outcomes`` that were drawn; ``names`` are their names in files."""
    found = sorted(_entries(outcomes, names), key=lambda one: (one.card["facts"]["released"] or "", one.slug))
    return Site(tuple(reversed(found)), settings, workshop)


def _entries(outcomes: Sequence[Outcome], names: Mapping[Path, str]) -> Iterator[Entry]:
    for outcome in outcomes:
        slug = names[outcome.spec]
        there = {file.name: file for file in outcome.written}
        if {f"{slug}.json", f"{slug}-about.json", f"{slug}-plain.svg"} <= there.keys():
            card = json.loads(there[f"{slug}.json"].read_text("utf-8"))
            yield Entry(slug, outcome.spec, outcome.title, outcome.description, card, there)


def words_in(svg: str) -> str:
    """All words of the picture ``svg``, each once, in their order."""
    lines = (unescape(MARKUP.sub("", found)) for found in WORDS.findall(svg))
    return " ".join(dict.fromkeys(word for line in lines for word in line.split()))
