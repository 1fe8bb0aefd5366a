"""Many models on one page: every diagram as SVG and PNG, a card for each, and an index to search and filter them.

The page needs no server and no request beyond its folder: what its script searches is a script, too, and pictures,
style and letters are files beside it. Without scripts it is a list of all models.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path

from archdraw.app.batch import Outcome
from archdraw.app.cards import FILTERS, Card
from archdraw.app.jobs import FACTS, Job, Output
from archdraw.app.pages import as_is, page
from archdraw.app.tables import COLUMNS
from archdraw.fonts import Weight, web_font
from archdraw.records import record
from archdraw.writers import Renderer

PNG_SCALE = 2.0
HEADER = frozenset({"name", "link", "context"})
"""Columns that the head of a page says already."""
THUMBS = ("light", "dark")
"""The themes of thumbnails: a page shows those of its own."""
STATIC = Path(__file__).parent / "static"
WEIGHTS: tuple[Weight, ...] = (400, 500, 600, 700)
PREFIX = "plate-"
"""Begins all ids of a picture that stands in a page."""
DECLARATION = re.compile(r"^<\?xml[^>]*>\s*")
WORDS = re.compile(r"<text\b[^>]*>(.*?)</text>")
MARKUP = re.compile(r"<[^>]*>")


def jobs(
    specs: Mapping[Path, str],
    folder: Path,
    theme: str | Path = "light",
    fonts: tuple[str, ...] = (),
    renderer: Renderer = "resvg",
) -> list[Job]:
    """What is to be made of each of ``specs`` in ``folder``, under its name there: SVG, PNG, thumbnails and its card.

    ``fonts`` are files for letters that archdraw's own font lacks, ``renderer`` draws the PNG.
    """
    return [
        Job(
            spec,
            (
                Output(folder / f"{name}.svg", "svg", theme=theme, fonts=fonts),
                Output(folder / f"{name}.png", "png", theme=theme, scale=PNG_SCALE, fonts=fonts, renderer=renderer),
                *(
                    Output(folder / f"{name}-thumb-{one}.svg", "svg", "thumb", one, "outline", fonts=fonts)
                    for one in THUMBS
                ),
                Output(folder / f"{name}-plain.svg", "svg", theme=theme, text="plain", fonts=fonts, prefix=PREFIX),
                Output(folder / f"{name}.json", "json", FACTS),
            ),
        )
        for spec, name in specs.items()
    ]


@record
class Entry:
    """One model of a gallery: its name in files, its picture, and what its card says."""

    slug: str
    title: str
    description: str
    card: Card
    words: str
    svg: str

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self.card["facts"]["name"])

    @property
    def search(self) -> str:
        """All that a search finds it by, in small letters."""
        groups = (value for values in self.card["groups"].values() for value in values)
        parts = (self.name, self.slug, *groups, *self.card["concepts"], *self.card["key_points"], self.words)
        return " ".join(dict.fromkeys(parts)).casefold()


def files(outcomes: Sequence[Outcome], names: Mapping[Path, str]) -> Iterator[tuple[str, bytes]]:
    """The files beside the pictures of ``outcomes``: the page, its style, its script and what that searches."""
    entries = sorted(_entries(outcomes, names), key=lambda one: (one.card["facts"]["released"] or "", one.slug))[::-1]
    count = "1 model" if len(entries) == 1 else f"{len(entries)} models"
    choices = {
        name: sorted({value for entry in entries for value in entry.card["groups"][name]}, key=str.casefold)
        for name in FILTERS
    }
    choices["year"].reverse()
    html = page("gallery.html.j2", count=count, entries=entries, choices={k: v for k, v in choices.items() if v})
    yield "index.html", html.encode()
    words = json.dumps({entry.slug: entry.search for entry in entries}, ensure_ascii=False, separators=(",", ":"))
    # A script may hold no end of itself, and lines may not break in it.
    safe = words.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    yield "gallery-words.js", f"var galleryWords = {safe};\n".encode()
    yield from _models(entries)
    for name in ("gallery.css", "gallery.js", "model.js"):
        yield name, (STATIC / name).read_bytes()
    for weight in WEIGHTS:
        yield f"inter-{weight}.woff2", web_font(weight)


def _models(entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """A page for each of ``entries``, which stand in the order of their dates, the newest first."""
    by_slug = {entry.slug: entry for entry in entries}
    children: dict[str, list[Entry]] = {}
    for entry in entries:
        for parent in entry.card["parents"]:
            children.setdefault(parent["model"], []).append(entry)
    for place, entry in enumerate(entries):
        family = [one for one in entries if one.card["facts"]["family"] == entry.card["facts"]["family"] is not None]
        values = {
            "entry": entry,
            "rows": [(COLUMNS[key].title, COLUMNS[key].shown(value)) for key, value in entry.card["facts"].items()
                     if value not in (None, [], "") and key not in HEADER],
            "picture": as_is(entry.svg),
            "parents": [(by_slug.get(one["model"]), one) for one in entry.card["parents"]],
            "children": children.get(entry.slug, ()),
            "newer": entries[place - 1] if place else None,
            "older": entries[place + 1] if place + 1 < len(entries) else None,
            "family": [one for one in family if one is not entry],
        }  # fmt: skip
        yield f"{entry.slug}.html", page("model.html.j2", **values).encode()


def _entries(outcomes: Sequence[Outcome], names: Mapping[Path, str]) -> Iterator[Entry]:
    for outcome in outcomes:
        there = {file.name: file for file in outcome.written}
        slug = names[outcome.spec]
        card, svg = there.get(f"{slug}.json"), there.get(f"{slug}-plain.svg")
        if card is not None and svg is not None:
            picture = svg.read_text("utf-8")
            found = json.loads(card.read_text("utf-8"))
            yield Entry(
                slug, outcome.title, outcome.description, found, words_in(picture), DECLARATION.sub("", picture)
            )


def words_in(svg: str) -> str:
    """All words of the picture ``svg``, each once, in their order."""
    lines = (unescape(MARKUP.sub("", found)) for found in WORDS.findall(svg))
    return " ".join(dict.fromkeys(word for line in lines for word in line.split()))
