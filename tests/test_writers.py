"""Writers: what stands in the file, that it stands still, and that it looks as it should when opened again."""

from __future__ import annotations

import builtins
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

import pypdf
import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from svgwrite.validator2 import get_validator

import archdraw
from archdraw import writers
from archdraw.errors import ArchdrawError
from archdraw.fonts import UNITS, WEIGHTS, MissingGlyph, Weight, font_file, missing, outline, text_width
from archdraw.scene import Circle, Element, Group, Line, Polygon, Rect, Scene, Text
from archdraw.writers._values import number, rounded_path
from archdraw.writers.pdf import pdf
from archdraw.writers.png import png
from archdraw.writers.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
VALIDATOR = get_validator("full")
MODES: tuple[writers.TextMode, ...] = ("embed", "plain", "outline", "searchable")


def label(
    x: float,
    y: float,
    text: str,
    size: float = 20,
    weight: Weight = 400,
    fill: str = "#1A1D21",
    anchor: Literal["start", "middle", "end"] = "start",
) -> Text:
    return Text(x, y, text, size, weight, fill, text_width(text, size, weight), anchor)


def scene(*children: Element, background: str | None = "#FFFFFF", width: float = 200, height: float = 100) -> Scene:
    return Scene(width, height, "A title", "What there is to see.", background, children)


EVERYTHING = scene(
    Rect(10, 10, 180, 80, 16, "#F3F4F6", "#6B7280", 1.5, "container"),
    Group(
        (
            Rect(40, 30, 80, 40, 8, "#37404A", "#1A1D21", 1.5),
            label(80, 48, "Attention", 14, 600, "#FFFFFF", "middle"),
            label(80, 64, "32 Q → 8 KV", 10, 500, "#FFFFFF", "middle"),
        ),
        path="layers/attention",
        title="Attention & co",
    ),
    Line(((20, 80), (20, 20), (80, 20), (80, 29)), "#1A1D21", 2, 8),
    Line(((130, 20), (190, 20)), "#4A5058", 1.5, dash=(4, 3), kind="zoom"),
    Polygon(((80, 30), (76, 21), (84, 21)), "#1A1D21"),
    Circle(150, 50, 14, "#FFFFFF", "#1A1D21", 1.5, "node"),
    Circle(20, 80, 4, "#1A1D21", kind="dot"),
    label(185, 85, "Zażółć AV", 14, 700, "#A62F5F", "end"),
)


def parsed(picture: Scene, mode: writers.TextMode = "embed", **more: Any) -> ET.Element:
    return ET.fromstring(svg(picture, mode, **more))


def only(root: ET.Element, tag: str) -> ET.Element:
    (found,) = root.iter(SVG + tag)
    return found


def test_numbers() -> None:
    written = {1.0: "1", 1.5: "1.5", 0.126: "0.13", -0.001: "0", 100.0: "100", -2.5: "-2.5", 1e6: "1000000"}
    assert {value: number(value) for value in written} == written
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="a coordinate is"):
            number(value)


@given(st.floats(-1e6, 1e6))
def test_numbers_are_near_and_short(value: float) -> None:
    text = number(value)
    assert abs(float(text) - value) <= 0.00501
    assert re.fullmatch(r"-?\d+(\.\d?[1-9])?", text)
    assert text != "-0"


def test_the_whole_of_a_small_picture() -> None:
    picture = scene(
        Group((Rect(1, 2, 3.456, 4, 1, "#EEEEEE", "#111111", 1.5),), path="a/b", title="B"),
        Line(((0, 50), (10, 50)), "#222222"),
        Polygon(((1, 1), (2, 2), (3, 1)), "#333333"),
        Circle(5, 6, 7, None, "#444444", 1),
        Text(9, 10, "", 20, 400, "#000000", 0),
    )
    assert svg(picture, "outline") == (
        '<svg aria-labelledby="title description" height="100" role="img" viewBox="0 0 200 100" width="200"'
        ' xml:lang="en" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<title id="title">A title</title><desc id="description">What there is to see.</desc>'
        '<rect fill="#FFFFFF" height="100" width="200" x="0" y="0" />'
        '<g data-path="a/b" id="a-b"><title>B</title>'
        '<rect fill="#EEEEEE" height="4" rx="1" stroke="#111111" stroke-width="1.5" width="3.46" x="1" y="2" /></g>'
        '<path d="M0 50L10 50" fill="none" stroke="#222222" stroke-width="2" />'
        '<polygon fill="#333333" points="1,1 2,2 3,1" />'
        '<circle cx="5" cy="6" fill="none" r="7" stroke="#444444" stroke-width="1" />'
        '<g fill="#000000" transform="translate(9 10) scale(0.00976562)" />'
        "</svg>"
    )


