"""The poster: all plates on one sheet, each found from the index, to be read in a browser and in a PDF reader."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, cast

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import shipped
from archdraw.app.pictures import picture, subject
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.layout.plate.plate import draw as draw_plate
from archdraw.layout.sheet import legend
from archdraw.layout.sheet.sections import Flow, column_name
from archdraw.layout.sheet.tiles import tiles
from archdraw.lint.faults import faults, minimum_text
from archdraw.lint.legibility import contrasts
from archdraw.lint.survey import Survey
from archdraw.model import Model, load
from archdraw.scene import Bounds, Group, Rect, Scene, Text, bounds, groups_of, moved, paths_of, rounded
from archdraw.theme import load_theme, theme_names
from archdraw.views.several import _poster_legend, poster
from archdraw.writers.pdf import pdf
from archdraw.writers.svg import svg

ROOT = Path(__file__).parent.parent
FEW = ("llama-3-8b", "gemma-3-27b", "step-5-preview", "gpt-2-xl", "mamba-2-8b")
EVERY = 9
"""Of so many models one is on the smaller posters."""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def models() -> list[Model]:
    return shipped.models()


@pytest.fixture(scope="module")
def sheet(models: list[Model]) -> Scene:
    """All models in light."""
    return picture("poster", [subject(model) for model in models], paper="A0").scene("light")


@pytest.fixture(scope="module")
def few(models: list[Model]) -> dict[str, Any]:
    """A few models, gathered, and their plates in light."""
    value = poster.gather([poster.about(subject(model)) for model in models if model.slug in FEW])
    theme = load_theme("light")
    return {"value": value, "plates": [draw_plate(part, theme) for part in poster.pieces(value)]}


def drawn(few: dict[str, Any], **chosen: Any) -> Scene:
    return poster.draw(few["value"], load_theme("light"), few["plates"], **chosen)


# Columns.


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    sizes = st.floats(1, 100).map(lambda size: round(size, 1))
    sections = draw(st.lists(st.lists(sizes, min_size=1, max_size=3), min_size=1, max_size=4))
    return Flow(
        [height for section in sections for height in section],
        [number for number, section in enumerate(sections) for _ in section],
        [draw(sizes) for _ in sections],
        draw(sizes),
        draw(sizes),
    )


@given(flows(), st.integers(1, 5))
def test_no_other_columns_are_shorter(flow: Flow, most: int) -> None:
    columns = flow.columns(most)
    number = len(flow.heights)
    assert [index for column in columns for index in column] == list(range(number))
    assert 1 <= len(columns) <= most
    tallest = max(map(flow.height, columns))
    for cuts in combinations(range(1, number), min(most, number) - 1):
        edges = (0, *cuts, number)
        assert tallest <= max(flow.height(range(*edge)) for edge in pairwise(edges)) + 1


@given(flows(), st.data())
def test_a_column_is_as_tall_as_what_is_in_it(flow: Flow, data: st.DataObject) -> None:
    number = len(flow.heights)
    first = data.draw(st.integers(0, number - 1))
    column = range(first, data.draw(st.integers(first + 1, number)))
    runs = list(flow.runs(column))
    assert [index for run in runs for index in run.things] == list(column)
    assert [run.goes_on for run in runs[1:]] == [False] * (len(runs) - 1)
    height = sum(flow.heads[run.section] + sum(flow.heights[index] for index in run.things) for run in runs)
    height += sum(flow.gap * (len(run.things) - 1) for run in runs) + flow.apart * (len(runs) - 1)
    assert flow.height(column) == pytest.approx(height)


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")])
def test_names_of_columns(index: int, name: str) -> None:
    assert column_name(index) == name


# Tiles.


def sheet_of(boxes: Sequence[Bounds], width: float, height: float) -> Scene:
    groups = tuple(
        Group((Rect(left, top, right - left, bottom - top, fill="#37404A"),), path=str(number))
        for number, (left, top, right, bottom) in enumerate(boxes)
    )
    ground = Rect(0, 0, width, height, fill="#F3F4F6", kind="ground")
    return Scene(width, height, "A sheet", "Boxes.", "#FFFFFF", (ground, *groups))


GRID = sheet_of([(x, y, x + 80, y + 80) for y in (10, 110, 210) for x in (10, 110)], 200, 300)


def test_a_small_sheet_is_one_piece() -> None:
    assert tiles(GRID, 1.0, 300) == [("", GRID)]


def test_pieces_end_between_things() -> None:
    scene = replace(GRID, children=GRID.children[1:])
    found = tiles(scene, 1.0, 150)
    assert [(name, piece.width, piece.height) for name, piece in found] == [
        ("1-1", 100, 100), ("1-2", 100, 100), ("2-1", 100, 100),
        ("2-2", 100, 100), ("3-1", 100, 100), ("3-2", 100, 100),
    ]  # fmt: skip
    assert [list(paths_of(piece.children)) for _, piece in found] == [["0"], ["1"], ["2"], ["3"], ["4"], ["5"]]
    assert found[-1][1].title == "A sheet, row 3, column 2"
    assert bounds(found[-1][1].children) == (10, 10, 90, 90)


def test_pieces_shrink_with_the_scale() -> None:
    scene = replace(GRID, children=GRID.children[1:])
    assert {(piece.width, piece.height) for _, piece in tiles(scene, 2.0, 300)} == {(100, 100)}


def test_what_cannot_be_cut_elsewhere_is_cut_through() -> None:
    scene = sheet_of([(0, 0, 250, 100)], 250, 100)
    found = tiles(scene, 1.0, 100)
    assert [(name, piece.width) for name, piece in found] == [("1-1", 100), ("1-2", 100), ("1-3", 50)]
    grounds = [shape for _, piece in found for shape in piece.shapes() if isinstance(shape, Rect)][::2]
    assert [(ground.x, ground.width) for ground in grounds] == [(0, 100), (0, 100), (0, 50)]


# Sheets.


def test_parts_that_are_read_apart_need_no_larger_words(few: dict[str, Any]) -> None:
    scene = drawn(few)
    assert scene.at_once is not None
    assert min(scene.at_once) == max(min(plate.width, plate.height) for plate in few["plates"])
    assert minimum_text(scene) == 14
    assert minimum_text(replace(scene, width=4000, height=4000, at_once=None)) == 34


CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"columns": 1},
    {"columns": 12},
    {"paper": "A1"},
    {"paper": "A4", "landscape": True},
)


@pytest.fixture(scope="module")
def posters(models: list[Model]) -> Callable[[str], list[Scene]]:
    """Posters of every ninth model in a theme, one for each of the choices."""
    made = picture("poster", [subject(model) for model in models[::EVERY]])

    @cache
    def drawn(name: str) -> list[Scene]:
        plates = [draw_plate(part, load_theme(name)) for part in poster.pieces(made.value)]
        return [poster.draw(made.value, load_theme(name), plates, **chosen) for chosen in CHOICES]

    return drawn


def test_posters_have_no_fault(posters: Callable[[str], list[Scene]]) -> None:
    for chosen, scene in zip(CHOICES, posters("light"), strict=True):
        assert faults(scene) == [], chosen


@pytest.mark.parametrize("name", [theme for theme in theme_names() if theme != "light"])
def test_posters_have_no_fault_in_other_colors(posters: Callable[[str], list[Scene]], name: str) -> None:
    """Only contrasts can be wrong: all else is where it is in light, and no other rule is about colors."""
    for chosen, scene, light in zip(CHOICES, posters(name), posters("light"), strict=True):
        assert shipped.bare(scene) == shipped.bare(light), chosen
        assert list(contrasts(Survey(scene))) == [], chosen


@pytest.mark.parametrize("slugs", [FEW[:1], FEW[:2], FEW[2:3], FEW])
@pytest.mark.parametrize("by", ["developer", "family", "date"])
def test_small_posters_have_no_fault(models: list[Model], slugs: tuple[str, ...], by: str) -> None:
    subjects = [subject(model) for model in models if model.slug in slugs]
    assert faults(picture("poster", subjects, by=by).scene("light")) == []


def test_the_poster_of_all_models_has_no_fault(sheet: Scene) -> None:
    assert faults(sheet) == []


def test_headings_can_be_read_on_the_whole_sheet(sheet: Scene, models: list[Model]) -> None:
    """By the rule for pictures that are seen at once."""
    least = 0.0085 * min(sheet.width, sheet.height)
    large = {text.text for text in texts_of(sheet) if text.size >= least}
    developers = {model.spec.developer for model in models}
    assert set(_words(name for name in developers if name)) <= set(_words(large))


def _words(texts: Iterable[str]) -> list[str]:
    """Words and what hyphens part: where a heading may be broken."""
    return [word for text in texts for word in re.split(r"[\s-]+", text) if word]


def texts_of(scene: Scene) -> list[Text]:
    return [shape for shape in scene.shapes() if isinstance(shape, Text)]


def test_the_poster_of_all_models_is_one_svg(sheet: Scene, models: list[Model]) -> None:
    root = ET.fromstring(svg(sheet))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [element for element in root.iter(f"{SVG}a") if cast(str, element.get("href")).startswith("#")]
    assert [link.get("href") for link in links].count("#llama-3-8b") == 1
    assert {cast(str, link.get("href"))[1:] for link in links} == {model.slug for model in models} <= set(ids)
    words = "\n".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert all(model.name in words for model in models)
    width, height = (float(cast(str, root.get(side))) for side in ("width", "height"))
    assert (width, height) == pytest.approx((841 * 96 / 25.4, 1189 * 96 / 25.4), abs=0.01)


def test_the_poster_of_all_models_is_one_pdf(sheet: Scene, models: list[Model]) -> None:
    data = pdf(sheet)
    assert len(data) < 8_000_000
    document = pypdf.PdfReader(io.BytesIO(data))
    (page,) = document.pages
    assert [float(page.mediabox.width), float(page.mediabox.height)] == pytest.approx(
        [841 / 25.4 * 72, 1189 / 25.4 * 72], abs=0.01
    )
    assert len(document.outline) == len(models)
    assert sorted(cast(Any, mark).title for mark in document.outline) == sorted(model.name for model in models)


def test_words_of_plates_are_found_in_the_pdf(few: dict[str, Any]) -> None:
    scene = drawn(few)
    text = pypdf.PdfReader(io.BytesIO(pdf(scene))).pages[0].extract_text()
    for wanted in (
        "5 model architectures",
        "Llama 3 8B",
        "Grouped-query attention",
        "62 layers = (5 sliding + 1 global)",
    ):
        assert wanted in text


def plates_of(scene: Scene) -> list[Group]:
    """The groups of whole pictures on a sheet: what is in them has longer paths."""
    return [group for group in groups_of(scene.children) if group.path and "/" not in group.path]


def test_plates_stand_in_their_places(few: dict[str, Any]) -> None:
    """In the order of the groups, down the columns, with the place that the index gives them."""
    scene = drawn(few, columns=2)
    order = [entry.slug for entry in few["value"].entries]
    groups = {group.path: group for group in groups_of(scene.children) if group.path in order}
    assert list(groups) == order
    tags = {}
    for slug, plate in zip(order, few["plates"], strict=True):
        left, top, right, bottom = bounds((groups[slug],))
        # In the middle of its ground, which is as wide as the column.
        x, y = (left + right - plate.width) / 2, (top + bottom - plate.height) / 2
        assert x >= left - 0.05
        assert y >= top - 0.05
        inside = moved(plate.children, rounded(x), rounded(y), slug)
        assert groups[slug].children[1 : 1 + len(inside)] == inside
        tags[slug] = cast(Text, groups[slug].children[-1]).text
    assert list(tags.values()) == ["A1", "A2", "B1", "B2", "B3"]
    index = {group.href[1:]: group for group in groups_of(scene.children) if group.href.startswith("#")}
    assert {slug: cast(Text, group.children[0]).text for slug, group in index.items()} == tags


@pytest.mark.parametrize("columns", [2, 3])
def test_a_sheet_has_no_holes(few: dict[str, Any], columns: int) -> None:
    """The grounds of pictures fill their columns, and columns end level."""
    scene = drawn(few, columns=columns)
    grounds = [bounds((group,)) for group in plates_of(scene)]
    by_column: dict[float, list[Bounds]] = {}
    for ground in grounds:
        by_column.setdefault(ground[0], []).append(ground)
    assert len(by_column) == columns
    for column in by_column.values():
        assert len({round(right - left) for left, _, right, _ in column}) == 1
    ends = [max(bottom for *_, bottom in column) for column in by_column.values()]
    assert max(ends) - min(ends) < 1


def test_names_on_plates_are_links(few: dict[str, Any]) -> None:
    links = [link for link in all_links(drawn(few).children) if not link.startswith("#")]
    assert links == [entry.link for entry in few["value"].entries if entry.link]


def all_links(elements: Sequence[Any]) -> list[str]:
    return [
        link
        for group in elements
        if isinstance(group, Group)
        for link in ([group.href] if group.href else []) + all_links(group.children)
    ]


def test_groups_of_the_poster(models: list[Model]) -> None:
    chosen = [poster.about(subject(model)) for model in models if model.slug in (*FEW, "gpt-2", "transformer-2017")]
    by_developer = poster.data(poster.gather(chosen))
    assert [(group["name"], [model["slug"] for model in group["models"]]) for group in by_developer["groups"]] == [
        ("Google", ["transformer-2017", "gemma-3-27b"]),
        ("Meta", ["llama-3-8b"]),
        ("OpenAI", ["gpt-2", "gpt-2-xl"]),
        ("State Spaces", ["mamba-2-8b"]),
        ("StepFun", ["step-5-preview"]),
    ]
    by_date = poster.data(poster.gather(chosen, by="date"))
    assert [group["name"] for group in by_date["groups"]] == ["2017", "2019", "2023", "2024", "2025", "2026"]
    assert by_developer["groups"][1]["models"][0]["facts"][0] == "8.03B parameters"


def test_families_stand_together_and_undated_models_last(tmp_path: Path) -> None:
    text = (ROOT / "specs" / "llama-3-8b.yaml").read_text("utf-8")
    ones = []
    for slug, changes in (("a", "family: Zebra"), ("b", ""), ("c", "family: Zebra")):
        changed = re.sub(r"^released:.*$" if slug == "c" else r"^$", "", text, count=1, flags=re.M)
        (tmp_path / f"{slug}.yaml").write_text(f"{changed}\n{changes}\n", "utf-8")
        ones.append(poster.about(subject(load(tmp_path / f"{slug}.yaml"))))
    families = poster.gather(ones, by="family")
    assert [(group.name, [entry.slug for entry in group.entries]) for group in families.groups] == [
        ("Meta", ["b"]), ("Zebra", ["a", "c"]),
    ]  # fmt: skip
    assert [group.name for group in poster.gather(ones, by="date").groups] == ["2024", "no release date"]


def test_two_models_of_one_name_have_places_of_their_own(models: list[Model]) -> None:
    one = subject(next(model for model in models if model.slug == "gpt-2"))
    scene = picture("poster", [one, one]).scene("light")
    paths = [group.path for group in groups_of(scene.children) if group.path]
    assert [path for path in paths if "/" not in path] == ["gpt-2", "gpt-2.2"]
    assert len(paths) == len(set(paths))
    assert faults(scene) == []


def test_the_legend_tells_what_is_used_and_no_more(few: dict[str, Any], models: list[Model]) -> None:
    def words(*slugs: str) -> list[str]:
        chosen = poster.gather([poster.about(subject(model)) for model in models if model.slug in slugs])
        groups = _poster_legend.plates_legend(poster.pieces(chosen))
        return [entry.words for group in groups for entry in group.entries]

    assert words("llama-3-8b") == [
        "full attention", "embedding, LM head", "normalization", "dense FFN", "positional encoding",
        "cached", "projection or operation", "addition", "multiplication",
        "same tensor, several uses", "number of repetitions", "tag: property of the block",
        "expanded in the panel of that letter",
    ]  # fmt: skip
    unpublished = words("step-5-preview")
    assert "not disclosed" in unpublished
    assert not {"addition", "multiplication", "same tensor, several uses"} & set(unpublished)
    assert "experts; filled: active per token" in words("deepseek-v3")


def test_every_role_of_a_plate_is_in_the_legend(models: list[Model]) -> None:
    """But for those that figures explain by themselves."""
    told = {*_poster_legend.MIXERS, *_poster_legend.OTHERS}
    used = set()
    for part in _poster_legend.parts(poster.pieces(poster.gather([poster.about(subject(model)) for model in models]))):
        used |= _poster_legend.roles_and_signs(part)[0]
    assert used - told <= {"expert_active", "expert_idle", "unknown"}
    assert set(legend.SIGNS) == set(_poster_legend.SIGNS)


@pytest.mark.parametrize(("paper", "landscape", "size"), [
    ("A3", False, (297, 420)), ("A3", True, (420, 297)), ("A0", False, (841, 1189)),
])  # fmt: skip
def test_paper_is_filled(few: dict[str, Any], paper: str, landscape: bool, size: tuple[int, int]) -> None:
    scene = drawn(few, paper=paper, landscape=landscape)
    assert scene.size == pytest.approx([side * 96 / 25.4 for side in size])
    assert scene.height / scene.width == pytest.approx(size[1] / size[0], rel=1e-3)
    assert faults(scene) == []


def test_without_paper_a_sheet_is_as_large_as_its_plates(few: dict[str, Any], sheet: Scene) -> None:
    assert drawn(few).printed is None
    assert drawn(few, columns=1).width < drawn(few, columns=2).width < drawn(few, columns=3).width


def test_a_sheet_that_no_reader_would_open_is_made_smaller(few: dict[str, Any]) -> None:
    plates = [replace(plate, height=plate.height + 6000) for plate in few["plates"]]
    scene = poster.draw(few["value"], load_theme("light"), plates, columns=1)
    assert scene.height > 19_200
    assert scene.size[1] == pytest.approx(19_200)
    assert pypdf.PdfReader(io.BytesIO(pdf(scene))).pages[0].mediabox.height == 14_400


# The command.


def test_the_command_writes_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["llama-3-8b", "gpt-2-xl", "mamba-2-8b"]
    assert run(["poster", *names, "--format", "svg,pdf,png", "-o", str(tmp_path), "--columns", "2"]) == 0
    stem = tmp_path / "poster-llama-3-8b-gpt-2-xl-mamba-2-8b"
    assert capsys.readouterr().out.splitlines() == [f"{stem}.{format}" for format in ("svg", "pdf", "png")]
    assert Image.open(f"{stem}.png").size[0] < 8000


def test_the_command_cuts_large_images(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["poster", "gpt-2", "mamba-2-8b", "--columns", "1", "--scale", "4"]
    assert run([*words, "-o", str(tmp_path / "x.png")]) == 0
    files = capsys.readouterr().out.splitlines()
    assert len(files) > 1
    assert all(re.fullmatch(r"x-\d+-\d+\.png", Path(file).name) for file in files)
    assert all(max(Image.open(file).size) <= 8000 for file in files)
    assert run([*words, "--format", "png", "-o", "-"]) == 2
    assert "png takes several files here; -o must be a folder" in capsys.readouterr().err


def test_the_command_tells_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["poster", "gpt-2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "by": "developer",
        "groups": [{"name": "OpenAI", "models": [{
            "slug": "gpt-2",
            "name": "GPT-2 124M",
            "developer": "OpenAI",
            "released": "2019-02-14",
            "link": "https://huggingface.co/openai-community/gpt2/blob/main/config.json",
            "facts": ["124M parameters", "12 layers", "context 1,024 (1K)", "OpenAI, 2019-02", "Dense"],
        }]}],
    }  # fmt: skip


@pytest.mark.parametrize(("words", "message"), [
    (["--paper", "A9"], "'A9' is not one of"),
    (["--by", "size"], "'size' is not one of"),
    (["--columns", "0"], "0 is not in the range"),
])  # fmt: skip
def test_wrong_usage_of_the_command(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["poster", "gpt-2", *words]) == 2
    assert message in capsys.readouterr().err


def test_no_columns(few: dict[str, Any]) -> None:
    with pytest.raises(ArchdrawError, match="a poster needs at least 1 column, not 0"):
        drawn(few, columns=0)


def test_a_spec_with_problems_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text("name: Bad\n", "utf-8")
    assert run(["poster", str(tmp_path / "bad.yaml"), "gpt-2", "--json"]) == 1
    told = capsys.readouterr()
    assert [group["name"] for group in json.loads(told.out)["groups"]] == ["OpenAI"]
    assert "a spec needs layers" in told.err


def test_one_undated_model_has_no_subtitle(models: list[Model]) -> None:
    (one,) = (subject(model) for model in models if model.slug == "llama-3-8b")
    undated = replace(one, spec=one.spec.model_copy(update={"released": None}))
    scene = picture("poster", [undated]).scene("light")
    assert faults(scene) == []
    assert next(shape.text for shape in scene.shapes() if isinstance(shape, Text)) == "1 model architecture"


@pytest.mark.parametrize("scale", ["200", "1e12", "inf"])
def test_a_scale_of_hundreds_of_images_is_refused(
    scale: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["poster", "gpt-2", "--scale", scale, "-o", str(tmp_path / "x.png")]) == 1
    told = f"at a scale of {float(scale):g} this is more than 400 images; choose another scale"
    assert told in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_narrow_cuts_are_counted_as_well() -> None:
    """Between things that stand close, pieces are smaller than they may be."""
    boxes = [(x, y, x + 8, y + 8) for y in range(1, 250, 10) for x in range(1, 250, 10)]
    scene = sheet_of(boxes, 250, 250)
    with pytest.raises(ArchdrawError, match="this is more than 400 images"):
        tiles(replace(scene, children=scene.children[1:]), 1.0, 15)
