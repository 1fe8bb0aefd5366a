"""How a model and its diagram are cited, and put into other pages."""

from __future__ import annotations

import re

from archdraw.site.entries import Entry
from archdraw.version import VERSION

SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces even where they are escaped.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
} | {letter: f"\\{letter}" for letter in "$&#_%"}
"""What TeX reads as a command, and how the letter itself is written."""
LINKS = ("report", "paper", "config")
"""Of the links of a model the first of these is cited."""


def tex(text: str) -> str:
    """``text`` in one line of TeX, every letter as itself: ``R&D`` is ``R\\&D``."""
    return "".join(SPECIAL.get(letter, letter) for letter in " ".join(text.split()))


def bibtex(entry: Entry, address: str) -> str:
    """An entry for BibTeX; ``address`` is that of the page, empty where it is not known."""
    facts = entry.card["facts"]
    url = address or _link(entry)
    fields = {
        "title": f"{{{tex(entry.name)}: architecture diagram}}",
        "author": f"{{{tex(facts['developer'])}}}" if facts["developer"] else "",
        "year": str(facts["released"])[:4] if facts["released"] else "",
        "url": re.sub(r"[{}\\\s]", "", url),
        "note": f"Diagram and counts by archdraw {VERSION}",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{_key(entry)},\n{lines}\n}}"


def sentence(entry: Entry, address: str) -> str:
    """The same as one line of text."""
    facts = entry.card["facts"]
    year = f" ({str(facts['released'])[:4]})" if facts["released"] else ""
    first = f"{facts['developer']}{year}. " if facts["developer"] else ""
    url = address or _link(entry)
    return f"{first}{entry.name}: architecture diagram, drawn by archdraw {VERSION}.{f' {url}' if url else ''}"


def _link(entry: Entry) -> str:
    links = entry.card["links"]
    return next((str(links[name]) for name in LINKS if name in links), "")


def _key(entry: Entry) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", entry.slug).strip("-") or "model"
