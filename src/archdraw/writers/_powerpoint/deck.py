"""Slides in words and pictures, and the file that they become. The same slides give the same bytes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archdraw.contrast import luminance
from archdraw.errors import ArchdrawError
from archdraw.records import record
from archdraw.writers._powerpoint import base
from archdraw.writers._powerpoint import sections as sections_of
from archdraw.writers._powerpoint.colours import GROUND, INK
from archdraw.writers._powerpoint.contents import Deck, Slide
from archdraw.writers._powerpoint.place import PX
from archdraw.writers._powerpoint.slide import Writing
from archdraw.writers._powerpoint.tables import READABLE, Table, pages, size_in
from archdraw.writers._values import clean

BEGINNING = 315_532_800
"""1 January 1980: the date of a file that has none, in seconds since 1970."""


@record
class Free:
    """What a template leaves free on a slide, in px of print, and whether its ground is dark."""

    width: float
    height: float
    is_dark: bool


def free(template: str | Path) -> Free:
    """What is free on a slide of ``template`` for pictures.

    Raises :class:`ArchdrawError` where there is no such template, or python-pptx is not installed.
    """
    check()
    deck = base.of_template(template)
    area = base.area(deck, base.layout_of(deck, base.TITLE))
    slots = base.slots(deck)
    return Free(area.width / PX, area.height / PX, luminance(slots[GROUND]) < luminance(slots[INK]))


def check() -> None:
    """Raises :class:`ArchdrawError` where python-pptx is not installed."""
    try:
        import pptx  # noqa: F401
    except ImportError:
        raise ArchdrawError('slides are written by python-pptx; pip install "archdraw-nn[pptx]"') from None


def written(deck: Deck) -> bytes:
    """``deck`` as a file of PowerPoint.

    Raises :class:`ArchdrawError` where python-pptx is not installed, for a template that is none, for slides that
    PowerPoint has not, and for a link that could run a script.
    """
    check()
    made = base.of_template(deck.template) if deck.template is not None else base.own(deck.size, deck.palette)
    sections_of.remove(made)
    writing = Writing(made, own=deck.template is None, as_picture=deck.pictures == "picture", language=deck.language)
    sections: list[tuple[str, list[int]]] = []
    for slide in deck.slides:
        for page in _paged(slide, writing):
            number = writing.add(page)
            if page.section and (not sections or sections[-1][0] != page.section):
                sections.append((page.section, []))
            if sections:
                sections[-1][1].append(number)
    if len(sections) > 1:
        sections_of.add(made, sections)
    _describe(made, deck)
    file = io.BytesIO()
    made.save(file)
    return _with_one_date(file.getvalue())


def _paged(slide: Slide, writing: Writing) -> Iterator[Slide]:
    """``slide``, in several where its table is too long for one."""
    areas = writing.areas(slide)
    tables = [(part, area) for part, area in zip(slide.parts, areas, strict=True) if isinstance(part, Table)]
    if not tables or size_in(tables, READABLE) is not None:
        yield slide
        return
    if len(slide.parts) > 1:
        if size_in(tables) is not None:
            yield slide
            return
        for part in slide.parts:
            yield from _paged(replace(slide, parts=(part,), shares=()), writing)
        return
    parts = list(pages(*tables[0]))
    if len(parts) == 1:
        yield slide
        return
    for number, part in enumerate(parts, 1):
        title = f"{slide.title} ({number} of {len(parts)})"
        yield replace(slide, title=title, parts=(part,), notes=slide.notes if number == 1 else "")


def _describe(made: Any, deck: Deck) -> None:
    """Says of the file what it is, and no more of who made it when than that."""
    moment = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", BEGINNING)), UTC).replace(tzinfo=None)
    about = made.core_properties
    about.title, about.language = clean(deck.title)[:255], deck.language
    about.author, about.last_modified_by, about.comments, about.keywords, about.subject = "", "", "", "", ""
    if deck.origin:
        # python-pptx takes no more than 255 characters for a property.
        about._element.get_or_add_identifier().text = clean(deck.origin)
    about.created = about.modified = moment
    about.revision = 1
    package = made.part.package
    for owner in (package, made.part):
        for key, relation in list(owner._rels.items()):
            # A preview of another deck, and settings of somebody's printer.
            if relation.reltype.rpartition("/")[2] in ("thumbnail", "printerSettings"):
                owner._rels.pop(key)


def _with_one_date(file: bytes) -> bytes:
    """The archive ``file`` with one date for all that is in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            plain = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain.compress_type, plain.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(plain, old.read(entry), compresslevel=6)
    return made.getvalue()
