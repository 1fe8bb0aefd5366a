"""Decks in the designs of templates: whose layouts, fonts and colours they have, and what finds room there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from archdraw.fonts import text_width
from archdraw.theme import load_theme
from read_slides import every, faults_of
from slide_templates import harbour, night
from test_decks import made_of, read, titles


@pytest.fixture
def template(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The template that the test names, as a file."""
    path = tmp_path / ("harbour.potx" if request.param == "harbour" else "night.pptx")
    path.write_bytes(harbour() if request.param == "harbour" else night())
    return path


IN_TEMPLATES = pytest.mark.parametrize("template", ["harbour", "night"], indirect=True)


@IN_TEMPLATES
def test_a_template_has_its_layouts_fonts_and_colours(template: Path, tmp_path: Path) -> None:
    made = made_of("llama-3-8b", template=str(template))
    assert faults_of(made.data, tmp_path) == []
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        theme = archive.read("ppt/theme/theme1.xml").decode()
        assert ("DejaVu Sans" if "harbour" in template.name else "Liberation Serif") in theme
        slides = [archive.read(name).decode() for name in archive.namelist() if name.startswith("ppt/slides/slide")]
        assert b"Samples" not in archive.read("ppt/presentation.xml")
    assert not any("srgbClr" in slide or "a:latin" in slide for slide in slides)
    assert "A slide of the template" not in "".join(slides)
    assert titles(made)[0] == "Llama 3 8B"


@IN_TEMPLATES
def test_a_slide_without_room_for_figures_is_drawn(template: Path) -> None:
    assert titles(made_of("whisper-large-v3", template=str(template)))[0] == "Whisper large v3"


@IN_TEMPLATES
def test_pictures_are_as_dark_as_the_template(template: Path) -> None:
    made = made_of("llama-3-8b", template=str(template), pictures="picture")
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        drawn = archive.read(next(name for name in archive.namelist() if name.endswith(".svg"))).decode()
    ink = load_theme("dark" if "night" in template.name else "light").ink
    assert f'fill="{ink}"' in drawn


@IN_TEMPLATES
def test_in_a_template_all_stands_where_it_has_room(template: Path) -> None:
    found = read(made_of("llama-3-8b", "deepseek-v3", template=str(template)))
    layout = next(one for one in found.slide_layouts if one._element.get("type") == "obj")
    body = layout.placeholders[1]
    slack = 60_000  # what strokes and heads of lines reach beyond their shapes
    for number, slide in enumerate(found.slides, 1):
        for shape in slide.shapes:
            if shape.is_placeholder or "txBox" in str(shape._element.xpath("./p:nvSpPr/p:cNvSpPr/@txBox")):
                continue
            assert shape.left >= body.left - slack, (number, shape.name)
            assert shape.top >= body.top - slack, (number, shape.name)
            assert shape.left + shape.width <= body.left + body.width + slack, (number, shape.name)
            assert shape.top + shape.height <= body.top + body.height + slack, (number, shape.name)


@IN_TEMPLATES
def test_a_template_with_little_room_has_smaller_words_and_the_whole(template: Path) -> None:
    (slide, *_) = read(made_of("u-net", template=str(template))).slides
    blocks = [shape.text_frame.text for shape in every(slide.shapes) if shape.has_text_frame]
    assert {"Max pooling 2 × 2", "Up-convolution 2 × 2", "2 convolutions, 64 channels"} <= set(blocks)


@IN_TEMPLATES
@pytest.mark.parametrize("model", ["u-net", "whisper-large-v3"])
def test_words_in_a_template_with_little_room_can_be_read(template: Path, model: str) -> None:
    (slide, *_) = read(made_of(model, template=str(template))).slides
    frames = (shape.text_frame for shape in every(slide.shapes) if shape.has_text_frame)
    runs = [run for frame in frames for paragraph in frame.paragraphs for run in paragraph.runs]
    assert min(run.font.size.pt for run in runs if run.font.size) > 10.5


@IN_TEMPLATES
def test_columns_of_a_model_in_a_template_say_what_comes_in(template: Path) -> None:
    (slide, *_) = read(made_of("whisper-large-v3", template=str(template))).slides
    blocks = [shape.text_frame.text for shape in every(slide.shapes) if shape.has_text_frame]
    assert {"Log-mel spectrogram", "Target tokens, shifted"} <= set(blocks)


@pytest.mark.parametrize("template", ["harbour"], indirect=True)
def test_columns_of_tables_have_room_for_a_wider_font(template: Path) -> None:
    found = [shape.table for slide in read(made_of("whisper-large-v3", template=str(template))).slides
             for shape in slide.shapes if shape.has_table]  # fmt: skip
    (numbers,) = (one.columns[1].width.pt for one in found if one.cell(0, 0).text == "total parameters")
    total = found[0].cell(0, 1)
    size = total.text_frame.paragraphs[0].runs[0].font.size.pt
    assert numbers > 1.25 * text_width(total.text, size, 600)
