"""What only a site with an address of its own has: a sitemap for search engines, and a feed of what is new."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from archdraw.records import record
from archdraw.site.entries import Entry, Site
from archdraw.site.templating import undirected, words

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 50
"""Entries of a feed, which readers fetch whole each time."""
NO_DATE = "1970-01-01T00:00:00Z"
"""Of a feed without entries, which must have one."""


@record
class History:
    """When each spec was last changed, by its path, as ISO 8601 with an offset; empty where no repository says so."""

    changed: Mapping[Path, str]

    @classmethod
    def of(cls, specs: Sequence[Path]) -> History:
        """The history of ``specs`` in the Git repositories around them, if there are any and Git is installed."""
        changed: dict[Path, str] = {}
        for folder in dict.fromkeys(spec.resolve().parent for spec in specs):
            date = ""
            for line in _log(folder):
                if line.startswith("@"):
                    date = line[1:]
                elif line:
                    # The newest commit comes first.
                    changed.setdefault((folder / line).resolve(), date)
        return cls({spec: changed[spec.resolve()] for spec in specs if spec.resolve() in changed})


def _log(folder: Path) -> list[str]:
    """Dates of commits, and after each the files in ``folder`` that it changed, relative to it."""
    line = ["git", "-C", str(folder), "-c", "core.quotePath=off", "log", "--format=@%cI", "--name-only", "--relative"]
    try:
        done = subprocess.run([*line, "--", "."], capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.decode("utf-8", "surrogateescape").splitlines()


def files(site: Site, addresses: Sequence[str], history: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Sitemap, robots.txt and feed of ``site``, whose pages are at ``addresses``; nothing where it has no address.

    ``history`` has the date of the last change of a model by its name in files; without one its release counts.
    """
    if not site.settings.base_url:
        return
    pages = Element("urlset", xmlns=SITEMAP)
    for address in addresses:
        SubElement(SubElement(pages, "url"), "loc").text = site.settings.address(address)
    yield "sitemap.xml", _written(pages)
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {site.settings.address('sitemap.xml')}\n".encode()
    yield "feed.xml", _written(_feed(site, history))


def _feed(site: Site, history: Mapping[str, str]) -> Element:
    dated = [(date, entry) for entry in site.entries if (date := _date(entry, history))]
    newest = sorted(dated, key=lambda one: (one[0], one[1].slug), reverse=True)[:NEWEST]
    feed = Element("feed", xmlns=ATOM)
    SubElement(feed, "title").text = f"{site.name}: {words()['common']['gallery']}"
    SubElement(feed, "id").text = site.settings.address("")
    SubElement(feed, "link", href=site.settings.address("feed.xml"), rel="self")
    SubElement(feed, "link", href=site.settings.address("index.html"))
    SubElement(feed, "updated").text = newest[0][0] if newest else NO_DATE
    SubElement(SubElement(feed, "author"), "name").text = site.settings.name or "archdraw"
    for date, entry in newest:
        one = SubElement(feed, "entry")
        address = site.settings.address(entry.page)
        SubElement(one, "title").text = entry.name
        SubElement(one, "id").text = address
        SubElement(one, "link", href=address)
        SubElement(one, "updated").text = date
        SubElement(one, "summary").text = ". ".join((entry.about, *entry.card["key_points"]))
    return feed


def _date(entry: Entry, history: Mapping[str, str]) -> str:
    """When ``entry`` was new, as a feed has it; a month or a year that is all one knows begins then."""
    if entry.slug in history:
        return history[entry.slug]
    released = str(entry.card["facts"]["released"] or "")
    year, month, day, *_ = [*released.split("-"), "01", "01"] if released else ("", "", "")
    return f"{year}-{month}-{day}T00:00:00Z" if year else ""


def _written(root: Element) -> bytes:
    indent(root, " ")
    text: str = tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{undirected(text)}\n".encode()