@pytest.mark.parametrize("mode", MODES)
def test_it_is_xml_with_unique_ids_that_are_found(mode: writers.TextMode) -> None:
    root = parsed(EVERYTHING, mode, prefix="one-")
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    assert all(name.startswith("one-") for name in ids)
    assert root.attrib["aria-labelledby"].split() == ["one-title", "one-description"]
    for use in root.iter(SVG + "use"):
        assert use.attrib["href"] == use.attrib[XLINK + "href"]
        assert use.attrib["href"].removeprefix("#") in ids


def test_two_pictures_share_no_id() -> None:
    first, second = (
        {
            element.attrib["id"]
            for element in parsed(EVERYTHING, "outline", prefix=prefix).iter()
            if "id" in element.attrib
        }
        for prefix in ("a-", "b-")
    )
    assert first.isdisjoint(second)
    with pytest.raises(ArchdrawError, match="cannot begin an id"):
        svg(EVERYTHING, prefix='x" onload="')


def test_ids_of_paths_that_read_alike() -> None:
    paths = ["a/b", "a-b", "title", "1", "ü/ö", "", 'x" y']
    groups = tuple(Group((), path=path, title="t") for path in paths)
    found = [element.attrib.get("id") for element in parsed(scene(*groups)).iter(SVG + "g")]
    assert found == ["a-b", "a-b-2", "title-2", "_1", "block", None, "x-y"]


