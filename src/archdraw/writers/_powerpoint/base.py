"""The deck that slides are added to: archdraw's own, or one in the design of a template."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archdraw.contrast import luminance
from archdraw.errors import ArchdrawError
from archdraw.writers._powerpoint.colours import GROUNDS, HUES, INSTEAD
from archdraw.writers._powerpoint.place import EMU, PX, Area

FONT = "Arial"
"""The font of a deck without a template: every computer has it, or one of the same widths. Inter is on few."""
TEMPLATE = b"presentationml.template.main+xml"
PRESENTATION = b"presentationml.presentation.main+xml"
LEAST_SIDE, LARGEST_SIDE = 1.0, 56.0
"""Inches that a slide has at least and at most."""
TITLE, CONTENT = "titleOnly", "obj"
"""The types of the layouts that slides have."""
KEPT = ("title", CONTENT, TITLE, "blank")
"""Those that a deck without a template has."""
BELOW = ("dt", "ftr", "sldNum")
"""Placeholders at the foot of a slide."""
LEAST_CONTENT = 0.35
"""The share of a slide that a place for content has at least, if pictures are to stand in it."""
MARGIN, TITLE_TOP, TITLE_HEIGHT, TITLE_SIZE = 0.455, 0.14, 0.58, 3000
BODY_TOP, FOOT, FOOT_HEIGHT = 0.95, 0.42, 0.3
"""Inches on a slide of 13.33 by 7.5 in, and hundredths of a point; a title stands where pages have the name."""


def own(size: tuple[float, float], palette: Mapping[str, str]) -> Any:
    """An empty deck whose slides have ``size`` (px of print), in the colours of ``palette``.

    Raises :class:`ArchdrawError` for slides that are too small or too large.
    """
    from pptx import Presentation
    from pptx.util import Emu

    wide, high = size
    if min(size) < LEAST_SIDE * 96 or max(size) > LARGEST_SIDE * 96:
        raise ArchdrawError(
            f"a slide of {wide / 96:.1f} by {high / 96:.1f} in cannot be made: sides have {LEAST_SIDE:g} to "
            f"{LARGEST_SIDE:g} in; choose another width"
        )
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(round(wide * PX)), Emu(round(high * PX))
    deck.part._element.find(p("sldSz")).attrib.pop("type", None)
    for layout in list(deck.slide_layouts):
        if layout._element.get("type") not in KEPT:
            deck.slide_layouts.remove(layout)
    _place(deck)
    _style(deck, palette)
    return deck


def of_template(path: str | Path) -> Any:
    """An empty deck in the design of the presentation or template at ``path``, whose own slides are left out.

    Raises :class:`ArchdrawError` where there is none.
    """
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    try:
        file = _as_presentation(Path(path).read_bytes())
        deck = Presentation(io.BytesIO(file))
    except OSError as error:
        raise ArchdrawError(f"{path} cannot be read: {error.strerror or error}") from None
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        raise ArchdrawError(f"{path} is no presentation of PowerPoint (.pptx or .potx)") from None
    slides = deck.slides._sldIdLst
    for entry in list(slides):
        deck.part.drop_rel(entry.get(r("id")))
        slides.remove(entry)
    if not len(deck.slide_layouts) or not _has_title(layout_of(deck, TITLE)):
        raise ArchdrawError(f"{path} has no slide layout with a title")
    return deck


def _as_presentation(file: bytes) -> bytes:
    """``file`` as a presentation, where it is a template: they differ in what they say they are."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        if TEMPLATE not in archive.read("[Content_Types].xml"):
            return file
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as copy:
            for entry in archive.infolist():
                data = archive.read(entry)
                is_list = entry.filename == "[Content_Types].xml"
                copy.writestr(entry, data.replace(TEMPLATE, PRESENTATION) if is_list else data)
    return made.getvalue()


def slots(deck: Any) -> dict[str, str]:
    """The colours of the theme of ``deck`` by their slots, as ``#RRGGBB``."""
    from pptx.oxml import parse_xml

    scheme = parse_xml(_theme(deck).blob).find(f".//{a('clrScheme')}")
    known = {
        entry.tag.rpartition("}")[2]: f"#{(entry[0].get('lastClr') or entry[0].get('val')).upper()}" for entry in scheme
    }
    mapped = deck.slide_master._element.find(p("clrMap")).attrib
    return {slot: known[name] for slot, name in mapped.items() if re.fullmatch("#[0-9A-F]{6}", known[name])}


def layout_of(deck: Any, kind: str) -> Any:
    """The layout of ``deck`` for slides of a ``kind``; where it has none of that, the one with least beyond a title."""
    layouts = list(deck.slide_layouts)
    found = [one for one in layouts if one._element.get("type") == kind]
    return (found or sorted(layouts, key=_strays))[0]


def _strays(one: Any) -> tuple[bool, int]:
    """Whether a layout has no title, and how much it has beyond that and what is at its foot."""
    more = sum(_type(shape) not in ("title", "ctrTitle", *BELOW) for shape in one.placeholders)
    return not _has_title(one), more


def _has_title(one: Any) -> bool:
    return any(_type(shape) in ("title", "ctrTitle") for shape in one.placeholders)


def content_of(slide: Any) -> Any:
    """The placeholder for content of a slide or a layout; None where it has none."""
    found = (shape for shape in slide.placeholders if _type(shape) in ("obj", "body"))
    return next((shape for shape in found if shape.width), None)


