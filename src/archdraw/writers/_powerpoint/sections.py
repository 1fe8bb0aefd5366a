"""Sections: slides under a heading in the list at the left of PowerPoint's window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from archdraw.writers._powerpoint.base import p
from archdraw.writers._powerpoint.items import NAMESPACES
from archdraw.writers._values import quoted

URI = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
MAIN = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def add(deck: Any, sections: Sequence[tuple[str, Sequence[int]]]) -> None:
    """Adds ``sections`` to the python-pptx presentation ``deck``: their names, and the numbers of their slides."""
    from pptx.oxml import parse_xml

    made = ""
    for place, (name, numbers) in enumerate(sections):
        # Each has an identity, which is the same whenever the deck is made again.
        identity = str(uuid5(NAMESPACE_URL, f"archdraw:{place}:{name}")).upper()
        ids = "".join(f'<p14:sldId id="{number}"/>' for number in numbers)
        begin = f'<p14:section name="{quoted(name)}" id="{{{identity}}}">'
        made += f"{begin}<p14:sldIdLst>{ids}</p14:sldIdLst></p14:section>"
    presentation = deck.part._element
    listed = presentation.find(p("extLst"))
    if listed is None:
        listed = parse_xml(f"<p:extLst {NAMESPACES}/>")
        presentation.append(listed)
    extension = f'<p:ext {NAMESPACES} uri="{URI}"><p14:sectionLst xmlns:p14="{MAIN}">{made}</p14:sectionLst></p:ext>'
    listed.append(parse_xml(extension))


def remove(deck: Any) -> None:
    """Removes all sections of ``deck``: they name slides that are not there any more."""
    for extension in deck.part._element.findall(f".//{p('ext')}"):
        if extension.get("uri", "").upper() == URI:
            extension.getparent().remove(extension)