@pytest.mark.parametrize("mode", MODES)
def test_only_what_every_viewer_can_do(mode: writers.TextMode) -> None:
    root = parsed(EVERYTHING, mode)
    allowed = {"svg", "title", "desc", "style", "defs", "g", "rect", "path", "polygon", "circle", "use", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    for element in root.iter():
        assert not {"style", "class", "filter", "mask", "dy", "textLength", "dominant-baseline"} & set(element.attrib)
        for name in ("fill", "stroke"):
            assert re.fullmatch("none|#[0-9A-F]{6}", element.attrib.get(name, "none"))


def test_text_is_embedded_with_the_fonts_in_use() -> None:
    root = parsed(EVERYTHING)
    style = only(root, "style").text or ""
    assert re.findall(r"font-weight:(\d+)", style) == ["500", "600", "700"]
    assert set(re.findall(r"url\(\"([^,]*),", style)) == {"data:font/woff2;base64"}
    assert [text.text for text in root.iter(SVG + "text")] == ["Attention", "32 Q → 8 KV", "Zażółć AV"]
    assert root.attrib["font-family"].startswith("Inter, ")
    assert list(parsed(EVERYTHING, "outline").iter(SVG + "style")) == []
    assert list(parsed(scene(), "embed").iter(SVG + "style")) == []


def test_outlines_have_no_text_but_a_name() -> None:
    root = parsed(EVERYTHING, "outline")
    assert list(root.iter(SVG + "text")) == []
    assert root[0].tag == SVG + "title"
    assert root[0].text == "A title"
    assert root[1].tag == SVG + "desc"


def test_searchable_has_both() -> None:
    root = parsed(EVERYTHING, "searchable")
    assert len(list(root.iter(SVG + "text"))) == 3
    assert len(list(root.iter(SVG + "use"))) == len("Attention32Q→8KVZażółćAV")


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_outlines_and_text_start_at_one_place(anchor: Literal["start", "middle", "end"]) -> None:
    text = label(100, 50, "AV To", 20, 500, anchor=anchor)
    written = only(parsed(scene(text), "embed"), "text").attrib
    moved = re.fullmatch(
        r"translate\((\S+) (\S+)\) scale\((\S+)\)", only(parsed(scene(text), "outline"), "g").attrib["transform"]
    )
    assert moved
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[written.get("text-anchor", "start")]
    assert float(moved[1]) == pytest.approx(float(written["x"]) - share * text.width, abs=0.01)
    assert float(moved[2]) == float(written["y"])
    assert float(moved[3]) * UNITS == pytest.approx(float(written["font-size"]), rel=1e-5)


def test_letters_of_outlines_are_kerned() -> None:
    uses = list(parsed(scene(label(0, 50, "AVA", weight=500)), "outline").iter(SVG + "use"))
    ends = [text_width(text, UNITS, 500) for text in ("", "AV", "AVA")]
    advance_a, advance_v = text_width("A", UNITS, 500), text_width("V", UNITS, 500)
    assert [float(use.attrib["x"]) for use in uses] == [0, ends[1] - advance_v, ends[2] - advance_a]


def test_spaces_are_kept() -> None:
    root = parsed(scene(label(0, 50, "a  b"), label(0, 80, "a b")))
    first, second = root.iter(SVG + "text")
    space = "{http://www.w3.org/XML/1998/namespace}space"
    assert first.attrib[space] == "preserve"
    assert space not in second.attrib


def test_hostile_texts_stay_texts() -> None:
    evil = '</title><script>alert(1)</script>\x00\x1b&"\ud800'
    picture = Scene(
        10, 10, evil, evil, None, (Group((label(0, 9, "<b>&amp;"),), path=evil, title=evil),), metadata={"k": evil}
    )
    for mode in MODES:
        text = svg(picture, mode)
        root = ET.fromstring(text)
        assert "script" not in {element.tag.removeprefix(SVG) for element in root.iter()}
        assert not re.search("[\x00-\x08\x1b\ud800-\udfff]", text)
        assert root[0].text == '</title><script>alert(1)</script>  &" '
        text.encode()


def test_a_glyph_that_is_missing_is_an_error() -> None:
    bad = Text(0, 10, "注", 20, 400, "#000000", 20)
    for mode in MODES:
        with pytest.raises(MissingGlyph):
            svg(scene(bad), mode)


def test_links() -> None:
    root = parsed(scene(Group((label(0, 20, "x"),), href="https://example.org/?a=1&b=2")))
    link = only(root, "a")
    assert link.attrib["href"] == link.attrib[XLINK + "href"] == "https://example.org/?a=1&b=2"
    assert root.attrib["role"] == "group"
    assert parsed(scene()).attrib["role"] == "img"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", " JaVa\tScript:alert(1)", "data:text/html,x", "\x01vbscript:x"]
)
def test_links_that_could_run_are_refused(href: str) -> None:
    with pytest.raises(ArchdrawError, match="a link begins with https:"):
        svg(scene(Group((label(0, 20, "x"),), href=href)))


@pytest.mark.parametrize("href", ["models/llama-3-8b.html#x:y", "#layers", "mailto:a@example.org", "/a:b", "?q=a:b"])
def test_links_that_lead_somewhere_are_written(href: str) -> None:
    assert only(parsed(scene(Group((), href=href))), "a").attrib["href"] == href


def test_rounded_corners_are_arcs() -> None:
    assert rounded_path(((0, 0), (20, 0), (20, 20)), 8) == "M0 0L12 0A8 8 0 0 1 20 8L20 20"
    assert rounded_path(((0, 0), (0, 20), (20, 20)), 8) == "M0 0L0 12A8 8 0 0 0 8 20L20 20"
    assert rounded_path(((0, 0), (20, 0), (20, 20)), 0) == "M0 0L20 0L20 20"
    assert rounded_path(((0, 0), (10, 0), (20, 0)), 8) == "M0 0L10 0L20 0"
    # Two corners share the short segment between them.
    assert rounded_path(((0, 0), (20, 0), (20, 6), (40, 6)), 8) == "M0 0L17 0A3 3 0 0 1 20 3L20 3A3 3 0 0 0 23 6L40 6"


