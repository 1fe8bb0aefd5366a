"""Scenes as drawings of svgwrite, for programs that add elements of their own before they write the file.

The elements are those of the file that :mod:`archdraw.writers.svg` writes, read again: what there is to draw is said in
one place.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from svgwrite import Drawing
from svgwrite.base import BaseElement

from archdraw.scene import Scene
from archdraw.writers import TextMode
from archdraw.writers.svg import svg

_NAMESPACES = {
    "{http://www.w3.org/2000/svg}": "",
    "{http://www.w3.org/1999/xlink}": "xlink:",
    "{http://www.w3.org/XML/1998/namespace}": "xml:",
}


class _Element(BaseElement):  # type: ignore[misc]
    """An element with its attributes as they stand in the file; the classes of svgwrite compute some of their own."""

    def __init__(self, drawing: Drawing, source: ElementTree.Element) -> None:
        super().__init__(factory=drawing)
        self.elementname, self.text = _plain(source.tag), source.text
        self.attribs = {_plain(name): value for name, value in source.items()}
        self.elements = [_element_of(drawing, child) for child in source]

    def get_xml(self) -> Any:
        xml = super().get_xml()
        xml.text = self.text
        return xml


def drawing(scene: Scene, text: TextMode = "embed", prefix: str = "") -> Drawing:
    """``scene`` as a ``svgwrite.Drawing``; the rest, and what is raised, as in :func:`archdraw.writers.svg.svg`.

    Its user units are the px of the scene.
    """
    root = ElementTree.fromstring(svg(scene, text, prefix=prefix))
    made = Drawing(size=None, debug=False)
    made.attribs = {_plain(name): value for name, value in root.items()}
    made.elements = [_element_of(made, child) for child in root]
    return made


def _element_of(drawing: Drawing, source: ElementTree.Element) -> Any:
    """``source`` and all in it as an element of ``drawing``."""
    # Only this class of svgwrite writes its text unescaped, as the rules of a font have to be.
    return drawing.style(source.text) if _plain(source.tag) == "style" else _Element(drawing, source)


def _plain(name: str) -> str:
    """``name`` as it stands in a file: with the prefix of its namespace."""
    space, end, local = name.rpartition("}")
    return _NAMESPACES[space + end] + local if end else name
