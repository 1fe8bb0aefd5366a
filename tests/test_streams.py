"""Residual streams as lanes with ports, and what layers read of each other."""

from __future__ import annotations

from typing import Any

import pytest

import archdraw
from any_tree import model
from archdraw.layout.diagram.lanes import MOST_DRAWN, THIN
from archdraw.lint.faults import faults
from archdraw.picture import Bar, Box, Chain, Diagram, Frame, Lanes, Tap
from archdraw.resources import specs_folder
from archdraw.scene import Line, Scene
from archdraw.spec import expand
from archdraw.theme import load_theme
from archdraw.tree.blocks import Leaf, Module
from archdraw.tree.walks import layers, leaves, walk
from archdraw.views import draw
from archdraw.views.architecture import picture
from archdraw.views.boxes import boxes
from archdraw.views.drawn import paths_of_plate, paths_of_scene, undrawn
from archdraw.views.lanes import without_lanes
from archdraw.writers.svg import write

RESIDUALS: dict[str, Any] = {
    "mHC": {"hyper_connections": {"hc_mult": 4, "hc_sinkhorn_iters": 20}},
    "two streams": {"hyper_connections": {"hc_mult": 2}},
    "many streams": {"hyper_connections": {"hc_mult": 12, "hc_sinkhorn_iters": 3}},
    "one pass": {"hyper_connections": {"hc_mult": 4, "hc_sinkhorn_iters": 20, "single_pass": True}},
    "gated": {"gated_residual": {"hc_count": 4, "hc_lowrank": 8}},
    "over depth": {"attention_residual": {"attn_res_block_size": 4}},
    "weighted": {"weighted_residual": {"attention_alpha": 3.5, "feed_forward_alpha": 3.5}},
}


def layered(residual: Any) -> list[Any]:
    attention = {"multi_head": {"num_attention_heads": 4}}
    feed_forward = {"swiglu": {"intermediate_size": 64}}
    return [
        "embedding",
        {"decoder": {"times": 3, "attention": attention, "feed_forward": feed_forward, "residual": residual}},
        "rmsnorm",
    ]


def test_a_port_that_some_layers_lack_says_how_many_have_it() -> None:
    """A new block begins in every fourth layer; where all layers have the port, it says nothing."""
    begins = {"attention_residual": {"attn_res_block_size": 4, "begins_block": True}}
    some, every = (
        lanes_in(picture(spec, expand(spec)).column)[0].joints[0].read
        for spec in (model(begun(begins)), model(layered(begins)))
    )
    assert [(port.label, port.layers) for port in some] == [("New block", "only in 2 of 8 layers"), ("AttnRes", "")]
    assert [(port.label, port.layers) for port in every] == [("New block", ""), ("AttnRes", "")]


def begun(residual: Any) -> list[Any]:
    """Eight layers, of which the first and the fifth begin a block."""
    _, layer, last = layered(residual)
    first = {"decoder": layer["decoder"] | {"times": 1}}
    others = {"decoder": layer["decoder"] | {"residual": {"attention_residual": {"attn_res_block_size": 4}}}}
    return ["embedding", {"stack": {"num_hidden_layers": 8, "pattern": [first, others]}}, last]


def lanes_in(item: Diagram) -> list[Lanes]:
    match item:
        case Lanes():
            return [item]
        case Chain(items=items):
            return [lanes for part in items for lanes in lanes_in(part)]
        case Frame(body=body):
            return lanes_in(body)
        case _:
            return []


def streamed(block: Module) -> list[tuple[str, Leaf]]:
    return [(path, part) for path, part in walk(block.body) if isinstance(part, Leaf) and part.streams]


def thin_lines(scene: Scene) -> set[float]:
    return {line.points[0][0] for line in scene.shapes() if isinstance(line, Line) and line.stroke_width == THIN}