points = st.tuples(st.integers(0, 100), st.integers(0, 100))


@given(st.lists(points, min_size=2, max_size=8), st.floats(0, 30))
def test_rounded_paths_stay_inside_and_keep_their_ends(corners: list[tuple[int, int]], radius: float) -> None:
    path = rounded_path(tuple((float(x), float(y)) for x, y in corners), radius)
    ends = re.findall(r"[MLA](?:[\d.]+ [\d.]+ 0 0 [01] )?(-?[\d.]+) (-?[\d.]+)", path)
    assert (float(ends[0][0]), float(ends[0][1])) == corners[0]
    assert (float(ends[-1][0]), float(ends[-1][1])) == corners[-1]
    for x, y in ends:
        assert min(c[0] for c in corners) - 0.01 <= float(x) <= max(c[0] for c in corners) + 0.01
        assert min(c[1] for c in corners) - 0.01 <= float(y) <= max(c[1] for c in corners) + 0.01


def test_scale_is_that_of_the_view() -> None:
    root = parsed(EVERYTHING, scale=1.5)
    assert (root.attrib["width"], root.attrib["height"], root.attrib["viewBox"]) == ("300", "150", "0 0 200 100")


def test_metadata() -> None:
    picture = Scene(10, 10, "t", "d", None, (), metadata={"b": "<2>", "a": "1"})
    assert only(ET.fromstring(svg(picture)), "metadata").text == '{"a": "1", "b": "<2>"}'


def test_bytes_do_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_writers import EVERYTHING, writers; import hashlib\n"
        "for name, write in writers.formats().items():\n"
        "    if name in ('svg', 'png', 'pdf', 'eps', 'ps'):\n"
        "        for mode in ('embed', 'outline', 'searchable'):\n"
        "            print(name, mode, hashlib.sha256(write(EVERYTHING, text=mode)).hexdigest())\n"
    )
    written = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "7")
    }
    assert len(written) == 1
    assert len(written.pop().splitlines()) == 15


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGBA")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, type[Exception]], None]:
    """Makes a module look as if it could not be imported."""

    def hide(name: str, error: type[Exception]) -> None:
        for loaded in [loaded for loaded in sys.modules if loaded.split(".")[0] == name]:
            monkeypatch.delitem(sys.modules, loaded)
        real = builtins.__import__

        def fail(module: str, *rest: Any, **more: Any) -> Any:
            if module.split(".")[0] == name:
                raise error(f"no {name}")
            return real(module, *rest, **more)

        monkeypatch.setattr(builtins, "__import__", fail)

    return hide


def check_pixels(image: Image.Image) -> None:
    """That the picture EVERYTHING is there, upright and in its colours."""
    assert image.size == (400, 200)
    colours = {
        (4, 4): (255, 255, 255, 255),
        (60, 174): (243, 244, 246, 255),
        (100, 70): (55, 64, 74, 255),
        (40, 100): (26, 29, 33, 255),
        (40, 160): (26, 29, 33, 255),
        (300, 100): (255, 255, 255, 255),
        (160, 52): (26, 29, 33, 255),
    }
    assert {place: image.getpixel(place) for place in colours} == colours


@pytest.mark.parametrize("renderer", writers.RENDERERS)
def test_png_by_either_renderer(renderer: writers.Renderer) -> None:
    check_pixels(opened(png(EVERYTHING, 2, renderer)))
    assert writers.write(EVERYTHING, "png", renderer=renderer) == png(EVERYTHING, 1, renderer)


def test_png_needs_no_library_of_the_system(without: Callable[[str, type[Exception]], None]) -> None:
    without("cairosvg", OSError)
    check_pixels(opened(png(EVERYTHING, 2)))


