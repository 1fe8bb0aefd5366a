"""Adoption of features: the value, the first models, and the matrix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import archdraw
import shipped
from archdraw.analysis.concepts import concepts, known_concepts
from archdraw.app import pictures as shell
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.glossary.concepts import GROUPS, SHIPPED
from archdraw.lint.faults import faults
from archdraw.scene import Group, Rect, Scene, Text, groups_of
from archdraw.theme import load_theme, theme_names
from archdraw.views.several import Subject, timeline

SPECS = Path(__file__).parent.parent / "specs"
FEW = ("gpt-2", "llama-3-8b", "gemma-3-27b", "deepseek-v3")


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return [shell.subject(model) for model in shipped.models()]


@pytest.fixture(scope="module")
def few(subjects: list[Subject]) -> list[Subject]:
    return [one for one in subjects if one.slug in FEW]


def row(scene: Scene, concept: str) -> Group:
    path = f"concept-{'-'.join(concept.lower().split())}"
    return next(one for one in groups_of(scene.children) if one.path == path)


def cells(group: Group) -> list[tuple[str, Rect]]:
    """The cells of a row with their titles; bars of the summary and the name of the first are none."""
    return [
        (one.title, one.children[0])
        for one in group.children
        if isinstance(one, Group) and isinstance(one.children[0], Rect) and " models, " not in one.title
    ]


def texts(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize("theme", theme_names())
@pytest.mark.parametrize("by", ["model", "quarter", "year"])
def test_all_models_have_no_fault(subjects: list[Subject], by: str, theme: str) -> None:
    assert faults(shell.picture("timeline", subjects, by=by).scene(theme)) == []


@pytest.mark.parametrize("by", ["model", "quarter", "year"])
@pytest.mark.parametrize("number", [1, 3, 12, 13, 40])
def test_few_models_have_no_fault(subjects: list[Subject], by: str, number: int) -> None:
    assert faults(shell.picture("timeline", subjects[30 : 30 + number], by=by).scene()) == []


@pytest.mark.parametrize("about", [(name,) for name in GROUPS])
def test_one_group_has_no_fault(subjects: list[Subject], about: tuple[str, ...]) -> None:
    picture = shell.picture("timeline", subjects, about=about)
    assert faults(picture.scene("dark")) == []
    assert {uptake.about for uptake in picture.value.uptakes} == set(about)


def test_the_matrix_is_what_the_concepts_say(subjects: list[Subject]) -> None:
    value = shell.picture("timeline", subjects).value
    by_slug = {one.slug: one for one in subjects}
    assert [model.day for model in value.models] == sorted(model.day for model in value.models)
    assert len(value.models) + sum(map(len, value.left_out.values())) == len(subjects)
    having = {(value.models[number].slug, uptake.concept) for uptake in value.uptakes for number in uptake.models}
    for model in value.models:
        one = by_slug[model.slug]
        own = {concept.name for concept in concepts(one.spec, one.block)}
        assert {concept for slug, concept in having if slug == model.slug} == own


def test_the_first_is_the_oldest(subjects: list[Subject]) -> None:
    value = shell.picture("timeline", subjects).value
    firsts = {uptake.concept: [model.name for model in value.firsts(uptake)] for uptake in value.uptakes}
    assert firsts["multi-head attention"] == ["Transformer base"]
    assert firsts["mixture of experts"] == ["Switch Base 128"]
    assert firsts["multi-head latent attention"] == ["DeepSeek V2"]
    assert firsts["short-convolution mixer"] == ["LFM2.5 1.2B", "LFM2.5 350M", "LFM2.5 8B-A1B"]


def test_a_group_is_a_staircase(subjects: list[Subject]) -> None:
    value = shell.picture("timeline", subjects).value
    groups = [uptake.about for uptake in value.uptakes]
    assert groups == sorted(groups, key=list(GROUPS).index)
    for about in GROUPS:
        days = [value.firsts(uptake)[0].day for uptake in value.uptakes if uptake.about == about]
        assert days == sorted(days)


def test_cells_stand_in_the_order_of_release_and_the_first_is_tall(subjects: list[Subject]) -> None:
    picture = shell.picture("timeline", subjects)
    scene = picture.scene()
    uptake = next(one for one in picture.value.uptakes if one.concept == "QK-norm")
    found = cells(row(scene, "QK-norm"))
    assert [title for title, _ in found] == [
        f"QK-norm: {picture.value.models[number].name} ({picture.value.models[number].released})"
        for number in uptake.models
    ]
    assert [rect.x for _, rect in found] == sorted(rect.x for _, rect in found)
    heights = [rect.height for _, rect in found]
    assert all(height < heights[0] for height in heights[1:])
    name = next(shape for shape in scene.shapes() if isinstance(shape, Text) and shape.text == "OLMoE 1B-7B")
    assert 0 < found[0][1].x - name.right < 10


def test_same_day_firsts_are_told(subjects: list[Subject]) -> None:
    scene = shell.picture("timeline", subjects, concept=("short-convolution mixer",)).scene()
    assert "LFM2.5 1.2B and 2 others" in texts(scene)
    assert "first in LFM2.5 1.2B and LFM2.5 350M and LFM2.5 8B-A1B (2026-05-28)" in scene.description


def test_shares_of_years_are_bars(subjects: list[Subject]) -> None:
    picture = shell.picture("timeline", subjects, concept=("multi-head attention",))
    group = row(picture.scene(), "multi-head attention")
    slots = [one for one in group.children if isinstance(one, Group) and " models, " in one.title]
    assert [slot.title for slot in slots if " in 2017" in slot.title or " in 2018" in slot.title] == [
        "multi-head attention in 2017: 1 of 1 models, 100%",
        "multi-head attention in 2018: 2 of 2 models, 100%",
    ]
    by_year = picture.data()["concepts"][0]["by_year"]
    for slot, counted in zip(slots, by_year.values(), strict=True):
        whole, *filled = slot.children
        assert isinstance(whole, Rect)
        share = filled[0].height / whole.height if filled and isinstance(filled[0], Rect) else 0.0
        # In a year without a model there is no share.
        expected = counted["having"] / counted["of"] if counted["of"] else 0.0
        assert share == pytest.approx(expected, abs=0.06)


def test_a_year_tells_how_many(subjects: list[Subject]) -> None:
    picture = shell.picture("timeline", subjects, by="year", concept=("QK-norm",))
    scene = picture.scene()
    by_year = picture.data()["concepts"][0]["by_year"]
    wanted = [str(year["having"]) for year in by_year.values() if year["having"]]
    written = [shape.text for shape in Scene(1, 1, "", "", None, (row(scene, "QK-norm"),)).shapes()
               if isinstance(shape, Text)]  # fmt: skip
    assert [text for text in written if text.isdigit()][: len(wanted)] == wanted
    assert f"of {by_year['2024']['of']}" in texts(scene)


def test_few_models_are_named_above_their_columns(few: list[Subject]) -> None:
    scene = shell.picture("timeline", few).scene()
    names = [text for text in texts(scene) if text in ("GPT-2 124M", "Llama 3 8B", "DeepSeek V3", "Gemma 3 27B")]
    assert names == ["GPT-2 124M", "Llama 3 8B", "DeepSeek V3", "Gemma 3 27B"]
    assert "features that none of these models has" in " ".join(texts(scene))


def test_cells_are_links(few: list[Subject]) -> None:
    group = row(shell.picture("timeline", few).scene(), "RoPE")
    links = [one.href for one in group.children if isinstance(one, Group)]
    assert sum(link.startswith("https://") for link in links) == 3


def test_an_unpublished_model_is_left_out_and_said(subjects: list[Subject]) -> None:
    scene = shell.picture("timeline", subjects).scene()
    assert "not shown: Step-5 Preview (structure not disclosed)" in " ".join(texts(scene))


def test_colours_of_concepts_are_those_of_blocks() -> None:
    for theme in map(load_theme, theme_names()):
        for concept in SHIPPED:
            theme.paint(concept.role)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["timeline", "gpt-2", "llama-3-8b", "--concept", "RoPE", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [model["slug"] for model in told["models"]] == ["gpt-2", "llama-3-8b"]
    assert told["concepts"] == [
        {
            "concept": "RoPE",
            "about": "positions",
            "first": ["llama-3-8b"],
            "first_released": "2024-04-18",
            "count": 1,
            "by_year": {
                "2019": {"having": 0, "of": 1},
                **{str(year): {"having": 0, "of": 0} for year in range(2020, 2024)},
                "2024": {"having": 1, "of": 1},
            },
            "models": ["llama-3-8b"],
        }
    ]
    assert run(["timeline", "gpt-2", "llama-3-8b", "-o", str(tmp_path / "a.svg")]) == 0
    assert "Adoption of architectural features" in (tmp_path / "a.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"concept": ("QK norms",)}, "there is no concept 'QK norms'; did you mean QK-norm?"),
        ({"about": ("position",)}, "there is no group of concepts 'position'; did you mean positions?"),
        ({"concept": ("zzz",)}, "there is no concept 'zzz'; archdraw coverage lists all concepts"),
        ({"concept": ("Mamba", "ALiBi")}, "none of these models has Mamba, ALiBi"),
    ],
)
def test_wrong_names_are_told(few: list[Subject], options: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(ArchdrawError) as told:
        shell.picture("timeline", few, **options)
    assert str(told.value) == message


@pytest.mark.parametrize("name", ["qk norm", "QK_Norm", "Sliding window attention", "swa"])
def test_names_are_found_however_they_are_written(few: list[Subject], name: str) -> None:
    assert [concept.brief for concept in timeline._wanted(known_concepts(), (name,), ())] in (["QK-norm"], ["SWA"])
    asked = timeline._wanted(known_concepts(), (), ("Feed forward",))
    assert {concept.about for concept in asked} == {"feed-forward"}


def test_the_function_is_the_command() -> None:
    assert archdraw.timeline("gpt-2", concept=("learned positions",)).data()["concepts"][0]["first"] == ["gpt-2"]
