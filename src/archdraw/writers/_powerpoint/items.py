"""What stands on a slide, as markup: shapes, lines, groups."""

from __future__ import annotations

from collections.abc import Sequence

from archdraw.records import record
from archdraw.scene import Bounds
from archdraw.writers._powerpoint.outlines import around
from archdraw.writers._powerpoint.place import Fitting
from archdraw.writers._values import quoted

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
"""What is said of each piece of markup where it is parsed."""
DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative val="1" '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative"/></a:ext></a:extLst>'
)
"""Says that a program which reads a slide aloud passes by."""


@record
class Item:
    """Something on a slide: its ``markup``, its ``number`` there, its place in px, and the step in which it appears."""

    markup: str
    number: int
    bounds: Bounds
    step: int | None = None


def properties(number: int, name: str, description: str = "", link: str = "") -> str:
    """The name of a shape and what is said of it where it cannot be seen: nothing, if it is only decoration."""
    described = f' descr="{quoted(description)}"' if description else ""
    inside = (f'<a:hlinkClick r:id="{quoted(link)}"/>' if link else "") + ("" if description else DECORATIVE)
    return f'<p:cNvPr id="{number}" name="{quoted(name)}"{described}>{inside}</p:cNvPr>'


def shape(head: str, place: str, outline: str, paint: str, words: str = "", *, box: bool = False) -> str:
    """A shape with ``words`` in it; a ``box`` of text is nothing but these."""
    text = ' txBox="1"' if box else ""
    return (
        f"<p:sp><p:nvSpPr>{head}<p:cNvSpPr{text}/><p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{place}{outline}{paint}</p:spPr>{words}</p:sp>"
    )


def group(items: Sequence[Item], number: int, name: str, fitting: Fitting, description: str = "") -> Item:
    """``items`` as one; where it is moved, all are."""
    bounds = around(item.bounds for item in items)
    place = fitting.transform(bounds)
    inner = place.replace("a:off", "a:chOff").replace("a:ext", "a:chExt").removeprefix("<a:xfrm>")
    whole = place.removesuffix("</a:xfrm>") + inner
    return Item(
        f"<p:grpSp><p:nvGrpSpPr>{properties(number, name, description or name)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        f"<p:grpSpPr>{whole}</p:grpSpPr>{''.join(item.markup for item in items)}</p:grpSp>",
        number,
        bounds,
    )
