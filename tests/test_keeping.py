"""PDF for keeping and for reading aloud: what PDF/A-2b asks for, and the structure of the page."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any, cast

import pypdf
import pytest
from PIL import ImageCms

import archdraw
from archdraw.scene import Group, Scene, Text
from archdraw.writers._srgb import profile
from archdraw.writers.pdf import pdf

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture(scope="module")
def scene() -> Scene:
    return archdraw.load("llama-3-8b").scene()


@pytest.fixture(scope="module")
def file(scene: Scene) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf(scene)))


def catalog(file: pypdf.PdfReader) -> Any:
    return file.trailer["/Root"]


def test_it_says_that_it_is_for_keeping(scene: Scene, file: pypdf.PdfReader) -> None:
    stream = catalog(file)["/Metadata"].get_object()
    assert "/Filter" not in stream, "programs that know nothing of PDF read it too"
    (about,) = ET.fromstring(stream.get_data().decode()).iter(f"{RDF}Description")
    assert (about.findtext(f"{PDFAID}part"), about.findtext(f"{PDFAID}conformance")) == ("2", "B")
    said = {name: about.findtext(f"{DC}{name}/{RDF}Alt/{RDF}li") for name in ("title", "description")}
    assert said == {"title": scene.title, "description": scene.description}
    assert file.metadata is not None
    assert said == {"title": file.metadata.title, "description": file.metadata.subject}
    assert len(cast(Any, file.trailer["/ID"])) == 2


def test_it_says_how_its_colors_are_meant(file: pypdf.PdfReader) -> None:
    (intent,) = catalog(file)["/OutputIntents"]
    space = intent.get_object()["/DestOutputProfile"].get_object()
    assert (intent.get_object()["/S"], space["/N"]) == ("/GTS_PDFA1", 3)
    assert space.get_data() == profile()


def test_the_color_space_is_that_of_screens() -> None:
    """As another library reads it, and against the profile that comes with that."""
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile()))
    assert len(profile()) == int.from_bytes(profile()[:4])
    assert "sRGB" in ImageCms.getProfileDescription(own)
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    for name in ("red_primary", "green_primary", "blue_primary", "media_white_point"):
        mine, theirs = (getattr(one.profile, name)[0] for one in (own, usual))
        assert mine == pytest.approx(theirs, abs=0.002)


def test_fonts_are_in_it(file: pypdf.PdfReader) -> None:
    fonts = cast(Any, file.pages[0])["/Resources"]["/Font"]
    assert len(fonts) >= 4
    for font in fonts.values():
        assert "/FontFile2" in font.get_object()["/FontDescriptor"]


def elements(file: pypdf.PdfReader) -> list[Any]:
    (document,) = catalog(file)["/StructTreeRoot"]["/K"]
    assert document.get_object()["/S"] == "/Document"
    return [one.get_object() for one in document.get_object()["/K"]]


def test_the_figure_has_the_description_as_its_alternative(scene: Scene, file: pypdf.PdfReader) -> None:
    assert catalog(file)["/MarkInfo"]["/Marked"] is True or str(catalog(file)["/MarkInfo"]["/Marked"]) == "True"
    assert catalog(file)["/Lang"] == "en"
    figure, *paragraphs = elements(file)
    assert (figure["/S"], figure["/Alt"]) == ("/Figure", scene.description)
    assert {one["/S"] for one in paragraphs} == {"/P"}
    without = pypdf.PdfReader(io.BytesIO(pdf(replace(scene, description=""))))
    assert elements(without)[0]["/Alt"] == scene.title


def test_everything_is_marked_and_its_words_are_paragraphs_in_the_order_of_reading(
    scene: Scene, file: pypdf.PdfReader
) -> None:
    page: Any = file.pages[0]
    data = page.get_contents().get_data().decode("latin-1")
    opened = re.findall(r"/(\w+) <</MCID (\d+)>> BDC", data)
    assert [int(number) for _, number in opened] == list(range(len(opened)))
    assert data.count("EMC") == len(re.findall(r"BDC|BMC", data))
    assert page["/StructParents"] == 0
    tree = catalog(file)["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = [one.get_object() for one in tree[1].get_object()]
    assert [owner["/S"][1:] for owner in owners] == [kind for kind, _ in opened]
    assert all(number in owner["/K"] for number, owner in enumerate(owners))
    # Nothing is painted between two marks.
    between = re.split(r"(?:BDC|BMC).*?EMC", data, flags=re.DOTALL)
    assert not [piece for piece in between if re.search(r"\b(f|F|S|B|Tj|TJ|f\*)\s*$", piece, re.MULTILINE)]
    boxes = sum(
        isinstance(child, Group) and any(isinstance(one, Text) for one in child.children)
        for section in scene.children
        if isinstance(section, Group) and section.role == "model"
        for child in section.children
    )
    assert sum(one["/S"] == "/P" for one in elements(file)) > boxes > 8


def test_streams_end_on_lines_of_their_own_and_objects_are_where_the_table_says(scene: Scene) -> None:
    data = pdf(scene)
    assert not re.search(rb"[^\r\n]endstream\nendobj", data)
    for stream in re.finditer(rb"/Length (\d+)[^>]*>>\nstream\n", data):
        assert data[stream.end() + int(stream[1]) :].startswith(b"\nendstream")
    places = re.findall(rb"(\d{10}) 00000 n", data)
    assert len(places) > 50
    for number, place in enumerate(places, 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)
    start = re.search(rb"startxref\n(\d+)", data)
    assert start
    assert data[int(start[1]) :].startswith(b"xref")


def test_links_are_printed() -> None:
    linked = archdraw.lineage("gpt-2", "gpt-2-xl", link="{slug}.svg").scene()
    page: Any = pypdf.PdfReader(io.BytesIO(pdf(linked))).pages[0]
    notes = [note.get_object() for note in page["/Annots"]]
    assert notes
    assert {note["/F"] for note in notes} == {4}


def test_every_label_is_found(scene: Scene, file: pypdf.PdfReader) -> None:
    text = "".join(file.pages[0].extract_text().split())
    lost = [one.text for one in scene.shapes() if isinstance(one, Text) and "".join(one.text.split()) not in text]
    assert lost == []