@pytest.mark.parametrize("error", [ImportError, OSError])
def test_a_missing_cairo_is_said_with_the_way_out(
    without: Callable[[str, type[Exception]], None], error: type[Exception]
) -> None:
    without("cairosvg", error)
    for format in ("eps", "ps"):
        with pytest.raises(ArchdrawError, match="cairo that it needs is not installed: apt-get install libcairo2"):
            writers.write(EVERYTHING, format)
    with pytest.raises(ArchdrawError, match=r"apt-get install libcairo2.*; without --renderer cairosvg, PNG is drawn"):
        writers.write(EVERYTHING, "png", renderer="cairosvg")


def test_both_renderers_agree() -> None:
    first, second = (opened(png(EVERYTHING, 3, renderer)) for renderer in writers.RENDERERS)
    assert first.tobytes() != second.tobytes(), "the second renderer was not used"
    histogram = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).convert("L").histogram()
    assert sum(histogram[33:]) / sum(histogram) < 0.005


def test_an_unknown_renderer() -> None:
    with pytest.raises(ArchdrawError, match=r"unknown renderer 'cairo' \(choose from resvg, cairosvg\)"):
        writers.write(EVERYTHING, "svg", renderer=cast(Any, "cairo"))


def test_outlines_that_are_repeated_draw_the_same_picture() -> None:
    shared, repeated = svg(EVERYTHING, "outline"), svg(EVERYTHING, "outline", shared_outlines=False)
    assert ("<use" in shared, "<use" in repeated, "<defs" in repeated) == (True, False, False)
    import cairosvg

    images = [cairosvg.svg2png(bytestring=markup.encode(), scale=2) for markup in (shared, repeated)]
    assert images[0] == images[1]
    assert opened(images[0]).tobytes() == opened(png(EVERYTHING, 2, "cairosvg")).tobytes()


@pytest.mark.parametrize("renderer", writers.RENDERERS)
@pytest.mark.parametrize("size", [(1224, 1148.17), (100, 50.5), (7.6, 100.5), (333.33, 200)])
@pytest.mark.parametrize("scale", [0.37, 1, 1.5, 2, 3])
def test_png_of_a_size_that_is_no_whole_number(
    size: tuple[float, float], scale: float, renderer: writers.Renderer
) -> None:
    image = opened(png(scene(width=size[0], height=size[1], background="#F00000"), scale, renderer))
    assert image.size == (round(size[0] * scale), round(size[1] * scale))
    assert image.getcolors() == [(image.width * image.height, (240, 0, 0, 255))]


@pytest.mark.parametrize("renderer", writers.RENDERERS)
@pytest.mark.parametrize(("scale", "printed", "dots"), [(1, None, 96), (2, None, 192), (2, (100, 50), 384)])
def test_png_says_how_large_it_is(
    scale: float, printed: tuple[float, float] | None, dots: float, renderer: writers.Renderer
) -> None:
    image = opened(png(replace(scene(width=200, height=100), printed=printed), scale, renderer))
    assert image.size == (200 * scale, 100 * scale)
    assert image.info["dpi"] == pytest.approx((dots, dots), abs=0.02)


def test_png_has_letters() -> None:
    empty = opened(png(scene()))
    inked = opened(png(scene(label(20, 60, "Attention", 40, 700))))
    box = ImageChops.difference(empty, inked).convert("RGB").getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert [left, right] == pytest.approx([20, 20 + text_width("Attention", 40, 700)], abs=3)
    assert [top, bottom] == pytest.approx([60 - 0.75 * 40, 60], abs=3)


def test_png_without_background_is_transparent() -> None:
    image = opened(png(scene(Rect(10, 10, 20, 20, fill="#FF0000"), background=None)))
    assert (image.getpixel((5, 5)), image.getpixel((20, 20))) == ((0, 0, 0, 0), (255, 0, 0, 255))


def test_pictures_of_very_many_letters() -> None:
    words = label(10, 50, "a" * 100, 1)
    picture = scene(*[words] * 1001, Rect(100, 10, 20, 20, fill="#FF0000"))
    image = opened(png(picture))
    assert image.size == (200, 100)
    assert image.getpixel((110, 20)) == (255, 0, 0, 255)
    for format, other in (("png", "the renderer resvg"), ("eps", "PDF")):
        with pytest.raises(ArchdrawError, match=f"100,000 letters and lines, and here are 100,100; {other} takes any"):
            writers.write(picture, format, renderer="cairosvg")


