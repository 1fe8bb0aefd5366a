"""A scene says what it means: groups, ends of lines, what opens what, steps, names of colors; and so does its SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

import archdraw
from archdraw.errors import ArchdrawError
from archdraw.lint.faults import faults
from archdraw.scene import FRAME, Circle, Element, Group, Line, Rect, Scene, Text, groups_of
from archdraw.theme import load_theme
from archdraw.writers.svg import svg

NAMES = ("llama-3-8b", "gemma-3-27b", "deepseek-v3", "whisper-large-v3", "qwen3-next-80b-a3b")


@cache
def plate(name: str, theme: str = "light") -> Scene:
    return archdraw.load(name).scene(theme=theme)


def sections(scene: Scene, role: str) -> list[Group]:
    return [one for one in scene.children if isinstance(one, Group) and one.role == role]


def edges(elements: tuple[Element, ...]) -> Iterator[Line]:
    for element in elements:
        if isinstance(element, Line) and element.kind == "edge":
            yield element
        elif isinstance(element, Group):
            yield from edges(element.children)


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_in_a_group_that_says_what_it_is(name: str) -> None:
    for scene in (plate(name), archdraw.load(name).scene("card"), archdraw.load("gemma-3-27b").scene("strip")):
        assert all(isinstance(one, Group) and (one.role or one.path or one.title) for one in scene.children)
    roles = [one.role for one in plate(name).children if isinstance(one, Group)]
    assert roles[:2] == ["header", "model"]
    assert roles[-1] == "footer"


def test_so_is_everything_in_pictures_of_several() -> None:
    two = ("gpt-2", "llama-3-8b")
    pictures = (archdraw.compare(*two), archdraw.lineage(*two), archdraw.scale(*two), archdraw.timeline(*two))
    for picture in pictures:
        bare = [one for one in picture.scene().children if not isinstance(one, Group)]
        assert [type(one).__name__ for one in bare] == []


@pytest.mark.parametrize("name", NAMES)
def test_lines_name_what_they_join(name: str) -> None:
    scene = plate(name)
    for section in (*sections(scene, "model"), *sections(scene, "panel")):
        paths = {group.path for group in groups_of(section.children) if group.path and group.role != FRAME}
        for line in edges(section.children):
            assert {*line.start.split(), *line.end.split()} <= paths
            if line.open_ends not in ("end", "both"):
                assert line.end, line
            assert not line.start if line.open_ends in ("start", "both") else True
        trunks = [line.points for line in edges(section.children) if len(line.points) == 2]
        # What a line is said to enter, its tip touches, and the other way round.
        boxes = {
            group.path: part
            for group in groups_of(section.children)
            for part in group.children
            if group.path and isinstance(part, Rect) and part.kind == "box"
        }
        for line in edges(section.children):
            x, y = line.points[-1]
            joins = any(low[0] == x == high[0] and high[1] < y < low[1] for low, high in trunks)
            if line.head and not joins and (box := boxes.get(line.end)):
                assert box.x - 2 <= x <= box.right + 2
                assert box.y - 2 <= y <= box.bottom + 2


def test_ways_through_a_model_can_be_followed() -> None:
    (model,) = sections(plate("llama-3-8b"), "model")
    after: dict[str, set[str]] = {}
    for line in edges(model.children):
        after.setdefault(line.start, set()).add(line.end)
    layer = "layers/layer"
    assert after["tokens"] == {"embed_tokens"}
    assert after["embed_tokens"] == {f"{layer}/input_layernorm", "add-1"}
    assert after[f"{layer}/self_attn"] == {"add-1"}
    assert after["add-1"] == {f"{layer}/post_attention_layernorm", "add-2"}
    assert after["add-2"] == {"norm"}
    assert after["lm_head"] == {""}


def test_a_line_is_one_with_its_head() -> None:
    scene = plate("llama-3-8b")
    line = next(line for line in edges(scene.children) if line.head)
    root = ET.fromstring(svg(scene, "plain"))
    found = [one for one in root.iter() if one.get("data-to") and one.tag.endswith("}g")]
    assert len(found) == sum(line.head > 0 and bool(line.end) for line in edges(scene.children))
    assert all([part.tag.rpartition("}")[2] for part in one] == ["path", "polygon"] for one in found)
    assert line.head_points[0] == line.points[-1]
    assert line.stroked[-1] != line.points[-1]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_opened_and_what_opens_it(name: str) -> None:
    scene = plate(name)
    panels = {panel.panel: panel for panel in sections(scene, "panel")}
    opening = {opened for group in groups_of(scene.children) if group.path for opened in group.opens.split()}
    lettered = {name for name in panels if re.fullmatch("[A-Z]{1,2}", name)}
    assert lettered
    assert lettered <= opening <= set(panels)
    zoomed = {line.end for section in sections(scene, "zoom") for line in section.children if isinstance(line, Line)}
    assert zoomed <= set(panels)
    root = ET.fromstring(svg(scene, "plain"))
    assert {one.get("data-panel") for one in root.iter() if one.get("data-panel")} == set(panels)
    assert lettered <= {opened for one in root.iter() for opened in (one.get("data-opens") or "").split()}


def test_a_run_of_alike_layers_has_one_title() -> None:
    (strip,) = sections(plate("gemma-3-27b"), "strip")
    runs = [group for group in groups_of(strip.children) if group.role == "layers"]
    assert [number for run in runs for number in run.layers] == list(range(62))
    assert runs[0].layers == (0, 1, 2, 3, 4)
    assert runs[0].title.startswith("layers 0 to 4: ")
    assert runs[1].title.startswith("layer 5: ")
    markup = svg(plate("gemma-3-27b"), "plain")
    assert 'data-layer="0-4"' in markup
    assert 'data-layer="5"' in markup


def test_blocks_of_some_layers_say_which() -> None:
    layers = {group.path: group.layers for group in groups_of(plate("gemma-3-27b").children) if group.layers}
    assert layers["layers/layer.attention/self_attn"] == tuple(range(5, 62, 6))
    assert len(layers["layers/layer/self_attn"]) == 52
    folded = {group.layers for group in groups_of(plate("deepseek-v3").children) if group.role == "layers"}
    assert (0, 1, 2) in folded


def test_steps_build_a_model_up() -> None:
    scene = plate("llama-3-8b")
    order = ("input", "embedding", "layer", "attention", "feed-forward", "residuals", "head")
    assert scene.steps[:7] == order
    assert len(scene.steps) == 7 + len(sections(scene, "panel"))
    (model,) = sections(scene, "model")
    named = (group for group in groups_of(model.children) if group.path)
    step_of = {group.path: scene.steps[group.step] for group in named if group.step is not None}
    layer = "layers/layer"
    assert step_of == {
        "tokens": "input",
        "embed_tokens": "embedding",
        "layers/stack": "layer",
        f"{layer}/input_layernorm": "attention",
        f"{layer}/self_attn": "attention",
        f"{layer}/post_attention_layernorm": "feed-forward",
        f"{layer}/mlp": "feed-forward",
        "add-1": "residuals",
        "add-2": "residuals",
        "norm": "head",
        "lm_head": "head",
    }
    assert [panel.step for panel in sections(scene, "panel")] == list(range(7, len(scene.steps)))


@pytest.mark.parametrize("name", NAMES)
def test_no_line_appears_before_what_it_joins_and_nothing_is_forgotten(name: str) -> None:
    scene = plate(name)
    (model,) = sections(scene, "model")
    ground, *rest = model.children
    assert isinstance(ground, Rect)
    assert all(isinstance(one, Group | Line) and one.step is not None for one in rest)
    residual = scene.steps.index("residuals")
    steps = {group.path: group.step for group in groups_of(model.children) if group.path and group.step is not None}
    for line in rest:
        if isinstance(line, Line):
            joined = [steps[path] for path in (*line.start.split(), *line.end.split()) if path in steps]
            assert line.step is not None
            assert all(step <= line.step or step == residual for step in joined)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["dark", "print"])
def test_one_scene_serves_every_theme(name: str, theme: str) -> None:
    light, other = plate(name), plate(name, theme)
    if load_theme(theme).patterns == load_theme("light").patterns:
        assert replace(light, palette=other.palette) == other
        assert svg(replace(light, palette=other.palette), "plain") == svg(other, "plain")


def test_colors_have_names_and_the_palette_resolves_them() -> None:
    scene = plate("deepseek-v3")
    theme = load_theme("light")
    used = {
        color
        for shape in scene.shapes()
        for color in (
            (shape.fill,) if isinstance(shape, Text) else (shape.stroke,) if isinstance(shape, Line)
            else (shape.fill, shape.stroke) if isinstance(shape, Rect | Circle) else (shape.fill,)
        )
        if color
    }  # fmt: skip
    assert not [color for color in used if color.startswith("#")]
    assert used <= set(scene.palette)
    assert scene.colour("attention.fill") == theme.paint("attention").fill
    assert scene.colour(scene.background or "") == theme.page
    assert scene.colour("#123456") == "#123456"
    assert theme.colour("accents.3.tint") == theme.tint(theme.accent(3))
    assert theme.colour("container_border@1") == theme.container_border
    assert "accents" not in svg(scene, "plain")
    for wrong in ("nothing", "attention.nothing", "nobody.fill", "name", "patterns"):
        with pytest.raises(ArchdrawError):
            theme.colour(wrong)


def test_a_block_without_a_line_is_a_fault() -> None:
    scene = plate("llama-3-8b")

    def without(elements: tuple[Element, ...], end: str) -> tuple[Element, ...]:
        return tuple(
            replace(one, children=without(one.children, end)) if isinstance(one, Group) else one
            for one in elements
            if not (isinstance(one, Line) and one.end == end)
        )

    spoilt = replace(scene, children=without(scene.children, "layers/layer/mlp"))
    assert {fault.message for fault in faults(spoilt) if fault.rule == "unlinked"} == {
        "no line enters layers/layer/mlp",
        "no line leaves layers/layer/post_attention_layernorm",
    }
