"""Pictures of slides as images: they look the same everywhere, and are not edited."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from archdraw.scene import Element, Scene, bounds, moved
from archdraw.writers._powerpoint.base import a
from archdraw.writers._powerpoint.items import NAMESPACES
from archdraw.writers._powerpoint.place import PX, Fitting
from archdraw.writers._values import clean
from archdraw.writers.png import png
from archdraw.writers.svg import svg

SVG_BLIP = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
PIXELS = 2.0
"""Pixels of the PNG for each px of print, where the SVG is not shown."""
AROUND = 4
"""Px around a picture: strokes reach beyond what they are of."""


def add(made: Any, scene: Scene, children: tuple[Element, ...], fitting: Fitting) -> None:
    """Adds ``children`` of ``scene`` to a slide as SVG, for programs that show it, and as PNG for those that do not."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.package import Part
    from pptx.oxml import parse_xml

    left, top, right, bottom = bounds(children)
    shifted = replace(
        scene,
        children=moved(children, AROUND - left, AROUND - top),
        width=int(right - left) + 2 * AROUND,
        height=int(bottom - top) + 2 * AROUND,
        background=None,
        printed=None,
    )
    place = fitting.x(left - AROUND), fitting.y(top - AROUND)
    size = fitting.length(shifted.width), fitting.length(shifted.height)
    drawn = png(shifted, PIXELS * fitting.scale / PX)
    shown = made.shapes.add_picture(io.BytesIO(drawn), *place, *size)
    said = shown._element.nvPicPr.cNvPr
    said.set("name", clean(scene.title))
    said.set("descr", clean(scene.description or scene.title))
    package = made.part.package
    part = Part(package.next_image_partname("svg"), "image/svg+xml", package, svg(shifted, "outline").encode())
    relation = made.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    shown._element.find(f".//{a('blip')}").append(
        parse_xml(
            f'<a:extLst {NAMESPACES}><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}">'
            f'<asvg:svgBlip xmlns:asvg="{SVG_BLIP}" r:embed="{relation}"/></a:ext></a:extLst>'
        )
    )