def area(deck: Any, layout: Any) -> Area:
    """What of a slide of ``layout`` is free: what slides have for content, else the most that title and foot leave."""
    wide, high = deck.slide_width, deck.slide_height
    content = content_of(layout_of(deck, CONTENT))
    if content is not None and content.width * content.height >= LEAST_CONTENT * wide * high:
        return Area(content.left, content.top, content.width, content.height)
    margin = round(0.04 * wide)
    left, top, right, bottom = margin, margin, wide - margin, high - margin
    for shape in layout.placeholders:
        if _type(shape) in BELOW and shape.top is not None and shape.top > high * 0.8:
            bottom = min(bottom, shape.top)
    title = next((shape for shape in layout.placeholders if _type(shape) in ("title", "ctrTitle")), None)
    if title is None or title.width is None:
        return Area(left, top, right - left, bottom - top)
    gap = round(0.012 * high)
    below = max(top, title.top + title.height + gap)
    sides = [
        Area(title.left, below, max(right, title.left + title.width) - title.left, bottom - below),
        Area(left, top, right - left, min(bottom, title.top - gap) - top),
        Area(left, top, title.left - gap - left, bottom - top),
        Area(title.left + title.width + gap, top, right - title.left - title.width - gap, bottom - top),
    ]
    return max(
        (side for side in sides if side.width > 0 and side.height > 0), key=lambda side: side.width * side.height
    )


def _type(shape: Any) -> str:
    return str(shape._element.ph.get("type", "obj"))


def _place(deck: Any) -> None:
    """Puts the placeholders of python-pptx's deck, which is one of 4:3, where they belong on slides of any size."""
    wide, high = deck.slide_width, deck.slide_height
    unit = min(wide / 13.333, high / 7.5) / EMU
    inch = EMU * unit
    room = round(wide - 2 * MARGIN * inch)
    left = round(MARGIN * inch)
    foot = round(high - FOOT * inch)
    places = {
        "title": (left, round(TITLE_TOP * inch), room, round(TITLE_HEIGHT * inch)),
        "body": (left, round(BODY_TOP * inch), room, foot - round((BODY_TOP + 0.1) * inch)),
        "dt": (left, foot, room // 4, round(FOOT_HEIGHT * inch)),
        "ftr": (left + room // 4, foot, room // 2, round(FOOT_HEIGHT * inch)),
        "sldNum": (left + room - room // 4, foot, room // 4, round(FOOT_HEIGHT * inch)),
        "ctrTitle": (left, round(0.3 * high), room, round(0.22 * high)),
        "subTitle": (left, round(0.54 * high), room, round(0.3 * high)),
    }
    master = deck.slide_master
    for shape in master.placeholders:
        shape.left, shape.top, shape.width, shape.height = places[_type(shape)]
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            if _type(shape) in ("ctrTitle", "subTitle"):
                shape.left, shape.top, shape.width, shape.height = places[_type(shape)]
    for layout in deck.slide_layouts:
        if layout._element.get("type") == "title":
            for paragraphs in layout._element.iter(a("lvl1pPr")):
                paragraphs.set("algn", "l")
    style = master._element.find(f".//{p('titleStyle')}/{a('lvl1pPr')}")
    style.set("algn", "l")
    run = style.find(a("defRPr"))
    run.set("sz", str(round(TITLE_SIZE * unit)))
    run.set("b", "1")
    for level, size in zip(master._element.find(f".//{p('bodyStyle')}"), (2000, 1800, 1600, 1400, 1400), strict=False):
        level.find(a("defRPr")).set("sz", str(round(size * unit)))


def _style(deck: Any, palette: Mapping[str, str]) -> None:
    """The colours of ``palette`` and a font that every computer has, as the theme of ``deck``."""
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml

    theme = _theme(deck)
    root = parse_xml(theme.blob)
    root.set("name", "archdraw")
    scheme = root.find(f".//{a('clrScheme')}")
    scheme.set("name", "archdraw")
    is_dark = luminance(palette["page"]) < luminance(palette["ink"])
    mapped = {}
    for slot, name in {**GROUNDS, **HUES}.items():
        there = [one for one in (name, *INSTEAD.get(slot, ())) if one in palette]
        if there:
            mapped[slot] = palette[there[0]]
    places = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
    if is_dark:
        # The theme keeps dark and light apart; what is ground and what is ink is said by the master.
        places = {"bg1": "dk1", "tx1": "lt1", "bg2": "dk2", "tx2": "lt2"}
        colours = deck.slide_master._element.find(p("clrMap"))
        for slot, name in places.items():
            colours.set(slot, name)
    for slot, colour in mapped.items():
        entry = scheme.find(a(places.get(slot, slot)))
        for old in list(entry):
            entry.remove(old)
        entry.append(entry.makeelement(a("srgbClr"), {"val": colour[1:]}))
    for link in ("hlink", "folHlink"):
        if "accent1" in mapped:
            scheme.find(a(link))[0].set("val", mapped["accent1"][1:])
    for font in root.iter(a("majorFont"), a("minorFont")):
        font.find(a("latin")).set("typeface", FONT)
    theme._blob = serialize_part_xml(root)


def _theme(deck: Any) -> Any:
    from pptx.opc.constants import RELATIONSHIP_TYPE

    return deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)


def a(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{tag}"


def p(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/presentationml/2006/main}}{tag}"


def r(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/officeDocument/2006/relationships}}{tag}"