@pytest.mark.parametrize("scale", [0.001, 1000])
def test_png_of_no_size(scale: float) -> None:
    with pytest.raises(ArchdrawError, match="pixels cannot be written"):
        png(EVERYTHING, scale)


def test_pdf_can_be_read_and_searched() -> None:
    document = pypdf.PdfReader(io.BytesIO(pdf(EVERYTHING, scale=2)))
    (page,) = document.pages
    assert (page.mediabox.width, page.mediabox.height) == (300, 150)
    assert page.extract_text().split("\n") == ["Attention", "32 Q → 8 KV", "Zażółć AV"]
    assert document.metadata is not None
    assert (document.metadata.title, document.metadata.subject) == ("A title", "What there is to see.")
    assert str(document.metadata["/CreationDate"]).startswith("D:20000101")  # always the same
    assert writers.write(EVERYTHING, "pdf", text="outline", scale=2) == pdf(EVERYTHING, scale=2)


def test_pdf_has_the_date_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    metadata = pypdf.PdfReader(io.BytesIO(pdf(EVERYTHING))).metadata
    assert metadata is not None
    assert "20231114221320" in str(metadata["/CreationDate"])


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_font_of_a_pdf_is_what_was_measured(weight: Weight) -> None:
    """The same characters as wide, and drawn as the outlines say."""
    font = TTFont(io.BytesIO(font_file(weight)))
    names, glyphs = font.getBestCmap(), font.getGlyphSet()
    characters = [character for character in map(chr, names) if not missing(character)]
    assert len(characters) > 400
    for character in characters:
        name = names[ord(character)]
        assert font["hmtx"][name][0] == round(text_width(character, UNITS, weight))
        pen = SVGPathPen(glyphs)
        glyphs[name].draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
        drawn = "".join(glyph.path for glyph in outline(character, weight))
        # Outlines are rounded to whole units, a font's implied points lie on halves.
        assert parse_bounds(pen.getCommands()) == pytest.approx(parse_bounds(drawn), rel=5e-3, abs=1), character


def parse_bounds(path: str) -> tuple[float, ...]:
    """The box of an outline and its area; nothing for a space."""
    area, box = AreaPen(), BoundsPen(None)
    for pen in (area, box):
        if path:
            parse_path(path, pen)
    return (*box.bounds, round(area.value, 3)) if box.bounds else ()


def test_a_pdf_has_fonts_of_the_letters_in_use() -> None:
    (page,) = pypdf.PdfReader(io.BytesIO(pdf(EVERYTHING))).pages
    fonts: Any = cast(Any, page)["/Resources"]["/Font"]
    embedded = [font for font in map(fonts.__getitem__, fonts) if "/FontDescriptor" in font]
    assert len(embedded) == 3
    for font in embedded:
        data = font["/FontDescriptor"]["/FontFile2"].get_data()
        assert TTFont(io.BytesIO(data))["maxp"].numGlyphs < 150  # of 461


def test_pdf_links_lead_to_pages_and_to_places() -> None:
    picture = scene(
        Group((label(10, 20, "to the box"),), title="The box", href="#a box"),
        Group((label(10, 40, "to a page"),), href="https://example.org/x"),
        Group((label(10, 60, "nowhere"),), href="#missing"),
        Group((Rect(100, 50, 80, 40, 8, "#37404A", "#1A1D21", 1.5),), path="a box"),
    )
    document = pypdf.PdfReader(io.BytesIO(pdf(picture)))
    (page,) = document.pages
    inside, outside, nowhere = (note.get_object() for note in cast(Any, page)["/Annots"])
    assert [float(value) for value in inside["/Dest"][2:]] == [75, 7.5, 135, 37.5]
    assert outside["/A"]["/URI"] == "https://example.org/x"
    assert nowhere["/A"]["/URI"] == "#missing"
    assert [cast(Any, mark).title for mark in document.outline] == ["The box"]
    assert page.extract_text().split("\n")[:3] == ["to the box", "to a page", "nowhere"]
    assert [float(value) for value in outside["/Rect"]][:2] == pytest.approx([7.5, 75 - 0.75 * 44])