@pytest.mark.parametrize("residual", RESIDUALS.values(), ids=RESIDUALS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_each_leaf_of_streams_is_a_port_and_the_picture_has_no_fault(residual: Any, theme: str) -> None:
    spec = model(layered(residual))
    block = expand(spec)
    plate = picture(spec, block)
    ports = {port.box.path for lanes in lanes_in(plate.column) for joint in lanes.joints for port in joint.ports}
    assert {path for path, _ in streamed(block)} == ports != set()
    scene = draw(spec, block, "plate", theme=load_theme(theme))
    assert ports <= paths_of_scene(scene)
    assert undrawn(block, paths_of_plate(plate)) == undrawn(block, paths_of_scene(scene)) == ()
    assert faults(scene) == []


@pytest.mark.parametrize("number", [2, 4, MOST_DRAWN, MOST_DRAWN + 4])
def test_there_is_one_lane_for_each_stream_as_far_as_they_can_be_told_apart(number: int) -> None:
    spec = model(layered({"hyper_connections": {"hc_mult": number}}))
    scene = draw(spec, expand(spec), "card", theme=load_theme("light"))
    assert len(thin_lines(scene)) == min(number, MOST_DRAWN)
    assert f"{number} streams" in write(scene, scale=1, text="embed").decode()


def test_hyper_connections_are_named_and_explained_once() -> None:
    found = archdraw.load(specs_folder() / "deepseek-v4-pro.yaml")
    plate = picture(found.spec, found.block)
    (lanes,) = lanes_in(plate.column)
    leaf = streamed(found.block)[0][1]
    assert leaf.streams is not None
    assert (lanes.number, lanes.label) == (leaf.streams.number, f"mHC, {leaf.streams.number} streams")
    (panel,) = [inset for inset in plate.insets if "mHC" in inset.title]
    assert panel.source == lanes.path
    labels = {box.label for joint in lanes.joints for box in (port.box for port in joint.ports)}
    said = " ".join(item.text for item in panel.items if hasattr(item, "text"))
    assert labels
    assert all(label in said for label in labels)


def test_a_single_line_keeps_its_place_and_has_its_factor_on_it() -> None:
    found = archdraw.load(specs_folder() / "minimax-m1.yaml")
    plate = picture(found.spec, found.block)
    (frame,) = [item for item in plate.column.items if isinstance(item, Frame)]
    assert {lanes.number for lanes in lanes_in(frame)} == {1}
    assert not any("lanes" in inset.source for inset in plate.insets)


@pytest.mark.parametrize("name", ["deepseek-v4-pro", "kimi-k3", "minimax-m1"])
def test_without_lanes_every_port_is_a_box(name: str) -> None:
    found = archdraw.load(specs_folder() / f"{name}.yaml")
    column = picture(found.spec, found.block).column
    plain = without_lanes(column)
    assert lanes_in(column)
    assert not lanes_in(plain)
    assert {box.path for box in boxes(plain)} == {box.path for box in boxes(column)}


@pytest.mark.parametrize("name", ["gemma-4-e2b", "gemma-4-e4b"])
def test_the_layer_map_links_readers_of_keys_and_values_to_their_layer(name: str) -> None:
    found = archdraw.load(specs_folder() / f"{name}.yaml")
    every = layers(found.block)
    strip = picture(found.spec, found.block).strip
    assert strip is not None
    read = {index: link.owner for link in strip.links for index in range(link.first, link.last + 1)}
    wanted = {
        index: leaf.origin for index, layer in enumerate(every) for leaf in leaves(layer) if leaf.origin is not None
    }
    assert read == wanted != {}
    for owner in set(read.values()):
        assert any(leaf.cache for leaf in leaves(every[owner]))
        assert strip.cells[owner].tick == str(owner)


def test_a_box_that_reads_another_layer_says_so() -> None:
    found = archdraw.load(specs_folder() / "gemma-4-e2b.yaml")
    origins = {leaf.origin for leaf in leaves(found.block) if leaf.origin is not None}
    chips = {chip.label: chip.role for box in boxes(picture(found.spec, found.block).column) for chip in box.chips}
    assert all(chips[f"K, V of layer {origin}"] == "latent" for origin in origins)
    assert chips["Per-layer embedding"] == "embedding"


def side_boxes(name: str) -> list[Tap]:
    found = archdraw.load(specs_folder() / f"{name}.yaml")
    return [item for item in picture(found.spec, found.block).column.items if isinstance(item, Tap)]


def test_an_encoder_that_feeds_the_first_layers_has_a_line_to_them() -> None:
    found = archdraw.load(specs_folder() / "qwen3-vl-8b.yaml")
    plate = picture(found.spec, found.block)
    goal = next(item.path for item in plate.column.items if isinstance(item, Frame | Bar))
    (tap,) = (item for item in plate.column.items if isinstance(item, Tap))
    assert tap.goal == goal
    assert "DeepStack → after layers 0–2" in tap.box.detail


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("llava-1-5-7b", ["Image"]), ("gemma-4-e2b", ["Image", "Audio"]), ("kimi-k2-5", ["Image"])],
)
def test_a_folded_encoder_says_what_it_reads(name: str, inputs: list[str]) -> None:
    details = [tap.box.detail for tap in side_boxes(name) if tap.direction == "in"]
    assert [detail.partition(" in, ")[0] for detail in details] == inputs


def test_boxes_on_lanes_are_boxes() -> None:
    found = archdraw.load(specs_folder() / "kimi-k3.yaml")
    (lanes,) = lanes_in(picture(found.spec, found.block).column)
    assert all(isinstance(port.box, Box) and port.label for joint in lanes.joints for port in joint.ports)
