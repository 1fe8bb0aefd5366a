"""What makes a PDF one for keeping (PDF/A-2b, ISO 19005-2) and for reading aloud: metadata, colour space, structure.

The structure is that of the picture: one figure with the description of the whole as its alternative text, and each
block's words as a paragraph, in the order of reading, so that a program that reads the page takes panel after panel.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from archdraw.scene import Scene
from archdraw.writers._srgb import NAME, profile
from archdraw.writers._values import clean, content

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FIGURE, PARAGRAPH = "Figure", "P"


class Tags:
    """Marks what is painted on ``canvas``: as words of a block, as part of the figure, or as mere ground.

    A mark goes on until the next one; :meth:`end` ends the last.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._open = ""
        self._elements: list[tuple[str, list[int]]] = [(FIGURE, [])]
        self._owners: list[int] = []

    def ground(self) -> None:
        """What is painted next is only the ground of the page."""
        self._begin("ground", "/Artifact BMC")

    def figure(self) -> None:
        """What is painted next is part of the figure."""
        if self._open != FIGURE:
            self._begin(FIGURE, self._content(0))

    def words(self, block: int) -> None:
        """What is painted next are words of a ``block``, which has its number and no other has."""
        mark = f"words {block}"
        if self._open != mark:
            self._elements.append((PARAGRAPH, []))
            self._begin(mark, self._content(len(self._elements) - 1))

    def end(self) -> None:
        """Nothing is painted any more."""
        if self._open:
            self._canvas.addLiteral("EMC")
            self._open = ""

    def _content(self, element: int) -> str:
        number = len(self._owners)
        self._owners.append(element)
        self._elements[element][1].append(number)
        return f"/{self._elements[element][0]} <</MCID {number}>> BDC"

    def _begin(self, mark: str, operator: str) -> None:
        if self._open != mark:
            self.end()
            self._canvas.addLiteral(operator)
            self._open = mark

    @property
    def elements(self) -> list[tuple[str, list[int]]]:
        """What was marked, in the order of reading: of what kind it is, and the numbers of its marks."""
        return self._elements

    @property
    def owners(self) -> list[int]:
        """The index of the element that each mark belongs to."""
        return self._owners


class Structure:
    """The structure of a document, page after page."""

    def __init__(self, canvas: Canvas) -> None:
        self._document = canvas._doc
        self._found: list[Any] = []
        self._pages: list[Any] = []

    def add(self, tags: Tags, scene: Scene, page: Any) -> None:
        """Adds what the ``tags`` on a finished ``page`` of ``scene`` mark."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference, PDFString

        whole = PDFObjectReference("structure-document")
        sheet = self._document.Reference(page)
        found: list[Any] = []
        for kind, marks in tags.elements:
            element = {"Type": PDFName("StructElem"), "S": PDFName(kind), "P": whole, "Pg": sheet, "K": PDFArray(marks)}
            if kind == FIGURE:
                element["Alt"] = PDFString(clean(scene.description or scene.title))
            name = f"structure-{len(self._found) + len(found)}"
            found.append(self._document.Reference(PDFDictionary(element), name))
        number = len(self._pages)
        owners = PDFArray([found[element] for element in tags.owners])
        self._pages.append(self._document.Reference(owners, f"structure-owners-{number}"))
        self._found += found
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = number, PDFName("S")

    def write(self) -> None:
        """Adds the structure to the document, once all its pages are finished."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference

        document, root, whole = (
            self._document,
            PDFObjectReference("structure"),
            PDFObjectReference("structure-document"),
        )
        body = {"Type": PDFName("StructElem"), "S": PDFName("Document"), "P": root, "K": PDFArray(self._found)}
        document.Reference(PDFDictionary(body), "structure-document")
        numbered = [part for pair in enumerate(self._pages) for part in pair]
        tree = document.Reference(PDFDictionary({"Nums": PDFArray(numbered)}), "structure-tree")
        top = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFArray([whole]),
            "ParentTree": tree,
            "ParentTreeNextKey": len(self._pages),
        }
        document.Catalog.StructTreeRoot = document.Reference(PDFDictionary(top), "structure")
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})


def keep(canvas: Canvas, source: str = "") -> None:
    """Adds to the document of ``canvas`` what says how its colours are meant, and that it is made for keeping.

    ``source`` says of what it was drawn.
    """
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress

    document = canvas._doc
    space = PDFStream(PDFDictionary({"N": 3}), profile(), [PDFZCompress])
    intent = PDFDictionary({
        "Type": PDFName("OutputIntent"),
        "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": PDFString(NAME),
        "Info": PDFString(NAME),
        "DestOutputProfile": document.Reference(space),
    })  # fmt: skip
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.OutputIntents = PDFArray([intent])
    about = {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}
    # Programs that know nothing of PDF read it too: it is not compressed.
    catalog.Metadata = document.Reference(PDFStream(PDFDictionary(about), _metadata(document, source).encode()))


def with_ended_streams(file: bytes) -> bytes:
    """The PDF ``file`` with a line end before the end of each stream, which reportlab leaves out.

    All that stands behind one moves on by a byte, and with it the places in the table of objects.
    """
    ends = [found.start() for found in re.finditer(rb"(?<![\r\n])endstream\nendobj", file)]
    pieces = (file[start:end] for start, end in pairwise((0, *ends, len(file))))
    body, _, table = b"\n".join(pieces).rpartition(b"\nxref\n")

    def moved(place: bytes) -> int:
        return int(place) + bisect_left(ends, int(place))

    table = re.sub(rb"(\d{10})(?= 00000 n)", lambda found: b"%010d" % moved(found[1]), table)
    table = re.sub(rb"(?<=startxref\n)\d+", lambda found: b"%d" % moved(found[0]), table)
    return body + b"\nxref\n" + table


def _metadata(document: Any, source: str) -> str:
    """What the document says of itself, as XMP: the same as in its dictionary, and its ``source``."""
    info, moment = document.info, document._timeStamp
    year, month, day, hour, minute, second = moment.YMDhms
    made = f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{moment.dhh:+03d}:{moment.dmm:02d}"

    def said(text: str) -> str:
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{content(text)}</rdf:li></rdf:Alt>'

    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f"<dc:title>{said(info.title)}</dc:title><dc:description>{said(info.subject)}</dc:description>"
        f"<dc:creator><rdf:Seq><rdf:li>{content(info.author)}</rdf:li></rdf:Seq></dc:creator>"
        f"{f'<dc:source>{content(source)}</dc:source>' if source else ''}"
        f"<pdf:Producer>{content(info.producer)}</pdf:Producer><pdf:Keywords>{content(info.keywords)}</pdf:Keywords>"
        f"<xmp:CreatorTool>{content(info.creator)}</xmp:CreatorTool>"
        f"<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