def test_pdf_refuses_a_link_that_could_run() -> None:
    with pytest.raises(ArchdrawError, match="a link begins with https:"):
        pdf(scene(Group((label(10, 20, "x"),), href="javascript:alert(1)")))


def test_files_are_as_large_as_the_paper() -> None:
    picture = replace(EVERYTHING, printed=(400.0, 200.0))
    (page,) = pypdf.PdfReader(io.BytesIO(pdf(picture))).pages
    assert (page.mediabox.width, page.mediabox.height) == (300, 150)
    root = parsed(picture)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("400", "200", "0 0 200 100")
    assert opened(png(picture)).size == (200, 100)


@pytest.mark.parametrize("format", ["eps", "ps"])
def test_postscript_has_its_size_its_title_and_no_date(format: str) -> None:
    file = writers.write(replace(EVERYTHING, title="A (b\\c) é 注"), format, scale=2).decode("ascii")
    head = file[: file.index("%%EndComments")]
    assert "%%BoundingBox: 0 0 300 150\n" in head
    assert "%%Title: (A \\(b\\\\c\\) \\351 ?)\n" in head
    assert "%%Creator: archdraw, cairo" in head
    assert "Date" not in head
    assert max(map(len, head.splitlines())) < 256
    page = file[file.index("%%BeginPageSetup") :].replace("showpage", "")
    assert set(re.findall("image|show|findfont", page)) == set(), "the page is of shapes alone"


@pytest.mark.parametrize("format", ["eps", "ps"])
@pytest.mark.parametrize("scale", [0.001, 1000])
def test_postscript_of_no_size(format: str, scale: float) -> None:
    with pytest.raises(ArchdrawError, match="points cannot be written"):
        writers.write(EVERYTHING, format, scale=scale)


