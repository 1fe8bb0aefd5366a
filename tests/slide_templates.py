"""Two templates as companies have them: a light one with a band, a dark one with its titles at the left."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
HARBOUR: Mapping[str, str] = {
    "dk1": "1D2733", "lt1": "FFFFFF", "dk2": "0B4F6C", "lt2": "EAF1F5", "accent1": "01BAEF", "accent2": "E0633A",
    "accent3": "20A39E", "accent4": "7D5BA6", "accent5": "C4407A", "accent6": "5B8C2A",
    "hlink": "0B4F6C",
}  # fmt: skip
NIGHT: Mapping[str, str] = {
    "dk1": "101820", "lt1": "F4F1EA", "dk2": "22303C", "lt2": "D9E2EC", "accent1": "FFB454", "accent2": "FF6B6B",
    "accent3": "F6E27F", "accent4": "B39DFF", "accent5": "FF9ECF", "accent6": "7BE0AD",
    "hlink": "FFB454",
}  # fmt: skip


def harbour() -> bytes:
    """A light template (.potx) of 16:9: white titles on a band, a wide font, slides of its own in a section."""
    deck = _deck(HARBOUR, "DejaVu Sans", (13.333, 7.5))
    master = deck.slide_master
    _place(master, "title", 0.6, 0.25, 12.1, 0.9)
    _place(master, "body", 0.6, 1.7, 12.1, 4.3)
    _rectangle(master, 0, 0, 13.333, 1.35, "tx2")
    _rectangle(master, 12.2, 6.95, 0.8, 0.35, "accent2")
    for run in master._element.findall(f".//{{*}}titleStyle//{MAIN}defRPr"):
        run.set("sz", "2800")
        run.find(f"{MAIN}solidFill")[0].set("val", "bg1")
    deck.slides.add_slide(deck.slide_layouts[1]).shapes.title.text = "A slide of the template"
    deck.part._element.append(
        parse_xml(
            f'<p:extLst {NAMESPACES}><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst '
            'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"><p14:section name="Samples" '
            'id="{6A2F1C1E-6C57-4C0E-9C0B-3C1A5B0F1D11}"><p14:sldIdLst><p14:sldId id="256"/></p14:sldIdLst>'
            "</p14:section></p14:sectionLst></p:ext></p:extLst>"
        )
    )
    return _as_template(_saved(deck))


def night() -> bytes:
    """A dark template (.pptx) of 16:9: light words on a dark ground, titles at the left of what they are about."""
    deck = _deck(NIGHT, "Liberation Serif", (13.333, 7.5))
    master = deck.slide_master
    _place(master, "title", 0.5, 0.6, 2.6, 5.4)
    _place(master, "body", 3.6, 0.6, 9.2, 6.1)
    _rectangle(master, 3.25, 0.6, 0.04, 6.2, "accent1")
    for run in master._element.findall(f".//{{*}}titleStyle//{MAIN}defRPr"):
        run.set("sz", "2400")
    colours = master._element.find("{*}clrMap")
    for slot, name in {"bg1": "dk1", "tx1": "lt1", "bg2": "dk2", "tx2": "lt2"}.items():
        colours.set(slot, name)
    return _saved(deck)


def _deck(colours: Mapping[str, str], font: str, size: tuple[float, float]) -> Any:
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = map(Inches, size)
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    root = parse_xml(theme.blob)
    for name, colour in colours.items():
        entry = root.find(f".//{MAIN}clrScheme/{MAIN}{name}")
        entry.clear()
        entry.append(entry.makeelement(f"{MAIN}srgbClr", {"val": colour}))
    for fonts in root.iter(f"{MAIN}majorFont", f"{MAIN}minorFont"):
        fonts.find(f"{MAIN}latin").set("typeface", font)
    from pptx.opc.oxml import serialize_part_xml

    theme._blob = serialize_part_xml(root)
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            if layout._element.get("type") in ("titleOnly", "obj") and shape.placeholder_format.type == 1:
                properties = shape._element.spPr
                for place in properties.findall(f"{MAIN}xfrm"):
                    properties.remove(place)
    wide, high = size
    for kind, left, width in (("dt", 0.5, 2.0), ("ftr", 3.5, 6.0), ("sldNum", wide - 2.5, 2.0)):
        _place(deck.slide_master, kind, left, high - 0.5, width, 0.35)
    return deck


def _place(master: Any, kind: str, left: float, top: float, width: float, height: float) -> None:
    for shape in master.placeholders:
        if shape._element.ph.get("type") == kind:
            shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))


def _rectangle(master: Any, left: float, top: float, width: float, height: float, colour: str) -> None:
    """A shape of the master, below its placeholders."""
    x, y, wide, high = (round(side * 914_400) for side in (left, top, width, height))
    master.shapes._spTree.insert(
        2,
        parse_xml(
            f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{900 + x % 97}" name="Band"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
            f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></p:spPr></p:sp>'
        ),
    )


def _saved(deck: Any) -> bytes:
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def _as_template(file: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"presentationml.presentation.main", b"presentationml.template.main")
            new.writestr(name, data)
    return made.getvalue()
