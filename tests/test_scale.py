"""Total and active parameters: the value, its places on the page, and bars to scale."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import archdraw
import shipped
from archdraw.app import pictures as shell
from archdraw.cli import run
from archdraw.errors import ArchdrawError
from archdraw.layout.charts.bars import lines_of
from archdraw.layout.charts.scatter import RADIUS
from archdraw.lint.faults import faults, minimum_text
from archdraw.scene import Circle, Group, Line, Rect, Scene, Text, groups_of
from archdraw.theme import load_theme, theme_names
from archdraw.views.several import Subject
from archdraw.views.several._scale_bars import full_line
from archdraw.views.several._scale_points import kind_index, stretched, tokens

SPECS = Path(__file__).parent.parent / "specs"


@pytest.fixture(scope="module")
def subjects() -> list[Subject]:
    return [shell.subject(model) for model in shipped.models()]


def some(subjects: list[Subject], *slugs: str) -> list[Subject]:
    found = [one for one in subjects if one.slug in slugs]
    assert len(found) == len(slugs)
    return found


def groups(scene: Scene) -> dict[str, Group]:
    return {one.path: one for one in groups_of(scene.children) if one.path}


def texts(scene: Scene) -> list[str]:
    return [shape.text for shape in scene.shapes() if isinstance(shape, Text)]


@pytest.mark.parametrize("theme", theme_names())
def test_all_models_have_no_fault(subjects: list[Subject], theme: str) -> None:
    scene = shell.picture("scale", subjects).scene(theme)
    assert faults(scene) == []


@pytest.mark.parametrize(
    "options", [{"x": "context"}, {"y": "active"}, {"y": "kv-cache"}, {"copies": True}, {"x": "width", "y": "layers"}]
)
def test_no_name_is_dropped(subjects: list[Subject], options: dict[str, str]) -> None:
    picture = shell.picture("scale", subjects, **options)
    scene = picture.scene()
    assert faults(scene) == []
    assert min(shape.size for shape in scene.shapes() if isinstance(shape, Text)) >= minimum_text(scene)
    written = texts(scene)
    for model in picture.value.models:
        assert any(text == model.name or text.startswith(f"{model.name} at ") for text in written)
    told = picture.value
    assert len(told.models) + len(told.copies) + sum(map(len, told.left_out.values())) == len(subjects)


@pytest.mark.parametrize("x", ["date", "active", "context"])
@pytest.mark.parametrize("y", ["total", "active", "kv-cache"])
def test_every_pair_of_axes_has_no_fault(subjects: list[Subject], x: str, y: str) -> None:
    assert faults(shell.picture("scale", subjects[::3], x=x, y=y).scene("dark")) == []


@pytest.mark.parametrize("number", [1, 2, 5, 13, 40])
@pytest.mark.parametrize("view", ["points", "bars"])
def test_few_models_have_no_fault(subjects: list[Subject], number: int, view: str) -> None:
    assert faults(shell.picture("scale", subjects[20 : 20 + number], view=view).scene("print")) == []


@pytest.mark.parametrize("sort", ["size", "date", "name"])
@pytest.mark.parametrize("theme", theme_names())
def test_bars_of_all_models_have_no_fault(subjects: list[Subject], sort: str, theme: str) -> None:
    assert faults(shell.picture("scale", subjects, view="bars", sort=sort).scene(theme)) == []


def test_a_mark_stands_where_its_figures_say(subjects: list[Subject]) -> None:
    slugs = ("llama-3-8b", "deepseek-v3", "qwen3-next-80b-a3b")
    picture = shell.picture("scale", some(subjects, *slugs))
    scene = picture.scene()
    heights = {}
    for tick in scene.shapes():
        if isinstance(tick, Text) and tick.text in ("10B", "100B"):
            heights[tick.text] = tick.y - 0.36 * tick.size
    found = groups(scene)
    for model in picture.value.models:
        mark = found[model.slug].children[0]
        y = mark.y if isinstance(mark, Circle) else mark.y + mark.height / 2 if isinstance(mark, Rect) else math.nan
        wanted = heights["10B"] + (heights["100B"] - heights["10B"]) * (math.log10(model.total) - 10)
        assert y == pytest.approx(wanted, abs=0.5)


def test_the_filled_area_is_the_active_share(subjects: list[Subject]) -> None:
    scene = shell.picture("scale", some(subjects, "deepseek-v3", "llama-3-8b")).scene()
    found = groups(scene)
    inside = [shape for shape in found["deepseek-v3"].children if isinstance(shape, Circle)][1]
    whole = [shape for shape in found["llama-3-8b"].children if isinstance(shape, Circle)][1]
    counted = archdraw.load(SPECS / "deepseek-v3.yaml").facts
    share = counted.active_parameters / counted.total_parameters
    assert (inside.radius / whole.radius) ** 2 == pytest.approx(share, rel=0.01)
    assert whole.radius < RADIUS


def test_kinds_differ_by_shape(subjects: list[Subject]) -> None:
    scene = shell.picture("scale", some(subjects, "deepseek-v3", "mamba-2-8b", "llama-3-8b")).scene()
    shapes = {slug: type(group.children[0]) for slug, group in groups(scene).items()}
    assert shapes == {"deepseek-v3": Circle, "mamba-2-8b": Rect, "llama-3-8b": Circle}
    assert [kind_index(kind) for kind in ("Dense", "Sparse MoE", "Sparse hybrid", "Dense recurrent")] == [0, 1, 2, 2]


def test_a_model_is_a_link_with_its_figures(subjects: list[Subject]) -> None:
    group = groups(shell.picture("scale", some(subjects, "deepseek-v3")).scene())["deepseek-v3"]
    assert group.title == (
        "DeepSeek V3: 671B total, 37.6B active (5.6%), context 128K, Sparse MoE, DeepSeek, 2024-12-26"
    )
    assert group.href.startswith("https://")
    scene = shell.picture("scale", some(subjects, "deepseek-v3")).scene()
    assert group.title in scene.description


def test_a_copy_is_left_out_and_said(subjects: list[Subject]) -> None:
    pair = some(subjects, "deepseek-v3", "deepseek-r1", "qwen3-8b", "qwen3-4b")
    value = shell.picture("scale", pair).value
    assert value.copies == {"deepseek-r1": "deepseek-v3"}
    assert [model.slug for model in value.models] == ["deepseek-v3", "qwen3-4b", "qwen3-8b"]
    scene = shell.picture("scale", pair).scene()
    assert "not shown: 1 model with the same counts as an older model (--copies shows it)" in " ".join(texts(scene))
    assert len(shell.picture("scale", pair, copies=True).value.models) == 4


def test_an_unpublished_model_is_left_out_and_said(subjects: list[Subject]) -> None:
    pair = some(subjects, "step-5-preview", "qwen3-8b")
    assert shell.picture("scale", pair).value.left_out == {"structure not disclosed": ("Step-5 Preview",)}
    shown = " ".join(texts(shell.picture("scale", pair).scene()))
    assert "not shown: Step-5 Preview (structure not disclosed)" in shown
    with pytest.raises(ArchdrawError, match=r"^there is no model to show; structure not disclosed: Step-5 Preview$"):
        shell.picture("scale", pair[1:] if pair[0].slug == "qwen3-8b" else pair[:1])


def test_the_cache_is_that_of_the_context_that_was_asked_for(subjects: list[Subject]) -> None:
    chosen = some(subjects, "llama-3-8b", "gpt-2", "mamba-2-8b", "bert-base")
    value = shell.picture("scale", chosen, y="kv-cache", context=4096).value
    told = {model.slug: (model.context, model.kv_cache) for model in value.models}
    assert told == {"llama-3-8b": (4096, 4096 * 131072), "gpt-2": (1024, 1024 * 36864)}
    assert value.left_out == {
        "no KV cache: bidirectional attention": ("BERT base",),
        "recurrent state only": ("Mamba 2.8B",),
    }
    assert "GPT-2 124M at 1K" in texts(shell.picture("scale", chosen, y="kv-cache", context=4096).scene())


def test_a_model_without_bound_has_no_place_on_the_context_axis(subjects: list[Subject]) -> None:
    value = shell.picture("scale", some(subjects, "mamba-2-8b", "llama-3-8b"), x="context").value
    assert value.left_out == {"no fixed context limit": ("Mamba 2.8B",)}


def test_an_early_time_is_narrower_and_says_so(subjects: list[Subject]) -> None:
    assert any(text.startswith("time axis compressed ") for text in texts(shell.picture("scale", subjects).scene()))
    parts = stretched([0.0, *[9.0 + place / 100 for place in range(60)]], [float(edge) for edge in range(11)])
    assert [(part.low, part.high) for part in parts] == [(0, 9), (9, 10)]
    assert parts[0].note.startswith("axis compressed ")
    assert parts[1].note == ""


@pytest.mark.parametrize("places", [[float(place) / 6 for place in range(60)], [1.0, 9.0]])
def test_an_even_axis_is_not_cut(places: list[float]) -> None:
    assert len(stretched(places, [float(edge) for edge in range(11)])) == 1


def test_tokens_are_told_as_context_lengths_are() -> None:
    assert [tokens(number) for number in (512, 1024, 131072, 1048576, 128000, 1000)] == [
        *("512", "1K", "128K", "1M", "125K", "1,000")
    ]


def test_a_bar_goes_on_in_the_next_line() -> None:
    assert lines_of((5, 20, 5), 10) == [(0, 0, 0.5, 0), (1, 0.5, 1, 0), (1, 0, 1, 1), (1, 0, 0.5, 2), (2, 0.5, 1, 2)]
    assert lines_of((10, 0, 10), 10) == [(0, 0, 1, 0), (2, 0, 1, 1)]


@pytest.mark.parametrize(
    ("totals", "line"), [([100], 100), ([8, 9], 10), ([2781, 63 / 1000], 100), ([70, 7], 100), ([50, 1000], 1000)]
)
def test_a_line_is_worth_a_round_number(totals: list[float], line: float) -> None:
    found = full_line([round(total * 1e9) for total in totals])
    assert found == line * 1e9
    assert max(totals) / line <= 30


def test_areas_of_bars_are_to_scale(subjects: list[Subject]) -> None:
    chosen = some(subjects, "deepseek-v3", "llama-3-8b", "gemma-3-27b", "qwen3-235b-a22b")
    picture = shell.picture("scale", chosen, view="bars")
    found = groups(picture.scene())
    width = {
        slug: sum(shape.width + shape.stroke_width for shape in group.children if isinstance(shape, Rect))
        for slug, group in found.items()
    }
    for model in picture.value.models:
        assert width[model.slug] / width["deepseek-v3"] == pytest.approx(
            model.total / archdraw.load(SPECS / "deepseek-v3.yaml").facts.total_parameters, rel=0.01, abs=0.0005
        )
    assert list(found) == ["deepseek-v3", "qwen3-235b-a22b", "gemma-3-27b", "llama-3-8b"]
    by_date = shell.picture("scale", chosen, view="bars", sort="date").scene()
    assert list(groups(by_date)) == ["llama-3-8b", "deepseek-v3", "gemma-3-27b", "qwen3-235b-a22b"]
    assert {"2024", "2025"} <= set(texts(by_date))


def test_leaders_are_lines_that_faults_hold_apart(subjects: list[Subject]) -> None:
    scene = shell.picture("scale", subjects).scene()
    leaders = [shape for shape in scene.shapes() if isinstance(shape, Line) and shape.kind == "zoom"]
    assert leaders
    assert len(leaders) < 30


def test_the_same_bytes_every_time(subjects: list[Subject]) -> None:
    chosen = subjects[::10]
    first, again = (shell.picture("scale", chosen).scene(load_theme("light")) for _ in range(2))
    assert first == again


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scale", "llama-3-8b", "gpt-2", "--y", "kv-cache", "--context", "4k", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["x"], told["y"], told["context"]) == ("date", "kv-cache", 4096)
    assert [(model["name"], model["kv_cache_bytes"]) for model in told["models"]] == [
        ("GPT-2 124M", 37748736),
        ("Llama 3 8B", 536870912),
    ]
    assert run(["scale", "llama-3-8b", "--view", "bars", "-o", str(tmp_path / "a.svg")]) == 0
    assert "a full line is 10B parameters" in (tmp_path / "a.svg").read_text("utf-8")


def test_wrong_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scale", "llama-3-8b", "--context", "many"]) == 2
    assert "'many' is not a number of tokens (examples: 8192, 128k, 1M)" in capsys.readouterr().err
    assert run(["scale", "llama-3-8b", "--y", "size"]) == 2
    assert "'size' is not one of 'total', 'active', 'active-share', 'kv-cache', 'layers'" in capsys.readouterr().err


def test_a_context_without_tokens_is_refused() -> None:
    with pytest.raises(ArchdrawError, match=r"^context must be at least 1, not 0$"):
        archdraw.scale("llama-3-8b", context=0)


def test_copies_of_one_name_are_told_apart(subjects: list[Subject]) -> None:
    (one,) = some(subjects, "gpt-2")
    named_alike = [one, replace(one, slug="gpt-2-again"), replace(one, slug="gpt-2-once-more")]
    value = shell.picture("scale", named_alike).value
    assert [model.slug for model in value.models] == ["gpt-2"]
    assert value.copies == {"gpt-2-again": "gpt-2", "gpt-2-once-more": "gpt-2"}


def test_bars_of_all_models_are_no_ribbon() -> None:
    made = shell.picture("scale", [shell.subject(shipped.model(name)) for name in shipped.NAMES], view="bars").scene()
    assert made.height <= 1.5 * made.width
    assert faults(made) == []


def test_shares_are_of_models_of_which_not_all_is_active() -> None:
    found = archdraw.scale("mixtral-8x7b", "llama-3-8b", y="active-share")
    (model,) = found.data()["models"]
    assert model["slug"] == "mixtral-8x7b"
    assert found.data()["left_out"] == {"dense: all parameters are active": ["Llama 3 8B"]}
    assert "28%" in groups(found.scene())["mixtral-8x7b"].title


def test_layers_against_width() -> None:
    found = archdraw.scale("llama-3-8b", "gpt-2", "u-net", x="width", y="layers")
    assert [(one["layers"], one["hidden_size"]) for one in found.data()["models"]] == [(12, 768), (32, 4096)]
    assert found.data()["left_out"] == {"no one width": ["U-Net"]}


def test_of_few_names_those_at_the_rim_stay() -> None:
    names = {"gpt-2": "GPT-2 124M", "llama-1-7b": "LLaMA 7B", "qwen3-8b": "Qwen3 8B", "gpt-3-175b": "GPT-3 175B"}
    every = archdraw.scale(*names, x="width", y="layers").scene()
    few = archdraw.scale(*names, x="width", y="layers", labels="few").scene()
    written = {*names.values()} & {*texts(every)}
    # Below the line from GPT-2 to GPT-3 LLaMA with its 32 layers is at the rim, and Qwen3 with 36 is not.
    assert {*texts(few)} & written == written - {"Qwen3 8B"}
    # The others are there, each with its title.
    assert groups(few).keys() == groups(every).keys()
    assert faults(few) == []