@pytest.mark.parametrize("format", ["eps", "ps"])
def test_ghostscript_draws_what_resvg_draws(format: str, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(writers.write(EVERYTHING, format))
    crop = ["-dEPSCrop"] if format == "eps" else []
    command = ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", *crop, "-sDEVICE=png16m", "-r192", "-dTextAlphaBits=4"]
    subprocess.run([*command, "-dGraphicsAlphaBits=4", "-sOutputFile=one.png", "one"], cwd=tmp_path, check=True)
    drawn = Image.open(tmp_path / "one.png").convert("RGB")
    assert drawn.size == (400, 200)
    histogram = ImageChops.difference(drawn, opened(png(EVERYTHING, 2)).convert("RGB")).convert("L").histogram()
    assert sum(histogram[100:]) / sum(histogram) < 0.01


def without_version(drawing: Any) -> str:
    """The markup of a drawing of svgwrite, without what it says of its version of SVG."""
    return re.sub(' (xmlns:ev|baseProfile|version)="[^"]*"', "", drawing.tostring(), count=3)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("picture", ["everything", "hostile", "gpt-2", "whisper-large-v3", "llama-3-8b card"])
def test_svgwrite_writes_the_same_bytes(mode: writers.TextMode, picture: str) -> None:
    evil = '</title><b a="1">\n\t&amp;"\ud800'
    hostile = Group((label(0, 9, "<b>&amp;  "),), path=evil, title=evil, href="https://example.org/?a=1&b=2")
    made = {"everything": EVERYTHING, "hostile": Scene(10, 10, evil, evil, None, (hostile,), metadata={"k": evil})}
    if picture not in made:
        name, _, view = picture.partition(" ")
        made[picture] = archdraw.load(name).scene(view or "plate", "dark")
    assert without_version(archdraw.drawing(made[picture], mode)) == svg(made[picture], mode)


NOT_OF_SVG_1_1 = {"href", "role", "aria-labelledby", "aria-hidden", "data-path"}


def valid(element: Any) -> Iterator[Any]:
    """``element`` and all in it, as svgwrite's validator of SVG 1.1 lets them pass."""
    names = {name: value for name, value in element.attribs.items() if name not in NOT_OF_SVG_1_1}
    if names.get("d", "").startswith("m"):
        del names["d"]  # outlines of letters: it reads neither quadratic curves nor second contours, fontTools does
    VALIDATOR.check_all_svg_attribute_values(element.elementname, names)
    for child in element.elements:
        if hasattr(child, "attribs"):
            VALIDATOR.check_valid_children(element.elementname, child.elementname)
            yield from valid(child)
    yield element


def test_level_edges_are_at_quarters_of_a_px() -> None:
    """Browsers draw others as if they were there, librsvg, CairoSVG and Inkscape where they are."""
    written = svg(scene(Rect(10.4, 20.88, 30.3, 28.13, 4, "#FFFFFF", "#000000", 1.5)), "plain")
    box = next(element for element in ET.fromstring(written).iter(f"{SVG}rect") if element.get("x") == "10.4")
    assert (box.get("y"), box.get("height"), box.get("width")) == ("21", "28", "30.3")


@pytest.mark.parametrize("mode", MODES)
def test_svgwrite_finds_the_file_valid(mode: writers.TextMode) -> None:
    linked = scene(*EVERYTHING.children, Group((label(10, 20, "it"),), href="#layers/attention"))
    names = {element.elementname for element in valid(archdraw.drawing(replace(linked, metadata={"a": "b"}), mode))}
    assert names >= {"svg", "title", "desc", "metadata", "g", "a", "rect", "path", "polygon", "circle"}
    bad = archdraw.drawing(scene(Rect(0, 0, 5, 5)))
    bad.elements[-1].attribs["width"] = "wide"
    with pytest.raises(TypeError, match="wide"):
        list(valid(bad))


def test_a_drawing_takes_elements_of_ones_own() -> None:
    made = archdraw.drawing(EVERYTHING)
    made.add(made.text("a note", insert=(20, 95), font_size=8))
    root = ET.fromstring(made.tostring())
    assert root[-1].text == "a note"
    assert [element.tag for element in root[:-1]] == [element.tag for element in parsed(EVERYTHING)]


def test_links_within_a_picture_lead_to_ids() -> None:
    picture = scene(
        Group((label(10, 20, "to it"),), href="#2 boxes/one"),
        Group((Rect(100, 50, 80, 40),), path="2 boxes/one"),
        Group((Rect(10, 50, 80, 40),), path="2 boxes/one"),
    )
    link, first, second = parsed(picture, prefix="p-")[-3:]
    assert (link.get("href"), link.get(f"{XLINK}href"), link.get("target")) == ("#p-2-boxes-one",) * 2 + (None,)
    assert (first.get("id"), second.get("id")) == ("p-2-boxes-one", "p-2-boxes-one-2")


def test_formats_are_files() -> None:
    folder = Path(str(writers.__file__)).parent
    assert list(writers.formats()) == sorted(path.stem for path in folder.glob("*.py") if path.stem[0] != "_")
    assert {"eps", "pdf", "png", "ps", "svg"} <= set(writers.formats())


def test_formats_write() -> None:
    starts = {
        "svg": b"<?xml ",
        "png": b"\x89PNG",
        "pdf": b"%PDF-",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "ps": b"%!PS-Adobe-3.0\n",
    }
    for name, start in starts.items():
        assert writers.write(EVERYTHING, name).startswith(start)
        assert writers.formats()[name](EVERYTHING) == writers.write(EVERYTHING, name)


def test_unknown_format() -> None:
    with pytest.raises(ArchdrawError, match="unknown format 'pgn'; did you mean png"):
        writers.write(EVERYTHING, "pgn")


def test_no_library_is_loaded_before_it_is_needed() -> None:
    program = "import sys; from archdraw import writers; writers.formats(); print('svgwrite' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
